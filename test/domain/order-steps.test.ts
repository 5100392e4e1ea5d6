import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeOrder } from '../../domain/order-life.ts'
import { isPaidInFull, keptCents, paidCents, refundedCents, refundsOwed } from '../../domain/order-money.ts'
import { dueSteps, nextDeadline } from '../../domain/order-steps.ts'
import { OrderStory, PLACED_AT_MS, placedOrder, units } from '../support/order-story.ts'

const keys = (story: OrderStory) => dueSteps(story.state).map((step) => step.key)

describe('dueSteps', () => {
  test('a new order is plain JSON and has nothing to do but to wait for its reservation', () => {
    const state = placeOrder(placedOrder())
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state)
    expect(dueSteps(state)).toEqual([])
    expect(nextDeadline(state)).toEqual({ atMs: PLACED_AT_MS + 30_000, summary: 'reservation expires' })
  })

  test('a step keeps its key while it is due, so that nothing is begun twice', () => {
    const story = new OrderStory()
    story.expire()
    story.pay('P1', 3_500)
    const before = keys(story)
    story.pay('P2', 100)
    story.tell({ type: 'attention_cleared' })
    expect(keys(story)).toEqual([...before, expect.stringMatching(/^O1-R-inbox-.*\/1$/)])
  })

  test('every parcel under way is tracked, under a new key when its news changes the question', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    story.pack('O1-F1')
    story.pack('O1-F2')
    story.news('O1-F2-P1', 'in_transit')
    expect(keys(story)).toEqual(['O1-F1-P1/track/shipped', 'O1-F2-P1/track/in_transit'])
    story.news('O1-F1-P1', 'delivered')
    expect(keys(story)).toEqual(['O1-F2-P1/track/in_transit'])
  })

  test('a parcel that could not be tracked to its end is a person’s work, and is tracked on', () => {
    const story = new OrderStory().paid()
    story.pack('O1-F1')
    const before = keys(story)
    story.tell({ type: 'tracking_gave_up', parcelId: 'O1-F1-P1', detail: 'nothing in 30 days' })
    expect(story.workItems()).toEqual(['tracking_stopped'])
    expect(keys(story)).toEqual(before)
  })

  test('the question about the reservation says whether the money is complete', () => {
    const unpaid = new OrderStory()
    unpaid.passTime(30)
    expect(dueSteps(unpaid.state)).toMatchObject([{ kind: 'check_reservation', paidInFull: false }])
    const paid = new OrderStory()
    paid.pay('P1', 3_500)
    expect(dueSteps(paid.state)).toMatchObject([{ kind: 'check_reservation', paidInFull: true }])
  })
})

describe('nextDeadline', () => {
  test('an order waits for one moment at a time: reservation, late payment, after-sales', () => {
    const expired = new OrderStory()
    expired.expire()
    expect(nextDeadline(expired.state)).toMatchObject({ summary: 'late-payment window ends' })
    const delivered = new OrderStory().delivered()
    expect(nextDeadline(delivered.state)).toEqual({
      atMs: PLACED_AT_MS + 100_000,
      summary: 'after-sales window ends',
    })
  })

  test('while goods are picked, under way or on their way back no moment matters', () => {
    const story = new OrderStory().paid()
    expect(nextDeadline(story.state)).toBeNull()
    story.pack('O1-F1')
    expect(nextDeadline(story.state)).toBeNull()
    story.news('O1-F1-P1', 'delivered')
    story.tell({
      type: 'return_requested',
      returnId: 'R1',
      reason: 'x',
      lines: [{ lineNumber: 1, quantity: 1 }],
    })
    expect(nextDeadline(story.state)).toBeNull()
  })

  test('a closed order waits for nothing', () => {
    const story = new OrderStory().delivered()
    story.passTime(100)
    expect(story.state.closed).toBe(true)
    expect(nextDeadline(story.state)).toBeNull()
  })

  test('a deadline that comes early, late or for another order’s sake closes nothing', () => {
    const story = new OrderStory().delivered()
    story.tell({ type: 'deadline_reached', atMs: story.nowMs })
    expect(story.state.status).toBe('delivered')
    const picking = new OrderStory().paid()
    picking.passTime(1_000_000)
    expect(picking.state.status).toBe('paid')
  })
})

describe('refundsOwed', () => {
  const ledger = fc.record({
    payments: fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 6 }),
    refunded: fc.array(fc.nat(3_000), { maxLength: 6 }),
    status: fc.constantFrom('reserved', 'expired', 'cancelled', 'paid', 'delivered', 'completed'),
    unfillable: fc.nat(3),
  })
  type Drawn = typeof ledger extends fc.Arbitrary<infer Value> ? Value : never
  const stateOf = ({ payments, refunded, status, unfillable }: Drawn) => ({
    ...placeOrder(placedOrder()),
    status,
    unfillable: { 1: unfillable },
    payments: payments.map((amountCents, index) => ({ paymentId: `P${index}`, amountCents, paidAt: '' })),
    refunds: refunded.flatMap((amountCents, index) => {
      const amount = Math.min(amountCents, payments[index] ?? 0)
      const refund = { refundId: `O1-R${index + 1}`, paymentId: `P${index}`, amountCents: amount, tries: 1 }
      return amount > 0 ? [{ ...refund, reason: 'overpaid' as const, state: 'done' as const }] : []
    }),
  })

  test('brings the money down to what may be kept, takes no more from a payment than is left of it, once', () => {
    fc.assert(
      fc.property(ledger, (drawn) => {
        const state = stateOf(drawn)
        const held = paidCents(state) - refundedCents(state)
        const refunds = refundsOwed(state, 'cancelled', 'cause')
        const after = { ...state, refunds: [...state.refunds, ...refunds] }
        expect(paidCents(after) - refundedCents(after)).toBe(Math.min(held, keptCents(state)))
        for (const payment of state.payments) {
          const back = after.refunds.filter((refund) => refund.paymentId === payment.paymentId)
          expect(back.reduce((sum, refund) => sum + refund.amountCents, 0)).toBeLessThanOrEqual(
            payment.amountCents,
          )
        }
        expect(refunds.every((refund) => refund.amountCents > 0)).toBe(true)
        expect(refundsOwed(after, 'cancelled', 'cause')).toEqual([])
      }),
    )
  })

  test('never keeps more than the order costs, and never less than nothing', () => {
    fc.assert(
      fc.property(ledger, (drawn) => {
        const state = stateOf(drawn)
        expect(keptCents(state)).toBeGreaterThanOrEqual(0)
        expect(keptCents(state)).toBeLessThanOrEqual(state.placed.amountCents)
        expect(isPaidInFull(state)).toBe(paidCents(state) - refundedCents(state) >= 3_500)
      }),
    )
  })
})
