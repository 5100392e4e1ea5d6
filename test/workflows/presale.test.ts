import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closePresale } from '../../store/presales.ts'
import { arrive, countersOf, expectPresalesSound, openPresale, shipMixed } from '../store/presale-support.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** Orders that wait for goods which are not there yet, to their end. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(async () => {
  await expectPresalesSound(hub.db)
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

async function presaleOf(skuId: string, quantity: number): Promise<string> {
  await hub.db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })
    .execute()
  return openPresale(hub.db, skuId, quantity)
}
const mixed = (skuId: string) => [
  { skuId: 'SKU-A', quantity: 1 },
  { skuId, quantity: 2 },
]
const packAll = async (orderId: string, count: number) => {
  for (const task of await hub.untilTasks(orderId, count)) hub.scans(await hub.pack(task.id), ['delivered'])
}
const untilHeard = (orderId: string) =>
  hub.until('the arrival to be heard', async () => {
    const { rows } = await sql<{ open: boolean }>`
      select exists (select from inbox where order_key = ${orderId} and state = 'pending') as open`.execute(
      hub.db,
    )
    return rows[0]?.open === false
  })

test('split: the goods in stock leave at once, the presale line when it has come in, and then the order completes', async () => {
  await shipMixed(hub.db, 'split')
  const presaleId = await presaleOf('SKU-SPLIT', 5)
  const order = await hub.placeOrder(mixed('SKU-SPLIT'))
  await hub.pay(order)
  await packAll(order.orderId, 1)
  await hub.untilStatus(order.orderId, 'partially_shipped')
  await arrive(hub.db, presaleId, 1)
  await arrive(hub.db, presaleId, 4)
  await packAll(order.orderId, 1)
  await hub.untilClosed(order.orderId)
  const decided = (await hub.log(order.orderId)).filter(
    (status) => status !== 'shipped' && status !== 'in_transit',
  )
  expect(decided).toEqual(['reserved', 'paid', 'partially_shipped', 'delivered', 'completed'])
  expect((await hub.tasks(order.orderId)).map((task) => task.lines)).toHaveLength(2)
  expect(await countersOf(hub.db, presaleId)).toMatchObject({ state: 'arrived', served: 2, freed: 3 })
  expect(await hub.stock('SKU-SPLIT', 'WH-HZ')).toMatchObject({ total: 5, shipped: 2, reserved: 0 })
  await keepHistory(hub, order.orderId, 'presale-split')
})

test('ship-together: nothing is picked before the presale line has come in, then everything is', async () => {
  await shipMixed(hub.db, 'ship-together')
  const presaleId = await presaleOf('SKU-TOGETHER', 5)
  const order = await hub.placeOrder(mixed('SKU-TOGETHER'))
  await hub.pay(order)
  await hub.untilStatus(order.orderId, 'paid')
  await arrive(hub.db, presaleId, 1)
  await untilHeard(order.orderId)
  expect(await hub.tasks(order.orderId)).toEqual([])
  await arrive(hub.db, presaleId, 1)
  const tasks = await hub.untilTasks(order.orderId)
  expect(tasks.map((task) => task.lines.map((line) => [line.lineNumber, line.quantity]))).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
  ])
  await packAll(order.orderId, 1)
  await hub.untilClosed(order.orderId)
  expect((await hub.row(order.orderId)).status).toBe('completed')
  await keepHistory(hub, order.orderId, 'presale-ship-together')
})

test('cancelled while it waits: refunded whole, and the units are for sale again', async () => {
  await shipMixed(hub.db, 'ship-together')
  const presaleId = await presaleOf('SKU-CANCEL', 2)
  const order = await hub.placeOrder(mixed('SKU-CANCEL'))
  await hub.pay(order)
  await hub.untilStatus(order.orderId, 'paid')
  const command = { requestId: randomUUID(), operator: 't', reason: 'x', mayCancelPaid: true }
  expect(await hub.commands.cancel(order.orderId, command)).toMatchObject({ accepted: true })
  await hub.untilClosed(order.orderId)
  expect(await hub.refunds(order.orderId)).toMatchObject([{ amount_cents: order.amountCents, state: 'done' }])
  expect(await countersOf(hub.db, presaleId)).toMatchObject({ sold: 0, left: 2 })
  await keepHistory(hub, order.orderId, 'presale-cancelled')
})

test('given up after a part was sent: the money for the rest goes back, and the order completes', async () => {
  await shipMixed(hub.db, 'split')
  const presaleId = await presaleOf('SKU-NEVER', 2)
  const order = await hub.placeOrder(mixed('SKU-NEVER'))
  await hub.pay(order)
  await packAll(order.orderId, 1)
  await hub.untilStatus(order.orderId, 'partially_shipped')
  const body = { reason: 'the factory burnt down', giveUpWaiting: true }
  const by = { operationId: randomUUID(), operator: 't', traceParent: null }
  await hub.inTransaction((tx) => closePresale(tx, { presaleId, body, ...by }))
  await hub.untilClosed(order.orderId)
  expect((await hub.row(order.orderId)).status).toBe('completed')
  expect(await hub.refunds(order.orderId)).toMatchObject([
    { amount_cents: 2_000, reason: 'short_picked', state: 'done' },
  ])
  await keepHistory(hub, order.orderId, 'presale-given-up')
})

test('an arrival that is booked while the worker is away is heard when it is back', async () => {
  await shipMixed(hub.db, 'split')
  const presaleId = await presaleOf('SKU-AWAY', 2)
  const order = await hub.placeOrder([{ skuId: 'SKU-AWAY', quantity: 2 }])
  await hub.untilStatus(order.orderId, 'reserved')
  await hub.stopWorker()
  await hub.pay(order)
  await arrive(hub.db, presaleId, 2)
  await hub.startWorker()
  await packAll(order.orderId, 1)
  await hub.untilClosed(order.orderId)
  await keepHistory(hub, order.orderId, 'presale-only')
})
