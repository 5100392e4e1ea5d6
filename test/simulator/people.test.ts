import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { placeOrderBody } from '../../contracts/orders.ts'
import { divisionName, findDivision, regionOf, regions } from '../../domain/division.ts'
import {
  createPrng,
  hotSkuCount,
  randomAddress,
  randomInteger,
  randomMobile,
  randomName,
  randomOrder,
  randomRemark,
} from '../../simulator/people.ts'

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
const skus = many(40, () => 0).map((_, index) => ({
  id: `SKU-${index}`,
  standardPriceCents: 990 + index * 1000,
}))
const stores = [
  { id: 'ST-JD', channel: 'jd' },
  { id: 'ST-MALL', channel: 'mall' },
]

describe('createPrng', () => {
  test('the same seed gives the same orders, another seed others', () => {
    const first = many(20, () => randomOrder(createPrng(7), skus, stores))
    expect(many(20, () => randomOrder(createPrng(7), skus, stores))).toEqual(first)
    expect(randomOrder(createPrng(8), skus, stores)).not.toEqual(first[0])
  })

  test('spreads evenly over its range', () => {
    const prng = createPrng(1)
    const counts = new Map<number, number>()
    for (let i = 0; i < 10_000; i += 1) {
      const value = randomInteger(prng, 3, 7)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([3, 4, 5, 6, 7])
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  })
})

describe('random people', () => {
  const prng = createPrng(42)

  test('names are two to four Chinese characters', () => {
    for (const name of many(500, () => randomName(prng))) expect(name).toMatch(/^\p{Script=Han}{2,4}$/u)
  })

  test('mobile numbers have eleven digits in an assigned range', () => {
    for (const mobile of many(500, () => randomMobile(prng))) {
      expect(mobile).toMatch(/^1(3\d|5[0-35-9]|66|7[35-8]|8\d|9[135689])\d{8}$/)
    }
  })

  test('addresses lie in a division that exists and begin with its name', () => {
    for (const { divisionCode, address } of many(500, () => randomAddress(prng))) {
      expect(findDivision(divisionCode)).toBeDefined()
      expect(address.startsWith(divisionName(divisionCode) ?? 'unknown')).toBe(true)
      expect(address).toMatch(/\d+(号|室)$/)
    }
  })

  test('every region of the mainland buys', () => {
    const seen = new Set(many(1_000, () => regionOf(randomAddress(prng).divisionCode)))
    expect([...seen].sort()).toEqual(regions.filter((region) => region !== '港澳台').sort())
  })

  test('most buyers leave no remark', () => {
    const left = many(1_000, () => randomRemark(prng)).filter((remark) => remark !== undefined)
    expect(left.length).toBeGreaterThan(300)
    expect(left.length).toBeLessThan(450)
  })
})

describe('randomOrder', () => {
  const prng = createPrng(2)
  const orders = many(2_000, () => randomOrder(prng, skus, stores))

  test('every order is a body that the API accepts', () => {
    for (const order of orders) expect(placeOrderBody.safeParse(order).success).toBe(true)
  })

  test('orders come from mall stores and carry their own number', () => {
    expect(new Set(orders.map(({ storeId }) => storeId))).toEqual(new Set(['ST-MALL']))
    expect(new Set(orders.map(({ externalOrderId }) => externalOrderId)).size).toBe(orders.length)
  })

  test('one to four lines, and the best sellers make up about half of them', () => {
    const lines = orders.flatMap((order) => order.lines)
    expect(new Set(orders.map((order) => order.lines.length))).toEqual(new Set([1, 2, 3, 4]))
    const hot = new Set(skus.slice(0, hotSkuCount).map(({ id }) => id))
    const share = lines.filter(({ skuId }) => hot.has(skuId)).length / lines.length
    expect(share).toBeGreaterThan(0.5)
    expect(share).toBeLessThan(0.7)
  })

  test('prices stay within ten per cent below the standard price', () => {
    const standard = new Map(skus.map(({ id, standardPriceCents }) => [id, standardPriceCents]))
    for (const { skuId, unitPriceCents } of orders.flatMap((order) => order.lines)) {
      const price = standard.get(skuId) ?? 0
      expect(unitPriceCents).toBeLessThanOrEqual(price)
      expect(unitPriceCents).toBeGreaterThanOrEqual(price * 0.89)
    }
  })

  test('a catalogue smaller than the order still gives an order', () => {
    expect(
      many(50, () => randomOrder(prng, skus.slice(0, 2), stores)).every(({ lines }) => lines.length <= 2),
    ).toBe(true)
  })

  test('without a mall store there is no order', () => {
    expect(() => randomOrder(prng, skus, [{ id: 'ST-JD', channel: 'jd' }])).toThrow('empty list')
  })
})

describe('the seed catalogue', () => {
  const read = (name: string): Record<string, string>[] =>
    parse(readFileSync(new URL(`../../scripts/seed/${name}.csv`, import.meta.url)), { columns: true })
  const [warehouses, skuRows, storeRows, stock] = ['warehouses', 'skus', 'stores', 'stock'].map(read)

  test('has twelve warehouses in divisions that exist, in the region of their division', () => {
    expect(warehouses).toHaveLength(12)
    for (const { divisionCode = '', region } of warehouses ?? []) {
      expect(findDivision(divisionCode)?.level).toBe('district')
      expect(region).toBe(regionOf(divisionCode))
    }
  })

  test('has about two hundred SKUs, each with a price, a weight and stock in two warehouses or more', () => {
    const known = new Set(warehouses?.map(({ id }) => id))
    expect(skuRows?.length).toBeGreaterThanOrEqual(200)
    expect(new Set(skuRows?.map(({ name }) => name)).size).toBe(skuRows?.length)
    for (const { id, standardPriceCents, weightGrams } of skuRows ?? []) {
      expect(Number(standardPriceCents)).toBeGreaterThan(0)
      expect(Number(weightGrams)).toBeGreaterThan(0)
      const rows = stock?.filter(({ skuId }) => skuId === id) ?? []
      expect(rows.length, id).toBeGreaterThanOrEqual(2)
      expect(new Set(rows.map(({ warehouseId }) => warehouseId)).size).toBe(rows.length)
      expect(rows.every(({ warehouseId }) => known.has(warehouseId))).toBe(true)
    }
  })

  test('some best sellers are scarce, so that a demo shows what being sold out looks like', () => {
    const units = (sku: string | undefined) =>
      (stock ?? []).filter(({ skuId }) => skuId === sku).reduce((sum, row) => sum + Number(row.quantity), 0)
    const scarce = (skuRows ?? []).slice(0, hotSkuCount).filter(({ id }) => units(id) < 20)
    expect(scarce.length).toBeGreaterThanOrEqual(4)
  })

  test('has stores on all five channels', () => {
    expect(new Set(storeRows?.map(({ channel }) => channel))).toEqual(
      new Set(['taobao', 'jd', 'pinduoduo', 'douyin', 'mall']),
    )
  })
})
