import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAliyunSms } from '../../connectors/notify/aliyun-sms.ts'
import type { Notifier, SendOutcome } from '../../connectors/notify/notifier.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'
import { ALIYUN_KEY_ID } from '../../simulator/platforms/sms/aliyun.ts'
import { SIGN_NAME, UNWILLING_NUMBER } from '../../simulator/platforms/sms/book.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { applyReports } from '../../store/notification-reports.ts'
import { Policies } from '../../store/policy-cache.ts'
import { NotificationReports } from '../../workers/notification-reports.ts'
import { NotificationSender } from '../../workers/notification-sender.ts'
import { fromMall, packedFor, publishNotifications, SMS_SHIPPED } from './notification-support.ts'
import { openTestStore, type TestStore } from './support.ts'

const SEED = 'reports'
const logger = pino({ level: 'silent' })
let store: TestStore
let simulator: Simulator
let skuId: string
beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})
afterEach(() => simulator.mischief('aliyun-sms', { cutAfterEffect: 0, garbage: 0 }))

const BY_OFFICIAL_ACCOUNT = { ...SMS_SHIPPED, way: 'wechat_template', templateId: 'OPENTM', isFallback: true }
const BY_MINI_PROGRAM = { ...SMS_SHIPPED, way: 'wechat', templateId: 'TPL' }

const sms = (): Notifier =>
  createAliyunSms({
    url: `${simulator.url}/aliyun-sms/`,
    accessKeyId: ALIYUN_KEY_ID,
    accessKeySecret: appSecretOf(SEED, 'aliyun-sms', ALIYUN_KEY_ID),
    signName: SIGN_NAME,
  })
const wechat = (way: 'wechat' | 'wechat_template', outcome: SendOutcome): Notifier => ({
  name: way,
  way,
  hasReports: false,
  send: async () => outcome,
  find: async () => ({ kind: 'silent', reason: 'cannot be asked' }),
})
const SENT: SendOutcome = { kind: 'sent', providerId: null }
const MISSED: SendOutcome = { kind: 'unreachable', reason: '43101' }

const send = (notifiers: Notifier[] = [sms(), wechat('wechat_template', SENT)]) =>
  new NotificationSender({
    db: store.db,
    keyRing: store.keyRing,
    policies: new Policies(),
    notifiers,
    secret: 's'.repeat(32),
    logger,
  }).runOnce()

async function askForReports(orderId: string, minutesAfter: number): Promise<void> {
  await sql`update notification set sending_at = now() - make_interval(mins => ${minutesAfter}),
    report_due_at = case when report_due_at is not null then now() end where order_id = ${orderId}`.execute(
    store.db,
  )
  await new NotificationReports({
    db: store.db,
    keyRing: store.keyRing,
    notifiers: [sms()],
    logger,
  }).runOnce()
}

const rowsOf = (orderId: string) =>
  store.db.selectFrom('notification').selectAll().where('order_id', '=', orderId).orderBy('id').execute()
async function smsOf(orderId: string) {
  const row = (await rowsOf(orderId)).find(({ way }) => way === 'sms')
  if (!row) throw new Error('no text message was written')
  return row
}
async function packed(number: string): Promise<string> {
  const orderId = await packedFor(store, skuId, number)
  await fromMall(store, orderId, { buyerId: 'b', officialOpenId: 'follower' })
  return orderId
}
let numbers = 0
const newNumber = (start = '1380000') => `${start}${String(++numbers).padStart(4, '0')}`

describe('what the operator reports', () => {
  beforeAll(() => publishNotifications(store.db, { templates: [SMS_SHIPPED, BY_OFFICIAL_ACCOUNT] }))

  test('of a message that arrived ends the matter; the same report again changes nothing', async () => {
    const orderId = await packed(newNumber())
    await send()
    const { id, report_due_at: due } = await smsOf(orderId)
    expect(due).not.toBeNull()
    const report = { message: { id }, wasDelivered: true, reason: 'DELIVERED' }
    expect(await applyReports(store.db, 'aliyun', [report])).toBe(1)
    const after = await rowsOf(orderId)
    expect(after).toMatchObject([{ state: 'delivered', report_due_at: null, reported_at: expect.any(Date) }])
    expect(await applyReports(store.db, 'aliyun', [report])).toBe(0)
    expect(await rowsOf(orderId)).toEqual(after)
  })

  test('of one that did not: it goes by the other way, once, and both can be seen', async () => {
    const orderId = await packed(newNumber())
    await send()
    const { id, news_at: newsAt } = await smsOf(orderId)
    const report = { message: { id }, wasDelivered: false, reason: 'MOBILE_NOT_ON_SERVICE' }
    await Promise.all([
      applyReports(store.db, 'aliyun', [report]),
      applyReports(store.db, 'aliyun', [report, report]),
    ])
    expect(await rowsOf(orderId)).toMatchObject([
      { way: 'sms', state: 'undelivered', reason: 'MOBILE_NOT_ON_SERVICE' },
      { way: 'wechat_template', state: 'pending', instead_of: id, news_at: newsAt },
    ])
    await send()
    expect(await rowsOf(orderId)).toMatchObject([{ state: 'undelivered' }, { state: 'sent' }])
  })

  test('is found by the provider’s own id where it knows no other; one of nobody’s message is no error', async () => {
    const orderId = await packed(newNumber())
    await send()
    const { provider_id: providerId } = await smsOf(orderId)
    const of = (id: string | null) => ({
      message: { providerId: id ?? '' },
      wasDelivered: true,
      reason: null,
    })
    expect(await applyReports(store.db, 'tencent', [of(providerId)])).toBe(0)
    expect(await applyReports(store.db, 'aliyun', [of('another system’s')])).toBe(0)
    expect(await applyReports(store.db, 'aliyun', [of(providerId)])).toBe(1)
    expect(await rowsOf(orderId)).toMatchObject([{ state: 'delivered' }])
  })

  test('comes before the answer to the call was read: the message is not sent again', async () => {
    const number = newNumber()
    const orderId = await packed(number)
    simulator.mischief('aliyun-sms', { cutAfterEffect: 1 })
    await send()
    const { id, state } = await smsOf(orderId)
    expect(state).toBe('unknown')
    await applyReports(store.db, 'aliyun', [{ message: { id }, wasDelivered: true, reason: null }])
    simulator.mischief('aliyun-sms', { cutAfterEffect: 0 })
    await sql`update notification set due_at = now() where order_id = ${orderId}`.execute(store.db)
    await send()
    expect(await rowsOf(orderId)).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  test('comes too late to be news: nothing more is sent', async () => {
    const orderId = await packed(newNumber())
    await send()
    const { id } = await smsOf(orderId)
    await sql`update notification set news_at = now() - interval '49 hours' where id = ${id}`.execute(
      store.db,
    )
    await applyReports(store.db, 'aliyun', [{ message: { id }, wasDelivered: false, reason: null }])
    await send()
    expect(await rowsOf(orderId)).toMatchObject([
      { state: 'undelivered' },
      { way: 'wechat_template', state: 'skipped', reason: 'no news any more', attempts: 0 },
    ])
  })
})

describe('where no report is pushed', () => {
  test('the provider is asked, and what it says counts alike', async () => {
    const arrived = await packed(newNumber())
    const lost = await packed(newNumber('1391000'))
    await send()
    for (const orderId of [arrived, lost]) await askForReports(orderId, 10)
    expect(await rowsOf(arrived)).toMatchObject([{ state: 'delivered' }])
    expect(await rowsOf(lost)).toMatchObject([
      { state: 'undelivered' },
      { way: 'wechat_template', state: 'pending' },
    ])
  })

  test('an operator that says nothing is asked again, and after three days no more', async () => {
    const orderId = await packed(newNumber('1392000'))
    await send()
    await askForReports(orderId, 11)
    const [asked] = await rowsOf(orderId)
    expect(asked?.state).toBe('sent')
    expect((asked?.report_due_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan(40 * 60_000)
    await askForReports(orderId, 73 * 60)
    expect(await rowsOf(orderId)).toMatchObject([{ state: 'sent', report_due_at: null }])
  })

  test('a customer who was erased is not asked about', async () => {
    const orderId = await packed(newNumber())
    await send()
    await sql`update contact set sealed = null, customer = null, erased_at = now() from orders where orders.id = ${orderId} and contact.id = contact_id`.execute(
      store.db,
    )
    await askForReports(orderId, 11)
    expect(await rowsOf(orderId)).toMatchObject([{ state: 'sent', report_due_at: null }])
  })
})

describe('a customer whom the first way does not reach', () => {
  test('because the provider says so, or nobody is there, is told by the other', async () => {
    const unwilling = await packed(UNWILLING_NUMBER)
    const masked = await packed('138****8000')
    await send()
    await send()
    expect(await rowsOf(unwilling)).toMatchObject([
      { state: 'failed' },
      { way: 'wechat_template', state: 'sent' },
    ])
    expect(await rowsOf(masked)).toMatchObject([
      { state: 'skipped' },
      { way: 'wechat_template', state: 'sent' },
    ])
  })

  test('but has had enough for one day, is left in peace', async () => {
    await publishNotifications(store.db, {
      templates: [SMS_SHIPPED, BY_OFFICIAL_ACCOUNT],
      perCustomerPerDay: 1,
    })
    const number = newNumber()
    await packed(number)
    await send()
    const second = await packed(number)
    await send()
    expect(await rowsOf(second)).toMatchObject([{ state: 'skipped', reason: 'enough for one day' }])
  })

  test('is not told by the other as long as one of two first ways did, or still may; of two that fail at once, one other', async () => {
    await publishNotifications(store.db, { templates: [SMS_SHIPPED, BY_MINI_PROGRAM, BY_OFFICIAL_ACCOUNT] })
    const both = await packed(UNWILLING_NUMBER)
    const one = await packed(UNWILLING_NUMBER)
    const byMiniProgram = (outcome: SendOutcome) => [sms(), wechat('wechat', outcome)]
    await sql`update notification set due_at = 'infinity' where order_id = ${one}`.execute(store.db)
    await send(byMiniProgram(MISSED))
    expect(await rowsOf(both)).toMatchObject([
      { way: 'sms', state: 'failed' },
      { way: 'wechat', state: 'failed' },
      { way: 'wechat_template', state: 'pending' },
    ])
    await sql`update notification set due_at = now() where order_id = ${one}`.execute(store.db)
    await send(byMiniProgram(SENT))
    expect(await rowsOf(one)).toMatchObject([
      { way: 'sms', state: 'failed' },
      { way: 'wechat', state: 'sent' },
    ])
  })
})
