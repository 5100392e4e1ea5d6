import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { ProblemError } from '../contracts/errors.ts'

export type EventStreamLimits = {
  /** Shorter than every proxy's and our own idle time-out. */
  heartbeatMs: number
  /** Then the client comes back with its last event id, and is asked who it is again. */
  streamMs: number
  /** A reader that is this far behind is disconnected; it resumes where it stopped. */
  maxUnreadBytes: number
  /** Each costs memory and a socket; screens that nobody looks at are closed by their browsers. */
  maxStreams: number
  /** So that one caller who forgets to close streams takes them from nobody else. */
  maxStreamsPerCaller: number
}

export const EVENT_STREAM_LIMITS: EventStreamLimits = {
  heartbeatMs: 15_000,
  streamMs: 30 * 60_000,
  maxUnreadBytes: 1024 * 1024,
  maxStreams: 500,
  maxStreamsPerCaller: 20,
}

/** The server-sent event streams of one route. */
export class EventStreams {
  readonly #limits: EventStreamLimits
  /** Every open stream, and whose it is. */
  readonly #open = new Map<Readable, string>()

  constructor(limits: Partial<EventStreamLimits> = {}) {
    this.#limits = { ...EVENT_STREAM_LIMITS, ...limits }
  }

  /**
   * Begins a stream that the reply is answered with. Of two that come at once, the second sees the first.
   *
   * @param caller whose it is
   * @param options.heartbeat what is sent now and then: a comment, or the place to resume from
   * @throws ProblemError `overloaded` or `too-many-streams`
   */
  begin(reply: FastifyReply, caller: string, options: { heartbeat: () => string; onClose: () => void }) {
    this.#checkRoom(caller)
    const body = new Readable({ read() {} })
    const heartbeat = setInterval(() => body.push(options.heartbeat()), this.#limits.heartbeatMs)
    const end = setTimeout(() => body.push(null), this.#limits.streamMs)
    this.#open.set(body, caller)
    body.once('close', () => {
      clearInterval(heartbeat)
      clearTimeout(end)
      this.#open.delete(body)
      options.onClose()
    })
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type('text/event-stream')
    return {
      body,
      isOpen: () => !body.destroyed && !body.readableEnded,
      destroy: () => void body.destroy(),
      push: (text: string) => {
        body.push(text)
        if (body.readableLength > this.#limits.maxUnreadBytes) body.destroy()
      },
    }
  }

  /** Ends all of them. */
  close(): void {
    for (const body of this.#open.keys()) body.push(null)
  }

  #checkRoom(caller: string): void {
    if (this.#open.size >= this.#limits.maxStreams) throw new ProblemError('overloaded')
    const own = [...this.#open.values()].filter((other) => other === caller).length
    if (own >= this.#limits.maxStreamsPerCaller) {
      throw new ProblemError('too-many-streams', `${own} event streams of this caller are open`)
    }
  }
}
