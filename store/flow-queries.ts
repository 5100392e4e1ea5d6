import { type Selectable, sql } from 'kysely'
import {
  BREAK_TEXT,
  type DataFlowView,
  FLOW_TEXT,
  type FlowEdgeDetail,
  type FlowEdgeView,
  flowLinks,
  STEP_TEXT,
  SYSTEM_TEXT,
} from '../contracts/data-flow.ts'
import { ProblemError } from '../contracts/errors.ts'
import { WORK_ITEM_TEXT } from '../contracts/work-items.ts'
import { rankBreakPoints } from '../domain/flow-break-points.ts'
import { parseEdgeId, systemsOf } from '../domain/flow-map.ts'
import { threeSteps } from '../domain/flow-steps.ts'
import type { Db, Tx } from './database.ts'
import type { Database } from './schema.ts'

/** With a longer pause between two rounds the map shows what was, not what is. */
const STALE_AFTER_MS = 2 * 60_000
/** Of the second step: incidents that ended so lately are what was fixed. */
const FIXED_DAYS = 30

type EdgeRow = Selectable<Database['flow_edge']>
type BreakPointView = DataFlowView['breakPoints'][number]

/** The map as one look left it: what is read is a row an edge and the open incidents, whatever the traffic is. */
export async function readDataFlow(db: Db, now: Date): Promise<DataFlowView> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((tx) => readMap(tx, now))
}

async function readMap(db: Tx, now: Date): Promise<DataFlowView> {
  const state = await db.selectFrom('flow_state').selectAll().executeTakeFirstOrThrow()
  const rows = await db.selectFrom('flow_edge').selectAll().execute()
  const breakPoints = await openBreakPoints(db, null)
  const broken = new Set(breakPoints.map((point) => point.edgeId))
  const fixed = await db
    .selectFrom('flow_incident')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('closed_at', '>', new Date(now.getTime() - FIXED_DAYS * 86_400_000))
    .executeTakeFirstOrThrow()
  const edges = rows.map((row) => edgeOf(row, broken.has(row.id))).toSorted(byFlow)
  return {
    checkedAt: state.checked_at?.toISOString() ?? null,
    isStale: !state.checked_at || now.getTime() - state.checked_at.getTime() > STALE_AFTER_MS,
    policyVersion: state.policy_version,
    systems: systemsOf(edges).map(({ id, kind, key }) => ({
      systemId: id,
      kind,
      key,
      title: SYSTEM_TEXT[kind],
    })),
    edges,
    breakPoints,
    steps: stepsOf(rows, { breakPoints, closedLately: fixed.count }),
  }
}

/**
 * One edge with its last minutes, what is done by hand, and where to look.
 *
 * @throws ProblemError `not-found` for an edge that is not on the map
 */
export async function readFlowEdge(
  db: Db,
  edgeId: string,
  { minutes, now }: { minutes: number; now: Date },
): Promise<FlowEdgeDetail> {
  const row = await db.selectFrom('flow_edge').selectAll().where('id', '=', edgeId).executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no edge ${edgeId} on the map`)
  const breakPoints = await openBreakPoints(db, edgeId)
  const series = await db
    .selectFrom('flow_minute')
    .selectAll()
    .where('edge_id', '=', edgeId)
    .where('minute', '>', new Date(now.getTime() - minutes * 60_000))
    .orderBy('minute')
    .execute()
  const { nextEn, nextZh } = FLOW_TEXT[row.flow]
  return {
    ...edgeOf(row, breakPoints.length > 0),
    links: flowLinks(row.flow, row.key),
    nextStep: { en: nextEn, zh: nextZh },
    manual: row.manual_steps.map(({ workItemKind, items, orders }) => ({
      workItemKind,
      title: { en: WORK_ITEM_TEXT[workItemKind].en, zh: WORK_ITEM_TEXT[workItemKind].zh },
      items,
      orders,
      url: `/v1/work-items?kind=${workItemKind}`,
    })),
    breakPoints,
    minutes: series.map((minute) => ({
      minute: minute.minute.toISOString(),
      succeeded: minute.succeeded,
      failed: minute.failed,
      latencyMeanMs: minute.succeeded > 0 ? Math.round(minute.latency_sum_ms / minute.succeeded) : null,
      latencyMaxMs: minute.succeeded > 0 ? minute.latency_max_ms : null,
      backlog: minute.backlog,
    })),
  }
}

/** The number of the last round: it changes when the map does. */
export async function currentFlowRound(db: Db): Promise<number> {
  const { round } = await db.selectFrom('flow_state').select('round').executeTakeFirstOrThrow()
  return round
}

/** Incidents that are open, for the metrics. */
export async function countOpenBreakPoints(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('flow_incident')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** How long ago the flows were looked at, for the metrics: for ever before the first time. */
export async function secondsSinceFlowsChecked(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select coalesce(extract(epoch from clock_timestamp() - checked_at)::float8, 'Infinity') as seconds
    from flow_state`.execute(db)
  return rows[0]?.seconds ?? Number.POSITIVE_INFINITY
}

/** Of one edge or, with null, of all: the worst first. */
async function openBreakPoints(db: Db | Tx, edgeId: string | null): Promise<BreakPointView[]> {
  let open = db.selectFrom('flow_incident').selectAll().where('closed_at', 'is', null)
  if (edgeId !== null) open = open.where('edge_id', '=', edgeId)
  return rankBreakPoints((await open.execute()).map(breakPointOf))
}

function breakPointOf(row: Selectable<Database['flow_incident']>): BreakPointView {
  return {
    incidentId: row.id,
    edgeId: row.edge_id,
    kind: row.kind,
    title: BREAK_TEXT[row.kind],
    openedAt: row.opened_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    measured: row.measured,
    limit: row.limit_value,
    ordersAffected: row.orders_affected,
    links: flowLinks(row.flow, parseEdgeId(row.edge_id)?.key ?? ''),
  }
}

function edgeOf(row: EdgeRow, isBroken: boolean): FlowEdgeView {
  const { figures } = row
  const tried = figures.succeeded + figures.failed + figures.retrying
  const { en, zh } = FLOW_TEXT[row.flow]
  return {
    edgeId: row.id,
    flow: row.flow,
    title: { en, zh },
    key: row.key,
    keyTitle: row.title,
    from: row.from_system,
    to: row.to_system,
    isConfigured: row.is_configured,
    state: isBroken ? 'broken' : row.last_success_at ? 'ok' : 'unknown',
    ratePerMinute: Math.round((figures.succeeded / figures.windowMinutes) * 100) / 100,
    succeeded: figures.succeeded,
    failed: figures.failed,
    windowMinutes: figures.windowMinutes,
    errorRate:
      tried === 0 ? null : Math.round(((figures.failed + figures.retrying) / tried) * 10_000) / 10_000,
    latency: { meanMs: figures.latencyMeanMs, maxMs: figures.latencyMaxMs },
    backlog: figures.backlog,
    isBacklogCapped: figures.isBacklogCapped,
    oldestWaitingSeconds: figures.oldestWaitingSeconds,
    retrying: figures.retrying,
    ordersWaiting: figures.ordersWaiting,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    ageSeconds: figures.ageSeconds,
    ageTargetSeconds: row.age_target_seconds,
    isConnected: figures.isConnected,
    manualSteps: figures.manualSteps,
    ordersHeld: figures.ordersHeld,
    url: `/v1/data-flow/edges/${encodeURIComponent(row.id)}`,
  }
}

function stepsOf(
  rows: readonly EdgeRow[],
  { breakPoints, closedLately }: { breakPoints: readonly BreakPointView[]; closedLately: number },
): DataFlowView['steps'] {
  const steps = threeSteps({
    edges: rows
      .filter((row) => row.is_configured)
      .map((row) => ({ edgeId: row.id, hasSucceeded: row.last_success_at !== null })),
    breakPoints,
    closedLately,
    manualSteps: rows.flatMap((row) => row.manual_steps),
  })
  return steps.map(({ next, ...step }) => {
    const edge = next && parseEdgeId(next.edgeId)
    return {
      ...step,
      title: STEP_TEXT[step.step],
      next: next && edge ? { ...next, links: flowLinks(edge.flow, edge.key) } : null,
    }
  })
}

function byFlow(a: FlowEdgeView, b: FlowEdgeView): number {
  const [nameOfA, nameOfB] = [`${a.flow} ${a.key}`, `${b.flow} ${b.key}`]
  return nameOfA < nameOfB ? -1 : nameOfA > nameOfB ? 1 : 0
}
