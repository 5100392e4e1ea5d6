import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  countedSkusQuery,
  healthBreakdownQuery,
  healthOutcomesQuery,
  healthScoreQuery,
  healthTrendQuery,
} from '../../contracts/health-score.ts'
import type { HealthComponent } from '../../domain/health-score.ts'
import { recordComplaint, withdrawComplaint } from '../../store/complaints.ts'
import { listCountedSkus, listHealthOutcomes } from '../../store/health-outcomes.ts'
import { readHealthBreakdown, readHealthScore, readHealthTrend } from '../../store/health-score.ts'
import type { Scope } from '../../store/identity.ts'
import { changePresale } from '../../store/presales.ts'
import { type HealthStore, openHealthStore, type Placed, targetsOf } from './health-support.ts'

const DAY_MS = 86_400_000
const ALL: Scope = { kind: 'all' }
/** The first day of the tests, three weeks ago: the log has partitions from the month before on. */
const FIRST_DAY_MS = Date.now() - 21 * DAY_MS
/** A moment of China's, so many days after the first. */
const at = (day: number, time = '12:00:00') =>
  `${new Date(FIRST_DAY_MS + 8 * 3_600_000 + day * DAY_MS).toISOString().slice(0, 10)}T${time}+08:00`
const END = at(20)
const now = new Date(END)

let store: HealthStore
beforeAll(async () => {
  store = await openHealthStore()
  await store.publish({})
})
afterAll(() => store.close())

const scoreAt = (query: object, scope: Scope = ALL) =>
  readHealthScore(store.db, healthScoreQuery.parse(query), scope, now)
async function part(component: HealthComponent, query: object, scope: Scope = ALL) {
  const { components } = await scoreAt(query, scope)
  return components.find((each) => each.component === component)
}
const outcomes = (component: HealthComponent, query: object, scope: Scope = ALL) =>
  listHealthOutcomes(store.db, { component, query: healthOutcomesQuery.parse(query) }, scope, now)

test('without orders there is no score, for no period, and nothing to drill down to', async () => {
  await store.settle(END)
  for (const grain of ['hour', 'day', 'week', 'month']) {
    expect(await scoreAt({ grain, at: at(0) })).toMatchObject({
      score: null,
      band: null,
      change: null,
      moved: null,
    })
  }
  expect((await outcomes('onTimeFulfilment', { at: at(0) })).items).toEqual([])
  const trend = await readHealthTrend(store.db, healthTrendQuery.parse({}), ALL, now)
  expect(trend.items).toHaveLength(30)
  expect(new Set(trend.items.map(({ score }) => score))).toEqual(new Set([null]))
})

describe('sync timeliness', () => {
  test('what was heard of within a minute of its own time was in time, in the hour of that time', async () => {
    for (const heardAt of [at(0, '10:00:59'), at(0, '10:01:00'), at(0, '10:01:01'), at(0, '11:30:00')]) {
      await store.placed(at(0, '09:30:00'), { paid: { at: at(0, '10:00:00'), heardAt } })
    }
    await store.settle(END)
    expect(await part('syncTimeliness', { grain: 'hour', at: at(0, '10:30:00') })).toMatchObject({
      value: 0.5,
      score: 50,
      measured: 4,
      missed: 2,
    })
    expect((await part('syncTimeliness', { grain: 'hour', at: at(0, '11:30:00') }))?.score).toBeNull()
    const { items } = await outcomes('syncTimeliness', { at: at(0), missed: 'true' })
    expect(items.map(({ detail }) => detail?.lagSeconds)).toEqual([5_400, 61])
    expect(items[0]?.detail).toMatchObject({ way: 'push', targetSeconds: 60, to: 'paid' })
  })

  test.each([
    ['jd', 'pull', 150],
    ['pinduoduo', 'pull', 300],
    ['pinduoduo', 'trade.changed', 60],
    ['doudian', '102', 60],
  ])('a change at %s that was found by %s has %i seconds', async (platform, type, seconds) => {
    const shop = await connectShop(platform)
    for (const lag of [seconds, seconds + 1]) await tellStatus(shop, { type, at: at(1, '08:00:00'), lag })
    await tellStatus(shop, { type, at: at(1, '08:00:00'), lag: 9_999, text: 'PAID (older, ignored)' })
    // From before the shop was connected.
    await tellStatus(shop, { type, at: at(0, '08:00:00'), lag: 9_999 })
    await store.settle(END)
    const { items } = await outcomes('syncTimeliness', { at: at(1), storeId: shop.storeId })
    expect(
      items.map(({ detail, missed }) => [detail?.targetSeconds, detail?.lagSeconds, missed]).sort(),
    ).toEqual([
      [seconds, seconds, 0],
      [seconds, seconds + 1, 1],
    ])
  })

  test('another target counts for what was counted before, too', async () => {
    const shop = await connectShop('jd')
    await tellStatus(shop, { type: 'pull', at: at(1, '20:00:00'), lag: 200 })
    await store.settle(END)
    const score = () =>
      part('syncTimeliness', { grain: 'hour', at: at(1, '20:00:00'), storeId: shop.storeId })
    expect(await score()).toMatchObject({ score: 0 })
    await store.settle(END, targetsOf({ syncTargetSeconds: { jd: { pull: 200 } } }))
    expect(await score()).toMatchObject({ score: 100 })
    await store.settle(END)
    expect(await score()).toMatchObject({ score: 0 })
  })
})

async function connectShop(platform: string) {
  const [shopId, storeId] = [`shop-${uuid()}`, `ST-${uuid()}`]
  await sql`insert into store (id, name, channel, region) values (${storeId}, 'x', ${platform}, '华东')`.execute(
    store.db,
  )
  await sql`
    insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by, created_at)
    values (${shopId}, ${storeId}, ${platform}, ${shopId}, 'app', 'http://x', 'k', '\\x00', 'test', ${at(1, '00:00:00')}::timestamptz)`.execute(
    store.db,
  )
  return { shopId, storeId, platform }
}

/** A change at a platform, and the hint by which the hub came to look at the order. */
async function tellStatus(
  shop: { shopId: string; storeId: string; platform: string },
  told: { type: string; at: string; lag: number; text?: string },
) {
  const order = await store.placed(told.at, { storeId: shop.storeId })
  const heardAt = new Date(Date.parse(told.at) + told.lag * 1_000).toISOString()
  const key = `${shop.platform}/${shop.shopId}/${order.orderId}`
  await sql`
    insert into channel_order (shop_id, platform_order_id, order_id, state, raw_status, modified_at, canonical, contact_id)
    select ${shop.shopId}, ${order.orderId}, ${order.orderId}, 'placed', 'x', now(), '{}', contact_id from orders
    where id = ${order.orderId}`.execute(store.db)
  const { rows } = await sql<{ id: number }>`
    insert into inbox (source, shop, source_event_id, type, order_key, state, occurred_at, settled_at)
    values (${shop.platform}, ${shop.shopId}, ${uuid()}, ${told.type}, ${key}, 'fetched', now(), now()) returning id`.execute(
    store.db,
  )
  await sql`
    insert into operation_log (at, order_id, store_id, version, field, new_value, operator, source, source_time, inbox_id)
    values (${heardAt}::timestamptz, ${order.orderId}, ${shop.storeId}, 1, 'channel_status', ${told.text ?? 'PAID'},
      ${shop.platform}, 'test', ${told.at}::timestamptz, ${rows[0]?.id})`.execute(store.db)
}

describe('stock accuracy', () => {
  test('is counted by units and by SKU, the most inaccurate first, by warehouse', async () => {
    await store.counted(at(2), [
      { book: 100, counted: 96 },
      { book: 10, counted: 15 },
    ])
    await store.counted(at(2, '13:00:00'), [{ book: 50, counted: 50 }], 'WH-GZ')
    await store.settle(END)
    expect(await part('stockAccuracy', { at: at(2) })).toMatchObject({
      measured: 165,
      missed: 9,
      outcomes: 3,
      missedOutcomes: 2,
      value: expect.closeTo(156 / 165, 5),
    })
    expect(await part('stockAccuracy', { at: at(2), warehouseId: 'WH-GZ' })).toMatchObject({ score: 100 })
    expect(await part('stockAccuracy', { at: at(2), channel: 'mall' })).toMatchObject({
      unknown: 'no_dimension',
    })
    const skus = (query: object) =>
      listCountedSkus(store.db, countedSkusQuery.parse({ at: at(2), ...query }), ALL, now)
    const first = await skus({ limit: 1 })
    expect(first.items).toEqual([
      {
        skuId: store.skuIds[1],
        counts: 1,
        differentCounts: 1,
        units: 15,
        missedUnits: 5,
        accuracy: expect.closeTo(2 / 3, 5),
      },
    ])
    const rest = await skus({ limit: 1, cursor: first.nextCursor })
    expect(rest.items).toMatchObject([{ skuId: store.skuIds[0], counts: 2, units: 150, missedUnits: 4 }])
    expect(rest.nextCursor).toBeNull()
  })
})

describe('approval completion', () => {
  test('a request counts when it is decided, or when its deadline passes; never before', async () => {
    const asked = (time: string, decided?: string) =>
      ask(at(3, time), decided === undefined ? undefined : at(3, decided))
    await asked('09:00:00', '09:59:00')
    await asked('09:10:00', '10:30:00')
    const open = await asked('09:20:00')
    await store.settle(at(3, '10:00:00'))
    expect(await part('approvalCompletion', { grain: 'hour', at: at(3, '09:00:00') })).toMatchObject({
      measured: 1,
      missed: 0,
    })
    expect((await part('approvalCompletion', { grain: 'hour', at: at(3, '10:00:00') }))?.unknown).toBe(
      'no_data',
    )
    await store.settle(at(3, '11:00:00'))
    expect(await part('approvalCompletion', { grain: 'hour', at: at(3, '10:00:00') })).toMatchObject({
      measured: 2,
      missed: 2,
    })
    await store.decide(open, { at: at(3, '12:00:00') })
    await store.settle(END)
    expect(await part('approvalCompletion', { at: at(3) })).toMatchObject({ measured: 3, missed: 2 })
  })

  test('a promise to ship leaves approvers less time, but never less than they must have', async () => {
    const changeId = await ask(at(3, '20:00:00'))
    await sql`update change_request set ship_by = ${at(3, '20:00:10')}::timestamptz where id = ${changeId}`.execute(
      store.db,
    )
    await store.settle(END)
    const { items } = await outcomes('approvalCompletion', { grain: 'hour', at: at(3, '20:00:00') })
    expect(items).toMatchObject([
      {
        sourceId: changeId,
        url: `/v1/change-requests/${changeId}`,
        missed: 1,
        happenedAt: iso(at(3, '20:01:00')),
      },
    ])
  })
})

async function ask(askedAt: string, decidedAt?: string) {
  const order = await store.placed(at(15))
  return store.ask(order, askedAt, decidedAt === undefined ? undefined : { at: decidedAt })
}
const dayOf = (day: number) => at(day).slice(0, 10)
const iso = (time: string) => new Date(time).toISOString()

describe('complaint rate', () => {
  test('is complaints per order of the time, and a complaint that is taken back counts no longer', async () => {
    const orders: Placed[] = []
    for (let index = 0; index < 50; index += 1) orders.push(await store.placed(at(5, '11:30:00'), paidAt(5)))
    // Never paid: nobody's order.
    await store.placed(at(5, '11:30:00'))
    const complain = (index: number) =>
      store.inTransaction((tx) =>
        recordComplaint(
          tx,
          {
            orderId: orders[index]?.orderId ?? '',
            source: 'customer_service',
            category: 'damaged',
            occurredAt: at(5, '18:00:00'),
          },
          { operator: 'test', now },
        ),
      )
    await complain(0)
    const mistaken = await complain(1)
    await store.settle(END)
    expect(await part('complaintRate', { at: at(5) })).toMatchObject({
      value: 0.04,
      score: 20,
      measured: 50,
      missed: 2,
    })
    await store.inTransaction((tx) =>
      withdrawComplaint(tx, mistaken, 'a mistake', { operator: 'test', scope: ALL }),
    )
    await store.settle(END)
    expect(await part('complaintRate', { at: at(5) })).toMatchObject({ value: 0.02, score: 60 })
    expect((await outcomes('complaintRate', { at: at(5), missed: 'true' })).items).toMatchObject([
      { orderId: orders[0]?.orderId, detail: { category: 'damaged', source: 'customer_service' } },
    ])
    // An hour in which somebody complained and nobody ordered is no figure.
    expect(await part('complaintRate', { grain: 'hour', at: at(5, '18:00:00') })).toMatchObject({
      unknown: 'too_few',
    })
  })
})
const paidAt = (day: number, time = '12:00:00') => ({ paid: { at: at(day, time), heardAt: at(day, time) } })

describe('on-time fulfilment', () => {
  const fulfilment = (query: object) => part('onTimeFulfilment', query)

  test('what left and arrived in time counts when it arrived, what did not when its time was over', async () => {
    const order = await store.placed(at(6), paidAt(6))
    const late = await store.placed(at(6), paidAt(6))
    const slow = await store.placed(at(6), paidAt(6))
    await store.arrive(order, await store.pack(order, at(7)), at(9))
    await store.pack(late, at(8, '12:00:01'))
    await store.arrive(slow, await store.pack(slow, at(7)), at(10, '12:00:01'))
    await store.settle(END)
    expect(await fulfilment({ at: at(9) })).toMatchObject({ measured: 1, missed: 0 })
    expect((await outcomes('onTimeFulfilment', { at: at(8) })).items).toMatchObject([
      { orderId: late.orderId, missed: 1, happenedAt: iso(at(8)), detail: { missed: 'shipping' } },
    ])
    expect((await outcomes('onTimeFulfilment', { at: at(10) })).items).toMatchObject([
      { orderId: slow.orderId, missed: 1, happenedAt: iso(at(10)), detail: { missed: 'delivery' } },
    ])
  })

  test('a late scan corrects the past: the hours that it was in before and after are summed again', async () => {
    const order = await store.placed(at(11), paidAt(11))
    const parcelId = await store.pack(order, at(11, '20:00:00'))
    await store.settle(at(15))
    expect(await fulfilment({ at: at(14) })).toMatchObject({ measured: 1, missed: 1 })
    await store.arrive(order, parcelId, at(13))
    await store.settle(at(15))
    expect(await fulfilment({ at: at(14) })).toMatchObject({ unknown: 'no_data' })
    expect(await fulfilment({ at: at(13) })).toMatchObject({ measured: 1, missed: 0 })
  })

  test('each warehouse has its own part of an order, and a parcel that was refused at the door came in time', async () => {
    const order = await store.placed(at(12), paidAt(12))
    await store.arrive(order, await store.pack(order, at(12, '13:00:00')), at(13, '09:00:00'), 'refused')
    await store.pack(order, at(12, '13:00:00'), { warehouseId: 'WH-GZ' })
    await store.settle(END)
    expect(await fulfilment({ grain: 'hour', at: at(13, '09:00:00'), warehouseId: 'WH-HZ' })).toMatchObject({
      measured: 1,
      missed: 0,
    })
    expect(await fulfilment({ grain: 'hour', at: at(15, '13:00:00'), warehouseId: 'WH-GZ' })).toMatchObject({
      measured: 1,
      missed: 1,
    })
  })

  test('the platform’s own deadline counts, what was taken back before it was never late, afterwards it was', async () => {
    const [sooner, taken, tooLate] = [
      await store.placed(at(16), paidAt(16)),
      await store.placed(at(16), paidAt(16)),
      await store.placed(at(16), paidAt(16)),
    ]
    const shop = await connectShop('doudian')
    for (const order of [sooner, taken, tooLate]) {
      await sql`
        insert into channel_order (shop_id, platform_order_id, order_id, state, raw_status, modified_at, canonical, contact_id)
        select ${shop.shopId}, id::text, id, 'placed', 'x', now(), ${JSON.stringify({ shipUntil: at(16, '18:00:00') })}::jsonb,
          contact_id from orders where id = ${order.orderId}`.execute(store.db)
    }
    await store.cancel(taken, at(16, '17:00:00'))
    await store.cancel(tooLate, at(16, '19:00:00'))
    await store.settle(END)
    const { items } = await outcomes('onTimeFulfilment', { at: at(16), sort: 'oldest' })
    expect(items.map(({ orderId }) => orderId).sort()).toEqual([sooner.orderId, tooLate.orderId].sort())
    expect(
      items.every(({ happenedAt, missed }) => missed === 1 && happenedAt === iso(at(16, '18:00:00'))),
    ).toBe(true)
  })

  test('goods that are sold before they are there must leave after the day that they are expected on now', async () => {
    const order = await store.placed(at(2), paidAt(2))
    const presaleId = uuid()
    const [skuId] = store.skuIds
    await sql`
      insert into order_line (order_id, line_number, sku_id, quantity, unit_price_cents)
      values (${order.orderId}, 1, ${skuId}, 1, 100)`.execute(store.db)
    await sql`
      insert into presale (id, sku_id, warehouse_id, expected_on, opens_at, closes_at, created_by, promised, sold)
      values (${presaleId}, ${skuId}, 'WH-HZ', ${dayOf(4)}::date, now(), now() + interval '1 day', 'test', 5, 1)`.execute(
      store.db,
    )
    await sql`
      insert into presale_hold (id, presale_id, order_id, line_number, quantity, state, expires_at, paid_at, operation_id)
      values (${uuid()}, ${presaleId}, ${order.orderId}, 1, 1, 'waiting', now(), now(), 'test')`.execute(
      store.db,
    )
    const missedAt = async (day: number) => {
      const { items } = await outcomes('onTimeFulfilment', { at: at(day), missed: 'true', limit: 200 })
      return items.filter(({ orderId }) => orderId === order.orderId).map(({ happenedAt }) => happenedAt)
    }
    await store.settle(END)
    expect(await missedAt(7)).toEqual([iso(at(7, '00:00:00'))])
    const by = { presaleId, operationId: uuid(), operator: 'test' }
    await store.inTransaction((tx) =>
      changePresale(tx, { ...by, body: { expectedOn: dayOf(5), reason: '到货延期' } }),
    )
    await store.settle(END)
    expect([await missedAt(7), await missedAt(8)]).toEqual([[], [iso(at(8, '00:00:00'))]])
  })

  test('what is not due yet is not counted', async () => {
    await store.placed(at(18), paidAt(18, '13:00:00'))
    await store.settle(at(20, '12:59:59'))
    expect(await fulfilment({ at: at(20) })).toMatchObject({ unknown: 'no_data' })
    expect((await outcomes('onTimeFulfilment', { at: at(20) })).items).toEqual([])
  })
})

test('on a restored copy, whose transactions are counted anew, nothing waits for the old server’s to come', async () => {
  await sql`update health_state set transaction_id = '4611686018427387904'`.execute(store.db)
  await store.placed(at(4, '15:00:00'), paidAt(4, '15:00:00'))
  await store.settle(END)
  expect(await part('syncTimeliness', { grain: 'hour', at: at(4, '15:00:00') })).toMatchObject({
    measured: 1,
  })
})

describe('reading', () => {
  test('days are China’s, and the last hour of a month is that month’s', async () => {
    await store.forget()
    await store.counted('2024-02-29T23:59:59+08:00', [{ book: 10, counted: 5 }])
    await store.counted('2024-03-01T00:00:00+08:00', [{ book: 10, counted: 10 }])
    await store.settle(END)
    const stock = (query: object) => part('stockAccuracy', query)
    expect(await stock({ grain: 'month', at: '2024-02-15T00:00:00Z' })).toMatchObject({
      measured: 10,
      missed: 5,
    })
    expect(await stock({ grain: 'day', at: '2024-02-29T15:00:00Z' })).toMatchObject({
      measured: 10,
      missed: 5,
    })
    expect(await stock({ grain: 'day', at: '2024-02-29T16:00:00Z' })).toMatchObject({
      measured: 10,
      missed: 0,
    })
    expect(await stock({ grain: 'hour', at: '2024-02-29T16:00:00Z' })).toMatchObject({
      measured: 10,
      missed: 0,
    })
  })

  test('it says what moved it since the period before, and the points sum to the change', async () => {
    const score = await scoreAt({ grain: 'day', at: '2024-03-01T00:00:00+08:00' })
    expect(score).toMatchObject({
      score: 100,
      band: 'good',
      previous: { score: 50, band: 'poor', knownWeight: 25 },
      change: 50,
      complete: true,
      countedUntil: iso(at(20, '12:00:00')),
    })
    expect(score.moved?.[0]).toEqual({ component: 'stockAccuracy', points: 50, byScore: 50, byShare: 0 })
    expect(score.moved?.reduce((sum, { points }) => sum + points, 0)).toBe(50)
  })

  test('a trend is paged from either end, each period once', async () => {
    const trend = (query: object) =>
      readHealthTrend(
        store.db,
        healthTrendQuery.parse({
          from: '2024-02-28T00:00:00+08:00',
          to: '2024-03-03T00:00:00+08:00',
          ...query,
        }),
        ALL,
        now,
      )
    const whole = await trend({ sort: 'oldest' })
    expect(whole.items.map(({ score }) => score)).toEqual([null, 50, 100, null])
    const first = await trend({ limit: 3 })
    const rest = await trend({ limit: 3, cursor: first.nextCursor })
    expect([...first.items, ...rest.items]).toEqual(whole.items.toReversed())
    expect(rest.nextCursor).toBeNull()
    const [, second] = (
      await trend({
        limit: 1,
        sort: 'oldest',
        cursor: (await trend({ limit: 1, sort: 'oldest' })).nextCursor,
      })
    ).items
    expect(second).toBeUndefined()
  })

  test('stores are told apart, the worst first, and a region sees its own stores and warehouses', async () => {
    const paid = (lag: number, storeId: string) =>
      store.placed(at(19), {
        storeId,
        paid: { at: at(19), heardAt: new Date(Date.parse(at(19)) + lag * 1_000).toISOString() },
      })
    await paid(10, 'MALL')
    await paid(100, 'JD-1')
    await store.settle(END)
    const by = (query: object, scope: Scope = ALL) =>
      readHealthBreakdown(
        store.db,
        { dimension: 'store', query: healthBreakdownQuery.parse({ at: at(19), ...query }) },
        scope,
        now,
      )
    const worst = await by({ limit: 1 })
    expect(worst.items).toMatchObject([{ key: 'JD-1', score: expect.any(Number) }])
    expect((await by({ limit: 1, cursor: worst.nextCursor })).items).toMatchObject([
      { key: 'MALL', score: 100 },
    ])
    expect((await by({ sort: 'best' })).items.map(({ key }) => key)).toEqual(['MALL', 'JD-1'])
    expect((await by({ band: 'good' })).items.map(({ key }) => key)).toEqual(['MALL'])
    const channels = await readHealthBreakdown(
      store.db,
      { dimension: 'channel', query: healthBreakdownQuery.parse({ at: at(19), sort: 'key' }) },
      ALL,
      now,
    )
    expect(channels.items.map(({ key }) => key)).toEqual(['jd', 'mall'])
    const east: Scope = { kind: 'region', region: '华东' }
    expect((await by({}, east)).items.map(({ key }) => key)).toEqual(['MALL'])
    expect(await part('syncTimeliness', { at: at(19) }, east)).toMatchObject({ measured: 1, missed: 0 })
    const february = { grain: 'day', at: '2024-02-29T15:00:00Z' }
    expect(await part('stockAccuracy', february, east)).toMatchObject({ measured: 10 })
    expect(await part('stockAccuracy', february, { kind: 'region', region: '华南' })).toMatchObject({
      unknown: 'no_data',
    })
  })

  test('what a number is made of is listed in pages, each once, and sums to it', async () => {
    const query = { at: at(19), grain: 'day' }
    const sum = await part('syncTimeliness', query)
    const seen: string[] = []
    let missed = 0
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await outcomes('syncTimeliness', { ...query, limit: 1, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map(({ sourceId, part: of }) => `${sourceId}/${of}`))
      missed += page.items.reduce((total, each) => total + each.missed, 0)
      cursor = page.nextCursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect([seen.length, missed]).toEqual([sum?.outcomes, sum?.missed])
  })
})
