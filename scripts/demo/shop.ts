import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import {
  cancellationAnswer,
  type OrderDetail,
  orderDetail,
  type PlacedOrder,
  type PlaceOrderBody,
  placedOrder,
} from '../../contracts/orders.ts'
import { paymentAnswer } from '../../contracts/payments.ts'
import { returnAnswer } from '../../contracts/returns.ts'
import { isFinal, type OrderStatus } from '../../domain/order-state.ts'
import { type Prng, pick, randomOrder } from '../../simulator/people.ts'
import { type HubCaller, type HubClient, HubRefusal } from '../parts/hub-client.ts'
import type { Catalogue } from './catalogue.ts'
import type { Outside } from './outside.ts'

/** Everything that a scenario has at hand. */
export interface Shop {
  hub: HubClient
  outside: Outside
  catalogue: Catalogue
  prng: Prng
  signal: AbortSignal
  counts: { placed: number; soldOut: number }
}

/** How often a customer looks whether the parcel is there. */
const lookMs = 1_500
const methods = ['wechat', 'alipay', 'unionpay', 'card'] as const

/** Waits a random time, as people do. */
export async function pause({ prng, signal }: Shop, leastMs: number, mostMs: number): Promise<void> {
  await delay(leastMs + prng() * (mostMs - leastMs), undefined, { signal })
}

/** Checks out; undefined when the goods are gone. */
export async function place(shop: Shop, body = anyOrder(shop)): Promise<PlacedOrder | undefined> {
  try {
    const placed = await send(shop, 'mall', '/v1/orders', body, placedOrder)
    shop.counts.placed += 1
    return placed
  } catch (error) {
    if (!(error instanceof HubRefusal) || error.code !== 'insufficient-stock') throw error
    shop.counts.soldOut += 1
    return undefined
  }
}

/** What a random customer buys. */
export function anyOrder({ prng, catalogue }: Shop): PlaceOrderBody {
  return randomOrder(prng, catalogue.skus, catalogue.stores)
}

/** Pays, by default what is due and under a serial number of its own. */
export async function pay(shop: Shop, placed: PlacedOrder, amountCents = placed.amountCents): Promise<void> {
  const body = {
    paymentId: `PAY-${randomUUID()}`,
    amountCents,
    method: pick(shop.prng, methods),
    paidAt: new Date().toISOString(),
  }
  await send(shop, 'mall', `/v1/orders/${placed.orderId}/payments`, body, paymentAnswer)
}

/** Cancels in the buyer's name; false when it was too late. */
export async function cancel(shop: Shop, orderId: string, reason: string): Promise<boolean> {
  try {
    await send(shop, 'mall', `/v1/orders/${orderId}/cancellation`, { reason }, cancellationAnswer)
    return true
  } catch (error) {
    if (error instanceof HubRefusal && error.status === 409) return false
    throw error
  }
}

/** Waits until the order has one of these statuses; undefined when it has ended in another. */
export async function until(
  shop: Shop,
  orderId: string,
  ...wanted: OrderStatus[]
): Promise<OrderDetail | undefined> {
  for (;;) {
    const path = `/v1/orders/${orderId}`
    const order = await shop.hub.send({ as: 'mall', method: 'GET', path, answer: orderDetail })
    if (wanted.includes(order.status)) return order
    if (isFinal(order.status)) return undefined
    await delay(lookMs, undefined, { signal: shop.signal })
  }
}

export type ReturnLine = { lineNumber: number; quantity: number }

/** Asks for a return; undefined when the order has completed meanwhile. */
export async function askReturn(
  shop: Shop,
  orderId: string,
  reason: string,
  lines: ReturnLine[],
): Promise<string | undefined> {
  try {
    const path = `/v1/orders/${orderId}/returns`
    return (await send(shop, 'mall', path, { reason, lines }, returnAnswer)).returnId
  } catch (error) {
    if (error instanceof HubRefusal && error.status === 409) return undefined
    throw error
  }
}

/** A person decides; no system may. */
export async function decideReturn(
  shop: Shop,
  orderId: string,
  returnId: string,
  decision: 'approve' | 'reject',
): Promise<void> {
  const path = `/v1/orders/${orderId}/returns/${returnId}/decisions`
  await send(shop, 'reviewer', path, { decision }, returnAnswer)
}

/** The warehouse takes the goods back in and looks at them: most can be sold again. */
export async function takeBack(
  shop: Shop,
  orderId: string,
  returnId: string,
  lines: ReturnLine[],
): Promise<void> {
  const path = `/v1/orders/${orderId}/returns/${returnId}`
  await send(shop, 'ops', `${path}/receipt`, {}, returnAnswer)
  await pause(shop, 1_000, 3_000)
  const inspected = lines.map(({ lineNumber, quantity }) => {
    const writtenOff = shop.prng() < 0.2 ? 1 : 0
    return { lineNumber, restocked: quantity - writtenOff, writtenOff }
  })
  await send(shop, 'ops', `${path}/inspection`, { lines: inspected }, returnAnswer)
}

function send<Answer>(
  { hub }: Shop,
  as: HubCaller,
  path: string,
  body: object,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  return hub.send({ as, method: 'POST', path, body, idempotencyKey: randomUUID(), answer })
}
