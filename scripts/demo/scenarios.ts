import { setTimeout as delay } from 'node:timers/promises'
import type { OrderDetail } from '../../contracts/orders.ts'
import { type Prng, pick } from '../../simulator/people.ts'
import {
  anyOrder,
  askReturn,
  cancel,
  decideReturn,
  pause,
  pay,
  place,
  type ReturnLine,
  type Shop,
  takeBack,
  until,
} from './shop.ts'

/** The way of one order, from the checkout on. */
export type Scenario = (shop: Shop) => Promise<void>

const decisionMs = [500, 3_000] as const

async function paidInTime(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pause(shop, ...decisionMs)
  await pay(shop, placed)
}

async function neverPaid(shop: Shop): Promise<void> {
  await place(shop)
}

async function cancelledBeforePayment(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pause(shop, 1_000, 5_000)
  await cancel(shop, placed.orderId, '不想要了')
}

/** Before the warehouse has packed it; if that was quicker, the cancellation is refused and the parcel goes its way. */
async function cancelledAfterPayment(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pay(shop, placed)
  await pause(shop, 200, 1_000)
  await cancel(shop, placed.orderId, '拍错了规格')
}

/** The goods are reserved again if there are any, otherwise the money goes back. */
async function paidAfterExpiry(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  const overdueMs = Date.parse(placed.reservationExpiresAt) - Date.now() + 2_000
  await delay(Math.max(overdueMs, 0), undefined, { signal: shop.signal })
  await pay(shop, placed)
}

async function paidTwice(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pause(shop, ...decisionMs)
  await Promise.all([pay(shop, placed), pay(shop, placed)])
}

/** Some notice and pay the rest; what the others paid goes back when the order has expired. */
async function underpaid(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pause(shop, ...decisionMs)
  const firstCents = Math.max(1, Math.floor(placed.amountCents * 0.6))
  await pay(shop, placed, firstCents)
  if (shop.prng() < 0.5 || firstCents === placed.amountCents) return
  await pause(shop, ...decisionMs)
  await pay(shop, placed, placed.amountCents - firstCents)
}

async function overpaid(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await pause(shop, ...decisionMs)
  await pay(shop, placed, placed.amountCents + 500)
}

/** Two articles that no warehouse has both of; the second parcel leaves later. */
async function splitOverWarehouses(shop: Shop): Promise<void> {
  const { prng, catalogue } = shop
  if (catalogue.apart.length === 0) return paidInTime(shop)
  const lines = pick(prng, catalogue.apart).map(({ id, standardPriceCents }) => ({
    skuId: id,
    quantity: 1,
    unitPriceCents: standardPriceCents,
  }))
  const placed = await place(shop, { ...anyOrder(shop), lines })
  if (!placed) return
  await shop.outside.wish({ orderId: placed.orderId, pick: 'staggered' })
  await pay(shop, placed)
}

/** The same buyer again, a moment later: both orders leave in one parcel. */
async function boughtTwice(shop: Shop): Promise<void> {
  const body = anyOrder(shop)
  const again = { ...anyOrder(shop), contact: body.contact, storeId: body.storeId }
  const orders = [await place(shop, body), await place(shop, again)]
  for (const placed of orders) if (placed) await pay(shop, placed)
}

async function shortPicked(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await shop.outside.wish({ orderId: placed.orderId, pick: 'short' })
  await pay(shop, placed)
}

async function lostOnTheWay(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  await shop.outside.wish({ orderId: placed.orderId, parcel: 'lost' })
  await pay(shop, placed)
}

/** The customer does not take the parcel; the courier brings it back, and the warehouse takes it in. */
async function refusedAtTheDoor(shop: Shop): Promise<void> {
  const placed = await place(shop)
  if (!placed) return
  const { orderId } = placed
  await shop.outside.wish({ orderId, parcel: 'returned' })
  await pay(shop, placed)
  // Several parcels come back one by one.
  for (let order = await until(shop, orderId, 'returning'); order; ) {
    await pause(shop, 2_000, 4_000)
    for (const { returnId, state, lines } of order.returns)
      if (state === 'approved') await takeBack(shop, orderId, returnId, lines)
    order = await until(shop, orderId, 'returning')
  }
}

async function returnedAfterDelivery(shop: Shop): Promise<void> {
  await buyAndReturn(shop, (lines) => lines)
}

async function partlyReturned(shop: Shop): Promise<void> {
  await buyAndReturn(shop, ([first]) => (first ? [{ ...first, quantity: 1 }] : []))
}

async function returnRejected(shop: Shop): Promise<void> {
  const delivered = await buyAndReceive(shop)
  if (!delivered) return
  const { orderId } = delivered
  const returnId = await askReturn(shop, orderId, '用了几天不喜欢', deliveredLines(delivered))
  if (!returnId) return
  await pause(shop, 2_000, 4_000)
  await decideReturn(shop, orderId, returnId, 'reject')
}

async function buyAndReturn(shop: Shop, choose: (lines: ReturnLine[]) => ReturnLine[]): Promise<void> {
  const delivered = await buyAndReceive(shop)
  if (!delivered) return
  const { orderId } = delivered
  const lines = choose(deliveredLines(delivered))
  const returnId = await askReturn(shop, orderId, '颜色与图片不符', lines)
  if (!returnId) return
  await pause(shop, 1_000, 3_000)
  await decideReturn(shop, orderId, returnId, 'approve')
  await pause(shop, 2_000, 4_000)
  await takeBack(shop, orderId, returnId, lines)
}

async function buyAndReceive(shop: Shop): Promise<OrderDetail | undefined> {
  const placed = await place(shop)
  if (!placed) return undefined
  await pay(shop, placed)
  const delivered = await until(shop, placed.orderId, 'delivered')
  if (delivered) await pause(shop, 1_000, 3_000)
  return delivered
}

/** What has arrived, line by line, whatever parcels it came in. */
function deliveredLines({ fulfilments, parcels }: OrderDetail): ReturnLine[] {
  const arrived = parcels.filter(({ state }) => state === 'delivered').map(({ parcelId }) => parcelId)
  const quantities = new Map<number, number>()
  for (const { pickTaskId, state, lines } of fulfilments) {
    if (state !== 'packed' || !arrived.some((parcelId) => parcelId.startsWith(`${pickTaskId}-`))) continue
    for (const { lineNumber, quantity } of lines)
      quantities.set(lineNumber, (quantities.get(lineNumber) ?? 0) + quantity)
  }
  return [...quantities].map(([lineNumber, quantity]) => ({ lineNumber, quantity }))
}

/** Every scenario, with how many of a hundred or so orders go this way. */
export const scenarios: readonly (readonly [Scenario, number])[] = [
  [paidInTime, 55],
  [neverPaid, 7],
  [cancelledBeforePayment, 5],
  [cancelledAfterPayment, 5],
  [paidAfterExpiry, 4],
  [paidTwice, 2],
  [underpaid, 3],
  [overpaid, 2],
  [splitOverWarehouses, 6],
  [shortPicked, 3],
  [boughtTwice, 4],
  [lostOnTheWay, 2],
  [refusedAtTheDoor, 3],
  [returnedAfterDelivery, 4],
  [partlyReturned, 2],
  [returnRejected, 1],
]

/** What is long or rare comes first, so that a newcomer sees everything within the first minute. */
const opening: readonly Scenario[] = [
  paidInTime,
  lostOnTheWay,
  refusedAtTheDoor,
  returnedAfterDelivery,
  splitOverWarehouses,
  neverPaid,
  boughtTwice,
  cancelledAfterPayment,
  partlyReturned,
  cancelledBeforePayment,
  paidAfterExpiry,
  splitOverWarehouses,
  shortPicked,
  paidTwice,
  underpaid,
  overpaid,
  lostOnTheWay,
  returnRejected,
  refusedAtTheDoor,
  returnedAfterDelivery,
]

/** The scenario of the n-th order, from 0. */
export function scenarioOf(index: number, prng: Prng): Scenario {
  const first = opening[index]
  if (first) return first
  let rest = prng() * scenarios.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [scenario, weight] of scenarios) {
    rest -= weight
    if (rest < 0) return scenario
  }
  return paidInTime
}
