import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type AvailableLevel, type Demand, planAllocation } from '../domain/allocation.ts'
import { centreOf, distanceKilometres } from '../domain/division.ts'
import type { Allocation } from '../domain/order.ts'
import type { Tx } from './database.ts'
import { lockStock, moveStock, type StockMovement } from './stock-movement.ts'

/**
 * Holds on stock: held → confirmed → consumed; held → expired | released; confirmed → released.
 *
 * `available = total − shipped − reserved` is decided here, under row locks, and guarded by a constraint of the
 * table. A hold whose time is over is worth nothing, whether or not anybody has reclaimed it yet.
 */
export type ReserveRequest = {
  orderId: string
  divisionCode: string
  demand: Demand[]
  expiresAt: Date
  operationId: string
  /** Paid already: the holds are confirmed from the start (payment after expiry, short-pick replacement). */
  confirmed: boolean
  operator: string
  excludedWarehouses?: string[]
  /** Take what there is instead of refusing (short-pick replacement). */
  partial?: boolean
}

export type ReserveResult =
  | { ok: true; allocations: Allocation[] }
  | { ok: false; shortages: { skuId: string; requested: number; available: number }[] }

/** Reserves all lines or none, from the warehouses that `planAllocation` picks over the levels under lock. */
export async function reserve(tx: Tx, request: ReserveRequest): Promise<ReserveResult> {
  const skuIds = request.demand.map((line) => line.skuId)
  await lockStock(tx, skuIds)
  await reclaimExpired(tx, skuIds, request.operationId)
  const levels = await readLevels(tx, request)
  const demand = request.partial ? clipToAvailable(request.demand, levels) : request.demand
  const plan = planAllocation(demand, levels)
  if (!plan.ok) return plan
  await insertHolds(tx, request, plan.allocations)
  await moveStock(
    tx,
    plan.allocations.map(({ skuId, warehouseId, quantity }) => ({
      kind: 'reserve',
      skuId,
      warehouseId,
      reservedDelta: quantity,
      orderId: request.orderId,
    })),
    { operationId: request.operationId, operator: request.operator, physical: false },
  )
  return plan
}

/**
 * Takes back holds whose time is over. Counters fall by the rows that this statement really changed.
 *
 * The time is that of this statement, which began after the stock rows were locked. clock_timestamp() would be read
 * anew for every row, so no index could find the few that are over among a hot SKU's thousands of holds.
 */
export async function reclaimExpired(tx: Tx, skuIds: string[], operationId: string): Promise<void> {
  const expired = await tx
    .updateTable('reservation')
    .set({ state: 'expired', updated_at: sql`clock_timestamp()` })
    .where('sku_id', 'in', skuIds)
    .where('state', '=', 'held')
    .where('expires_at', '<=', sql<Date>`statement_timestamp()`)
    .returning(['sku_id', 'warehouse_id', 'quantity', 'order_id'])
    .execute()
  await moveStock(
    tx,
    expired.map((hold) => unhold('expire', hold)),
    { operationId, operator: 'system', physical: false },
  )
}

async function readLevels(tx: Tx, request: ReserveRequest): Promise<AvailableLevel[]> {
  const rows = await tx
    .selectFrom('stock_level as level')
    .innerJoin('warehouse', 'warehouse.id', 'level.warehouse_id')
    .select(['level.sku_id', 'level.warehouse_id', 'warehouse.longitude', 'warehouse.latitude'])
    .select(sql<number>`level.total - level.shipped - level.reserved`.as('available'))
    .where(
      'level.sku_id',
      'in',
      request.demand.map((line) => line.skuId),
    )
    .where('level.shortfall', '=', 0)
    .where('warehouse.active', '=', true)
    .execute()
  const customer = centreOf(request.divisionCode)
  return rows
    .filter((row) => !request.excludedWarehouses?.includes(row.warehouse_id))
    .map((row) => ({
      skuId: row.sku_id,
      warehouseId: row.warehouse_id,
      available: row.available,
      distanceKilometres: customer ? distanceKilometres(customer, row) : 0,
    }))
}

function clipToAvailable(demand: Demand[], levels: AvailableLevel[]): Demand[] {
  return demand
    .map((line) => {
      const available = levels.reduce(
        (sum, level) => (level.skuId === line.skuId ? sum + level.available : sum),
        0,
      )
      return { ...line, quantity: Math.min(line.quantity, available) }
    })
    .filter((line) => line.quantity > 0)
}

async function insertHolds(tx: Tx, request: ReserveRequest, allocations: Allocation[]): Promise<void> {
  if (allocations.length === 0) return
  await tx
    .insertInto('reservation')
    .values(
      allocations.map((allocation) => ({
        id: uuid(),
        owner_kind: 'order_line' as const,
        owner_id: `${request.orderId}/${allocation.lineNumber}`,
        order_id: request.orderId,
        line_number: allocation.lineNumber,
        sku_id: allocation.skuId,
        warehouse_id: allocation.warehouseId,
        quantity: allocation.quantity,
        state: request.confirmed ? ('confirmed' as const) : ('held' as const),
        expires_at: request.expiresAt,
        operation_id: request.operationId,
      })),
    )
    // A replacement for a short pick may land where this order line already holds units: one hold, more units.
    .onConflict((conflict) =>
      conflict
        .columns(['owner_kind', 'owner_id', 'sku_id', 'warehouse_id'])
        .where('state', 'in', ['held', 'confirmed'])
        .doUpdateSet((eb) => ({
          quantity: eb('reservation.quantity', '+', eb.ref('excluded.quantity')),
          updated_at: sql`clock_timestamp()`,
        })),
    )
    .execute()
}

/**
 * Confirms all holds of an order or none: only if every unit is still held and its time is not over by the
 * database's clock at this moment. Counters do not change. The order's row must be locked by the caller.
 */
export async function confirmHolds(tx: Tx, orderId: string): Promise<boolean> {
  // Lock first, judge in the next statement: a rival's reclaim that we waited for must be visible.
  await sql`select 1 from reservation where order_id = ${orderId} and state in ('held', 'confirmed')
    order by sku_id, warehouse_id for update`.execute(tx)
  const { rows } = await sql<{ complete: boolean }>`
    with live as (
      select coalesce(sum(quantity), 0) as units,
        coalesce(bool_and(state = 'confirmed' or expires_at > clock_timestamp()), false) as in_time
      from reservation where order_id = ${orderId} and state in ('held', 'confirmed')
    ), confirmed as (
      update reservation set state = 'confirmed', updated_at = clock_timestamp()
      where order_id = ${orderId} and state = 'held' and (select in_time from live)
        and (select units from live) = (select sum(quantity) from order_line where order_id = ${orderId})
      returning 1
    )
    select (select in_time from live) and (select units from live) =
      (select sum(quantity) from order_line where order_id = ${orderId}) as complete`.execute(tx)
  return rows[0]?.complete ?? false
}

/** What the database says when the reservation's timer asks: its clock and its rows decide, not the timer. */
export async function checkReservation(
  tx: Tx,
  request: { orderId: string; paidInFull: boolean; operationId: string },
): Promise<{ answer: 'confirmed' | 'expired' | 'held'; remainingMs: number }> {
  const { orderId } = request
  await sql`select 1 from orders where id = ${orderId} for no key update`.execute(tx)
  // Confirming locks holds, and if that fails they are given back: the stock rows must come before both.
  if (request.paidInFull) await lockStock(tx, await skusHeld(tx, orderId))
  if (request.paidInFull && (await confirmHolds(tx, orderId))) return { answer: 'confirmed', remainingMs: 0 }
  const holds = await tx
    .selectFrom('reservation')
    .select(['sku_id', 'state'])
    .select(sql<number>`extract(epoch from expires_at - clock_timestamp()) * 1000`.as('remaining_ms'))
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .execute()
  if (holds.length > 0 && holds.every((hold) => hold.state === 'confirmed'))
    return { answer: 'confirmed', remainingMs: 0 }
  const remainingMs = Math.ceil(Math.max(0, ...holds.map((hold) => hold.remaining_ms)))
  if (remainingMs > 0) return { answer: 'held', remainingMs }
  await releaseHolds(tx, { orderId, operationId: request.operationId, operator: 'system', kind: 'expire' })
  return { answer: 'expired', remainingMs: 0 }
}

/** Gives back everything that an order still holds. Safe to repeat: what is no longer held is not counted again. */
export async function releaseHolds(
  tx: Tx,
  request: { orderId: string; operationId: string; operator: string; kind: 'release' | 'expire' },
): Promise<void> {
  const skuIds = await skusHeld(tx, request.orderId)
  if (skuIds.length === 0) return
  await lockStock(tx, skuIds)
  const released = await tx
    .updateTable('reservation')
    .set({ state: request.kind === 'expire' ? 'expired' : 'released', updated_at: sql`clock_timestamp()` })
    .where('order_id', '=', request.orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .returning(['sku_id', 'warehouse_id', 'quantity', 'order_id'])
    .execute()
  await moveStock(
    tx,
    released.map((hold) => unhold(request.kind, hold)),
    {
      operationId: request.operationId,
      operator: request.operator,
      physical: false,
    },
  )
}

async function skusHeld(tx: Tx, orderId: string): Promise<string[]> {
  const holds = await tx
    .selectFrom('reservation')
    .select('sku_id')
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .execute()
  return holds.map((hold) => hold.sku_id)
}

function unhold(
  kind: 'release' | 'expire',
  hold: { sku_id: string; warehouse_id: string; quantity: number; order_id: string | null },
): StockMovement {
  const { sku_id: skuId, warehouse_id: warehouseId, quantity, order_id: orderId } = hold
  return { kind, skuId, warehouseId, reservedDelta: -quantity, orderId }
}
