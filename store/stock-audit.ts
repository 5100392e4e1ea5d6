import { sql } from 'kysely'
import type { Db } from './database.ts'

export type Counters = { total: number; shipped: number; reserved: number; shortfall: number }

/** A level whose counters are not what its movements and its live holds say that they should be. */
export type StockDifference = {
  skuId: string
  warehouseId: string
  /** What the level says. */
  counters: Counters
  /** What the ledger's movements add up to: the counters, rebuilt. */
  ledger: Counters
  /** Units of live holds, which `reserved` must equal. */
  held: number
}

/**
 * Rebuilds every counter from the ledger and from the live holds and compares. It reads the whole ledger, in one
 * statement and so as of one moment, and changes nothing: a difference is for people to look into.
 *
 * @param filter.skuId looks at this SKU alone, by its index
 */
export async function auditStock(
  db: Db,
  filter: { skuId?: string; limit: number },
): Promise<{ levels: number; differences: StockDifference[] }> {
  const { skuId, limit } = filter
  const ofSku = skuId === undefined ? sql`true` : sql`sku_id = ${skuId}`
  return db
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      // The product's own limit is for requests; the ledger of a year takes longer.
      await sql`set local statement_timeout = ${sql.lit(AUDIT_TIMEOUT_MS)}`.execute(tx)
      const { rows } = await sql<Row>`
      with rebuilt as (
        select sku_id, warehouse_id, sum(total_delta)::int as total, sum(shipped_delta)::int as shipped,
          sum(reserved_delta)::int as reserved, sum(shortfall_delta)::int as shortfall
        from stock_ledger where ${ofSku} group by sku_id, warehouse_id
      ), live as (
        select sku_id, warehouse_id, sum(quantity)::int as held from (
          -- Either state has an index by SKU; for both in one condition every hold there ever was would be read.
          select sku_id, warehouse_id, quantity from reservation where state = 'held' and ${ofSku}
          union all
          select sku_id, warehouse_id, quantity from reservation where state = 'confirmed' and ${ofSku}
        ) as hold group by sku_id, warehouse_id
      ), compared as (
        select level.sku_id, level.warehouse_id,
          array[level.total, level.shipped, level.reserved, level.shortfall] as counters,
          array[coalesce(rebuilt.total, 0), coalesce(rebuilt.shipped, 0), coalesce(rebuilt.reserved, 0),
            coalesce(rebuilt.shortfall, 0)] as ledger,
          level.reserved, coalesce(live.held, 0) as held
        from (select * from stock_level where ${ofSku}) as level
          left join rebuilt using (sku_id, warehouse_id) left join live using (sku_id, warehouse_id)
      ), different as (
        select sku_id, warehouse_id, counters, ledger, held from compared
        where counters <> ledger or reserved <> held
        order by sku_id, warehouse_id limit ${limit}
      )
      select total.levels, different.* from (select count(*) as levels from compared) as total
        left join different on true`.execute(tx)
      return { levels: rows[0]?.levels ?? 0, differences: rows.flatMap(differenceOf) }
    })
}

const AUDIT_TIMEOUT_MS = 600_000

type Row = {
  levels: number
  sku_id: string | null
  warehouse_id: string | null
  counters: number[] | null
  ledger: number[] | null
  held: number | null
}

function differenceOf({ sku_id, warehouse_id, counters, ledger, held }: Row): StockDifference[] {
  if (sku_id === null || warehouse_id === null || !counters || !ledger) return []
  return [
    {
      skuId: sku_id,
      warehouseId: warehouse_id,
      counters: countersOf(counters),
      ledger: countersOf(ledger),
      held: held ?? 0,
    },
  ]
}

function countersOf([total = 0, shipped = 0, reserved = 0, shortfall = 0]: number[]): Counters {
  return { total, shipped, reserved, shortfall }
}
