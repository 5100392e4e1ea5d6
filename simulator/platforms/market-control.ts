import { z } from 'zod'
import { type Answer, type Call, refusal, withBody } from '../http.ts'
import type { Market } from './market.ts'
import { rushBody, startRush } from './rush.ts'

const name = z.string().min(1).max(128)
const line = z.strictObject({
  lineId: name,
  itemId: name,
  skuId: name,
  outerSkuId: z.string().max(128),
  title: z.string().min(1).max(200),
  quantity: z.int(),
  unitPriceCents: z.int(),
  paidCents: z.int(),
})
const draft = z.strictObject({
  platform: name,
  platformShopId: name,
  orderId: name,
  buyerId: name,
  receiver: z.strictObject({
    name: z.string(),
    phone: z.string(),
    province: z.string(),
    city: z.string(),
    district: z.string(),
    address: z.string(),
  }),
  freightCents: z.int(),
  lines: z.array(line).min(1).max(200),
  remark: z.string().max(500).optional(),
  payWithinMs: z.int().min(1).optional(),
})

/**
 * What buyers do: `POST /control/market/orders` places an order,
 * `POST /control/market/orders/{platform}/{id}/{pay|receive|finish|close}` moves it, `GET /control/market/orders` lists all.
 * `POST /control/market/rush` begins a rush, `GET` says whether it is over.
 */
export function createMarketControl(market: Market): {
  answer: (call: Call) => Answer | Promise<Answer>
  stop: () => void
} {
  let rush: ReturnType<typeof startRush> = { done: () => true, stop: () => undefined }
  return {
    answer: (call) => {
      if (call.segments[2] !== 'rush') return controlOrders(market, call)
      if (call.method === 'GET') return { status: 200, body: { done: rush.done() } }
      return withBody(call, rushBody, (body) => {
        if (!rush.done()) return refusal(409, 'there is a rush already')
        rush = startRush(market, body)
        return { status: 202, body: { done: false } }
      })
    },
    stop: () => rush.stop(),
  }
}

function controlOrders(market: Market, call: Call): Answer | Promise<Answer> {
  const [, , what, platform, orderId, step] = call.segments
  if (what !== 'orders') return refusal(404, 'there is no such thing here')
  if (call.method === 'GET') return { status: 200, body: { orders: market.all(platform) } }
  if (platform === undefined) {
    return withBody(call, draft, ({ remark, payWithinMs, ...rest }) => ({
      status: 201,
      body: market.place({
        ...rest,
        ...(remark === undefined ? {} : { remark }),
        ...(payWithinMs === undefined ? {} : { payWithinMs }),
      }),
    }))
  }
  if (orderId === undefined || !market.find(platform, orderId)) return refusal(404, 'there is no such order')
  switch (step) {
    case 'pay':
    case 'receive':
    case 'finish':
    case 'close':
      return { status: 200, body: market[step](platform, orderId) }
    default:
      return refusal(404, 'orders do not do that')
  }
}
