import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseAllowedTargets } from '../../connectors/webhooks/address.ts'
import { createWebhookSender } from '../../connectors/webhooks/sender.ts'
import { OUTBOUND_EVENTS } from '../../contracts/outbound-events.ts'
import { type CreateSubscriptionBody, createSubscriptionBody } from '../../contracts/subscriptions.ts'
import { EVENT_ATTEMPTS } from '../../domain/event-delivery.ts'
import type { LogEntry } from '../../domain/order.ts'
import { applyChangeEvent, submitChange } from '../../store/change-requests.ts'
import { commitOrder } from '../../store/commit.ts'
import { claimEvents, fanOutEvents } from '../../store/event-deliveries.ts'
import { settleAttempt } from '../../store/event-results.ts'
import { dropOldEvents } from '../../store/maintenance.ts'
import { collectEvents, collectEventsIn } from '../../store/outbound-events.ts'
import { findEventDelivery, listEventDeliveries, showSubscription } from '../../store/subscription-queries.ts'
import {
  createSubscription,
  deleteSubscription,
  openSecrets,
  pauseSubscription,
  replayDelivery,
  resumeSubscription,
  rotateSecret,
  sendTestEvent,
  startReplay,
} from '../../store/subscriptions.ts'
import { replayWorkItem } from '../../store/work-items.ts'
import { fanOut } from '../../workers/event-loops.ts'
import { EventSender } from '../../workers/event-sender.ts'
import { startReceiver, verifies } from '../support/webhook-receiver.ts'
import { openTestStore, type TestStore, until } from './support.ts'

let store: TestStore
let receiver: Awaited<ReturnType<typeof startReceiver>>
let sku: string
const logger = pino({ level: 'silent' })
const webhooks = createWebhookSender({ allowed: parseAllowedTargets('127.0.0.0/8'), timeoutMs: 5_000 })
const newSender = () =>
  new EventSender({ db: store.db, keyRing: store.keyRing, webhooks, logger, random: () => 0 })
const operator = 'ops:test'

beforeAll(async () => {
  store = await openTestStore()
  receiver = await startReceiver()
  sku = await store.addSku({ 'WH-HZ': 100_000 })
})
afterAll(async () => {
  webhooks.close()
  receiver.close()
  await store.close()
})
beforeEach(() => receiver.reset())
/** What one test subscribed to would hear of the next one's orders. */
afterEach(async () => {
  const rows = await store.db
    .selectFrom('subscription')
    .select('id')
    .where('state', '<>', 'deleted')
    .execute()
  for (const { id } of rows) {
    await store.inTransaction((tx) => deleteSubscription(tx, { subscriptionId: id, operator }))
  }
})

async function subscribe(path: string, change: Partial<CreateSubscriptionBody> = {}): Promise<string> {
  const subscriptionId = uuid()
  const body = createSubscriptionBody.parse({
    name: `${path} ${subscriptionId}`,
    url: `${receiver.url}${path}`,
    eventTypes: ['order.*'],
    ...change,
  })
  await store.inTransaction((tx) => createSubscription(tx, store.keyRing, { subscriptionId, operator, body }))
  return subscriptionId
}

/** Everything that has happened until now becomes events, and deliveries of whoever wants them. */
async function gather(): Promise<void> {
  // A transaction that is still open somewhere keeps back what came after it: ask until all is there.
  await until('all to be collected', async () => {
    await collectEvents(store.db, 500)
    const { rows } = await sql<{ left: boolean }>`
      select exists (select from operation_log, event_feed
        where (operation_log.transaction_id, operation_log.id) > (event_feed.transaction_id, event_feed.log_id)) as left`.execute(
      store.db,
    )
    return !rows[0]?.left
  })
  while ((await fanOut(store.db)) > 0);
}

/** Sends until nothing is due and nothing under way. */
async function sendAll(sender = newSender()): Promise<void> {
  for (;;) {
    const begun = await sender.runOnce()
    await sender.finish()
    if (begun === 0) return
  }
}

/** As if the time of the next try had come. */
async function letTimePass(subscriptionId: string): Promise<void> {
  await sql`update event_delivery set next_attempt_at = clock_timestamp()
    where subscription_id = ${subscriptionId} and state = 'pending'`.execute(store.db)
  await sql`update subscription set throttled_until = null where id = ${subscriptionId}`.execute(store.db)
}

const deliveries = (subscriptionId: string) =>
  store.db
    .selectFrom('event_delivery')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .orderBy('position')
    .execute()
const show = (subscriptionId: string) => showSubscription(store.db, subscriptionId)
const place = () => store.order([{ skuId: sku, quantity: 1 }])

/** Commits the entries of a workflow's step. */
async function log(orderId: string, entries: Partial<LogEntry>[]): Promise<void> {
  const { version, event_count } = await store.row(orderId)
  const state = { ...(await store.firstState(orderId)), version, eventCount: event_count + 1 }
  const base = {
    oldValue: null,
    newValue: null,
    operator: 'system',
    source: 'test',
    sourceTime: null,
    inboxId: null,
  }
  const entry = entries.map((one) => ({ field: 'status', ...base, ...one }))
  await commitOrder(store.db, { runId: 'run', state, records: [{ key: uuid(), log: entry, writes: [] }] })
}

const moveTo = (orderId: string, oldValue: string, newValue: string) => log(orderId, [{ oldValue, newValue }])
const workItems = (key: string) =>
  store.db.selectFrom('work_item').selectAll().where('key', '=', key).where('state', '=', 'open').execute()

describe('what happens to orders and stock', () => {
  test('is told in order, each thing once, in the documented form and without a person’s data', async () => {
    const subscriptionId = await subscribe('/erp', { eventTypes: ['order.*', 'stock.*'] })
    const order = await place()
    await log(order.orderId, [
      { field: 'payment', newValue: 'received', subjectId: 'PAY-1', amountCents: 1_000 },
      { oldValue: 'reserved', newValue: 'paid' },
      { field: 'pick_task', newValue: 'created at WH-HZ', subjectId: 'F1' },
      { field: 'waybill', newValue: 'sf SF123 456', subjectId: 'F1-P1' },
      { oldValue: 'paid', newValue: 'shipped' },
      { field: 'parcel', oldValue: 'shipped', newValue: 'in_transit', subjectId: 'F1-P1' },
      { field: 'parcel', oldValue: 'in_transit', newValue: 'shipped (ignored)', subjectId: 'F1-P1' },
      { field: 'return', newValue: 'requested', subjectId: 'R1' },
      { field: 'refund', newValue: 'due of PAY-1 (returned)', subjectId: 'RF-1', amountCents: 300 },
      { field: 'refund', oldValue: 'failed', newValue: 'due, try 2', subjectId: 'RF-1', amountCents: 300 },
      { field: 'refund', oldValue: 'due', newValue: 'done', subjectId: 'RF-1', amountCents: 300 },
    ])
    await gather()
    await gather()
    await sendAll()
    const orderEvents = receiver.heard.filter((heard) => heard.event?.type.startsWith('order.'))
    expect(orderEvents.map((heard) => heard.event?.type)).toEqual([
      'order.placed',
      'order.payment_received',
      'order.paid',
      'order.parcel_packed',
      'order.shipped',
      'order.parcel_changed',
      'order.return_changed',
      'order.refund_changed',
      'order.refund_changed',
      'order.refund_changed',
    ])
    expect(receiver.types().filter((type) => type.startsWith('stock.'))).toEqual(['stock.level_changed'])
    for (const { event, body } of receiver.heard) {
      const type = event && OUTBOUND_EVENTS[event.type]
      expect(type?.data.safeParse(event?.data), body).toMatchObject({ success: true })
      expect(body).not.toMatch(/张三|13800138000|文三路|contact/)
    }
    expect(orderEvents[0]?.event?.data).toMatchObject({
      orderId: order.orderId,
      storeId: 'MALL',
      channel: 'mall',
      version: 1,
      oldStatus: null,
      newStatus: 'reserved',
      amountCents: 1_000,
    })
    expect(orderEvents[3]?.event?.data).toMatchObject({
      courier: 'sf',
      waybillNumber: 'SF123 456',
      version: 2,
    })
    expect(new Set(receiver.heard.map((heard) => heard.id)).size).toBe(receiver.heard.length)
    expect(await show(subscriptionId)).toMatchObject({ pending: 0, behind: 0, state: 'active' })
  })

  test('each step of a change request is told, in order, to whoever wants changes of the store', async () => {
    await subscribe('/changes', { eventTypes: ['change.*'], storeIds: ['MALL'] })
    await subscribe('/others', { eventTypes: ['order.paid', 'change.applied'] })
    const { orderId } = await place()
    const changeId = uuid()
    const by = { account: 'mei', operator: 'mei' }
    await store.inTransaction((tx) =>
      submitChange(tx, {
        ...{ changeId, orderId, orderVersion: 1, change: { type: 'cancel' }, eventId: uuid() },
        ...{ reasonCode: 'other', reason: '不要了', applicant: { name: 'mei', role: 'clerk' } },
      }),
    )
    await store.inTransaction((tx) =>
      applyChangeEvent(tx, store.keyRing, {
        ...{ changeId, eventId: uuid(), operator: by.operator },
        event: { type: 'withdrawn', account: by.account, note: '' },
      }),
    )
    await gather()
    await sendAll()
    expect(receiver.types()).toEqual(['change.requested', 'change.withdrawn'])
    for (const { event, path, body } of receiver.heard) {
      expect([path, OUTBOUND_EVENTS[event?.type ?? '']?.data.safeParse(event?.data).success]).toEqual([
        '/changes',
        true,
      ])
      expect(body).not.toMatch(/不要了|张三|13800138000/)
    }
    expect(receiver.heard.map(({ event }) => [event?.data.oldStatus, event?.data.newStatus])).toEqual([
      [null, 'submitted'],
      ['submitted', 'withdrawn'],
    ])
  })

  test('several movements of a level in a moment are one event that says what is there now', async () => {
    const own = await store.addSku({ 'WH-HZ': 10 })
    await subscribe('/stock', { eventTypes: ['stock.*'] })
    await store.order([{ skuId: own, quantity: 2 }])
    await store.order([{ skuId: own, quantity: 3 }])
    await gather()
    await sendAll()
    const told = receiver.heard.filter((heard) => heard.event?.data.skuId === own)
    expect(told.map((heard) => heard.event?.data)).toEqual([
      expect.objectContaining({ warehouseId: 'WH-HZ', total: 10, reserved: 5, available: 5, shortfall: 0 }),
    ])
  })

  test('that commits late, under a lower number, is not passed by', async () => {
    await subscribe('/late', { eventTypes: ['order.placed'] })
    await gather()
    const late = await store.begin()
    const held = await store.checkoutIn(late, [{ skuId: await store.addSku({ 'WH-HZ': 5 }), quantity: 1 }])
    const quick = await place()
    for (let round = 0; round < 3; round++) await collectEvents(store.db, 500)
    await late.commit().execute()
    await gather()
    await sendAll()
    expect(held.ok && receiver.heard.map((heard) => heard.event?.data.orderId).sort()).toEqual(
      held.ok && [held.order.orderId, quick.orderId].sort(),
    )
  })

  test('is collected once by however many processes, also when one of them dies before its commit', async () => {
    await subscribe('/once')
    await gather()
    const orders = await Promise.all(Array.from({ length: 10 }, place))
    await store.db
      .transaction()
      .execute(async (tx) => {
        await collectEventsIn(tx, 500)
        throw new Error('killed')
      })
      .catch(() => undefined)
    await Promise.all(Array.from({ length: 4 }, () => collectEvents(store.db, 3)))
    await gather()
    await sendAll()
    expect(receiver.heard.map((heard) => heard.event?.data.orderId).sort()).toEqual(
      orders.map((order) => order.orderId).sort(),
    )
  })
})

describe('a subscription', () => {
  test('begins now, or at the time that it names', async () => {
    const before = await place()
    await gather()
    const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(store.db)
    const between = await place()
    await gather()
    await subscribe('/now', { eventTypes: ['order.placed'] })
    await subscribe('/then', { eventTypes: ['order.placed'], startAt: rows[0]?.now.toISOString() })
    const after = await place()
    await gather()
    await sendAll()
    const heardAt = (path: string) =>
      receiver.heard.filter((heard) => heard.path === path).map((heard) => heard.event?.data.orderId)
    expect(heardAt('/now')).toEqual([after.orderId])
    expect(heardAt('/then')).toEqual([between.orderId, after.orderId])
    expect(heardAt('/then')).not.toContain(before.orderId)
  })

  test('gets the types and stores that it asked for, and nothing else', async () => {
    await subscribe('/paid', { eventTypes: ['order.paid'] })
    await subscribe('/elsewhere', { eventTypes: ['order.*'], storeIds: ['OTHER'] })
    await subscribe('/mall', { eventTypes: ['order.*'], storeIds: ['OTHER', 'MALL'] })
    await subscribe('/changes', { eventTypes: ['change.*'] })
    const order = await place()
    await moveTo(order.orderId, 'reserved', 'paid')
    await gather()
    await sendAll()
    expect(receiver.types('/paid')).toEqual(['order.paid'])
    expect(receiver.types('/mall')).toEqual(['order.placed', 'order.paid'])
    expect([...receiver.types('/elsewhere'), ...receiver.types('/changes')]).toEqual([])
  })

  test('waits while it is paused and then goes on where it stopped', async () => {
    const subscriptionId = await subscribe('/pause')
    await store.inTransaction((tx) => pauseSubscription(tx, { subscriptionId, operator }))
    const order = await place()
    await gather()
    await sendAll()
    expect(receiver.heard).toEqual([])
    expect((await deliveries(subscriptionId)).length).toBe(0)
    await store.inTransaction((tx) => resumeSubscription(tx, { subscriptionId, operator }))
    await gather()
    await sendAll()
    expect(receiver.heard.map((heard) => heard.event?.data.orderId)).toEqual([order.orderId])
  })

  test('that is deleted gets nothing more, and its secrets are gone', async () => {
    const subscriptionId = await subscribe('/deleted')
    await place()
    await gather()
    await store.inTransaction((tx) => deleteSubscription(tx, { subscriptionId, operator }))
    await place()
    await gather()
    await sendAll()
    expect(receiver.heard).toEqual([])
    expect((await deliveries(subscriptionId)).map((row) => row.state)).toEqual(['cancelled'])
    expect(await openSecrets(store.db, store.keyRing, subscriptionId)).toEqual([])
    const rows = await store.db
      .selectFrom('subscription_secret')
      .select('sealed')
      .where('subscription_id', '=', subscriptionId)
      .execute()
    expect(rows).toEqual([{ sealed: null }])
  })

  test('gets a test event whatever it subscribed to, and nobody else gets it', async () => {
    const subscriptionId = await subscribe('/tested', { eventTypes: ['change.*'] })
    await subscribe('/other')
    const deliveryId = await store.inTransaction((tx) => sendTestEvent(tx, { subscriptionId, operator }))
    await gather()
    await sendAll()
    expect(receiver.heard.map((heard) => [heard.path, heard.event?.type])).toEqual([
      ['/tested', 'subscription.test'],
    ])
    expect(await findEventDelivery(store.db, subscriptionId, deliveryId)).toMatchObject({
      state: 'delivered',
    })
  })

  test('keeps no secret in clear, and signs with the old and the new one while they overlap', async () => {
    const subscriptionId = await subscribe('/secret')
    const secrets = async () =>
      (await openSecrets(store.db, store.keyRing, subscriptionId)).map((entry) => entry.secret)
    const [old = ''] = await secrets()
    expect(old).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const { rows } = await sql<{ text: string }>`
      select row_to_json(secret)::text || encode(sealed, 'escape') as text from subscription_secret as secret`.execute(
      store.db,
    )
    expect(rows.map((row) => row.text).join()).not.toContain(old.slice('whsec_'.length))
    const rotate = (overlapHours: number) =>
      store.inTransaction((tx) => rotateSecret(tx, store.keyRing, { subscriptionId, operator, overlapHours }))
    await rotate(1)
    const [fresh = '', second] = await secrets()
    expect([second, fresh !== old]).toEqual([old, true])
    await place()
    await gather()
    await sendAll()
    const [heard] = receiver.heard
    expect(heard && [verifies(heard, old), verifies(heard, fresh)]).toEqual([true, true])
    await rotate(1)
    await expect(rotate(1)).rejects.toMatchObject({ code: 'too-many-secrets' })
    await sql`update subscription_secret set expires_at = clock_timestamp() where expires_at is not null`.execute(
      store.db,
    )
    expect(await secrets()).toHaveLength(1)
    receiver.reset()
    await place()
    await gather()
    await sendAll()
    const [later] = receiver.heard
    expect(later && [verifies(later, old), verifies(later, fresh)]).toEqual([false, false])
  })
})

describe('a receiver', () => {
  test('that fails one order’s event gets that order’s later ones after it, and other orders at once', async () => {
    const subscriptionId = await subscribe('/orders')
    const [bad, good] = [await place(), await place()]
    for (const { orderId } of [bad, good]) {
      await moveTo(orderId, 'reserved', 'paid')
      await moveTo(orderId, 'paid', 'shipped')
    }
    await gather()
    let mended = false
    receiver.answer = ({ event }, response) =>
      response.writeHead(event?.data.orderId === bad.orderId && !mended ? 500 : 200).end()
    await sendAll()
    const heardOf = (orderId: string) =>
      receiver.heard
        .filter((heard) => heard.event?.data.orderId === orderId)
        .map((heard) => heard.event?.type)
    expect(heardOf(good.orderId)).toEqual(['order.placed', 'order.paid', 'order.shipped'])
    expect(heardOf(bad.orderId)).toEqual(['order.placed'])
    mended = true
    await letTimePass(subscriptionId)
    await sendAll()
    expect(heardOf(bad.orderId)).toEqual(['order.placed', 'order.placed', 'order.paid', 'order.shipped'])
    const [first, again] = receiver.heard.filter((heard) => heard.event?.data.orderId === bad.orderId)
    expect([first?.id, first?.body]).toEqual([again?.id, again?.body])
  })

  test('that never takes one event gets the later ones of its order from the fourth try on', async () => {
    const subscriptionId = await subscribe('/limit')
    const order = await place()
    await moveTo(order.orderId, 'reserved', 'paid')
    await gather()
    receiver.answer = ({ event }, response) =>
      response.writeHead(event?.type === 'order.placed' ? 500 : 200).end()
    for (let attempt = 1; attempt <= 3; attempt++) {
      await sendAll()
      expect(receiver.types()).toEqual(Array.from({ length: attempt }, () => 'order.placed'))
      await letTimePass(subscriptionId)
    }
    await sendAll()
    // What fails whatever it is sent is taken for down for a while; that is over now, the failed event's wait is not.
    await sql`update subscription set throttled_until = null where id = ${subscriptionId}`.execute(store.db)
    await sendAll()
    expect(receiver.types()).toEqual([...Array.from({ length: 4 }, () => 'order.placed'), 'order.paid'])
  })

  test('that takes nothing for ten tries gets a work item opened, and everything again when that is replayed', async () => {
    const subscriptionId = await subscribe('/exhausted')
    await place()
    await gather()
    receiver.answer = (_heard, response) => response.writeHead(500).end()
    for (let attempt = 1; attempt <= EVENT_ATTEMPTS; attempt++) {
      await sendAll()
      await letTimePass(subscriptionId)
    }
    await sendAll()
    expect(receiver.heard).toHaveLength(EVENT_ATTEMPTS)
    const [delivery] = await deliveries(subscriptionId)
    expect(delivery).toMatchObject({ state: 'exhausted', attempts: EVENT_ATTEMPTS, last_status: 500 })
    const detail = await findEventDelivery(store.db, subscriptionId, delivery?.id ?? '')
    expect(detail.failures.map((failure) => [failure.status, failure.error])).toEqual(
      Array.from({ length: EVENT_ATTEMPTS }, () => [500, 'answered 500']),
    )
    const [item] = await workItems(subscriptionId)
    expect(item).toMatchObject({
      kind: 'events_exhausted',
      detail: { lastType: 'order.placed', attempts: 10 },
    })
    receiver.reset()
    await store.inTransaction((tx) => replayWorkItem(tx, item?.id ?? '', operator))
    await letTimePass(subscriptionId)
    await sendAll()
    expect(receiver.types()).toEqual(['order.placed'])
    expect((await deliveries(subscriptionId))[0]).toMatchObject({
      state: 'delivered',
      replays: 1,
      attempts: 1,
    })
  })

  test('that answers 410 is disabled with a work item; resumed, it gets what it missed', async () => {
    const subscriptionId = await subscribe('/gone')
    const order = await place()
    await gather()
    receiver.answer = (_heard, response) => response.writeHead(410).end()
    await sendAll()
    await moveTo(order.orderId, 'reserved', 'paid')
    await gather()
    await sendAll()
    expect(receiver.heard).toHaveLength(1)
    expect(await show(subscriptionId)).toMatchObject({
      state: 'disabled',
      stateReason: expect.stringContaining('410'),
    })
    expect(await workItems(subscriptionId)).toMatchObject([{ kind: 'subscription_disabled' }])
    receiver.reset()
    await store.inTransaction((tx) => resumeSubscription(tx, { subscriptionId, operator }))
    await gather()
    await sendAll()
    expect(receiver.types()).toEqual(['order.placed', 'order.paid'])
    expect(await workItems(subscriptionId)).toEqual([])
  })

  test('that says 429 is left alone as long as it asks for, with everything', async () => {
    const subscriptionId = await subscribe('/busy')
    await place()
    await gather()
    receiver.answer = (_heard, response) => response.writeHead(429, { 'retry-after': '3600' }).end()
    await sendAll()
    await place()
    await gather()
    await sendAll()
    expect(receiver.heard).toHaveLength(1)
    const { throttledUntil } = await show(subscriptionId)
    const waits = (Date.parse(throttledUntil ?? '') - Date.now()) / 1000
    expect(waits).toBeGreaterThan(3_500)
    expect(waits).toBeLessThan(3_700)
  })

  test('that is dead is probed by one message, costs a bounded number of rows, and holds up nobody', async () => {
    const dead = await subscribe('/dead', { url: 'http://127.0.0.1:9/hook' })
    const alive = await subscribe('/alive', { eventTypes: ['order.placed'] })
    await sql`
      insert into outbound_event (type, order_key, store_id, at, data)
      select 'order.paid', 'order/' || n, 'MALL', clock_timestamp(), '{}' from generate_series(1, 6000) as n`.execute(
      store.db,
    )
    const order = await place()
    await gather()
    for (let round = 0; round < 4; round++) {
      await sendAll()
      // Not the tries' own time, only the pause of the whole endpoint.
      await sql`update subscription set throttled_until = null where id = ${dead}`.execute(store.db)
    }
    const { pending, behind, consecutiveFailures, lastSuccessAt } = await show(dead)
    expect(pending).toBe(5_000)
    expect(behind).toBeGreaterThan(1_000)
    expect(lastSuccessAt).toBeNull()
    expect(consecutiveFailures).toBeGreaterThanOrEqual(4)
    const tried = (await deliveries(dead)).filter((row) => row.attempts > 0)
    // Eight at once before it was known to be down, three times; single ones afterwards.
    expect(tried.length).toBeLessThanOrEqual(8 * 3 + consecutiveFailures)
    expect(receiver.heard.map((heard) => heard.event?.data.orderId)).toEqual([order.orderId])
    expect(await show(alive)).toMatchObject({ pending: 0, behind: 0 })
  })

  test('that has taken nothing for five days is disabled', async () => {
    const subscriptionId = await subscribe('/days', { url: 'http://127.0.0.1:9/hook' })
    await place()
    await gather()
    await sendAll()
    await sql`update subscription set failing_since = failing_since - interval '5 days' where id = ${subscriptionId}`.execute(
      store.db,
    )
    await letTimePass(subscriptionId)
    await sendAll()
    expect(await show(subscriptionId)).toMatchObject({ state: 'disabled' })
    expect((await deliveries(subscriptionId)).map((row) => row.state)).toEqual(['pending'])
  })

  test('whose secret cannot be opened holds up nobody, and uses up none of its tries', async () => {
    const locked = await subscribe('/locked', { eventTypes: ['order.placed'] })
    await subscribe('/open', { eventTypes: ['order.placed'] })
    await sql`update subscription_secret set key_id = 'lost' where subscription_id = ${locked}`.execute(
      store.db,
    )
    await place()
    await gather()
    await sendAll()
    expect(receiver.heard.map((heard) => heard.path)).toEqual(['/open'])
    expect(await deliveries(locked)).toMatchObject([{ state: 'pending', attempts: 0 }])
    expect(await show(locked)).toMatchObject({
      state: 'disabled',
      stateReason: expect.stringContaining('lost'),
    })
    expect(await workItems(locked)).toMatchObject([{ kind: 'subscription_disabled' }])
  })

  test('that is slow keeps only its own places busy', async () => {
    await subscribe('/slow', { eventTypes: ['order.placed'] })
    await subscribe('/quick', { eventTypes: ['order.placed'] })
    const waiting: (() => void)[] = []
    receiver.answer = ({ path }, response) => {
      if (path === '/slow') waiting.push(() => response.end())
      else response.end()
    }
    const orders = await Promise.all(Array.from({ length: 20 }, place))
    await gather()
    const sender = newSender()
    await until('the quick one to have heard everything', async () => {
      await sender.runOnce()
      return receiver.types('/quick').length === orders.length
    })
    expect(waiting).toHaveLength(8)
    for (const answer of waiting) answer()
    receiver.answer = (_heard, response) => response.end()
    await sender.finish()
    await sendAll(sender)
    expect(receiver.types('/slow')).toHaveLength(orders.length)
  })
})

describe('a sender', () => {
  test('that dies after the receiver has answered sends the event again under the same id', async () => {
    const subscriptionId = await subscribe('/killed')
    await place()
    await gather()
    // Claimed, sent, and never heard of again.
    const [claimed] = await claimEvents(store.db, { subscriptionId, limit: 8, claimSeconds: 60 })
    const secrets = await openSecrets(store.db, store.keyRing, subscriptionId)
    const message = { url: `${receiver.url}/killed`, id: claimed?.eventId ?? '', body: '{}' }
    await webhooks.send({ ...message, secrets: secrets.map((entry) => entry.secret) })
    await sendAll()
    expect(receiver.heard).toHaveLength(1)
    await letTimePass(subscriptionId)
    await sendAll()
    expect(receiver.heard.map((heard) => heard.id)).toEqual([claimed?.eventId, claimed?.eventId])
    expect(await deliveries(subscriptionId)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })

  test('that hears of a failure late does not say when another one’s try is due, but a late success counts', async () => {
    const subscriptionId = await subscribe('/slow-answers')
    await place()
    await gather()
    const claim = async () => {
      const [event] = await claimEvents(store.db, { subscriptionId, limit: 8, claimSeconds: 60 })
      if (!event) throw new Error('nothing was due')
      return event
    }
    const first = await claim()
    await letTimePass(subscriptionId)
    await claim()
    const [claimed] = await deliveries(subscriptionId)
    const failure = { status: 500, retryAfterSeconds: null, error: 'answered 500', milliseconds: 1 }
    await settleAttempt(store.db, first, failure, 0)
    expect((await deliveries(subscriptionId))[0]).toMatchObject({
      state: 'pending',
      next_attempt_at: claimed?.next_attempt_at,
    })
    await settleAttempt(store.db, first, { ...failure, status: 200, error: null }, 0)
    expect((await deliveries(subscriptionId))[0]).toMatchObject({ state: 'delivered' })
  })

  test('beside others sends each event once, and one order’s in their order', async () => {
    const subscriptionId = await subscribe('/many')
    const orders = await Promise.all(Array.from({ length: 6 }, place))
    for (const { orderId } of orders) {
      await moveTo(orderId, 'reserved', 'paid')
      await moveTo(orderId, 'paid', 'shipped')
    }
    await gather()
    const senders = [newSender(), newSender(), newSender()]
    await until('everything to be sent', async () => {
      await Promise.all(senders.map((sender) => sender.runOnce()))
      return receiver.heard.length >= 18
    })
    await Promise.all(senders.map((sender) => sender.finish()))
    expect(receiver.heard).toHaveLength(18)
    for (const { orderId } of orders) {
      expect(
        receiver.heard
          .filter((heard) => heard.event?.data.orderId === orderId)
          .map((heard) => heard.event?.type),
      ).toEqual(['order.placed', 'order.paid', 'order.shipped'])
    }
    expect(new Set((await deliveries(subscriptionId)).map((row) => row.state))).toEqual(
      new Set(['delivered']),
    )
  })

  test('makes one delivery of an event, however many processes fan out at once', async () => {
    const subscriptionId = await subscribe('/fan')
    await Promise.all(Array.from({ length: 10 }, place))
    await until('events', async () => (await collectEvents(store.db, 500)) === 0)
    await Promise.all(Array.from({ length: 6 }, () => fanOutEvents(store.db, subscriptionId, 3)))
    await gather()
    const made = await deliveries(subscriptionId)
    expect(made).toHaveLength(10)
    expect(new Set(made.map((row) => row.position)).size).toBe(10)
  })

  test('sends of several states of one level that wait only the newest, and of orders everything', async () => {
    const own = await store.addSku({ 'WH-HZ': 10 })
    const subscriptionId = await subscribe('/states', { eventTypes: ['stock.*', 'order.placed'] })
    for (let round = 0; round < 3; round++) {
      await store.order([{ skuId: own, quantity: 1 }])
      await gather()
    }
    await sendAll()
    const levels = receiver.heard.filter((heard) => heard.event?.data.skuId === own)
    expect(levels.map((heard) => heard.event?.data.reserved)).toEqual([3])
    expect(receiver.types().filter((type) => type === 'order.placed')).toHaveLength(3)
    const states = (await deliveries(subscriptionId)).map((row) => row.state)
    expect(states.filter((state) => state === 'superseded').length).toBeGreaterThanOrEqual(2)
  })
})

describe('what was sent', () => {
  test('is sent again one by one, or by the period in which it happened, under the same ids', async () => {
    const subscriptionId = await subscribe('/replay', { eventTypes: ['order.placed'] })
    const { rows: before } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(store.db)
    const [first, second] = [await place(), await place()]
    await gather()
    await sendAll()
    const { rows: after } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(store.db)
    const outside = await place()
    await gather()
    await sendAll()
    const ids = receiver.heard.map((heard) => heard.id)
    receiver.reset()
    const [delivery] = await deliveries(subscriptionId)
    await store.inTransaction((tx) => replayDelivery(tx, { subscriptionId, deliveryId: delivery?.id ?? '' }))
    await sendAll()
    expect(receiver.heard.map((heard) => heard.id)).toEqual(ids.slice(0, 1))
    receiver.reset()
    const body = { from: before[0]?.now.toISOString() ?? '', to: after[0]?.now.toISOString() ?? '' }
    const start = () =>
      store.inTransaction((tx) => startReplay(tx, { subscriptionId, operator, replayId: uuid(), body }))
    await start()
    await expect(start()).rejects.toMatchObject({ code: 'replay-running' })
    await gather()
    await sendAll()
    expect(receiver.heard.map((heard) => heard.id)).toEqual(ids.slice(0, 2))
    expect(receiver.heard.map((heard) => heard.event?.data.orderId)).toEqual([first.orderId, second.orderId])
    expect(receiver.heard.map((heard) => heard.event?.data.orderId)).not.toContain(outside.orderId)
    await start()
    const elsewhere = await subscribe('/elsewhere')
    await expect(
      store.inTransaction((tx) =>
        replayDelivery(tx, { subscriptionId: elsewhere, deliveryId: delivery?.id ?? '' }),
      ),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  test('is in the delivery log, page by page, filtered and sorted', async () => {
    const subscriptionId = await subscribe('/log')
    const orders = await Promise.all(Array.from({ length: 5 }, place))
    await moveTo(orders[0]?.orderId ?? '', 'reserved', 'paid')
    await gather()
    await sendAll()
    const page = async (query: Record<string, unknown>) =>
      listEventDeliveries(store.db, subscriptionId, { limit: 4, sort: 'newest', ...query })
    const first = await page({})
    const second = await page({ cursor: first.nextCursor ?? undefined })
    const all = [...first.items, ...second.items]
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([4, 2, null])
    expect(all.map((item) => item.createdAt)).toEqual(
      all
        .map((item) => item.createdAt)
        .sort()
        .reverse(),
    )
    expect((await page({ type: 'order.paid' })).items).toMatchObject([{ state: 'delivered', attempts: 1 }])
    expect(
      (await page({ key: `order/${orders[0]?.orderId}`, sort: 'oldest' })).items.map((item) => item.type),
    ).toEqual(['order.placed', 'order.paid'])
    expect((await page({ state: 'exhausted' })).items).toEqual([])
    expect((await page({ createdTo: '2020-01-01T00:00:00Z' })).items).toEqual([])
  })

  test('is kept for its days and then dropped with its delivery log', async () => {
    const subscriptionId = await subscribe('/old')
    await place()
    await gather()
    await sendAll()
    expect(await dropOldEvents(store.db, 7)).toBe(0)
    const owner = new pg.Client({ connectionString: store.ownerUrl })
    await owner.connect()
    await owner.query("update outbound_event set recorded_at = now() - interval '8 days'")
    await owner.end()
    while ((await dropOldEvents(store.db, 7)) > 0);
    expect(await deliveries(subscriptionId)).toEqual([])
    const order = await place()
    await gather()
    await sendAll()
    expect(receiver.heard.at(-1)?.event?.data.orderId).toBe(order.orderId)
  })
})
