import { expect, test } from 'vitest'
import { findApart } from '../../../scripts/demo/catalogue.ts'

const skus = ['A', 'B', 'C', 'D'].map((id) => ({ id, standardPriceCents: 100 }))
const level = (skuId: string, warehouseId: string, available = 5) => ({ skuId, warehouseId, available })
const idsOf = (levels: ReturnType<typeof level>[]) =>
  findApart(skus, levels).map((pair) => pair.map(({ id }) => id).join(''))

test('two articles are apart when no warehouse has both', () => {
  expect(idsOf([level('A', 'W1'), level('A', 'W2'), level('B', 'W3'), level('C', 'W2')])).toEqual([
    'AB',
    'BC',
  ])
})

test('an empty shelf is no place, and what is nowhere in stock is in no pair', () => {
  expect(idsOf([level('A', 'W1'), level('B', 'W1', 0), level('B', 'W2'), level('C', 'W1', 0)])).toEqual([
    'AB',
  ])
})
