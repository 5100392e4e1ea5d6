import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { taobaoConnector } from '../../connectors/channels/taobao/index.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { tradeOf } from '../../simulator/platforms/taobao/trade.ts'
import { startSimulator } from '../../simulator/server.ts'
import { openContact } from '../../store/contacts.ts'
import { DurableIntake } from '../../store/durable-intake.ts'
import { upsertAccount } from '../../store/identity.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { createShop } from '../../store/shops.ts'
import { putMappings } from '../../store/sku-mappings.ts'
import { ChannelConnections } from '../../workers/channel-connections.ts'
import { ChannelFetch } from '../../workers/channel-fetch.ts'
import { Loop } from '../../workers/loop.ts'
import { PASSWORD, userName } from '../api/support.ts'
import { openChangeDesk } from '../support/change-desk.ts'
import { startTestHub } from '../support/hub.ts'
import { SEED, taobaoOrder, taobaoShop } from '../support/taobao.ts'

/**
 * A buyer of Taobao who moves after they have paid, with everything real from the platform's message on: its long
 * connection, the fetched trade, the request, its approval over the API, both workflows, the warehouse's task.
 */
const hub = await startTestHub({ patienceMs: 90_000, life: { afterSalesWindowSeconds: 600 } })
const desk = await openChangeDesk(hub)
const taobao = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
const { db, keyRing, policies } = hub
const logger = pino({ level: 'silent' })
const shops = new ShopAccounts(db, keyRing)
const connectors = { taobao: taobaoConnector }
const owner = 'channels-of-the-test'
const connections = new ChannelConnections({
  ...{ db, connectors, shops, logger, owner },
  intake: new DurableIntake(db, { stream: null }),
})
const fetch = new ChannelFetch({
  ...{ db, connectors, shops, keyRing, policies, logger, owner },
  callLimits: new CallLimits(null),
})
const fetching = new Loop('fetch', { round: () => fetch.runOnce(), idleMs: 25, logger })

const { shopId, ...shop } = taobaoShop(taobao)
await db.insertInto('store').values({ id: 'TB', name: '淘宝店', channel: 'taobao', region: '华东' }).execute()
await hub.inTransaction(async (tx) => {
  const body = { ...shop, id: shopId, storeId: 'TB', platform: 'taobao' as const, pullFrom: new Date() }
  await createShop(tx, keyRing, { body, operator: 'test', channel: 'taobao' })
  const mapped = { 'SKU-A': '5123456789011', 'SKU-B': '5123456789012' }
  const mappings = Object.entries(mapped).map(([skuId, platformSkuId]) => {
    return { shopId, platformSkuId, platformItemId: null, parts: [{ skuId, quantity: 1 }] }
  })
  await putMappings(tx, { mappings, author: 'test' })
})
for (const role of ['clerk', 'team_lead'] as const) {
  const person = { userName: userName(role), displayName: role, role, password: PASSWORD, region: null }
  await upsertAccount(db, { ...person, storeIds: ['MALL', 'TB'] })
}
await connections.runOnce()
fetching.start()

afterAll(async () => {
  await fetching.stop()
  await fetch.settled()
  await connections.stop()
  await taobao.close()
  await desk.close()
  await hub.close()
})

/** Who an order goes to, as it is sealed here. */
const receiverOf = async (orderId: string) => {
  const row = await db
    .selectFrom('orders')
    .innerJoin('contact', 'contact.id', 'orders.contact_id')
    .select(['contact.id', 'contact.key_id', 'contact.sealed', 'orders.division_code'])
    .where('orders.id', '=', orderId)
    .executeTakeFirstOrThrow()
  return { ...openContact(keyRing, row), divisionCode: row.division_code }
}

test('a buyer of Taobao who moves asks for a change like anybody: approved, applied and told, with the ciphertext as Taobao gave it', async () => {
  const { orderId: tradeId } = taobao.market.place(taobaoOrder())
  taobao.market.pay('taobao', tradeId)
  const { id: orderId } = await hub.until('the trade to be an order', () =>
    db.selectFrom('orders').select('id').where('store_id', '=', 'TB').executeTakeFirst(),
  )
  await hub.untilStatus(orderId, 'paid')
  await hub.untilTasks(orderId)
  const before = await receiverOf(orderId)
  const held = await hub.row(orderId)

  const receiver = {
    ...{ name: '张三丰', phone: '13812345678' },
    ...{ province: '上海市', city: '上海市', district: '浦东新区', address: '世纪大道 100 号' },
  }
  const moved = taobao.market.amend('taobao', tradeId, 'changed', { receiver })
  const [request] = await hub.until('the request', async () => {
    const { items } = await desk.call('ops', 'GET', `/change-requests?orderId=${orderId}`)
    return items[0]?.status === 'in_approval' ? items : null
  })
  expect(request).toMatchObject({ type: 'address', applicant: 'taobao', reasonCode: 'wrong_address' })
  // Nothing is changed by the platform's word alone, and the warehouse waits.
  expect(await receiverOf(orderId)).toEqual(before)
  const { items: asked } = await desk.call('team_lead', 'GET', '/approval-inbox')
  expect(asked.map(({ changeId }: { changeId: string }) => changeId)).toEqual([request.changeId])

  await desk.approve('team_lead', await desk.readRequest(request.changeId))
  const applied = await desk.untilRequest(request.changeId, 'applied')
  expect(applied).toMatchObject({ orderId, differenceCents: 0, end: null })
  const after = await receiverOf(orderId)
  const { oaid } = tradeOf(moved)
  expect(after).toMatchObject({
    ...{ name: '张**', address: '上海市上海市浦东新区世纪大***', ciphertext: { oaid } },
    divisionCode: expect.stringMatching(/^31/),
  })
  expect(before.divisionCode).toMatch(/^33/)
  expect(before.ciphertext).not.toEqual({ oaid })

  // Lines, money and stock are as they were; the warehouse packs the same for the new receiver.
  expect(await hub.row(orderId)).toMatchObject({
    ...{ status: 'paid', amount_cents: held.amount_cents, paid_cents: held.paid_cents, refunded_cents: 0 },
  })
  const tasks = await hub.untilTasks(orderId)
  expect(tasks.flatMap(({ lines }) => lines.map(({ skuId, quantity }) => [skuId, quantity]))).toEqual([
    ['SKU-A', 1],
    ['SKU-B', 2],
  ])
  expect(hub.simulator.erp.ledger.adjustmentCents(orderId)).toBe(0)
  expect(await hub.reconcile.checkStock()).toBe(0)

  // Told: those who listen to the hub, and whoever had it on their list.
  const { items: listed } = await desk.call('ops', 'GET', `/work-items?orderId=${orderId}`)
  expect(listed.filter(({ state }: { state: string }) => state === 'open')).toEqual([])
  const told = await db
    .selectFrom('announced_event')
    .select('type')
    .where('order_key', '=', `change/${request.changeId}`)
    .orderBy('id')
    .execute()
  expect(told.map(({ type }) => type)).toEqual([
    ...['change.requested', 'change.in_approval', 'change.approved', 'change.applied'],
  ])
  const audited = await db
    .selectFrom('audit_entry')
    .select('action')
    .where('subject_id', '=', request.changeId)
    .orderBy('id')
    .execute()
  expect(audited.map(({ action }) => action)).toEqual([
    ...['change.requested', 'change.decided', 'change.told_to_erp', 'change.applied'],
  ])
  // No name, number or address outside the sealed contact.
  const rows = await db
    .selectFrom('audit_entry')
    .selectAll()
    .where('subject_id', '=', request.changeId)
    .execute()
  expect(JSON.stringify(rows)).not.toMatch(/世纪大|张三|13812345678/)
}, 120_000)
