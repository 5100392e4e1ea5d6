import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import {
  type ClosePeriodBody,
  type ListPeriodsQuery,
  type PeriodSummary,
  type PeriodView,
  periodSummary,
} from '../contracts/reconciliation.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { Counterpart } from '../domain/reconciliation.ts'
import { monthBounds } from '../domain/working-time.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { dayAndUuid, Keyset, type Page } from './paging.ts'
import { lockCounterpart } from './reconciliation-runs.ts'

const PURPOSE = 'reconciliation-periods'
const CHINA_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/**
 * Closes a month with a counterpart: what it came to is written down, signed, and stays.
 *
 * @throws ProblemError `reconciliation-period-closed`, `reconciliation-period-not-ready` with what stands in the way
 */
export async function closePeriod(
  tx: Tx,
  keyRing: KeyRing,
  close: { id: string; body: ClosePeriodBody; origin: AuditOrigin; now: Date },
): Promise<PeriodView> {
  const { id, body, origin, now } = close
  const { counterpart, month } = body
  const { from, to } = monthBounds(month)
  if (now < to) throw notReady(`${month} is not over`)
  // No run begins while the month is being closed, and none that is under way finds more.
  await lockCounterpart(tx, counterpart)
  const known = await tx
    .selectFrom('reconciliation_period')
    .select('id')
    .where('counterpart', '=', counterpart)
    .where(sql<boolean>`month = ${`${month}-01`}::date`)
    .executeTakeFirst()
  if (known) throw new ProblemError('reconciliation-period-closed')
  const days = { first: dayOf(from), last: dayOf(new Date(to.getTime() - DAY_MS)) }
  await refuseUnsettled(tx, counterpart, days)
  const run = await comparingRun(tx, counterpart, days)
  const summary: PeriodSummary = {
    ...{ counterpart, month, ...run },
    differences: await figuresOf(tx, counterpart, days),
    closedBy: origin.actor,
    closedAt: now.toISOString(),
  }
  const canonical = canonicalJson(summary)
  const { keyId, signature } = keyRing.sign(canonical, PURPOSE)
  await tx
    .insertInto('reconciliation_period')
    .values({
      ...{ id, counterpart, month: `${month}-01`, summary: canonical, signature, key_id: keyId },
      ...{ closed_by: origin.actor, reason: body.reason, closed_at: now },
    })
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'reconciliation.closed',
    subject: { kind: 'reconciliation_period', id },
    newValue: { counterpart, month, signature: signature.toString('hex'), keyId },
    reason: body.reason,
    relatedHash: createHash('sha256').update(canonical).digest(),
  })
  return readPeriod(tx, keyRing, id)
}

function dayOf(moment: Date): string {
  return new Date(moment.getTime() + CHINA_MS).toISOString().slice(0, 10)
}

function notReady(detail: string): ProblemError {
  return new ProblemError('reconciliation-period-not-ready', detail)
}

type Days = { first: string; last: string }

async function refuseUnsettled(tx: Tx, counterpart: Counterpart, { first, last }: Days): Promise<void> {
  const { rows } = await sql<{ runs: number; open: number }>`
    select (select count(*)::int from reconciliation_run
        where counterpart = ${counterpart} and state in ('waiting', 'running')) as runs,
      (select count(*)::int from reconciliation_difference
        where counterpart = ${counterpart} and state in ('open', 'change_requested')
          and occurred_on between ${first}::date and ${last}::date) as open`.execute(tx)
  if (rows[0]?.runs) throw notReady('a run with this system is under way')
  if (rows[0]?.open) throw notReady(`${rows[0].open} differences of the month are not settled`)
}

/** The newest run that has compared all of the month, after its end. */
async function comparingRun(tx: Tx, counterpart: Counterpart, { first, last }: Days) {
  const { rows } = await sql<{
    runId: string
    comparedFrom: string
    comparedTo: string
    hubLines: number
    counterpartLines: number
    pairs: number
  }>`
    select id as "runId", from_day::text as "comparedFrom", to_day::text as "comparedTo", hub_lines as "hubLines",
      counterpart_lines as "counterpartLines", pairs
    from reconciliation_run
    where counterpart = ${counterpart} and state = 'done' and from_day <= ${first}::date and to_day >= ${last}::date
      and started_at >= (${last}::date + 1)::timestamp at time zone 'Asia/Shanghai'
    order by created_at desc, id desc limit 1`.execute(tx)
  const [run] = rows
  if (!run) throw notReady(`no run has compared ${first} to ${last} since the end of the month`)
  return run
}

async function figuresOf(
  tx: Tx,
  counterpart: Counterpart,
  { first, last }: Days,
): Promise<PeriodSummary['differences']> {
  const { rows } = await sql<PeriodSummary['differences'][number]>`
    select kind, state, count(*)::int as count, sum(value_difference)::bigint as "valueDifference",
      sum(at_stake_cents)::bigint as "atStakeCents"
    from reconciliation_difference
    where counterpart = ${counterpart} and occurred_on between ${first}::date and ${last}::date
    group by kind, state order by kind collate "C", state collate "C"`.execute(tx)
  return rows
}

const shown = (db: Db | Tx) =>
  db
    .selectFrom('reconciliation_period as period')
    .selectAll()
    .select([
      sql<string>`month::text`.as('day'),
      sql<number>`(select count(*)::int from reconciliation_difference as difference
        where difference.counterpart = period.counterpart and difference.after_close
          and date_trunc('month', difference.occurred_on)::date = period.month)`.as('after_close'),
    ])

/** @throws ProblemError `reconciliation-not-found` */
export async function readPeriod(db: Db | Tx, keyRing: KeyRing, id: string): Promise<PeriodView> {
  const row = await shown(db).where('id', '=', id).executeTakeFirst()
  if (!row) throw new ProblemError('reconciliation-not-found')
  return viewOf(row, keyRing)
}

/** One page of the months that are closed. */
export async function listPeriods(
  db: Db,
  keyRing: KeyRing,
  query: ListPeriodsQuery,
): Promise<Page<PeriodView>> {
  const keyset = new Keyset('reconciliation-periods', query, dayAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'oldest' ? 'asc' : 'desc'
  let select = shown(db)
    .orderBy('month', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.counterpart) select = select.where('counterpart', '=', query.counterpart)
  if (after) {
    const comparison = query.sort === 'oldest' ? sql`>` : sql`<`
    select = select.where(sql<boolean>`(month, id) ${comparison} (${after[0]}::date, ${after[1]}::uuid)`)
  }
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.day, row.id],
    (row) => viewOf(row, keyRing),
  )
}

type ShownPeriod = Awaited<ReturnType<ReturnType<typeof shown>['execute']>>[number]

function viewOf(row: ShownPeriod, keyRing: KeyRing): PeriodView {
  const signed = { keyId: row.key_id, signature: row.signature }
  return {
    periodId: row.id,
    counterpart: row.counterpart,
    month: row.day.slice(0, 7),
    summary: periodSummary.parse(JSON.parse(row.summary)),
    canonical: row.summary,
    signature: {
      algorithm: 'HMAC-SHA256',
      keyId: row.key_id,
      value: row.signature.toString('hex'),
      isValid: keyRing.isSigned(row.summary, PURPOSE, signed),
    },
    reason: row.reason,
    afterClose: row.after_close,
  }
}
