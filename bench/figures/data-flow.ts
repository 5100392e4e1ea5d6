import { POLICIES } from '../../contracts/policies/index.ts'
import type { Db } from '../../store/database.ts'
import type { OutsideSystems } from '../../store/flow-configuration.ts'
import { watchFlows } from '../../store/flow-watch.ts'
import { fillTables } from '../catalogue.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

/** The last days of orders; as far back as the log surely has partitions. */
const DAYS = 27
/** So long a parcel is under way. */
const PARCEL_DAYS = 3
const SHOPS = 20
const LEAST_ORDERS = 10_000
const ROUNDS = 9
/** A tenth of the time between two looks. */
const ALLOWED_MS = 1_500

const OUTSIDE: OutsideSystems = {
  feedOf: () => ({
    channel: 'doudian',
    pushTargetSeconds: 60,
    pullTargetSeconds: 300,
    pullIntervalSeconds: 30,
  }),
  listingChannels: ['mall'],
  courierPushSources: ['kuaidi100'],
  statementsOf: ['finance', 'crm'],
  messageWays: ['sms'],
  hasErp: true,
  sendsAlerts: true,
  sendsCards: true,
}

/**
 * ms of one look at all flows, beside so many orders; `-first` is one after a pause, which counts a quarter of an hour.
 *
 * @param most the largest number of orders; also measured are its tenths down to 10,000
 */
export async function measureDataFlow(stage: Stage, most: number): Promise<Figure[]> {
  const figures: Figure[] = []
  let few: { first: number; round: number } | null = null
  for (let orders = LEAST_ORDERS; orders <= most; orders *= 10) {
    const taken = await measure(stage, orders)
    few ??= taken
    const name = `data-flow-1e${Math.round(Math.log10(orders))}`
    const aim = { valueAtMost: ALLOWED_MS }
    const against = '10,000 orders'
    figures.push(
      { name, value: taken.round, unit: 'ms', baseline: few.round, aim, against },
      { name: `${name}-first`, value: taken.first, unit: 'ms', baseline: few.first, aim, against },
    )
  }
  return figures
}

async function measure(stage: Stage, orders: number): Promise<{ first: number; round: number }> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_flow_${orders}`)
  await fillTables(ownerUrl, fill(orders), () => stage.check())
  const first = await look(db)
  const rounds: number[] = []
  for (let count = 0; count < ROUNDS; count += 1) rounds.push(await look(db))
  stage.check()
  return { first, round: median(rounds) }
}

async function look(db: Db): Promise<number> {
  const startedAt = performance.now()
  const document = POLICIES['data-flow'].initial
  const round = await watchFlows(db, { outside: OUTSIDE, policy: { version: 0, document }, now: new Date() })
  if (!round) throw new Error('nobody else should be looking')
  return performance.now() - startedAt
}

/**
 * Orders of shops, spread over the days, with their messages, deliveries, parcels and events. One in a hundred messages
 * waits, and one in five hundred orders has an open item.
 */
function fill(orders: number): string[] {
  const at = `now() - interval '${DAYS} days' * (1 - n::float8 / ${orders})`
  const order = `('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`
  const from = `from generate_series(1, ${orders}) as n`
  const isUnderWay = `${at} > now() - interval '${PARCEL_DAYS} days'`
  const waits = 'n % 100 = 0'
  const settled = `case when not (${waits}) then ${at} + interval '2 seconds' end`
  return [
    `insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
      select 'SHOP-' || n, 'MALL', 'doudian', n::text, 'app', 'https://example.com', 'k', '\\x00', 'bench'
      from generate_series(1, ${SHOPS}) as n`,
    `insert into channel_feed (shop_id, way, watermark, last_success_at, state)
      select 'SHOP-' || n, way, now(), now(), 'ok' from generate_series(1, ${SHOPS}) as n, (values ('push'), ('pull')) as feed (way)`,
    "insert into contact (id, key_id, sealed, division_code) select gen_random_uuid(), 'bench', '\\x00', '330106'",
    `insert into orders (id, channel, store_id, external_order_id, contact_id, division_code, status, amount_cents, freight_cents,
        reservation_expires_at, policy_versions, placed_by, created_at, closed_at)
      select ${order}, 'doudian', 'MALL', n::text, contact.id, '330106', 'shipped', 1000, 0, now(), '{}', 'bench', ${at},
        case when not (${isUnderWay}) then now() end ${from}, contact where key_id = 'bench'`,
    `insert into inbox (source, shop, source_event_id, type, order_key, state, attempts, occurred_at, received_at, settled_at)
      select 'doudian', 'SHOP-' || (1 + n % ${SHOPS}), n::text, 'x', 'doudian/' || n, case when ${waits} then 'hint' else 'fetched' end,
        (${waits})::int, ${at}, ${at}, ${settled} ${from}`,
    `insert into inbox (source, source_event_id, type, order_key, state, occurred_at, received_at, settled_at)
      select source, n::text, 'x', ${order}::text, case when ${waits} then 'pending' else 'delivered' end, ${at}, ${at}, ${settled}
      ${from}, (values ('checkout'), ('payments'), ('pda')) as sender (source)`,
    `insert into delivery (id, kind, target, operation_id, order_id, order_key, payload, state, attempts, created_at, settled_at)
      select gen_random_uuid(), kind, target, target || n, ${order}, target || n, jsonb_build_object('shopId', 'SHOP-' || (1 + n % ${SHOPS})),
        case when ${waits} then 'pending' else 'delivered' end, 1, ${at}, ${settled}
      ${from}, (values ('pick_task_created', 'pda'), ('channel_ship', 'doudian')) as message (kind, target)`,
    `insert into pick_task (id, order_id, warehouse_id, state, lines, created_at)
      select ${order} || '-F1', ${order}, 'WH-HZ', 'packed', '[]', ${at} ${from}`,
    `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state, created_at, last_polled_at, next_poll_at)
      select ${order} || '-P1', ${order}, ${order} || '-F1', 'courier-' || n % 3, 'WB-' || n,
        case when ${isUnderWay} then 'in_transit' else 'delivered' end, ${at}, now(), now() + interval '5 minutes' ${from}`,
    `insert into subscription (id, name, url, event_types, position, created_by)
      select gen_random_uuid(), 'bench', 'https://example.com/', '{order.*}', ${orders}, 'bench'`,
    `insert into outbound_event (type, order_key, store_id, at, data) select 'order.paid', 'order/' || n, 'MALL', ${at}, '{}' ${from}`,
    `insert into event_delivery (subscription_id, position, event_type, order_key, state, created_at, settled_at)
      select subscription.id, event.position, 'order.paid', order_key, case when ${waits} then 'pending' else 'delivered' end, at,
        case when not (${waits}) then at end
      from outbound_event as event cross join lateral (select event.position as n) as numbered, subscription`,
    `insert into work_item (id, kind, key, state, detail, created_at)
      select gen_random_uuid(), 'channel_order_held', n::text, case when n % 500 = 0 then 'open' else 'resolved' end,
        jsonb_build_object('shopId', 'SHOP-' || (1 + n % ${SHOPS})), ${at} from generate_series(1, ${orders}) as n where n % 5 = 0`,
  ]
}
