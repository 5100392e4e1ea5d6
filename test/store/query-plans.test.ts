import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerOrdersQuery, listCustomersQuery } from '../../contracts/customers.ts'
import { healthOutcomesQuery } from '../../contracts/health-score.ts'
import { listInspectionsQuery } from '../../contracts/inspections.ts'
import { listListingsQuery } from '../../contracts/listings.ts'
import { operationLogQuery, orderStoryQuery } from '../../contracts/operation-log.ts'
import { listOrdersQuery } from '../../contracts/orders.ts'
import { listPickTasksQuery, listShipmentsQuery } from '../../contracts/pick-tasks.ts'
import { listEventDeliveriesQuery } from '../../contracts/subscriptions.ts'
import { listTransfersQuery } from '../../contracts/transfers.ts'
import { listWorkItemsQuery } from '../../contracts/work-items.ts'
import { chinaDayNumber } from '../../domain/customer-segment.ts'
import { INITIAL_SAFETY_STOCK_POLICY } from '../../domain/safety-stock.ts'
import { toldRows, unsettledIds, untoldChanges, untoldTransfers } from '../../store/carrying.ts'
import { listCouriers, listFollowedParcels } from '../../store/couriers.ts'
import { listCustomerOrders, listCustomers } from '../../store/customer-lists.ts'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { customerStandingOf } from '../../store/customer-service.ts'
import { createPool, type Db } from '../../store/database.ts'
import { claimDeliveries } from '../../store/delivery-queue.ts'
import {
  claimEvents,
  dueSubscriptions,
  fanOutEvents,
  subscriptionsBehind,
} from '../../store/event-deliveries.ts'
import { countSettled } from '../../store/flow-counts.ts'
import { readManualSteps } from '../../store/flow-manual-steps.ts'
import { courierStandings, deliveryStandings } from '../../store/flow-standings.ts'
import { listPickTasks, listShipments } from '../../store/fulfilment-queries.ts'
import { listHealthOutcomes } from '../../store/health-outcomes.ts'
import { refreshHealth } from '../../store/health-refresh.ts'
import type { Scope } from '../../store/identity.ts'
import { assignWaiting, raiseOverdueInspections } from '../../store/inspection-due.ts'
import { queueInspectionNotes } from '../../store/inspection-notes.ts'
import { type InspectionViewer, listInspections } from '../../store/inspection-queries.ts'
import { planDueListings } from '../../store/listing-plan.ts'
import { listListings } from '../../store/listing-queries.ts'
import { listOperationLog, listOrderLog } from '../../store/operation-log.ts'
import { countOrdersByMinute, listOrders } from '../../store/order-queries.ts'
import { readOrderStory } from '../../store/order-story.ts'
import { readOversellRisk } from '../../store/oversell-risk.ts'
import { readPastOrders } from '../../store/past-orders.ts'
import { addStock } from '../../store/past-stock.ts'
import { Policies } from '../../store/policy-cache.ts'
import { openOrders } from '../../store/reconcile.ts'
import { claimOrders, orderStandings, pendingMessages } from '../../store/relay.ts'
import { reserve } from '../../store/reservation.ts'
import { countNextHour } from '../../store/sales-figures.ts'
import type { Database } from '../../store/schema.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { listEventDeliveries } from '../../store/subscription-queries.ts'
import { listTransfers } from '../../store/transfer-queries.ts'
import { sourceTransfer } from '../../store/transfer-sourcing.ts'
import { listWorkItems } from '../../store/work-item-queries.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** 50,000 rows in every table that grows with the business, nearly all of them history. */
const ROWS = 50_000
/** A hot query looks at this many rows of a table at most: pages and batches, never the table. */
const ROWS_READ_LIMIT = 1_500
const BIG_TABLES = [
  'orders',
  'inbox',
  'inbox_body',
  'pick_task',
  'parcel',
  'reservation',
  'delivery',
  'work_item',
  'operation_log',
  'outbound_event',
  'event_delivery',
  'listing',
  'sales_day',
  'stock_ledger',
  'transfer',
  'transfer_leg',
  'health_outcome',
  'customer',
  'customer_identity',
  'customer_order',
  'inspection',
]

let database: TestDatabase
let pool: pg.Pool
let recorded: { sql: string; parameters: readonly unknown[] }[] = []
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool(database.appUrl, 2)
  db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => {
      recorded.push({ sql: query.sql, parameters: query.parameters })
    },
  })
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  for (const statement of FILL) await owner.query(statement)
  await owner.query('vacuum analyze')
  await owner.end()
}, 300_000)
afterAll(async () => {
  await db.destroy()
  await database.destroy()
})

/** Order 1 is the oldest. Ids and times grow together, as they do in life. */
const orderIdOf = (number: string) => `('00000000-0000-7000-8000-' || lpad((${number})::text, 12, '0'))::uuid`
const timeOf = (number: string) => `now() - interval '20 days' + (${number}) * interval '30 seconds'`
const FILL = [
  // Checking every reference of the filling would take longer than everything else here.
  `do $$ declare found record; begin
    for found in select conrelid::regclass as place, conname from pg_constraint where contype = 'f' and conparentid = 0 loop
      execute format('alter table %s drop constraint %I', found.place, found.conname);
    end loop;
  end $$`,
  `insert into sku (id, name, category, standard_price_cents, weight_grams)
    select 'SKU-' || n, 'x', 'x', 1, 1 from generate_series(1, 500) as n`,
  `insert into warehouse (id, name, division_code, longitude, latitude, region)
    select 'WH-' || n, 'x', '330106', 120, 30, 'east' from generate_series(1, 10) as n`,
  `insert into store (id, name, channel, region)
    select 'STORE-' || n, 'x', case when n = 1 then 'jd' else 'mall' end, case when n <= 2 then 'north' else 'east' end
    from generate_series(1, 20) as n`,
  `insert into contact (id, key_id, sealed, division_code) values ('00000000-0000-7000-8000-000000000000', 'k', '\\x00', '330106')`,
  `insert into orders (id, channel, store_id, external_order_id, contact_id, division_code, status, needs_attention,
      amount_cents, freight_cents, reservation_expires_at, policy_versions, placed_by, created_at, closed_at)
    select ${orderIdOf('n')}, case when n % 20 = 0 then 'jd' else 'mall' end, 'STORE-' || (1 + n % 20), 'EXT-' || n,
      '00000000-0000-7000-8000-000000000000', '330106',
      case when n % 200 = 0 then 'reserved' else 'completed' end, n % 500 = 0, 100, 0, now(), '{}', 'test',
      ${timeOf('n')}, case when n % 200 = 0 then null else now() end
    from generate_series(1, ${ROWS}) as n`,
  // Thousands of messages and deliveries wait for a later time, as after an outage.
  `with message as (
      insert into inbox (source, source_event_id, type, order_key, starts_order, state, occurred_at, received_at,
        next_attempt_at, settled_at)
      select 'checkout', n::text, 'order.placed', ${orderIdOf('n')}::text, true,
        case when n % 500 = 0 or n % 10 = 3 then 'pending' else 'delivered' end, now(), ${timeOf('n')},
        case when n % 10 = 3 then now() + interval '1 hour' else now() end,
        case when not (n % 500 = 0 or n % 10 = 3) then ${timeOf('n')} end
      from generate_series(1, ${ROWS}) as n returning id, received_at)
    insert into inbox_body (inbox_id, received_at, body) select id, received_at, '{}' from message`,
  `insert into pick_task (id, order_id, warehouse_id, state, lines, created_at)
    select ${orderIdOf('n')} || '-F1', ${orderIdOf('n')}, 'WH-' || (1 + n % 10),
      case when n % 400 = 1 then 'created' else 'packed' end, '[]', ${timeOf('n')}
    from generate_series(1, ${ROWS}) as n`,
  `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state, created_at)
    select ${orderIdOf('n')} || '-P1', ${orderIdOf('n')}, ${orderIdOf('n')} || '-F1', 'courier-' || n % 3, 'WB-' || n,
      case when n % 300 = 0 then 'in_transit' else 'delivered' end, ${timeOf('n')}
    from generate_series(1, ${ROWS}) as n`,
  `insert into stock_level (sku_id, warehouse_id, total, reserved)
    select 'SKU-' || s, 'WH-' || w, 1000000, 0 from generate_series(1, 500) as s, generate_series(1, 10) as w`,
  // One SKU has thousands of live holds, a few of them past their time.
  `insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id, quantity, state,
      expires_at, operation_id)
    select gen_random_uuid(), 'order_line', n || '/1', ${orderIdOf('n')}, 1,
      case when n % 5 = 0 then 'SKU-1' else 'SKU-' || (1 + n % 500) end, 'WH-' || (1 + n % 10), 1,
      case when n % 10 = 0 then 'held' when n % 10 = 5 then 'confirmed' else 'consumed' end,
      now() + case when n % 2000 = 0 then interval '-1 minute' else interval '1 hour' end, 'fill'
    from generate_series(1, ${ROWS}) as n`,
  `update stock_level set reserved = live.units from (select sku_id, warehouse_id, count(*) as units from reservation
      where state in ('held', 'confirmed') group by 1, 2) as live
    where stock_level.sku_id = live.sku_id and stock_level.warehouse_id = live.warehouse_id`,
  `insert into delivery (id, kind, target, operation_id, order_id, order_key, payload, state, created_at,
      next_attempt_at, settled_at)
    select gen_random_uuid(), 'pick_task_created', 'pda', n::text, ${orderIdOf('n')}, 'task-' || n, '{}',
      case when n % 500 = 0 or n % 10 = 3 then 'pending' when n % 500 = 1 then 'failed' else 'delivered' end,
      ${timeOf('n')}, case when n % 10 = 3 then 'infinity' else now() end,
      case when not (n % 500 = 0 or n % 10 = 3) then ${timeOf('n')} end
    from generate_series(1, ${ROWS}) as n`,
  `insert into work_item (id, kind, key, order_id, state, detail, created_at)
    select gen_random_uuid(), case when n % 2 = 0 then 'contradiction' else 'parcel_lost' end, n::text, ${orderIdOf('n')},
      case when n % 250 = 0 then 'open' else 'resolved' end, '{}', ${timeOf('n')}
    from generate_series(1, ${ROWS}) as n`,
  // Every SKU in every store; a few listings are down or stale. The last two hours of orders are not counted yet.
  `insert into listing_sku (sku_id, due_at) select 'SKU-' || n, now() - interval '1 minute' from generate_series(1, 500) as n`,
  `insert into listing (store_id, sku_id, version, quantity, sent_version, decided_at, confirmed_version,
      confirmed_quantity, confirmed_at)
    select 'STORE-' || s, 'SKU-' || n, 3, case when n % 100 = 0 then 0 else 50 end, 3, now() - n * interval '1 second',
      case when n % 50 = 0 then 2 else 3 end, case when n % 100 = 0 then 0 else 50 end, now()
    from generate_series(1, 20) as s, generate_series(1, 500) as n`,
  `insert into counted_hour (hour)
    select date_trunc('hour', max(created_at) - interval '3 hours', 'UTC') from orders`,
  `insert into order_day (day, store_id, warehouse_ids, orders)
    select (now() - d * interval '1 day')::date, 'STORE-' || s, array['WH-' || w], 100
    from generate_series(3, 20) as d, generate_series(1, 20) as s, generate_series(1, 10) as w`,
  `insert into sales_day (sku_id, store_id, day, quantity)
    select 'SKU-' || n, 'STORE-' || s, (now() - d * interval '1 day')::date, 1
    from generate_series(1, 500) as n, generate_series(1, 5) as s, generate_series(1, 20) as d`,
  `insert into transfer (id, sku_id, destination_id, quantity, status, version, carried_version, next_carry_at,
      requested_by, reason, proposal_number, maximum_proposals, proposal, approver_roles, policy_version, value_cents,
      deadlines, needs_attention, created_at, closed_at)
    select ${orderIdOf('n')}, 'SKU-' || (1 + n % 500), 'WH-' || (1 + n % 10), 1,
      case when n % 200 = 0 then 'reserved' else 'received' end, 5, case when n % 500 = 0 then 4 else 5 end, now(),
      'person-' || n % 300, 'x', 1, 1, '{"legs": [], "freightCents": 0}', '{}', 1, 1, '{}', n % 500 = 0, ${timeOf('n')},
      case when n % 200 = 0 then null else now() end
    from generate_series(1, ${ROWS}) as n`,
  `insert into transfer_leg (transfer_id, leg_number, sku_id, source_id, destination_id, heading_to, path, reserved,
      dispatched, received)
    select ${orderIdOf('n')}, 1, 'SKU-' || (1 + n % 500), 'WH-' || (1 + (n + 1) % 10), 'WH-' || (1 + n % 10),
      'WH-' || (1 + n % 10), '{a,b}', 1, 1, case when n % 200 = 0 then 0 else 1 end
    from generate_series(1, ${ROWS}) as n`,
  // What one SKU sold, nearly all of it before the days that daily sales are taken from.
  `insert into stock_ledger (sku_id, warehouse_id, kind, shipped_delta, operation_id, operator, recorded_at)
    select 'SKU-1', 'WH-' || (1 + n % 10), 'ship', 1, n::text, 'test', now() - interval '27 days' - n * interval '1 hour'
    from generate_series(1, ${ROWS}) as n`,
  // A subscription whose receiver is well, one that is dead with all that it may have under way, and their past.
  `insert into outbound_event (type, order_key, store_id, at, data)
    select 'order.paid', 'order/' || n / 5, 'STORE-1', ${timeOf('n')}, '{}' from generate_series(1, ${ROWS}) as n`,
  `insert into subscription (id, name, url, event_types, position, created_by, throttled_until, consecutive_failures, failing_since)
    select ${orderIdOf('n')}, 'receiver ' || n, 'https://example.com/', '{order.*}', ${ROWS} - 1000, 'test',
      case when n = 2 then now() + interval '1 hour' end, case when n = 2 then 9 else 0 end,
      case when n = 2 then now() end
    from generate_series(1, 20) as n`,
  `insert into event_delivery (subscription_id, position, event_type, order_key, state, settled_at)
    select ${orderIdOf('1 + n % 2')}, n, 'order.paid', 'order/' || n / 5,
      case when n % 2 = 1 and n > ${ROWS} - 10000 or n % 1000 = 0 then 'pending' else 'delivered' end,
      case when n % 2 = 1 and n > ${ROWS} - 10000 or n % 1000 = 0 then null else now() end
    from generate_series(1, ${ROWS}) as n`,
  `insert into operation_log (at, order_id, store_id, version, field, operator, source, subject_id)
    select ${timeOf('n')}, ${orderIdOf('n')}, 'STORE-' || (1 + n % 20), 1, 'status',
      case when n % 10 = 0 then 'person-' || n % 300 else 'system' end, 'source-' || n % 30, 'SUBJECT-' || n
    from generate_series(1, ${ROWS}) as n`,
  `insert into health_outcome (component, source_id, part, happened_at, channel, store_id, warehouse_id, order_id, measured,
      missed)
    select 'onTimeFulfilment', ${orderIdOf('n')}, 'WH-' || (1 + n % 10), ${timeOf('n')}, 'mall', 'STORE-' || (1 + n % 20),
      'WH-' || (1 + n % 10), ${orderIdOf('n')}, 1, (n % 500 = 0)::int
    from generate_series(1, ${ROWS}) as n`,
  // Half of all customers have not ordered in the window; what they paid has nothing to do with when that was.
  `insert into customer (id, orders, lifetime_orders, amount_cents, net_cents, complaints, first_order_at, last_order_at,
      last_order_day, preferred_channel, preferred_warehouse, recency_score, frequency_score, monetary_score, segment)
    select ${orderIdOf('n')}, orders, orders, net, net, case when n % 501 = 0 then 1 + n % 3 else 0 end, at, at,
      coalesce(floor(extract(epoch from at) / 86400 + 1.0 / 3)::int, 0),
      case when orders > 0 then case when n % 1001 = 0 then 'jd' else 'mall' end end,
      case when orders > 0 then 'WH-' || (1 + n % 10) end,
      score, score, score, case when orders > 0 then case when n % 999 = 0 then 'rare' else 'segment-' || n % 8 end end
    from (
      select n, case when n % 2 = 1 then 1 + n % 37 else 0 end as orders, case when n % 2 = 1 then 3 end as score,
        case when n % 2 = 1 then n::bigint * 7919 % ${ROWS} else 0 end as net,
        case when n % 2 = 1 then now() - (n::bigint * 104729 % 365) * interval '1 day' end as at
      from generate_series(1, ${ROWS}) as n) as customers`,
  `insert into customer_identity (id, customer_id, kind, channel, hash)
    select ${orderIdOf('n')}, ${orderIdOf('n')}, 'phone', 'mall', sha256(n::text::bytea) from generate_series(1, ${ROWS}) as n`,
  `insert into customer_order (order_id, identity_id, ordered_at, channel, store_id, warehouse_id, counts, amount_cents,
      net_cents, returned, change_requests, complaints)
    select ${orderIdOf('n')}, ${orderIdOf('n')}, ${timeOf('n')}, 'mall', 'STORE-1', 'WH-1', true, 100, 100, false, 0, 0
    from generate_series(1, ${ROWS}) as n where n <> 200`,
  // Order 200 is a moment old: nobody has counted it, but its number is known.
  `with fresh as (
      insert into contact (id, key_id, sealed, customer, division_code)
      values ('00000000-0000-7000-8000-000000000200', 'k', '\\x00', sha256('7'), '330106') returning id)
    update orders set contact_id = fresh.id from fresh where orders.id = ${orderIdOf('200')}`,
  `insert into customer_due (order_id) select ${orderIdOf('n')} from unnest(array[200, 400, 600]) as n`,
  `update customer_state set started = true, transaction_id = pg_current_xact_id(), window_from = now() - interval '364 days',
    graded_on = ${chinaDayNumber(Date.now())}`,
  // A few are open, of these some have nobody; a few have failed, and a few were in a region where little is sold.
  `insert into inspection (id, order_id, store_id, channel, division_code, region, state, policy_version, drawn_by, checklist,
      place_rule, when_photo_old, assignee, assigned_at, created_at, due_at, closed_at, closed_by, submission_id,
      submission_sha256, result)
    select ${orderIdOf('n')}, ${orderIdOf('n')}, 'STORE-' || (1 + n % 20), 'mall', '330106',
      case when n % 300 = 0 then '西北' else '华东' end, done.state, 1, '{}', '{"title": "x"}', '{}', 'note',
      case when n % 400 > 0 then 'person-' || n % 300 end, case when n % 400 > 0 then ${timeOf('n')} end, ${timeOf('n')},
      ${timeOf('n')} + interval '3 days', done.at, done.by, done.submission, done.sha256, done.result::jsonb
    from generate_series(1, ${ROWS}) as n cross join lateral (
      select 'open' as state, null::timestamptz as at, null as by, null::uuid as submission, null::bytea as sha256, null as result
        where n % 200 = 0
      union all
      select case when n % 250 = 1 then 'failed' else 'passed' end, now(), 'x', ${orderIdOf('n')}, sha256('x'), '{}' where n % 200 > 0
    ) as done`,
]

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Plan[]
}
type Scan = { table: string; node: string; rowsRead: number }

/** The big tables that the work reads, how, and how many rows it looks at; nothing that the work writes stays. */
async function scansOf(work: (db: Db) => Promise<unknown>): Promise<Scan[]> {
  recorded = []
  await work(db)
  // An insert of values reads nothing, and a second time it would collide with the first.
  const statements = recorded.filter(
    ({ sql }) =>
      /^(\/\*.*\*\/)?\s*(select|with|insert|update|delete)/i.test(sql) &&
      !/^insert into "delivery" .* values /i.test(sql),
  )
  expect(statements.length).toBeGreaterThan(0)
  const client = await pool.connect()
  const scans: Scan[] = []
  try {
    await client.query('begin')
    for (const { sql, parameters } of statements) {
      const { rows } = await client.query(`explain (analyze, format json) ${sql}`, [...parameters])
      scans.push(...scansIn(rows[0]['QUERY PLAN'][0].Plan))
    }
  } finally {
    await client.query('rollback')
    client.release()
  }
  return scans
}

function scansIn(plan: Plan): Scan[] {
  const below = (plan.Plans ?? []).flatMap(scansIn)
  // A partition counts as the table that it belongs to.
  const table = plan['Relation Name']?.replace(/_\d{6}$/, '')
  if (!table || !BIG_TABLES.includes(table) || !plan['Node Type'].includes('Scan')) return below
  const perLoop =
    plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0)
  return [{ table, node: plan['Node Type'], rowsRead: Math.round(perLoop * plan['Actual Loops']) }, ...below]
}

async function expectNarrow(work: (db: Db) => Promise<unknown>, tables: string[]): Promise<void> {
  const scans = await scansOf(work)
  for (const table of tables) expect(scans.map((scan) => scan.table)).toContain(table)
  const wide = scans.filter(
    (scan) => scan.rowsRead > ROWS_READ_LIMIT || (scan.node === 'Seq Scan' && scan.rowsRead > 0),
  )
  expect(wide).toEqual([])
}

const everything: Scope = { kind: 'all' }
const orderIds = [200, 400, 600].map(
  (number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
)

describe('the relay and the queues', () => {
  test('claiming orders reads what is pending, not the inbox', () =>
    expectNarrow((db) => claimOrders(db, uuid(), 64, 30), ['inbox']))

  test('reading the messages of claimed orders reads those orders only', () =>
    expectNarrow((db) => pendingMessages(db, orderIds), ['inbox']))

  test('looking up how orders stand reads those orders only, whatever keys came in', () =>
    expectNarrow((db) => orderStandings(db, [...orderIds, 'not-an-id']), ['orders']))

  test('claiming deliveries reads what is pending, not the history', () =>
    expectNarrow((db) => claimDeliveries(db, 'pda', 16, 20), ['delivery']))

  test('comparing open orders with Temporal reads a slice of the open ones', () =>
    expectNarrow((db) => openOrders(db, '00000000-0000-0000-0000-000000000000', 100), ['orders', 'inbox']))
})

describe('events to other systems', () => {
  const well = orderIds[0]?.replace(/\d{12}$/, '000000000001') ?? ''

  test('a round of the sender reads what is due, not the delivery log', () =>
    expectNarrow(
      async (db) => {
        await dueSubscriptions(db)
        await claimEvents(db, { subscriptionId: well, limit: 8, claimSeconds: 60 })
      },
      ['event_delivery'],
    ))

  test('fanning out reads the next events, not the log of events', () =>
    expectNarrow(
      async (db) => {
        await subscriptionsBehind(db)
        await fanOutEvents(db, well, 500)
      },
      ['outbound_event', 'event_delivery'],
    ))

  test.each<[string, Record<string, string>]>([
    ['newest', {}],
    ['given up', { state: 'exhausted' }],
    ['delivered, oldest first', { state: 'delivered', sort: 'oldest' }],
    ['of a type', { type: 'order.paid' }],
    ['of an order', { key: 'order/77' }],
  ])('the delivery log, %s, reads about a page', (_, filters) =>
    expectNarrow(
      (db) => listEventDeliveries(db, well, listEventDeliveriesQuery.parse(filters)),
      ['event_delivery'],
    ),
  )
})

describe('the data-flow map', () => {
  test('a round counts what was settled since, not what ever was', () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
    const [from, to] = [daysAgo(11), daysAgo(10.9)]
    return expectNarrow(
      (db) => db.transaction().execute((tx) => countSettled(tx, { from, to })),
      ['inbox', 'delivery', 'event_delivery'],
    )
  })

  test('steps by hand are read from the open work items', () =>
    expectNarrow((db) => readManualSteps(db), ['work_item']))

  test('what waits for one system is not read to know what waits for another', () =>
    expectNarrow((db) => deliveryStandings(db, ['erp', 'payment', 'wecom']), ['delivery']))

  test('how couriers stand is read from the parcels under way, and of their orders each by its id', () =>
    expectNarrow((db) => courierStandings(db), ['parcel', 'orders']))

  test('how couriers stand, and their parcels one by one, are read from those under way', async () => {
    const connection = {
      source: 'gateway',
      sourceUrl: '',
      pushes: false,
      callsPerSecond: 1,
      waybillsPerCall: 1,
    } as const
    await expectNarrow(
      (db) => listCouriers(db, { limit: 50, sort: 'courier' }, () => connection),
      ['parcel', 'orders'],
    )
    await expectNarrow(
      (db) => listFollowedParcels(db, 'courier-0', { limit: 50, sort: 'newest' }),
      ['parcel'],
    )
  })
})

describe('stock', () => {
  test('reserving a hot SKU reads its holds past their time, not all of its holds', () =>
    expectNarrow(
      (db) =>
        db.transaction().execute((tx) =>
          reserve(tx, {
            orderId: orderIds[0] ?? '',
            channel: 'mall',
            divisionCode: '330106',
            demand: [{ lineNumber: 7, skuId: 'SKU-1', quantity: 1 }],
            expiresAt: new Date(Date.now() + 60_000),
            operationId: uuid(),
            confirmed: false,
            operator: 'test',
          }),
        ),
      ['reservation'],
    ))

  test('the audit of a SKU reads its own holds and movements, not those of others', () =>
    expectNarrow((db) => auditStock(db, { skuId: 'SKU-7', limit: 1 }), ['reservation', 'stock_ledger']))
})

describe('transfers', () => {
  const wish = { skuId: 'SKU-1', destinationId: 'WH-1', quantity: 1 }

  test('proposing reads the sales of the days that count, not the whole ledger', () =>
    expectNarrow((db) => sourceTransfer(db, wish), ['stock_ledger', 'reservation']))

  test('telling workflows reads what they have not heard, comparing reads a slice of the open ones', () =>
    expectNarrow(
      async (db) => {
        await untoldTransfers(db, 50)
        await unsettledIds(db, 'transfer', orderIds[0] ?? '', 50)
        await untoldChanges(db, 50)
        await unsettledIds(db, 'change_request', orderIds[0] ?? '', 50)
        await toldRows(db, 'transfer', null, 0, 50)
        await toldRows(db, 'change_request', null, 0, 50)
      },
      ['transfer'],
    ))

  test('units on their way to a warehouse are counted from what is on its way', () =>
    expectNarrow(
      (db) => db.selectFrom('stock_in_transit').selectAll().where('sku_id', '=', 'SKU-200').execute(),
      ['transfer_leg'],
    ))

  test.each<[string, Record<string, string>]>([
    ['newest', {}],
    ['oldest', { sort: 'oldest' }],
    ['of a rare status', { status: 'reserved' }],
    ['that are open', { open: 'true', sort: 'oldest' }],
    ['that need attention', { needsAttention: 'true' }],
    ['of a SKU', { skuId: 'SKU-77' }],
    ['from or to a warehouse', { warehouseId: 'WH-3' }],
  ])('%s: a page reads about a page', (_, filters) =>
    expectNarrow(
      (db) => listTransfers(db, listTransfersQuery.parse({ limit: '50', ...filters })),
      ['transfer'],
    ),
  )
})

describe('customers', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  // Customers themselves are written by their ids, and not read.
  const known = ['customer_identity', 'customer_order']

  test('a turn reads the orders that have changed and their customers only', () =>
    expectNarrow((db) => refreshCustomers(db, { now: new Date() }), [...known, 'orders', 'reservation']))

  test('whose an order is, counted or not, is found without reading others', () =>
    expectNarrow(
      async (db) => {
        for (const orderId of orderIds)
          expect((await customerStandingOf(db, orderId)).customerId).not.toBeNull()
      },
      ['customer', 'customer_identity'],
    ))

  test('a customer’s orders are read without those of others', () =>
    expectNarrow(
      (db) => listCustomerOrders(db, orderIds[1] ?? '', customerOrdersQuery.parse({})),
      ['customer_order'],
    ))

  test.each<[string, Record<string, string>]>([
    ['the most valuable', {}],
    ['the most frequent', { sort: 'frequent' }],
    ['the most recent', { sort: 'recent' }],
    ['those who have lapsed', { sort: 'lapsed' }],
    ['those who complain most', { sort: 'complaining' }],
    ['of a rare segment', { segment: 'rare' }],
    ['of a rare segment, lapsed', { segment: 'rare', sort: 'lapsed' }],
    ['of a segment that nobody is in, the most frequent', { segment: 'empty', sort: 'frequent' }],
    ['of no segment', { segment: 'none' }],
    ['of no segment, the most recent', { segment: 'none', sort: 'recent' }],
    ['of a channel that few prefer', { preferredChannel: 'jd', sort: 'recent' }],
    ['of a warehouse', { preferredWarehouseId: 'WH-4', sort: 'frequent' }],
    ['of a warehouse that nobody prefers', { preferredWarehouseId: 'WH-99', sort: 'lapsed' }],
    ['who have complained', { complained: 'true', sort: 'recent' }],
    ['who have not complained', { complained: 'false', sort: 'lapsed' }],
    ['with many orders, lapsed', { minimumOrders: '30', sort: 'lapsed' }],
    ['with more orders than anybody, lapsed', { minimumOrders: '1000', sort: 'lapsed' }],
    ['with much money, the most frequent', { minimumNetCents: '49900', sort: 'frequent' }],
    ['who ordered lately, the longest ago first', { lastOrderFrom: daysAgo(5), sort: 'lapsed' }],
    ['who ordered lately, the most valuable', { lastOrderFrom: daysAgo(2) }],
    ['who ordered long ago, the latest first', { lastOrderTo: daysAgo(300), sort: 'recent' }],
    ['by several filters', { segment: 'segment-3', complained: 'true', minimumOrders: '30' }],
  ])('%s: a page, and the page after it, read about a page', async (_, filters) => {
    const first = listCustomersQuery.parse(filters)
    await expectNarrow((db) => listCustomers(db, first, new Date()), ['customer'])
    const { nextCursor } = await listCustomers(db, first, new Date())
    if (nextCursor === null) return
    const next = listCustomersQuery.parse({ ...filters, cursor: nextCursor })
    await expectNarrow((db) => listCustomers(db, next, new Date()), ['customer'])
  })
})

describe('listings and figures', () => {
  const context = {
    policy: { version: 0, document: INITIAL_SAFETY_STOCK_POLICY },
    connectedChannels: ['mall'],
  }

  test('deciding what is due reads the listings, levels and deliveries of those SKUs only', () =>
    expectNarrow((db) => planDueListings(db, context, 5), ['listing', 'sales_day', 'delivery']))

  test('counting an hour reads the orders of that hour', () =>
    expectNarrow((db) => countNextHour(db), ['orders', 'reservation']))

  test('the risk of overselling reads what is counted, and the orders since', () =>
    expectNarrow((db) => readOversellRisk(db, { from: '2000-01-01', to: '2100-01-01' }), ['orders']))

  test.each<[string, Record<string, string>]>([
    ['by store', {}],
    ['by SKU', { sort: 'sku' }],
    ['decided last', { sort: 'newest' }],
    ['of a store', { storeId: 'STORE-7' }],
    ['of a SKU', { skuId: 'SKU-77', sort: 'sku' }],
    ['that are taken down', { state: 'delisted' }],
    ['that are stale', { stale: 'true' }],
    ['of a store that are stale', { storeId: 'STORE-7', stale: 'true' }],
  ])('listings %s: a page, and the page after it, read about a page', async (_, filters) => {
    const first = listListingsQuery.parse({ limit: '50', ...filters })
    await expectNarrow((db) => listListings(db, first, everything), ['listing'])
    const { nextCursor } = await listListings(db, first, everything)
    if (nextCursor === null) return
    const next = listListingsQuery.parse({ limit: '50', ...filters, cursor: nextCursor })
    await expectNarrow((db) => listListings(db, next, everything), ['listing'])
  })
})

describe('inspections', () => {
  const from = new Date(Date.now() - 5 * 86_400_000).toISOString()
  const to = new Date(Date.now() - 5 * 86_400_000 + 3_600_000).toISOString()
  const viewers: Record<string, InspectionViewer> = {
    everybody: { scope: everything, userName: 'boss' },
    store: { scope: { kind: 'stores', storeIds: ['STORE-3'] }, userName: 'person-20' },
    region: { scope: { kind: 'region', region: 'north' }, userName: 'person-20' },
    field: { scope: { kind: 'stores', storeIds: [] }, userName: 'person-20' },
  }

  test.each<[string, keyof typeof viewers, Record<string, string>]>([
    ['newest', 'everybody', {}],
    ['oldest', 'everybody', { sort: 'oldest' }],
    ['by when they are due', 'everybody', { sort: 'due' }],
    ['that are open, by when they are due', 'everybody', { state: 'open', sort: 'due' }],
    ['that are overdue', 'everybody', { overdue: 'true' }],
    ['that have failed', 'everybody', { state: 'failed' }],
    ['that have nobody', 'everybody', { unassigned: 'true' }],
    ['of an order', 'everybody', { orderId: orderIds[0] ?? '' }],
    ['of a store', 'everybody', { storeId: 'STORE-7' }],
    ['of a region', 'everybody', { region: '西北' }],
    ['of somebody', 'everybody', { assignee: 'person-7' }],
    ['of an hour', 'everybody', { from, to }],
    ['that a store may see', 'store', {}],
    ['that a region may see', 'region', {}],
    ['that an inspector is sent to', 'field', {}],
    ['that an inspector has to go to, by when', 'field', { state: 'open', sort: 'due' }],
  ])('%s: a page, and the page after it, read about a page', async (_, name, filters) => {
    const viewer = viewers[name] ?? { scope: everything, userName: null }
    const first = listInspectionsQuery.parse({ limit: '50', ...filters })
    await expectNarrow((db) => listInspections(db, first, viewer), ['inspection'])
    const { nextCursor } = await listInspections(db, first, viewer)
    if (nextCursor === null) return
    const next = listInspectionsQuery.parse({ limit: '50', ...filters, cursor: nextCursor })
    await expectNarrow((db) => listInspections(db, next, viewer), ['inspection'])
  })

  test('the loops read what is open, not the history', () =>
    expectNarrow(
      async (db) => {
        await queueInspectionNotes(db, 50)
        await raiseOverdueInspections(db, 50)
        await assignWaiting(db, new Policies(), { after: null, limit: 50 })
      },
      ['inspection'],
    ))
})

describe('the health score', () => {
  const targets = { policyVersion: 0, rows: [{ kind: 'sync' as const, key: '', seconds: 60 }] }
  const refresh = (db: Db) =>
    refreshHealth(db, { now: new Date(), targets, sourcesARound: 50, hoursARound: 3 })
  const month = { grain: 'month' as const, at: new Date(Date.now() - 10 * 86_400_000).toISOString() }
  beforeAll(async () => {
    await sql`
      update health_state set targets = ${JSON.stringify(targets.rows)}, counted_until = now(),
        transaction_id = pg_snapshot_xmin(pg_current_snapshot())`.execute(db)
  })

  test('a round reads what belongs to the orders that have changed, not those before them', async () => {
    await sql`
      insert into health_due (kind, source_id) select 'order', id from orders order by created_at desc limit 50`.execute(
      db,
    )
    await expectNarrow(refresh, ['orders', 'operation_log', 'health_outcome'])
  })

  test('summing an hour reads the outcomes of that hour', async () => {
    await sql`delete from health_due_hour`.execute(db)
    await sql`
      insert into health_due_hour (hour, component)
      select date_trunc('hour', now(), 'UTC') - n * interval '1 hour', 'onTimeFulfilment'
      from generate_series(50, 52) as n`.execute(db)
    await expectNarrow(refresh, ['health_outcome'])
  })

  test.each<[string, Record<string, string>]>([
    ['newest', {}],
    ['oldest', { sort: 'oldest' }],
    ['that were missed', { missed: 'true' }],
    ['that were missed in a store', { missed: 'true', storeId: 'STORE-1' }],
    ['of a store', { storeId: 'STORE-7' }],
  ])('outcomes of a month, %s: a page, and the page after it, read about a page', async (_, filters) => {
    const list = (db: Db, cursor: string | null) =>
      listHealthOutcomes(
        db,
        {
          component: 'onTimeFulfilment',
          query: healthOutcomesQuery.parse({ ...month, ...filters, ...(cursor ? { cursor } : {}) }),
        },
        everything,
        new Date(),
      )
    await expectNarrow((db) => list(db, null), ['health_outcome'])
    const { nextCursor } = await list(db, null)
    if (nextCursor !== null) await expectNarrow((db) => list(db, nextCursor), ['health_outcome'])
  })
})

describe('policies', () => {
  const window = { from: new Date(0), to: new Date(Date.now() + 86_400_000) }

  test('trying one on the past reads a batch of orders with what became of them and what they were given', () =>
    expectNarrow(
      async (db) => addStock(db, await readPastOrders(db, window, null, 100)),
      ['orders', 'operation_log', 'reservation'],
    ))

  test('so does the next batch', async () => {
    const last = (await readPastOrders(db, window, null, 100)).at(-1)?.position ?? null
    await expectNarrow((db) => readPastOrders(db, window, last, 100), ['orders'])
  })
})

describe('lists', () => {
  const from = new Date(Date.now() - 5 * 86_400_000).toISOString()
  const to = new Date(Date.now() - 5 * 86_400_000 + 3_600_000).toISOString()
  test.each<[string, Record<string, string>]>([
    ['newest', {}],
    ['oldest', { sort: 'oldest' }],
    ['of a rare status', { status: 'reserved' }],
    ['of a common status', { status: 'completed', sort: 'oldest' }],
    ['of a store', { storeId: 'STORE-7' }],
    ['of a store and status', { storeId: 'STORE-1', status: 'reserved' }],
    ['of a channel', { channel: 'jd' }],
    ['that need attention', { needsAttention: 'true' }],
    ['that need no attention', { needsAttention: 'false' }],
    ['by the id that the channel gave', { externalOrderId: 'EXT-4711' }],
    ['of a store by the id that the channel gave', { storeId: 'STORE-12', externalOrderId: 'EXT-4711' }],
    ['of an hour', { createdFrom: from, createdTo: to }],
  ])('orders %s: a page, and the page after it, read about a page', async (_, filters) => {
    const first = listOrdersQuery.parse({ limit: '50', ...filters })
    await expectNarrow((db) => listOrders(db, first, everything), ['orders'])
    const { nextCursor } = await listOrders(db, first, everything)
    if (nextCursor === null) return
    const next = listOrdersQuery.parse({ limit: '50', ...filters, cursor: nextCursor })
    await expectNarrow((db) => listOrders(db, next, everything), ['orders'])
  })

  test.each<[string, Scope]>([
    ['everybody', everything],
    ['stores', { kind: 'stores', storeIds: ['STORE-3', 'STORE-4'] }],
  ])('orders of %s are counted by the minute from those of that time', (_, scope) =>
    expectNarrow((db) => countOrdersByMinute(db, { from, to }, scope), ['orders']),
  )

  test.each<[string, Scope]>([
    ['stores', { kind: 'stores', storeIds: ['STORE-3', 'STORE-4'] }],
    ['a region', { kind: 'region', region: 'north' }],
  ])('orders in the scope of %s read about a page', (_, scope) =>
    expectNarrow((db) => listOrders(db, listOrdersQuery.parse({}), scope), ['orders']),
  )

  test.each<[string, Record<string, string>]>([
    ['open in a warehouse', { warehouseId: 'WH-2' }],
    ['open anywhere', {}],
    ['packed in a warehouse, newest first', { warehouseId: 'WH-2', state: 'packed', sort: 'newest' }],
    ['of an order', { orderId: orderIds[0] ?? '', state: 'packed' }],
  ])('pick tasks %s read about a page', (_, filters) =>
    expectNarrow((db) => listPickTasks(db, listPickTasksQuery.parse(filters), everything), ['pick_task']),
  )

  test.each<[string, Record<string, string>]>([
    ['newest', {}],
    ['of an order', { orderId: orderIds[0] ?? '' }],
    ['by waybill', { waybillNumber: 'WB-4711' }],
    ['in transit', { state: 'in_transit' }],
  ])('shipments %s read about a page', (_, filters) =>
    expectNarrow((db) => listShipments(db, listShipmentsQuery.parse(filters), everything), ['parcel']),
  )

  test.each<[string, Record<string, string>]>([
    ['open', {}],
    ['resolved, newest first', { state: 'resolved', sort: 'newest' }],
    ['of an order', { orderId: orderIds[0] ?? '', state: 'resolved' }],
    ['put off', { snoozed: 'only' }],
    ['of a day', { waited: 'overDay' }],
    ['of less than an hour', { waited: 'underHour' }],
  ])('work items %s read about a page', (_, filters) =>
    expectNarrow(
      (db) => listWorkItems(db, listWorkItemsQuery.parse(filters), everything, new Date()),
      ['work_item'],
    ),
  )

  test.each<[string, Record<string, string>]>([
    ['the newest', {}],
    ['the oldest', { sort: 'oldest' }],
    ['of a person', { operator: 'person-20' }],
    ['of the system', { operator: 'system' }],
    ['of a source', { source: 'source-7' }],
    ['of a store', { storeId: 'STORE-12' }],
    ['of a payment', { subjectId: 'SUBJECT-4711' }],
    ['of an order', { orderId: orderIds[0] ?? '' }],
    ['of an hour', { from, to }],
    ['of a person in an hour', { operator: 'person-20', from, to }],
  ])('the operation log, %s: a page, and the page after it, read about a page', async (_, filters) => {
    const first = operationLogQuery.parse({ limit: '50', ...filters })
    await expectNarrow((db) => listOperationLog(db, first, everything), ['operation_log'])
    const { nextCursor } = await listOperationLog(db, first, everything)
    if (nextCursor === null) return
    const next = operationLogQuery.parse({ limit: '50', ...filters, cursor: nextCursor })
    await expectNarrow((db) => listOperationLog(db, next, everything), ['operation_log'])
  })

  test.each<[string, Scope]>([
    ['stores', { kind: 'stores', storeIds: ['STORE-3', 'STORE-4'] }],
    ['a region', { kind: 'region', region: 'north' }],
  ])('the operation log in the scope of %s reads about a page', (_, scope) =>
    expectNarrow((db) => listOperationLog(db, operationLogQuery.parse({}), scope), ['operation_log']),
  )

  test('the story of an order reads what is its own', () =>
    expectNarrow(
      (db) => readOrderStory(db, orderIds[0] ?? '', orderStoryQuery.parse({})),
      ['operation_log', 'stock_ledger', 'inbox', 'delivery', 'work_item', 'inspection'],
    ))

  test('the log of an order reads that order’s entries', () =>
    expectNarrow((db) => listOrderLog(db, orderIds[0] ?? '', { limit: 50 }), ['operation_log']))
})
