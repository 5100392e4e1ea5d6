import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import {
  atStakeCents,
  type Counterpart,
  type Difference,
  type DifferenceState,
  isUnsettled,
  type OpenFigures,
  type ReconciliationLine,
  subjectOf,
} from '../domain/reconciliation.ts'
import { chinaTimeOf } from '../domain/working-time.ts'
import type { Db, Tx } from './database.ts'
import type { ClaimedRun } from './reconciliation-runs.ts'

const CLOSED_A_STEP = 5_000

/** The key of an article's stock in a warehouse; its price says what a unit is worth. */
export function stockKey(warehouseId: string, skuId: string): string {
  return `stock/${warehouseId}/${skuId}`
}

/**
 * Writes down what a run has found. What is known is the same row: open, it follows; accepted, it stays so as long as it is
 * just what was accepted; fixed or resolved, it is opened anew.
 *
 * @returns how many are new
 */
export async function keepDifferences(
  tx: Tx,
  run: ClaimedRun,
  found: readonly Difference[],
): Promise<number> {
  if (found.length === 0) return 0
  const prices = await pricesOf(tx, found)
  const rows = found.map((difference) => rowOf(run, difference, prices))
  const known = await lastOf(
    tx,
    run.counterpart,
    rows.map(({ subject }) => subject),
  )
  const [seen, changed, added]: [string[], (Row & { id: string })[], Row[]] = [[], [], []]
  for (const row of rows) {
    const before = known.get(row.subject)
    const isSame = before?.fingerprint === row.fingerprint
    if (!before || !(isUnsettled(before.state) || (before.state === 'accepted' && isSame))) added.push(row)
    else if (isSame) seen.push(before.id)
    else changed.push({ ...row, id: before.id })
  }
  await touch(tx, run, seen)
  await update(tx, run, changed)
  await insert(tx, run, added)
  return added.length
}

type Row = ReturnType<typeof rowOf>

function rowOf(run: ClaimedRun, difference: Difference, prices: ReadonlyMap<string, number>) {
  const { kind, facets, hub, there, valueDifference } = difference
  const line = hub ?? there
  if (!line) throw new Error('a difference has a line')
  const dated = [hub, there].find((each) => each?.inPeriod) ?? line
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([kind, facets, hub?.value, there?.value, hub?.status, there?.status]))
    .digest('hex')
  return {
    subject: subjectOf(difference),
    kind,
    facets,
    line_kind: line.kind,
    hub: keptOf(hub),
    there: keptOf(there),
    value_difference: valueDifference,
    at_stake_cents: atStakeCents(difference, prices.get(line.key) ?? null),
    order_id: hub?.orderId ?? there?.orderId ?? null,
    store_id: hub?.storeId ?? there?.storeId ?? null,
    occurred_on: dated.atMs === null ? run.toDay : chinaTimeOf(dated.atMs).day,
    fingerprint,
  }
}

function keptOf(line: ReconciliationLine | null) {
  if (!line) return null
  const { ref, key, value, status, atMs } = line
  return { ref, key, value, status, at: atMs === null ? null : new Date(atMs).toISOString() }
}

/** Of articles by the key of their stock. */
async function pricesOf(tx: Tx, found: readonly Difference[]): Promise<ReadonlyMap<string, number>> {
  const keys = found.flatMap(({ hub, there }) => {
    const line = hub ?? there
    return line?.kind === 'stock' ? [line.key] : []
  })
  if (keys.length === 0) return new Map()
  const skuOf = (key: string) => key.split('/').slice(2).join('/')
  const rows = await tx
    .selectFrom('sku')
    .select(['id', 'standard_price_cents'])
    .where('id', '=', sql<string>`any(${[...new Set(keys.map(skuOf))]}::text[])`)
    .execute()
  const bySku = new Map(rows.map((row) => [row.id, row.standard_price_cents]))
  return new Map(keys.map((key) => [key, bySku.get(skuOf(key)) ?? 0]))
}

/** What became of each subject the last time. */
async function lastOf(
  tx: Tx,
  counterpart: Counterpart,
  subjects: string[],
): Promise<Map<string, { id: string; state: DifferenceState; fingerprint: string }>> {
  const { rows } = await sql<{ subject: string; id: string; state: DifferenceState; fingerprint: string }>`
    select named.subject, last.* from unnest(${subjects}::text[]) as named (subject)
    cross join lateral (
      select id, state, encode(fingerprint, 'hex') as fingerprint from reconciliation_difference as difference
      where difference.counterpart = ${counterpart} and difference.subject = named.subject collate "C"
      order by id desc limit 1
    ) as last`.execute(tx)
  return new Map(rows.map(({ subject, ...row }) => [subject, row]))
}

async function touch(tx: Tx, run: ClaimedRun, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update reconciliation_difference set last_run_id = ${run.id}, seen_at = clock_timestamp()
    where id = any(${ids}::uuid[])`.execute(tx)
}

const COLUMNS = sql`subject text, kind text, facets jsonb, line_kind text, hub jsonb, there jsonb, value_difference bigint,
  at_stake_cents bigint, order_id uuid, store_id text, occurred_on date, fingerprint text, id uuid`

/** A person may have settled it a moment ago: then it stays as it is, and the next run opens it anew. */
async function update(tx: Tx, run: ClaimedRun, rows: readonly (Row & { id: string })[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update reconciliation_difference as difference set kind = found.kind,
      facets = array(select jsonb_array_elements_text(found.facets)), hub = found.hub, there = found.there,
      value_difference = found.value_difference, at_stake_cents = found.at_stake_cents,
      occurred_on = found.occurred_on, fingerprint = decode(found.fingerprint, 'hex'),
      order_id = coalesce(found.order_id, difference.order_id), store_id = coalesce(found.store_id, difference.store_id),
      version = version + 1, last_run_id = ${run.id}, seen_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (${COLUMNS})
    where difference.id = found.id and difference.state in ('open', 'change_requested')`.execute(tx)
}

async function insert(tx: Tx, run: ClaimedRun, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into reconciliation_difference (counterpart, subject, kind, facets, line_kind, hub, there, value_difference,
      at_stake_cents, order_id, store_id, occurred_on, fingerprint, first_run_id, last_run_id, after_close)
    select ${run.counterpart}, subject, kind, array(select jsonb_array_elements_text(facets)), line_kind, hub, there,
      value_difference, at_stake_cents, order_id, store_id, occurred_on, decode(fingerprint, 'hex'), ${run.id}, ${run.id},
      exists (select 1 from reconciliation_period as period where period.counterpart = ${run.counterpart}
        and period.month = date_trunc('month', occurred_on)::date)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as found (${COLUMNS})`.execute(tx)
}

/**
 * Closes what was open for days that a run has compared and what it no longer found, so many at a time.
 *
 * @returns how many; fewer than a step takes means that none is left
 */
export async function closeResolved(tx: Tx, run: ClaimedRun): Promise<{ closed: number; isDone: boolean }> {
  const { rows } = await sql`
    with gone as (
      select id, state from reconciliation_difference
      where counterpart = ${run.counterpart} and state in ('open', 'change_requested') and last_run_id <> ${run.id}
        and occurred_on between ${run.fromDay}::date and ${run.toDay}::date
      order by id limit ${CLOSED_A_STEP} for update
    ), closed as (
      update reconciliation_difference as difference set state = 'resolved', version = version + 1,
        settled_at = clock_timestamp()
      from gone where difference.id = gone.id returning difference.id, difference.version, gone.state as before
    )
    insert into reconciliation_move (difference_id, version, from_state, to_state, reason, operator, run_id)
    select id, version, before, 'resolved', 'a later run no longer finds it', 'system', ${run.id} from closed
    returning 1`.execute(tx)
  return { closed: rows.length, isDone: rows.length < CLOSED_A_STEP }
}

/** What stands open with a counterpart. */
export async function openFigures(db: Db | Tx, counterpart: Counterpart): Promise<OpenFigures> {
  const { rows } = await sql<OpenFigures>`
    select count(*)::int as differences, coalesce(sum(at_stake_cents), 0)::bigint as "amountCents",
      coalesce(max(at_stake_cents), 0)::bigint as "largestCents"
    from reconciliation_difference where counterpart = ${counterpart} and state in ('open', 'change_requested')`.execute(
    db,
  )
  return rows[0] ?? { differences: 0, amountCents: 0, largestCents: 0 }
}

/** The day of the oldest difference that is still open; null where there is none. */
export async function oldestOpenDay(db: Db, counterpart: Counterpart): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    select min(occurred_on)::text as day from reconciliation_difference
    where counterpart = ${counterpart} and state in ('open', 'change_requested')`.execute(db)
  return rows[0]?.day ?? null
}
