import { sql } from 'kysely'
import { feedTargetsOf } from '../../connectors/channels/calls.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Db } from '../../store/database.ts'
import { healthTargetsOf, refreshHealth } from '../../store/health-refresh.ts'
import { fillTables } from '../catalogue.ts'
import { type Taken, taken } from '../cpu-time.ts'
import { type Figure, growthFigures } from '../figure.ts'
import type { Stage } from '../stage.ts'

/** The last days of orders; as far back as the log surely has partitions. */
const DAYS = 27
/** Orders that a turn finds changed: an hour of a month that sells evenly. */
const CHANGED_SHARE = 1 / (24 * DAYS)
const LEAST_ORDERS = 10_000
const MOST_GROWTH = 1.5

/**
 * The health score of so many orders: s to count all of them for the first time, and s for an hourly turn that finds an
 * hour's orders changed; of both also the processor time. Beside the smallest number of orders: what grows more than they
 * do is not incremental.
 *
 * @param most the largest number of orders; also measured are its tenths down to 10,000
 */
export async function measureHealthScore(stage: Stage, most: number): Promise<Figure[]> {
  const figures: Figure[] = []
  let few: { whole: Taken; turn: Taken } | null = null
  for (let orders = LEAST_ORDERS; orders <= most; orders *= 10) {
    const measured = await measure(stage, orders)
    few ??= measured
    stage.check()
    const times = orders / LEAST_ORDERS
    const common = { times, aimAtMost: MOST_GROWTH }
    const name = `health-score-1e${Math.round(Math.log10(orders))}`
    figures.push(
      ...growthFigures(name, measured.whole, few.whole, { ...common, against: '10,000 orders' }),
      ...growthFigures(`${name}-turn`, measured.turn, few.turn, {
        ...common,
        against: 'a turn over 10,000 orders',
      }),
    )
  }
  return figures
}

async function measure(stage: Stage, orders: number): Promise<{ whole: Taken; turn: Taken }> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_health_${orders}`)
  await fillTables(ownerUrl, fill(orders), () => stage.check())
  const whole = await taken(() => refresh(stage, db))
  const changed = Math.ceil(orders * CHANGED_SHARE)
  await sql`
    insert into operation_log (order_id, store_id, version, field, new_value, operator, source, source_time)
    select id, store_id, 2, 'status', 'delivered', 'bench', 'parcel_news', now()
    from orders where placed_by = 'bench' order by created_at desc limit ${changed}`.execute(db)
  return { whole, turn: await taken(() => refresh(stage, db)) }
}

async function refresh(stage: Stage, db: Db): Promise<void> {
  const document = POLICIES['health-score'].initial
  const targets = healthTargetsOf(
    { version: 0, document },
    {
      feeds: feedTargetsOf(CHANNEL_CONNECTORS, document.syncTargetSeconds),
      shipWithinSeconds: POLICIES['approval-route'].initial.shipWithinSeconds,
    },
  )
  while (!(await refreshHealth(db, { now: new Date(), targets })).isDone) stage.check()
}

/** Orders of the mall, spread over the days, with payment, parcel and scans; one in fifty is asked to be changed or complained about. */
function fill(orders: number): string[] {
  const placedAt = `now() - interval '${DAYS} days' * (n::float8 / ${orders})`
  return [
    "insert into contact (id, key_id, sealed, division_code) select gen_random_uuid(), 'bench', '\\x00', '330106'",
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents, paid_cents,
        reservation_expires_at, policy_versions, placed_by, created_at)
      select uuidv7(${placedAt} - now()), 'mall', 'MALL', contact.id, '330106', 'delivered', 40000, 0, 40000, now(), '{}', 'bench',
        ${placedAt} from generate_series(1, ${orders}) as n, contact where key_id = 'bench'`,
    `insert into operation_log (at, order_id, store_id, version, field, new_value, operator, source, source_time)
      select created_at + line.lag, id, store_id, line.version, 'status', line.status, 'bench', line.source, created_at
      from orders cross join (values (interval '0', 1, 'reserved', 'order.placed'), ('5 seconds', 2, 'paid', 'payment_received'),
        ('1 day', 3, 'shipped', 'fulfilment_packed'), ('2 days', 4, 'delivered', 'parcel_news'))
        as line (lag, version, status, source) where placed_by = 'bench'`,
    `insert into pick_task (id, order_id, warehouse_id, state, lines)
      select orders.id || '-F1', orders.id, warehouse.id, 'packed', '[]'
      from orders, (select id from warehouse order by id limit 1) as warehouse where placed_by = 'bench'`,
    `insert into pick_task_event (pick_task_id, event_id, type, body, result, operator, occurred_at)
      select id || '-F1', 'packed', 'packed', '{}', '{}', 'bench', created_at + interval '1 day' from orders where placed_by = 'bench'`,
    `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state)
      select id || '-P1', id, id || '-F1', 'sf', id::text, 'delivered' from orders where placed_by = 'bench'`,
    `insert into tracking_event (parcel_id, event_key, state, description, occurred_at)
      select id || '-P1', scan.state, scan.state, '', created_at + scan.lag
      from orders cross join (values ('in_transit', interval '30 hours'), ('delivered', interval '2 days')) as scan (state, lag)
      where placed_by = 'bench'`,
    `insert into complaint (id, order_id, store_id, channel, category, source, occurred_at, recorded_by)
      select gen_random_uuid(), id, store_id, channel, 'quality', 'customer_service', created_at + interval '3 days', 'bench'
      from orders where placed_by = 'bench' and random() < 0.02`,
    `insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version, expires_at,
        difference_cents, concession_cents, created_at, closed_at)
      select gen_random_uuid(), 'CR-20261101-' || lpad(row_number() over ()::text, 8, '0'), id, store_id, 'price', 'applied', 4,
        'clerk', 1, now(), 0, 0, created_at, created_at + interval '1 hour'
      from orders where placed_by = 'bench' and random() < 0.02`,
    `insert into change_request_version (change_id, request_version, change, reason_code, reason, order_version, effect, facts,
        steps, tier, policy_version, limits, submitted_by, submitted_at)
      select id, 1, '{}', 'goodwill', 'r', 1, '{}', '{}', '[{"levels": [{"deadlineSeconds": 14400}]}]', 'team-lead', 0,
        '{"minimumDeadlineSeconds": 900}', 'clerk', created_at from change_request`,
    `insert into change_approver (change_id, request_version, step_number, level_number, principal, account, state, opened_at,
        settled_at)
      select id, 1, 1, 1, 'lead', 'lead', 'approved', created_at, created_at + interval '1 hour' from change_request`,
    `insert into change_decision (id, change_id, request_version, step_number, level_number, order_version, account, decision,
        note, via, recorded_at)
      select id::text, id, 1, 1, 1, 1, 'lead', 'approve', '', 'console', created_at + interval '1 hour' from change_request`,
  ]
}
