import { sql } from 'kysely'
import type { Tx } from './database.ts'
import {
  type ReserveRequest,
  type ReserveResult,
  reclaimExpired,
  reserve,
  settleEnded,
  skusOf,
} from './reservation.ts'
import { lockStock, moveStock } from './stock-movement.ts'

export type ChangeRequest = Omit<ReserveRequest, 'partial'>

/**
 * Brings what an order holds to what it now demands, by the difference only: units that stay are never given back in
 * between, so that no rival can take them. All or none: if the growth cannot be served, nothing changes. A line that
 * is not named is given back whole. Safe to repeat: a second time there is no difference.
 *
 * Give it the state of the order's other holds: `confirmed` for a paid order. The order's row must be locked by the
 * caller, or two changes at once would each see the other's half.
 *
 * @returns what was added, or what is missing
 */
export async function changeHolds(tx: Tx, request: ChangeRequest): Promise<ReserveResult> {
  const { orderId, operationId, operator } = request
  const held = await liveHolds(tx, orderId)
  const skuIds = [...held.map((hold) => hold.skuId), ...skusOf([request])]
  await lockStock(tx, skuIds)
  await reclaimExpired(tx, skuIds, operationId)
  // Once more, under the locks: what has run out meanwhile is no longer there to be kept.
  const live = await liveHolds(tx, orderId)
  const unitsHeld = new Map<string, number>()
  for (const hold of live) {
    const key = keyOf(hold.lineNumber, hold.skuId)
    unitsHeld.set(key, (unitsHeld.get(key) ?? 0) + hold.quantity)
  }
  const growth = request.demand.flatMap((line) => {
    const quantity = line.quantity - (unitsHeld.get(keyOf(line.lineNumber, line.skuId)) ?? 0)
    return quantity > 0 ? [{ ...line, quantity }] : []
  })
  const grown = await reserve(tx, { ...request, demand: growth })
  if (!grown.ok) return grown

  const wanted = new Map(request.demand.map((line) => [keyOf(line.lineNumber, line.skuId), line.quantity]))
  const surplus = live.flatMap((hold) => {
    const key = keyOf(hold.lineNumber, hold.skuId)
    const units = unitsHeld.get(key) ?? 0
    const quantity = Math.min(hold.quantity, Math.max(0, units - (wanted.get(key) ?? 0)))
    unitsHeld.set(key, units - quantity)
    return quantity > 0 ? [{ ...hold, quantity, rest: hold.quantity - quantity }] : []
  })
  for (const { id, rest } of surplus) {
    await tx
      .updateTable('reservation')
      .set(rest > 0 ? { quantity: rest } : { state: 'released' })
      .set({ updated_at: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute()
  }
  const { movements } = await settleEnded(tx, 'release', surplus, operationId)
  await moveStock(tx, movements, { operationId, operator, physical: false })
  return grown
}

function keyOf(lineNumber: number | null, skuId: string): string {
  return `${lineNumber} ${skuId}`
}

/** An order's live holds, the smallest first: giving those back saves a parcel soonest. */
function liveHolds(tx: Tx, orderId: string) {
  return tx
    .selectFrom('reservation')
    .select([
      'id',
      'line_number as lineNumber',
      'sku_id as skuId',
      'warehouse_id as warehouseId',
      'quantity',
      'order_id as orderId',
      'drawn_from as drawnFrom',
    ])
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .orderBy('quantity')
    .orderBy('id')
    .execute()
}
