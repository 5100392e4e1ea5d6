import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { TransferEvent } from '../../domain/transfer.ts'
import type { Tx } from '../../store/database.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { adjustStock } from '../../store/stock.ts'
import { sourceTransfer } from '../../store/transfer-sourcing.ts'
import {
  applyTransferEvent,
  passTransferDeadline,
  readTransfer,
  recordRefusedDecision,
  requestTransfer,
  reserveTransfer,
} from '../../store/transfers.ts'
import { expectSound, newRandom, openTestStore, type TestStore } from './support.ts'

let store: TestStore
const BASE: PolicyDocument<'transfer'> = {
  ...POLICIES.transfer.initial,
  sourcing: { ...POLICIES.transfer.initial.sourcing, minimumCoverDays: 0 },
  approval: {
    automatic: { maxQuantity: 1_000, maxValueCents: 100_000_000, crossRegion: true },
    steps: [{ maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['ops'] }],
  },
}
const publish = (document: PolicyDocument<'transfer'>) =>
  publishPolicy(store.db, { kind: 'transfer', document, author: 'test', reason: 'test' })

beforeAll(async () => {
  store = await openTestStore()
  await publish(BASE)
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const ask = (skuId: string, quantity: number, destinationId = 'WH-HZ') =>
  store.inTransaction((tx) =>
    requestTransfer(tx, {
      transferId: uuid(),
      eventId: uuid(),
      skuId,
      destinationId,
      quantity,
      operator: 'mei',
      reason: 'test',
    }),
  )
const applyIn = (tx: Tx, transferId: string, event: TransferEvent, eventId: string = uuid()) =>
  applyTransferEvent(tx, { transferId, eventId, event, operator: 'test' })
const apply = (transferId: string, event: TransferEvent, eventId?: string) =>
  store.inTransaction((tx) => applyIn(tx, transferId, event, eventId))
const dispatch = (quantity: number, legNumber = 1): TransferEvent => ({
  type: 'dispatched',
  legNumber,
  quantity,
})
const receive = (quantity: number, at: 'destination' | 'source' = 'destination'): TransferEvent => ({
  type: 'received',
  legNumber: 1,
  quantity,
  at,
})
const lose = (quantity: number): TransferEvent => ({
  type: 'lost',
  legNumber: 1,
  quantity,
  reason: 'fell off',
})
const cancel: TransferEvent = { type: 'cancelled', reason: 'not needed' }

/** A transfer of units from Guangzhou to Hangzhou, held at its source. */
async function reserved(quantity: number, stock = quantity, hangzhou = 0) {
  const skuId = await store.addSku({ 'WH-GZ': stock, ...(hangzhou > 0 ? { 'WH-HZ': hangzhou } : {}) })
  const { transferId } = await ask(skuId, quantity)
  expect(await reserveTransfer(store.db, transferId)).toMatchObject({ status: 'reserved' })
  return { skuId, transferId }
}
const inTransit = async (skuId: string) => {
  const rows = await store.db
    .selectFrom('stock_in_transit')
    .select(['warehouse_id', 'quantity'])
    .where('sku_id', '=', skuId)
    .execute()
  return Object.fromEntries(rows.map((row) => [row.warehouse_id, row.quantity]))
}
const numbers = async (skuId: string, warehouseId: string) => {
  const { total, reserved: held } = await store.level(skuId, warehouseId)
  return { total, held }
}
const ledger = async (skuId: string) => {
  const rows = await store.db
    .selectFrom('stock_ledger')
    .select(['kind', 'warehouse_id', 'total_delta', 'reserved_delta'])
    .where('sku_id', '=', skuId)
    .where('kind', '<>', 'receive')
    .orderBy('id')
    .execute()
  return rows.map((row) => `${row.kind} ${row.warehouse_id} ${row.total_delta} ${row.reserved_delta}`)
}
const workItems = async (transferId: string) => {
  const { rows } = await sql<{ kind: string }>`
    select kind from work_item where detail ->> 'transferId' = ${transferId} order by created_at`.execute(
    store.db,
  )
  return rows.map((row) => row.kind)
}

describe('units on their way', () => {
  test('are held at the source, leave it, are in transit and arrive in parts', async () => {
    const { skuId, transferId } = await reserved(10, 12)
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 12, held: 10 })
    await apply(transferId, dispatch(10))
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 2, held: 0 })
    expect(await inTransit(skuId)).toEqual({ 'WH-HZ': 10 })
    await apply(transferId, receive(4))
    expect(await inTransit(skuId)).toEqual({ 'WH-HZ': 6 })
    await apply(transferId, receive(6))
    expect(await readTransfer(store.db, transferId)).toMatchObject({ status: 'received' })
    expect(await numbers(skuId, 'WH-HZ')).toEqual({ total: 10, held: 0 })
    expect(await inTransit(skuId)).toEqual({})
    expect(await ledger(skuId)).toEqual([
      'reserve WH-GZ 0 10',
      'transfer_out WH-GZ -10 -10',
      'transfer_in WH-HZ 4 0',
      'transfer_in WH-HZ 6 0',
    ])
  })

  test('that are lost are no stock anywhere, are in the ledger with the reason, and are somebody’s work', async () => {
    const { skuId, transferId } = await reserved(10)
    await apply(transferId, dispatch(10))
    await apply(transferId, receive(7))
    await apply(transferId, lose(3))
    expect(await readTransfer(store.db, transferId)).toMatchObject({ status: 'closed_with_loss' })
    expect(await numbers(skuId, 'WH-HZ')).toEqual({ total: 7, held: 0 })
    expect((await ledger(skuId)).slice(-2)).toEqual(['transfer_in WH-HZ 3 0', 'write_off WH-HZ -3 0'])
    const { reason } = await store.db
      .selectFrom('stock_ledger')
      .select('reason')
      .where('sku_id', '=', skuId)
      .where('kind', '=', 'write_off')
      .executeTakeFirstOrThrow()
    expect(reason).toBe(`transfer ${transferId}, lost on the way: fell off`)
    expect(await workItems(transferId)).toEqual(['transfer_loss'])
  })

  test('that are called back head for their source and are stock again there', async () => {
    const { skuId, transferId } = await reserved(10)
    await apply(transferId, dispatch(8))
    await apply(transferId, cancel)
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 2, held: 0 })
    expect(await inTransit(skuId)).toEqual({ 'WH-GZ': 8 })
    await apply(transferId, receive(8, 'source'))
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 10, held: 0 })
    expect(await readTransfer(store.db, transferId)).toMatchObject({ status: 'cancelled' })
  })

  test('are never more than were held, and never arrive twice', async () => {
    const { skuId, transferId } = await reserved(10, 20)
    expect(await apply(transferId, dispatch(11))).toMatchObject({ code: 'transfer-quantity-too-large' })
    await apply(transferId, dispatch(10))
    expect(await apply(transferId, receive(11))).toMatchObject({ code: 'transfer-quantity-too-large' })
    const again = uuid()
    await apply(transferId, receive(6), again)
    expect(await apply(transferId, receive(6), again)).toMatchObject({
      ok: true,
      state: { status: 'partially_received' },
    })
    expect(await numbers(skuId, 'WH-HZ')).toEqual({ total: 6, held: 0 })
  })

  test('cannot leave when they are promised but not there', async () => {
    const { skuId, transferId } = await reserved(10)
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-GZ', quantityDelta: -4 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'burnt',
      }),
    )
    expect(await apply(transferId, dispatch(7))).toMatchObject({
      code: 'transfer-quantity-too-large',
      detail: expect.stringContaining('only 6 units'),
    })
    expect(await apply(transferId, dispatch(6))).toMatchObject({ ok: true })
    await apply(transferId, cancel)
    expect(await store.level(skuId, 'WH-GZ')).toMatchObject({ total: 0, reserved: 0, shortfall: 0 })
  })

  test('lower a shortfall where they arrive', async () => {
    const { skuId, transferId } = await reserved(10, 10, 5)
    await apply(transferId, dispatch(10))
    const { orderId } = await store.order([{ skuId, quantity: 5 }])
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta: -5 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'flood',
      }),
    )
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ shortfall: 5 })
    await apply(transferId, receive(10))
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ shortfall: 0, total: 10, reserved: 5 })
    expect((await store.holds(orderId)).map((hold) => hold.state)).toEqual(['held'])
  })
})

describe('holding at the source', () => {
  test('is safe to repeat, and before dispatch a cancellation gives everything back', async () => {
    const { skuId, transferId } = await reserved(10, 12)
    expect(await reserveTransfer(store.db, transferId)).toMatchObject({ status: 'reserved', version: 2 })
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 12, held: 10 })
    await apply(transferId, cancel)
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 12, held: 0 })
    expect(await ledger(skuId)).toEqual(['reserve WH-GZ 0 10', 'release WH-GZ 0 -10'])
  })

  test('sold out meanwhile and nothing left: the transfer ends and a person is told', async () => {
    const skuId = await store.addSku({ 'WH-GZ': 10 })
    const { transferId } = await ask(skuId, 8)
    await store.order([{ skuId, quantity: 5 }])
    expect(await reserveTransfer(store.db, transferId)).toMatchObject({ status: 'unsourced', legs: [] })
    expect(await workItems(transferId)).toEqual(['transfer_sold_out'])
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 10, held: 5 })
  })

  test('sold out meanwhile but elsewhere there is enough: another proposal, approved by the same policy', async () => {
    await store.db
      .insertInto('warehouse')
      .values({
        id: 'WH-SZ',
        name: '深圳仓',
        division_code: '440306',
        longitude: 114.05,
        latitude: 22.55,
        region: '华南',
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const skuId = await store.addSku({ 'WH-GZ': 10 })
    const { transferId, plan } = await ask(skuId, 8)
    expect(plan).toEqual([{ sourceId: 'WH-GZ', quantity: 8 }])
    await store.order([{ skuId, quantity: 5 }])
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-SZ', quantityDelta: 20 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'bought',
      }),
    )
    expect(await reserveTransfer(store.db, transferId)).toMatchObject({
      status: 'approved',
      proposalNumber: 2,
      plan: [{ sourceId: 'WH-SZ', quantity: 8 }],
    })
    expect(await reserveTransfer(store.db, transferId)).toMatchObject({
      status: 'reserved',
      legs: [{ sourceId: 'WH-SZ', reserved: 8 }],
    })
    expect(await workItems(transferId)).toEqual([])
  })

  test('a rival who buys between proposal and hold never makes a unit promised twice', async () => {
    const skuId = await store.addSku({ 'WH-GZ': 10 })
    const { transferId } = await ask(skuId, 10)
    const tx = await store.begin()
    await store.checkoutIn(tx, [{ skuId, quantity: 1 }])
    const rival = store.newRival()
    const { result } = await rival.start((db) => reserveTransfer(db, transferId))
    await rival.untilBlocked()
    await tx.commit().execute()
    expect(await result).toMatchObject({ status: 'unsourced' })
    await expectSound(store.db)
  })
})

describe('rivals', () => {
  test('two who receive the same units at once: the second is refused', async () => {
    const { skuId, transferId } = await reserved(10)
    await apply(transferId, dispatch(10))
    const tx = await store.begin()
    expect(await applyIn(tx, transferId, receive(6))).toMatchObject({ ok: true })
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((rivalTx) => applyIn(rivalTx, transferId, receive(6))),
    )
    await rival.untilBlocked()
    await tx.commit().execute()
    expect(await result).toMatchObject({ ok: false, code: 'transfer-quantity-too-large' })
    expect(await numbers(skuId, 'WH-HZ')).toEqual({ total: 6, held: 0 })
  })

  test('who cancels while the units are being held: they are held, then given back', async () => {
    const skuId = await store.addSku({ 'WH-GZ': 10 })
    const { transferId } = await ask(skuId, 10)
    // A buyer's locks keep the hold waiting; the cancellation waits for the hold.
    const buyer = await store.begin()
    await store.checkoutIn(buyer, [{ skuId, quantity: 1 }])
    const [holder, canceller] = [store.newRival(), store.newRival()]
    const hold = await holder.start((db) => reserveTransfer(db, transferId))
    await holder.untilBlocked()
    const cancellation = await canceller.start((db) =>
      db.transaction().execute((tx) => applyIn(tx, transferId, cancel)),
    )
    await canceller.untilBlocked()
    await buyer.rollback().execute()
    expect(await hold.result).toMatchObject({ status: 'reserved' })
    expect(await cancellation.result).toMatchObject({ ok: true, state: { status: 'cancelled' } })
    expect(await numbers(skuId, 'WH-GZ')).toEqual({ total: 10, held: 0 })
  })

  test('who dispatches one transfer while an order packs and another transfer arrives: nobody blocks anybody for good', async () => {
    const random = newRandom('transfers both ways')
    const skuIds = await Promise.all([1, 2, 3].map(() => store.addSku({ 'WH-HZ': 60, 'WH-GZ': 60 })))
    const lives = Array.from({ length: 24 }, async (_, index) => {
      const skuId = skuIds[index % skuIds.length] ?? ''
      if (index % 3 === 0)
        return store.paidOrder(random.shuffle(skuIds).map((each) => ({ skuId: each, quantity: 1 })))
      const { transferId } = await ask(skuId, random.between(1, 5), index % 2 === 0 ? 'WH-HZ' : 'WH-GZ')
      const { legs } = await reserveTransfer(store.db, transferId)
      for (const leg of legs) {
        await apply(transferId, { type: 'dispatched', legNumber: leg.legNumber, quantity: leg.reserved })
        await apply(transferId, {
          type: 'received',
          legNumber: leg.legNumber,
          quantity: leg.reserved,
          at: 'destination',
        })
      }
    })
    await Promise.all(lives)
    await expectSound(store.db)
    for (const skuId of skuIds) {
      const totals = await Promise.all(['WH-HZ', 'WH-GZ'].map((warehouseId) => numbers(skuId, warehouseId)))
      expect(totals.reduce((sum, level) => sum + level.total, 0)).toBe(120)
    }
  })
})

test('what is proposed keeps safety stock, counts what expired as free and knows what each warehouse sells', async () => {
  const skuId = await store.addSku({ 'WH-GZ': 10 })
  await store.db.updateTable('stock_level').set({ safety_stock: 3 }).where('sku_id', '=', skuId).execute()
  const { orderId } = await store.order([{ skuId, quantity: 4 }])
  const wish = { skuId, destinationId: 'WH-HZ', quantity: 7 }
  expect((await sourceTransfer(store.db, wish)).result).toMatchObject({ ok: false, canGive: 3 })
  await store.endTimeOf(orderId)
  expect((await sourceTransfer(store.db, wish)).result).toMatchObject({
    ok: true,
    proposal: { legs: [{ sourceId: 'WH-GZ', availableLeft: 3, coverDaysLeft: null }] },
  })
  const sold = await store.paidOrder([{ skuId, quantity: 2 }])
  await store.report(sold.taskIds[0] ?? '', { type: 'packed', waybillNumber: uuid(), courier: 'sim' })
  const { result } = await sourceTransfer(store.db, { ...wish, quantity: 1 })
  // 7 left, 2 sold in 28 days.
  expect(result).toMatchObject({ proposal: { legs: [{ availableLeft: 7, coverDaysLeft: 98 }] } })
})

test('a level without a safety stock of its own keeps that of its category', async () => {
  const skuId = await store.addSku({ 'WH-GZ': 10 })
  const { initial } = POLICIES['safety-stock']
  const thresholds = { ...initial.thresholds, unitsByCategory: { 测试: 4 } }
  const origin = { author: 'test', reason: 'test' }
  await publishPolicy(store.db, { kind: 'safety-stock', document: { ...initial, thresholds }, ...origin })
  const { result } = await sourceTransfer(store.db, { skuId, destinationId: 'WH-HZ', quantity: 7 })
  expect(result).toMatchObject({ ok: false, canGive: 6 })
  await publishPolicy(store.db, { kind: 'safety-stock', document: initial, ...origin })
})

test('a deadline is announced once, and a status that was left in time is not late', async () => {
  const { transferId } = await reserved(5)
  const state = await readTransfer(store.db, transferId)
  const due = { transferId, dueAtMs: state?.dueAtMs ?? 0 }
  await apply(transferId, dispatch(2))
  expect(await passTransferDeadline(store.db, due)).toMatchObject({ needsAttention: false })
  const { dueAtMs } = (await readTransfer(store.db, transferId)) ?? {}
  for (let attempt = 0; attempt < 2; attempt += 1)
    expect(await passTransferDeadline(store.db, { transferId, dueAtMs: dueAtMs ?? 0 })).toMatchObject({
      needsAttention: true,
      dueAtMs: null,
    })
  expect(await workItems(transferId)).toEqual(['transfer_overdue'])
})

test('a refused decision is kept, once, and changes nothing', async () => {
  const { transferId } = await reserved(1)
  const before = await readTransfer(store.db, transferId)
  const refused = {
    transferId,
    eventId: uuid(),
    operator: 'mei',
    decision: 'approve',
    code: 'transfer-own-request',
  }
  for (let attempt = 0; attempt < 2; attempt += 1) await recordRefusedDecision(store.db, refused)
  expect(await readTransfer(store.db, transferId)).toEqual(before)
  const kept = await store.db
    .selectFrom('transfer_event')
    .select(['operator', 'body', 'version'])
    .where('transfer_id', '=', transferId)
    .where('type', '=', 'decision_refused')
    .execute()
  expect(kept).toEqual([
    { operator: 'mei', version: null, body: { decision: 'approve', code: 'transfer-own-request' } },
  ])
})

test('the tables refuse what no code may write: more out than held, more arrived than left', async () => {
  const { transferId } = await reserved(5)
  const write = (change: { dispatched?: number; received?: number; lost?: number }) =>
    store.db.updateTable('transfer_leg').set(change).where('transfer_id', '=', transferId).execute()
  await expect(write({ dispatched: 6 })).rejects.toThrow('transfer_leg_dispatched_at_most_reserved')
  await expect(write({ dispatched: 3, received: 2, lost: 2 })).rejects.toThrow(
    'transfer_leg_arrived_at_most_dispatched',
  )
})

test('whatever happens to many transfers among orders: on hand + in transit + lost stays the same, and nothing is oversold', async () => {
  const random = newRandom('transfers among orders')
  const skuId = await store.addSku({ 'WH-HZ': 40, 'WH-GZ': 40 })
  const open: string[] = []
  let shipped = 0
  for (let step = 0; step < 120; step += 1) {
    const transferId = open[random.between(0, Math.max(0, open.length - 1))]
    const legNumber = random.between(1, 2)
    const quantity = random.between(1, 6)
    const events: TransferEvent[] = [
      { type: 'dispatched', legNumber, quantity },
      { type: 'received', legNumber, quantity, at: 'destination' },
      { type: 'received', legNumber, quantity, at: 'source' },
      { type: 'lost', legNumber, quantity, reason: 'x' },
      cancel,
    ]
    const choice = random.between(0, 9)
    if (transferId === undefined || choice === 0) {
      const destinationId = random.between(0, 1) === 0 ? 'WH-HZ' : 'WH-GZ'
      const asked = await ask(skuId, random.between(1, 15), destinationId).catch(() => null)
      if (asked) open.push(asked.transferId)
    } else if (choice === 1) {
      await reserveTransfer(store.db, transferId)
    } else if (choice === 2) {
      const bought = await store.tryCheckout([{ skuId, quantity }])
      if (bought.ok && random.between(0, 1) === 0) {
        await store.pay(bought.order)
        const taskIds = await store.openTasks(bought.order.orderId, bought.order.reservations)
        for (const taskId of taskIds)
          await store.report(taskId, { type: 'packed', waybillNumber: uuid(), courier: 'sim' })
        shipped += quantity
      } else if (bought.ok) await store.endTimeOf(bought.order.orderId)
    } else {
      const event = events[choice % events.length] ?? cancel
      const eventId = uuid()
      await apply(transferId, event, eventId)
      if (choice === 9) await apply(transferId, event, eventId)
    }
    const { rows } = await sql<{ units: number; least: number }>`
      select (select sum(total - shipped) from stock_level where sku_id = ${skuId})::int
          + coalesce((select sum(in_transit + lost) from transfer_leg where sku_id = ${skuId}), 0)::int as units,
        (select min(total - shipped - reserved + shortfall) from stock_level where sku_id = ${skuId}) as least`.execute(
      store.db,
    )
    expect(rows[0]?.units).toBe(80 - shipped)
    expect(rows[0]?.least).toBeGreaterThanOrEqual(0)
  }
  await expectSound(store.db)
})
