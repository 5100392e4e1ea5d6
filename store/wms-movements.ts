import { sql } from 'kysely'
import type { z } from 'zod'
import type { listWmsMovementsQuery, wmsMovementList } from '../contracts/wms.ts'
import type { Db } from './database.ts'

/**
 * What was entered in the hub and the warehouse's own system cannot know: receipts, adjustments, counts, returns,
 * transfers; not what its own people did. In the order of their ids; one may become visible a moment after a higher
 * one, so whoever follows asks again from a little before.
 */
export async function listWmsMovements(
  db: Db,
  { after, limit }: z.output<typeof listWmsMovementsQuery>,
): Promise<z.output<typeof wmsMovementList>> {
  const { rows } = await sql<{
    id: number
    kind: string
    sku_id: string
    warehouse_id: string
    units: number
    reason: string | null
    recorded_at: Date
  }>`
    select id, kind, sku_id, warehouse_id, total_delta - shipped_delta as units, reason, recorded_at from stock_ledger
    where id > ${after} and total_delta <> shipped_delta and kind not in ('ship', 'snapshot')
      and (order_id is null or kind in ('return', 'write_off'))
    order by id limit ${limit}`.execute(db)
  const latest = await db
    .selectFrom('stock_ledger')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    items: rows.map((row) => ({
      movementId: row.id,
      kind: row.kind,
      skuId: row.sku_id,
      warehouseId: row.warehouse_id,
      quantityDelta: row.units,
      reason: row.reason,
      recordedAt: row.recorded_at.toISOString(),
    })),
    latestMovementId: latest?.id ?? 0,
  }
}
