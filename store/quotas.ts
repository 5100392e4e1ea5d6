import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type DrawnUnits, divideReturned } from '../domain/promotion.ts'
import type { Tx } from './database.ts'
import type { StockMovement } from './stock-movement.ts'

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
    on conflict (owner_kind, owner_id, sku_id, warehouse_id) where owner_kind <> 'order_line' and state in ('held', 'confirmed')
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

/** Units that orders take from quotas. */
export async function drawFromQuotas(tx: Tx, units: readonly QuotaUnits[]): Promise<void> {
  await takeFromQuotas(tx, units, 'consumed')
  await countQuotas(
    tx,
    units.map(({ quotaId, skuId, quantity }) => ({ quotaId, skuId, drawn: quantity })),
  )
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

/**
 * Settles units that orders have given back and that were drawn from a quota: the quota holds them again while its
 * promotion runs by the database's clock, otherwise they stay free. The orders' holds must have ended already; the stock
 * counters are the caller's, who moves both together.
 *
 * @returns what the quotas hold again
 */
export async function giveBackDrawn(
  tx: Tx,
  returned: readonly (DrawnUnits & { orderId: string })[],
  operationId: string,
): Promise<HeldAgain[]> {
  if (returned.length === 0) return []
  const ends = await runningQuotas(
    tx,
    returned.map((units) => units.drawnFrom),
  )
  const missing = await readShortfalls(tx, returned)
  const { toQuota, toFree } = divideReturned(returned, new Set(ends.keys()), missing)
  const heldAgain = toQuota.flatMap(({ drawnFrom: quotaId, ...units }) => {
    const expiresAt = ends.get(quotaId)
    return expiresAt ? [{ ...units, quotaId, expiresAt }] : []
  })
  await addToQuotas(tx, heldAgain, operationId)
  await countQuotas(tx, [
    ...heldAgain.map(({ quotaId, skuId, quantity }) => ({ quotaId, skuId, drawn: -quantity })),
    ...toFree.map(({ drawnFrom: quotaId, skuId, quantity }) => ({
      quotaId,
      skuId,
      drawn: -quantity,
      returned: quantity,
    })),
  ])
  return heldAgain
}

/** Units that an order gave back and a quota holds again. */
export type HeldAgain = QuotaUnits & { orderId: string; expiresAt: Date }

/** What a quota's hold gains (or loses) for an order's, as a movement of the ledger. */
export function quotaMovement(
  units: { skuId: string; warehouseId: string; orderId: string },
  reservedDelta: number,
): StockMovement {
  const { skuId, warehouseId, orderId } = units
  return { kind: 'promotion_hold', skuId, warehouseId, reservedDelta, orderId }
}

/** When each of the quotas ends, for those whose promotion runs at this moment. */
async function runningQuotas(tx: Tx, quotaIds: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await sql<{ quota_id: string; ends_at: Date }>`
    select distinct quota.quota_id, promotion.ends_at
    from promotion_quota as quota join promotion on promotion.id = quota.promotion_id
    where quota.quota_id = any(${[...new Set(quotaIds)]}::text[]) and promotion.state = 'running'
      and promotion.ends_at > clock_timestamp()`.execute(tx)
  return new Map(rows.map((row) => [row.quota_id, row.ends_at]))
}

async function readShortfalls(
  tx: Tx,
  levels: readonly { skuId: string; warehouseId: string }[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ level: string; shortfall: number }>`
    select sku_id || ' ' || warehouse_id as level, shortfall from stock_level
    where shortfall > 0 and (sku_id, warehouse_id) in (
      select * from unnest(${levels.map((level) => level.skuId)}::text[],
        ${levels.map((level) => level.warehouseId)}::text[]))`.execute(tx)
  return new Map(rows.map((row) => [row.level, row.shortfall]))
}
