import type { ChannelOrder, ChannelOrderStatus, HeldReason, SkuPart } from './channel-order.ts'

/** One line of the hub's order, and which line of the platform's it comes from. */
export type PlacingLine = { skuId: string; quantity: number; unitPriceCents: number; platformLineId: string }
export type Placing =
  | { ok: true; lines: PlacingLine[] }
  | { ok: false; reason: HeldReason; detail: string; unmappedSkuIds: string[] }

export type KnownSkus = {
  /** What each platform SKU is made of; one without parts is sold no longer. */
  parts: ReadonlyMap<string, readonly SkuPart[]>
  /** By our SKU: how a bundle's price is divided. */
  standardPriceCents: ReadonlyMap<string, number>
}

/**
 * The lines to place a platform's order with. Bundles are taken apart; the cents of a line go to its units exactly, so
 * that the order costs here what it costs there: a line of 3 for ¥1.00 is one unit at 34 cents and two at 33.
 */
export function placingOf(order: ChannelOrder, known: KnownSkus): Placing {
  const held = (reason: HeldReason, detail: string, unmappedSkuIds: string[] = []): Placing => ({
    ok: false,
    reason,
    detail,
    unmappedSkuIds,
  })
  if (order.lines.length === 0) return held('bad_order', 'the order has no lines')
  const broken = order.lines.find((line) => !Number.isSafeInteger(line.quantity) || line.quantity < 1)
  if (broken) return held('bad_order', `line ${broken.platformLineId} has the quantity ${broken.quantity}`)
  const sum = order.lines.reduce((cents, line) => cents + line.amountCents, order.freightCents)
  if (sum !== order.amountCents) {
    return held('bad_amounts', `lines and freight make ${sum} cents, the order says ${order.amountCents}`)
  }
  const open = order.lines.filter((line) => line.refund !== 'done')
  const unmapped = [...new Set(open.map((line) => line.platformSkuId))].filter(
    (skuId) => (known.parts.get(skuId) ?? []).length === 0,
  )
  if (unmapped.length > 0) return held('unmapped', `not mapped: ${unmapped.join(', ')}`, unmapped)
  const lines = open.flatMap((line) => {
    const units = (known.parts.get(line.platformSkuId) ?? []).map((part) => ({
      skuId: part.skuId,
      quantity: part.quantity * line.quantity,
    }))
    const weights = units.map((unit) => unit.quantity * (known.standardPriceCents.get(unit.skuId) ?? 0))
    const cents = divide(
      line.amountCents,
      weights.some((weight) => weight > 0) ? weights : units.map(() => 1),
    )
    return units.flatMap((unit, index) =>
      pricedUnits(unit, cents[index] ?? 0).map((priced) => ({
        ...priced,
        platformLineId: line.platformLineId,
      })),
    )
  })
  return lines.length === 0 ? held('bad_order', 'every line is refunded') : { ok: true, lines }
}

/** Divides cents by weights, to the last cent: the largest remainders get what rounding left over. */
function divide(cents: number, weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const exact = weights.map((weight) => (BigInt(cents) * BigInt(weight)) / BigInt(total))
  const shares = exact.map(Number)
  const rest = cents - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (BigInt(cents) * BigInt(weight)) % BigInt(total) }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of byRemainder.slice(0, rest)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

/** So many units for so many cents in all: at most two prices, a cent apart. */
function pricedUnits(
  { skuId, quantity }: SkuPart,
  cents: number,
): { skuId: string; quantity: number; unitPriceCents: number }[] {
  const floor = Math.floor(cents / quantity)
  const dearer = cents - floor * quantity
  return [
    { skuId, quantity: dearer, unitPriceCents: floor + 1 },
    { skuId, quantity: quantity - dearer, unitPriceCents: floor },
  ].filter((line) => line.quantity > 0)
}

/** How far along a status is: of two reports with the same modified time, the one further along is the newer. */
const RANK: Record<ChannelOrderStatus, number> = {
  unpaid: 0,
  paid: 1,
  part_shipped: 2,
  shipped: 3,
  delivered: 4,
  completed: 5,
  closed: 6,
}

/** What is known of an order already. */
export type KnownVersion = Pick<ChannelOrder, 'status' | 'modifiedAt'>

/**
 * Whether a report is older than what is known. The platform's own modified time decides; it has no finer grain than a
 * second, so within one the order cannot go back.
 */
export function isOlder(report: KnownVersion, known: KnownVersion): boolean {
  const difference = Date.parse(report.modifiedAt) - Date.parse(known.modifiedAt)
  if (difference !== 0) return difference < 0
  if (report.status === null || known.status === null) return false
  return RANK[report.status] < RANK[known.status]
}

/** Whether the platform holds the buyer's money. */
function isPaidThere(order: Pick<ChannelOrder, 'status' | 'paidAt'>): boolean {
  return (
    order.paidAt !== null && order.status !== null && order.status !== 'unpaid' && order.status !== 'closed'
  )
}

/**
 * Whether the platform wants the goods sent: it holds the money, or the buyer pays on delivery and the platform has
 * released the order to the merchant.
 */
export function isToBeSent(order: Pick<ChannelOrder, 'status' | 'paidAt' | 'cashOnDelivery'>): boolean {
  if (isPaidThere(order)) return true
  return (
    order.cashOnDelivery === true &&
    order.status !== null &&
    order.status !== 'unpaid' &&
    order.status !== 'closed'
  )
}

/** Since when the goods are owed, by which orders that wait for stock are served: RFC 3339. */
export function owedSince(order: Pick<ChannelOrder, 'paidAt' | 'createdAt'>): string {
  return order.paidAt ?? order.createdAt
}

/** Whether something has left for the buyer by what the platform says. */
export function isShippedThere({ status }: Pick<ChannelOrder, 'status'>): boolean {
  return status !== null && ['part_shipped', 'shipped', 'delivered', 'completed'].includes(status)
}
