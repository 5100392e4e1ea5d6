import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tx } from '../../store/database.ts'
import type { StockMovementKind } from '../../store/schema.ts'
import { countResults, findCount, listCountLines } from '../../store/stock-count-queries.ts'
import { createCount, decideCount, enterCountLines, submitCount } from '../../store/stock-counts.ts'
import { lockStock, moveStock } from '../../store/stock-movement.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const WAREHOUSE = 'WH-HZ'
const APPROVE = { decision: 'approve', reason: 'checked' } as const

/** A count as it was entered and submitted by one person. */
async function count(quantities: Record<string, number>, by = 'counter'): Promise<string> {
  const lines = Object.entries(quantities).map(([skuId, quantityCounted]) => ({ skuId, quantityCounted }))
  return store.inTransaction(async (tx) => {
    const countId = await createCount(tx, { warehouseId: WAREHOUSE, blind: true, lines }, by)
    await submitCount(tx, countId, by)
    return countId
  })
}
const approve = (countId: string, by = 'manager') =>
  store.inTransaction((tx) => decideCount(tx, countId, APPROVE, by))
const linesOf = async (countId: string) => (await listCountLines(store.db, countId, { limit: 100 })).items
const onHand = async (skuId: string) => {
  const { total, shipped } = await store.level(skuId, WAREHOUSE)
  return total - shipped
}

async function move(
  tx: Tx,
  skuId: string,
  kind: StockMovementKind,
  deltas: { totalDelta?: number; shippedDelta?: number; orderId?: string },
): Promise<void> {
  await lockStock(tx, [skuId])
  await moveStock(tx, [{ kind, skuId, warehouseId: WAREHOUSE, ...deltas }], {
    operationId: uuid(),
    operator: 'test',
    physical: true,
  })
}

describe('the books after an approval', () => {
  test('say what was counted and what moved since: shipments and receipts between count and approval stay', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 10 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
    const countId = await count({ [skuId]: 8 })
    await store.report(taskIds[0] ?? '', { type: 'packed', courier: 'sim', waybillNumber: uuid() })
    await store.inTransaction((tx) => move(tx, skuId, 'receive', { totalDelta: 5 }))
    await approve(countId)
    expect(await onHand(skuId)).toBe(8 - 3 + 5)
    expect(await linesOf(countId)).toMatchObject([
      {
        quantityBook: 10,
        quantityCounted: 8,
        difference: -2,
        differencePercent: -20,
        differenceCents: -2_000,
        adjusted: -2,
      },
    ])
    const rows = await store.db
      .selectFrom('stock_ledger')
      .select(['kind', 'total_delta', 'operation_id', 'operator'])
      .where('sku_id', '=', skuId)
      .where('kind', '=', 'count')
      .execute()
    expect(rows).toEqual([
      { kind: 'count', total_delta: -2, operation_id: `count/${countId}`, operator: 'manager' },
    ])
  })

  test('a difference that picking found meanwhile is not taken out a second time', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 5 }])
    const countId = await count({ [skuId]: 3 })
    await store.report(taskIds[0] ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 2 }] })
    await approve(countId)
    expect(await onHand(skuId)).toBe(3)
    expect(await linesOf(countId)).toMatchObject([{ difference: -2, adjusted: 0 }])
  })

  const movement = fc.oneof(
    fc.record({ kind: fc.constant('receive' as const), units: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant('ship' as const), units: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('return' as const), units: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('correct' as const), units: fc.integer({ min: -4, max: 4 }) }),
  )

  test('whatever moved before and after the count, goods count once and corrections of the books not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(movement, { maxLength: 5 }),
        fc.array(movement, { maxLength: 8 }),
        fc.integer({ min: 30, max: 70 }),
        async (before, after, counted) => {
          const skuId = await store.addSku({ [WAREHOUSE]: 50 })
          const carryOut = async (each: { kind: string; units: number }): Promise<number> => {
            const { units } = each
            switch (each.kind) {
              case 'receive':
                await store.inTransaction((tx) => move(tx, skuId, 'receive', { totalDelta: units }))
                return units
              case 'ship':
                await store.inTransaction((tx) => move(tx, skuId, 'ship', { shippedDelta: units }))
                return -units
              case 'return': {
                const { shipped } = await store.level(skuId, WAREHOUSE)
                const back = Math.min(units, shipped)
                await store.inTransaction((tx) => move(tx, skuId, 'return', { shippedDelta: -back }))
                return back
              }
              default:
                await store.inTransaction((tx) =>
                  move(tx, skuId, 'adjust', { totalDelta: units, orderId: uuid() }),
                )
                return 0
            }
          }
          for (const each of before) await carryOut(each)
          const countId = await count({ [skuId]: counted })
          let goods = counted
          for (const each of after) goods += await carryOut(each)
          await approve(countId)
          expect(await onHand(skuId)).toBe(goods)
        },
      ),
      { numRuns: 12, ...(process.env.TEST_SEED ? { seed: Number(process.env.TEST_SEED) } : {}) },
    )
  })

  test('units found where the books knew of none become a level', async () => {
    const skuId = await store.addSku({})
    await approve(await count({ [skuId]: 4 }))
    expect(await store.level(skuId, WAREHOUSE)).toMatchObject({ total: 4, shipped: 0 })
  })

  test('promised units that were not found are a shortfall, and somebody is told', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 4 })
    await store.order([{ skuId, quantity: 4 }])
    await approve(await count({ [skuId]: 1 }))
    expect(await store.level(skuId, WAREHOUSE)).toMatchObject({ total: 1, reserved: 4, shortfall: 3 })
    const items = await store.db
      .selectFrom('work_item')
      .select('kind')
      .where('key', '=', `${skuId}/${WAREHOUSE}`)
      .execute()
    expect(items).toEqual([{ kind: 'stock_shortfall' }])
  })
})

describe('who decides, and when', () => {
  test('nobody who created, submitted or counted approves', async () => {
    const [first, second] = [await store.addSku({ [WAREHOUSE]: 5 }), await store.addSku({ [WAREHOUSE]: 5 })]
    const countId = await store.inTransaction(async (tx) => {
      const lines = [{ skuId: first, quantityCounted: 5 }]
      const id = await createCount(tx, { warehouseId: WAREHOUSE, blind: true, lines }, 'creator')
      await enterCountLines(tx, id, { lines: [{ skuId: second, quantityCounted: 4 }] }, 'helper')
      await submitCount(tx, id, 'submitter')
      return id
    })
    for (const person of ['creator', 'helper', 'submitter']) {
      await expect(approve(countId, person)).rejects.toMatchObject({ code: 'count-needs-second-person' })
    }
    expect(await onHand(second)).toBe(5)
    await approve(countId)
    expect(await onHand(second)).toBe(4)
  })

  test('a rejected count changes nothing and cannot be approved any more', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const countId = await count({ [skuId]: 1 })
    await store.inTransaction((tx) =>
      decideCount(tx, countId, { decision: 'reject', reason: 'no' }, 'manager'),
    )
    await expect(approve(countId)).rejects.toMatchObject({ code: 'count-wrong-state' })
    expect(await onHand(skuId)).toBe(5)
  })

  test('counted again: a blind draft over the same articles, which shows nothing of the books', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const countId = await count({ [skuId]: 1 })
    const decision = { decision: 'recount', reason: 'too far off' } as const
    const again = await store.inTransaction((tx) => decideCount(tx, countId, decision, 'manager'))
    expect(await findCount(store.db, again ?? '')).toMatchObject({
      state: 'draft',
      recountOf: countId,
      blind: true,
    })
    expect(await linesOf(again ?? '')).toMatchObject([{ skuId, quantityCounted: null, quantityBook: null }])
    const submit = store.inTransaction((tx) => submitCount(tx, again ?? '', 'counter'))
    await expect(submit).rejects.toMatchObject({ code: 'count-incomplete' })
    expect(await onHand(skuId)).toBe(5)
  })

  test('an older count does not undo a later one', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const older = await count({ [skuId]: 3 })
    const later = await count({ [skuId]: 4 })
    await approve(later)
    await expect(approve(older)).rejects.toMatchObject({ code: 'count-superseded' })
    expect(await onHand(skuId)).toBe(4)
  })

  test('a later count puts right what an older one, approved before it, said', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const older = await count({ [skuId]: 3 })
    const later = await count({ [skuId]: 4 })
    await approve(older)
    expect(await onHand(skuId)).toBe(3)
    await approve(later)
    expect(await onHand(skuId)).toBe(4)
  })
})

describe('rivals', () => {
  test('of two approvals at once one adjusts and the other is told that it is decided', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const countId = await count({ [skuId]: 3 })
    const tx = await store.begin()
    await decideCount(tx, countId, APPROVE, 'manager')
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((inner) => decideCount(inner, countId, APPROVE, 'director')),
    )
    await rival.untilBlocked()
    await tx.commit().execute()
    await expect(result).rejects.toMatchObject({ code: 'count-wrong-state' })
    expect(await onHand(skuId)).toBe(3)
  })

  test('an approval waits for a reservation under way, and what was promised in it is a shortfall then', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const countId = await count({ [skuId]: 3 })
    const tx = await store.begin()
    expect((await store.checkoutIn(tx, [{ skuId, quantity: 5 }])).ok).toBe(true)
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((inner) => decideCount(inner, countId, APPROVE, 'manager')),
    )
    await rival.untilBlocked()
    await tx.commit().execute()
    await result
    expect(await store.level(skuId, WAREHOUSE)).toMatchObject({ total: 3, reserved: 5, shortfall: 2 })
  })

  test('a shipment under way at the submission is on one side of the count, not lost', async () => {
    const skuId = await store.addSku({ [WAREHOUSE]: 5 })
    const tx = await store.begin()
    await move(tx, skuId, 'ship', { shippedDelta: 2 })
    const rival = store.newRival()
    // Counted after the goods had left, although their movement has not committed yet.
    const { result } = await rival.start((db) =>
      db.transaction().execute(async (inner) => {
        const lines = [{ skuId, quantityCounted: 3 }]
        const id = await createCount(inner, { warehouseId: WAREHOUSE, blind: true, lines }, 'counter')
        await submitCount(inner, id, 'counter')
        return id
      }),
    )
    await rival.untilBlocked()
    await tx.commit().execute()
    const countId = await result
    expect((await findCount(store.db, countId)).result).toMatchObject({ exactLines: 1, missingUnits: 0 })
    await approve(countId)
    expect(await onHand(skuId)).toBe(3)
  })
})

test('approved counts feed the accuracy of their period; others do not', async () => {
  const [exact, wrong] = [await store.addSku({ [WAREHOUSE]: 5 }), await store.addSku({ [WAREHOUSE]: 10 })]
  const from = new Date().toISOString()
  await approve(await count({ [exact]: 5, [wrong]: 7 }))
  await count({ [exact]: 1 })
  const to = new Date(Date.now() + 1_000).toISOString()
  expect(await countResults(store.db, { from, to, warehouseId: WAREHOUSE })).toEqual([
    { warehouseId: WAREHOUSE, lines: 2, exactLines: 1, bookUnits: 15, missingUnits: 3, surplusUnits: 0 },
  ])
  expect(await countResults(store.db, { from, to, warehouseId: 'WH-GZ' })).toEqual([])
})
