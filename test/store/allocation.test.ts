import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PolicyDocument } from '../../contracts/policies/index.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { checkout } from '../../store/checkout.ts'
import { findOrderDetail } from '../../store/order-queries.ts'
import { reserveAgain, settleShortage } from '../../store/order-steps.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

/** What ops read in `GET /v1/orders/{id}`. */
async function decisionsOf(orderId: string) {
  const found = await findOrderDetail(store.db, orderId, { kind: 'all' })
  return found?.order.allocationDecisions ?? []
}

async function publish(document: Partial<PolicyDocument<'allocation'>>): Promise<number> {
  const version = await publishPolicy(store.db, {
    kind: 'allocation',
    document: { ...POLICIES.allocation.initial, ...document },
    author: 'test',
    reason: 'test',
  })
  store.policies.expire()
  return version
}

const warehousesOf = (entries: readonly { warehouseId: string }[]) =>
  entries.map((entry) => entry.warehouseId)

describe('an order says why it comes from where it comes from', () => {
  test('checkout keeps the reason with the order, by the built-in policy', async () => {
    const order = await store.order([
      { skuId: await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 5 }), quantity: 1 },
      { skuId: await store.addSku({ 'WH-HZ': 5 }), quantity: 2 },
    ])
    const [decision, ...others] = await decisionsOf(order.orderId)
    expect(others).toEqual([])
    expect(decision).toMatchObject({
      operationId: `${order.orderId}/checkout`,
      policyVersion: 0,
      explanation: {
        place: { divisionCode: '330106', problem: null },
        objectives: [{ objective: 'fewest-parcels', value: 1 }, { objective: 'nearest' }],
        chosen: [{ warehouseId: 'WH-HZ', skus: 2, units: 3 }],
        rejected: [{ warehouseId: 'WH-GZ', reason: { kind: 'lacks', count: 1 } }],
      },
    })
    expect(decision?.text.zh).toMatch(/^杭州仓：\d+ 公里，两种都有；广州仓远 \d+ 公里，且缺 SKU-\S+。$/)
    expect(decision?.text.en).toMatch(
      /^杭州仓: \d+ km, has both; 广州仓 is \d+ km farther and lacks SKU-\S+\.$/,
    )
  })

  test('an address that could be in two cities is not guessed at; one that names its district is used', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 5 })
    const orderTo = async (address: string) => {
      const input = store.checkoutInput([{ skuId, quantity: 1 }])
      const contact = { ...input.body.contact, divisionCode: '320000', address }
      const { keyRing, policies } = store
      await store.inTransaction((tx) =>
        checkout(tx, { keyRing, policies }, { ...input, body: { ...input.body, contact } }),
      )
      const [decision] = await decisionsOf(input.orderId)
      return { division: (await store.row(input.orderId)).division_code, place: decision?.explanation.place }
    }
    expect(await orderTo('鼓楼区中山路 1 号')).toEqual({
      division: '320000',
      place: { divisionCode: '320000', problem: 'ambiguous-name' },
    })
    expect(await orderTo('徐州市鼓楼区中山路 1 号')).toEqual({
      division: '320302',
      place: { divisionCode: '320302', problem: null },
    })
  })

  test('a refused order leaves no reason behind', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    expect(await store.tryCheckout([{ skuId, quantity: 2 }])).toMatchObject({ ok: false })
    const rows = await store.db.selectFrom('allocation_decision').select('explanation').execute()
    expect(rows.filter((row) => JSON.stringify(row).includes(skuId))).toEqual([])
  })

  test('a late payment and a short pick are decided by the same rules and explained beside the first', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 3 })
    const order = await store.order([{ skuId, quantity: 2 }])
    await store.endTimeOf(order.orderId)
    const { placed } = await store.firstState(order.orderId)
    await reserveAgain(createReservations(store.db), { placed, operationId: `${order.orderId}/again` })
    const lines = [{ lineNumber: 1, skuId, quantity: 2 }]
    const replaced = await settleShortage(store.db, {
      placed,
      lines,
      warehouseId: 'WH-HZ',
      operationId: `${order.orderId}/short`,
    })
    expect(warehousesOf(replaced.allocations)).toEqual(['WH-GZ'])
    const decisions = await decisionsOf(order.orderId)
    expect(decisions.map((decision) => decision.operationId)).toEqual(
      ['checkout', 'again', 'short'].map((step) => `${order.orderId}/${step}`),
    )
    expect(decisions[2]?.text.en).toMatch(/广州仓: .*; 杭州仓 \(\d+ km\) has just reported a shortage\.$/)
  })

  test('of a replacement that is found only in part, what is found is explained; of nothing, nothing', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 1 })
    const order = await store.order([{ skuId, quantity: 2 }])
    const { placed } = await store.firstState(order.orderId)
    const short = (operationId: string) =>
      settleShortage(store.db, {
        placed,
        lines: [{ lineNumber: 1, skuId, quantity: 2 }],
        warehouseId: 'WH-HZ',
        operationId,
      })
    expect((await short(uuid())).allocations).toMatchObject([{ warehouseId: 'WH-GZ', quantity: 1 }])
    expect((await short(uuid())).allocations).toEqual([])
    expect(await decisionsOf(order.orderId)).toHaveLength(2)
  })
})

describe('a published policy', () => {
  test('decides the next order, which records its version', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 5 })
    const freight = {
      regionPairs: [],
      bands: [{ upToKilometres: 500, parcelCents: 900, centsPerKilogram: 0 }],
      otherwise: { parcelCents: 100, centsPerKilogram: 0 },
    }
    const version = await publish({ objectives: ['lowest-freight'], freight })
    const order = await store.order([{ skuId, quantity: 1 }])
    expect(warehousesOf(order.reservations)).toEqual(['WH-GZ'])
    expect((await store.row(order.orderId)).policy_versions).toMatchObject({ allocation: version })
    expect(await decisionsOf(order.orderId)).toMatchObject([
      { policyVersion: version, text: { en: expect.stringContaining('would cost ¥8.00 more freight') } },
    ])
  })

  test('with a limit on parcels refuses what would need more, and says what within it is there', async () => {
    await publish({ maxParcels: 1 })
    const skuId = await store.addSku({ 'WH-HZ': 2, 'WH-GZ': 3 })
    const refused = await store.tryCheckout([{ skuId, quantity: 4 }])
    expect(refused).toMatchObject({
      ok: false,
      problem: {
        code: 'insufficient-stock',
        extra: { shortages: [{ skuId, requested: 4, available: 3, beyondLimits: 1 }] },
      },
    })
    expect(await store.tryCheckout([{ skuId, quantity: 3 }])).toMatchObject({ ok: true })
  })
})
