import { type Classification, daySeconds, type FileTally, sumOfDays } from './classify.ts'
import type { RetailOrder } from './invoice-orders.ts'
import type { RetailReturn } from './return-matching.ts'

/** The part of the file that one run replays. */
export interface Selection {
  orders: RetailOrder[]
  /** Returns of these orders within these days. */
  returns: RetailReturn[]
  /** Units that came back within these days from orders before them: the hub does not know those orders. */
  unitsOfEarlierOrders: number
  /** Everything that the file has in these days, whatever the limit. */
  file: FileTally
}

/**
 * Orders and returns from `fromDay` (`2010-01-04`, in the file's own time) for `days` days, at most `limit` orders.
 * Throws for a day that does not exist.
 */
export function selectDays(
  { orders, returns, days: fileDays }: Pick<Classification, 'orders' | 'returns' | 'days'>,
  { fromDay, days, limit = Number.POSITIVE_INFINITY }: { fromDay: string; days: number; limit?: number },
): Selection {
  const fromSeconds = Date.parse(`${fromDay}T00:00:00Z`) / 1_000
  if (!/^\d{4}-\d{2}-\d{2}$/.test(fromDay) || Number.isNaN(fromSeconds)) {
    throw new Error(`${fromDay} is not a day such as 2010-01-04`)
  }
  const isWithin = ({ atSeconds }: { atSeconds: number }) =>
    atSeconds >= fromSeconds && atSeconds < fromSeconds + days * daySeconds
  const dayOrders = orders.filter(isWithin)
  const selected = dayOrders.slice(0, limit)
  const selectedKeys = new Set(selected.map(({ key }) => key))
  // A return of an order that the limit cut off belongs to neither side.
  const dayKeys = new Set(dayOrders.map(({ key }) => key))
  const dayReturns = returns.filter(isWithin)
  const inDays = [...fileDays].filter(([day]) => isWithin({ atSeconds: day * daySeconds }))
  return {
    orders: selected,
    returns: dayReturns.filter(({ orderKey }) => selectedKeys.has(orderKey)),
    unitsOfEarlierOrders: dayReturns
      .filter(({ orderKey }) => !dayKeys.has(orderKey))
      .reduce((sum, { lines }) => sum + lines.reduce((units, { quantity }) => units + quantity, 0), 0),
    file: sumOfDays(inDays.map(([, tally]) => tally)),
  }
}
