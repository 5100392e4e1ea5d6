import { type RawBuilder, sql } from 'kysely'
import {
  type DemandChange,
  type DemandDay,
  type DemandLevel,
  type DemandMove,
  foldDemand,
} from '../domain/demand.ts'
import type { Db, Tx } from './database.ts'
import type { StockMovementKind } from './schema.ts'
import { type LedgerReach, reachOn } from './stock-changes.ts'

/** Rows of the ledger that one transaction takes. */
const ROWS_A_BATCH = 5_000

type MoveRow = {
  id: number
  sku_id: string
  warehouse_id: string
  kind: StockMovementKind
  available: number
  reserved: number
  shipped: number
  at: Date
  ordered_at: Date | null
}
type Move = DemandMove & { key: string }
type LevelRow = {
  sku_id: string
  warehouse_id: string
  available: number
  out_since: Date | null
  first_at: Date
}

/**
 * Takes the next rows of the stock ledger into the demand of each level and day. Every row is taken once, in the order of the
 * ledger, whoever does it and however often; none is missed that commits late.
 *
 * @returns rows taken; 0: there are none, or somebody is still writing below them
 */
export async function takeDemand(db: Db, rowsAtMost = ROWS_A_BATCH): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { reach, isSettled } = await reachOn(tx, await lockProgress(tx))
    if (!isSettled) {
      await saveProgress(tx, reach)
      return 0
    }
    const rows = await readMoves(tx, reach, rowsAtMost)
    const last = rows.at(-1)
    if (!last) return 0
    await addMoves(tx, rows.map(moveOf))
    const isWhole = rows.length < rowsAtMost
    await saveProgress(tx, { ...reach, ledgerId: isWhole ? reach.fenceLedgerId : last.id })
    return rows.length
  })
}

async function lockProgress(tx: Tx): Promise<LedgerReach> {
  const { rows } = await sql<{ ledger_id: number; fence_ledger_id: number; fence: string }>`
    select ledger_id, fence_ledger_id, fence_transaction_id::text as fence from demand_progress for update`.execute(
    tx,
  )
  const [row] = rows
  if (!row) throw new Error('demand_progress has no row')
  return {
    ledgerId: row.ledger_id,
    fenceLedgerId: row.fence_ledger_id,
    fenceTransactionId: BigInt(row.fence),
  }
}

async function saveProgress(tx: Tx, reach: LedgerReach): Promise<void> {
  await sql`update demand_progress set ledger_id = ${reach.ledgerId}, fence_ledger_id = ${reach.fenceLedgerId},
    fence_transaction_id = ${reach.fenceTransactionId.toString()}::xid8, updated_at = clock_timestamp()`.execute(
    tx,
  )
}

async function readMoves(tx: Tx, reach: LedgerReach, limit: number): Promise<MoveRow[]> {
  const { rows } = await sql<MoveRow>`
    select ledger.id, ledger.sku_id, ledger.warehouse_id, ledger.kind, ledger.recorded_at as at,
      ledger.total_delta - ledger.shipped_delta - ledger.reserved_delta as available,
      ledger.reserved_delta as reserved, ledger.shipped_delta as shipped, orders.created_at as ordered_at
    from (
      select * from stock_ledger where id > ${reach.ledgerId}::bigint and id <= ${reach.fenceLedgerId}::bigint
      order by id limit ${limit}
    ) as ledger left join orders on orders.id = ledger.order_id
    order by ledger.id`.execute(tx)
  return rows
}

/** Units of an order are its demand from when they are held; as shipped they are the same units. What comes back was wanted. */
function moveOf(row: MoveRow): Move {
  const isQuota = row.kind === 'promotion_hold'
  const isBack = row.kind === 'return' || row.kind === 'write_off'
  const isDemand = row.ordered_at !== null && !isQuota && !isBack
  return {
    key: keyOf(row),
    atMs: row.at.getTime(),
    availableDelta: row.available,
    orderedAtMs: row.ordered_at?.getTime() ?? null,
    units: isDemand ? row.reserved + row.shipped : 0,
    // What an order draws leaves the quota.
    promotionUnits: row.ordered_at !== null && isQuota ? -row.reserved : 0,
  }
}

function keyOf(level: { sku_id: string; warehouse_id: string }): string {
  return `${level.sku_id} ${level.warehouse_id}`
}

async function addMoves(tx: Tx, moves: readonly Move[]): Promise<void> {
  const byLevel = new Map<string, Move[]>()
  for (const move of moves) {
    const same = byLevel.get(move.key)
    if (same) same.push(move)
    else byLevel.set(move.key, [move])
  }
  const known = await readLevels(tx, [...byLevel.keys()])
  const levels: [string, DemandLevel][] = []
  const days: [string, DemandChange][] = []
  for (const [key, ofLevel] of byLevel) {
    const folded = foldDemand(known.get(key) ?? null, ofLevel)
    if (folded.level) levels.push([key, folded.level])
    for (const change of folded.days) days.push([key, change])
  }
  await writeLevels(tx, levels)
  await writeDays(tx, days)
}

async function readLevels(tx: Tx, keys: readonly string[]): Promise<Map<string, DemandLevel>> {
  const { rows } = await sql<LevelRow>`
    select level.* from ${named(keys)} join demand_level as level using (sku_id, warehouse_id)`.execute(tx)
  return new Map(rows.map((row) => [keyOf(row), levelOf(row)]))
}

function levelOf(row: LevelRow): DemandLevel {
  return {
    available: row.available,
    outSinceMs: row.out_since?.getTime() ?? null,
    firstAtMs: row.first_at.getTime(),
  }
}

function named(keys: readonly string[]): RawBuilder<unknown> {
  const column = (place: number) => keys.map((key) => key.split(' ')[place] ?? '')
  return sql`unnest(${column(0)}::text[], ${column(1)}::text[]) as named (sku_id, warehouse_id)`
}

const instantOf = (ms: number) => new Date(ms).toISOString()

async function writeLevels(tx: Tx, levels: readonly [string, DemandLevel][]): Promise<void> {
  const column = <Value>(value: (level: DemandLevel) => Value) => levels.map(([, level]) => value(level))
  const keys = levels.map(([key]) => key.split(' '))
  await sql`
    insert into demand_level (sku_id, warehouse_id, available, out_since, first_at)
    select * from unnest(${keys.map(([sku]) => sku)}::text[], ${keys.map(([, place]) => place)}::text[],
      ${column((level) => level.available)}::int[],
      ${column(({ outSinceMs }) => (outSinceMs === null ? null : instantOf(outSinceMs)))}::timestamptz[],
      ${column((level) => instantOf(level.firstAtMs))}::timestamptz[])
    on conflict (sku_id, warehouse_id) do update set available = excluded.available, out_since = excluded.out_since`.execute(
    tx,
  )
}

async function writeDays(tx: Tx, days: readonly [string, DemandChange][]): Promise<void> {
  if (days.length === 0) return
  const column = <Value>(value: (change: DemandChange) => Value) => days.map(([, change]) => value(change))
  const keys = days.map(([key]) => key.split(' '))
  await sql`
    insert into demand_day as known (sku_id, warehouse_id, day, units, promotion_units, out_ms)
    select * from unnest(${keys.map(([sku]) => sku)}::text[], ${keys.map(([, place]) => place)}::text[],
      ${column((change) => change.day)}::date[], ${column((change) => change.units)}::int[],
      ${column((change) => change.promotionUnits)}::int[], ${column((change) => change.outMs)}::int[])
    on conflict (sku_id, warehouse_id, day) do update set units = known.units + excluded.units,
      promotion_units = known.promotion_units + excluded.promotion_units, out_ms = known.out_ms + excluded.out_ms`.execute(
    tx,
  )
}

/** A level with the days that have anything to tell. */
export type LevelDemand = {
  skuId: string
  warehouseId: string
  level: DemandLevel
  days: DemandDay[]
}

/**
 * What is kept of the demand of these SKUs, in every warehouse that ever had them.
 *
 * @param fromDay the first day that matters, `2026-11-22`
 */
export async function readDemand(db: Db, skuIds: readonly string[], fromDay: string): Promise<LevelDemand[]> {
  const { rows: levels } = await sql<LevelRow>`
    select * from demand_level where sku_id = any(${[...skuIds]}::text[]) order by sku_id, warehouse_id`.execute(
    db,
  )
  const { rows: days } = await sql<
    { sku_id: string; warehouse_id: string } & Omit<DemandDay, 'promotionUnits' | 'outMs'> & {
        promotion_units: number
        out_ms: number
      }
  >`
    select sku_id, warehouse_id, day::text, units, promotion_units, out_ms from demand_day
    where sku_id = any(${[...skuIds]}::text[]) and day >= ${fromDay}::date`.execute(db)
  const byLevel = new Map<string, DemandDay[]>()
  for (const row of days) {
    const { day, units, promotion_units: promotionUnits, out_ms: outMs } = row
    const kept = byLevel.get(keyOf(row))
    if (kept) kept.push({ day, units, promotionUnits, outMs })
    else byLevel.set(keyOf(row), [{ day, units, promotionUnits, outMs }])
  }
  return levels.map((row) => ({
    skuId: row.sku_id,
    warehouseId: row.warehouse_id,
    level: levelOf(row),
    days: byLevel.get(keyOf(row)) ?? [],
  }))
}
