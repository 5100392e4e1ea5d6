import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { changeHolds } from '../../store/change-holds.ts'
import { checkoutAll } from '../../store/checkout.ts'
import { findOrderDetail } from '../../store/order-queries.ts'
import { askReservation, decideCancellation, reserveAgain, settleShortage } from '../../store/order-steps.ts'
import { advancePromotion } from '../../store/promotions.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { adjustStock } from '../../store/stock.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { openPromotions } from './promotion-support.ts'
import { newTurns, openTestStore, type TestStore } from './support.ts'

let store: TestStore
let promotions: Awaited<ReturnType<typeof openPromotions>>

beforeAll(async () => {
  store = await openTestStore()
  promotions = await openPromotions(store)
})
afterAll(async () => {
  await promotions.expectAllSound()
  await store.close()
})

const of = (skuId: string, quantity: number) => [{ skuId, quantity }]
const cancel = (order: PlacedOrder) =>
  decideCancellation(store.db, {
    orderId: order.orderId,
    mayCancelPaid: true,
    operationId: `${order.orderId}/cancel`,
    operator: 'test',
  })
const ask = (order: PlacedOrder) =>
  askReservation(store.db, { orderId: order.orderId, paidInFull: false, operationId: uuid() })
const adjust = (skuId: string, quantityDelta: number) =>
  store.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
      operationId: uuid(),
      operator: 'test',
      reason: 'test',
    }),
  )
const reserved = async (skuId: string, warehouseId = 'WH-HZ') =>
  (await store.level(skuId, warehouseId)).reserved
/** A SKU with as many units as told in Hangzhou, and a promotion that runs with a part of them for the mall. */
async function running(units: number, quota: number): Promise<{ skuId: string; promotionId: string }> {
  const skuId = await store.addSku({ 'WH-HZ': units })
  return { skuId, promotionId: await promotions.run([{ skuId, channel: 'mall', quantity: quota }]) }
}
const sources = async (order: PlacedOrder) =>
  (await store.holds(order.orderId)).map((hold) => [hold.drawn_from !== null, hold.quantity])

describe('drawing', () => {
  test('the order’s detail says from which promotion’s quota each of its units was drawn', async () => {
    const { skuId, promotionId } = await running(10, 3)
    const order = await promotions.buy('mall', of(skuId, 5))
    const detail = await findOrderDetail(store.db, order.orderId, { kind: 'all' })
    const shown = detail?.order.reservations.map(({ quantity, promotion }) => ({ quantity, promotion }))
    expect(shown).toHaveLength(2)
    expect(shown).toEqual(
      expect.arrayContaining([
        { quantity: 2, promotion: null },
        { quantity: 3, promotion: { promotionId, name: expect.any(String), channel: 'mall' } },
      ]),
    )
  })

  test('an order of the channel takes from its quota, one of another channel from free stock only', async () => {
    const { skuId, promotionId } = await running(10, 7)
    const order = await promotions.buy('mall', of(skuId, 4))
    expect(await sources(order)).toEqual([[true, 4]])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 4, remaining: 3 } })
    // The draw itself moves nothing: the units were promised before.
    expect(await reserved(skuId)).toBe(7)
    expect(await promotions.tryBuy('jd', of(skuId, 4))).toMatchObject({ ok: false })
    expect(await sources(await promotions.buy('jd', of(skuId, 3)))).toEqual([[false, 3]])
    expect(await sources(await promotions.buy('mall', of(skuId, 3)))).toEqual([[true, 3]])
    expect(await promotions.tryBuy('mall', of(skuId, 1))).toMatchObject({ ok: false })
    await promotions.expectAllSound()
  })

  test('both sides of a draw are in the ledger, under the order', async () => {
    const { skuId } = await running(5, 5)
    const order = await promotions.buy('mall', of(skuId, 2))
    const { rows } = await sql`
      select kind, reserved_delta, operator from stock_ledger where order_id = ${order.orderId} order by id`.execute(
      store.db,
    )
    expect(rows).toEqual([
      { kind: 'promotion_hold', reserved_delta: -2, operator: 'system:mall' },
      { kind: 'reserve', reserved_delta: 2, operator: 'system:mall' },
    ])
  })

  test('above its quota the channel takes free stock, in one order and one warehouse; what is packed is not given back at the end', async () => {
    const { skuId, promotionId } = await running(10, 3)
    const order = await promotions.buy('mall', of(skuId, 5))
    expect((await sources(order)).sort()).toEqual([
      [false, 2],
      [true, 3],
    ])
    await store.pay(order)
    const [taskId = ''] = await store.openTasks(order.orderId, order.reservations)
    await store.report(taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
    await store.report(taskId, { type: 'packed', courier: 'sim', waybillNumber: uuid() })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 9, shipped: 4, reserved: 0 })
    await promotions.close(promotionId)
    expect(await promotions.counts(promotionId)).toMatchObject({
      mall: { promised: 3, drawn: 3, returned: 0 },
    })
  })

  test('of two promotions the one that ends first is drawn from first', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const late = await promotions.run([{ skuId, channel: 'mall', quantity: 2 }])
    const endsAt = new Date(Date.now() + 60_000).toISOString()
    const early = await promotions.plan([{ skuId, channel: 'mall', quantity: 2 }], { endsAt })
    await advancePromotion(store.db, early)
    await promotions.buy('mall', of(skuId, 3))
    expect(await promotions.counts(early)).toMatchObject({ mall: { drawn: 2 } })
    expect(await promotions.counts(late)).toMatchObject({ mall: { drawn: 1 } })
  })

  test('orders that are decided together share a quota in the order in which they came', async () => {
    const { skuId, promotionId } = await running(6, 4)
    const inputs = [3, 3, 1].map((quantity) => store.checkoutInput(of(skuId, quantity)))
    const results = await store.inTransaction((tx) => checkoutAll(tx, store, inputs))
    expect(results.map((result) => result.ok)).toEqual([true, true, false])
    const split = await Promise.all(inputs.map((input) => store.holds(input.orderId)))
    const drawn = split.map((holds) =>
      holds.reduce((sum, hold) => sum + (hold.drawn_from ? hold.quantity : 0), 0),
    )
    expect(drawn).toEqual([3, 1, 0])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 4, remaining: 0 } })
    expect(await reserved(skuId)).toBe(6)
  })

  test('where the quota has nothing left it gives units up elsewhere: the parcel leaves from the best warehouse all the same', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10, 'WH-GZ': 10 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 4 }]) // 2 and 2
    const order = await promotions.buy('mall', of(skuId, 4))
    expect(order.reservations).toMatchObject([{ warehouseId: 'WH-HZ', quantity: 4 }])
    expect(await sources(order)).toEqual([[true, 4]])
    expect([await reserved(skuId), await reserved(skuId, 'WH-GZ')]).toEqual([4, 0])
    await cancel(order)
    expect((await promotions.view(promotionId)).quotas).toMatchObject([
      { remaining: 4, warehouses: [{ warehouseId: 'WH-HZ', remaining: 4 }] },
    ])
    await promotions.expectAllSound()
  })

  test('nothing is drawn once the end has come, whether or not anybody has noticed', async () => {
    const { skuId, promotionId } = await running(5, 5)
    await promotions.endTimeOf(promotionId)
    expect(await sources(await promotions.buy('mall', of(skuId, 5)))).toEqual([[false, 5]])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 0, returned: 5 } })
    await promotions.expectAllSound()
  })

  test('a quota of units that do not exist is not sold, and what comes back first makes good what is missing', async () => {
    const { skuId, promotionId } = await running(6, 4)
    const order = await promotions.buy('mall', of(skuId, 3))
    await adjust(skuId, -4) // two are left: four are promised, two of them missing
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, reserved: 4, shortfall: 2 })
    expect(await promotions.tryBuy('mall', of(skuId, 1))).toMatchObject({ ok: false })
    await cancel(order)
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, reserved: 2, shortfall: 0 })
    expect(await promotions.counts(promotionId)).toMatchObject({
      mall: { drawn: 0, returned: 2, remaining: 2 },
    })
    await promotions.expectAllSound()
  })
})

describe('giving back', () => {
  test('an order that expires or is cancelled fills its quota again while the promotion runs, otherwise free stock', async () => {
    const { skuId, promotionId } = await running(6, 6)
    const [expiring, cancelled, late] = [
      await promotions.buy('mall', of(skuId, 1)),
      await promotions.buy('mall', of(skuId, 2)),
      await promotions.buy('mall', of(skuId, 3)),
    ]
    await store.endTimeOf(expiring.orderId)
    expect(await ask(expiring)).toMatchObject({ answer: 'expired' })
    await store.pay(cancelled)
    await cancel(cancelled)
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 3, remaining: 3 } })
    expect(await reserved(skuId)).toBe(6)
    expect(await promotions.tryBuy('jd', of(skuId, 1))).toMatchObject({ ok: false })
    await promotions.close(promotionId)
    await cancel(late)
    expect(await promotions.counts(promotionId)).toMatchObject({
      mall: { promised: 6, drawn: 0, returned: 6, remaining: 0 },
    })
    expect(await reserved(skuId)).toBe(0)
    await promotions.expectAllSound()
  })

  test('after the end, noticed or not, an order’s units go to free stock', async () => {
    const { skuId, promotionId } = await running(5, 5)
    const order = await promotions.buy('mall', of(skuId, 2))
    await promotions.endTimeOf(promotionId)
    await cancel(order)
    // Nobody has noticed the end: what the quota still holds is free all the same, and so is what came back.
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 0, returned: 2 } })
    expect(await promotions.tryBuy('jd', of(skuId, 5))).toMatchObject({ ok: true })
    expect(await advancePromotion(store.db, promotionId)).toMatchObject({ state: 'ended' })
    await promotions.expectAllSound()
  })

  test('a checkout that takes an expired order back gives its units to the quota first: its own channel may have them at once, no other', async () => {
    const { skuId, promotionId } = await running(4, 4)
    const first = await promotions.buy('mall', of(skuId, 4))
    await store.endTimeOf(first.orderId)
    expect(await promotions.tryBuy('jd', of(skuId, 1))).toMatchObject({ ok: false })
    const second = await promotions.buy('mall', of(skuId, 3))
    expect(await sources(second)).toEqual([[true, 3]])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 3, remaining: 1 } })
    expect((await store.holds(first.orderId)).map((hold) => hold.state)).toEqual(['expired'])
    await promotions.expectAllSound()
  })

  test('paid after it expired: the goods are drawn from the quota again', async () => {
    const { skuId, promotionId } = await running(4, 4)
    const order = await promotions.buy('mall', of(skuId, 4))
    await store.endTimeOf(order.orderId)
    await ask(order)
    const { placed } = await store.firstState(order.orderId)
    const reservations = createReservations(store.db)
    const again = await reserveAgain(reservations, { placed, operationId: `${order.orderId}/again` })
    expect(again.allocations).toMatchObject([{ quantity: 4 }])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 4, remaining: 0 } })
  })

  test('an order that shrinks gives what it no longer wants back to the quota, and one that grows draws the rest', async () => {
    const { skuId, promotionId } = await running(9, 5)
    const order = await promotions.buy('mall', of(skuId, 4))
    const change = (quantity: number) =>
      store.inTransaction((tx) =>
        changeHolds(tx, {
          orderId: order.orderId,
          channel: 'mall',
          divisionCode: '330106',
          demand: [{ lineNumber: 1, skuId, quantity }],
          expiresAt: new Date(order.reservationExpiresAt),
          operationId: uuid(),
          confirmed: false,
          operator: 'test',
        }),
      )
    await change(1)
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 1, remaining: 4 } })
    await change(7)
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 5, remaining: 0 } })
    expect((await sources(order)).sort()).toEqual([
      [false, 2],
      [true, 5],
    ])
    await promotions.expectAllSound()
  })

  test('a unit that the warehouse cannot find is gone for the quota too; the order gets another one of it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 4, 'WH-GZ': 4 })
    const promotionId = await promotions.run([{ skuId, channel: 'mall', quantity: 8 }])
    const order = await promotions.buy('mall', of(skuId, 2))
    await store.pay(order)
    const [taskId = ''] = await store.openTasks(order.orderId, order.reservations)
    await store.report(taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 2, remaining: 6 } })
    const { placed } = await store.firstState(order.orderId)
    const settled = await settleShortage(store.db, {
      placed,
      lines: [{ lineNumber: 1, skuId, quantity: 1 }],
      warehouseId: 'WH-HZ',
      operationId: `${order.orderId}/short`,
    })
    expect(settled.allocations).toMatchObject([{ warehouseId: 'WH-GZ', quantity: 1 }])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { drawn: 3, remaining: 5 } })
    await promotions.expectAllSound()
  })
})

describe('rivals', () => {
  /** One side has the stock locked; the other waits, and then goes by what it finds. */
  test('a draw that waits for a move sees that the units are another channel’s now', async () => {
    const { skuId, promotionId } = await running(5, 5)
    const rival = store.newRival()
    const tx = await store.begin()
    await lockStock(tx, [skuId])
    const { result } = await rival.start((db) => promotions.tryBuy('mall', of(skuId, 3), db))
    await rival.untilBlocked()
    await tx.rollback().execute()
    expect(await result).toMatchObject({ ok: true })
    await expect(promotions.move(promotionId, skuId, 3, ['mall', 'jd'])).rejects.toMatchObject({
      code: 'quota-too-small',
      extra: { remaining: 2 },
    })
    await promotions.move(promotionId, skuId, 2, ['mall', 'jd'])
    expect(await promotions.tryBuy('mall', of(skuId, 1))).toMatchObject({ ok: false })
    expect(await promotions.tryBuy('jd', of(skuId, 2))).toMatchObject({ ok: true })
  })

  test('a move that waits for a draw cannot move what the order took', async () => {
    const { skuId, promotionId } = await running(5, 5)
    const rival = store.newRival()
    const tx = await store.begin()
    expect(await store.checkoutIn(tx, of(skuId, 3))).toMatchObject({ ok: true })
    const { result } = await rival.start((db) => promotions.move(promotionId, skuId, 3, ['mall', 'jd'], db))
    await rival.untilBlocked()
    await tx.commit().execute()
    await expect(result).rejects.toMatchObject({ code: 'quota-too-small', extra: { remaining: 2 } })
    await promotions.expectAllSound()
  })

  test('an expiry that waits for the promotion’s end gives its units to free stock, not to a quota that is over', async () => {
    const { skuId, promotionId } = await running(5, 5)
    const order = await promotions.buy('mall', of(skuId, 2))
    await store.endTimeOf(order.orderId)
    const rival = store.newRival()
    const tx = await store.begin()
    await lockStock(tx, [skuId])
    // The end comes first in the queue for the stock, the expiry second.
    const ending = promotions.close(promotionId, 'ended')
    const { result } = await rival.start((db) =>
      askReservation(db, { orderId: order.orderId, paidInFull: false, operationId: uuid() }),
    )
    await rival.untilBlocked()
    await tx.rollback().execute()
    expect([await ending, await result]).toMatchObject([{ accepted: true }, { answer: 'expired' }])
    expect(await promotions.counts(promotionId)).toMatchObject({
      mall: { promised: 5, drawn: 0, returned: 5, remaining: 0 },
    })
    expect(await reserved(skuId)).toBe(0)
    await promotions.expectAllSound()
  })

  test('an end that waits for an expiry takes back what the expiry gave to the quota', async () => {
    const { skuId, promotionId } = await running(5, 5)
    const order = await promotions.buy('mall', of(skuId, 2))
    const rival = store.newRival()
    const tx = await store.begin()
    await lockStock(tx, [skuId])
    const { result } = await rival.start((db) =>
      decideCancellation(db, {
        orderId: order.orderId,
        mayCancelPaid: true,
        operationId: `${order.orderId}/cancel`,
        operator: 'test',
      }),
    )
    await rival.untilBlocked()
    const ending = promotions.close(promotionId, 'ended')
    await tx.rollback().execute()
    expect([await result, await ending]).toMatchObject([{ refusal: null }, { accepted: true }])
    expect(await promotions.counts(promotionId)).toMatchObject({ mall: { returned: 5, remaining: 0 } })
    expect(await reserved(skuId)).toBe(0)
    await promotions.expectAllSound()
  })
})

/** What anybody may do, as a property test picks it; orders and promotions are chosen by their place. */
type Step =
  | { do: 'promote'; sku: number; mall: number; jd: number }
  | { do: 'buy'; sku: number; channel: 'mall' | 'jd'; quantity: number }
  | { do: 'pay' | 'expire' | 'ask' | 'cancel' | 'pack'; order: number }
  | { do: 'move'; promotion: number; quantity: number; back: boolean }
  | { do: 'end' | 'cancelPromotion' | 'advance'; promotion: number }
  | { do: 'adjust'; sku: number; delta: number }

const place = fc.nat({ max: 5 })
const sku = fc.nat({ max: 1 })
const few = fc.integer({ min: 1, max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('promote'), sku, mall: few, jd: few }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('buy'),
      sku,
      channel: fc.constantFrom('mall', 'jd'),
      quantity: few,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('pay', 'expire', 'ask', 'cancel', 'pack'),
      order: place,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('move'),
      promotion: place,
      quantity: few,
      back: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('end', 'cancelPromotion', 'advance'),
      promotion: place,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('adjust'), sku, delta: fc.integer({ min: -3, max: 3 }) }),
  },
)
/** Refusals that belong to the rules. Anything else that is thrown breaks the property. */
const REFUSALS = ['pick-task-wrong-state', 'promotion-not-running', 'quota-too-small']

describe('any interleaving of two hands', () => {
  test('never promises more than there is: counters, ledger, holds and quotas agree, and every promise is drawn, returned or held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 15, maxLength: 40 }),
        fc.array(step, { minLength: 15, maxLength: 40 }),
        async (left, right) => {
          const skus = [
            await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 }),
            await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 2 }),
          ]
          const world: World = { skus, orders: [], promotionIds: [] }
          await Promise.all([left, right].map((steps) => walk(steps, world)))
          await promotions.expectAllSound()
          for (const promotionId of world.promotionIds) await promotions.close(promotionId)
          for (const order of world.orders) await cancel(order)
          await promotions.expectAllSound()
          await expectAllReturned(world)
        },
      ),
      {
        numRuns: 4,
        endOnFailure: true,
        ...(process.env.TEST_SEED ? { seed: Number(process.env.TEST_SEED) } : {}),
      },
    )
  })

  const inTurn = newTurns()
  const paid = new Set<string>()
  type World = { skus: string[]; orders: PlacedOrder[]; promotionIds: string[] }

  async function walk(steps: Step[], world: World): Promise<void> {
    for (const each of steps) {
      try {
        await take(each, world)
      } catch (error) {
        const refused = error instanceof Error && 'code' in error && REFUSALS.includes(String(error.code))
        if (!refused) throw error
      }
    }
  }

  async function take(each: Step, { skus, orders, promotionIds }: World): Promise<unknown> {
    switch (each.do) {
      case 'promote': {
        const skuId = skus[each.sku] ?? ''
        const promotionId = await promotions.plan(
          [
            { skuId, channel: 'mall', quantity: each.mall },
            { skuId, channel: 'jd', quantity: each.jd },
          ],
          { stockExpected: true },
        )
        promotionIds.push(promotionId)
        return advancePromotion(store.db, promotionId)
      }
      case 'buy': {
        const result = await promotions.tryBuy(each.channel, of(skus[each.sku] ?? '', each.quantity))
        return result.ok && orders.push(result.order)
      }
      case 'adjust':
        return adjust(skus[each.sku] ?? '', each.delta)
      case 'move':
      case 'end':
      case 'cancelPromotion':
      case 'advance': {
        const promotionId = promotionIds[each.promotion % Math.max(1, promotionIds.length)]
        if (!promotionId) return null
        if (each.do === 'move') {
          const skuId = (await promotions.view(promotionId)).quotas[0]?.skuId ?? ''
          return promotions.move(
            promotionId,
            skuId,
            each.quantity,
            each.back ? ['jd', 'mall'] : ['mall', 'jd'],
          )
        }
        if (each.do === 'cancelPromotion') return promotions.close(promotionId)
        if (each.do === 'end') await promotions.endTimeOf(promotionId)
        // Half of the time nobody is there to notice an end.
        const isNoticed = each.do === 'advance' || each.promotion % 2 === 0
        return isNoticed ? advancePromotion(store.db, promotionId) : null
      }
      default: {
        const order = orders[each.order % Math.max(1, orders.length)]
        return order ? takeOrder(each.do, order) : null
      }
    }
  }

  async function takeOrder(what: 'pay' | 'expire' | 'ask' | 'cancel' | 'pack', order: PlacedOrder) {
    switch (what) {
      case 'pay': {
        // Its workflow opens an order's tasks once, however many hands pay.
        if (paid.has(order.orderId)) return null
        paid.add(order.orderId)
        return inTurn(order.orderId, async () => {
          const { outcome } = await store.pay(order)
          return outcome === 'accepted' ? store.openTasks(order.orderId, order.reservations) : null
        })
      }
      case 'expire':
        return store.endTimeOf(order.orderId)
      case 'ask':
        return ask(order)
      case 'cancel':
        return inTurn(order.orderId, () => cancel(order))
      case 'pack': {
        const [task] = await store.tasks(order.orderId)
        return task && store.report(task.id, { type: 'packed', courier: 'sim', waybillNumber: uuid() })
      }
    }
  }

  /** Everything was called off: what is still reserved or drawn is what has been packed, or waits to be. */
  async function expectAllReturned({ promotionIds, skus }: World): Promise<void> {
    for (const promotionId of promotionIds) {
      for (const quota of (await promotions.view(promotionId)).quotas) expect(quota.remaining).toBe(0)
    }
    const { rows } = await sql`
      select id from reservation where owner_kind = 'promotion' and sku_id = any(${skus}::text[])
        and state in ('held', 'confirmed')`.execute(store.db)
    expect(rows).toEqual([])
  }
})
