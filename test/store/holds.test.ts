import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tx } from '../../store/database.ts'
import {
  consumeForTransfer,
  type HoldOwner,
  heldBy,
  holdUnits,
  releaseUnits,
  type Units,
} from '../../store/holds.ts'
import { adjustStock } from '../../store/stock.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const newOwner = (): HoldOwner => ({ ownerKind: 'transfer', ownerId: uuid() })
const later = () => new Date(Date.now() + 60_000)
const change = (owner: HoldOwner, operationId: string = uuid()) => ({
  ...owner,
  operationId,
  operator: 'test',
})

const holdIn = (tx: Tx, owner: HoldOwner, units: Units[], operationId?: string) =>
  holdUnits(tx, { ...change(owner, operationId), units, expiresAt: later(), movement: 'reserve' })
const hold = (owner: HoldOwner, units: Units[], operationId?: string) =>
  store.inTransaction((tx) => holdIn(tx, owner, units, operationId))
const release = (owner: HoldOwner, units?: Units[], operationId?: string) =>
  store.inTransaction((tx) =>
    releaseUnits(tx, { ...change(owner, operationId), ...(units ? { units } : {}), movement: 'release' }),
  )
const reservedOf = async (skuId: string, warehouseId = 'WH-HZ') =>
  (await store.level(skuId, warehouseId)).reserved
const at = (skuId: string, quantity: number, warehouseId = 'WH-HZ'): Units => ({
  skuId,
  warehouseId,
  quantity,
})
const held = (owner: HoldOwner) => store.inTransaction((tx) => heldBy(tx, owner))

test('units are held at exactly the named warehouses, or none of them and every shortage is named', async () => {
  const [first, second] = [
    await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 50 }),
    await store.addSku({ 'WH-HZ': 5 }),
  ]
  const owner = newOwner()
  expect(await hold(owner, [at(first, 6), at(second, 3), at(second, 3), at(second, 1, 'WH-GZ')])).toEqual({
    ok: false,
    shortages: expect.arrayContaining([
      { skuId: first, warehouseId: 'WH-HZ', requested: 6, available: 5 },
      { skuId: second, warehouseId: 'WH-HZ', requested: 6, available: 5 },
      { skuId: second, warehouseId: 'WH-GZ', requested: 1, available: 0 },
    ]),
  })
  expect(await held(owner)).toEqual([])
  expect(await hold(owner, [at(first, 5), at(second, 2), at(second, 3)])).toEqual({ ok: true })
  expect((await held(owner)).map((line) => line.quantity)).toEqual([5, 5])
  expect(await reservedOf(first, 'WH-GZ')).toBe(0)
})

test('holding again adds to the same hold; the same operation again adds nothing', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const [owner, operationId] = [newOwner(), uuid()]
  await hold(owner, [at(skuId, 3)], operationId)
  await hold(owner, [at(skuId, 3)], operationId)
  await hold(owner, [at(skuId, 4)])
  expect(await held(owner)).toEqual([at(skuId, 7)])
  expect(await reservedOf(skuId)).toBe(7)
})

test('a part is given back, then the rest; repeating either gives back nothing more', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const [owner, part, rest] = [newOwner(), uuid(), uuid()]
  await hold(owner, [at(skuId, 7)])
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await release(owner, [at(skuId, 2)], part)).toEqual({ released: [at(skuId, 2)] })
    expect(await reservedOf(skuId)).toBe(5)
  }
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await release(owner, undefined, rest)).toEqual({ released: [at(skuId, 5)] })
    expect(await reservedOf(skuId)).toBe(0)
  }
  expect(await release(owner)).toEqual({ released: [] })
})

test('more than is held is given back as far as it goes, and nobody else’s hold is touched', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const [owner, other] = [newOwner(), newOwner()]
  await hold(owner, [at(skuId, 2)])
  await hold(other, [at(skuId, 5)])
  expect(await release(owner, [at(skuId, 9)])).toEqual({ released: [at(skuId, 2)] })
  expect(await held(other)).toEqual([at(skuId, 5)])
  await expect(release(other, [at(skuId, -1)])).rejects.toThrow(RangeError)
})

test('units whose reservation ran out unpaid can be held, units that are reserved in time cannot', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 4 })
  const { orderId } = await store.order([{ skuId, quantity: 4 }])
  expect(await hold(newOwner(), [at(skuId, 1)])).toMatchObject({ ok: false })
  await store.endTimeOf(orderId)
  expect(await hold(newOwner(), [at(skuId, 4)])).toEqual({ ok: true })
  expect((await store.holds(orderId)).map((row) => row.state)).toEqual(['expired'])
})

test('nothing is held where more is promised than exists', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 4 })
  const owner = newOwner()
  await hold(owner, [at(skuId, 4)])
  await store.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta: -1 }],
      operationId: uuid(),
      operator: 'test',
      reason: 'broken',
    }),
  )
  expect(await hold(owner, [at(skuId, 1)])).toMatchObject({ ok: false, shortages: [{ available: 0 }] })
  await release(owner)
})

test('units that leave take their hold with them, so that nothing becomes available; repeating takes nothing', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const [owner, operationId] = [newOwner(), uuid()]
  await hold(owner, [at(skuId, 6)])
  const consume = () =>
    store.inTransaction((tx) =>
      consumeForTransfer(tx, { ...change(owner, operationId), units: [at(skuId, 4)], reason: 'test' }),
    )
  await consume()
  await consume()
  expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 6, reserved: 2 })
  await expect(
    store.inTransaction((tx) =>
      consumeForTransfer(tx, { ...change(owner), units: [at(skuId, 3)], reason: 'test' }),
    ),
  ).rejects.toThrow('more than it holds')
  expect(await held(owner)).toEqual([at(skuId, 2)])
})

test('a rival who takes the last unit first makes the waiting hold a refusal, never the second buyer', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  const tx = await store.begin()
  expect(await holdIn(tx, newOwner(), [at(skuId, 1)])).toEqual({ ok: true })
  const rival = store.newRival()
  const late = newOwner()
  const { result } = await rival.start((db) =>
    db.transaction().execute((rivalTx) => holdIn(rivalTx, late, [at(skuId, 1)])),
  )
  await rival.untilBlocked()
  await tx.commit().execute()
  expect(await result).toMatchObject({ ok: false, shortages: [{ requested: 1, available: 0 }] })
})

test('two attempts of one operation at once hold once', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const [owner, operationId] = [newOwner(), uuid()]
  const tx = await store.begin()
  await holdIn(tx, owner, [at(skuId, 3)], operationId)
  const rival = store.newRival()
  const { result } = await rival.start((db) =>
    db.transaction().execute((rivalTx) => holdIn(rivalTx, owner, [at(skuId, 3)], operationId)),
  )
  await rival.untilBlocked()
  await tx.commit().execute()
  expect(await result).toEqual({ ok: true })
  expect(await held(owner)).toEqual([at(skuId, 3)])
})
