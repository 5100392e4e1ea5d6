import { type RawBuilder, sql } from 'kysely'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import type { Db, Tx } from './database.ts'

export type Side = 'hub' | 'there'

/** Lines that one step reads; also the most that one key or one group may have. */
export const LINES_A_STEP = 5_000
const LINES_A_REMOVAL = 20_000

/** Puts lines of the other side beside the hub's. Those that are there already are not added again. Returns how many were new. */
export async function stageLines(
  tx: Tx,
  runId: string,
  side: Side,
  lines: readonly ReconciliationLine[],
): Promise<number> {
  let added = 0
  for (let from = 0; from < lines.length; from += LINES_A_STEP) {
    added += await insertLines(tx, runId, side, lines.slice(from, from + LINES_A_STEP))
  }
  return added
}

async function insertLines(
  tx: Tx,
  runId: string,
  side: Side,
  lines: readonly ReconciliationLine[],
): Promise<number> {
  const rows = lines.map((line) => ({
    ...line,
    at: line.atMs === null ? null : new Date(line.atMs).toISOString(),
  }))
  const result = await sql`
    insert into reconciliation_line (run_id, side, ref, kind, key, group_key, value, status, at, in_period, order_id, store_id)
    select ${runId}, ${side}, ref, kind, key, "group", value, status, at, "inPeriod", "orderId", "storeId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as line (ref text, kind text, key text, "group" text,
      value bigint, status text, at timestamptz, "inPeriod" boolean, "orderId" uuid, "storeId" text)
    on conflict do nothing`.execute(tx)
  return Number(result.numAffectedRows ?? 0)
}

/**
 * Puts lines that a statement reads from the hub's own tables beside each other, so many a step.
 *
 * @param select has the columns of a line, and `sort_at`, `sort_id` by which it is ordered and limited
 * @returns how many were new, and the last one's place; null when that was all
 */
export async function stageSelected(
  tx: Tx,
  { runId, side, select, limit }: { runId: string; side: Side; select: RawBuilder<unknown>; limit: number },
): Promise<{ count: number; next: readonly [at: string, id: string] | null }> {
  const { rows } = await sql<{ read: number; count: number; at: string | null; id: string | null }>`
    with batch as materialized (${select}), added as (
      insert into reconciliation_line (run_id, side, ref, kind, key, group_key, value, status, at, in_period, order_id, store_id)
      select ${runId}, ${side}, ref, kind, key, group_key, value, status, at, in_period, order_id, store_id from batch
      on conflict do nothing returning 1
    )
    select (select count(*) from batch) as read, (select count(*) from added) as count, last.at, last.id
    from (values (1)) as one
    left join lateral (
      select sort_at::text as at, sort_id as id from batch order by sort_at desc, sort_id desc limit 1
    ) as last on true`.execute(tx)
  const [row] = rows
  if (!row) return { count: 0, next: null }
  const isLast = row.read < limit || row.at === null || row.id === null
  return { count: row.count, next: isLast ? null : [row.at ?? '', row.id ?? ''] }
}

type LineRow = {
  side: Side
  ref: string
  kind: ReconciliationLine['kind']
  key: string
  group_key: string
  value: number | null
  status: string | null
  at: Date | null
  in_period: boolean
  order_id: string | null
  store_id: string | null
}

/** Tells the planner of what was just filled in: without it every step might sort all of it. */
export async function analyzeLines(tx: Tx): Promise<void> {
  await sql`analyze reconciliation_line`.execute(tx)
}

/** Lines that belong together, whole. */
export type LineGroup = { name: string; hub: ReconciliationLine[]; there: ReconciliationLine[] }

/** More lines under one name than a step can take: nothing that was meant. */
export class TooManyLinesError extends Error {
  override readonly name = 'TooManyLinesError'
}

/**
 * The next lines by key, or those that are left by group: whole ones only.
 *
 * @returns the groups in their order; an empty list when there are no more
 * @throws TooManyLinesError
 */
export async function nextGroups(
  db: Db | Tx,
  runId: string,
  by: 'key' | 'group_key',
  after: string | null,
): Promise<LineGroup[]> {
  const name = sql.ref(by)
  const left = by === 'group_key' ? sql`and is_left` : sql``
  const beyond = after === null ? sql`` : sql`and ${name} > ${after}`
  const { rows } = await sql<LineRow>`
    select side, ref, kind, key, group_key, value, status, at, in_period, order_id, store_id
    from reconciliation_line where run_id = ${runId} ${left} ${beyond}
    order by ${name}, side, ref limit ${LINES_A_STEP + 1}`.execute(db)
  const groups: LineGroup[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    const group = last?.name === row[by] ? last : { name: row[by], hub: [], there: [] }
    if (group !== last) groups.push(group)
    group[row.side].push(lineOf(row))
  }
  // The last one may go on beyond what was read.
  if (rows.length > LINES_A_STEP) groups.pop()
  if (rows.length > 0 && groups.length === 0) {
    throw new TooManyLinesError(`more than ${LINES_A_STEP} lines belong to ${rows[0]?.[by]}`)
  }
  return groups
}

/** Remembers lines that are alone under their key: they are looked for once more, by their group. */
export async function leaveLines(
  tx: Tx,
  runId: string,
  left: { hub: readonly ReconciliationLine[]; there: readonly ReconciliationLine[] },
): Promise<void> {
  for (const side of ['hub', 'there'] as const) {
    const refs = left[side].map((line) => line.ref)
    if (refs.length === 0) continue
    await sql`
      update reconciliation_line set is_left = true
      where run_id = ${runId} and side = ${side} and ref = any(${refs}::text[])`.execute(tx)
  }
}

/** Removes lines of a run, so many at a time. Returns how many. */
export async function removeLines(tx: Tx, runId: string): Promise<number> {
  return removeSome(tx, sql`run_id = ${runId}`)
}

/** Removes lines that earlier runs of the same counterpart have left: nobody resumes those any more. */
export async function removeOldLines(tx: Tx, runId: string): Promise<number> {
  return removeSome(
    tx,
    sql`run_id in (select old.id from reconciliation_run as old join reconciliation_run as run
      on run.id = ${runId} and old.counterpart = run.counterpart and old.id <> run.id)`,
  )
}

async function removeSome(tx: Tx, which: RawBuilder<unknown>): Promise<number> {
  const result = await sql`
    delete from reconciliation_line where ctid = any(array(
      select ctid from reconciliation_line where ${which} limit ${LINES_A_REMOVAL}))`.execute(tx)
  return Number(result.numAffectedRows ?? 0)
}

function lineOf(row: LineRow): ReconciliationLine {
  return {
    ref: row.ref,
    kind: row.kind,
    key: row.key,
    group: row.group_key,
    value: row.value,
    status: row.status,
    atMs: row.at?.getTime() ?? null,
    inPeriod: row.in_period,
    orderId: row.order_id,
    storeId: row.store_id,
  }
}
