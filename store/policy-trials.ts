import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { code } from '../contracts/common.ts'
import type { PolicyDocument, PolicyKind } from '../contracts/policies/index.ts'
import type { RecordedFacts } from '../domain/abnormal-facts.ts'
import { type ChangeFacts, NEW_CUSTOMER } from '../domain/approval-route.ts'
import type { RfmScores } from '../domain/customer-segment.ts'
import { periodsBetween } from '../domain/health-period.ts'
import {
  type FoundDifference,
  type Judgement,
  type PastOrder,
  type PresentEdge,
  type PresentLevel,
  rulesThatStopAnything,
  tryAbnormalOrder,
  tryAllocation,
  tryApprovalRoute,
  tryCustomerSegments,
  tryDataFlow,
  tryHealthScore,
  tryInspection,
  tryOrderLife,
  tryReconciliation,
  tryReplenishment,
  tryReservation,
  trySafetyStock,
  tryTransfer,
} from '../domain/policy-trials.ts'
import type { ReplenishmentFacts } from '../domain/replenishment.ts'
import type { ApprovalFacts } from '../domain/transfer-approval.ts'
import { chinaTimeOf } from '../domain/working-time.ts'
import type { Db, Tx } from './database.ts'
import { healthRowsOf, sumsByStart } from './health-figures.ts'
import { timeAndUuid } from './paging.ts'
import { countPastOrders, type PastOrderRow, readPastOrders, type Window } from './past-orders.ts'
import { addStock } from './past-stock.ts'

/** Something of the past (or of now) that documents of one kind can be tried on. */
export type TrialSubject<Document> = {
  id: string
  position: [string, string]
  judge: (document: Document) => Judgement
}

/** Rules that stop orders: what they are called, and which of them would stop one with which nothing is wrong. */
export type StoppingRules = { names: string[]; stopAnything: number[] }

/**
 * How a kind is tried: what its subjects are, how they are read page by page, and what a document decides about one.
 * A kind that decides nothing about what has happened has none.
 */
export type Trial<Document> = {
  subject:
    | 'order'
    | 'stock-level'
    | 'transfer'
    | 'change-request'
    | 'health-day'
    | 'difference'
    | 'customer'
    | 'data-flow-edge'
  position: z.ZodType<[string, string]>
  count: (db: Db | Tx, window: Window, limit: number) => Promise<number>
  /** Of a kind whose rules stop orders, so that a rule that stops all of them is warned of. */
  stoppingRules?: (document: Document) => StoppingRules
  read: (
    db: Db | Tx,
    window: Window,
    after: [string, string] | null,
    limit: number,
  ) => Promise<TrialSubject<Document>[]>
}

function onOrders<Document, Order extends PastOrder>(
  judge: (document: Document, order: Order) => Judgement,
  complete: (db: Db | Tx, rows: PastOrderRow[]) => Promise<Order[]>,
): Trial<Document> {
  return {
    subject: 'order',
    position: timeAndUuid,
    count: countPastOrders,
    read: async (db, window, after, limit) => {
      const rows = await readPastOrders(db, window, after, limit)
      const orders = await complete(db, rows)
      return rows.flatMap(({ orderId: id, position }, index) => {
        const order = orders[index]
        return order ? [{ id, position, judge: (document: Document) => judge(document, order) }] : []
      })
    },
  }
}

const asTheyAre = async (_db: Db | Tx, rows: PastOrderRow[]) => rows.map(({ order }) => order)
const withTheirIds = async (_db: Db | Tx, rows: PastOrderRow[]) =>
  rows.map(({ order, orderId }) => ({ ...order, orderId }))

/** Levels as they are now: the window does not matter. */
const onStockLevels = <Document>(
  judge: (document: Document, level: PresentLevel) => Judgement,
): Trial<Document> => ({
  subject: 'stock-level',
  position: z.tuple([code, code]),
  count: async (db, _window, limit) => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from (select 1 from stock_level limit ${limit}) as counted`.execute(db)
    return rows[0]?.count ?? 0
  },
  read: async (db, _window, after, limit) => {
    const beyond = after
      ? sql`where (level.sku_id, level.warehouse_id) > (${after[0]}::text, ${after[1]}::text)`
      : sql``
    const { rows } = await sql<PresentLevel & { skuId: string; warehouseId: string }>`
      select level.sku_id as "skuId", level.warehouse_id as "warehouseId", sku.category,
        level.safety_stock as "safetyStock", level.total - level.shipped - level.reserved as available
      from stock_level as level join sku on sku.id = level.sku_id
      ${beyond} order by level.sku_id, level.warehouse_id limit ${limit}`.execute(db)
    return rows.map(({ skuId, warehouseId, ...level }) => ({
      id: `${skuId} in ${warehouseId}`,
      position: [skuId, warehouseId],
      judge: (document) => judge(document, level),
    }))
  },
})

/** What is known of levels since last night: the window does not matter. */
const onReplenishment: Trial<PolicyDocument<'replenishment'>> = {
  subject: 'stock-level',
  position: z.tuple([code, code]),
  count: async (db, _window, limit) => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from (select 1 from replenishment limit ${limit}) as counted`.execute(db)
    return rows[0]?.count ?? 0
  },
  read: async (db, _window, after, limit) => {
    const beyond = after ? sql`where (sku_id, warehouse_id) > (${after[0]}::text, ${after[1]}::text)` : sql``
    const { rows } = await sql<{ skuId: string; warehouseId: string; facts: ReplenishmentFacts }>`
      select sku_id as "skuId", warehouse_id as "warehouseId", facts from replenishment
      ${beyond} order by sku_id, warehouse_id limit ${limit}`.execute(db)
    return rows.map(({ skuId, warehouseId, facts }) => ({
      id: `${skuId} in ${warehouseId}`,
      position: [skuId, warehouseId],
      judge: (document) => tryReplenishment(document, facts),
    }))
  },
}

/** Rows of a table with `id` and a time that were written in the window, the newest first. */
function onRows<Row, Document>(
  {
    subject,
    table,
    at = 'created_at',
    facts,
  }: { subject: Trial<Document>['subject']; table: RawBuilder<unknown>; at?: string; facts: RawBuilder<Row> },
  judge: (document: Document, row: Row) => Judgement,
): Trial<Document> {
  const within = ({ from, to }: Window) =>
    sql`from ${table} where ${sql.ref(at)} >= ${from} and ${sql.ref(at)} < ${to}`
  return {
    subject,
    position: timeAndUuid,
    count: async (db, window, limit) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from (select 1 ${within(window)} limit ${limit}) as counted`.execute(db)
      return rows[0]?.count ?? 0
    },
    read: async (db, window, after, limit) => {
      const below = after
        ? sql`and (${sql.ref(at)}, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
        : sql``
      const { rows } = await sql<{ id: string; at: string; row: Row }>`
        select id, ${sql.ref(at)}::text as at, ${facts} as row
        ${within(window)} ${below} order by ${sql.ref(at)} desc, id desc limit ${limit}`.execute(db)
      return rows.map(({ id, at, row }) => ({
        id,
        position: [at, id],
        judge: (document) => judge(document, row),
      }))
    },
  }
}

const onTransfers = onRows<ApprovalFacts, PolicyDocument<'transfer'>>(
  {
    subject: 'transfer',
    table: sql.table('transfer'),
    facts: sql`jsonb_build_object('quantity', quantity, 'valueCents', value_cents,
      'crossRegion', proposal -> 'crossRegion', 'breaksSafetyStock', proposal -> 'breaksSafetyStock')`,
  },
  tryTransfer,
)

/** By the facts that each request was given its way by, the last time that it was asked for. */
const onChangeRequests = onRows<ChangeFacts, PolicyDocument<'approval-route'>>(
  {
    subject: 'change-request',
    table: sql.table('change_request'),
    facts: sql`(select facts from change_request_version as asked where asked.change_id = change_request.id
      and asked.request_version = change_request.request_version)`,
  },
  // Requests of before these facts were known.
  (policy, facts) => tryApprovalRoute(policy, { ...NEW_CUSTOMER, ...facts }),
)

/**
 * The days of China that lie in the window, as their figures were counted: what was measured against another target is
 * not counted anew.
 */
const onHealthDays: Trial<PolicyDocument<'health-score'>> = {
  subject: 'health-day',
  position: z.tuple([z.iso.date(), z.literal('day')]),
  count: async (_db, window, limit) => Math.min(daysOf(window, null, limit).length, limit),
  read: async (db, window, after, limit) => {
    const days = daysOf(window, after?.[0] ?? null, limit)
    const [newest, oldest] = [days[0], days.at(-1)]
    if (!newest || !oldest) return []
    const whole = { grain: 'day' as const, fromMs: oldest.fromMs, toMs: newest.toMs }
    const sums = await sumsByStart(db, whole, healthRowsOf({}, { kind: 'all' }))
    return days.map(({ fromMs }) => {
      const { day } = chinaTimeOf(fromMs)
      const found = sums.get(fromMs) ?? {}
      return { id: day, position: [day, 'day'], judge: (document) => tryHealthScore(document, found) }
    })
  },
}

/** The newest first, those before a day. */
function daysOf({ from, to }: Window, before: string | null, limit: number) {
  const toMs = before === null ? to.getTime() : Date.parse(`${before}T00:00:00+08:00`)
  return periodsBetween('day', { fromMs: from.getTime(), toMs }, { sort: 'newest', limit })
}

const onDifferences = onRows<FoundDifference, PolicyDocument<'reconciliation'>>(
  {
    subject: 'difference',
    table: sql.table('reconciliation_difference'),
    at: 'found_at',
    facts: sql`jsonb_build_object('counterpart', counterpart, 'kind', kind, 'valueDifference', value_difference,
      'differsInStatus', 'status' = any(facets), 'apartMs', abs(extract(epoch from
        (hub ->> 'at')::timestamptz - (there ->> 'at')::timestamptz)) * 1000)`,
  },
  tryReconciliation,
)

/** By the facts that were kept at each order's first check. */
const onCheckedOrders: Trial<PolicyDocument<'abnormal-order'>> = {
  ...onRows<RecordedFacts, PolicyDocument<'abnormal-order'>>(
    {
      subject: 'order',
      table: sql`(select order_id as id, checked_at as created_at, facts from order_check where number = 1) as checked`,
      facts: sql`facts`,
    },
    tryAbnormalOrder,
  ),
  stoppingRules: (document) => ({
    names: document.rules.map(({ name }) => name),
    stopAnything: rulesThatStopAnything(document),
  }),
}

/** Those who ordered in the window, by the scores that they have. */
const onCustomers = onRows<{ scores: RfmScores | null }, PolicyDocument<'customer-segments'>>(
  {
    subject: 'customer',
    table: sql.table('customer'),
    at: 'last_order_at',
    facts: sql`jsonb_build_object('scores', case when recency_score is not null then jsonb_build_object('recency',
      recency_score, 'frequency', frequency_score, 'monetary', monetary_score) end)`,
  },
  (policy, { scores }) => tryCustomerSegments(policy, scores),
)

/** Edges as they were seen last: the window does not matter. */
const onFlowEdges: Trial<PolicyDocument<'data-flow'>> = {
  subject: 'data-flow-edge',
  position: z.tuple([z.string().max(200), z.literal('edge')]),
  count: async (db, _window, limit) => {
    const { count } = await db
      .selectFrom('flow_edge')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('is_configured', '=', true)
      .executeTakeFirstOrThrow()
    return Math.min(count, limit)
  },
  read: async (db, _window, after, limit) => {
    const rows = await db
      .selectFrom('flow_edge')
      .selectAll()
      .where('is_configured', '=', true)
      .where('id', '>', after?.[0] ?? '')
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map((row) => {
      const edge: PresentEdge = {
        id: row.id,
        flow: row.flow,
        intervalSeconds: row.interval_seconds,
        ageTargetSeconds: row.age_target_seconds,
        figures: row.figures,
        checkedAtMs: row.checked_at.getTime(),
      }
      return { id: row.id, position: [row.id, 'edge'], judge: (document) => tryDataFlow(document, edge) }
    })
  },
}

/** How each kind is tried; null where a kind decides nothing about what has happened. */
export const TRIALS: { readonly [Kind in PolicyKind]: Trial<PolicyDocument<Kind>> | null } = {
  'order-life': onOrders(tryOrderLife, asTheyAre),
  reservation: onOrders(tryReservation, asTheyAre),
  allocation: onOrders(tryAllocation, addStock),
  'safety-stock': onStockLevels(trySafetyStock),
  // What a promotion may ask for, and where a warehouse keeps its stock, decide nothing about an order.
  promotion: null,
  'wms-mapping': null,
  'erp-mapping': null,
  'change-anomaly': null,
  notification: null,
  'combined-shipping': null,
  'health-score': onHealthDays,
  reconciliation: onDifferences,
  // What a remark said is not kept beside its order.
  'sensitive-words': null,
  'abnormal-order': onCheckedOrders,
  'customer-segments': onCustomers,
  'data-flow': onFlowEdges,
  inspection: onOrders(tryInspection, withTheirIds),
  transfer: onTransfers,
  'approval-route': onChangeRequests,
  replenishment: onReplenishment,
}
