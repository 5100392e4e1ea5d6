import { type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import { WMS_ERROR_TEXT, WMS_ROW_TEXT, type WmsRowProblem, type wmsFreshnessView } from '../contracts/wms.ts'
import type { Db, Tx } from './database.ts'
import type { Database } from './schema.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

export type WmsFreshnessView = z.output<typeof wmsFreshnessView>

/** A reader that died gives its warehouse back after this long. */
const CLAIM_SECONDS = 360
/** A WMS that is down is asked less and less often, but at least this often. */
const MAX_BACKOFF_SECONDS = 900
/** So many intervals without a success are late. */
const LATE_AFTER_INTERVALS = 3
const BAD_ROWS_NAMED = 5

/**
 * Takes the warehouses that are due, each for one reader at a time. Whoever comes second, on whichever process, finds
 * them taken.
 *
 * @param warehouseIds the warehouses that are mapped
 */
export async function claimDueWarehouses(
  db: Db,
  warehouseIds: readonly string[],
): Promise<{ warehouseId: string; full: boolean }[]> {
  await ensureRows(db, warehouseIds)
  const { rows } = await sql<{ warehouseId: string; full: boolean }>`
    update warehouse_freshness as freshness set last_attempt_at = clock_timestamp(),
      next_attempt_at = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
    from warehouse
    where warehouse.id = freshness.warehouse_id and warehouse.active
      and freshness.warehouse_id = any(${warehouseIds}::text[]) and freshness.next_attempt_at <= clock_timestamp()
    returning freshness.warehouse_id as "warehouseId", freshness.full_requested as "full"`.execute(db)
  return rows.sort((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1))
}

/** Lets warehouses be read at the next opportunity. False where one of them does not exist. */
export async function requestReading(
  db: Db,
  warehouseIds: readonly string[],
  full: boolean,
): Promise<boolean> {
  await ensureRows(db, warehouseIds)
  const { numUpdatedRows } = await db
    .updateTable('warehouse_freshness')
    .set((eb) => ({
      next_attempt_at: sql`clock_timestamp()`,
      full_requested: full ? true : eb.ref('full_requested'),
    }))
    .where('warehouse_id', '=', sql<string>`any(${warehouseIds}::text[])`)
    .executeTakeFirst()
  return Number(numUpdatedRows) === warehouseIds.length
}

async function ensureRows(db: Db, warehouseIds: readonly string[]): Promise<void> {
  await sql`
    insert into warehouse_freshness (warehouse_id) select id from warehouse where id = any(${warehouseIds}::text[])
    order by id on conflict do nothing`.execute(db)
}

/** Where the last reading of this source ended, and the newest change that was ever heard of. */
export async function readingState(
  db: Db,
  warehouseId: string,
  source: string,
): Promise<{ cursor: string | null; newestMs: number | null }> {
  const row = await db
    .selectFrom('warehouse_freshness')
    .select(['cursor_value', 'cursor_source', 'newest_as_of'])
    .where('warehouse_id', '=', warehouseId)
    .executeTakeFirst()
  const isSame = row?.cursor_source === source
  return {
    cursor: isSame ? row.cursor_value : null,
    newestMs: isSame ? (row.newest_as_of?.getTime() ?? null) : null,
  }
}

export type ReadingResult = {
  warehouseId: string
  source: string
  full: boolean
  cursor: string | null
  newestMs: number | null
  clockSkewMs: number
  rowCount: number
  levelsChanged: number
  bad: readonly { skuId: string; problem: WmsRowProblem }[]
  unknownSkus: number
  policyVersion: number
  intervalSeconds: number
}

/** Stamps a warehouse as fresh, and closes or opens what people are to know about it. */
export async function recordReading(db: Db, result: ReadingResult): Promise<void> {
  const { warehouseId, full, cursor, newestMs } = result
  await ensureRows(db, [warehouseId])
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('warehouse_freshness')
      .set({
        last_success_at: sql`clock_timestamp()`,
        ...(full ? { last_full_at: sql`clock_timestamp()`, full_requested: false } : {}),
        last_error: null,
        last_error_code: null,
        consecutive_failures: 0,
        next_attempt_at: sql`clock_timestamp() + make_interval(secs => ${result.intervalSeconds})`,
        ...(cursor === null ? {} : { cursor_value: cursor, cursor_source: result.source }),
        newest_as_of: newestMs === null ? null : new Date(newestMs),
        clock_skew_ms: Math.max(-2_000_000_000, Math.min(2_000_000_000, result.clockSkewMs)),
        rows_read: result.rowCount,
        levels_changed: result.levelsChanged,
        bad_rows: result.bad.length,
        unknown_skus: result.unknownSkus,
        policy_version: result.policyVersion,
      })
      .where('warehouse_id', '=', warehouseId)
      .execute()
    await resolveOpenWorkItem(tx, 'wms_unreachable', warehouseId, 'the WMS was read again')
    if (result.bad.length > 0) await openBadRows(tx, result)
    else if (full)
      await resolveOpenWorkItem(tx, 'wms_bad_rows', warehouseId, 'all rows of the WMS are sound again')
  })
}

async function openBadRows(tx: Tx, { warehouseId, bad }: ReadingResult): Promise<void> {
  const named = bad
    .slice(0, BAD_ROWS_NAMED)
    .map(({ skuId, problem }) => `${skuId || '—'}: ${WMS_ROW_TEXT[problem].en}`)
  await openWorkItem(tx, {
    kind: 'wms_bad_rows',
    key: warehouseId,
    orderId: null,
    detail: { warehouseId, skus: bad.length, examples: named.join('; ') },
  })
}

/** Counts a failed reading; the next one waits longer. Stock stays as it is. Returns how many there are in a row. */
export async function recordReadingFailure(
  db: Db,
  failure: {
    warehouseId: string
    code: keyof typeof WMS_ERROR_TEXT
    detail: string
    intervalSeconds: number
    failuresBeforeWorkItem: number
  },
): Promise<number> {
  const { warehouseId, code, detail, intervalSeconds } = failure
  await ensureRows(db, [warehouseId])
  return db.transaction().execute(async (tx) => {
    const { consecutive_failures: failures } = await tx
      .updateTable('warehouse_freshness')
      .set((eb) => ({
        last_error_code: code,
        last_error: detail,
        consecutive_failures: eb('consecutive_failures', '+', 1),
        next_attempt_at: sql`clock_timestamp() + make_interval(secs => least(${intervalSeconds}::float
          * power(2, least(consecutive_failures, 10)), greatest(${MAX_BACKOFF_SECONDS}::float, ${intervalSeconds}::float)))`,
      }))
      .where('warehouse_id', '=', warehouseId)
      .returning('consecutive_failures')
      .executeTakeFirstOrThrow()
    if (failures >= failure.failuresBeforeWorkItem) {
      await openWorkItem(tx, {
        kind: 'wms_unreachable',
        key: warehouseId,
        orderId: null,
        detail: { warehouseId, code, error: WMS_ERROR_TEXT[code].en, reason: detail, failures },
      })
    }
    return failures
  })
}

type Row = Selectable<Database['warehouse_freshness']> & { quarantined: number; lag_seconds: number | null }

/** How fresh every warehouse is that is mapped or has ever been read. */
export async function listFreshness(
  db: Db,
  intervals: ReadonlyMap<string, number>,
): Promise<WmsFreshnessView[]> {
  await ensureRows(db, [...intervals.keys()])
  const rows: Row[] = await db
    .selectFrom('warehouse_freshness')
    .selectAll()
    .select([
      sql<number>`(select count(*)::int from wms_level
        where wms_level.warehouse_id = warehouse_freshness.warehouse_id and decision = 'quarantined')`.as(
        'quarantined',
      ),
      sql<number | null>`extract(epoch from clock_timestamp() - last_success_at)::float`.as('lag_seconds'),
    ])
    .orderBy('warehouse_id')
    .execute()
  return rows.map((row) => viewOf(row, intervals.get(row.warehouse_id)))
}

/** Only whether each of these warehouses is fresh, and since when. Warehouses that no WMS is read for are left out. */
export async function freshnessStates(
  db: Db,
  intervals: ReadonlyMap<string, number>,
): Promise<Map<string, Pick<WmsFreshnessView, 'state' | 'lastSuccessAt'>>> {
  const rows = await db
    .selectFrom('warehouse_freshness')
    .select(['warehouse_id', 'last_success_at', 'consecutive_failures'])
    .select(
      sql<number | null>`extract(epoch from clock_timestamp() - last_success_at)::float`.as('lag_seconds'),
    )
    .execute()
  return new Map(
    rows.map((row) => [
      row.warehouse_id,
      {
        state: stateOf(row, intervals.get(row.warehouse_id)),
        lastSuccessAt: row.last_success_at?.toISOString() ?? null,
      },
    ]),
  )
}

function viewOf(row: Row, intervalSeconds: number | undefined): WmsFreshnessView {
  return {
    warehouseId: row.warehouse_id,
    isMapped: intervalSeconds !== undefined,
    state: stateOf(row, intervalSeconds),
    lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    lastFullCompareAt: row.last_full_at?.toISOString() ?? null,
    nextAttemptAt: row.next_attempt_at.toISOString(),
    lagSeconds: row.lag_seconds === null ? null : Math.max(0, row.lag_seconds),
    newestChangeAt: row.newest_as_of?.toISOString() ?? null,
    clockSkewMs: row.clock_skew_ms,
    consecutiveFailures: row.consecutive_failures,
    lastError: errorOf(row),
    rowsRead: row.rows_read,
    levelsChanged: row.levels_changed,
    badRows: row.bad_rows,
    unknownSkus: row.unknown_skus,
    quarantined: row.quarantined,
    policyVersion: row.policy_version,
  }
}

function stateOf(
  row: Pick<Row, 'consecutive_failures' | 'lag_seconds'>,
  intervalSeconds: number | undefined,
): WmsFreshnessView['state'] {
  if (row.consecutive_failures > 0) return 'failing'
  if (row.lag_seconds === null) return 'never'
  if (intervalSeconds === undefined) return 'late'
  return row.lag_seconds > LATE_AFTER_INTERVALS * intervalSeconds ? 'late' : 'fresh'
}

function errorOf(row: Row): WmsFreshnessView['lastError'] {
  if (row.last_error_code === null) return null
  const code = isErrorCode(row.last_error_code) ? row.last_error_code : 'failed'
  return { ...WMS_ERROR_TEXT[code], code, detail: row.last_error ?? '' }
}

function isErrorCode(code: string): code is keyof typeof WMS_ERROR_TEXT {
  return Object.hasOwn(WMS_ERROR_TEXT, code)
}

/** SKUs that this WMS once had and does not name any more: nothing of them is there, and that may only lower. */
export async function missingSkus(
  db: Db,
  warehouseId: string,
  named: ReadonlySet<string>,
): Promise<string[]> {
  const rows = await db
    .selectFrom('wms_level')
    .select('sku_id')
    .where('warehouse_id', '=', warehouseId)
    .where('on_hand', '>', 0)
    .execute()
  return rows.map((row) => row.sku_id).filter((skuId) => !named.has(skuId))
}
