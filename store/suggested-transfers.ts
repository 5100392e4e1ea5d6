import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { Tx } from './database.ts'
import { reasonOf, type WordRow } from './replenishment.ts'
import { requestTransfer } from './transfers.ts'

/** A transfer says why in so many characters. */
const REASON_CHARACTERS = 200

/**
 * Asks for the transfer that last night suggested for a level, once: what is asked for is no longer suggested. Sources, way and
 * approval are those of any transfer.
 *
 * @throws ProblemError `replenishment-nothing-to-move`, `transfer-no-source` with what stands in the way
 */
export async function moveSuggested(
  tx: Tx,
  { skuId, warehouseId }: { skuId: string; warehouseId: string },
  origin: { transferId: string; eventId: string; operator: string },
): Promise<void> {
  const { rows } = await sql<WordRow & { units: number }>`
    update replenishment set transfer_units = 0, suggested_units = suggested_units - transfer_units
    where sku_id = ${skuId} and warehouse_id = ${warehouseId} and transfer_units > 0
    returning old.transfer_units as units, replenishment.*`.execute(tx)
  const [row] = rows
  if (!row) throw new ProblemError('replenishment-nothing-to-move')
  const wish = { skuId, destinationId: warehouseId, quantity: row.units }
  const reason = `补货：${reasonOf(row).zh}`.slice(0, REASON_CHARACTERS)
  await requestTransfer(tx, { ...wish, ...origin, reason })
}
