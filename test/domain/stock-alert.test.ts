import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideStockAlert } from '../../domain/stock-alert.ts'

test.each([
  [6, 5, null, null],
  [5, 5, null, 'raise'],
  [5, 5, 'cleared', 'raise'],
  [0, 5, 'raised', null],
  [6, 5, 'raised', null],
  [7, 5, 'raised', 'clear'],
  [0, 0, null, 'raise'],
  [1, 0, 'raised', null],
  [2, 0, 'raised', 'clear'],
  [119, 100, 'raised', null],
  [121, 100, 'raised', 'clear'],
] as const)('%i available at threshold %i, last %s: %s', (available, threshold, state, decision) => {
  expect(decideStockAlert({ available, threshold, everHeld: true }, state)).toBe(decision)
})

test('a level that never had units has not fallen', () => {
  expect(decideStockAlert({ available: 0, threshold: 5, everHeld: false }, null)).toBeNull()
})

test('a level that moves within the recovery above its threshold alerts once, however often it does', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(), { maxLength: 60 }), (threshold, moves) => {
      const band = threshold + Math.max(1, Math.ceil(threshold / 5))
      let state: 'raised' | 'cleared' | null = null
      let alerts = 0
      for (const move of [0, ...moves]) {
        const decision = decideStockAlert({ available: move % (band + 1), threshold, everHeld: true }, state)
        if (decision === 'raise') alerts += 1
        if (decision !== null) state = decision === 'raise' ? 'raised' : 'cleared'
      }
      expect(alerts).toBe(1)
    }),
  )
})
