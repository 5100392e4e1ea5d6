import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import type { Db } from '../../store/database.ts'
import { type FeedEvent, type FeedPosition, storesOfRegion } from '../../store/event-feed.ts'
import { type Scope, scopeOf } from '../../store/identity.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { EventStreams } from '../event-stream.ts'
import { Feed, type Subscriber } from '../feed.ts'

const EVENT_ID = /^([0-9]{1,20})-([0-9]{1,15})$/

/** Live changes of orders, in commit order and without gaps. */
export const eventRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const feed = new Feed(deps.db, (error) => app.log.warn({ err: error }, 'the event feed could not be read'))
  const streams = new EventStreams(deps.eventStreamLimits)
  app.addHook('preClose', async () => {
    feed.close()
    streams.close()
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
      const isWanted = await createFilter(deps.db, scopeOf(identityOf(request)), request.query.orderId)
      const position = readPosition(request.headers['last-event-id']) ?? (await feed.now())
      const stream = streams.begin(reply, callerOf(identityOf(request)), {
        heartbeat: () => ': still here\n\n',
        onClose: () => feed.leave(subscriber),
      })
      const subscriber: Subscriber = {
        position,
        isOpen: stream.isOpen,
        send: (event) => {
          if (isWanted(event)) stream.push(format(event))
        },
      }
      // With the position, so that a connection that is lost before its first event can resume without a gap, too.
      stream.push(`retry: 2000\nid: ${position.transactionId}-${position.id}\n\n`)
      feed.follow(subscriber).catch((error: unknown) => {
        request.log.warn({ err: error }, 'an event stream ended')
        stream.destroy()
      })
      return reply.send(stream.body)
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
