import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OnHandFallsAt } from '../../domain/wms-snapshot.ts'
import { ordersAtRisk } from '../../store/shortfalls.ts'
import {
  applySnapshots,
  approveJump,
  dismissJump,
  type SnapshotRules,
  type WmsReading,
} from '../../store/wms-snapshots.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const WH = 'WH-HZ'
const rules = (more: Partial<SnapshotRules> = {}): SnapshotRules => ({
  fallsAt: 'pack',
  timing: { clockToleranceMs: 0, reportDelayMs: 0 },
  mayRaise: true,
  plausible: { units: 50, share: 0.5 },
  ...more,
})
/** The database's own time, so that a snapshot lies exactly between two movements. */
const now = async () => {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(store.db)
  // A date has milliseconds, the ledger microseconds: the next whole one is after everything so far.
  const at = new Date((rows[0]?.at.getTime() ?? 0) + 1)
  await sql`select pg_sleep(0.002)`.execute(store.db)
  return at
}
const apply = (readings: WmsReading[], more: Partial<SnapshotRules> = {}) =>
  applySnapshots(store.db, { warehouseId: WH, readings, rules: rules(more), operationId: uuid() })
const heard = (skuId: string) =>
  store.db
    .selectFrom('wms_level')
    .selectAll()
    .where('warehouse_id', '=', WH)
    .where('sku_id', '=', skuId)
    .executeTakeFirst()
const jumps = (skuId: string) =>
  store.db
    .selectFrom('work_item')
    .selectAll()
    .where('kind', '=', 'wms_jump')
    .where('key', '=', `${skuId}/${WH}`)
    .orderBy('created_at')
    .execute()

describe('total := on_hand(T) + shipped(T)', () => {
  test('a first snapshot fills a level that has never held anything, however many units', async () => {
    const skuId = await store.addSku({ 'WH-GZ': 1 })
    expect(await apply([{ skuId, onHand: 5_000, asOf: await now() }])).toMatchObject({ changed: 1 })
    expect(await store.level(skuId, WH)).toMatchObject({ total: 5_000, shipped: 0, shortfall: 0 })
  })

  test('units shipped before T are added, units shipped after T are not in it twice', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    const first = await store.paidOrder([{ skuId, quantity: 3 }])
    await pack(first.taskIds)
    const between = await now()
    const second = await store.paidOrder([{ skuId, quantity: 4 }])
    await pack(second.taskIds)
    // Of 20 the WMS had 17 at T, found 2 more, and has taken off 4 since.
    await apply([{ skuId, onHand: 19, asOf: between }])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 22, shipped: 7 })
  })

  test('the ledger says why, and rebuilds the counters', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    await apply([{ skuId, onHand: 23, asOf: await now() }])
    const rows = await store.db
      .selectFrom('stock_ledger')
      .selectAll()
      .where('sku_id', '=', skuId)
      .where('kind', '=', 'snapshot')
      .execute()
    expect(rows).toMatchObject([
      {
        total_delta: 3,
        operator: 'wms:WH-HZ',
        reason: expect.stringMatching(/^23 on hand in the WMS since 20/),
      },
    ])
    await expectSound(store.db)
  })

  test.each([
    { fallsAt: 'dispatch', onHand: 20 },
    { fallsAt: 'pack', onHand: 17 },
  ] as const)(
    'packed and not dispatched: a WMS that falls at $fallsAt says $onHand, and 20 came in',
    async ({ fallsAt, onHand }) => {
      const skuId = await store.addSku({ [WH]: 20 })
      const { taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
      await pack(taskIds)
      await apply([{ skuId, onHand, asOf: await now() }], { fallsAt })
      expect(await store.level(skuId, WH)).toMatchObject({ total: 20, shipped: 3 })
    },
  )

  test('picked and not packed: where on-hand falls at pick, the units are still there', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
    for (const id of taskIds) await store.report(id, { type: 'picked' })
    await apply([{ skuId, onHand: 17, asOf: await now() }], { fallsAt: 'pick' })
    expect(await store.level(skuId, WH)).toMatchObject({ total: 20, shipped: 0, reserved: 3 })
  })

  test('too near to tell, it waits: the same snapshot is judged again at the next reading', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
    await pack(taskIds)
    const asOf = await now()
    const wide = { timing: { clockToleranceMs: 60_000, reportDelayMs: 0 } }
    // 17 or 14 by now: it may or may not have taken the three off.
    await apply([{ skuId, onHand: 18, asOf }], wide)
    expect(await store.level(skuId, WH)).toMatchObject({ total: 20, shipped: 3 })
    expect(await heard(skuId)).toMatchObject({ is_settled: false })
    await apply([])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 21, shipped: 3 })
    expect(await heard(skuId)).toMatchObject({ is_settled: true, decision: 'applied' })
  })
})

describe('what may only lower', () => {
  test.each(['pick', 'pack', 'dispatch'] as const satisfies OnHandFallsAt[])(
    'a snapshot without a time, falling at %s, never raises',
    async (fallsAt) => {
      const skuId = await store.addSku({ [WH]: 20 })
      await apply([{ skuId, onHand: 25, asOf: null }], { fallsAt })
      expect(await store.level(skuId, WH)).toMatchObject({ total: 20 })
      await apply([{ skuId, onHand: 18, asOf: null }], { fallsAt })
      expect(await store.level(skuId, WH)).toMatchObject({ total: 18 })
    },
  )

  test('a stale WMS never raises availability', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    await apply([{ skuId, onHand: 25, asOf: await now() }], { mayRaise: false })
    expect(await store.level(skuId, WH)).toMatchObject({ total: 20 })
  })

  test('an older snapshot than the last one is not heard', async () => {
    const skuId = await store.addSku({ [WH]: 20 })
    const old = await now()
    await apply([{ skuId, onHand: 15, asOf: await now() }])
    await apply([{ skuId, onHand: 22, asOf: old }])
    await apply([{ skuId, onHand: 10, asOf: old }])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 15 })
  })
})

describe('a jump beyond the plausible bound', () => {
  test('is quarantined into one work item, and not applied', async () => {
    const skuId = await store.addSku({ [WH]: 100 })
    const asOf = await now()
    expect(await apply([{ skuId, onHand: 900, asOf }])).toMatchObject({ changed: 0, quarantined: 1 })
    await apply([{ skuId, onHand: 900, asOf }])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 100 })
    expect(await jumps(skuId)).toMatchObject([
      { occurrences: 1, detail: { onHandInWms: 900, onHandInHub: 100, onHandProposed: 900 } },
    ])
  })

  test('is applied when a person approves it, by what has moved since', async () => {
    const skuId = await store.addSku({ [WH]: 100 })
    await apply([{ skuId, onHand: 900, asOf: await now() }])
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 5 }])
    await pack(taskIds)
    const jump = { skuId, warehouseId: WH, rules: rules(), operator: 'ops', operationId: uuid() }
    expect(await store.inTransaction((tx) => approveJump(tx, jump))).toBe('done')
    expect(await store.level(skuId, WH)).toMatchObject({ total: 900, shipped: 5 })
    expect(await jumps(skuId)).toMatchObject([{ state: 'resolved', resolved_by: 'ops' }])
    expect(await store.inTransaction((tx) => approveJump(tx, jump))).toBe('not-quarantined')
  })

  test('is not asked about again once dismissed, until the WMS says something else', async () => {
    const skuId = await store.addSku({ [WH]: 100 })
    const asOf = await now()
    await apply([{ skuId, onHand: 0, asOf }])
    await store.inTransaction((tx) => dismissJump(tx, { skuId, warehouseId: WH, operator: 'ops' }))
    await apply([{ skuId, onHand: 0, asOf }])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 100 })
    expect(await jumps(skuId)).toMatchObject([{ state: 'resolved' }])
    await apply([{ skuId, onHand: 1, asOf: await now() }])
    expect(await jumps(skuId)).toMatchObject([{ state: 'resolved' }, { state: 'open' }])
  })

  test('closes by itself when the WMS is plausible again', async () => {
    const skuId = await store.addSku({ [WH]: 100 })
    await apply([{ skuId, onHand: 0, asOf: await now() }])
    await apply([{ skuId, onHand: 100, asOf: await now() }])
    expect(await jumps(skuId)).toMatchObject([{ state: 'resolved', resolved_by: 'system' }])
  })

  test('a snapshot that jumps nearly everywhere is refused as a whole', async () => {
    const skuIds = await Promise.all(Array.from({ length: 25 }, () => store.addSku({ [WH]: 100 })))
    const asOf = await now()
    await expect(apply(skuIds.map((skuId) => ({ skuId, onHand: 0, asOf })))).rejects.toThrow(
      '25 of 25 articles jumped',
    )
    expect(await heard(skuIds[0] ?? '')).toBeUndefined()
  })
})

describe('a physical shortage', () => {
  test('raises the shortfall and a work item naming the orders at risk, newest unpaid first', async () => {
    const skuId = await store.addSku({ [WH]: 10 })
    const paid = await store.paidOrder([{ skuId, quantity: 4 }])
    const older = await store.order([{ skuId, quantity: 3 }])
    const newer = await store.order([{ skuId, quantity: 3 }])
    await apply([{ skuId, onHand: 5, asOf: await now() }])
    expect(await store.level(skuId, WH)).toMatchObject({ total: 5, reserved: 10, shortfall: 5 })
    const items = await store.db
      .selectFrom('work_item')
      .selectAll()
      .where('kind', '=', 'stock_shortfall')
      .where('key', '=', `${skuId}/${WH}`)
      .execute()
    expect(items).toMatchObject([
      { detail: { shortfall: 5, ordersShort: 2, orders: `${newer.orderId} ${older.orderId}` } },
    ])
    expect(await ordersAtRisk(store.db, skuId, WH)).toMatchObject([
      { orderId: newer.orderId, isPaid: false, isShort: true },
      { orderId: older.orderId, isPaid: false, isShort: true },
      { orderId: paid.order.orderId, isPaid: true, isShort: false },
    ])
  })

  test('no unit is promised beyond what the WMS has while buyers and snapshots run against each other', async () => {
    const skuId = await store.addSku({ [WH]: 30 })
    const asOf = await now()
    const rival = store.newRival()
    const tx = await store.begin()
    await sql`select 1 from stock_level where sku_id = ${skuId} for update`.execute(tx)
    // The snapshot was judged before the buyer came, and waits for the level now.
    const { result } = await rival.start((db) =>
      applySnapshots(db, {
        warehouseId: WH,
        readings: [{ skuId, onHand: 20, asOf }],
        rules: rules(),
        operationId: uuid(),
      }),
    )
    await rival.untilBlocked()
    expect(await store.checkoutIn(tx, [{ skuId, quantity: 18 }])).toMatchObject({ ok: true })
    await tx.commit().execute()
    await result
    expect(await store.level(skuId, WH)).toMatchObject({ total: 20, reserved: 18, shortfall: 0 })
    expect(await store.tryCheckout([{ skuId, quantity: 3 }])).toMatchObject({ ok: false })
  })
})

test('SKUs that the hub does not know are counted, and nothing else', async () => {
  expect(await apply([{ skuId: 'NOT-OURS', onHand: 3, asOf: await now() }])).toEqual({
    changed: 0,
    quarantined: 0,
    unknownSkus: 1,
  })
})

async function pack(taskIds: string[]): Promise<void> {
  for (const id of taskIds) {
    await store.report(id, { type: 'packed', waybillNumber: `SIM${uuid()}`, courier: 'sim' })
  }
}
