import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from './database.ts'

/**
 * The holds and counters of promotions' quotas. The holds are `held` until the promotion's end, so that they expire by
 * the database's clock like every other hold, whether or not a worker runs then: nobody draws from a quota whose time
 * is over, and the next checkout takes its units back.
 *
 * Everything here needs the locks on all stock rows of the SKUs that it touches; they keep a quota's rivals apart.
 */
export type QuotaUnits = { quotaId: string; skuId: string; warehouseId: string; quantity: number }

/** Adds units to what quotas hold. The stock counters are the caller's. */
export async function addToQuotas(
  tx: Tx,
  units: readonly (QuotaUnits & { expiresAt: Date })[],
  operationId: string,
): Promise<void> {
  if (units.length === 0) return
  const column = <Value>(value: (entry: (typeof units)[number]) => Value) => units.map(value)
  // Several orders may give back to one quota at once: a row may be touched once in a statement.
  await sql`
    insert into reservation (id, owner_kind, owner_id, sku_id, warehouse_id, quantity, state, expires_at, operation_id)
    select min(id::text)::uuid, 'promotion', owner_id, sku_id, warehouse_id, sum(quantity), 'held', max(expires_at),
      ${operationId}
    from unnest(${column(() => uuid())}::uuid[], ${column((entry) => entry.quotaId)}::text[],
      ${column((entry) => entry.skuId)}::text[], ${column((entry) => entry.warehouseId)}::text[],
      ${column((entry) => entry.quantity)}::int[],
      ${column((entry) => entry.expiresAt.toISOString())}::timestamptz[])
      as added (id, owner_id, sku_id, warehouse_id, quantity, expires_at)
    group by owner_id, sku_id, warehouse_id
    on conflict (owner_kind, owner_id, sku_id, warehouse_id) where state in ('held', 'confirmed')
      do update set quantity = reservation.quantity + excluded.quantity, updated_at = clock_timestamp()`.execute(
    tx,
  )
}

/**
 * Takes units out of what quotas hold, to the letter: they were seen under the same locks. A hold that is used up ends
 * as told: `consumed` by orders, `released` to another channel.
 */
export async function takeFromQuotas(
  tx: Tx,
  units: readonly QuotaUnits[],
  endState: 'consumed' | 'released',
): Promise<void> {
  if (units.length === 0) return
  const column = <Value>(value: (entry: QuotaUnits) => Value) => units.map(value)
  const { rows } = await sql<{ taken: number; wanted: number }>`
    with wanted as (
      select owner_id, sku_id, warehouse_id, sum(quantity)::int as quantity
      from unnest(${column((entry) => entry.quotaId)}::text[], ${column((entry) => entry.skuId)}::text[],
        ${column((entry) => entry.warehouseId)}::text[], ${column((entry) => entry.quantity)}::int[])
        as wanted (owner_id, sku_id, warehouse_id, quantity)
      group by owner_id, sku_id, warehouse_id
    ), taken as (
      update reservation as hold set
        quantity = case when hold.quantity > wanted.quantity then hold.quantity - wanted.quantity else hold.quantity end,
        state = case when hold.quantity > wanted.quantity then hold.state else ${endState} end,
        updated_at = clock_timestamp()
      from wanted
      where hold.owner_kind = 'promotion' and hold.owner_id = wanted.owner_id and hold.state = 'held'
        and hold.sku_id = wanted.sku_id and hold.warehouse_id = wanted.warehouse_id
        and hold.quantity >= wanted.quantity
      returning wanted.quantity
    )
    select (select coalesce(sum(quantity), 0) from taken)::int as taken,
      (select sum(quantity) from wanted)::int as wanted`.execute(tx)
  const [sums] = rows
  if (sums?.taken !== sums?.wanted) throw new Error('a quota does not hold what was seen under its lock')
}

/** Changes of the counters of one quota and SKU; what is left out does not change. */
export type QuotaChange = {
  quotaId: string
  skuId: string
  promised?: number
  drawn?: number
  returned?: number
}

/** Counts what was promised, drawn and given back. */
export async function countQuotas(tx: Tx, changes: readonly QuotaChange[]): Promise<void> {
  if (changes.length === 0) return
  const column = <Value>(value: (change: QuotaChange) => Value) => changes.map(value)
  await sql`
    update promotion_quota as quota set promised = quota.promised + change.promised,
      drawn = quota.drawn + change.drawn, returned = quota.returned + change.returned
    from (
      select quota_id, sku_id, sum(promised)::int as promised, sum(drawn)::int as drawn, sum(returned)::int as returned
      from unnest(${column((change) => change.quotaId)}::text[], ${column((change) => change.skuId)}::text[],
        ${column((change) => change.promised ?? 0)}::int[], ${column((change) => change.drawn ?? 0)}::int[],
        ${column((change) => change.returned ?? 0)}::int[]) as change (quota_id, sku_id, promised, drawn, returned)
      group by quota_id, sku_id
    ) as change
    where quota.quota_id = change.quota_id and quota.sku_id = change.sku_id`.execute(tx)
}
