import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderEvent } from '../../domain/order.ts'
import { decide } from '../../domain/order-life.ts'
import { paidCents, refundedCents } from '../../domain/order-money.ts'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory, PLACED_AT_MS, units } from '../support/order-story.ts'

const stepKinds = (story: OrderStory) => dueSteps(story.state).map((step) => step.kind)

describe('paid in time', () => {
  test('with confirmed holds the order is paid at once and every warehouse gets a pick task', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    expect(story.state.status).toBe('paid')
    expect(story.state.fulfilments.map(({ warehouseId }) => warehouseId)).toEqual(['WH-1', 'WH-2'])
    expect(story.writes.filter(({ kind }) => kind === 'create_pick_task')).toHaveLength(2)
  })

  test('a payment that is heard of late, but was in time for the database, keeps the goods', () => {
    const story = new OrderStory()
    story.passTime(31)
    story.tell({ type: 'reservation_checked', answer: 'confirmed', remainingMs: 0 })
    expect(story.state.status).toBe('reserved')
    story.passTime(600)
    story.pay('P1', 3_500, true)
    expect(story.state.status).toBe('paid')
  })

  test('an answer that the time is not over yet by the database’s clock waits for the rest of it', () => {
    const story = new OrderStory()
    story.passTime(30)
    expect(stepKinds(story)).toEqual(['check_reservation'])
    story.tell({ type: 'reservation_checked', answer: 'held', remainingMs: 150 })
    expect(story.state).toMatchObject({ reservation: 'held', reservationExpiresAtMs: story.nowMs + 150 })
    expect(stepKinds(story)).toEqual([])
  })
})

describe('too much, too little, twice', () => {
  test('what exceeds the price goes back at once, in the name of the payment that brought it', () => {
    const story = new OrderStory()
    story.pay('P1', 4_000, true)
    expect(story.state.status).toBe('paid')
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 500, reason: 'overpaid' }])
  })

  test('a second full payment goes back whole, also when the parcel has left', () => {
    const story = new OrderStory().paid()
    story.pay('P2', 3_500)
    story.pack('O1-F1')
    story.pay('P3', 3_500)
    expect(story.refunds()).toEqual([
      { paymentId: 'P2', amountCents: 3_500, reason: 'overpaid' },
      { paymentId: 'P3', amountCents: 3_500, reason: 'overpaid' },
    ])
  })

  test('an instalment waits for the rest, and goes back when the time is over', () => {
    const story = new OrderStory()
    story.pay('P1', 1_000)
    expect(story.state.status).toBe('reserved')
    expect(story.refunds()).toEqual([])
    story.expire()
    expect(story.state.status).toBe('expired')
    expect(story.refunds()).toMatchObject([{ paymentId: 'P1', amountCents: 1_000 }])
  })

  test('one serial number counts once; with another amount a person is told', () => {
    const story = new OrderStory().paid()
    story.pay('P1', 3_500, true)
    expect(story.workItems()).toEqual([])
    story.pay('P1', 9_999)
    expect(story.workItems()).toEqual(['payment_mismatch'])
    expect(paidCents(story.state)).toBe(3_500)
    expect(story.refunds()).toEqual([])
  })

  test('payments in any order end in the same status, with the same money and the same pick tasks', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 5 })
    const shuffled = amounts.chain((cents) => {
      let sum = 0
      // The route that makes the sum complete confirms the holds, in whatever order the facts arrive.
      const facts = cents.map((amountCents, index) => {
        const complete = sum < 3_500 && sum + amountCents >= 3_500
        sum += amountCents
        return { paymentId: `P${index}`, amountCents, holdsConfirmed: complete }
      })
      const orders = fc.shuffledSubarray(facts, { minLength: facts.length })
      return fc.tuple(fc.constant(facts), orders, fc.boolean())
    })
    const tell = (
      facts: { paymentId: string; amountCents: number; holdsConfirmed: boolean }[],
      twice: boolean,
    ) => {
      const story = new OrderStory()
      for (const fact of twice ? [...facts, ...facts] : facts)
        story.pay(fact.paymentId, fact.amountCents, fact.holdsConfirmed)
      story.expire()
      const { status, fulfilments } = story.state
      return { status, fulfilments, paid: paidCents(story.state), refunded: refundedCents(story.state) }
    }
    fc.assert(
      fc.property(shuffled, ([facts, order, twice]) => {
        expect(tell(order, twice)).toEqual(tell(facts, false))
      }),
    )
  })
})

describe('paid after expiry', () => {
  const expired = () => {
    const story = new OrderStory()
    story.expire()
    story.pay('P1', 3_500)
    return story
  }

  test('keeps the money while the goods are asked for again, and ships what was reserved again', () => {
    const story = expired()
    expect(stepKinds(story)).toEqual(['reserve_again'])
    expect(story.refunds()).toEqual([])
    story.tell({ type: 'reserved_again', allocations: [units('WH-9', 3)] })
    expect(story.state).toMatchObject({ status: 'paid', closesAtMs: null })
    expect(story.state.fulfilments.map(({ warehouseId }) => warehouseId)).toEqual(['WH-9'])
  })

  test('is refunded whole when nothing is left, and may be tried again by another payment', () => {
    const story = expired()
    story.tell({ type: 'reserved_again', allocations: null })
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 3_500, reason: 'paid_after_end' }])
    expect(dueSteps(story.state).map((step) => step.key)).toEqual(['O1-R-reserved-again-1-1/1'])
    story.pay('P2', 3_500)
    expect(dueSteps(story.state).map((step) => step.key)).toEqual([
      'O1/reserve-again/2',
      'O1-R-reserved-again-1-1/1',
    ])
  })

  test('a part of the price is refunded and reserves nothing', () => {
    const story = new OrderStory()
    story.expire()
    story.pay('P1', 3_499)
    expect(stepKinds(story)).toEqual(['refund'])
  })

  test('after the late-payment window money only goes back, before and after the order has closed', () => {
    const story = new OrderStory()
    story.expire()
    story.passTime(61)
    expect(story.state.closed).toBe(true)
    story.pay('P1', 3_500)
    story.pay('P2', 3_500)
    expect(story.state).toMatchObject({ status: 'expired', closed: false })
    expect(stepKinds(story)).toEqual(['refund', 'refund'])
    story.settleRefunds()
    expect(story.state).toMatchObject({ status: 'expired', closed: true, fulfilments: [] })
  })

  test('who hears of a payment later, because another died over it, decides the same', () => {
    const story = new OrderStory()
    story.expire()
    const closesAtMs = story.state.closesAtMs ?? 0
    const payment = (paidAtMs: number): OrderEvent => ({
      ...{ type: 'payment_received', inboxId: 9, paymentId: 'P1', amountCents: 3_500, holdsConfirmed: false },
      paidAt: new Date(paidAtMs).toISOString(),
    })
    for (const paidAtMs of [closesAtMs - 1_000, closesAtMs]) {
      const [before, after] = [closesAtMs - 1, closesAtMs + 60_000].map(
        (nowMs) => decide(story.state, payment(paidAtMs), nowMs).state,
      )
      expect(after?.reservation).toBe(before?.reservation)
      expect(after?.refunds).toEqual(before?.refunds)
    }
    expect(decide(story.state, payment(closesAtMs - 1), closesAtMs).state.reservation).toBe('reserving_again')
    expect(decide(story.state, payment(closesAtMs), closesAtMs - 1).state.reservation).toBe('lapsed')
  })

  test('what has closed is not revived by money that was paid in time and told of too late', () => {
    const story = new OrderStory()
    story.expire()
    story.passTime(61)
    story.apply({
      ...{ type: 'payment_received', inboxId: 9, paymentId: 'P1', amountCents: 3_500, holdsConfirmed: false },
      paidAt: new Date(PLACED_AT_MS).toISOString(),
    })
    expect(story.state).toMatchObject({ status: 'expired', reservation: 'lapsed' })
  })

  test('a payment into a cancelled order goes back and never revives it', () => {
    const story = new OrderStory()
    story.tell({ type: 'cancel_requested', reason: 'changed', mayCancelPaid: false })
    story.tell({ type: 'cancellation_decided', refusal: null })
    story.pay('P1', 3_500, true)
    expect(story.state).toMatchObject({ status: 'cancelled', fulfilments: [] })
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 3_500, reason: 'cancelled' }])
  })
})

describe('refunds', () => {
  const withRefund = () => {
    const story = new OrderStory()
    story.pay('P1', 4_000, true)
    return story
  }
  const refundId = 'O1-R-inbox-1-1'

  test('one that failed waits for a person, and keeps the order open', () => {
    const story = withRefund()
    story.tell({ type: 'refund_settled', refundId, tries: 1, outcome: 'failed', detail: 'account closed' })
    expect(story.workItems()).toEqual(['refund_failed'])
    expect(stepKinds(story)).toEqual([])
    story.pack('O1-F1')
    story.news('O1-F1-P1', 'lost')
    story.tell({ type: 'refund_settled', refundId: 'O1-R2', tries: 1, outcome: 'done', detail: '' })
    expect(story.state).toMatchObject({ status: 'lost', closed: false })
  })

  test('a new try is a new step for the same refund, is written down, and its success settles the matter', () => {
    const story = withRefund()
    story.tell({ type: 'refund_settled', refundId, tries: 1, outcome: 'failed', detail: 'busy' })
    story.writes.length = 0
    story.tell({ type: 'refund_retry_requested', refundId })
    expect(dueSteps(story.state).map((step) => step.key)).toEqual([`${refundId}/2`])
    expect(story.writes).toMatchObject([
      { kind: 'record_refund', refund: { refundId, state: 'due', tries: 2 } },
    ])
    story.tell({ type: 'refund_settled', refundId, tries: 2, outcome: 'done', detail: '' })
    expect(story.writes).toContainEqual({
      kind: 'resolve_work_item',
      workItemKind: 'refund_failed',
      key: refundId,
    })
  })

  test('an answer to an earlier try, or a second answer, changes nothing', () => {
    const story = withRefund()
    story.tell({ type: 'refund_settled', refundId, tries: 1, outcome: 'failed', detail: 'busy' })
    story.tell({ type: 'refund_retry_requested', refundId })
    story.tell({ type: 'refund_retry_requested', refundId })
    story.tell({ type: 'refund_settled', refundId, tries: 1, outcome: 'done', detail: '' })
    expect(story.state.refunds).toMatchObject([{ state: 'due', tries: 2 }])
    story.tell({ type: 'refund_settled', refundId, tries: 2, outcome: 'done', detail: '' })
    story.tell({ type: 'refund_settled', refundId, tries: 2, outcome: 'failed', detail: 'late answer' })
    expect(story.state.refunds).toMatchObject([{ state: 'done', tries: 2 }])
  })

  test('a large refund is taken from the newest payments first, from none more than it brought', () => {
    const story = new OrderStory()
    story.pay('P1', 1_000)
    story.pay('P2', 2_500, true)
    story.tell({ type: 'cancel_requested', reason: 'changed', mayCancelPaid: true })
    story.tell({ type: 'cancellation_decided', refusal: null })
    expect(story.refunds()).toEqual([
      { paymentId: 'P2', amountCents: 2_500, reason: 'cancelled' },
      { paymentId: 'P1', amountCents: 1_000, reason: 'cancelled' },
    ])
  })
})

test('a message that is told twice counts once, whatever its kind', () => {
  const at = '2026-01-05T08:00:00Z'
  const who = { operator: 'o', occurredAt: at }
  const lines = [{ lineNumber: 1, skuId: 'SKU-A', quantity: 1 }]
  const facts: OrderEvent[] = [
    {
      type: 'payment_received',
      inboxId: 11,
      paymentId: 'P1',
      amountCents: 3_600,
      paidAt: at,
      holdsConfirmed: true,
    },
    {
      type: 'fulfilment_short',
      inboxId: 12,
      eventId: 'E1',
      fulfilmentId: 'O1-F1',
      lines,
      taskClosed: false,
      ...who,
    },
    {
      type: 'fulfilment_packed',
      inboxId: 13,
      fulfilmentId: 'O1-F1',
      courier: 'SF',
      waybillNumber: 'W',
      ...who,
    },
    { type: 'unknown_fact', inboxId: 14, factType: 'weather' },
    { type: 'attention_cleared', inboxId: 15, operator: 'o' },
    { type: 'refund_retry_requested', inboxId: 16, refundId: 'O1-R1', operator: 'o' },
  ]
  const once = new OrderStory()
  const twice = new OrderStory()
  for (const fact of facts) once.apply(fact)
  for (const fact of [...facts, ...facts.toReversed()]) twice.apply(fact)
  expect(twice.state).toEqual(once.state)
  expect(twice.writes).toEqual(once.writes)
  expect(twice.log).toEqual(once.log)
})

test('an order remembers the last thousand messages and the last fifty answers, no more', () => {
  const story = new OrderStory()
  for (let count = 0; count < 1_100; count += 1) story.tell({ type: 'attention_cleared' })
  for (let count = 0; count < 60; count += 1) story.tell({ type: 'return_received', returnId: 'R1' })
  expect(story.state.seen).toHaveLength(1_000)
  expect(story.state.seen.at(-1)).toBe(1_100)
  expect(story.state.answered).toHaveLength(50)
})
