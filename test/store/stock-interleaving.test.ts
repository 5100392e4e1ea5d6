import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRefusal, type Step, step } from './stock-steps.ts'
import { openStockWorld, type StockWorld } from './stock-world.ts'

let world: StockWorld

beforeAll(async () => {
  world = await openStockWorld()
})
afterAll(async () => {
  await world.store.close()
})

/** Then nobody takes another step: a busy machine walks less far, never longer. */
const WALK_MS = 40_000
const steps = fc.array(step, { minLength: 60, maxLength: 90, size: 'max' })

test('whatever is done to stock by two hands in any order: after each step available + shortfall is not below zero, counters, ledger, live holds, quotas and presales agree, nothing is promised where units are missing, and only a physical fact raises a shortfall', async () => {
  const endAt = Date.now() + WALK_MS
  await fc.assert(
    fc.asyncProperty(steps, steps, async (left, right) => {
      const round = await world.newRound()
      const walk = async (own: Step[]) => {
        for (const each of own) {
          if (Date.now() > endAt) return
          try {
            await round.take(each)
          } catch (error) {
            if (!isRefusal(error)) throw error
          }
          await round.expectRules()
        }
      }
      await Promise.all([walk(left), walk(right)])
    }),
    {
      numRuns: 10,
      // Shrinking would run two hands many times over, each time in another order.
      endOnFailure: true,
      ...(process.env.TEST_SEED ? { seed: Number(process.env.TEST_SEED) } : {}),
    },
  )
})

/** One after the other, with nobody in between: every step finds something to do. */
const SCENARIO: Step[] = [
  { do: 'ask for transfer', sku: 0, warehouse: 0, quantity: 3 },
  { do: 'transfer', what: 'hold', at: 0, quantity: 3 },
  { do: 'transfer', what: 'dispatch', at: 0, quantity: 3 },
  { do: 'transfer', what: 'receive', at: 0, quantity: 1 },
  { do: 'transfer', what: 'lose', at: 0, quantity: 1 },
  { do: 'transfer', what: 'call off', at: 0, quantity: 1 },
  { do: 'transfer', what: 'bring back', at: 0, quantity: 1 },
  { do: 'promote', sku: 0, mall: 2, jd: 2 },
  { do: 'move quota', at: 0, quantity: 1, back: true },
  { do: 'buy', sku: 0, other: 1, channel: 'mall', quantity: 2, grouped: true },
  { do: 'change', at: 0, quantity: 3 },
  { do: 'order', what: 'pay', at: 0 },
  { do: 'order', what: 'pick', at: 0 },
  { do: 'short', at: 0, quantity: 1 },
  { do: 'order', what: 'pack', at: 0 },
  { do: 'order', what: 'return', at: 0 },
  { do: 'promotion', what: 'end', at: 1 },
  { do: 'promotion', what: 'advance', at: 0 },
  { do: 'buy', sku: 0, other: null, channel: 'jd', quantity: 1, grouped: false },
  { do: 'order', what: 'cancel', at: 0 },
  { do: 'buy', sku: 1, other: null, channel: 'mall', quantity: 1, grouped: false },
  { do: 'order', what: 'expire', at: 0 },
  { do: 'order', what: 'ask', at: 0 },
  { do: 'order', what: 'again', at: 0 },
  { do: 'buy', sku: 1, other: null, channel: 'mall', quantity: 1, grouped: false },
  { do: 'order', what: 'expire', at: 0 },
  { do: 'order', what: 'ask', at: 0 },
  { do: 'order', what: 'wait', at: 0 },
  { do: 'adjust', sku: 1, warehouse: 0, delta: 4 },
  { do: 'serve', sku: 1 },
  { do: 'count', sku: 1, warehouse: 0, delta: -1 },
  { do: 'decide count', at: 0, approve: true },
  { do: 'read WMS', sku: 1, warehouse: 0, delta: 1, timed: true },
  { do: 'apply reading', at: 0 },
  { do: 'read WMS', sku: 1, warehouse: 1, delta: 4, timed: true },
  { do: 'apply reading', at: 2 },
  { do: 'approve jump', sku: 1, warehouse: 1 },
  { do: 'buy', sku: 2, other: null, channel: 'mall', quantity: 3, grouped: true },
  { do: 'order', what: 'pay', at: 0 },
  { do: 'arrive', quantity: 3 },
]

test('the walk knows every kind of movement there is: each of its steps finds something to do', async () => {
  const round = await world.newRound()
  const idle: Step[] = []
  for (const each of SCENARIO) {
    const hadEffect = await round.take(each)
    // A reading that jumps is kept for a person, and moves nothing until then.
    if (!hadEffect && !(each.do === 'apply reading' && each.at === 2)) idle.push(each)
    await round.expectRules()
  }
  expect(idle).toEqual([])
  expect(await round.movements()).toEqual([
    'adjust',
    'count',
    'expire',
    'promotion_hold',
    'receive',
    'release',
    'reserve',
    'return',
    'ship',
    'snapshot',
    'transfer_in',
    'transfer_out',
    'write_off',
  ])
})
