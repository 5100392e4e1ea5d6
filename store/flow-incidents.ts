import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import {
  BREAK_TEXT,
  type FlowIncidentPage,
  flowLinks,
  type ListFlowIncidentsQuery,
} from '../contracts/data-flow.ts'
import type { DataFlowPolicy } from '../contracts/policies/data-flow.ts'
import type { BreakKind, BreakPoint, FlowFigures } from '../domain/flow-break-points.ts'
import { incidentMoves } from '../domain/flow-incidents.ts'
import { type Flow, parseEdgeId } from '../domain/flow-map.ts'
import type { Db, Tx } from './database.ts'
import { exact, Keyset, timeAndUuid } from './paging.ts'

/** Opens, carries on and closes incidents by what was found now; each keeps the worst that it came to. */
export async function recordIncidents(
  tx: Tx,
  input: {
    found: readonly BreakPoint[]
    figures: ReadonlyMap<string, FlowFigures>
    rules: Pick<DataFlowPolicy, 'closeAfterSeconds'>
    policyVersion: number
    now: Date
  },
): Promise<void> {
  const { found, figures, rules, policyVersion, now } = input
  const rows = await tx
    .selectFrom('flow_incident')
    .select(['id', 'edge_id', 'kind', 'last_seen_at'])
    .where('closed_at', 'is', null)
    .execute()
  const incidents = rows.map(({ id, edge_id: edgeId, kind, last_seen_at: lastSeenAt }) => ({
    ...{ id, edgeId, kind, lastSeenAtMs: lastSeenAt.getTime() },
  }))
  const { closeAfterSeconds } = rules
  const moves = incidentMoves(incidents, found, { nowMs: now.getTime(), closeAfterSeconds })
  const backlogOf = ({ edgeId }: BreakPoint) => figures.get(edgeId)?.backlog ?? 0
  for (const point of moves.open) await openIncident(tx, { point, backlog: backlogOf(point), policyVersion, now })
  for (const { id, point } of moves.seen) await noteIncident(tx, { id, point, backlog: backlogOf(point), now })
  if (moves.close.length === 0) return
  await tx.updateTable('flow_incident').set({ closed_at: now }).where('id', 'in', moves.close).execute()
}

type Found = { point: BreakPoint; backlog: number; now: Date }

async function openIncident(
  tx: Tx,
  { point, backlog, policyVersion, now }: Found & { policyVersion: number },
): Promise<void> {
  const flow = parseEdgeId(point.edgeId)?.flow
  if (!flow) return
  await tx
    .insertInto('flow_incident')
    .values({
      edge_id: point.edgeId,
      flow,
      kind: point.kind,
      opened_at: now,
      last_seen_at: now,
      measured: point.measured,
      limit_value: point.limit,
      orders_affected: point.ordersAffected,
      worst_measured: point.measured,
      worst_limit: point.limit,
      worst_backlog: backlog,
      worst_orders: point.ordersAffected,
      worst_at: now,
      policy_version: policyVersion,
    })
    .execute()
}

/** What affects more orders is worse; of as many, what is measured further. */
async function noteIncident(tx: Tx, { id, point, backlog, now }: Found & { id: string }): Promise<void> {
  const { measured, limit, ordersAffected } = point
  const isWorse = sql<boolean>`(${ordersAffected}::int, ${measured}::float8) > (worst_orders, worst_measured)`
  const worst = (column: string, value: RawBuilder<unknown>) =>
    sql`${sql.ref(column)} = case when ${isWorse} then ${value} else ${sql.ref(column)} end`
  await sql`
    update flow_incident set last_seen_at = ${now}, measured = ${measured}, limit_value = ${limit},
      orders_affected = ${ordersAffected},
      ${worst('worst_measured', sql`${measured}::float8`)}, ${worst('worst_limit', sql`${limit}::float8`)},
      ${worst('worst_orders', sql`${ordersAffected}::int`)}, ${worst('worst_at', sql`${now}::timestamptz`)},
      worst_backlog = greatest(worst_backlog, ${backlog}::int)
    where id = ${id}`.execute(tx)
}

const ordersAndId = z.tuple([z.int(), z.uuid()])

type IncidentRow = {
  id: string
  edgeId: string
  flow: Flow
  kind: BreakKind
  openedAt: Date
  at: string
  lastSeenAt: Date
  closedAt: Date | null
  worstMeasured: number
  worstLimit: number
  worstBacklog: number
  worstOrders: number
  worstAt: Date
  policyVersion: number
}

/** One page of the incidents of all edges, or of some. */
export async function listFlowIncidents(db: Db, query: ListFlowIncidentsQuery): Promise<FlowIncidentPage> {
  const isWorst = query.sort === 'worst'
  const keyset = isWorst
    ? new Keyset<(string | number)[]>('flow-incidents', query, ordersAndId)
    : new Keyset<(string | number)[]>('flow-incidents', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const { edgeId = null, flow = null, kind = null, from = null, to = null } = query
  const state =
    query.state === undefined ? sql`true` : query.state === 'open' ? sql`closed_at is null` : sql`closed_at is not null`
  const { rows } = await sql<IncidentRow>`
    select id, edge_id as "edgeId", flow, kind, opened_at as "openedAt", ${exact('opened_at')} as at,
      last_seen_at as "lastSeenAt", closed_at as "closedAt", worst_measured as "worstMeasured",
      worst_limit as "worstLimit", worst_backlog as "worstBacklog", worst_orders as "worstOrders",
      worst_at as "worstAt", policy_version as "policyVersion"
    from flow_incident
    where (${edgeId}::text is null or edge_id = ${edgeId}) and (${flow}::text is null or flow = ${flow})
      and (${kind}::text is null or kind = ${kind}) and (${from}::timestamptz is null or opened_at >= ${from})
      and (${to}::timestamptz is null or opened_at < ${to}) and ${state} and ${beyondOf(query.sort, after)}
    order by ${ORDERS[query.sort]} limit ${query.limit + 1}`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => (isWorst ? [row.worstOrders, row.id] : [row.at, row.id]),
    incidentOf,
  )
}

const ORDERS: Record<ListFlowIncidentsQuery['sort'], RawBuilder<unknown>> = {
  newest: sql`opened_at desc, id desc`,
  oldest: sql`opened_at, id`,
  worst: sql`worst_orders desc, id`,
}

function beyondOf(sort: ListFlowIncidentsQuery['sort'], after: (string | number)[] | null): RawBuilder<unknown> {
  if (!after) return sql`true`
  const [value, id] = after
  switch (sort) {
    case 'newest':
      return sql`(opened_at, id) < (${value}::timestamptz, ${id}::uuid)`
    case 'oldest':
      return sql`(opened_at, id) > (${value}::timestamptz, ${id}::uuid)`
    case 'worst':
      return sql`(worst_orders < ${value}::int or (worst_orders = ${value}::int and id > ${id}::uuid))`
  }
}

function incidentOf(row: IncidentRow): FlowIncidentPage['items'][number] {
  return {
    incidentId: row.id,
    edgeId: row.edgeId,
    flow: row.flow,
    kind: row.kind,
    title: BREAK_TEXT[row.kind],
    state: row.closedAt ? 'closed' : 'open',
    openedAt: row.openedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    worst: {
      measured: row.worstMeasured,
      limit: row.worstLimit,
      backlog: row.worstBacklog,
      ordersAffected: row.worstOrders,
      at: row.worstAt.toISOString(),
    },
    policyVersion: row.policyVersion,
    links: flowLinks(row.flow, parseEdgeId(row.edgeId)?.key ?? ''),
  }
}
