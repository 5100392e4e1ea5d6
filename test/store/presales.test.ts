import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { findOrderDetail } from '../../store/order-queries.ts'
import { askReservation, decideCancellation, reservePresaleAgain } from '../../store/order-steps.ts'
import { raisePresaleGoodsInStock } from '../../store/presale-goods.ts'
import { changePresale, closePresale, receiveArrival } from '../../store/presales.ts'
import { adjustStock } from '../../store/stock.ts'
import {
  arrive,
  arriveIn,
  change,
  countersOf,
  EXPECTED_ON,
  endTimeOfOrder,
  expectPresalesSound,
  openPresale,
  presaleHolds,
} from './presale-support.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await expectPresalesSound(store.db)
  await store.close()
})

const units = (skuId: string, quantity = 1) => [{ skuId, quantity }]
const statesOf = async (order: PlacedOrder) =>
  (await presaleHolds(store.db, order.orderId)).map((hold) => hold.state)
const factsOf = async (order: PlacedOrder, type = 'presale.arrived') => {
  const { rows } = await sql<{ body: { units: { lineNumber: number; quantity: number }[] } }>`
    select body from inbox join inbox_body on inbox_body.inbox_id = inbox.id
    where order_key = ${order.orderId} and type = ${type} order by inbox.id`.execute(store.db)
  return rows.map(({ body }) => body.units.map(({ lineNumber, quantity }) => [lineNumber, quantity]))
}
const cancel = (order: PlacedOrder, mayCancelPaid = true) =>
  decideCancellation(store.db, {
    orderId: order.orderId,
    mayCancelPaid,
    operationId: `${order.orderId}/cancel`,
    operator: 'test',
  })
const close = (presaleId: string, giveUpWaiting = false) =>
  store.inTransaction((tx) =>
    closePresale(tx, {
      presaleId,
      body: { reason: 'no more', giveUpWaiting },
      operationId: uuid(),
      operator: 'test',
      traceParent: null,
    }),
  )
async function skuOnPresale(quantity: number, stock: { 'WH-HZ'?: number } = {}) {
  const skuId = await store.addSku(stock)
  return { skuId, presaleId: await openPresale(store.db, skuId, quantity) }
}

describe('selling', () => {
  test('what stock cannot serve is taken from the presale, whole lines, and the order says when it is expected', async () => {
    const { skuId, presaleId } = await skuOnPresale(5, { 'WH-HZ': 2 })
    const spot = await store.addSku({ 'WH-HZ': 5 })
    const order = await store.order([...units(spot, 2), ...units(skuId, 3)])
    expect(order.reservations.map((entry) => entry.skuId)).toEqual([spot])
    expect(order.presale).toEqual([{ lineNumber: 2, skuId, quantity: 3, expectedOn: EXPECTED_ON }])
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 3, left: 2, waiting: 3 })
    // Stock of the SKU is untouched, and serves who can be served by it.
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, reserved: 0 })
    expect((await store.order(units(skuId, 2))).presale).toBeUndefined()
    const detail = await findOrderDetail(store.db, order.orderId, { kind: 'all' })
    expect(detail?.order.lines.map((line) => line.presale)).toEqual([
      null,
      { presaleId, expectedOn: EXPECTED_ON, waiting: 3 },
    ])
  })

  test('all lines or none: an order that presale and stock together cannot serve takes nothing of either', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    const soldOut = await store.addSku({ 'WH-HZ': 0 })
    const result = await store.tryCheckout([...units(skuId, 3), ...units(soldOut)])
    expect(result).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 0 })
  })

  test('of two rivals for the last presale unit one gets it, whoever waited', async () => {
    const { skuId, presaleId } = await skuOnPresale(1)
    const first = await store.begin()
    expect(await store.checkoutIn(first, units(skuId))).toMatchObject({ ok: true })
    const rival = store.newRival()
    const { result } = await rival.start((db) => store.tryCheckout(units(skuId), { db }))
    await rival.untilBlocked()
    await first.commit().execute()
    expect(await result).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 1, left: 0 })
  })

  test('the database itself refuses to sell more than is promised', async () => {
    const { presaleId } = await skuOnPresale(1)
    const oversell = sql`update presale set sold = 2 where id = ${presaleId}`.execute(store.db)
    await expect(oversell).rejects.toMatchObject({ constraint: 'presale_never_oversold' })
  })

  test('a presale sells within its window and while it is open; a SKU has one open presale', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    await expect(openPresale(store.db, skuId, 1)).rejects.toMatchObject({ code: 'presale-open' })
    await sql`update presale set closes_at = opens_at + interval '1 microsecond' where id = ${presaleId}`.execute(
      store.db,
    )
    expect(await store.tryCheckout(units(skuId))).toMatchObject({ ok: false })
    await sql`update presale set closes_at = '2031-01-01' where id = ${presaleId}`.execute(store.db)
    await store.order(units(skuId))
    await close(presaleId)
    expect(await store.tryCheckout(units(skuId))).toMatchObject({ ok: false })
    expect(await openPresale(store.db, skuId, 1)).not.toBe(presaleId)
  })

  test('never less is promised than is sold; the expected day changes for orders that wait, too', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    const order = await store.order(units(skuId, 3))
    const change = (body: { quantity?: number; expectedOn?: string }) =>
      store.inTransaction((tx) =>
        changePresale(tx, {
          presaleId,
          body: { reason: 'supplier', ...body },
          operationId: uuid(),
          operator: 'test',
        }),
      )
    await expect(change({ quantity: 2 })).rejects.toMatchObject({ code: 'presale-below-sold' })
    await change({ quantity: 3, expectedOn: '2031-07-01' })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ promised: 3, left: 0, state: 'open' })
    await change({ quantity: 4 })
    const detail = await findOrderDetail(store.db, order.orderId, { kind: 'all' })
    expect(detail?.order.lines[0]?.presale).toMatchObject({ expectedOn: '2031-07-01' })
  })
})

describe('payment, expiry and cancellation', () => {
  test('a payment in time confirms presale units; nobody may cancel them as unpaid then', async () => {
    const { skuId } = await skuOnPresale(5)
    const order = await store.order(units(skuId))
    const step = { orderId: order.orderId, paidInFull: false, operationId: uuid() }
    expect(await askReservation(store.db, step)).toMatchObject({ answer: 'held' })
    expect(await store.pay(order)).toMatchObject({ outcome: 'accepted' })
    expect(await askReservation(store.db, step)).toMatchObject({ answer: 'confirmed' })
    expect(await statesOf(order)).toEqual(['waiting'])
    expect(await cancel(order, false)).toMatchObject({ refusal: { code: 'paid-cancellation-forbidden' } })
  })

  test('a unit that is not paid for in time is sold to the next one, and cannot be confirmed any more', async () => {
    const { skuId, presaleId } = await skuOnPresale(1)
    const late = await store.order(units(skuId))
    expect(await store.tryCheckout(units(skuId))).toMatchObject({ ok: false })
    await endTimeOfOrder(store.db, late.orderId)
    const next = await store.order(units(skuId))
    expect(next.presale).toHaveLength(1)
    expect(await store.pay(late)).toMatchObject({ outcome: 'late' })
    expect(await statesOf(late)).toEqual(['expired'])
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 1 })
  })

  test('goods in stock and presale units of one order are paid in time together or expire together', async () => {
    const { skuId, presaleId } = await skuOnPresale(1)
    const spot = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order([...units(spot), ...units(skuId)])
    await endTimeOfOrder(store.db, order.orderId)
    expect(await store.pay(order)).toMatchObject({ outcome: 'late' })
    const step = { orderId: order.orderId, paidInFull: true, operationId: uuid() }
    expect(await askReservation(store.db, step)).toMatchObject({ answer: 'expired' })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 0 })
    expect(await store.level(spot, 'WH-HZ')).toMatchObject({ reserved: 0 })
  })

  test('who pays after the end gets presale units again, once, while there are any', async () => {
    const { skuId, presaleId } = await skuOnPresale(1)
    const order = await store.order(units(skuId))
    await endTimeOfOrder(store.db, order.orderId)
    await askReservation(store.db, { orderId: order.orderId, paidInFull: false, operationId: uuid() })
    const { placed } = await store.firstState(order.orderId)
    const again = () =>
      reservePresaleAgain(store.db, { placed, operationId: `${order.orderId}/reserve-again/1` })
    const first = await again()
    expect(first).toMatchObject({ allocations: [], presale: { lines: [{ skuId, quantity: 1 }] } })
    expect(await again()).toEqual(first)
    expect(first.presale?.lines[0]?.holdId).not.toBe(placed.presale?.lines[0]?.holdId)
    expect(await statesOf(order)).toEqual(['expired', 'waiting'])
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 1, left: 0 })
  })

  test('cancelled while it waits: its units can be sold again; half served, both halves go back', async () => {
    const { skuId, presaleId } = await skuOnPresale(4)
    const order = await store.order(units(skuId, 3))
    await store.pay(order)
    await arrive(store.db, presaleId, 1)
    expect(await cancel(order)).toEqual({ refusal: null })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 1, served: 1, waiting: 0, left: 3 })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 1, reserved: 0 })
  })
})

describe('arrival', () => {
  test('who paid first is served first, then who may still pay; the rest is free stock, and each order hears of it', async () => {
    const { skuId, presaleId } = await skuOnPresale(10)
    const unpaid = await store.order(units(skuId))
    const second = await store.order(units(skuId))
    const first = await store.order(units(skuId, 2))
    await store.pay(first)
    await store.pay(second)
    expect(await arrive(store.db, presaleId, 3)).toMatchObject({
      servedUnits: 3,
      servedOrders: 2,
      freeUnits: 0,
    })
    expect(await Promise.all([first, second, unpaid].map(statesOf))).toEqual([
      ['served'],
      ['served'],
      ['held'],
    ])
    expect((await store.holds(first.orderId)).map((hold) => [hold.state, hold.quantity])).toEqual([
      ['confirmed', 2],
    ])
    expect(await factsOf(first)).toEqual([[[1, 2]]])
    expect(await arrive(store.db, presaleId, 7)).toMatchObject({ servedUnits: 1, freeUnits: 6 })
    // It has become stock that is held for whoever may still pay.
    expect((await store.holds(unpaid.orderId)).map((hold) => hold.state)).toEqual(['held'])
    expect(await store.pay(unpaid)).toMatchObject({ outcome: 'accepted' })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ state: 'arrived', served: 4, freed: 6 })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 10, reserved: 4 })
    await expect(arrive(store.db, presaleId, 1)).rejects.toMatchObject({ code: 'presale-over' })
  })

  test('a part of an order’s units is kept for it, and the next arrival brings the others before anybody else’s', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    const first = await store.order(units(skuId, 3))
    await store.pay(first)
    const second = await store.order(units(skuId))
    await store.pay(second)
    await arrive(store.db, presaleId, 2)
    expect(await statesOf(first)).toEqual(['waiting'])
    expect(await store.tryCheckout(units(skuId, 2))).toMatchObject({ ok: false })
    await arrive(store.db, presaleId, 1)
    expect(await factsOf(first)).toEqual([[[1, 2]], [[1, 1]]])
    expect(await statesOf(first)).toEqual(['served'])
    expect(await statesOf(second)).toEqual(['waiting'])
  })

  test('units that came in are not sold a second time as presale units', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    await arrive(store.db, presaleId, 3)
    expect(await countersOf(store.db, presaleId)).toMatchObject({ freed: 3, left: 2 })
    expect((await store.order(units(skuId, 3))).presale).toBeUndefined()
    expect(await store.tryCheckout(units(skuId, 3))).toMatchObject({ ok: false })
    expect((await store.order(units(skuId, 2))).presale).toHaveLength(1)
  })

  test('the same arrival again, even at the same time, brings nothing twice', async () => {
    const { skuId, presaleId } = await skuOnPresale(5)
    const order = await store.order(units(skuId))
    await store.pay(order)
    const operationId = uuid()
    const open = await store.begin()
    const first = await arriveIn(open, presaleId, 2, operationId)
    const rival = store.newRival()
    const { result } = await rival.start((db) => arrive(db, presaleId, 2, operationId))
    await rival.untilBlocked()
    await open.commit().execute()
    expect(await result).toEqual(first)
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, reserved: 1 })
    expect(await factsOf(order)).toHaveLength(1)
  })

  test('a cancellation that waited for an arrival gives back what it brought', async () => {
    const { skuId, presaleId } = await skuOnPresale(2)
    const order = await store.order(units(skuId, 2))
    await store.pay(order)
    const arriving = await store.begin()
    await arriveIn(arriving, presaleId, 2)
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      decideCancellation(db, {
        orderId: order.orderId,
        mayCancelPaid: true,
        operationId: uuid(),
        operator: 'test',
      }),
    )
    await rival.untilBlocked()
    await arriving.commit().execute()
    expect(await result).toEqual({ refusal: null })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, reserved: 0 })
  })

  test('a payment that waited for an arrival confirms what has become stock', async () => {
    const { skuId, presaleId } = await skuOnPresale(2)
    const order = await store.order(units(skuId, 2))
    const arriving = await store.begin()
    await arriveIn(arriving, presaleId, 1)
    const rival = store.newRival()
    const { result } = await rival.start((db) => db.transaction().execute((tx) => store.payIn(tx, order)))
    await rival.untilBlocked()
    await arriving.commit().execute()
    expect(await result).toMatchObject({ outcome: 'accepted' })
    expect((await store.holds(order.orderId)).map((hold) => hold.state)).toEqual(['confirmed'])
    expect(await statesOf(order)).toEqual(['waiting'])
  })

  test('units that a shortfall of the warehouse swallows serve nobody', async () => {
    const { skuId, presaleId } = await skuOnPresale(5, { 'WH-HZ': 3 })
    await store.order(units(skuId, 3))
    const order = await store.order(units(skuId, 2))
    await store.pay(order)
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta: -2 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'lost',
      }),
    )
    expect(await arrive(store.db, presaleId, 3)).toMatchObject({ servedUnits: 1, freeUnits: 2 })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 4, reserved: 4, shortfall: 0 })
  })
})

describe('goods booked as ordinary stock', () => {
  const receive = (skuId: string, quantityDelta: number) =>
    store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
        operationId: uuid(),
        operator: 'test',
        reason: 'delivery note 1',
      }),
    )
  const raised = async (presaleId: string) => {
    await raisePresaleGoodsInStock(store.db)
    const items = await store.db.selectFrom('work_item').selectAll().where('key', '=', presaleId).execute()
    return items.map((item) => [item.state, item.detail])
  }

  test('are raised when they would serve the paid order that has waited longest, and no sooner', async () => {
    const { skuId, presaleId } = await skuOnPresale(9)
    const order = await store.order(units(skuId, 3))
    await receive(skuId, 2)
    expect(await raised(presaleId)).toEqual([])
    await receive(skuId, 2)
    // Not paid: it may yet come to nothing.
    expect(await raised(presaleId)).toEqual([])
    await store.pay(order)
    const detail = { presaleId, skuId, warehouseId: 'WH-HZ', free: 4, waiting: 3 }
    expect(await raised(presaleId)).toEqual([['open', detail]])
  })

  test('serve those who wait once their arrival is booked, and are not received a second time', async () => {
    const { skuId, presaleId } = await skuOnPresale(9)
    const order = await store.order(units(skuId, 3))
    await store.pay(order)
    await receive(skuId, 5)
    await store.order(units(skuId, 1))
    expect(await raised(presaleId)).toMatchObject([['open', { free: 4 }]])
    const arrival = { warehouseId: 'WH-HZ', quantity: 5, inStock: true, reason: 'delivery note 1' }
    const book = (operationId: string) =>
      store.inTransaction((tx) =>
        receiveArrival(tx, { presaleId, body: arrival, operationId, operator: 'test', traceParent: null }),
      )
    expect(await book('late')).toEqual({
      presaleId,
      quantity: 5,
      servedUnits: 3,
      servedOrders: 1,
      freeUnits: 2,
    })
    await book('late')
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 5, reserved: 4 })
    expect(await countersOf(store.db, presaleId)).toMatchObject({ served: 3, freed: 2, left: 4 })
    expect(await factsOf(order)).toEqual([[[1, 3]]])
    expect(await raised(presaleId)).toMatchObject([['resolved', {}]])
  })

  test('that were sold meanwhile serve nobody', async () => {
    const { skuId, presaleId } = await skuOnPresale(9)
    const order = await store.order(units(skuId, 3))
    await store.pay(order)
    await receive(skuId, 3)
    await store.order(units(skuId, 2))
    const arrival = { warehouseId: 'WH-HZ', quantity: 3, inStock: true, reason: 'delivery note 1' }
    const answer = await store.inTransaction((tx) =>
      receiveArrival(tx, {
        presaleId,
        body: arrival,
        operationId: uuid(),
        operator: 'test',
        traceParent: null,
      }),
    )
    expect(answer).toMatchObject({ servedUnits: 1 })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 3, reserved: 3, shortfall: 0 })
  })
})

test('given up: paid orders lose what they wait for and keep what came in; who may still pay is left alone', async () => {
  const { skuId, presaleId } = await skuOnPresale(5)
  const paid = await store.order(units(skuId, 3))
  await store.pay(paid)
  const unpaid = await store.order(units(skuId))
  await arrive(store.db, presaleId, 1)
  await close(presaleId, true)
  expect([await statesOf(paid), await statesOf(unpaid)]).toEqual([['released'], ['held']])
  expect((await store.holds(paid.orderId)).map((hold) => [hold.state, hold.quantity])).toEqual([
    ['confirmed', 1],
  ])
  expect(await factsOf(paid, 'presale.given_up')).toEqual([[[1, 2]]])
  expect(await countersOf(store.db, presaleId)).toMatchObject({ state: 'closed', sold: 2, waiting: 1 })
  await store.pay(unpaid)
  await close(presaleId, true)
  expect(await statesOf(unpaid)).toEqual(['released'])
  await expect(close(presaleId)).rejects.toMatchObject({ code: 'presale-over' })
})

test('whatever happens in whatever order: sold is what live holds and served units add up to, never above promised', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('buy' as const), units: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('pay', 'expire', 'cancel'), order: fc.nat(9) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('arrive' as const), units: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('change' as const),
        order: fc.nat(9),
        units: fc.integer({ min: 1, max: 4 }),
      }),
    },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(step, { maxLength: 14 }),
      async (promised, steps) => {
        const { skuId, presaleId } = await skuOnPresale(promised, { 'WH-HZ': 1 })
        const orders: PlacedOrder[] = []
        for (const one of steps) {
          if (one.do === 'buy') {
            const result = await store.tryCheckout(units(skuId, one.units))
            if (result.ok) orders.push(result.order)
          } else if (one.do === 'arrive') {
            await arrive(store.db, presaleId, one.units).catch((error) => {
              expect(error).toMatchObject({ code: 'presale-over' })
            })
          } else {
            const order = orders[one.order % Math.max(1, orders.length)]
            if (!order) continue
            if (one.do === 'change') {
              await change(store.db, order, [{ lineNumber: 1, skuId, quantity: one.units }])
            } else if (one.do === 'pay') await store.pay(order)
            else if (one.do === 'cancel') await cancel(order)
            else await endTimeOfOrder(store.db, order.orderId)
          }
          await expectPresalesSound(store.db)
        }
        await expectSound(store.db)
      },
    ),
    { numRuns: 12 },
  )
})
