import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ORDER_STATUSES } from '../../domain/order-state.ts'
import { GUARANTEES, type Guarantee, type Outcome, playScenario } from '../support/order-guarantees.ts'
import type { Arrival } from '../support/order-model.ts'

/**
 * What holds for every order, whatever happens in whatever order: hundreds of scenarios of one order in a simulated
 * world, each reproducible by its seed. More of them: ORDER_SCENARIOS=20000.
 */
const SCENARIOS = Number(process.env.ORDER_SCENARIOS ?? 800)
const MOVES = 130
const ARRIVALS: Arrival[] = ['relay', 'any']

const MEANING: Record<Guarantee, string> = {
  'legal moves': 'an order only moves along its transition table, and every move is in its log',
  'one name per event':
    'every event that leaves a trace has a name of its own, so that its trace is written once',
  'every cent': 'paid − refunded is what the merchant may keep, after every single event, and never negative',
  'customer pays for what is kept':
    'in the end a customer has paid for the units in hand, and nothing else but freight',
  'refund within payment': 'the refunds of a payment never exceed that payment',
  'provider agrees':
    'the provider has sent back exactly what was decided, each refund once, however often it was tried',
  once: 'a message that comes again changes nothing',
  'first answer': 'a repeated request gets its first answer',
  'every question answered': 'every caller whose request was heard gets an answer',
  'end is an end': 'nothing that comes after the end changes the status or the fulfilments of an order',
  'paid after expiry': 'an expired order that is paid is reserved again, or keeps neither money nor goods',
  'cancelled or packed': 'a cancellation and a packed parcel never both win',
  'short units': 'units that were short are sent from elsewhere or refunded, never both, never neither',
  'returns within deliveries':
    'no warehouse gets back more than it sent, no customer gives back more than arrived',
  'staff and paid orders': 'staff never cancels an order that is paid',
  'steps from state':
    'what is to be done follows from the state alone, each step under one key, none when closed',
  'plain JSON': 'the state survives JSON unchanged',
  'bounded memory': 'what an order remembers of messages and answers is bounded',
  'no deadline when closed': 'a closed order waits for no moment',
  'comes to rest': 'an order never goes in circles, and never waits for nothing before it is closed',
  'stock is the lines':
    'whatever changes, failures and compensations came: what is held is what the lines say and has not left',
  'database agrees':
    'holds and pick tasks always agree with the order: no pick without a hold, no hold left behind',
}

describe(`${SCENARIOS} scenarios`, () => {
  let outcomes: Outcome[] = []
  beforeAll(() => {
    outcomes = Array.from({ length: SCENARIOS }, (_, seed) =>
      playScenario(seed + 1, MOVES, seed % 2 === 0 ? 'relay' : 'any'),
    )
  }, 600_000)

  test.each(GUARANTEES.map((guarantee) => [MEANING[guarantee], guarantee] as const))('%s', (_, guarantee) => {
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
