/** What a customer's orders come to. Pure; docs/customers.md has the formulas. */

/** How many of a customer's orders went by one channel or warehouse, and when the last of them was placed. */
export type Usage = { key: string; orders: number; lastAtMs: number }

/** What most orders went by; of several the one that was used last, then the first by name. Null where there is none. */
export function preferredOf(usages: readonly Usage[]): string | null {
  let best: Usage | null = null
  for (const usage of usages) {
    if (usage.orders > 0 && (best === null || isPreferred(usage, best))) best = usage
  }
  return best?.key ?? null
}

function isPreferred(one: Usage, other: Usage): boolean {
  if (one.orders !== other.orders) return one.orders > other.orders
  if (one.lastAtMs !== other.lastAtMs) return one.lastAtMs > other.lastAtMs
  return one.key < other.key
}

/** Sums over a customer's orders of the window. Only orders that count are in them; money is in cents. */
export type CustomerSums = {
  orders: number
  amountCents: number
  returnedOrders: number
  firstOrderAtMs: number | null
  lastOrderAtMs: number | null
}

export type CustomerRates = {
  /** Amount of an order on average, in cents. */
  averageOrderCents: number | null
  /** Share of orders of which something was sent back, 0 to 1. */
  returnRate: number | null
  /** Days from one order to the next on average; null before there are two. */
  daysBetweenOrders: number | null
  /** Whole days since the last order. */
  recencyDays: number | null
}

const DAY_MS = 86_400_000

/** What is not known yet is null, not 0. */
export function ratesOf(sums: CustomerSums, nowMs: number): CustomerRates {
  const { orders, amountCents, returnedOrders, firstOrderAtMs, lastOrderAtMs } = sums
  const isKnown = orders > 0 && firstOrderAtMs !== null && lastOrderAtMs !== null
  if (!isKnown) {
    return { averageOrderCents: null, returnRate: null, daysBetweenOrders: null, recencyDays: null }
  }
  return {
    averageOrderCents: Math.round(amountCents / orders),
    returnRate: returnedOrders / orders,
    daysBetweenOrders: orders < 2 ? null : (lastOrderAtMs - firstOrderAtMs) / DAY_MS / (orders - 1),
    recencyDays: Math.max(0, Math.floor((nowMs - lastOrderAtMs) / DAY_MS)),
  }
}
