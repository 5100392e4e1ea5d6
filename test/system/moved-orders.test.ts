import { v7 as uuid } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import { openChangeDesk } from '../support/change-desk.ts'
import { expectStockAndMoney } from '../support/changed-orders.ts'
import { startTestHub } from '../support/hub.ts'

/**
 * Orders that move on while a change of them is being decided, with everything real: API, database, both workflows,
 * worker, carrier, payment provider and ERP. Nothing is called but the API.
 */
let isSearchSlow = false
const hub = await startTestHub({
  patienceMs: 90_000,
  activities: (activities) => ({
    ...activities,
    settleShortage: async (request) => {
      if (isSearchSlow) throw new Error('still looking for the units elsewhere')
      return activities.settleShortage(request)
    },
  }),
})
const desk = await openChangeDesk(hub)
const { call, pay, placeOrder, paidOrder, ship, ask, askAndWait, approve, untilOrder, untilRequest } = desk
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await desk.close()
  await hub.close()
})

const cheaper = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] }
/** How often a request that waited has looked at its order again. */
const looksOf = async (changeId: string) =>
  (
    await hub.db
      .selectFrom('change_event')
      .select('body')
      .where('change_id', '=', changeId)
      .where('type', '=', 'order_looked_at')
      .execute()
  ).length
const bookingsOf = (orderId: string) =>
  hub.simulator.erp.ledger
    .entries()
    .filter((entry) => entry.orderId === orderId)
    .map(({ state, differenceCents }) => [state, differenceCents])

test('an order that leaves while a refund of it waits is looked at again: it is the same refund, and goes on', async () => {
  const { orderId, paymentId } = await paidOrder()
  const { changeId } = await askAndWait(orderId, { type: 'refund', paymentId, amountCents: 800 })
  expect(await looksOf(changeId)).toBe(0)
  await ship(orderId)
  await untilOrder(orderId, 'in transit', ({ status }) => status === 'in_transit')
  await hub.until('the request to have looked at its order', async () => (await looksOf(changeId)) > 0)
  const request = await untilRequest(changeId, 'in_approval')
  expect(request.end).toBeNull()
  await approve('finance', request)
  await untilRequest(changeId, 'applied')
  expect(await desk.refundsOf(orderId)).toEqual([[paymentId, 800, 'allowance']])
  expect(bookingsOf(orderId)).toEqual([['booked', -800]])
  await expectStockAndMoney(hub.db, orderId)
}, 120_000)

test('an order that is paid while another price of it waits would be changed otherwise: stale, and the request says so', async () => {
  const { orderId, amountCents } = await placeOrder()
  const { changeId } = await askAndWait(orderId, cheaper)
  expect(await pay(orderId, amountCents)).toMatchObject({ outcome: 'accepted' })
  const { end } = await untilRequest(changeId, 'stale')
  expect(end).toEqual({
    code: 'order-changed',
    detail: 'the change would do something else to the order as it is now',
  })
  // Nothing of it is left: the warehouse packs what was paid for.
  await ship(orderId)
  expect(bookingsOf(orderId)).toEqual([])
  expect(await hub.row(orderId)).toMatchObject({ amount_cents: amountCents })
  await expectStockAndMoney(hub.db, orderId)
})

test('an order whose parcel is lost while a refund of it waits gives all its money back: stale, and the request says why', async () => {
  const { orderId, paymentId } = await paidOrder()
  const { changeId } = await askAndWait(orderId, { type: 'refund', paymentId, amountCents: 800 })
  hub.scans(await ship(orderId), ['in_transit', 'lost'])
  const { end } = await untilRequest(changeId, 'stale')
  expect(end).toEqual({ code: 'order-closed', detail: 'the order is lost' })
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  expect((await desk.refundsOf(orderId)).map(([, , reason]) => reason)).not.toContain('allowance')
  expect(bookingsOf(orderId)).toEqual([])
}, 120_000)

test('an order that the warehouse packs before it is held for a change is shipped as it was: stale, and the request says why', async () => {
  const { orderId } = await paidOrder()
  await hub.stopRelay()
  const changeId = await ask(orderId, cheaper)
  await ship(orderId)
  hub.startRelay()
  const { end } = await untilRequest(changeId, 'stale')
  // Whether the order has heard of the parcel by then or not.
  expect(['already-packed', 'wrong-status']).toContain(end.code)
  expect(end.detail).toMatch(/packed and with the courier|the order is (shipped|in_transit)/)
  const order = await untilOrder(orderId, 'in transit', ({ status }) => status === 'in_transit')
  expect(order).toMatchObject({ amountCents: 2_500 })
  expect(bookingsOf(orderId)).toEqual([])
})

test('units that turn out not to be there while another price is being decided: the order refuses it, and the ERP’s booking is reversed', async () => {
  await onlyTwoUnits('SKU-FEW')
  const { orderId, paymentId } = await paidOrder('SKU-FEW')
  const [task] = await hub.tasks(orderId)
  // Held for the price while the missing unit is still being looked for elsewhere.
  isSearchSlow = true
  await call('warehouse', 'POST', `/pick-tasks/${task?.id}/events`, {
    ...{ type: 'short', eventId: uuid(), lines: [{ lineNumber: 1, quantityMissing: 1 }] },
  })
  await hub.until('a unit to be looked for', async () => (await hub.state(orderId)).shortages.length > 0)
  const changeId = await ask(orderId, cheaper)
  await hub.until('the order to be asked for a hold', async () => (await hub.state(orderId)).changeHold)
  isSearchSlow = false
  const request = await untilRequest(changeId, 'in_approval')
  await untilOrder(orderId, 'refunded for one unit', ({ refundedCents }) => refundedCents === 1_000)
  // It comes to no other status by that: nothing makes the request look again before it is applied.
  expect(await looksOf(changeId)).toBe(0)
  await approve('team_lead', request)

  const { end } = await untilRequest(changeId, 'stale')
  expect(end).toEqual({
    code: 'order-changed',
    detail: 'the amount would change by -100 cents now, not by -200',
  })
  expect(bookingsOf(orderId)).toEqual([['reversed', -200]])
  const { ledger } = hub.simulator.erp
  const { amount_cents: amountCents } = await hub.row(orderId)
  expect([amountCents, ledger.amountCents(orderId), ledger.adjustmentCents(orderId)]).toEqual([
    2_500, 2_500, 0,
  ])
  expect(await desk.refundsOf(orderId)).toEqual([[paymentId, 1_000, 'short_picked']])
  await expectStockAndMoney(hub.db, orderId)
}, 120_000)

/** What cannot be found here is nowhere else. */
async function onlyTwoUnits(skuId: string): Promise<void> {
  const sku = { id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 }
  await hub.db.insertInto('sku').values(sku).execute()
  await hub.db.insertInto('stock_level').values({ sku_id: skuId, warehouse_id: 'WH-HZ', total: 2 }).execute()
}
