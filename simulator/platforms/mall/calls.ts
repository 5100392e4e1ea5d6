import { z } from 'zod'
import { type Answer, refusal } from '../../http.ts'
import type { Market, MarketOrder } from '../market.ts'
import { mallOrderOf } from './orders.ts'

const MAX_PAGE = 100
const id = z.string().min(1).max(128)
const ofOrder = { shopId: id, orderId: id }
const line = z.strictObject({ lineId: id, quantity: z.int().min(1) })

const call = z.discriminatedUnion('type', [
  z.object({ type: z.literal('order.fetch'), data: z.strictObject(ofOrder) }),
  z.object({
    type: z.literal('order.changed'),
    data: z.strictObject({
      shopId: id,
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      limit: z.int().min(1).max(MAX_PAGE),
      cursor: z.string().nullable(),
    }),
  }),
  z.object({
    type: z.literal('shipment.create'),
    data: z.strictObject({ ...ofOrder, courier: id, waybillNumber: id, lines: z.array(line).max(200) }),
  }),
  z.object({
    type: z.literal('quantity.set'),
    data: z.strictObject({ shopId: id, itemId: id, skuId: id, quantity: z.int().min(0) }),
  }),
])
type DataOf<Type> = Extract<z.output<typeof call>, { type: Type }>['data']

/** The orders of one mall: those of the platform's name. */
type Mall = { market: Market; platform: string }

/** What the mall does for the hub: `POST {gateway}` with `{type, data}`. */
export function answerMall(
  mall: Mall,
  body: Buffer,
  { operationId, isRegressed }: { operationId: string; isRegressed: boolean },
): Answer {
  const { market, platform } = mall
  const parsed = call.safeParse(parseJson(body))
  if (!parsed.success) return refusal(400, z.prettifyError(parsed.error))
  switch (parsed.data.type) {
    case 'order.fetch': {
      const order = orderOf(mall, parsed.data.data)
      if (!order) return refusal(404, 'there is no such order')
      const shown = isRegressed ? (market.findPrevious(platform, order.orderId) ?? order) : order
      return { status: 200, body: { order: mallOrderOf(shown) } }
    }
    case 'order.changed':
      return changed(mall, parsed.data.data)
    case 'shipment.create':
      return ship(mall, parsed.data.data, operationId)
    case 'quantity.set': {
      const { shopId, skuId, quantity } = parsed.data.data
      market.publish(platform, shopId, skuId, quantity)
      return { status: 200, body: { quantity } }
    }
  }
}

function orderOf(
  { market, platform }: Mall,
  { shopId, orderId }: { shopId: string; orderId: string },
): MarketOrder | null {
  const order = market.find(platform, orderId)
  return order?.platformShopId === shopId ? order : null
}

/** By time of change and id, from the cursor on. */
function changed(
  { market, platform }: Mall,
  { shopId, from, to, limit, cursor }: DataOf<'order.changed'>,
): Answer {
  const position = (order: MarketOrder) => `${String(order.modifiedAtMs).padStart(15, '0')}/${order.orderId}`
  const rest = market
    .changedBetween(platform, shopId, Date.parse(from), Date.parse(to))
    .sort((a, b) => (position(a) < position(b) ? -1 : 1))
    .filter((order) => cursor === null || position(order) > cursor)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    status: 200,
    body: {
      orders: page.map(({ orderId, modifiedAtMs }) => ({
        orderId,
        modifiedAt: new Date(modifiedAtMs).toISOString(),
      })),
      nextCursor: last && rest.length > page.length ? position(last) : null,
    },
  }
}

function ship(mall: Mall, data: DataOf<'shipment.create'>, operationId: string): Answer {
  const order = orderOf(mall, data)
  if (!order) return refusal(404, 'there is no such order')
  const lineIds = data.lines.map(({ lineId }) => lineId)
  if (!lineIds.every((lineId) => order.lines.some((known) => known.lineId === lineId))) {
    return refusal(422, 'there is no such line')
  }
  const { courier, waybillNumber } = data
  const outcome = mall.market.ship(mall.platform, order.orderId, {
    courier,
    waybillNumber,
    lineIds,
    operationId,
  })
  if (outcome === 'refused') return refusal(409, `an order that is ${order.status} is not shipped`)
  return { status: 200, body: { outcome: outcome === 'repeated' ? 'already_shipped' : 'shipped' } }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined // which is no call
  }
}
