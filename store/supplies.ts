import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type { ListSuppliesQuery, SupplyBody, SupplyView } from '../contracts/replenishment.ts'
import type { Db, Tx } from './database.ts'
import { Keyset, type Page } from './paging.ts'
import type { Database } from './schema.ts'
import { findKnownSkus } from './stock.ts'

/** Says from whom a SKU is bought. @throws ProblemError `unknown-sku` */
export async function putSupply(
  tx: Tx,
  skuId: string,
  { supplierId, packUnits, minimumUnits, unitCostCents }: SupplyBody,
  operator: string,
): Promise<SupplyView> {
  if (!(await findKnownSkus(tx, [skuId])).has(skuId))
    throw new ProblemError('unknown-sku', `${skuId} is not known`)
  const fields = {
    supplier_id: supplierId,
    pack_units: packUnits,
    minimum_units: minimumUnits,
    unit_cost_cents: unitCostCents,
    changed_by: operator,
  }
  const row = await tx
    .insertInto('sku_supply')
    .values({ sku_id: skuId, ...fields })
    .onConflict((conflict) =>
      conflict.column('sku_id').doUpdateSet({ ...fields, changed_at: sql`clock_timestamp()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return viewOf(row)
}

/** From whom SKUs are bought, by SKU. */
export async function listSupplies(db: Db, query: ListSuppliesQuery): Promise<Page<SupplyView>> {
  const keyset = new Keyset('supplies', query, z.tuple([z.string().max(64)]))
  const after = keyset.after(query.cursor)
  const isAscending = query.sort === 'sku'
  let rows = db
    .selectFrom('sku_supply')
    .selectAll()
    .orderBy('sku_id', isAscending ? 'asc' : 'desc')
    .limit(query.limit + 1)
  if (query.supplierId) rows = rows.where('supplier_id', '=', query.supplierId)
  if (after) rows = rows.where('sku_id', isAscending ? '>' : '<', after[0])
  return keyset.page(await rows.execute(), query.limit, (row) => [row.sku_id], viewOf)
}

function viewOf(row: Selectable<Database['sku_supply']>): SupplyView {
  return {
    skuId: row.sku_id,
    supplierId: row.supplier_id,
    packUnits: row.pack_units,
    minimumUnits: row.minimum_units,
    unitCostCents: row.unit_cost_cents,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }
}
