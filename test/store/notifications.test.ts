import { type KyselyPlugin, sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAliyunSms } from '../../connectors/notify/aliyun-sms.ts'
import type { Notifier } from '../../connectors/notify/notifier.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'
import { ALIYUN_KEY_ID } from '../../simulator/platforms/sms/aliyun.ts'
import { SIGN_NAME, SMS_TEMPLATE, UNWILLING_NUMBER } from '../../simulator/platforms/sms/book.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import { planNotifications } from '../../store/notification-plan.ts'
import { Policies } from '../../store/policy-cache.ts'
import { NotificationSender } from '../../workers/notification-sender.ts'
import { fromMall, packedFor, publishNotifications, SMS_SHIPPED } from './notification-support.ts'
import { openTestStore, type TestStore } from './support.ts'

const SEED = 'notifications'
const CALM = { gatewayTimeout: 0, rateLimited: 0, cut: 0, cutAfterEffect: 0, garbage: 0 }

let store: TestStore
let simulator: Simulator
let skuId: string
beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
  await publish({})
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})
afterEach(() => simulator.mischief('aliyun-sms', CALM))

const TEMPLATE = SMS_SHIPPED
const publish = (change: object) => publishNotifications(store.db, change)

function aliyun(secret = appSecretOf(SEED, 'aliyun-sms', ALIYUN_KEY_ID)): Notifier {
  return createAliyunSms({
    url: `${simulator.url}/aliyun-sms/`,
    accessKeyId: ALIYUN_KEY_ID,
    accessKeySecret: secret,
    signName: SIGN_NAME,
  })
}

function newSender(change: { db?: Db; notifier?: Notifier; now?: () => Date } = {}): NotificationSender {
  const { db = store.db, notifier = aliyun(), now } = change
  return new NotificationSender({
    db,
    keyRing: store.keyRing,
    policies: new Policies(),
    notifiers: [notifier],
    secret: 's'.repeat(32),
    logger: pino({ level: 'silent' }),
    ...(now ? { now } : {}),
  })
}

const packed = (number: string, waybillNumber?: string) => packedFor(store, skuId, number, waybillNumber)

let numbers = 0
const newNumber = () => `1380000${String(++numbers).padStart(4, '0')}`

const messagesTo = (number: string) =>
  simulator.messages('aliyun-sms').filter((message) => 'number' in message && message.number === number)

const rowOf = (orderId: string) =>
  store.db.selectFrom('notification').selectAll().where('order_id', '=', orderId).executeTakeFirst()

const itemsOf = (kind: 'notification_refused' | 'notification_unknown') =>
  store.db.selectFrom('work_item').selectAll().where('kind', '=', kind).where('state', '=', 'open').execute()

/** Lets so many minutes pass for an order's message: it is due, and its last call long over. */
async function later(orderId: string, minutes: number): Promise<void> {
  await sql`
    update notification set due_at = now() - interval '1 second', sending_at = sending_at - make_interval(mins => ${minutes})
    where order_id = ${orderId} and state in ('pending', 'sending', 'unknown') and due_at <> 'infinity'`.execute(
    store.db,
  )
}

test('a customer hears once that the parcel left, in the words of the policy', async () => {
  const number = newNumber()
  const orderId = await packed(number, 'SF-HELLO')
  const sender = newSender()
  await sender.runOnce()
  await sender.runOnce()
  expect(messagesTo(number)).toEqual([
    expect.objectContaining({
      templateId: SMS_TEMPLATE,
      parameters: '{"company":"顺丰速运","no":"SF-HELLO"}',
    }),
  ])
  expect(await rowOf(orderId)).toMatchObject({ state: 'sent', attempts: 1, reason: null })
})

test('no number is written down or logged, not even by its hash from one day to the next', async () => {
  const number = newNumber()
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  const day = (at: string) => {
    const deps = { db: store.db, keyRing: store.keyRing, policies: new Policies(), secret: 's'.repeat(32) }
    return new NotificationSender({ ...deps, notifiers: [aliyun()], logger, now: () => new Date(at) })
  }
  simulator.mischief('aliyun-sms', { cut: 1 })
  const one = await packed(number)
  await day('2026-11-11T10:00:00+08:00').runOnce()
  const other = await packed(number)
  await day('2026-11-12T10:00:00+08:00').runOnce()
  const rows = [await rowOf(one), await rowOf(other)]
  expect(rows[0]?.recipient).not.toEqual(rows[1]?.recipient)
  expect(`${JSON.stringify(rows)}${lines.join()}`).not.toContain(number)
  simulator.mischief('aliyun-sms', CALM)
  for (const orderId of [one, other]) await later(orderId, 20)
  for (let round = 0; round < 3; round += 1) await newSender().runOnce()
})

test('of two planners and two senders at once, each message is written and sent once', async () => {
  const sent = await Promise.all(
    [newNumber(), newNumber(), newNumber()].map(async (number) => {
      await packed(number)
      return number
    }),
  )
  await Promise.all([
    planNotifications(store.db, new Policies(), 100),
    planNotifications(store.db, new Policies(), 100),
    newSender().runOnce(),
    newSender().runOnce(),
  ])
  // What was planned only after the senders had looked.
  await planNotifications(store.db, new Policies(), 100)
  await newSender().runOnce()
  for (const number of sent) expect(messagesTo(number)).toHaveLength(1)
})

describe('cut off', () => {
  test('after it was taken: it is found at the provider, and not sent again', async () => {
    const number = newNumber()
    const orderId = await packed(number)
    simulator.mischief('aliyun-sms', { cutAfterEffect: 1 })
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'unknown', attempts: 1 })
    simulator.mischief('aliyun-sms', CALM)
    await later(orderId, 0)
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(messagesTo(number)).toHaveLength(1)
  })

  test('before it was taken: that is believed ten minutes later, then it is sent', async () => {
    const number = newNumber()
    const orderId = await packed(number)
    simulator.mischief('aliyun-sms', { gatewayTimeout: 1 })
    await newSender().runOnce()
    simulator.mischief('aliyun-sms', CALM)
    await later(orderId, 0)
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'unknown', attempts: 1 })
    await later(orderId, 11)
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'pending' })
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'sent', attempts: 2 })
    expect(messagesTo(number)).toHaveLength(1)
  })

  test('and the provider does not answer for hours: a person is told, and nothing is sent again', async () => {
    const number = newNumber()
    const orderId = await packed(number)
    simulator.mischief('aliyun-sms', { cutAfterEffect: 1 })
    await newSender().runOnce()
    simulator.mischief('aliyun-sms', { cutAfterEffect: 0, garbage: 1 })
    await later(orderId, 7 * 60)
    await newSender().runOnce()
    expect(await itemsOf('notification_unknown')).toMatchObject([{ detail: { orderId, way: 'sms' } }])
    simulator.mischief('aliyun-sms', CALM)
    await later(orderId, 60)
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'unknown' })
    expect(messagesTo(number)).toHaveLength(1)
  })

  test('by a process that is killed, wherever: the customer gets it exactly once', async () => {
    let died = true
    let at = 0
    for (at = 1; died; at += 1) {
      const number = newNumber()
      const orderId = await packed(number)
      died = await runAndDie(at)
      for (let round = 0; round < 4; round += 1) {
        await later(orderId, 11)
        await newSender().runOnce()
      }
      expect(messagesTo(number), `killed at step ${at}`).toHaveLength(1)
      expect(['sent', 'delivered'], `killed at step ${at}`).toContain((await rowOf(orderId))?.state)
    }
    expect(at, 'steps that were tried').toBeGreaterThan(8)
  })
})

/** A sender that dies after so many answers: nothing after that ever happens, and its connection is lost. */
async function runAndDie(at: number): Promise<boolean> {
  const own = createDatabase(store.appUrl, 1)
  let die: (value: 'died') => void = () => undefined
  const death = new Promise<'died'>((resolve) => {
    die = resolve
  })
  let steps = 0
  const step = async (): Promise<void> => {
    if (++steps < at) return
    die('died')
    await new Promise(() => undefined)
  }
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await step()
      return result
    },
  }
  const real = aliyun()
  const notifier: Notifier = {
    ...real,
    send: async (message) => {
      await step()
      const outcome = await real.send(message)
      await step()
      return outcome
    },
  }
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(own)
  const run = newSender({ db: own.withPlugin(plugin), notifier }).runOnce()
  const end = await Promise.race([run.then(() => 'lived' as const), death])
  if (end === 'died') await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(store.db)
  else await own.destroy()
  return end === 'died'
}

describe('what the provider refuses', () => {
  test('as a whole is tried again later; one work item a template, which the next success closes', async () => {
    const orders = [await packed(newNumber()), await packed(newNumber())]
    await newSender({ notifier: aliyun('a wrong secret') }).runOnce()
    expect(await itemsOf('notification_refused')).toMatchObject([
      { key: `aliyun/${SMS_TEMPLATE}`, occurrences: 2 },
    ])
    for (const orderId of orders) {
      expect(await rowOf(orderId)).toMatchObject({ state: 'pending' })
      await later(orderId, 15)
    }
    await newSender().runOnce()
    for (const orderId of orders) expect(await rowOf(orderId)).toMatchObject({ state: 'sent' })
    expect(await itemsOf('notification_refused')).toEqual([])
  })

  test('for one number is given up quietly', async () => {
    const orderId = await packed(UNWILLING_NUMBER)
    await newSender().runOnce()
    expect(await rowOf(orderId)).toMatchObject({ state: 'failed', reason: 'isv.MOBILE_IN_BLACK' })
    expect(await itemsOf('notification_refused')).toEqual([])
  })

  test('because one number has had too many waits for an hour', async () => {
    await publish({ perCustomerPerDay: 50 })
    const number = newNumber()
    const orders: string[] = []
    for (let count = 0; count < 6; count += 1) orders.push(await packed(number))
    await newSender().runOnce()
    const rows = await Promise.all(orders.map(rowOf))
    expect(rows.filter((row) => row?.state === 'sent')).toHaveLength(5)
    expect(rows.find((row) => row?.state === 'pending')).toMatchObject({
      reason: 'isv.BUSINESS_LIMIT_CONTROL',
    })
    await publish({})
  })
})

describe('by policy', () => {
  test('quiet hours put a message off until they are over', async () => {
    await publish({ quietHours: { from: '22:00', until: '08:00' } })
    const number = newNumber()
    const orderId = await packed(number)
    await newSender({ now: () => new Date('2026-11-11T23:00:00+08:00') }).runOnce()
    expect(messagesTo(number)).toEqual([])
    expect(await rowOf(orderId)).toMatchObject({
      state: 'pending',
      attempts: 0,
      due_at: new Date('2026-11-12T08:00:00+08:00'),
    })
    await publish({})
    await later(orderId, 0)
    await newSender().runOnce()
    expect(messagesTo(number)).toHaveLength(1)
  })

  test('one number gets no more in a day, however many senders work at once', async () => {
    await publish({ perCustomerPerDay: 2 })
    const number = newNumber()
    const orders = [await packed(number), await packed(number), await packed(number), await packed(number)]
    await Promise.all([newSender().runOnce(), newSender().runOnce()])
    const states = (await Promise.all(orders.map(rowOf))).map((row) => row?.state)
    expect(states.toSorted()).toEqual(['sent', 'sent', 'skipped', 'skipped'])
    await publish({})
  })

  test('a masked number is nobody’s, and news that is too old is none', async () => {
    const masked = await packed('138****8000')
    await newSender().runOnce()
    expect(await rowOf(masked)).toMatchObject({ state: 'skipped', reason: 'no recipient' })
    const number = newNumber()
    const old = await packed(number)
    await sql`update notification set news_at = now() - interval '49 hours' where order_id = ${old}`.execute(
      store.db,
    )
    await newSender().runOnce()
    expect(await rowOf(old)).toMatchObject({ state: 'skipped', reason: 'no news any more' })
    expect(messagesTo(number)).toEqual([])
  })

  test('without templates, or for another channel, nothing is written; what happened meanwhile is not told later', async () => {
    await publish({ templates: [] })
    const quiet = await packed(newNumber())
    await publish({ orderChannels: ['jd'] })
    const elsewhere = await packed(newNumber())
    await publish({})
    await planNotifications(store.db, new Policies(), 100)
    for (const orderId of [quiet, elsewhere]) expect(await rowOf(orderId)).toBeUndefined()
  })
})

test('a mini-program’s buyer is told by WeChat under the openid that came with the order; nobody else is', async () => {
  const template = { ...TEMPLATE, way: 'wechat', templateId: 'TPL' }
  await publish({ templates: [template] })
  const orderId = await packed(newNumber())
  const other = await packed(newNumber())
  await fromMall(store, orderId, { buyerId: 'openid-1' })
  const sentTo: string[] = []
  const notifier: Notifier = {
    name: 'wechat',
    way: 'wechat',
    hasReports: false,
    send: async ({ recipient }) => {
      sentTo.push(recipient)
      return { kind: 'sent', providerId: null }
    },
    find: async () => ({ kind: 'absent' }),
  }
  await newSender({ notifier }).runOnce()
  expect(sentTo).toEqual(['openid-1'])
  expect(await rowOf(other)).toMatchObject({ state: 'skipped', reason: 'no recipient' })
  await publish({})
})

test('a customer who is to be told of the delivery is told of that, not of other news of the parcel', async () => {
  await publish({ templates: [{ ...TEMPLATE, event: 'delivered' }] })
  const number = newNumber()
  const orderId = await packed(number)
  const news = async (newState: string) => {
    const [task] = await store.tasks(orderId)
    await sql`insert into outbound_event (type, order_key, at, data) values ('order.parcel_changed',
      ${`order/${orderId}`}, now(), ${JSON.stringify({ parcelId: `${task?.id}-P1`, newState })})`.execute(
      store.db,
    )
    await planNotifications(store.db, new Policies(), 100)
  }
  await news('in_transit')
  expect(await rowOf(orderId)).toBeUndefined()
  await news('delivered')
  await news('delivered')
  await newSender().runOnce()
  expect(messagesTo(number)).toHaveLength(1)
  await publish({})
})
