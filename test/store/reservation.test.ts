import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOrderBody } from '../../contracts/orders.ts'
import { confirmHolds, type ReserveRequest, reserve, writeReservations } from '../../store/reservation.ts'
import { adjustStock } from '../../store/stock.ts'
import { expectSound, type Line, newRandom, openTestStore, type TestStore, withHands } from './support.ts'

/** Buyers who are served at the same moment. */
const HANDS = 16
let store: TestStore

beforeAll(async () => {
  store = await openTestStore(HANDS)
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const held = async (skuId: string) => {
  const { rows } = await sql<{ units: number }>`
    select coalesce(sum(quantity), 0)::int as units from reservation
    where sku_id = ${skuId} and state in ('held', 'confirmed')`.execute(store.db)
  return rows[0]?.units ?? 0
}

describe('many buyers at once', () => {
  test('200 checkouts of 1 to 3 units never get the 51st of 50, and are refused only when too few are left', async () => {
    const random = newRandom('200 checkouts for 50 units')
    const skuId = await store.addSku({ 'WH-HZ': 31, 'WH-GZ': 19 })
    const wanted = Array.from({ length: 200 }, () => random.between(1, 3))
    const results = await withHands(HANDS, wanted, (quantity) => store.tryCheckout([{ skuId, quantity }]))
    const granted = wanted.reduce((sum, quantity, index) => sum + (results[index]?.ok ? quantity : 0), 0)
    const left = 50 - granted
    expect(left).toBeGreaterThanOrEqual(0)
    expect(await held(skuId)).toBe(granted)
    results.forEach((result, index) => {
      if (result.ok) return
      const { shortages } = result.problem.extra as { shortages: { requested: number; available: number }[] }
      // What it was told is less than what it wanted, and never less than what was left in the end.
      expect(shortages).toMatchObject([{ skuId, requested: wanted[index] }])
      expect(shortages[0]?.available).toBeLessThan(wanted[index] ?? 0)
      expect(shortages[0]?.available).toBeGreaterThanOrEqual(left)
    })
    expect(Math.min(...wanted.filter((_, index) => !results[index]?.ok))).toBeGreaterThan(left)
    await expectSound(store.db)
  })

  test('300 orders of several lines in any order neither block each other for good nor lose a unit', async () => {
    const random = newRandom('300 orders of shuffled lines')
    const skuIds = await Promise.all(
      Array.from({ length: 6 }, () => store.addSku({ 'WH-HZ': 60, 'WH-GZ': 60 })),
    )
    const orders = Array.from({ length: 300 }, (): Line[] =>
      random
        .shuffle(skuIds)
        .slice(0, random.between(2, 6))
        .map((skuId) => ({ skuId, quantity: random.between(1, 2) })),
    )
    const results = await withHands(HANDS, orders, (lines) => store.tryCheckout(lines))
    expect(results.filter((result) => !result.ok && result.problem.code !== 'insufficient-stock')).toEqual([])
    for (const skuId of skuIds) {
      const granted = orders.flatMap((lines, index) => (results[index]?.ok ? lines : []))
      const units = granted
        .filter((line) => line.skuId === skuId)
        .reduce((sum, line) => sum + line.quantity, 0)
      expect(await held(skuId)).toBe(units)
    }
    await expectSound(store.db)
  })

  test('orders, payments, expiries and stock receipts over the same SKUs do not deadlock', async () => {
    const random = newRandom('mixed traffic')
    const skuIds = await Promise.all(
      Array.from({ length: 4 }, () => store.addSku({ 'WH-HZ': 100, 'WH-GZ': 100 })),
    )
    const everybody = Array.from({ length: 100 }, () =>
      random.shuffle(skuIds).map((skuId) => ({ skuId, quantity: 1 })),
    )
    // Half of the hands, because some of what they do takes a second connection.
    await withHands(HANDS / 2, everybody, async (lines, index) => {
      if (index % 5 === 0) {
        const adjustments = lines.map(({ skuId }) => ({ skuId, warehouseId: 'WH-GZ', quantityDelta: 1 }))
        await store.inTransaction((tx) =>
          adjustStock(tx, { adjustments, operationId: uuid(), operator: 'test', reason: 'receipt' }),
        )
        return
      }
      const order = await store.order(lines)
      if (index % 5 === 1) await store.endTimeOf(order.orderId)
      else await store.pay(order)
    })
    await expectSound(store.db)
  })
})

describe('one order', () => {
  test('an order gets all of its lines or none: a refused one leaves no hold, order, message or ledger row', async () => {
    const plenty = await store.addSku({ 'WH-HZ': 10 })
    const scarce = await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 1 })
    const externalOrderId = uuid()
    const result = await store.tryCheckout(
      [
        { skuId: plenty, quantity: 1 },
        { skuId: scarce, quantity: 3 },
      ],
      { externalOrderId },
    )
    expect(result).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await held(plenty)).toBe(0)
    expect(await held(scarce)).toBe(0)
    const rows = await store.db
      .selectFrom('orders')
      .select('id')
      .where('external_order_id', '=', externalOrderId)
      .execute()
    expect(rows).toEqual([])
    const movements = await store.db
      .selectFrom('stock_ledger')
      .select('kind')
      .where('sku_id', 'in', [plenty, scarce])
      .execute()
    expect(new Set(movements.map((row) => row.kind))).toEqual(new Set(['receive']))
  })

  test.each([
    ['an order that does not exist', { orderId: uuid() }],
    ['a stock level that does not exist', { warehouseId: 'WH-NONE' }],
  ])(
    'a hold that names %s is refused by the statement that writes it, and changes nothing',
    async (what, wrong) => {
      const skuId = await store.addSku({ 'WH-HZ': 5 })
      const { orderId } = await store.order([{ skuId, quantity: 1 }])
      const named = { orderId, warehouseId: 'WH-HZ', ...wrong }
      const request: ReserveRequest = {
        orderId: named.orderId,
        channel: 'mall',
        divisionCode: '330106',
        demand: [],
        expiresAt: new Date(Date.now() + 60_000),
        operationId: uuid(),
        confirmed: false,
        operator: 'test',
      }
      const hold = { lineNumber: 9, skuId, warehouseId: named.warehouseId, quantity: 1, drawnFrom: null }
      const result = { ok: true as const, allocations: [] }
      const member = { request, result, drawn: { holds: [hold], given: [] }, presale: [], decision: null }
      const writing = store.inTransaction((tx) => writeReservations(tx, { reclaimed: [], members: [member] }))
      await expect(writing).rejects.toThrow(what)
      expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 1 })
    },
  )

  test('a line that no warehouse can serve alone is split, and is refused only when all together hold too little', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 4 })
    expect(await store.tryCheckout([{ skuId, quantity: 8 }])).toMatchObject({ ok: false })
    const order = await store.order([{ skuId, quantity: 7 }])
    expect(order.reservations.map((entry) => [entry.warehouseId, entry.quantity]).sort()).toEqual([
      ['WH-GZ', 4],
      ['WH-HZ', 3],
    ])
  })

  test('an order that names a SKU in two lines is refused by the contract', () => {
    const line = { skuId: 'SKU-1', quantity: 1, unitPriceCents: 1 }
    const body = {
      storeId: 'MALL',
      channel: 'mall',
      contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
    }
    expect(placeOrderBody.safeParse({ ...body, lines: [line] }).success).toBe(true)
    expect(placeOrderBody.safeParse({ ...body, lines: [line, line] }).success).toBe(false)
  })

  test('lines of one SKU that came past the contract are summed: they get their units together or are refused', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 2 })
    const twice = (quantity: number) => [
      { skuId, quantity },
      { skuId, quantity: 2 },
    ]
    expect(await store.tryCheckout(twice(4))).toMatchObject({
      ok: false,
      problem: { extra: { shortages: [{ skuId, requested: 6, available: 5 }] } },
    })
    const order = await store.order(twice(3))
    const unitsOf = (lineNumber: number) =>
      order.reservations
        .filter((entry) => entry.lineNumber === lineNumber)
        .reduce((sum, entry) => sum + entry.quantity, 0)
    expect([unitsOf(1), unitsOf(2)]).toEqual([3, 2])
    expect(await held(skuId)).toBe(5)
  })

  test('two orders of one external id are one order, also at the same moment', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    const externalOrderId = uuid()
    const results = await Promise.all(
      Array.from({ length: 5 }, () => store.tryCheckout([{ skuId, quantity: 1 }], { externalOrderId })),
    )
    expect(results.filter((result) => result.ok)).toHaveLength(1)
    for (const result of results) if (!result.ok) expect(result.problem.code).toBe('order-exists')
    expect(await held(skuId)).toBe(1)
  })

  test('a warehouse that is closed promises nothing', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 1 })
    const setActive = (active: boolean) =>
      store.db.updateTable('warehouse').set({ active }).where('id', '=', 'WH-GZ').execute()
    await setActive(false)
    const refused = await store.tryCheckout([{ skuId, quantity: 2 }])
    await setActive(true)
    expect(refused).toMatchObject({ ok: false })
    expect(await store.tryCheckout([{ skuId, quantity: 2 }])).toMatchObject({ ok: true })
  })
})

describe('time', () => {
  test('a hold past its time is sellable at once, although nobody has reclaimed it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const late = await store.order([{ skuId, quantity: 1 }])
    expect(await store.tryCheckout([{ skuId, quantity: 1 }])).toMatchObject({ ok: false })
    await store.endTimeOf(late.orderId)
    const next = await store.order([{ skuId, quantity: 1 }])
    expect(await store.holds(late.orderId)).toMatchObject([{ state: 'expired' }])
    expect(await store.holds(next.orderId)).toMatchObject([{ state: 'held' }])
  })

  test('a hold past its time is never confirmed, not even when its units are still there', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const order = await store.order([{ skuId, quantity: 1 }])
    await store.endTimeOf(order.orderId)
    expect(await store.pay(order)).toMatchObject({ outcome: 'late' })
    expect(await store.holds(order.orderId)).toMatchObject([{ state: 'held' }])
    expect(await store.inTransaction((tx) => confirmHolds(tx, order.orderId))).toBe(false)
  })

  test('all holds of an order are confirmed or none: one line past its time keeps the others from it', async () => {
    const skuIds = [await store.addSku({ 'WH-HZ': 5 }), await store.addSku({ 'WH-HZ': 5 })]
    const order = await store.order(skuIds.map((skuId) => ({ skuId, quantity: 1 })))
    await store.db
      .updateTable('reservation')
      .set({ expires_at: sql`clock_timestamp() - interval '1 second'` })
      .where('order_id', '=', order.orderId)
      .where('line_number', '=', 1)
      .execute()
    expect(await store.pay(order)).toMatchObject({ outcome: 'late' })
    expect((await store.holds(order.orderId)).map((hold) => hold.state)).toEqual(['held', 'held'])
  })

  test('an order may reserve again after its holds are gone, and then owns what it got', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order([{ skuId, quantity: 1 }])
    await store.endTimeOf(order.orderId)
    expect((await reserveAgain(order.orderId, skuId)).ok).toBe(true)
    const states = (await store.holds(order.orderId)).map((hold) => hold.state).sort()
    expect(states).toEqual(['confirmed', 'expired'])
    expect(await held(skuId)).toBe(1)
  })

  test('what a line gets where it holds units already is in one hold with them, and every unit is counted', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const order = await store.order([{ skuId, quantity: 2 }])
    await store.pay(order)
    expect((await reserveAgain(order.orderId, skuId)).ok).toBe(true)
    expect(await store.holds(order.orderId)).toMatchObject([{ state: 'confirmed', quantity: 3 }])
    expect(await held(skuId)).toBe(3)
    await expectSound(store.db)
  })

  const reserveAgain = (orderId: string, skuId: string) =>
    store.inTransaction((tx) =>
      reserve(tx, {
        orderId,
        channel: 'mall',
        divisionCode: '330106',
        demand: [{ lineNumber: 1, skuId, quantity: 1 }],
        expiresAt: new Date(),
        operationId: uuid(),
        confirmed: true,
        operator: 'test',
      }),
    )
})
