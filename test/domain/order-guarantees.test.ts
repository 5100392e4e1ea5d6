import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ORDER_STATUSES } from '../../domain/order-state.ts'
import { GUARANTEES, MEANING, type Outcome, playScenario } from '../support/order-guarantees.ts'
import type { Arrival } from '../support/order-model.ts'

/**
 * What holds for every order, whatever happens in whatever order: hundreds of scenarios of one order in a simulated
 * world, each reproducible by its seed. More of them: ORDER_SCENARIOS=20000.
 */
const SCENARIOS = Number(process.env.ORDER_SCENARIOS ?? 800)
const MOVES = 130
const ARRIVALS: Arrival[] = ['relay', 'any']

describe(`${SCENARIOS} scenarios`, () => {
  let outcomes: Outcome[] = []
  beforeAll(() => {
    outcomes = Array.from({ length: SCENARIOS }, (_, seed) =>
      playScenario(seed + 1, MOVES, seed % 2 === 0 ? 'relay' : 'any'),
    )
  }, 600_000)

  // Here anybody says anything to the order; of requests speaks change-saga.test.ts.
  const held = GUARANTEES.filter(
    (guarantee) => !['applied or nothing left', 'ERP agrees'].includes(guarantee),
  )
  test.each(held.map((guarantee) => [MEANING[guarantee], guarantee] as const))('%s', (_, guarantee) => {
    const broken = outcomes.flatMap((outcome) =>
      outcome.broken.filter((entry) => entry.guarantee === guarantee).map((entry) => entry.message),
    )
    expect(broken.slice(0, 3)).toEqual([])
  })

  test('they reach every status and every kind of turn, so that the above says something', () => {
    // Only a platform's order waits for stock: order-channel.test.ts.
    const own = ORDER_STATUSES.filter((status) => status !== 'awaiting_stock')
    expect(new Set(outcomes.flatMap(({ statuses }) => [...statuses]))).toEqual(new Set(own))
    expect(new Set(outcomes.flatMap(({ marks }) => [...marks]))).toEqual(
      new Set([
        'cancellation granted',
        'cancellation refused',
        'checked again and let go',
        'held by the rules',
        'let go before it was heard',
        'let go by a person',
        'nothing left to reserve',
        'paid after closing',
        'refund tried again',
        'reserved again',
        'short, nowhere to be found',
        'short, sent from elsewhere',
      ]),
    )
  })
})

test('all of it also holds for scenarios that nobody has played before', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 200 }), fc.constantFrom(...ARRIVALS), (seed, moves, arrival) => {
      expect(playScenario(seed, moves, arrival).broken).toEqual([])
    }),
    { numRuns: 100 },
  )
})
