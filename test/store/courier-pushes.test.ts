import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkItemKind } from '../../domain/order.ts'
import { keepCourierPush, readNextPush } from '../../store/courier-pushes.ts'
import { claimSubscription, settleSubscription } from '../../store/courier-subscriptions.ts'
import { readParcel, recordPollFailure, reportSilence } from '../../store/parcels.ts'
import { replayWorkItem } from '../../store/work-items.ts'
import { CourierPushes } from '../../workers/courier-pushes.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let pushes: CourierPushes
let woken = 0
beforeAll(async () => {
  store = await openTestStore()
  pushes = new CourierPushes({
    db: store.db,
    logger: pino({ level: 'silent' }),
    onNews: () => {
      woken += 1
    },
  })
})
afterAll(() => store.close())

async function parcel(courier = 'yto') {
  const { order, taskIds } = await store.paidOrder([
    { skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 },
  ])
  const waybillNumber = `YT${uuid()}`
  await store.report(taskIds[0] ?? '', { type: 'packed', courier, waybillNumber })
  return { parcelId: `${taskIds[0]}-P1`, orderId: order.orderId, waybillNumber }
}

type Line = [time: string, context: string, statusCode: string]
const SHIPPED: Line = ['2026-11-11 09:00:00', '已揽收', '103']
const ON_THE_WAY: Line = ['2026-11-11 10:00:00', '快件已离开【杭州转运中心】', '1002']
const ARRIVED: Line = ['2026-11-11 11:00:00', '已签收，签收人：本人', '301']

/** A push is acknowledged: it is in the inbox. */
async function pushed(waybillNumber: string, lines: Line[], more: Record<string, unknown> = {}) {
  const data = lines.toReversed().map(([ftime, context, statusCode]) => ({ ftime, context, statusCode }))
  const param = JSON.stringify({
    status: 'polling',
    message: '',
    ...more,
    lastResult: { nu: waybillNumber, com: 'yuantong', state: data[0]?.statusCode ?? '0', data },
  })
  await kept(waybillNumber, param)
}
const kept = (waybillNumber: string, param: string) =>
  store.inTransaction((tx) =>
    keepCourierPush(tx, {
      source: 'kuaidi100',
      messageId: uuid(),
      waybillNumber,
      param,
      receivedAt: new Date(),
      traceParent: null,
    }),
  )
const rowOf = (parcelId: string) =>
  store.db.selectFrom('parcel').selectAll().where('id', '=', parcelId).executeTakeFirstOrThrow()
const scansOf = (parcelId: string) =>
  store.db
    .selectFrom('tracking_event')
    .select(['state', 'description'])
    .where('parcel_id', '=', parcelId)
    .orderBy('occurred_at')
    .execute()
const factsOf = (orderId: string) =>
  store.db
    .selectFrom('inbox')
    .select(['type', 'source_event_id'])
    .where('order_key', '=', orderId)
    .where('source', '=', 'tracking')
    .orderBy('id')
    .execute()
const pushesOf = (key: string) =>
  store.db
    .selectFrom('inbox')
    .select(['id', 'state', 'attempts'])
    .where('source', '=', 'kuaidi100')
    .where('order_key', '=', key)
    .orderBy('id')
    .execute()
const itemsOf = (kind: WorkItemKind, key: string) =>
  store.db
    .selectFrom('work_item')
    .select(['id', 'state'])
    .where('kind', '=', kind)
    .where('key', '=', key)
    .execute()

test('each push tells everything: scans are kept once, and only what moves the parcel becomes a fact for its order', async () => {
  const { parcelId, orderId, waybillNumber } = await parcel()
  const later: Line = ['2026-11-11 10:30:00', '正在派送', '5']
  await pushed(waybillNumber, [SHIPPED])
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY, later])
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY, later, ARRIVED], { status: 'shutdown' })
  expect(await pushes.runOnce()).toBe(4)
  expect((await scansOf(parcelId)).map(({ state }) => state)).toEqual([
    'shipped',
    'in_transit',
    'in_transit',
    'delivered',
  ])
  expect(await factsOf(orderId)).toEqual([
    { type: 'parcel.news', source_event_id: `${parcelId}/in_transit` },
    { type: 'parcel.news', source_event_id: `${parcelId}/delivered` },
  ])
  expect(await rowOf(parcelId)).toMatchObject({ state: 'delivered', next_poll_at: null })
  expect((await pushesOf(orderId)).map(({ state }) => state)).toEqual(['read', 'read', 'read', 'read'])
  expect(woken).toBeGreaterThan(0)
})

test('pushes out of order and again end where the newest scan is', async () => {
  const { parcelId, orderId, waybillNumber } = await parcel()
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY, ARRIVED])
  await pushed(waybillNumber, [SHIPPED])
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  await pushes.runOnce()
  expect(await rowOf(parcelId)).toMatchObject({ state: 'delivered' })
  expect(await scansOf(parcelId)).toHaveLength(3)
  expect(await factsOf(orderId)).toHaveLength(1)
})

test('a push puts the next poll off by its order’s interval', async () => {
  const { parcelId, waybillNumber } = await parcel()
  expect((await readParcel(store.db, parcelId)).dueInMs).toBe(0)
  await pushed(waybillNumber, [SHIPPED])
  await pushes.runOnce()
  const { dueInMs, state } = await readParcel(store.db, parcelId)
  expect(state).toBe('shipped')
  expect(dueInMs).toBeGreaterThan(200_000)
  expect(dueInMs).toBeLessThanOrEqual(300_000)
})

test('a process that dies while it reads leaves the push unread for the next one', async () => {
  const { parcelId, waybillNumber } = await parcel()
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  const died = await readNextPush(store.db, async (tx) => {
    await tx.updateTable('parcel').set({ state: 'lost' }).where('id', '=', parcelId).execute()
    throw new Error('the process died')
  })
  expect(died?.error).toBeInstanceOf(Error)
  expect(await rowOf(parcelId)).toMatchObject({ state: 'shipped' })
  expect(await pushesOf(`waybill:${waybillNumber}`)).toMatchObject([{ state: 'unread', attempts: 0 }])
  await pushes.runOnce()
  expect(await rowOf(parcelId)).toMatchObject({ state: 'in_transit' })
})

test('two processes share the pushes: each is read once', async () => {
  const { orderId, waybillNumber } = await parcel()
  for (let count = 0; count < 10; count += 1) await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  const another = new CourierPushes({
    db: store.db,
    logger: pino({ level: 'silent' }),
    onNews: () => undefined,
  })
  const [here, there] = await Promise.all([pushes.runOnce(), another.runOnce()])
  expect(here + there).toBe(10)
  expect(await factsOf(orderId)).toHaveLength(1)
})

test('news of a parcel that nobody sent is kept and raised, and read once its parcel is known', async () => {
  const waybillNumber = `YT${uuid()}`
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  await pushes.runOnce()
  const [push] = await pushesOf(`waybill:${waybillNumber}`)
  expect(push).toMatchObject({ state: 'set_aside' })
  const [item] = await itemsOf('waybill_unknown', String(push?.id))
  expect(item).toMatchObject({ state: 'open' })
  const { parcelId } = await parcel()
  await store.db
    .updateTable('parcel')
    .set({ waybill_number: waybillNumber })
    .where('id', '=', parcelId)
    .execute()
  await store.inTransaction((tx) => replayWorkItem(tx, item?.id ?? '', 'somebody'))
  await pushes.runOnce()
  expect(await rowOf(parcelId)).toMatchObject({ state: 'in_transit' })
  expect(await itemsOf('waybill_unknown', String(push?.id))).toMatchObject([{ state: 'resolved' }])
})

test('a push that cannot be read is set aside with a work item, and holds up nobody', async () => {
  const { parcelId, waybillNumber } = await parcel()
  await kept(waybillNumber, JSON.stringify({ lastResult: { nu: waybillNumber } }))
  await kept(
    waybillNumber,
    JSON.stringify({ status: 'polling', lastResult: { nu: waybillNumber, data: [{ ftime: 'soon' }] } }),
  )
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY])
  await pushes.runOnce()
  const bad = await pushesOf(`waybill:${waybillNumber}`)
  expect(bad.map(({ state }) => state)).toEqual(['set_aside', 'set_aside'])
  for (const { id } of bad)
    expect(await itemsOf('message_set_aside', String(id))).toMatchObject([{ state: 'open' }])
  expect(await rowOf(parcelId)).toMatchObject({ state: 'in_transit' })
})

test('a state that nobody knows is kept as it is and raised, and moves nothing', async () => {
  const { parcelId, waybillNumber } = await parcel()
  await pushed(waybillNumber, [SHIPPED, ['2026-11-11 10:00:00', '外星人已接收', '99']])
  await pushes.runOnce()
  expect(await rowOf(parcelId)).toMatchObject({ state: 'shipped' })
  expect((await scansOf(parcelId)).map(({ state }) => state)).toEqual(['shipped', 'unknown:99'])
  expect(await itemsOf('unknown_message', 'kuaidi100/state/99')).toMatchObject([{ state: 'open' }])
})

test('a corrected courier is a contradiction for a person; the scans count all the same', async () => {
  const { parcelId, waybillNumber } = await parcel()
  await pushed(waybillNumber, [SHIPPED, ON_THE_WAY], {
    autoCheck: '1',
    comOld: 'yuantong',
    comNew: 'zhongtong',
  })
  await pushes.runOnce()
  expect(await rowOf(parcelId)).toMatchObject({ state: 'in_transit' })
  expect(await itemsOf('contradiction', `${parcelId}/courier`)).toMatchObject([{ state: 'open' }])
})

test('a subscription that ends without an arrival tells the order at once, and news ends the silence', async () => {
  const { parcelId, orderId, waybillNumber } = await parcel()
  expect(await claimSubscription(store.db, parcelId, 'kuaidi100')).toBe(1)
  expect(await claimSubscription(store.db, parcelId, 'kuaidi100')).toBeNull()
  await settleSubscription(store.db, { parcelId, number: 1 }, 'active', 'subscribed')
  await pushed(waybillNumber, [], { status: 'abort', message: '3天查询无记录' })
  await pushes.runOnce()
  expect((await factsOf(orderId)).map(({ type }) => type)).toEqual(['parcel.silent'])
  expect((await rowOf(parcelId)).silent_at).not.toBeNull()
  // Within half an hour of its end nobody subscribes again.
  expect(await claimSubscription(store.db, parcelId, 'kuaidi100')).toBeNull()
  await store.inTransaction((tx) => reportSilence(tx, { parcelId, silenceMs: 0, detail: 'again' }))
  expect(await factsOf(orderId)).toHaveLength(1)
  await pushed(waybillNumber, [SHIPPED])
  await pushes.runOnce()
  expect((await rowOf(parcelId)).silent_at).toBeNull()
})

describe('a courier that does not answer polls', () => {
  const fails = (parcelId: string, orderId: string, times: number) =>
    Promise.all(
      Array.from({ length: times }, () =>
        recordPollFailure(store.db, { parcelId, orderId, courier: 'yto' }, 'no answer'),
      ),
    )

  test('is nobody’s work any more once a push brings news, and again after three more failures', async () => {
    const { parcelId, orderId, waybillNumber } = await parcel()
    await fails(parcelId, orderId, 3)
    expect(await itemsOf('courier_unreachable', parcelId)).toMatchObject([{ state: 'open' }])
    await pushed(waybillNumber, [])
    await pushes.runOnce()
    expect(await itemsOf('courier_unreachable', parcelId)).toMatchObject([{ state: 'open' }])
    await pushed(waybillNumber, [SHIPPED])
    await pushes.runOnce()
    expect(await itemsOf('courier_unreachable', parcelId)).toMatchObject([{ state: 'resolved' }])
    await fails(parcelId, orderId, 3)
    expect((await itemsOf('courier_unreachable', parcelId)).map(({ state }) => state).toSorted()).toEqual([
      'open',
      'resolved',
    ])
    await pushed(waybillNumber, [SHIPPED, ARRIVED])
    await pushes.runOnce()
    expect(await rowOf(parcelId)).toMatchObject({ state: 'delivered', next_poll_at: null })
    expect((await itemsOf('courier_unreachable', parcelId)).map(({ state }) => state)).toEqual([
      'resolved',
      'resolved',
    ])
  })

  test('raises nothing for a parcel that a push has ended during the call', async () => {
    const { parcelId, orderId, waybillNumber } = await parcel()
    await pushed(waybillNumber, [SHIPPED, ARRIVED])
    await pushes.runOnce()
    await fails(parcelId, orderId, 3)
    expect(await itemsOf('courier_unreachable', parcelId)).toEqual([])
  })
})
