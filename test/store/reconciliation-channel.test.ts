import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { listDifferencesQuery } from '../../contracts/reconciliation.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { listDifferences } from '../../store/reconciliation-queries.ts'
import { findRun, startRun } from '../../store/reconciliation-runs.ts'
import { createShop } from '../../store/shops.ts'
import { putMappings } from '../../store/sku-mappings.ts'
import { createFakeChannel, fakeOrder } from '../support/fake-channel.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { testRunner } from '../support/reconciliation.ts'
import { openTestStore, type TestStore } from './support.ts'

const SHOP = { shopId: 'SHOP-1', storeId: 'MALL', platform: 'doudian' }
const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)
const policies = new Policies()
const channel = createFakeChannel()
const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)

let store: TestStore
let owner: pg.Client
beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
  const skuId = await store.addSku({ 'WH-HZ': 100 })
  const { initial } = POLICIES.reconciliation
  const rules = { ...initial.channel, tolerance: 0, toleranceDays: 1, graceDays: { here: 0, there: 0 } }
  const document = { ...initial, channel: rules }
  await publishPolicy(store.db, { kind: 'reconciliation', document, author: 'test', reason: 'test' })
  await store.inTransaction(async (tx) => {
    const { shopId: id, ...shop } = SHOP
    const body = {
      ...{ id, ...shop, platformShopId: '1', appKey: 'app', gatewayUrl: 'http://127.0.0.1:1', pushUrl: null },
      ...{ pullFrom: new Date(), credentials: { appSecret: 'secret', accessToken: 'token-1' } },
    }
    await createShop(tx, keyRing, { body, operator: 'test', channel: 'mall' })
    const parts = [{ skuId, quantity: 1 }]
    const mapping = { shopId: id, platformSkuId: 'P-SKU-1', platformItemId: null, parts }
    await putMappings(tx, { mappings: [mapping], author: 'test' })
  })
})
afterAll(async () => {
  await owner.end()
  await store.close()
})

/** An order that both have; what the hub says went back of it. */
async function known(
  id: string,
  refundedCents = 0,
  change: Partial<ChannelOrder> = {},
): Promise<string | null> {
  const order = channel.put(id, change)
  const report = { shop: SHOP, order, inboxIds: [], traceParent: null }
  const { orderId } = await store.inTransaction((tx) => applyChannelOrder(tx, { keyRing, policies }, report))
  // What its workflow would write.
  await owner.query(
    "update orders set status = 'paid', paid_cents = amount_cents, refunded_cents = $2 where id = $1",
    [orderId, refundedCents],
  )
  return orderId
}

async function reconcile() {
  const asked = { counterpart: 'channel', from: today, to: today } as const
  const { runId } = await store.inTransaction((tx) => startRun(tx, asked, 'test'))
  const runner = testRunner(store.db, { connectors: { doudian: channel.connector }, dataKeys: keyRing })
  while ((await runner.runOnce()) > 0);
  const query = listDifferencesQuery.parse({ counterpart: 'channel', limit: 200 })
  const { items } = await listDifferences(store.db, query, { kind: 'all' }, new Date())
  return {
    run: await findRun(store.db, runId),
    found: items.map(({ kind, hub, there }) => `${kind} ${(there ?? hub)?.ref}`).sort(),
  }
}

/** The platform's order as it is now. */
const there = (id: string, change: Partial<ChannelOrder>) => {
  const order = channel.orders.get(id)
  if (!order) throw new Error(`there is no ${id}`)
  channel.orders.set(id, { ...order, ...change })
}
const linesOf = (id: string, refunds: ChannelOrder['lines'][number]['refund'][]) => {
  const [line] = fakeOrder(id).lines
  if (!line) throw new Error('an order has a line')
  const amountCents = 1_000 / refunds.length
  return refunds.map((refund, at) => ({ ...line, platformLineId: `${id}-${at}`, amountCents, refund }))
}

test('what went back of an order is compared as far as its platform tells, however the hub came to give it back', async () => {
  await known('AGREED', 300)
  there('AGREED', { refundedCents: 300 })
  // Something went back there and nobody says how much, whether the hub knows of it or not.
  await known('UNTOLD', 300)
  await known('UNTOLD-ANYTHING')
  there('UNTOLD-ANYTHING', { lines: linesOf('X', ['done']) })
  // A part that could not be supplied was taken out of the order by a change.
  const changed = await known('CHANGED', 200)
  await owner.query('update order_line set unit_price_cents = 800 where order_id = $1', [changed])
  await owner.query('update orders set amount_cents = 800 where id = $1', [changed])
  await owner.query(
    `insert into refund (id, order_id, payment_id, amount_cents, reason, state)
      values ('R', $1, 'pay-CHANGED', 200, 'changed', 'failed')`,
    [changed],
  )
  there('CHANGED', { refundedCents: 200 })
  // Half of it was given back before the hub heard of it: it was never the hub's.
  await known('LEFT-OUT', 0, { lines: linesOf('L', ['done', 'none']), refundedCents: 500 })
  // The hub saw it first when all was over.
  expect(await known('IGNORED', 0, { status: 'closed', refundedCents: 1_000 })).toBeNull()

  const { run, found } = await reconcile()
  expect(found).toEqual([])
  // Six orders, and what went back of five of them.
  expect(run).toMatchObject({ state: 'done', lastError: null, result: { pairs: 11, differences: 0 } })

  there('AGREED', { refundedCents: 301 })
  there('UNTOLD', { refundedCents: 0 })
  there('UNTOLD-ANYTHING', { refundedCents: 1_000 })
  there('CHANGED', { refundedCents: 0 })
  there('LEFT-OUT', { refundedCents: 400 })
  const words = [
    'amount refund/SHOP-1/AGREED',
    'amount refund/SHOP-1/LEFT-OUT',
    'missing_here refund/SHOP-1/UNTOLD-ANYTHING',
    'missing_there refund/SHOP-1/CHANGED',
    'missing_there refund/SHOP-1/UNTOLD',
  ]
  expect((await reconcile()).found).toEqual(words)
})
