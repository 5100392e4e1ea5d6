import { type Selectable, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import type { ListRunsQuery, RunPhase, RunState, RunView, StartRunBody } from '../contracts/reconciliation.ts'
import type { Counterpart } from '../domain/reconciliation.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type RunRow = Selectable<Database['reconciliation_run']>

/** A worker writes at least this often; one that died is succeeded after it. */
const LEASE_SECONDS = 120
/** In a row without getting on; then a person has to look. */
const MOST_FAILURES = 8
const MOST_ERROR_CHARACTERS = 1_000

/** A run as its worker has it. `period`: from its first moment to the first one after it. */
export type ClaimedRun = {
  id: string
  attempt: number
  counterpart: Counterpart
  fromDay: string
  toDay: string
  period: { from: Date; to: Date }
  phase: RunPhase
  position: string | null
  policyVersion: number | null
  startedAt: Date
}

/** It was cancelled, or is another worker's by now: nothing more may be written for it. */
export class RunLostError extends Error {
  override readonly name = 'RunLostError'
}

/** Asks for a run. @throws ProblemError `reconciliation-running` while there is one of this counterpart */
export async function startRun(
  tx: Tx,
  { counterpart, from, to }: StartRunBody,
  requestedBy: string,
): Promise<RunView> {
  await lockCounterpart(tx, counterpart)
  const id = await insertRun(tx, { counterpart, from, to, origin: 'person', requestedBy })
  if (id === null) throw new ProblemError('reconciliation-running')
  return findRun(tx, id)
}

/** The same by the schedule: once for each last day, and not while another one runs. Returns whether it is a new one. */
export async function startDailyRun(db: Db, run: StartRunBody): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await lockCounterpart(tx, run.counterpart)
    return (await insertRun(tx, { ...run, origin: 'schedule', requestedBy: 'system' })) !== null
  })
}

/** Runs of a counterpart begin, and its months are closed, one after the other. */
export async function lockCounterpart(tx: Tx, counterpart: Counterpart): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reconciliation/${counterpart}`}, 0))`.execute(tx)
}

async function insertRun(
  tx: Tx,
  run: StartRunBody & { origin: 'schedule' | 'person'; requestedBy: string },
): Promise<string | null> {
  const row = await tx
    .insertInto('reconciliation_run')
    .values({
      id: uuid(),
      counterpart: run.counterpart,
      from_day: run.from,
      to_day: run.to,
      origin: run.origin,
      requested_by: run.requestedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

const withDays = (db: Db | Tx) =>
  db
    .selectFrom('reconciliation_run')
    .selectAll()
    .select([
      sql<string>`from_day::text`.as('from_day'),
      sql<string>`to_day::text`.as('to_day'),
      exact('created_at').as('at'),
    ])

/** One page of runs. */
export async function listRuns(db: Db, query: ListRunsQuery): Promise<Page<RunView>> {
  const keyset = new Keyset('reconciliations', query, timeAndUuid)
  const direction = query.sort === 'oldest' ? 'asc' : 'desc'
  let select = withDays(db)
    .where(beyond(['created_at', 'id'], query.sort, keyset.after(query.cursor)))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.counterpart) select = select.where('counterpart', '=', query.counterpart)
  if (query.state) select = select.where('state', '=', query.state)
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

/** @throws ProblemError `reconciliation-not-found` */
export async function findRun(db: Db | Tx, id: string): Promise<RunView> {
  const row = await withDays(db).where('id', '=', id).executeTakeFirst()
  if (!row) throw new ProblemError('reconciliation-not-found')
  return viewOf(row)
}

/** Stops a run where it stands; what it has found stays. One that has ended stays as it is. */
export async function cancelRun(db: Db, id: string): Promise<RunView> {
  await db
    .updateTable('reconciliation_run')
    .set({ state: 'cancelled', leased_until: null, finished_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .execute()
  return findRun(db, id)
}

/**
 * Lets a run that was cancelled or has failed go on where it stopped.
 *
 * @throws ProblemError `reconciliation-not-found`, `reconciliation-wrong-state`, also where a later one has taken its place
 */
export async function resumeRun(tx: Tx, id: string): Promise<RunView> {
  const { counterpart } = await findRun(tx, id)
  await lockCounterpart(tx, counterpart)
  const run = await findRun(tx, id)
  if (run.state !== 'cancelled' && run.state !== 'failed') {
    throw new ProblemError('reconciliation-wrong-state', `the run is ${run.state}`)
  }
  const later = await tx
    .selectFrom('reconciliation_run')
    .select('id')
    .where('counterpart', '=', run.counterpart)
    .where(sql<boolean>`(created_at, id) > (select created_at, id from reconciliation_run where id = ${id})`)
    .limit(1)
    .executeTakeFirst()
  if (later) throw new ProblemError('reconciliation-wrong-state', `${later.id} was started after it`)
  await tx
    .updateTable('reconciliation_run')
    .set({ state: 'waiting', failures: 0, last_error: null, finished_at: null })
    .set({ next_attempt_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .execute()
  return findRun(tx, id)
}

/** The next run that nobody works on, also one whose worker has not been heard of; null when there is none. */
export async function claimRun(db: Db): Promise<ClaimedRun | null> {
  const { rows } = await sql<{
    id: string
    attempt: number
    counterpart: Counterpart
    fromDay: string
    toDay: string
    from: Date
    to: Date
    phase: RunPhase
    position: string | null
    policyVersion: number | null
    startedAt: Date
  }>`
    update reconciliation_run set state = 'running', attempt = attempt + 1,
      started_at = coalesce(started_at, clock_timestamp()),
      leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where id = (
      select id from reconciliation_run
      where next_attempt_at <= clock_timestamp()
        and (state = 'waiting' or (state = 'running' and leased_until < clock_timestamp()))
      order by next_attempt_at limit 1 for update skip locked
    )
    returning id, attempt, counterpart, from_day::text as "fromDay", to_day::text as "toDay",
      from_day::timestamp at time zone 'Asia/Shanghai' as "from", (to_day + 1)::timestamp at time zone 'Asia/Shanghai' as "to",
      phase, position, policy_version as "policyVersion", started_at as "startedAt"`.execute(db)
  const [row] = rows
  if (!row) return null
  const { from, to, ...run } = row
  return { ...run, period: { from, to } }
}

/** What a step adds to the run's figures. */
export type StepCounts = {
  hubLines?: number
  counterpartLines?: number
  comparedLines?: number
  pairs?: number
  differences?: number
  opened?: number
  awaited?: number
  autoClosed?: number
}
export type Step = { phase: RunPhase; position: string | null; counts?: StepCounts; policyVersion?: number }

/**
 * One step of a run: what `work` writes and the place where the run goes on commit together, so that a step is never half
 * done and never done twice.
 *
 * @returns the run at its new place
 * @throws RunLostError
 */
export async function takeStep(
  db: Db,
  run: ClaimedRun,
  work: (tx: Tx) => Promise<Step>,
): Promise<ClaimedRun> {
  return db.transaction().execute(async (tx) => {
    // First of all: a worker that was given up waits here for its successor, and finds that it has one.
    const mine = await tx
      .selectFrom('reconciliation_run')
      .select('id')
      .where('id', '=', run.id)
      .where('attempt', '=', run.attempt)
      .where('state', '=', 'running')
      .forUpdate()
      .executeTakeFirst()
    if (!mine) throw new RunLostError(`run ${run.id} is no longer ours`)
    const { phase, position, counts = {}, policyVersion = run.policyVersion } = await work(tx)
    await sql`
      update reconciliation_run set phase = ${phase}, position = ${position}, policy_version = ${policyVersion},
        failures = 0, last_error = null,
        leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}),
        hub_lines = hub_lines + ${counts.hubLines ?? 0},
        counterpart_lines = counterpart_lines + ${counts.counterpartLines ?? 0},
        compared_lines = compared_lines + ${counts.comparedLines ?? 0}, pairs = pairs + ${counts.pairs ?? 0},
        differences = differences + ${counts.differences ?? 0}, opened = opened + ${counts.opened ?? 0},
        awaited = awaited + ${counts.awaited ?? 0}, auto_closed = auto_closed + ${counts.autoClosed ?? 0}
      where id = ${run.id} and state = 'running'`.execute(tx)
    return { ...run, phase, position, policyVersion }
  })
}

/** Gives others their turn; the run goes on with the next claim. */
export async function releaseRun(db: Db, run: ClaimedRun): Promise<void> {
  await mine(db, run)
    .set({ leased_until: sql<Date>`clock_timestamp()`, next_attempt_at: sql<Date>`clock_timestamp()` })
    .execute()
}

export async function finishRun(tx: Tx, run: ClaimedRun): Promise<void> {
  await mine(tx, run)
    .set({ state: 'done', leased_until: null, finished_at: sql<Date>`clock_timestamp()` })
    .execute()
}

/**
 * It did not work: later once more from the same place, until it has failed too often.
 *
 * @param failure `isFinal`: another attempt would get the same answer; `isPause`: whoever was asked wants patience, no more
 * @returns whether it has failed for good
 */
export async function failRun(
  db: Db,
  run: ClaimedRun,
  failure: { error: string; isFinal: boolean; isPause: boolean; retryInMs: number },
): Promise<boolean> {
  const failures = failure.isPause ? 0 : 1
  const { rows } = await sql<{ state: RunState }>`
    update reconciliation_run set failures = failures + ${failures}::int, leased_until = null,
      last_error = ${failure.error.slice(0, MOST_ERROR_CHARACTERS)},
      state = case when ${failure.isFinal} or failures + ${failures}::int >= ${MOST_FAILURES} then 'failed' else 'waiting' end,
      finished_at = case when ${failure.isFinal} or failures + ${failures}::int >= ${MOST_FAILURES} then clock_timestamp() end,
      next_attempt_at = clock_timestamp() + make_interval(secs => ${failure.retryInMs / 1_000}) * least(64, 2 ^ failures)
    where id = ${run.id} and attempt = ${run.attempt} and state = 'running'
    returning state`.execute(db)
  return rows[0]?.state === 'failed'
}

function mine(db: Db | Tx, run: ClaimedRun) {
  return db
    .updateTable('reconciliation_run')
    .where('id', '=', run.id)
    .where('attempt', '=', run.attempt)
    .where('state', '=', 'running')
}

function viewOf(row: RunRow): RunView {
  const lines = row.hub_lines + row.counterpart_lines
  const isRead = row.phase !== 'hub' && row.phase !== 'counterpart'
  return {
    runId: row.id,
    counterpart: row.counterpart,
    from: row.from_day,
    to: row.to_day,
    origin: row.origin,
    requestedBy: row.requested_by,
    state: row.state,
    phase: row.phase,
    progress: {
      hubLines: row.hub_lines,
      counterpartLines: row.counterpart_lines,
      comparedLines: row.compared_lines,
      percent: !isRead ? null : lines === 0 ? 100 : Math.floor((100 * row.compared_lines) / lines),
    },
    result: {
      pairs: row.pairs,
      differences: row.differences,
      opened: row.opened,
      awaited: row.awaited,
      autoClosed: row.auto_closed,
    },
    policyVersion: row.policy_version,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
