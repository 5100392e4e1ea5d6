import { type RawBuilder, sql } from 'kysely'

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
      and (${turnOf}::uuid is null or (wait.paid_at, wait.placed_at, wait.order_id) < (
        select coalesce(paid_at, 'infinity'), placed_at, order_id from stock_wait where order_id = ${turnOf}::uuid))
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
