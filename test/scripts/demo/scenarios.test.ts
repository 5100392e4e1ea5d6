import { expect, test } from 'vitest'
import { scenarioOf, scenarios } from '../../../scripts/demo/scenarios.ts'
import { createPrng } from '../../../simulator/people.ts'

test('every way an order can go is among the first twenty orders', () => {
  const first = new Set(Array.from({ length: 20 }, (_, index) => scenarioOf(index, createPrng(1)).name))
  expect([...scenarios.map(([scenario]) => scenario.name)].filter((name) => !first.has(name))).toEqual([])
})

test('later orders go their ways in the given shares', () => {
  const prng = createPrng(1)
  const total = scenarios.reduce((sum, [, weight]) => sum + weight, 0)
  const drawn = Array.from({ length: 20_000 }, () => scenarioOf(1_000, prng))
  for (const [scenario, weight] of scenarios) {
    const share = drawn.filter((one) => one === scenario).length / drawn.length
    expect(share).toBeGreaterThan((weight / total) * 0.75)
    expect(share).toBeLessThan((weight / total) * 1.25)
  }
})
