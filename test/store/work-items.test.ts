import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkItemKind } from '../../domain/order.ts'
import type { WorkItemDetail } from '../../domain/work-item-facts.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { upsertAccount } from '../../store/identity.ts'
import { appendInbox } from '../../store/inbox.ts'
import { recordPollFailure, recordScans, type ScanRow } from '../../store/parcels.ts'
import { postponeMessages, settleMessages } from '../../store/relay.ts'
import { assignWorkItem } from '../../store/work-item-people.ts'
import { snoozeWorkItem } from '../../store/work-item-snooze.ts'
import { openWorkItem, replayWorkItem, resolveWorkItem } from '../../store/work-items.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const placeOne = async () =>
  (await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])).orderId
const itemsOf = (key: string) => store.db.selectFrom('work_item').selectAll().where('key', '=', key).execute()
const cleared = (orderId: string) =>
  store.db
    .selectFrom('inbox')
    .select('id')
    .where('order_key', '=', orderId)
    .where('type', '=', 'attention.cleared')
    .execute()

async function open(
  kind: WorkItemKind,
  orderId: string | null = null,
  detail: WorkItemDetail = {},
  key: string = uuid(),
): Promise<{ id: string; key: string }> {
  await openWorkItem(store.db, { kind, key, orderId, detail })
  const [item] = await itemsOf(key)
  return { id: item?.id ?? '', key }
}
const resolve = (id: string) =>
  store.inTransaction((tx) => resolveWorkItem(tx, id, { resolution: 'done', operator: 'ops' }))

const putOff = (id: string, reason = '等仓库答复') =>
  store.inTransaction((tx) => {
    const until = new Date(Date.now() + 3_600_000).toISOString()
    return snoozeWorkItem(tx, id, { until, reason, origin: SYSTEM_ORIGIN })
  })

describe('a work item that was put off', () => {
  test('stays so while what it is about is only seen again, and comes back once it says something new', async () => {
    const { id, key } = await open('stock_drift', null, { quantity: 3 })
    await putOff(id)
    await open('stock_drift', null, { quantity: 3 }, key)
    expect(await itemsOf(key)).toMatchObject([{ occurrences: 2, snoozed_by: 'system' }])
    expect((await itemsOf(key))[0]?.snoozed_until).not.toBeNull()
    await open('stock_drift', null, { quantity: 4 }, key)
    expect(await itemsOf(key)).toMatchObject([
      { occurrences: 3, snoozed_until: null, snoozed_by: null, snooze_reason: null, detail: { quantity: 4 } },
    ])
  })

  test('that settles itself is resolved, and the same trouble afterwards is an item that nobody has put off', async () => {
    const { id, key } = await open('contradiction')
    await putOff(id)
    await resolve(id)
    await open('contradiction', null, {}, key)
    expect((await itemsOf(key)).filter((row) => row.state === 'open')).toMatchObject([
      { snoozed_until: null },
    ])
  })
})

describe('a work item', () => {
  test('the same trouble again, also at once, counts on the open item and shows its latest detail', async () => {
    const key = uuid()
    await Promise.all(
      Array.from({ length: 6 }, () =>
        openWorkItem(store.db, { kind: 'contradiction', key, orderId: null, detail: { reason: 'first' } }),
      ),
    )
    await openWorkItem(store.db, { kind: 'contradiction', key, orderId: null, detail: { reason: 'last' } })
    expect(await itemsOf(key)).toMatchObject([{ occurrences: 7, state: 'open', detail: { reason: 'last' } }])
  })

  test('trouble that comes back after it was resolved is a new item', async () => {
    const { id, key } = await open('contradiction')
    await resolve(id)
    await open('contradiction', null, {}, key)
    const states = (await itemsOf(key)).map((item) => [item.state, item.occurrences])
    expect(states.sort()).toEqual([
      ['open', 1],
      ['resolved', 1],
    ])
  })

  test('it is assigned while open; once resolved it can be neither assigned, resolved nor replayed', async () => {
    const { id, key } = await open('message_set_aside', null, { inboxId: 0 })
    await upsertAccount(store.db, {
      ...{ userName: 'li', displayName: '李', password: 'of nobody at all', storeIds: [], region: null },
      role: 'ops',
    })
    const assign = () =>
      store.inTransaction((tx) => assignWorkItem(tx, id, { owner: 'li', origin: SYSTEM_ORIGIN }))
    await assign()
    expect(await itemsOf(key)).toMatchObject([{ owner: 'li' }])
    await resolve(id)
    expect(await itemsOf(key)).toMatchObject([{ state: 'resolved', resolution: 'done', resolved_by: 'ops' }])
    const replay = () => store.inTransaction((tx) => replayWorkItem(tx, id, 'ops'))
    for (const act of [assign, () => resolve(id), replay, () => putOff(id)]) {
      await expect(act()).rejects.toMatchObject({ code: 'work-item-resolved' })
    }
  })

  test('two people who resolve it at once: one does, the other is told', async () => {
    const { id } = await open('contradiction', await placeOne())
    const results = await Promise.allSettled([resolve(id), resolve(id)])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'work-item-resolved' },
    })
  })

  test('one that nobody knows is not found', async () => {
    await expect(resolve(uuid())).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the attention mark of an order', () => {
  test('is cleared with the last open item, once, and not before', async () => {
    const orderId = await placeOne()
    const [first, second] = [await open('contradiction', orderId), await open('parcel_lost', orderId)]
    await resolve(first.id)
    expect(await cleared(orderId)).toHaveLength(0)
    await resolve(second.id)
    expect(await cleared(orderId)).toHaveLength(1)
  })

  test('is cleared when two people resolve the last two items at the same moment', async () => {
    const orderId = await placeOne()
    const [first, second] = [await open('contradiction', orderId), await open('parcel_lost', orderId)]
    const resolving = await store.begin()
    await resolveWorkItem(resolving, first.id, { resolution: 'done', operator: 'ops' })
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db
        .transaction()
        .execute((tx) => resolveWorkItem(tx, second.id, { resolution: 'done', operator: 'li' })),
    )
    await rival.untilBlocked()
    await resolving.commit().execute()
    await result
    expect(await cleared(orderId)).toHaveLength(1)
  })

  test('a person who resolves an item while the order commits on it neither blocks nor is blocked for good', async () => {
    const orderId = await placeOne()
    const item = await open('contradiction', orderId)
    const committing = store.commit(orderId, [
      { kind: 'resolve_work_item', workItemKind: 'contradiction', key: item.key },
    ])
    const [committed, resolved] = await Promise.allSettled([committing, resolve(item.id)])
    expect(committed).toMatchObject({ status: 'fulfilled', value: { outcome: 'committed' } })
    if (resolved.status === 'rejected') expect(resolved.reason).toMatchObject({ code: 'work-item-resolved' })
    expect(await itemsOf(item.key)).toMatchObject([{ state: 'resolved' }])
  })
})

describe('replay', () => {
  const tell = (orderKey: string) =>
    store.inTransaction((tx) =>
      appendInbox(tx, {
        source: 'payments',
        sourceEventId: uuid(),
        type: 'payment.received',
        orderKey,
        occurredAt: new Date(),
        body: {},
        traceParent: null,
      }),
    )
  const message = (id: number) =>
    store.db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const replay = (id: string) => store.inTransaction((tx) => replayWorkItem(tx, id, 'ops'))

  test('puts a message that was set aside back with fresh attempts, and gives the item an owner', async () => {
    const inboxId = (await tell(uuid())) ?? 0
    await postponeMessages(store.db, [inboxId], {
      delayMs: 60_000,
      error: 'broken',
      waiting: false,
      countsAsFailure: true,
    })
    await settleMessages(store.db, [{ id: inboxId, state: 'set_aside' }])
    expect(await message(inboxId)).toMatchObject({ state: 'set_aside', attempts: 1 })
    const { id, key } = await open('message_set_aside', null, { inboxId })
    await replay(id)
    expect(await message(inboxId)).toMatchObject({ state: 'pending', attempts: 0, settled_at: null })
    expect(await itemsOf(key)).toMatchObject([{ state: 'open', owner: 'ops' }])
  })

  test('does not send a message again that was delivered meanwhile', async () => {
    const inboxId = (await tell(uuid())) ?? 0
    await settleMessages(store.db, [{ id: inboxId, state: 'delivered' }])
    const { id } = await open('message_set_aside', null, { inboxId })
    await replay(id)
    expect(await message(inboxId)).toMatchObject({ state: 'delivered' })
  })

  test('of a failed refund asks the order once per occurrence, however often it is pressed', async () => {
    const orderId = await placeOne()
    const { id } = await open('refund_failed', orderId, { refundId: 'R-1' })
    await replay(id)
    await replay(id)
    const requests = await store.db
      .selectFrom('inbox')
      .select('id')
      .where('order_key', '=', orderId)
      .where('type', '=', 'refund.retry_requested')
      .execute()
    expect(requests).toHaveLength(1)
  })

  test('of something that cannot be tried again is refused', async () => {
    const { id } = await open('parcel_lost')
    await expect(replay(id)).rejects.toMatchObject({ code: 'not-replayable' })
  })
})

describe('a courier that fails', () => {
  async function parcel() {
    const { order, taskIds } = await store.paidOrder([
      { skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 },
    ])
    await store.report(taskIds[0] ?? '', { type: 'packed', courier: 'sim', waybillNumber: uuid() })
    return { parcelId: `${taskIds[0]}-P1`, orderId: order.orderId, courier: 'sim' }
  }
  const scan = (eventId: string, state: 'in_transit' | 'delivered', minute: number) => ({
    eventId,
    state,
    rawState: state,
    description: state,
    occurredAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  })

  const told = (parcelId: string, scans: ScanRow[]) =>
    store.db
      .transaction()
      .execute((tx) => recordScans(tx, { parcelId, source: 'gateway', scans, way: 'poll' }))

  test('three times in a row raises one item, however long it goes on, and an answer settles it', async () => {
    const known = await parcel()
    const counts = []
    for (let call = 0; call < 5; call += 1) {
      counts.push(await recordPollFailure(store.db, known, 'no answer'))
    }
    expect(counts).toEqual([1, 2, 3, 4, 5])
    expect(await itemsOf(known.parcelId)).toMatchObject([{ kind: 'courier_unreachable', occurrences: 1 }])
    await told(known.parcelId, [])
    expect(await itemsOf(known.parcelId)).toMatchObject([{ state: 'resolved', resolved_by: 'system' }])
    expect(await recordPollFailure(store.db, known, 'no answer')).toBe(1)
  })

  test('scans told twice and out of order are kept once and move the parcel by their own times', async () => {
    const known = await parcel()
    const scans = [scan('b', 'delivered', 2), scan('a', 'in_transit', 1)]
    const [first, second] = await Promise.all([told(known.parcelId, scans), told(known.parcelId, scans)])
    expect([first.state, second.state]).toEqual(['delivered', 'delivered'])
    expect(await told(known.parcelId, [scan('c', 'in_transit', 3)])).toMatchObject({
      state: 'delivered',
    })
    const kept = await store.db
      .selectFrom('tracking_event')
      .select('event_key')
      .where('parcel_id', '=', known.parcelId)
      .orderBy('event_key')
      .execute()
    expect(kept.map((row) => row.event_key)).toEqual(['a', 'b', 'c'])
  })
})
