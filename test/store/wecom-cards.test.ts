import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWecomClient } from '../../connectors/wecom/app.ts'
import { createWecomToken } from '../../connectors/wecom/token.ts'
import { UNKNOWN_MEMBER } from '../../simulator/platforms/wecom/index.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { upsertAccount } from '../../store/identity.ts'
import { MobileLinks } from '../../store/mobile-links.ts'
import { closeCard, openCard } from '../../store/wecom-cards.ts'
import { wecomTokenShelf } from '../../store/wecom-token.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { wecomCardTarget } from '../../workers/wecom-cards.ts'
import { CALM, WECOM, WECOM_SECRET, wecomApp, wecomControl } from '../support/wecom.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let simulator: Simulator
let accountId: string
let links: MobileLinks
beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET })
  links = new MobileLinks({ db: store.db, secret: 'links of the tests' })
  const account = {
    userName: 'wang.fang',
    displayName: '王芳',
    role: 'store_manager',
    password: 'p',
  } as const
  accountId = (await upsertAccount(store.db, { ...account, storeIds: [], region: null })).id
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})
afterEach(() => simulator.mischief('wecom', CALM))

const sender = () => {
  const app = wecomApp(simulator.url)
  const client = createWecomClient(
    app,
    createWecomToken(app, wecomTokenShelf(store.db, store.keyRing, WECOM)),
  )
  const pageUrl = 'https://hub.example.com/m/{token}'
  return new DeliverySender({ db: store.db, target: wecomCardTarget({ client, links, pageUrl }) })
}
const content = {
  title: '改价申请 CR-1',
  description: '应收减少 49.90 元',
  facts: [{ name: '店铺', value: '华东店' }],
  note: '',
}
const ask = async (change: { subjectKey?: string; memberId?: string } = {}) => {
  const { subjectKey = `change/${uuid()}`, memberId = `member.${uuid().slice(-8)}` } = change
  await store.inTransaction((tx) =>
    openCard(tx, { subjectKey, subject: { changeId: 'c' }, accountId, memberId, content }),
  )
  const card = await store.db
    .selectFrom('wecom_card')
    .selectAll()
    .where('subject_key', '=', subjectKey)
    .executeTakeFirstOrThrow()
  return { id: card.id, taskId: card.task_id, subjectKey, memberId }
}
const close = (id: string, text: string) => store.inTransaction((tx) => closeCard(tx, id, text))
const shown = async (taskId: string) =>
  (await wecomControl(simulator.url).state()).cards.filter((card) => card.taskId === taskId)
const rowOf = (id: string) =>
  store.db.selectFrom('wecom_card').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const deliveriesOf = (id: string) =>
  store.db
    .selectFrom('delivery')
    .select(['kind', 'state', 'attempts'])
    .where('order_key', '=', `wecom-card/${id}`)
    .orderBy('created_at')
    .execute()
const now = () =>
  sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(store.db)
const nextTurn = () => sql`update wecom_turn set next_at = clock_timestamp()`.execute(store.db)

test('a card goes out once, with its buttons and a link that opens it for its account', async () => {
  const { id, taskId, memberId } = await ask()
  await sender().runOnce()
  const [card] = await shown(taskId)
  expect(card).toMatchObject({ memberId, buttonKeys: ['approve', 'reject'], replacedBy: null })
  const link = JSON.stringify(card?.card.card_action).split('/m/')[1]?.slice(0, 72) ?? ''
  expect(await links.redeem(link)).toEqual({
    ok: true,
    accountId,
    subject: `wecom-card/${id}`,
  })
  expect(await rowOf(id)).toMatchObject({ state: 'sent', response_code: expect.any(String) })
  expect(await deliveriesOf(id)).toEqual([{ kind: 'wecom_card', state: 'delivered', attempts: 1 }])
})

test('the same question to the same account is one card, however often it is asked', async () => {
  const { subjectKey, id } = await ask()
  await Promise.all(Array.from({ length: 5 }, () => ask({ subjectKey })))
  expect(await deliveriesOf(id)).toHaveLength(1)
})

test('a card whose answer was lost is in its member’s chat once after the next attempt', async () => {
  const { id, taskId } = await ask()
  simulator.mischief('wecom', { cutAfterEffect: 1 })
  // The first call, which brings the token, may be lost as well.
  for (let round = 0; round < 2; round += 1) {
    await sender().runOnce()
    await now()
    await nextTurn()
  }
  simulator.mischief('wecom', CALM)
  await sender().runOnce()
  expect(await shown(taskId)).toHaveLength(1)
  expect(await rowOf(id)).toMatchObject({ state: 'sent' })
  expect(await deliveriesOf(id)).toMatchObject([{ state: 'delivered' }])
})

test('what was settled is shown on the card, once; what nobody had begun to send is not sent', async () => {
  const sent = await ask()
  await sender().runOnce()
  await close(sent.id, '李强已同意')
  await close(sent.id, '别的')
  const unsent = await ask()
  await close(unsent.id, '申请已撤回')
  await sender().runOnce()
  await sender().runOnce()
  expect(await shown(sent.taskId)).toMatchObject([{ replacedBy: '李强已同意', updates: [{ by: 'api' }] }])
  expect(await rowOf(sent.id)).toMatchObject({ state: 'closed', response_code: null })
  expect(await shown(unsent.taskId)).toEqual([])
  expect(await deliveriesOf(unsent.id)).toEqual([{ kind: 'wecom_card', state: 'withdrawn', attempts: 0 }])
})

test('a card that was settled while it was on its way is not sent any more', async () => {
  const { id, taskId } = await ask()
  simulator.mischief('wecom', { gatewayTimeout: 1 })
  await sender().runOnce()
  await close(id, '申请已撤回')
  simulator.mischief('wecom', CALM)
  await now()
  await nextTurn()
  await sender().runOnce()
  await sender().runOnce()
  expect(await shown(taskId)).toEqual([])
  expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual(['withdrawn', 'delivered'])
})

test('a member gets one card every four seconds: WeCom throws away what is too much', async () => {
  const memberId = 'busy.member'
  const cards = [await ask({ memberId }), await ask({ memberId }), await ask({ memberId })]
  await Promise.all([sender().runOnce(), sender().runOnce()])
  const states = async () =>
    (await Promise.all(cards.map(({ id }) => rowOf(id)))).map(({ state }) => state).sort()
  expect(await states()).toEqual(['sent', 'waiting', 'waiting'])
  await nextTurn()
  await now()
  await sender().runOnce()
  expect(await states()).toEqual(['sent', 'sent', 'waiting'])
  await sql`update delivery set state = 'withdrawn', settled_at = now() where state = 'pending'`.execute(
    store.db,
  )
})

test('a member whom the corp does not have is a work item, and costs nobody else their card', async () => {
  const unknown = await ask({ memberId: UNKNOWN_MEMBER })
  const other = await ask()
  await sender().runOnce()
  expect(await deliveriesOf(unknown.id)).toMatchObject([{ state: 'failed' }])
  expect(await deliveriesOf(other.id)).toMatchObject([{ state: 'delivered' }])
  const items = await store.db
    .selectFrom('work_item')
    .select('key')
    .where('kind', '=', 'delivery_failed')
    .execute()
  expect(items).toEqual([{ key: `wecom_card/${unknown.id}` }])
})
