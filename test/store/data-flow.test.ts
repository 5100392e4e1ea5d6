import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listFlowIncidentsQuery } from '../../contracts/data-flow.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { createDatabase } from '../../store/database.ts'
import type { OutsideSystems } from '../../store/flow-configuration.ts'
import { listFlowIncidents } from '../../store/flow-incidents.ts'
import {
  countOpenBreakPoints,
  currentFlowRound,
  readDataFlow,
  readFlowEdge,
  secondsSinceFlowsChecked,
} from '../../store/flow-queries.ts'
import { dueWatch, watchFlows } from '../../store/flow-watch.ts'
import { openTestStore, type TestStore } from './support.ts'

const MINUTE_MS = 60_000
const SHOP = 'DY-1'
const OUTSIDE: OutsideSystems = {
  feedOf: () => ({
    channel: 'doudian',
    pushTargetSeconds: 60,
    pullTargetSeconds: 300,
    pullIntervalSeconds: 60,
  }),
  listingChannels: [],
  courierPushSources: ['kuaidi100'],
  statementsOf: ['finance'],
  messageWays: ['sms'],
  hasErp: true,
  sendsAlerts: false,
  sendsCards: false,
}

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
  await sql`
    insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
    values (${SHOP}, 'MALL', 'doudian', '1', 'app', 'https://example.com', 'k', '\\x00', 'test')`.execute(
    store.db,
  )
})
afterAll(() => store.close())
/** As if nobody had ever looked. Incidents stay what they were, but closed: each test has its own. */
beforeEach(async () => {
  await sql`delete from flow_minute`.execute(store.db)
  await sql`delete from flow_edge`.execute(store.db)
  await sql`update flow_incident set closed_at = last_seen_at where closed_at is null`.execute(store.db)
  await sql`update flow_state set counted_until = null, watched_since = null, checked_at = null`.execute(
    store.db,
  )
  await sql`update delivery set state = 'withdrawn', settled_at = now() where state in ('pending', 'failed')`.execute(
    store.db,
  )
  for (const table of ['delivery', 'inbox']) {
    await sql`update ${sql.table(table)} set settled_at = now() - interval '3 days' where settled_at is not null`.execute(
      store.db,
    )
  }
  await feed({ secondsAgo: 5 })
})

const watch = (change: Partial<PolicyDocument<'data-flow'>> = {}, now = new Date()) =>
  watchFlows(store.db, {
    outside: OUTSIDE,
    policy: { version: 3, document: { ...POLICIES['data-flow'].initial, ...change } },
    now,
  })
const map = () => readDataFlow(store.db, new Date())
const edge = async (edgeId: string) => (await map()).edges.find((each) => each.edgeId === edgeId)
const later = (ms: number) => new Date(Date.now() + ms)

/** When the shop's pull last succeeded, and how fresh it is. */
async function feed({ secondsAgo }: { secondsAgo: number }): Promise<void> {
  await sql`
    insert into channel_feed (shop_id, way, watermark, last_success_at, state)
    values (${SHOP}, 'pull', now() - make_interval(secs => ${secondsAgo}), now() - make_interval(secs => ${secondsAgo}), 'ok')
    on conflict (shop_id, way) do update set watermark = excluded.watermark, last_success_at = excluded.last_success_at`.execute(
    store.db,
  )
}

async function deliver(
  change: {
    target?: string
    kind?: string
    payload?: object
    state?: string
    attempts?: number
    settledSecondsAgo?: number | null
    createdSecondsAgo?: number
    lastError?: string
  } = {},
): Promise<string> {
  const id = uuid()
  const {
    target = 'pda',
    kind = 'pick_task_created',
    payload = {},
    state = 'delivered',
    attempts = 1,
  } = change
  const { settledSecondsAgo = 10, createdSecondsAgo = 12, lastError = null } = change
  await sql`
    insert into delivery (id, kind, target, operation_id, order_key, payload, state, attempts, last_error, created_at,
      settled_at)
    values (${id}, ${kind}, ${target}, ${id}, ${id}, ${JSON.stringify(payload)}::jsonb, ${state}, ${attempts},
      ${lastError}, now() - make_interval(secs => ${createdSecondsAgo}),
      now() - make_interval(secs => ${settledSecondsAgo}::float8))`.execute(store.db)
  return id
}

async function receive(change: {
  source: string
  state: string
  type?: string
  shop?: string
  eventId?: string
  orderKey?: string
  attempts?: number
  settled?: boolean
}): Promise<void> {
  const { source, state, type = 'x', shop = '', eventId = uuid(), orderKey = uuid(), attempts = 0 } = change
  await sql`
    insert into inbox (source, shop, source_event_id, type, order_key, state, attempts, occurred_at, received_at,
      settled_at)
    values (${source}, ${shop}, ${eventId}, ${type}, ${orderKey}, ${state}, ${attempts}, now(),
      now() - interval '3 seconds', case when ${change.settled ?? true} then now() - interval '1 second' end)`.execute(
    store.db,
  )
}

/** Totals over the minutes of an edge: the test may run over the end of one. */
async function totals(edgeId: string) {
  const { rows } = await sql<{ succeeded: number; failed: number; latency: number }>`
    select coalesce(sum(succeeded), 0)::int as succeeded, coalesce(sum(failed), 0)::int as failed,
      coalesce(sum(latency_sum_ms), 0)::int as latency from flow_minute where edge_id = ${edgeId}`.execute(
    store.db,
  )
  return rows[0]
}

describe('counting', () => {
  test('says what was settled, with the tries that failed, and counted again it says the same', async () => {
    await deliver()
    await deliver({ attempts: 3 })
    await deliver({ state: 'failed', attempts: 8 })
    await deliver({ state: 'withdrawn', attempts: 5 })
    await watch()
    const counted = await totals('pick_tasks_out:')
    expect(counted).toMatchObject({ succeeded: 2, failed: 2 + 8 })
    // Two that were under way for two seconds each.
    expect(counted?.latency).toBeGreaterThanOrEqual(3_900)
    expect(counted?.latency).toBeLessThan(4_500)
    await watch()
    expect(await totals('pick_tasks_out:')).toEqual(counted)
  })

  test('counts what commits late into a minute that is not final, and leaves final ones alone', async () => {
    const now = Date.now()
    await deliver()
    await watch({}, new Date(now))
    await deliver({ settledSecondsAgo: 30, createdSecondsAgo: 40 })
    await watch({}, new Date(now + 1_000))
    expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 2 })
    await watch({}, new Date(now + 5 * MINUTE_MS))
    await deliver({ settledSecondsAgo: 30, createdSecondsAgo: 40 })
    await watch({}, new Date(now + 5 * MINUTE_MS + 1_000))
    expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 2 })
  })

  test('tells hints, pulls, couriers’ pushes and messages to orders apart', async () => {
    await receive({ source: 'doudian', shop: SHOP, state: 'fetched', eventId: `m-${uuid()}` })
    await receive({ source: 'doudian', shop: SHOP, state: 'fetched', eventId: `pull/${uuid()}` })
    await receive({
      source: 'doudian',
      shop: SHOP,
      state: 'set_aside',
      attempts: 8,
      orderKey: `doudian/${SHOP}/${uuid()}`,
    })
    // A change of an order that the platform told: no hint, but a message to its workflow.
    await receive({ source: 'doudian', shop: SHOP, state: 'delivered' })
    await receive({ source: 'kuaidi100', type: 'courier.push', state: 'read' })
    await receive({ source: 'payments', state: 'delivered', attempts: 1 })
    await receive({ source: 'doudian', shop: SHOP, state: 'dismissed' })
    await watch()
    expect(await totals(`orders_pushed:${SHOP}`)).toMatchObject({ succeeded: 1, failed: 8 })
    expect(await totals(`orders_pulled:${SHOP}`)).toMatchObject({ succeeded: 1, failed: 0 })
    expect(await totals('courier_pushes:kuaidi100')).toMatchObject({ succeeded: 1 })
    expect(await totals('messages:payments')).toMatchObject({ succeeded: 1, failed: 1 })
    expect(await totals('messages:doudian')).toMatchObject({ succeeded: 1, failed: 0 })
    expect(await edge('messages:doudian')).toMatchObject({ from: 'channel:mall', to: 'workflows' })
  })

  test('after a pause begins a quarter of an hour back, and keeps no minute for longer than two days', async () => {
    await sql`
      insert into flow_minute (edge_id, minute, succeeded)
      values ('pick_tasks_out:', date_trunc('minute', now() - interval '49 hours', 'UTC'), 5)`.execute(
      store.db,
    )
    await deliver({ settledSecondsAgo: 10 * 60, createdSecondsAgo: 11 * 60 })
    await deliver({ settledSecondsAgo: 40 * 60, createdSecondsAgo: 41 * 60 })
    await watch()
    expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 1 })
  })
})

describe('the map', () => {
  test('shows what is configured before anything has flowed, and that it was looked at', async () => {
    expect(await map()).toMatchObject({ checkedAt: null, isStale: true, edges: [] })
    const round = await currentFlowRound(store.db)
    expect(await watch()).toMatchObject({ breakPoints: 0 })
    expect(await currentFlowRound(store.db)).toBe(round + 1)
    const { edges, systems, isStale, policyVersion } = await map()
    expect({ isStale, policyVersion }).toEqual({ isStale: false, policyVersion: 3 })
    const ids = edges.map(({ edgeId }) => edgeId)
    expect(ids).toEqual(
      expect.arrayContaining([
        `orders_pushed:${SHOP}`,
        `orders_pulled:${SHOP}`,
        'erp_out:',
        'customer_messages:sms',
      ]),
    )
    expect(ids).not.toContain('alerts_out:')
    expect(systems).toContainEqual(expect.objectContaining({ systemId: 'channel:doudian', kind: 'channel' }))
    expect(await edge(`orders_pulled:${SHOP}`)).toMatchObject({ state: 'ok', isConfigured: true, backlog: 0 })
    expect(await edge('erp_out:')).toMatchObject({ state: 'unknown', lastSuccessAt: null, errorRate: null })
  })

  test('is old when nobody has looked for two minutes', async () => {
    await watch()
    expect(await readDataFlow(store.db, later(119_000))).toMatchObject({ isStale: false })
    expect(await readDataFlow(store.db, later(125_000))).toMatchObject({ isStale: true })
  })

  test('tells what waits, since when, and what of it was tried in vain', async () => {
    await deliver({
      target: 'erp',
      kind: 'erp_change',
      state: 'pending',
      settledSecondsAgo: null,
      createdSecondsAgo: 50,
    })
    await deliver({
      target: 'erp',
      kind: 'erp_change',
      state: 'pending',
      settledSecondsAgo: null,
      createdSecondsAgo: 90,
      lastError: 'connection refused',
    })
    await watch()
    const shown = await edge('erp_out:')
    expect(shown).toMatchObject({ backlog: 2, retrying: 1, isBacklogCapped: false, errorRate: 1 })
    expect(shown?.oldestWaitingSeconds).toBeGreaterThanOrEqual(90)
  })

  test('tells how often an edge succeeds in a minute of its window, and how much of what was tried was in vain', async () => {
    for (const attempts of [1, 1, 2, 2]) await deliver({ attempts })
    await deliver({ state: 'pending', settledSecondsAgo: null, lastError: 'connection refused' })
    await watch({ windowMinutes: 15 })
    // Four went through, after two tries that failed; one more is to be tried again.
    expect(await edge('pick_tasks_out:')).toMatchObject({
      ...{ succeeded: 4, failed: 2, retrying: 1, windowMinutes: 15 },
      ...{ ratePerMinute: 0.27, errorRate: 0.4286 },
    })
    await watch({ windowMinutes: 5 })
    expect(await edge('pick_tasks_out:')).toMatchObject({ ratePerMinute: 0.8, errorRate: 0.4286 })
  })

  test('adds up what waits of all kinds that one edge carries', async () => {
    for (const kind of ['pick_task_created', 'pick_task_created', 'pick_task_withdrawn'])
      await deliver({ kind, state: 'pending', settledSecondsAgo: null, createdSecondsAgo: 1 })
    await watch()
    expect(await edge('pick_tasks_out:')).toMatchObject({ backlog: 3 })
  })

  test('adds up what was settled of all kinds that one edge carries', async () => {
    await deliver({ kind: 'pick_task_created', createdSecondsAgo: 12 })
    await deliver({ kind: 'pick_task_withdrawn', createdSecondsAgo: 14, attempts: 2 })
    await deliver({ kind: 'pick_task_withdrawn', state: 'failed', attempts: 3 })
    await watch()
    expect(await edge('pick_tasks_out:')).toMatchObject({
      succeeded: 2,
      failed: 4,
      latency: { meanMs: 3_000, maxMs: 4_000 },
    })
  })

  test('says of a minute what waited at its end, also where that is nothing any more', async () => {
    const minute = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)
    await deliver({ state: 'pending', settledSecondsAgo: null, createdSecondsAgo: 1 })
    await watch({}, new Date(minute.getTime() + 1_000))
    const waited = async () => {
      const query = { minutes: 60, now: later(MINUTE_MS) }
      const { minutes } = await readFlowEdge(store.db, 'pick_tasks_out:', query)
      return minutes.map(({ backlog }) => backlog)
    }
    expect(await waited()).toEqual([1])
    await sql`update delivery set state = 'withdrawn', settled_at = now() where state = 'pending'`.execute(
      store.db,
    )
    await watch({}, new Date(minute.getTime() + 2_000))
    expect(await waited()).toEqual([0])
  })

  test('lets go of what is no longer configured and has not flowed', async () => {
    await watch()
    await watchFlows(store.db, {
      outside: { ...OUTSIDE, hasErp: false },
      policy: { version: 3, document: POLICIES['data-flow'].initial },
      now: later(1_000),
    })
    expect(await edge('erp_out:')).toBeUndefined()
  })

  test('counts the steps by hand on each edge, with the orders that they hold up', async () => {
    const failed = await deliver({
      kind: 'channel_ship',
      target: 'doudian',
      payload: { shopId: SHOP },
      state: 'failed',
      attempts: 8,
    })
    for (const [kind, key, detail] of [
      ['channel_order_held', `${SHOP}/1`, { shopId: SHOP }],
      ['channel_order_held', `${SHOP}/2`, { shopId: SHOP }],
      ['delivery_failed', uuid(), { deliveryId: failed }],
      ['wms_unreachable', 'WH-HZ', { warehouseId: 'WH-HZ' }],
      ['parcel_lost', uuid(), {}],
    ] as const) {
      await sql`
        insert into work_item (id, kind, key, detail) values (${uuid()}, ${kind}, ${key}, ${JSON.stringify(detail)}::jsonb)
        on conflict do nothing`.execute(store.db)
    }
    await watch()
    expect(await edge(`orders_pulled:${SHOP}`)).toMatchObject({ manualSteps: 2, ordersHeld: 2 })
    expect(await edge(`waybills_out:${SHOP}`)).toMatchObject({ manualSteps: 1 })
    const detail = await readFlowEdge(store.db, `orders_pulled:${SHOP}`, { minutes: 60, now: new Date() })
    expect(detail.manual).toMatchObject([
      {
        workItemKind: 'channel_order_held',
        items: 2,
        orders: 2,
        url: '/v1/work-items?kind=channel_order_held',
      },
    ])
    expect(detail.links.runbook).toBe('docs/runbook.md#flow-orders-pulled')
    const { steps } = await map()
    expect(steps[2]).toMatchObject({
      step: 'replace_manual',
      state: 'open',
      next: { edgeId: `orders_pulled:${SHOP}`, workItemKind: 'channel_order_held', count: 2 },
    })
    await sql`update work_item set state = 'resolved' where state = 'open'`.execute(store.db)
  })

  test('shows how comparisons with finance and purchases on their way to the ERP stand', async () => {
    await sql`
      insert into reconciliation_run (id, counterpart, from_day, to_day, origin, requested_by, state, failures, created_at,
        finished_at)
      values (${uuid()}, 'finance', '2026-01-01', '2026-01-01', 'person', 'test', 'done', 0, now() - interval '3 hours',
          now() - interval '2 hours'),
        (${uuid()}, 'finance', '2026-01-02', '2026-01-02', 'person', 'test', 'waiting', 1, now() - interval '1 hour', null)`.execute(
      store.db,
    )
    for (const [number, state, dueAt] of [
      ['PO-1', 'sent', '-1 hour'],
      ['PO-2', 'sending', '5 minutes'],
    ] as const) {
      await sql`
        insert into purchase_list (id, number, warehouse_id, supplier_id, status, amount_cents, created_by, approved_at,
          expected_on, erp_state, erp_error, erp_next_at)
        select ${uuid()}, ${number}, min(id), 'S', 'approved', 1, 'test', now() - interval '30 minutes', current_date, ${state},
          case when ${state} = 'sending' then 'refused to connect' end, now() + ${dueAt}::interval from warehouse`.execute(
        store.db,
      )
    }
    await watch()
    const finance = await edge('statements_in:finance')
    expect(finance).toMatchObject({ from: 'finance', backlog: 1, retrying: 1, isConfigured: true })
    const hoursAgo = (Date.now() - Date.parse(finance?.lastSuccessAt ?? '')) / 3_600_000
    expect(hoursAgo).toBeCloseTo(2, 1)
    const purchases = await edge('purchases_out:')
    expect(purchases).toMatchObject({ to: 'erp', backlog: 1, retrying: 1, state: 'broken' })
    expect(purchases?.oldestWaitingSeconds).toBeGreaterThan(1_700)
    await sql`update reconciliation_run set state = 'cancelled'`.execute(store.db)
    await sql`update purchase_list set erp_state = 'none'`.execute(store.db)
  })

  test('has the couriers whose parcels somebody asks about: a parcel whose order has ended is no break', async () => {
    const contactId = uuid()
    await sql`
      insert into contact (id, key_id, sealed, division_code) values (${contactId}, 'k', '\\x00', '330106')`.execute(
      store.db,
    )
    for (const [courier, closedAt] of [
      ['followed', null],
      ['forgotten', new Date()],
    ] as const) {
      const id = uuid()
      await sql`
        insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
          reservation_expires_at, policy_versions, placed_by, closed_at)
        values (${id}, 'mall', 'MALL', ${contactId}, '330106', 'shipped', 1, 0, now(), '{}', 'test', ${closedAt})`.execute(
        store.db,
      )
      await sql`
        insert into pick_task (id, order_id, warehouse_id, state, lines)
        select ${`${id}-F1`}, ${id}::uuid, min(id), 'packed', '[]' from warehouse`.execute(store.db)
      await sql`
        insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state, last_polled_at, next_poll_at)
        values (${`${id}-P1`}, ${id}, ${`${id}-F1`}, ${courier}, ${id}, 'in_transit', now() - interval '2 hours',
          now() - interval '1 hour')`.execute(store.db)
    }
    await watch()
    expect(await edge('courier_polls:followed')).toMatchObject({
      backlog: 1,
      ordersWaiting: 1,
      state: 'broken',
    })
    expect(await edge('courier_polls:forgotten')).toBeUndefined()
    await sql`update parcel set state = 'delivered'`.execute(store.db)
  })

  test('an edge that is not on it is not found', async () => {
    await watch()
    await expect(
      readFlowEdge(store.db, 'stock_out:nowhere', { minutes: 5, now: new Date() }),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('a break point', () => {
  const incidents = async (query: object = {}) =>
    (await listFlowIncidents(store.db, listFlowIncidentsQuery.parse(query))).items

  test('is an incident from when it is found, keeps its worst, and ends a while after it was found last', async () => {
    const pulled = `orders_pulled:${SHOP}`
    await feed({ secondsAgo: 400 })
    const opened = Date.now()
    await watch({}, new Date(opened))
    expect((await map()).breakPoints).toMatchObject([
      {
        edgeId: pulled,
        kind: 'no_success',
        limit: 300,
        links: { logs: [{ path: `/v1/shops/${SHOP}` }, {}, {}] },
      },
    ])
    expect(await edge(pulled)).toMatchObject({ state: 'broken' })
    await watch({}, new Date(opened + 30_000))
    await feed({ secondsAgo: 0 })
    await watch({}, new Date(opened + 60_000))
    // Found a moment ago: it may come back.
    expect((await map()).breakPoints).toHaveLength(1)
    await feed({ secondsAgo: -150 })
    await watch({}, new Date(opened + 215_000))
    expect((await map()).breakPoints).toEqual([])
    const incident = (await incidents({ edgeId: pulled })).find(
      ({ openedAt }) => Date.parse(openedAt) === opened,
    )
    expect(incident).toMatchObject({ kind: 'no_success', state: 'closed', policyVersion: 3 })
    expect(incident?.worst.measured).toBeGreaterThanOrEqual(430)
    expect(Date.parse(incident?.worst.at ?? '')).toBe(opened + 30_000)
    expect((await map()).steps[1]).toMatchObject({ step: 'fix_worst', state: 'done' })
  })

  test('what grows is told only from minutes that were watched', async () => {
    const growth = {
      backlogGrowth: { minimum: 3, percent: 50 },
      errorRate: null,
      staleTimes: null,
      noSuccessIntervals: 99,
    }
    const change = { usual: { ...POLICIES['data-flow'].initial.usual, ...growth }, byFlow: {} }
    for (let count = 0; count < 6; count += 1)
      await deliver({ state: 'pending', settledSecondsAgo: null, createdSecondsAgo: 1 })
    // After a pause nobody knows how it came to that.
    expect(await watch(change)).toMatchObject({ breakPoints: 0 })
    await sql`update flow_state set watched_since = now() - interval '20 minutes'`.execute(store.db)
    expect(await watch(change)).toMatchObject({ breakPoints: 1 })
    expect((await map()).breakPoints).toMatchObject([
      { edgeId: 'pick_tasks_out:', kind: 'backlog_growing', measured: 6 },
    ])
  })

  test('is counted by the metrics while it is open, and these say for how long nobody has looked', async () => {
    expect(await secondsSinceFlowsChecked(store.db)).toBe(Number.POSITIVE_INFINITY)
    expect(await countOpenBreakPoints(store.db)).toBe(0)
    await feed({ secondsAgo: 400 })
    await watch({}, later(-10_000))
    expect(await countOpenBreakPoints(store.db)).toBe(1)
    const seconds = await secondsSinceFlowsChecked(store.db)
    expect(seconds).toBeGreaterThanOrEqual(9)
    expect(seconds).toBeLessThan(60)
  })

  test('an edge that nobody configures is shown, but not judged', async () => {
    await deliver({
      target: 'wecom',
      kind: 'stock_alert',
      state: 'pending',
      settledSecondsAgo: null,
      createdSecondsAgo: 9_000,
    })
    expect(await watch()).toMatchObject({ breakPoints: 0 })
    expect(await edge('alerts_out:')).toMatchObject({ isConfigured: false, backlog: 1 })
  })

  test('of several the one that affects the most orders is first, in the map and in the second step', async () => {
    await feed({ secondsAgo: 3_600 })
    await deliver({
      target: 'erp',
      kind: 'erp_change',
      state: 'pending',
      settledSecondsAgo: null,
      createdSecondsAgo: 7_200,
    })
    for (let count = 0; count < 3; count += 1)
      await sql`insert into work_item (id, kind, key, detail) values (${uuid()}, 'channel_order_held', ${`${SHOP}/w${count}`},
        ${JSON.stringify({ shopId: SHOP })}::jsonb)`.execute(store.db)
    await watch()
    const { breakPoints, steps } = await map()
    expect(breakPoints.length).toBeGreaterThan(2)
    const affected = breakPoints.map(({ ordersAffected }) => ordersAffected)
    expect(affected).toEqual(affected.toSorted((a, b) => b - a))
    expect(breakPoints[0]).toMatchObject({ edgeId: `orders_pulled:${SHOP}`, ordersAffected: 3 })
    expect(steps[1]?.next?.edgeId).toBe(breakPoints[0]?.edgeId)
    await sql`update work_item set state = 'resolved' where state = 'open'`.execute(store.db)
  })

  test('incidents are paged, filtered and sorted, none twice and none left out', async () => {
    await sql`
      insert into flow_incident (edge_id, flow, kind, opened_at, last_seen_at, closed_at, measured, limit_value,
        orders_affected, worst_measured, worst_limit, worst_backlog, worst_orders, worst_at, policy_version)
      select 'erp_out:', 'erp_out', 'stale', at, at, at, 1, 1, 0, 1, 1, 0, n % 3, at, 1
      from generate_series(1, 7) as n cross join lateral (select now() - n / 2 * interval '1 hour' as at)`.execute(
      store.db,
    )
    for (const sort of ['newest', 'oldest', 'worst'] as const) {
      const whole = (await incidents({ edgeId: 'erp_out:', kind: 'stale', sort })).map(
        ({ incidentId }) => incidentId,
      )
      expect(whole.length).toBeGreaterThanOrEqual(7)
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const query = listFlowIncidentsQuery.parse({
          edgeId: 'erp_out:',
          kind: 'stale',
          sort,
          limit: 2,
          cursor,
        })
        const page = await listFlowIncidents(store.db, query)
        paged.push(...page.items.map(({ incidentId }) => incidentId))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(paged).toEqual(whole)
    }
    expect(await incidents({ flow: 'erp_out', state: 'open' })).toEqual([])
    expect(await incidents({ flow: 'stock_in' })).toEqual([])
    const from = later(-90 * MINUTE_MS).toISOString()
    expect((await incidents({ edgeId: 'erp_out:', from })).every(({ openedAt }) => openedAt >= from)).toBe(
      true,
    )
  })
})

test('one process at a time looks: the others leave it to the one that does', async () => {
  const other = await store.begin()
  await sql`select 1 from flow_state for update`.execute(other)
  expect(await watch()).toBeNull()
  await other.rollback().execute()
  expect(await dueWatch(store.db, 15)).toBeInstanceOf(Date)
  expect(await watch()).not.toBeNull()
  expect(await dueWatch(store.db, 15)).toBeNull()
  expect(await dueWatch(store.db, 0)).toBeInstanceOf(Date)
})

test('who read the queues before another process looked writes nothing over it', async () => {
  const slow = new Date()
  await watch({}, later(3_000))
  const { checkedAt } = await map()
  expect(await watch({}, slow)).toBeNull()
  expect((await map()).checkedAt).toBe(checkedAt)
})

test('a clock that jumps ahead and back again stops nothing, and no incident stays open for it', async () => {
  const pulled = `orders_pulled:${SHOP}`
  await feed({ secondsAgo: 400 })
  await deliver()
  expect(await watch({}, later(3_600_000))).not.toBeNull()
  // By the clock as it is again that was in an hour: it is due all the same, and counts from here.
  expect(await dueWatch(store.db, 15)).toBeInstanceOf(Date)
  expect(await watch()).not.toBeNull()
  expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 1 })
  const ofPulls = async () => (await map()).breakPoints.filter(({ edgeId }) => edgeId === pulled)
  expect((await ofPulls()).length).toBeGreaterThan(0)
  await feed({ secondsAgo: 0 })
  await watch({}, later(1_000))
  expect(await ofPulls()).toEqual([])
})

test('a round that dies in its middle leaves everything as it was, and the next one does it all', async () => {
  await watch()
  await deliver()
  const before = await map()
  const round = await currentFlowRound(store.db)
  const owner = createDatabase(store.ownerUrl, 1)
  // Among the last things that a round writes.
  await sql`
    create function die() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`.execute(owner)
  await sql`create trigger die before update on flow_state for each row execute function die()`.execute(owner)
  await expect(watch({}, later(1_000))).rejects.toThrow()
  await sql`drop function die cascade`.execute(owner)
  await owner.destroy()
  expect(await map()).toEqual(before)
  expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 0 })
  await watch({}, later(2_000))
  expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 1 })
  expect(await currentFlowRound(store.db)).toBe(round + 1)
})

test('two rounds at once are one, or one after the other: never half of each', async () => {
  await deliver()
  const rounds = await Promise.all([watch(), watch(), watch()])
  expect(rounds.some((done) => done !== null)).toBe(true)
  expect(await totals('pick_tasks_out:')).toMatchObject({ succeeded: 1 })
})

test('thresholds that everything breaks are borne: one incident a rule and edge, however often it is looked', async () => {
  const usual = {
    noSuccessIntervals: 1,
    usualIntervalSeconds: 1,
    errorRate: { percent: 0.1, minimumTries: 1 },
    backlogGrowth: { minimum: 1, percent: 1 },
    staleTimes: 1,
  }
  const absurd = { usual, byFlow: {}, windowMinutes: 4, closeAfterSeconds: 0 }
  await feed({ secondsAgo: 7_200 })
  for (const target of ['pda', 'payment', 'erp']) {
    await deliver({
      target,
      attempts: 9,
      lastError: 'x',
      state: 'pending',
      settledSecondsAgo: null,
      createdSecondsAgo: 9_000,
    })
  }
  const first = await watch(absurd)
  expect(first?.breakPoints).toBeGreaterThan(6)
  for (const ms of [1_500, 3_000]) {
    const next = await watch(absurd, later(ms))
    const { breakPoints } = await map()
    expect(breakPoints).toHaveLength(next?.breakPoints ?? 0)
    expect(new Set(breakPoints.map(({ edgeId, kind }) => `${edgeId} ${kind}`)).size).toBe(breakPoints.length)
  }
  // Lenient ones close them at once.
  const lenient = {
    ...usual,
    noSuccessIntervals: null,
    errorRate: null,
    backlogGrowth: null,
    staleTimes: 1_000,
  }
  await watch({ ...absurd, usual: { ...lenient, usualIntervalSeconds: 86_400 } }, later(5_000))
  expect((await map()).breakPoints).toEqual([])
})
