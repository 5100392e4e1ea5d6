import { sql } from 'kysely'
import type { TransferEffect, TransferRefusal, TransferState } from '../domain/transfer.ts'
import type { Tx } from './database.ts'
import { consumeForTransfer, type HoldOwner, releaseUnits } from './holds.ts'
import { lockStock, moveStock, type StockMovement } from './stock-movement.ts'
import { openWorkItem } from './work-items.ts'

/** Units can be promised and held without being there; what leaves must be. */
export async function findMissing(
  tx: Tx,
  state: TransferState,
  effects: TransferEffect[],
): Promise<TransferRefusal | null> {
  for (const effect of effects) {
    if (effect.kind !== 'take_out') continue
    await lockStock(tx, [state.skuId])
    const level = await tx
      .selectFrom('stock_level')
      .select(sql<number>`total - shipped`.as('onHand'))
      .where('sku_id', '=', state.skuId)
      .where('warehouse_id', '=', effect.warehouseId)
      .executeTakeFirstOrThrow()
    if (level.onHand >= effect.quantity) continue
    const detail = `only ${level.onHand} units of ${state.skuId} are in ${effect.warehouseId}`
    return { ok: false, code: 'transfer-quantity-too-large', detail }
  }
  return null
}

/** Carries out one effect of an event: moves the stock, or opens a work item. */
export async function carryOut(
  tx: Tx,
  effect: TransferEffect,
  { state, operator }: { state: TransferState; operator: string },
): Promise<void> {
  const { transferId, skuId } = state
  const operation = { operationId: operationOf(state), operator }
  const hold = { ...ownerOf(state), ...operation }
  switch (effect.kind) {
    case 'release': {
      const units = effect.units.map((entry) => ({ skuId, ...entry }))
      await releaseUnits(tx, { ...hold, units, movement: 'release' })
      return
    }
    case 'take_out': {
      const units = [{ skuId, warehouseId: effect.warehouseId, quantity: effect.quantity }]
      return consumeForTransfer(tx, { ...hold, units, reason: `transfer ${transferId}` })
    }
    case 'take_in': {
      const { warehouseId, quantity } = effect
      const reason = `transfer ${transferId}`
      const movement = { kind: 'transfer_in' as const, skuId, warehouseId, totalDelta: quantity, reason }
      return bookIn(tx, [movement], operation)
    }
    case 'write_off': {
      // Taken in and written off in one step: the ledger tells where they went, and stock never shows them.
      const reason = `transfer ${transferId}, lost on the way: ${effect.reason}`
      const line = { skuId, warehouseId: state.destinationId, reason }
      const movements: StockMovement[] = [
        { ...line, kind: 'transfer_in', totalDelta: effect.quantity },
        { ...line, kind: 'write_off', totalDelta: -effect.quantity },
      ]
      return bookIn(tx, movements, operation)
    }
    case 'raise': {
      const { workItem: kind, detail } = effect
      return openWorkItem(tx, { kind, key: `${transferId}/${state.version}`, orderId: null, detail })
    }
  }
}

/** Movements into a warehouse, which may never have had the SKU before. */
async function bookIn(
  tx: Tx,
  movements: StockMovement[],
  operation: { operationId: string; operator: string },
): Promise<void> {
  for (const { skuId, warehouseId } of movements) {
    await sql`
      insert into stock_level (sku_id, warehouse_id) values (${skuId}, ${warehouseId})
      on conflict (sku_id, warehouse_id) do nothing`.execute(tx)
    await lockStock(tx, [skuId])
  }
  await moveStock(tx, movements, { ...operation, physical: false })
}

/** Whose holds they are. */
export function ownerOf({ transferId }: TransferState): HoldOwner {
  return { ownerKind: 'transfer', ownerId: transferId }
}

/** One operation for each version of a transfer. */
export function operationOf({ transferId, version }: TransferState): string {
  return `transfer/${transferId}/${version}`
}
