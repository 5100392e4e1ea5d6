import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StockRow } from '../../console/src/api/types.ts'
import { matrixOf, windowOf } from '../../console/src/watch/matrix.ts'

const level = (skuId: string, warehouseId: string | null, available: number): StockRow => ({
  skuId,
  skuName: `name of ${skuId}`,
  category: 'c',
  warehouseId,
  region: '华东',
  total: available,
  shipped: 0,
  reserved: 0,
  available,
  shortfall: 0,
  safety: 0,
  inTransit: 0,
  freshness: null,
  level: 'ok',
  warehouses: { ok: 1, low: 0, out: 0 },
})

test('an article that is cut in two by a page is one row', () => {
  const rows = matrixOf([level('A', 'W1', 1), level('A', 'W2', 2), level('B', 'W1', 5), level('A', 'W3', 4)])
  expect(rows.map(({ skuId, available }) => [skuId, available])).toEqual([
    ['A', 7],
    ['B', 5],
  ])
  expect(rows[0]?.cells.get('W3')?.available).toBe(4)
})

test('sums over warehouses are no cells', () => {
  expect(matrixOf([level('A', null, 9)])).toEqual([])
})

test('every row that is in sight is drawn, and never more than fit with the spare ones', () => {
  const whole = fc.integer({ min: 0, max: 20_000 })
  fc.assert(
    fc.property(whole, fc.nat(900_000), fc.nat(3_000), (count, top, height) => {
      const { first, last } = windowOf(count, { top, height }, 40, 10)
      expect(first).toBeGreaterThanOrEqual(0)
      expect(last).toBeLessThanOrEqual(count)
      expect(first).toBeLessThanOrEqual(last)
      expect(last - first).toBeLessThanOrEqual(Math.ceil(height / 40) + 22)
      const inSight = (row: number) => row * 40 < top + height && (row + 1) * 40 > top
      for (const row of [Math.floor(top / 40), Math.floor((top + height - 1) / 40)])
        if (row >= 0 && row < count && inSight(row)) expect(row >= first && row < last).toBe(true)
    }),
  )
})
