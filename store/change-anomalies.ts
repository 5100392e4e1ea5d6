import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type {
  AnomalyDetail,
  AnomalyView,
  ListAnomaliesQuery,
  MoveAnomalyBody,
} from '../contracts/change-reports.ts'
import { ProblemError } from '../contracts/errors.ts'
import { type Anomaly, findAnomalies, lookBackDays } from '../domain/change-anomaly.ts'
import { ANOMALY_STATE_MEANING, judgeAnomaly } from '../domain/change-anomaly-state.ts'
import { describeAnomaly } from '../domain/change-anomaly-text.ts'
import { chinaTimeOf, type WorkingCalendar } from '../domain/working-time.ts'
import { readChangeRecords } from './change-anomaly-records.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, exactInstant, Keyset, type Page, timeAndUuid } from './paging.ts'
import { currentPolicy } from './policy.ts'
import type { Database } from './schema.ts'
import { raiseUnknownHolidays, readWorkingCalendar } from './working-days.ts'

/** What was set off in so many days is looked at again: approvals come late, and a series goes on. */
const DAYS_LOOKED_AT = 90
const DAY_MS = 86_400_000
/** Of a long series so many requests are kept as evidence; the newest. */
const MOST_CHANGE_IDS = 200

const ALWAYS_OPEN: WorkingCalendar = () => ({
  kind: 'work',
  name: null,
  opening: { from: '00:00', until: '24:00' },
})

/**
 * Looks at the requests of the last months by the rules in force, and writes down what they find. Safe to repeat: what
 * was found before is the same row, whose evidence follows until somebody has given a verdict.
 *
 * @returns how many are new
 */
export async function detectAnomalies(db: Db, now: Date): Promise<number> {
  const { document: rules, version } = await currentPolicy(db, 'change-anomaly')
  const since = new Date(now.getTime() - lookBackDays(rules, DAYS_LOOKED_AT) * DAY_MS)
  const records = await readChangeRecords(db, since)
  const period = { from: chinaTimeOf(since.getTime()).day, to: chinaTimeOf(now.getTime()).day }
  if (rules.offHours?.restDaysCount) await raiseUnknownHolidays(db, now)
  const calendar = rules.offHours ? await readWorkingCalendar(db, rules.offHours, period) : ALWAYS_OPEN
  const submittedAtMs = new Map(records.map((record) => [record.changeId, record.submittedAtMs]))
  const oldestMs = now.getTime() - DAYS_LOOKED_AT * DAY_MS
  let added = 0
  for (const anomaly of findAnomalies(records, rules, calendar)) {
    if ((submittedAtMs.get(anomaly.changeId) ?? 0) < oldestMs) continue
    if (await keepAnomaly(db, anomaly, version)) added += 1
  }
  return added
}

/** Writes one down; returns whether it is new. */
async function keepAnomaly(db: Db, anomaly: Anomaly, policyVersion: number): Promise<boolean> {
  const { kind, subject, evidence } = anomaly
  const changeIds = evidence.changeIds.slice(-MOST_CHANGE_IDS)
  return db.transaction().execute(async (tx) => {
    // Two looks at once would both find nothing and add the same series twice under two keys.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`anomaly/${kind}/${subject.id}`}, 0))`.execute(
      tx,
    )
    // An approval that came late may be what sets the series off now: it is the one that is known all the same.
    const known = await tx
      .selectFrom('change_anomaly')
      .select(['id', 'key', 'state', 'score', sql<string>`evidence::text`.as('evidence')])
      .where('kind', '=', kind)
      .where((eb) =>
        eb.or([
          eb('key', '=', anomaly.key),
          eb.and([
            eb('subject_kind', '=', subject.kind),
            eb('subject_id', '=', subject.id),
            sql<boolean>`change_id = any(${evidence.changeIds}::uuid[])`,
          ]),
        ]),
      )
      .orderBy('found_at')
      .executeTakeFirst()
    const written = {
      score: anomaly.score,
      evidence: JSON.stringify({ ...evidence, changeIds }),
      people: evidence.people,
      policy_version: policyVersion,
    }
    if (!known) {
      await tx
        .insertInto('change_anomaly')
        .values({
          ...written,
          key: anomaly.key,
          kind,
          subject_kind: subject.kind,
          subject_id: subject.id,
          change_id: anomaly.changeId,
          store_id: anomaly.storeId,
        })
        .execute()
      return true
    }
    // A verdict was given on what was known then.
    if (known.state === 'confirmed' || known.state === 'dismissed') return false
    await tx
      .updateTable('change_anomaly')
      .set({ ...written, updated_at: sql`clock_timestamp()` })
      .where('id', '=', known.id)
      .where(sql<boolean>`(score, evidence) is distinct from (${written.score}, ${written.evidence}::jsonb)`)
      .execute()
    return false
  })
}

/** Position among the worst: score, time, id. */
const scoreAndTime = z.tuple([z.int(), exactInstant, z.uuid()])
type AnomalyRow = Selectable<Database['change_anomaly']>

/** One page of the anomalies in scope. */
export async function listAnomalies(
  db: Db,
  query: ListAnomaliesQuery,
  scope: Scope,
): Promise<Page<AnomalyView>> {
  const isWorst = query.sort === 'worst'
  const direction = query.sort === 'oldest' ? 'asc' : 'desc'
  let select = db
    .selectFrom('change_anomaly')
    .selectAll()
    .select(exact('found_at').as('at'))
    .where(inScope(scope, 'store_id'))
    .limit(query.limit + 1)
  if (isWorst) select = select.orderBy('score', 'desc')
  select = select.orderBy('found_at', direction).orderBy('id', direction)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.kind) select = select.where('kind', '=', query.kind)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.person) select = select.where(sql<boolean>`people @> array[${query.person}]::text[]`)
  if (query.changeId) {
    select = select.where(sql<boolean>`evidence -> 'changeIds' ? ${query.changeId}`)
  }
  if (query.minimumScore !== undefined) select = select.where('score', '>=', query.minimumScore)
  if (query.foundFrom) select = select.where('found_at', '>=', new Date(query.foundFrom))
  if (query.foundTo) select = select.where('found_at', '<', new Date(query.foundTo))
  if (isWorst) {
    const keyset = new Keyset('change-anomalies', query, scoreAndTime)
    const after = keyset.after(query.cursor)
    if (after) {
      select = select.where(
        sql<boolean>`(score, found_at, id) < (${after[0]}, ${after[1]}::timestamptz, ${after[2]}::uuid)`,
      )
    }
    return keyset.page(await select.execute(), query.limit, (row) => [row.score, row.at, row.id], viewOf)
  }
  const keyset = new Keyset('change-anomalies', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  select = select.where(beyond(['found_at', 'id'], direction === 'desc' ? 'newest' : 'oldest', after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

/**
 * An anomaly with the requests behind it and what became of it.
 *
 * @throws ProblemError `change-anomaly-not-found`, also for one outside the scope
 */
export async function readAnomaly(db: Db | Tx, anomalyId: string, scope: Scope): Promise<AnomalyDetail> {
  const row = await db
    .selectFrom('change_anomaly')
    .selectAll()
    .where('id', '=', anomalyId)
    .where(inScope(scope, 'store_id'))
    .executeTakeFirst()
  if (!row) throw new ProblemError('change-anomaly-not-found')
  const moves = await db
    .selectFrom('change_anomaly_move')
    .selectAll()
    .where('anomaly_id', '=', anomalyId)
    .orderBy('version')
    .execute()
  return {
    ...viewOf(row),
    requests: await requestsOf(db, row.evidence.changeIds),
    moves: moves.map((move) => ({
      from: move.from_state,
      to: move.to_state,
      note: move.note,
      operator: move.operator,
      movedAt: move.moved_at.toISOString(),
    })),
  }
}

async function requestsOf(db: Db | Tx, changeIds: string[]): Promise<AnomalyDetail['requests']> {
  const { rows } = await sql<AnomalyDetail['requests'][number] & { createdAt: Date }>`
    select id as "changeId", number as "changeNumber", order_id as "orderId", store_id as "storeId", type, status,
      applicant, difference_cents::float8 as "differenceCents", concession_cents::float8 as "concessionCents",
      created_at as "createdAt"
    from change_request where id = any(${changeIds}::uuid[]) order by created_at, id`.execute(db)
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }))
}

/**
 * Moves an anomaly to another state, and writes down who did and why.
 *
 * @throws ProblemError `change-anomaly-not-found`, `change-anomaly-own`, `change-anomaly-wrong-state`
 */
export async function moveAnomaly(
  tx: Tx,
  anomalyId: string,
  { state, version, note }: MoveAnomalyBody,
  by: { operator: string; scope: Scope },
): Promise<void> {
  const row = await tx
    .selectFrom('change_anomaly')
    .select(['state', 'version', 'people'])
    .where('id', '=', anomalyId)
    .where(inScope(by.scope, 'store_id'))
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('change-anomaly-not-found')
  const verdict = judgeAnomaly(row, state, by.operator)
  if (!verdict.ok) throw new ProblemError(verdict.code, `${row.state} → ${state}`)
  if (row.version !== version) {
    throw new ProblemError('change-anomaly-wrong-state', `it is at version ${row.version}, ${row.state}`)
  }
  await tx
    .updateTable('change_anomaly')
    .set({ state, version: version + 1, updated_at: sql`clock_timestamp()` })
    .where('id', '=', anomalyId)
    .execute()
  await tx
    .insertInto('change_anomaly_move')
    .values({
      anomaly_id: anomalyId,
      version: version + 1,
      from_state: row.state,
      to_state: state,
      note,
      operator: by.operator,
    })
    .execute()
}

function viewOf(row: AnomalyRow): AnomalyView {
  const subject = { kind: row.subject_kind, id: row.subject_id }
  return {
    anomalyId: row.id,
    kind: row.kind,
    sentence: describeAnomaly(row.kind, subject, row.evidence),
    subject,
    changeId: row.change_id,
    storeId: row.store_id,
    score: row.score,
    evidence: row.evidence,
    people: row.people,
    state: row.state,
    meaning: ANOMALY_STATE_MEANING[row.state],
    version: row.version,
    policyVersion: row.policy_version,
    foundAt: row.found_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
