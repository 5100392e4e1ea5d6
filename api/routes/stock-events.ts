import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code, text } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import type { StockBoardRow } from '../../contracts/stock-board.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { EventStreams } from '../event-stream.ts'
import { StockFeed, type StockSubscriber } from '../stock-feed.ts'

const EVENT_ID = /^[0-9]{1,15}$/
const query = z.strictObject({
  skuId: code.optional(),
  warehouseId: code.optional(),
  region: text(100).optional(),
})
type Filter = z.output<typeof query>

/** Live levels of the stock board: each that moved, as it stands, at most twice a second. */
export const stockEventRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const feed = new StockFeed(deps, (error) =>
    app.log.warn({ err: error }, 'the stock feed could not be read'),
  )
  const streams = new EventStreams(deps.eventStreamLimits)
  app.addHook('preClose', async () => {
    feed.close()
    streams.close()
  })

  app.get(
    '/v1/stock/events',
    {
      config: { access: ACCESS.readStock },
      schema: {
        tags: ['events'],
        summary: 'Server-sent stock levels; Last-Event-ID resumes without a gap',
        querystring: query,
      },
    },
    async (request, reply) => {
      const lastEventId = readId(request.headers['last-event-id'])
      const stream = streams.begin(reply, callerOf(identityOf(request)), {
        // With the position: whoever hears of nothing must not fall behind by it.
        heartbeat: () => `id: ${subscriber.position}\n\n`,
        onClose: () => feed.leave(subscriber),
      })
      const subscriber: StockSubscriber = {
        position: 0,
        isOpen: stream.isOpen,
        greet: () => stream.push(`retry: 2000\nid: ${subscriber.position}\n\n`),
        reset: () => stream.push('event: reset\ndata: {}\n\n'),
        send: (rows) => {
          const wanted = rows.filter((row) => isWanted(row, request.query))
          if (wanted.length > 0) stream.push(format(wanted, subscriber.position))
        },
      }
      feed.follow(subscriber, lastEventId).catch((error: unknown) => {
        request.log.warn({ err: error }, 'a stock stream ended')
        stream.destroy()
      })
      return reply.send(stream.body)
    },
  )
}

function readId(header: string | string[] | undefined): number | null {
  if (header === undefined || header === '') return null
  if (typeof header === 'string' && EVENT_ID.test(header)) return Number(header)
  throw new ProblemError('invalid-cursor', 'Last-Event-ID is not one of ours')
}

function isWanted(row: StockBoardRow, { skuId, warehouseId, region }: Filter): boolean {
  return (
    (skuId === undefined || row.skuId === skuId) &&
    (warehouseId === undefined || row.warehouseId === warehouseId) &&
    (region === undefined || row.region === region)
  )
}

/** Only the last of a round carries its id: a connection that is lost in between resumes before the round. */
function format(rows: StockBoardRow[], position: number): string {
  return rows
    .map((row, index) => {
      const { warehouses: _warehouses, ...level } = row
      const id = index === rows.length - 1 ? `id: ${position}\n` : ''
      return `${id}event: level\ndata: ${JSON.stringify(level)}\n\n`
    })
    .join('')
}
