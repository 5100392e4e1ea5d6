import { expect, test } from 'vitest'
import { stockAccuracy } from '../../domain/stock-accuracy.ts'

const count = { lines: 10, exactLines: 8, bookUnits: 100, missingUnits: 4, surplusUnits: 1 }

test('lines and units of several counts are added up before they are divided', () => {
  const other = { lines: 30, exactLines: 30, bookUnits: 900, missingUnits: 0, surplusUnits: 0 }
  expect(stockAccuracy([count, other])).toMatchObject({
    counts: 2,
    lines: 40,
    lineAccuracy: 0.95,
    unitAccuracy: expect.closeTo(996 / 1001),
  })
})

test('missing and surplus units do not cancel out', () => {
  const mixed = { ...count, missingUnits: 50, surplusUnits: 50 }
  expect(stockAccuracy([mixed]).unitAccuracy).toBeCloseTo(1 / 3)
})

test.each([
  ['nothing counted', [], null, null],
  ['nothing there and nothing in the books', [{ ...zero(), lines: 2, exactLines: 2 }], 1, null],
  ['all gone', [{ ...zero(), lines: 1, bookUnits: 7, missingUnits: 7 }], 0, 0],
  ['found where the books have nothing', [{ ...zero(), lines: 1, surplusUnits: 7 }], 0, 0],
  ['ten times what the books say', [{ ...zero(), lines: 1, bookUnits: 10, surplusUnits: 90 }], 0, 0.1],
])('%s', (_, counts, lineAccuracy, unitAccuracy) => {
  const accuracy = stockAccuracy(counts)
  expect(accuracy.lineAccuracy).toBe(lineAccuracy)
  if (unitAccuracy === null) expect(accuracy.unitAccuracy).toBeNull()
  else expect(accuracy.unitAccuracy).toBeCloseTo(unitAccuracy)
})

function zero() {
  return { lines: 0, exactLines: 0, bookUnits: 0, missingUnits: 0, surplusUnits: 0 }
}
