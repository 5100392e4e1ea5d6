import { once } from 'node:events'
import WebSocket from 'ws'
import type { PushListener } from './channel.ts'

/** How a connection is kept; the defaults are for the real world, tests are in more of a hurry. */
export type ConnectionTimings = {
  /** From the dialling to the platform's word that it takes us. */
  readyWithinMs: number
  /** Between two pings, and calls of `onBeat`. */
  beatEveryMs: number
  /** A peer that says nothing for so long, not even to a ping, is gone, whatever TCP believes. */
  silentAfterMs: number
  firstPauseMs: number
  maxPauseMs: number
  /** A connection that lasted so long was a good one: the next pause is short again. */
  settledAfterMs: number
}
const TIMINGS: ConnectionTimings = {
  readyWithinMs: 15_000,
  beatEveryMs: 30_000,
  silentAfterMs: 75_000,
  firstPauseMs: 1_000,
  maxPauseMs: 60_000,
  settledAfterMs: 60_000,
}
/** Far above any honest message: these carry ids, not orders. */
const MAX_FRAME_BYTES = 256 * 1024

/** What a protocol may do with the connection that it speaks on. */
export type Line = {
  /** False: the connection is gone, and nobody heard it. */
  send: (frame: Buffer | string) => boolean
  /** The platform takes us. */
  ready: () => void
  /** Ends this connection; another is opened after a pause. */
  fail: (reason: string) => void
}

const GOODBYE_MS = 2_000

/** One protocol on one connection. Whatever it throws ends the connection, never the process. */
export type Conversation = {
  onOpen: () => void
  onFrame: (frame: Buffer, isBinary: boolean) => void
  onBeat: () => void
}

export type LongConnection = {
  /** Stops reading, which TCP tells the platform; and goes on. */
  setPaused: (isPaused: boolean) => void
  close: () => Promise<void>
}

/**
 * Keeps a WebSocket to a platform: opened again after every loss, with growing pauses of random length, so that a
 * thousand shops do not come back in the same second.
 */
export function keepConnection(options: {
  /** Asked for each time: addresses may carry a signature that ages. */
  address: () => string
  converse: (line: Line) => Conversation
  onState: PushListener['onState']
  timings?: Partial<ConnectionTimings>
}): LongConnection {
  const connection = new KeptConnection(options)
  connection.open()
  return connection
}

class KeptConnection implements LongConnection {
  readonly #options: Parameters<typeof keepConnection>[0]
  readonly #timings: ConnectionTimings
  #socket: WebSocket | null = null
  #timers: NodeJS.Timeout[] = []
  #failures = 0
  #isPaused = false
  #isClosed = false
  /** A pause has ended while reading was stopped. */
  #isDue = false
  #heardAtMs = 0

  constructor(options: Parameters<typeof keepConnection>[0]) {
    this.#options = options
    this.#timings = { ...TIMINGS, ...options.timings }
  }

  open(): void {
    if (this.#isClosed) return
    // Not read from, a new connection could not even say hello.
    this.#isDue = this.#isPaused
    if (this.#isPaused) return
    try {
      this.#dial()
    } catch (error) {
      this.#lost(reasonOf(error), null)
    }
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (isPaused) this.#socket?.pause()
    else this.#socket?.resume()
    this.#heardAtMs = performance.now()
    if (!isPaused && this.#isDue) this.open()
  }

  /** Says goodbye, so that what was sent last arrives; not for long. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopTimers()
    const socket = this.#socket
    if (!socket) return
    const closed = once(socket, 'close')
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS)
    socket.resume()
    socket.close(1000)
    await closed
    clearTimeout(timer)
  }

  #dial(): void {
    const { address, converse, onState } = this.#options
    const { readyWithinMs, beatEveryMs, silentAfterMs } = this.#timings
    const socket = new WebSocket(address(), {
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: readyWithinMs,
      perMessageDeflate: false,
    })
    this.#socket = socket
    let readyAtMs: number | null = null
    let reason = 'the connection ended'
    const fail = (why: string) => {
      reason = why
      socket.terminate()
    }
    const guarded = (act: () => void) => {
      try {
        act()
      } catch (error) {
        fail(reasonOf(error))
      }
    }
    const conversation = converse({
      send: (frame) => {
        if (socket.readyState !== WebSocket.OPEN) return false
        socket.send(frame)
        return true
      },
      ready: () => {
        readyAtMs = performance.now()
        if (this.#isPaused) socket.pause()
        onState({ state: 'connected', detail: '' })
      },
      fail,
    })
    this.#hear()
    this.#timers = [
      setTimeout(() => {
        if (readyAtMs === null) fail('the platform did not answer the handshake in time')
      }, readyWithinMs),
      setInterval(() => {
        if (this.#isPaused) return
        if (performance.now() - this.#heardAtMs > silentAfterMs) return fail('the platform fell silent')
        if (readyAtMs === null) return
        socket.ping()
        guarded(() => conversation.onBeat())
      }, beatEveryMs),
    ]
    socket.on('open', () => guarded(() => conversation.onOpen()))
    socket.on('message', (data, isBinary) => {
      this.#hear()
      guarded(() => conversation.onFrame(bytesOf(data), isBinary))
    })
    socket.on('ping', () => this.#hear())
    socket.on('pong', () => this.#hear())
    socket.on('error', (error) => {
      reason = reasonOf(error)
    })
    socket.on('close', () => this.#lost(reason, readyAtMs))
  }

  #hear(): void {
    this.#heardAtMs = performance.now()
  }

  #lost(reason: string, readyAtMs: number | null): void {
    const { firstPauseMs, maxPauseMs, settledAfterMs } = this.#timings
    this.#stopTimers()
    this.#socket = null
    this.#options.onState({ state: 'disconnected', detail: this.#isClosed ? 'closed' : reason })
    if (this.#isClosed) return
    const isSettled = readyAtMs !== null && performance.now() - readyAtMs > settledAfterMs
    this.#failures = isSettled ? 0 : this.#failures + 1
    const longestMs = Math.min(firstPauseMs * 2 ** Math.max(this.#failures - 1, 0), maxPauseMs)
    this.#timers = [setTimeout(() => this.open(), longestMs * (0.5 + Math.random() / 2))]
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers = []
  }
}

function bytesOf(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown'
}
