import { type RawBuilder, sql } from 'kysely'
import type { HealthScorePolicy } from '../contracts/policies/health-score.ts'
import type { HealthComponent } from '../domain/health-score.ts'
import type { Db, Tx } from './database.ts'
import { currentFeedPosition, readFeed } from './event-feed.ts'
import type { HealthSource } from './health-due.ts'
import { BUSINESS_TIME_ZONE } from './sales-figures.ts'

/** The view of each component, and what it looks at. */
export const HEALTH_VIEWS: Record<HealthComponent, { view: RawBuilder<unknown>; source: HealthSource }> = {
  syncTimeliness: { view: sql.table('health_sync_timeliness'), source: 'order' },
  stockAccuracy: { view: sql.table('health_stock_accuracy'), source: 'count' },
  approvalCompletion: { view: sql.table('health_approval_completion'), source: 'change' },
  complaintRate: { view: sql.table('health_complaint_rate'), source: 'order' },
  onTimeFulfilment: { view: sql.table('health_on_time_fulfilment'), source: 'order' },
}

/** What one transaction does at most; each is far below what a statement may take. */
const LOG_ENTRIES_A_ROUND = 5_000
const SOURCES_A_ROUND = 1_000
const HOURS_A_ROUND = 200
/** So far back everything is looked at again when what it is measured against has changed. */
const DAYS_LOOKED_AT = 400
/** Noting every order of a year is one statement. */
const LONGEST_STATEMENT = '10min'

/** What feeds are expected to keep, by platform, in seconds; `push` is null where nothing is pushed. */
export type FeedTargets = Readonly<Record<string, { push: number | null; pull: number }>>
/** What everything is measured against, and by which policy. */
export type HealthTargets = {
  policyVersion: number
  rows: { kind: 'sync' | 'ship' | 'deliver'; key: string; seconds: number }[]
}

/** What a feed that has no target of its own is expected to keep: it is pushed. */
const USUAL_SYNC_SECONDS = 60

/**
 * What the views measure against.
 *
 * @param shipWithinSeconds how long after its payment an order must have left where nobody says otherwise
 */
export function healthTargetsOf(
  { version, document }: { version: number; document: HealthScorePolicy },
  { feeds, shipWithinSeconds }: { feeds: FeedTargets; shipWithinSeconds: number },
): HealthTargets {
  const entries = (kind: HealthTargets['rows'][number]['kind'], targets: Record<string, number>) =>
    Object.entries(targets).map(([key, seconds]) => ({ kind, key, seconds }))
  const sync = Object.entries(feeds).flatMap(([platform, { push, pull }]) => [
    ...(push === null ? [] : [[`${platform}/push`, push] as const]),
    [`${platform}/pull`, pull] as const,
  ])
  const { usual, byCourier } = document.deliverWithinSeconds
  return {
    policyVersion: version,
    rows: [
      ...entries('sync', { ...Object.fromEntries(sync), '': USUAL_SYNC_SECONDS }),
      ...entries('ship', { ...document.shipWithinSeconds, '': shipWithinSeconds }),
      ...entries('deliver', { ...byCourier, '': usual }),
    ].sort((a, b) => (`${a.kind}/${a.key}` < `${b.kind}/${b.key}` ? -1 : 1)),
  }
}

/** What a round has done. `isDone`: there was nothing more to do, or somebody else is at it. */
export type HealthRound = { sources: number; hours: number; isDone: boolean }

/**
 * One round of bringing the figures of the health score up to date: looks again at what has changed since the last one,
 * and when nothing is left, sums the hours that are over and have changed. Each round is a transaction; whoever dies in
 * one leaves nothing half done. Repeat until it is done.
 *
 * @param now hours that end later are left for later
 */
export async function refreshHealth(
  db: Db,
  request: { now: Date; targets: HealthTargets; sourcesARound?: number; hoursARound?: number },
): Promise<HealthRound> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ targets: string; transactionId: string; logId: number }>`
      select targets, transaction_id::text as "transactionId", log_id as "logId" from health_state
      for update skip locked`.execute(tx)
    const [state] = rows
    if (!state) return { sources: 0, hours: 0, isDone: true }
    const isRead = await readChanges(tx, state, request.targets)
    const sources = await refreshSources(tx, request.sourcesARound ?? SOURCES_A_ROUND)
    if (sources > 0 || !isRead) return { sources, hours: 0, isDone: false }
    const hours = await sumHours(tx, request.now, request.hoursARound ?? HOURS_A_ROUND)
    if (hours === 0) await noteCounted(tx, request.now)
    return { sources, hours, isDone: hours === 0 }
  })
}

/**
 * Notes the orders that the operation log speaks of since the last time. Where targets are others than before (or there
 * were none), or the log is another server's, everything is noted instead.
 *
 * @returns whether the log was read to its end
 */
async function readChanges(
  tx: Tx,
  state: { targets: string; transactionId: string; logId: number },
  { policyVersion, rows: targets }: HealthTargets,
): Promise<boolean> {
  const text = JSON.stringify(targets)
  const before = { transactionId: BigInt(state.transactionId), id: state.logId }
  // Before anything is noted: what commits from now on is in the log after this.
  const present = await currentFeedPosition(tx)
  // A place that is yet to come is one of another server: a restored copy counts its transactions anew.
  const isNowhere = state.targets === '' || before.transactionId > present.transactionId
  if (text !== state.targets || isNowhere) {
    const position = isNowhere ? present : null
    await tx.deleteFrom('health_target').execute()
    await tx.insertInto('health_target').values(targets).execute()
    await noteEverything(tx)
    await tx
      .updateTable('health_state')
      .set({
        targets: text,
        policy_version: policyVersion,
        ...(position
          ? { transaction_id: sql<string>`${position.transactionId.toString()}::xid8`, log_id: position.id }
          : {}),
      })
      .execute()
    if (position) return true
  }
  const { events, position } = await readFeed(tx, before, LOG_ENTRIES_A_ROUND)
  const orderIds = [...new Set(events.map(({ orderId }) => orderId))]
  await sql`insert into health_due (kind, source_id) select 'order', id from unnest(${orderIds}::uuid[]) as id`.execute(
    tx,
  )
  await tx
    .updateTable('health_state')
    .set({
      policy_version: policyVersion,
      transaction_id: sql<string>`${position.transactionId.toString()}::xid8`,
      log_id: position.id,
    })
    .execute()
  return events.length < LOG_ENTRIES_A_ROUND
}

async function noteEverything(tx: Tx): Promise<void> {
  await sql`select set_config('statement_timeout', ${LONGEST_STATEMENT}, true)`.execute(tx)
  const since = sql`now() - make_interval(days => ${DAYS_LOOKED_AT})`
  await sql`
    insert into health_due (kind, source_id)
    select 'order', id from orders where created_at >= ${since}
    union all select 'change', id from change_request where created_at >= ${since}
    union all select 'count', id from stock_count where counted_at >= ${since}`.execute(tx)
}

/** Looks at the next sources that were noted. Returns how many notes there were. */
async function refreshSources(tx: Tx, limit: number): Promise<number> {
  const { rows } = await sql<{ kind: HealthSource; sourceId: string }>`
    delete from health_due where id in (select id from health_due order by id limit ${limit})
    returning kind, source_id as "sourceId"`.execute(tx)
  for (const component of Object.keys(HEALTH_VIEWS).filter(isComponent)) {
    const ids = rows.filter(({ kind }) => kind === HEALTH_VIEWS[component].source)
    if (ids.length > 0)
      await refreshOutcomes(tx, component, [...new Set(ids.map(({ sourceId }) => sourceId))])
  }
  return rows.length
}

function isComponent(name: string): name is HealthComponent {
  return Object.hasOwn(HEALTH_VIEWS, name)
}

/** Writes down what the component's view says of these sources now, and notes the hours that it changes. */
async function refreshOutcomes(tx: Tx, component: HealthComponent, sourceIds: string[]): Promise<void> {
  const columns = sql.raw('happened_at, channel, store_id, warehouse_id, order_id, measured, missed')
  const excluded = sql.raw(
    'excluded.happened_at, excluded.channel, excluded.store_id, excluded.warehouse_id, excluded.order_id, excluded.measured, excluded.missed',
  )
  const outcome = sql.raw(
    'outcome.happened_at, outcome.channel, outcome.store_id, outcome.warehouse_id, outcome.order_id, outcome.measured, outcome.missed',
  )
  await sql`
    with fresh as materialized (
      select source_id, part, ${columns} from ${HEALTH_VIEWS[component].view} where source_id = any(${sourceIds}::uuid[])
    ), gone as (
      delete from health_outcome as outcome
      where component = ${component} and source_id = any(${sourceIds}::uuid[])
        and not exists (select from fresh where fresh.source_id = outcome.source_id and fresh.part = outcome.part)
      returning happened_at
    ), written as (
      insert into health_outcome as outcome (component, source_id, part, ${columns})
      select ${component}, source_id, part, ${columns} from fresh
      on conflict (component, source_id, part) do update set (${columns}) = row(${excluded})
        where (${outcome}) is distinct from (${excluded})
      returning old.happened_at as before, new.happened_at as after
    )
    insert into health_due_hour (hour, component)
    select distinct date_trunc('hour', moment, 'UTC'), ${component} from (
      select happened_at as moment from gone
      union all select before from written where before is not null
      union all select after from written) as moments
    on conflict do nothing`.execute(tx)
}

/**
 * Sums the outcomes of hours that are over and have changed, the newest first, and their days. Hour by hour: joined, the
 * planner reads all outcomes there are for a few hours. Returns how many.
 */
async function sumHours(tx: Tx, now: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ hour: Date; component: HealthComponent }>`
    delete from health_due_hour where (hour, component) in (
      select hour, component from health_due_hour where hour <= ${now}::timestamptz - interval '1 hour'
      order by hour desc, component limit ${limit})
    returning hour, component`.execute(tx)
  if (rows.length === 0) return 0
  const hours = sql`(select hour, component from unnest(${rows.map(({ hour }) => hour.toISOString())}::timestamptz[],
    ${rows.map(({ component }) => component)}::text[]) as given (hour, component))`
  const days = sql`(select distinct date_trunc('day', hour, ${BUSINESS_TIME_ZONE}) as day, component from ${hours} as due)`
  await sql`
    delete from health_figure using ${hours} as due
    where grain = 'hour' and starts_at = due.hour and health_figure.component = due.component`.execute(tx)
  await sql`
    insert into health_figure (grain, starts_at, component, channel, store_id, warehouse_id, measured, missed, outcomes,
      missed_outcomes)
    select 'hour', due.hour, due.component, sums.* from ${hours} as due cross join lateral (
      select channel, store_id, warehouse_id, sum(measured), sum(missed), count(*), count(*) filter (where missed > 0)
      from health_outcome as outcome where outcome.component = due.component
        and outcome.happened_at >= due.hour and outcome.happened_at < due.hour + interval '1 hour'
      group by channel, store_id, warehouse_id) as sums`.execute(tx)
  await sql`
    delete from health_figure using ${days} as due
    where grain = 'day' and starts_at = due.day and health_figure.component = due.component`.execute(tx)
  await sql`
    insert into health_figure (grain, starts_at, component, channel, store_id, warehouse_id, measured, missed, outcomes,
      missed_outcomes)
    select 'day', due.day, due.component, sums.* from ${days} as due cross join lateral (
      select channel, store_id, warehouse_id, sum(measured), sum(missed), sum(outcomes), sum(missed_outcomes)
      from health_figure as hours where hours.grain = 'hour' and hours.component = due.component
        and hours.starts_at >= due.day and hours.starts_at < due.day + interval '24 hours'
      group by channel, store_id, warehouse_id) as sums`.execute(tx)
  return rows.length
}

async function noteCounted(tx: Tx, now: Date): Promise<void> {
  await tx
    .updateTable('health_state')
    .set({ counted_until: sql<Date>`date_trunc('hour', ${now}::timestamptz, 'UTC')`, refreshed_at: now })
    .execute()
}
