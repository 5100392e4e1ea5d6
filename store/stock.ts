import { sql } from 'kysely'
import { z } from 'zod'
import type { FieldError } from '../contracts/errors.ts'
import type { ListStockQuery, stockLevelView } from '../contracts/stock.ts'
import type { Db, Tx } from './database.ts'
import { Keyset, type Page } from './paging.ts'
import { raiseShortfalls } from './shortfalls.ts'
import { lockStock, moveStock } from './stock-movement.ts'

export type StockLevelView = z.output<typeof stockLevelView>

const position = z.tuple([z.int(), z.string().max(64), z.string().max(64)])

/** One page of the stock levels, by SKU or with the scarcest first. */
export async function listStock(db: Db, query: ListStockQuery): Promise<Page<StockLevelView>> {
  const keyset = new Keyset('stock', query, position)
  const after = keyset.after(query.cursor)
  // What may still be sold, below zero where units are promised that do not exist.
  const free = sql<number>`(total - shipped - reserved)`
  const scarcestFirst = query.sort === 'available'
  let select = db
    .selectFrom('stock_level')
    .selectAll()
    .select(free.as('rank'))
    .limit(query.limit + 1)
  if (scarcestFirst) select = select.orderBy(free)
  select = select.orderBy('sku_id').orderBy('warehouse_id')
  if (query.skuId) select = select.where('sku_id', '=', query.skuId)
  if (query.warehouseId) select = select.where('warehouse_id', '=', query.warehouseId)
  if (query.atOrBelowSafety !== undefined) {
    select = select.where(sql<boolean>`(${free} <= safety_stock) = ${query.atOrBelowSafety}`)
  }
  if (after) {
    const [from, sku, warehouse] = after
    select = select.where(
      scarcestFirst
        ? sql<boolean>`(${free}, sku_id, warehouse_id) > (${from}::int, ${sku}, ${warehouse})`
        : sql<boolean>`(sku_id, warehouse_id) > (${sku}, ${warehouse})`,
    )
  }
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.rank, row.sku_id, row.warehouse_id],
    levelOf,
  )
}

type LevelRow = {
  sku_id: string
  warehouse_id: string
  total: number
  shipped: number
  reserved: number
  shortfall: number
  safety_stock: number
  updated_at: Date
}

function levelOf(row: LevelRow): StockLevelView {
  return {
    skuId: row.sku_id,
    warehouseId: row.warehouse_id,
    total: row.total,
    shipped: row.shipped,
    reserved: row.reserved,
    available: Math.max(0, row.total - row.shipped - row.reserved),
    shortfall: row.shortfall,
    safetyStock: row.safety_stock,
    updatedAt: row.updated_at.toISOString(),
  }
}

/** Units that came in (positive) or are gone (negative), and optionally a new safety stock. */
export type StockAdjustment = {
  skuId: string
  warehouseId: string
  quantityDelta: number
  safetyStock?: number | undefined
}
export type AdjustmentError = FieldError & {
  index: number
  code: 'unknown-sku' | 'unknown-warehouse' | 'stock-below-zero'
}
export type AdjustmentResult =
  | { ok: true; created: number; changed: number; unchanged: number; levels: StockLevelView[] }
  | { ok: false; errors: AdjustmentError[] }

/**
 * Adjusts any number of levels, all or none, in the caller's transaction. Adjusting is stating a physical fact, so
 * a loss may leave more units promised than exist; each such level becomes a work item. Each level may be named once.
 *
 * On `ok: false` nothing was changed, but rows may be locked: the caller rolls back.
 */
export async function adjustStock(
  tx: Tx,
  input: { adjustments: StockAdjustment[]; operationId: string; operator: string; reason: string },
): Promise<AdjustmentResult> {
  const { adjustments, operationId, operator, reason } = input
  const unknown = await findUnknown(tx, adjustments)
  if (unknown.length > 0) return { ok: false, errors: unknown }
  const created = await createLevels(tx, adjustments)
  await lockStock(
    tx,
    adjustments.map((entry) => entry.skuId),
  )
  const before = await readLevels(tx, adjustments)
  const impossible = adjustments.flatMap((entry, index): AdjustmentError[] => {
    const level = before.get(keyOf(entry))
    const onHand = level ? level.total - level.shipped : 0
    if (entry.quantityDelta >= 0 || onHand + entry.quantityDelta >= 0) return []
    const message = `only ${onHand} units of ${entry.skuId} are in ${entry.warehouseId}`
    return [{ index, code: 'stock-below-zero', field: 'quantityDelta', message }]
  })
  if (impossible.length > 0) return { ok: false, errors: impossible }
  const shortfalls = await moveStock(
    tx,
    // A new level and a new safety stock are rows of the ledger, too, if only of 0 units: its readers hear of them.
    adjustments
      .filter((entry) => created.has(keyOf(entry)) || !isUnchanged(entry, before.get(keyOf(entry))))
      .map((entry) => ({
        kind: entry.quantityDelta > 0 ? ('receive' as const) : ('adjust' as const),
        skuId: entry.skuId,
        warehouseId: entry.warehouseId,
        totalDelta: entry.quantityDelta,
        reason: reason + safetyStockNote(entry, before.get(keyOf(entry))),
      })),
    { operationId, operator, physical: true },
  )
  await raiseShortfalls(tx, shortfalls)
  await setSafetyStock(tx, adjustments)
  const after = await readLevels(tx, adjustments)
  const levels = adjustments.flatMap((entry) => {
    const level = after.get(keyOf(entry))
    return level ? [levelOf(level)] : []
  })
  const unchanged = adjustments.filter(
    (entry) => !created.has(keyOf(entry)) && isUnchanged(entry, before.get(keyOf(entry))),
  ).length
  const changed = adjustments.length - created.size - unchanged
  return { ok: true, created: created.size, changed, unchanged, levels }
}

function keyOf(level: { skuId: string; warehouseId: string }): string {
  return `${level.skuId} ${level.warehouseId}`
}

function safetyStockNote({ safetyStock }: StockAdjustment, before: LevelRow | undefined): string {
  if (safetyStock === undefined || safetyStock === before?.safety_stock) return ''
  return ` (safety stock ${before?.safety_stock ?? 0} → ${safetyStock})`
}

function isUnchanged(entry: StockAdjustment, level: LevelRow | undefined): boolean {
  return (
    entry.quantityDelta === 0 &&
    (entry.safetyStock === undefined || entry.safetyStock === level?.safety_stock)
  )
}

async function findUnknown(tx: Tx, adjustments: StockAdjustment[]): Promise<AdjustmentError[]> {
  const [skus, warehouses] = [
    await tx
      .selectFrom('sku')
      .select('id')
      .where('id', '=', sql<string>`any(${adjustments.map((entry) => entry.skuId)}::text[])`)
      .execute(),
    await tx
      .selectFrom('warehouse')
      .select('id')
      .where('id', '=', sql<string>`any(${adjustments.map((entry) => entry.warehouseId)}::text[])`)
      .execute(),
  ]
  const knownSkus = new Set(skus.map((row) => row.id))
  const knownWarehouses = new Set(warehouses.map((row) => row.id))
  return adjustments.flatMap(({ skuId, warehouseId }, index): AdjustmentError[] => {
    const errors: AdjustmentError[] = []
    if (!knownSkus.has(skuId)) {
      errors.push({ index, code: 'unknown-sku', field: 'skuId', message: `${skuId} is not known` })
    }
    if (!knownWarehouses.has(warehouseId)) {
      const message = `${warehouseId} is not known`
      errors.push({ index, code: 'unknown-warehouse', field: 'warehouseId', message })
    }
    return errors
  })
}

/** Makes the levels that do not exist yet, in the order in which everybody locks them. */
async function createLevels(tx: Tx, adjustments: StockAdjustment[]): Promise<Set<string>> {
  const { rows } = await sql<{ sku_id: string; warehouse_id: string }>`
    insert into stock_level (sku_id, warehouse_id)
    select sku_id, warehouse_id from ${levelsOf(adjustments)} order by sku_id, warehouse_id
    on conflict (sku_id, warehouse_id) do nothing
    returning sku_id, warehouse_id`.execute(tx)
  return new Set(rows.map((row) => `${row.sku_id} ${row.warehouse_id}`))
}

async function readLevels(tx: Tx, adjustments: StockAdjustment[]): Promise<Map<string, LevelRow>> {
  const { rows } = await sql<LevelRow>`
    select level.* from stock_level as level join ${levelsOf(adjustments)} using (sku_id, warehouse_id)`.execute(
    tx,
  )
  return new Map(rows.map((row) => [`${row.sku_id} ${row.warehouse_id}`, row]))
}

async function setSafetyStock(tx: Tx, adjustments: StockAdjustment[]): Promise<void> {
  const changes = adjustments.filter((entry) => entry.safetyStock !== undefined)
  if (changes.length === 0) return
  await sql`
    update stock_level as level set safety_stock = named.safety_stock, updated_at = now()
    from ${levelsOf(changes)}
    where level.sku_id = named.sku_id and level.warehouse_id = named.warehouse_id
      and level.safety_stock <> named.safety_stock`.execute(tx)
}

function levelsOf(adjustments: StockAdjustment[]) {
  return sql`unnest(${adjustments.map((entry) => entry.skuId)}::text[],
    ${adjustments.map((entry) => entry.warehouseId)}::text[],
    ${adjustments.map((entry) => entry.safetyStock ?? 0)}::int[]) as named (sku_id, warehouse_id, safety_stock)`
}

/** Those of these SKUs that the hub knows. */
export async function findKnownSkus(db: Db | Tx, skuIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('sku')
    .select('id')
    .where('id', '=', sql<string>`any(${skuIds}::text[])`)
    .execute()
  return new Set(rows.map((row) => row.id))
}
