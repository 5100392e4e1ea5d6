import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ManualStep, threeSteps } from '../../domain/flow-steps.ts'

const EDGES = [
  { edgeId: 'orders_pulled:DY-1', hasSucceeded: true },
  { edgeId: 'erp_out:', hasSucceeded: true },
]
const WELL = { edges: EDGES, breakPoints: [], closedLately: 0, manualSteps: [] }
const states = (input: Parameters<typeof threeSteps>[0]) => threeSteps(input).map(({ state }) => state)
const item = (edgeId: string, items: number, orders: number): ManualStep => ({
  edgeId,
  workItemKind: 'channel_order_held',
  items,
  orders,
})

describe('the three steps', () => {
  test('are all done where every flow works and nobody does anything by hand', () => {
    expect(states(WELL)).toEqual(['done', 'done', 'done'])
  })

  test('the first is not done without a map, nor while a connection has never worked, and names that one', () => {
    expect(states({ ...WELL, edges: [] })[0]).toBe('open')
    const edges = [...EDGES, { edgeId: 'stock_in:WH-1', hasSucceeded: false }]
    expect(threeSteps({ ...WELL, edges })[0]).toMatchObject({
      state: 'open',
      done: 2,
      total: 3,
      next: { edgeId: 'stock_in:WH-1' },
    })
  })

  test('the second names the break point that affects the most orders, and counts what was fixed', () => {
    const breakPoints = [
      { edgeId: 'erp_out:', kind: 'stale' as const, ordersAffected: 3 },
      { edgeId: 'orders_pulled:DY-1', kind: 'no_success' as const, ordersAffected: 40 },
    ]
    expect(threeSteps({ ...WELL, breakPoints, closedLately: 5 })[1]).toEqual({
      step: 'fix_worst',
      state: 'open',
      done: 5,
      total: 7,
      next: { edgeId: 'orders_pulled:DY-1', workItemKind: null, count: 40 },
    })
  })

  test('the third names the step by hand that holds up the most orders', () => {
    const manualSteps = [item('erp_out:', 9, 0), item('orders_pulled:DY-1', 4, 4)]
    expect(threeSteps({ ...WELL, manualSteps })[2]).toEqual({
      step: 'replace_manual',
      state: 'open',
      done: 0,
      total: 2,
      next: { edgeId: 'orders_pulled:DY-1', workItemKind: 'channel_order_held', count: 4 },
    })
  })

  test('no step is done while it names something to do, and none has done more than there is', () => {
    const input = fc.record({
      edges: fc.array(fc.record({ edgeId: fc.constantFrom('a:', 'b:', 'c:'), hasSucceeded: fc.boolean() })),
      breakPoints: fc.array(
        fc.record({
          edgeId: fc.constantFrom('a:', 'b:'),
          kind: fc.constant('stale' as const),
          ordersAffected: fc.nat(),
        }),
      ),
      closedLately: fc.nat(100),
      manualSteps: fc.array(
        fc.record({
          edgeId: fc.constantFrom('a:', 'd:'),
          workItemKind: fc.constant('wms_jump' as const),
          items: fc.nat(5),
          orders: fc.nat(5),
        }),
      ),
    })
    fc.assert(
      fc.property(input, (given) => {
        for (const { state, next, done, total } of threeSteps(given)) {
          if (next) expect(state).toBe('open')
          expect(done).toBeLessThanOrEqual(total)
          expect(done).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
