import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Tx } from './database.ts'
import { onceInTransaction } from './operation.ts'
import { reclaimExpired } from './reservation.ts'
import type { StockMovementKind } from './schema.ts'
import { lockStock, moveStock, type StockMovement } from './stock-movement.ts'

/**
 * Holds of those who name the warehouse themselves: a promotion's quota, a transfer's goods at its source. They are
 * rows of `reservation` like an order's, confirmed from the start, and live until they are released or consumed.
 *
 * Each call is safe to repeat under its operation id: the second one gets the first one's result. The stock rows'
 * locks are taken before anything is looked at, so that two attempts at once run one after the other.
 */
export type HoldOwner = { ownerKind: 'promotion' | 'transfer'; ownerId: string }
export type Units = { skuId: string; warehouseId: string; quantity: number }
export type UnitShortage = { skuId: string; warehouseId: string; requested: number; available: number }
export type HoldResult = { ok: true } | { ok: false; shortages: UnitShortage[] }

type HoldChange = HoldOwner & { operationId: string; operator: string }

/**
 * Holds the units at exactly these warehouses, all or none, and adds them to what the owner already holds there.
 * Units of one SKU and warehouse that are named twice are summed first. Nothing is granted where a shortfall stands.
 *
 * @param request.expiresAt when the owner means to be done; a confirmed hold does not end by itself
 * @param request.movement what the ledger calls it
 */
export async function holdUnits(
  tx: Tx,
  request: HoldChange & { units: Units[]; expiresAt: Date; movement: 'reserve' | 'promotion_hold' },
): Promise<HoldResult> {
  const units = sumUnits(request.units)
  const skuIds = units.map((line) => line.skuId)
  await lockStock(tx, skuIds)
  return once<HoldResult>(tx, request, 'hold', async () => {
    await reclaimExpired(tx, skuIds, request.operationId)
    const shortages = await findShortages(tx, units)
    if (shortages.length > 0) return { ok: false, shortages }
    await addToHolds(tx, request, units)
    const movements = units.map((line) =>
      movementOf(request.movement, line, { reservedDelta: line.quantity }),
    )
    await moveStock(tx, movements, contextOf(request))
    return { ok: true }
  })
}

/**
 * Gives back what the owner holds, or a part of it; more than is held is given back as far as it goes.
 *
 * @param request.units left out: everything
 * @returns the units that were given back
 */
export async function releaseUnits(
  tx: Tx,
  request: HoldChange & { units?: Units[]; movement: 'release' | 'promotion_hold' },
): Promise<{ released: Units[] }> {
  const skuIds = (request.units ?? (await heldBy(tx, request))).map((line) => line.skuId)
  await lockStock(tx, skuIds)
  return once(tx, request, 'release', async () => {
    // Once more, under the locks: a rival may have changed what is held.
    const wanted = sumUnits(request.units ?? (await heldBy(tx, request)))
    const released = await takeFromHolds(tx, request, wanted, 'released')
    const movements = released.map((line) =>
      movementOf(request.movement, line, { reservedDelta: -line.quantity }),
    )
    await moveStock(tx, movements, contextOf(request))
    return { released }
  })
}

/**
 * Units that leave their warehouse for another one: hold and total fall together, so that nothing becomes available.
 * The caller has made sure that they are held and physically there.
 */
export async function consumeForTransfer(
  tx: Tx,
  request: HoldChange & { units: Units[]; reason: string },
): Promise<void> {
  const units = sumUnits(request.units)
  await lockStock(
    tx,
    units.map((line) => line.skuId),
  )
  await once(tx, request, 'consume', async () => {
    const taken = await takeFromHolds(tx, request, units, 'consumed')
    if (totalOf(taken) !== totalOf(units)) throw new Error('a transfer consumes more than it holds')
    const movements = taken.map((line) => ({
      ...movementOf('transfer_out', line, { reservedDelta: -line.quantity, totalDelta: -line.quantity }),
      reason: request.reason,
    }))
    await moveStock(tx, movements, contextOf(request))
    return {}
  })
}

/** What an owner holds at this moment. */
export async function heldBy(tx: Tx, owner: HoldOwner): Promise<Units[]> {
  const rows = await tx
    .selectFrom('reservation')
    .select(['sku_id', 'warehouse_id', 'quantity'])
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .where('state', 'in', ['held', 'confirmed'])
    .orderBy('sku_id')
    .orderBy('warehouse_id')
    .execute()
  return rows.map((row) => ({ skuId: row.sku_id, warehouseId: row.warehouse_id, quantity: row.quantity }))
}

function once<Result extends object>(
  tx: Tx,
  { operationId, ownerKind, ownerId }: HoldChange,
  step: 'hold' | 'release' | 'consume',
  work: () => Promise<Result>,
): Promise<Result> {
  return onceInTransaction(tx, `${operationId}#${step}/${ownerKind}/${ownerId}`, work)
}

async function findShortages(tx: Tx, units: Units[]): Promise<UnitShortage[]> {
  const { rows } = await sql<UnitShortage>`
    select wanted.sku_id as "skuId", wanted.warehouse_id as "warehouseId", wanted.quantity as requested,
      coalesce(greatest(0, level.total - level.shipped - level.reserved), 0) as available
    from ${rowsOf(units)} as wanted (sku_id, warehouse_id, quantity)
      left join stock_level as level using (sku_id, warehouse_id)
    where level.sku_id is null or level.shortfall > 0
      or level.total - level.shipped - level.reserved < wanted.quantity
    order by 1, 2`.execute(tx)
  return rows
}

async function addToHolds(tx: Tx, request: HoldChange & { expiresAt: Date }, units: Units[]): Promise<void> {
  if (units.length === 0) return
  await tx
    .insertInto('reservation')
    .values(
      units.map((line) => ({
        id: uuid(),
        owner_kind: request.ownerKind,
        owner_id: request.ownerId,
        sku_id: line.skuId,
        warehouse_id: line.warehouseId,
        quantity: line.quantity,
        state: 'confirmed' as const,
        expires_at: request.expiresAt,
        operation_id: request.operationId,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['owner_kind', 'owner_id', 'sku_id', 'warehouse_id'])
        .where('owner_kind', '<>', 'order_line')
        .where('state', 'in', ['held', 'confirmed'])
        .doUpdateSet((eb) => ({
          quantity: eb('reservation.quantity', '+', eb.ref('excluded.quantity')),
          expires_at: eb.ref('excluded.expires_at'),
          updated_at: sql`clock_timestamp()`,
        })),
    )
    .execute()
}

/** Lowers holds by what is wanted; one that is used up ends. Returns what the rows really lost. */
async function takeFromHolds(
  tx: Tx,
  owner: HoldOwner,
  units: Units[],
  endState: 'released' | 'consumed',
): Promise<Units[]> {
  const { rows } = await sql<Units>`
    update reservation as hold set
      quantity = case when hold.quantity > wanted.quantity then hold.quantity - wanted.quantity else hold.quantity end,
      state = case when hold.quantity > wanted.quantity then hold.state else ${endState} end,
      updated_at = clock_timestamp()
    from ${rowsOf(units)} as wanted (sku_id, warehouse_id, quantity)
    where hold.owner_kind = ${owner.ownerKind} and hold.owner_id = ${owner.ownerId}
      and hold.state in ('held', 'confirmed')
      and hold.sku_id = wanted.sku_id and hold.warehouse_id = wanted.warehouse_id
    returning hold.sku_id as "skuId", hold.warehouse_id as "warehouseId",
      least(old.quantity, wanted.quantity) as quantity`.execute(tx)
  return rows
}

function rowsOf(units: Units[]) {
  return sql`unnest(${units.map((line) => line.skuId)}::text[], ${units.map((line) => line.warehouseId)}::text[],
    ${units.map((line) => line.quantity)}::int[])`
}

/** One line for each (SKU, warehouse). */
function sumUnits(units: Units[]): Units[] {
  const byLevel = new Map<string, Units>()
  for (const { skuId, warehouseId, quantity } of units) {
    // Less than one would turn giving back into taking.
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw new RangeError(`${quantity} is no quantity to hold`)
    const key = `${skuId} ${warehouseId}`
    byLevel.set(key, { skuId, warehouseId, quantity: (byLevel.get(key)?.quantity ?? 0) + quantity })
  }
  return [...byLevel.values()]
}

function totalOf(units: Units[]): number {
  return units.reduce((sum, line) => sum + line.quantity, 0)
}

function movementOf(
  kind: StockMovementKind,
  { skuId, warehouseId }: Units,
  deltas: { reservedDelta: number; totalDelta?: number },
): StockMovement {
  return { kind, skuId, warehouseId, ...deltas }
}

function contextOf({ operationId, operator }: HoldChange) {
  return { operationId, operator, physical: false }
}
