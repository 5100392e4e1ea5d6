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
import { beyond, exact, Keyset, timeAndUuid } from './paging.ts'

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
  const told = (point: BreakPoint): Told => ({ ...point, backlog: figures.get(point.edgeId)?.backlog ?? 0 })
  const opened = moves.open.flatMap((point) => {
    const flow = parseEdgeId(point.edgeId)?.flow
    return flow ? [{ flow, ...told(point) }] : []
  })
  await openIncidents(tx, opened, { policyVersion, now })
  await noteIncidents(
    tx,
    moves.seen.map(({ id, point }) => ({ id, ...told(point) })),
    now,
  )
  if (moves.close.length === 0) return
  await sql`update flow_incident set closed_at = greatest(last_seen_at, ${now}) where id = any(${moves.close}::uuid[])`.execute(
    tx,
  )
}

type Told = BreakPoint & { backlog: number }

async function openIncidents(
  tx: Tx,
  incidents: readonly (Told & { flow: Flow })[],
  { policyVersion, now }: { policyVersion: number; now: Date },
): Promise<void> {
  if (incidents.length === 0) return
  await sql`
    insert into flow_incident (edge_id, flow, kind, opened_at, last_seen_at, measured, limit_value, orders_affected,
      worst_measured, worst_limit, worst_backlog, worst_orders, worst_at, policy_version)
    select "edgeId", flow, kind, ${now}::timestamptz, ${now}::timestamptz, measured, "limit", "ordersAffected",
      measured, "limit", backlog, "ordersAffected", ${now}::timestamptz, ${policyVersion}::int
    from json_to_recordset(${JSON.stringify(incidents)}::json) as found ("edgeId" text, flow text, kind text,
      measured float8, "limit" float8, "ordersAffected" int, backlog int)`.execute(tx)
}

/** What affects more orders is worse; of as many, what is measured further. A clock that was set back moves nothing back. */
async function noteIncidents(
  tx: Tx,
  incidents: readonly (Told & { id: string })[],
  now: Date,
): Promise<void> {
  if (incidents.length === 0) return
  const seenAt = sql`greatest(last_seen_at, ${now}::timestamptz)`
  const isWorse = sql`(found."ordersAffected", found.measured) > (worst_orders, worst_measured)`
  const worst = (column: string, value: RawBuilder<unknown>) =>
    sql`${sql.ref(column)} = case when ${isWorse} then ${value} else ${sql.ref(column)} end`
  await sql`
    update flow_incident as incident set last_seen_at = ${seenAt}, measured = found.measured,
      limit_value = found."limit", orders_affected = found."ordersAffected",
      ${worst('worst_measured', sql`found.measured`)}, ${worst('worst_limit', sql`found."limit"`)},
      ${worst('worst_orders', sql`found."ordersAffected"`)}, ${worst('worst_at', seenAt)},
      worst_backlog = greatest(worst_backlog, found.backlog)
    from json_to_recordset(${JSON.stringify(incidents)}::json) as found (id uuid, measured float8, "limit" float8,
      "ordersAffected" int, backlog int)
    where incident.id = found.id`.execute(tx)
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
  if (query.sort === 'worst') {
    const keyset = new Keyset('flow-incidents', query, ordersAndId)
    const rows = await readIncidents(db, query, beyondWorst(keyset.after(query.cursor)))
    return keyset.page(rows, query.limit, (row) => [row.worstOrders, row.id], incidentOf)
  }
  const keyset = new Keyset('flow-incidents', query, timeAndUuid)
  const after = beyond(['opened_at', 'id'], query.sort, keyset.after(query.cursor))
  const rows = await readIncidents(db, query, after)
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], incidentOf)
}

async function readIncidents(
  db: Db,
  query: ListFlowIncidentsQuery,
  isAfter: RawBuilder<boolean>,
): Promise<IncidentRow[]> {
  const { edgeId = null, flow = null, kind = null, from = null, to = null } = query
  const state =
    query.state === undefined
      ? sql`true`
      : query.state === 'open'
        ? sql`closed_at is null`
        : sql`closed_at is not null`
  const { rows } = await sql<IncidentRow>`
    select id, edge_id as "edgeId", flow, kind, opened_at as "openedAt", ${exact('opened_at')} as at,
      last_seen_at as "lastSeenAt", closed_at as "closedAt", worst_measured as "worstMeasured",
      worst_limit as "worstLimit", worst_backlog as "worstBacklog", worst_orders as "worstOrders",
      worst_at as "worstAt", policy_version as "policyVersion"
    from flow_incident
    where (${edgeId}::text is null or edge_id = ${edgeId}) and (${flow}::text is null or flow = ${flow})
      and (${kind}::text is null or kind = ${kind}) and (${from}::timestamptz is null or opened_at >= ${from})
      and (${to}::timestamptz is null or opened_at < ${to}) and ${state} and ${isAfter}
    order by ${ORDERS[query.sort]} limit ${query.limit + 1}`.execute(db)
  return rows
}

const ORDERS: Record<ListFlowIncidentsQuery['sort'], RawBuilder<unknown>> = {
  newest: sql`opened_at desc, id desc`,
  oldest: sql`opened_at, id`,
  worst: sql`worst_orders desc, id`,
}

function beyondWorst(after: z.output<typeof ordersAndId> | null): RawBuilder<boolean> {
  if (!after) return sql`true`
  const [orders, id] = after
  return sql`(worst_orders < ${orders}::int or (worst_orders = ${orders}::int and id > ${id}::uuid))`
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
