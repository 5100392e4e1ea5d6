import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import type { Db } from '../../store/database.ts'
import { type FeedEvent, type FeedPosition, storesOfRegion } from '../../store/event-feed.ts'
import { type Scope, scopeOf } from '../../store/identity.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { Feed, type Subscriber } from '../feed.ts'

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

const EVENT_ID = /^([0-9]{1,20})-([0-9]{1,15})$/

/** Live changes of orders, in commit order and without gaps. */
export const eventRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const feed = new Feed(deps.db, (error) => app.log.warn({ err: error }, 'the event feed could not be read'))
  const limits = { ...EVENT_STREAM_LIMITS, ...deps.eventStreamLimits }
  /** Every open stream, and whose it is. */
  const open = new Map<Readable, string>()
  app.addHook('preClose', async () => {
    feed.close()
    for (const stream of open.keys()) stream.push(null)
  })

  app.get(
    '/v1/events',
    {
      config: { access: ACCESS.readEvents },
      schema: {
        tags: ['events'],
        summary: 'Server-sent events; Last-Event-ID resumes without a gap',
        querystring: z.strictObject({ orderId: orderId.optional() }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(identityOf(request))
      const isWanted = await createFilter(deps.db, scopeOf(identityOf(request)), request.query.orderId)
      const position = readPosition(request.headers['last-event-id']) ?? (await feed.now())
      // No await from here to the end: of two that come at once, the second must see the first.
      if (open.size >= limits.maxStreams) throw new ProblemError('overloaded')
      const own = [...open.values()].filter((other) => other === caller).length
      if (own >= limits.maxStreamsPerCaller) {
        throw new ProblemError('too-many-streams', `${own} event streams of this caller are open`)
      }
      const stream = new Readable({ read() {} })
      const subscriber: Subscriber = {
        position,
        isOpen: () => !stream.destroyed && !stream.readableEnded,
        send: (event) => {
          if (!isWanted(event)) return
          stream.push(format(event))
          if (stream.readableLength > limits.maxUnreadBytes) stream.destroy()
        },
      }
      const heartbeat = setInterval(() => stream.push(': still here\n\n'), limits.heartbeatMs)
      const end = setTimeout(() => stream.push(null), limits.streamMs)
      open.set(stream, caller)
      stream.once('close', () => {
        clearInterval(heartbeat)
        clearTimeout(end)
        open.delete(stream)
        feed.leave(subscriber)
      })
      // With the position, so that a connection that is lost before its first event can resume without a gap, too.
      stream.push(`retry: 2000\nid: ${position.transactionId}-${position.id}\n\n`)
      feed.follow(subscriber).catch((error: unknown) => {
        request.log.warn({ err: error }, 'an event stream ended')
        stream.destroy()
      })
      reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type('text/event-stream')
      return reply.send(stream)
    },
  )
}

function readPosition(header: string | string[] | undefined): FeedPosition | null {
  if (header === undefined || header === '') return null
  const [, transactionId, id] = (typeof header === 'string' && EVENT_ID.exec(header)) || []
  if (transactionId === undefined || id === undefined || BigInt(transactionId) >= 2n ** 63n) {
    throw new ProblemError('invalid-cursor', 'Last-Event-ID is not one of ours')
  }
  return { transactionId: BigInt(transactionId), id: Number(id) }
}

async function createFilter(
  db: Db,
  scope: Scope,
  wanted: string | undefined,
): Promise<(event: FeedEvent) => boolean> {
  const storeIds =
    scope.kind === 'all'
      ? null
      : new Set(scope.kind === 'stores' ? scope.storeIds : await storesOfRegion(db, scope.region))
  return (event) =>
    (storeIds === null || storeIds.has(event.storeId)) && (wanted === undefined || event.orderId === wanted)
}

function format(event: FeedEvent): string {
  const { transactionId, id, at, ...rest } = event
  return `id: ${transactionId}-${id}\nevent: order\ndata: ${JSON.stringify({ ...rest, at: at.toISOString() })}\n\n`
}
