import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { GUARANTEES, MEANING, type Outcome, playScenario } from '../support/order-guarantees.ts'
import type { Arrival } from '../support/order-model.ts'

/**
 * Any sequence of requests, approvals, rejections, withdrawals and retries, of failures of the ERP and of the order, of
 * workers that die, of cancellations, picks, short picks, payments and returns. More of them: ORDER_SCENARIOS=20000.
 */
const SCENARIOS = Number(process.env.ORDER_SCENARIOS ?? 300)
const MOVES = 220
const ARRIVALS: Arrival[] = ['relay', 'any']

describe(`${SCENARIOS} scenarios of orders that are changed by request`, () => {
  let outcomes: Outcome[] = []
  beforeAll(() => {
    outcomes = Array.from({ length: SCENARIOS }, (_, seed) =>
      playScenario(seed + 1, MOVES, seed % 2 === 0 ? 'relay' : 'any', true),
    )
  }, 600_000)

  test.each(GUARANTEES.map((guarantee) => [MEANING[guarantee], guarantee] as const))('%s', (_, guarantee) => {
    const broken = outcomes.flatMap((outcome) =>
      outcome.broken.filter((entry) => entry.guarantee === guarantee).map((entry) => entry.message),
    )
    expect(broken.slice(0, 3)).toEqual([])
  })

  test('they reach every end of a request, so that the above says something', () => {
    const reached = new Set(outcomes.flatMap(({ marks }) => [...marks]))
    for (const end of ['applied', 'rejected', 'withdrawn', 'expired', 'stale', 'abandoned'])
      expect(reached).toContain(`request ${end}`)
  })
})

test('all of it also holds for scenarios that nobody has played before', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 300 }), fc.constantFrom(...ARRIVALS), (seed, moves, arrival) => {
      expect(playScenario(seed, moves, arrival, true).broken).toEqual([])
    }),
    { numRuns: 100 },
  )
})

// A short pick that finds nothing changes what the customer owes, after approval and before the commit.
test.each<[number, number, Arrival]>([
  [1796840922, 292, 'relay'],
  [1555929995, 216, 'any'],
])(
  'the ERP agrees, though units could not be found while a price was being changed: scenario %i of %i moves, %s',
  (...scenario) => {
    expect(playScenario(...scenario, true).broken).toEqual([])
  },
)
