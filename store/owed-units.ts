import { type RawBuilder, sql } from 'kysely'

/**
 * The turn of an order that waits for stock, smaller is earlier: paid before unpaid ones, then by their customers'
 * priority, then the oldest payment, then the oldest order. Whoever sorts or compares by it says the same as all others.
 *
 * @param wait what the row of `stock_wait` is called in the statement
 */
export function turnOfWait(wait: 'wait' | 'own' | 'other'): RawBuilder<unknown> {
  return sql.raw(
    `(${wait}.paid_at is null, -${wait}.priority, coalesce(${wait}.paid_at, 'infinity'), ${wait}.placed_at, ${wait}.order_id)`,
  )
}

/**
 * Units by SKU that are owed to paid orders of channels which wait for stock: what comes in is theirs, whoever asks in
 * the moment before they are served. For a statement that runs under the locks of the SKUs: an order begins to wait
 * under the same locks.
 *
 * @param turnOf only what is owed to those ahead of this order, and nothing if it does not wait itself; null for
 *   somebody new, who comes after all of them
 */
export function owedUnits(
  skuIds: readonly string[],
  turnOf: string | null,
): RawBuilder<{ sku_id: string; units: number }> {
  return sql`
    select line.sku_id, sum(line.quantity)::int as units
    from stock_wait_line as line join stock_wait as wait using (order_id)
    where line.waiting and line.sku_id = any(${[...new Set(skuIds)]}::text[]) and wait.paid_at is not null
      and (${turnOf}::uuid is null or exists (
        select from stock_wait as own where own.order_id = ${turnOf}::uuid
          and ${turnOfWait('wait')} < ${turnOfWait('own')}))
    group by line.sku_id`
}

/** A SKU's levels without units that are owed to somebody, the fullest first: which warehouse will serve them is open. */
export function withoutOwed<Level extends { available: number }>(
  levels: readonly Level[],
  owed: number,
): Level[] {
  if (owed === 0) return [...levels]
  let left = owed
  const taken = new Map<Level, number>()
  for (const level of [...levels].sort((a, b) => b.available - a.available)) {
    const units = Math.min(left, Math.max(0, level.available))
    taken.set(level, units)
    left -= units
  }
  return levels.map((level) => ({ ...level, available: level.available - (taken.get(level) ?? 0) }))
}
