import { createServer, type IncomingMessage } from 'node:http'
import { z } from 'zod'

/** Warehouse, courier and ERP for the benchmark: as quick as HTTP allows, so that the hub is measured and not they. */
export type OutsideWorld = {
  port: number
  /** Resolves with the order's pick task when the hub has pushed it to the warehouse. */
  pickTask: (orderId: string) => Promise<string>
  close: () => Promise<void>
}

const pdaMessage = z.object({ kind: z.string(), orderId: z.string(), pickTaskId: z.string() })
const WAYBILL_PATH = /^\/courier\/[^/]+\/waybills\/([^/]+)$/

/** Scans that the courier shows when it is asked for the first time, the second time, and from then on. */
const SCANS_BY_CALL = [
  ['in_transit'],
  ['in_transit', 'in_transit', 'in_transit'],
  ['in_transit', 'in_transit', 'in_transit', 'delivered'],
] as const

export async function startOutsideWorld(): Promise<OutsideWorld> {
  const waiting = new Map<string, (pickTaskId: string) => void>()
  const calls = new Map<string, number>()
  const answer = async (request: IncomingMessage): Promise<object | null> => {
    const waybill = WAYBILL_PATH.exec(request.url ?? '')?.[1]
    if (waybill) {
      const call = calls.get(waybill) ?? 0
      calls.set(waybill, call + 1)
      return { scans: scansOf(waybill, call) }
    }
    // An ERP that knows nothing of a change yet, and books it when it is told.
    if (request.url?.startsWith('/erp/'))
      return request.method === 'GET' ? null : { reference: '1', state: 'applied' }
    const message = pdaMessage.parse(JSON.parse(await bodyOf(request)))
    waiting.get(message.orderId)?.(message.pickTaskId)
    waiting.delete(message.orderId)
    return { pickTaskId: message.pickTaskId, state: 'received' }
  }
  const server = createServer((request, response) => {
    answer(request).then(
      (body) =>
        response
          .writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
          .end(JSON.stringify(body ?? { code: 'unknown' })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the outside world has no port')
  return {
    port: address.port,
    pickTask: (orderId) => new Promise((resolve) => waiting.set(orderId, resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function scansOf(waybill: string, call: number): object[] {
  const states = SCANS_BY_CALL[call] ?? SCANS_BY_CALL[2]
  const secondsAgo = (index: number) => new Date(Date.now() - (60 - index) * 1_000).toISOString()
  return states.map((state, index) => ({
    eventId: `${waybill}-${index}`,
    state,
    description: state,
    occurredAt: secondsAgo(index),
  }))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
