import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Allocation, OrderEvent, OrderPlaced, OrderState } from '../../domain/order.ts'
import { decide, placeOrder } from '../../domain/order-life.ts'
import { keptCents, paidCents, refundedCents } from '../../domain/order-money.ts'
import { dueSteps, nextDeadline } from '../../domain/order-steps.ts'

const NOW = Date.parse('2026-11-11T00:00:00Z')
const allocations: Allocation[] = [{ lineNumber: 1, skuId: 'SKU-1', warehouseId: 'WH-1', quantity: 2 }]
const waitingOrder: OrderPlaced = {
  orderId: 'O1',
  channel: 'taobao',
  storeId: 'ST-1',
  contactId: 'C1',
  divisionCode: '330110',
  lines: [{ lineNumber: 1, skuId: 'SKU-1', quantity: 2, unitPriceCents: 500 }],
  allocations: [],
  freightCents: 0,
  amountCents: 1_000,
  placedAt: new Date(NOW).toISOString(),
  reservationExpiresAt: new Date(NOW + 60_000).toISOString(),
  deadlines: { trackingIntervalSeconds: 300, afterSalesWindowSeconds: 60, latePaymentWindowSeconds: 60 },
  platform: 'taobao',
  awaitsStock: true,
}
const paidEvent: OrderEvent = {
  type: 'payment_received',
  inboxId: 1,
  paymentId: 'P1',
  amountCents: 1_000,
  paidAt: new Date(NOW).toISOString(),
  holdsConfirmed: false,
}
const granted = (change: Partial<Extract<OrderEvent, { type: 'stock_granted' }>> = {}): OrderEvent => ({
  type: 'stock_granted',
  inboxId: 2,
  allocations,
  confirmed: true,
  expiresAt: new Date(NOW + 60_000).toISOString(),
  givenUp: [],
  operator: 'system',
  ...change,
})
const closed: OrderEvent = {
  type: 'channel_closed',
  inboxId: 3,
  reason: 'TRADE_CLOSED',
  operator: 'taobao',
  occurredAt: new Date(NOW).toISOString(),
}
const answered: OrderEvent = { type: 'cancellation_decided', refusal: null }

/** Answers only come to questions: a walk may not answer what was not asked. */
function isAsked(state: OrderState, event: OrderEvent): boolean {
  const due = new Set(dueSteps(state).map((step) => step.kind))
  if (event.type === 'reservation_checked') return due.has('check_reservation')
  if (event.type === 'reserved_again') return due.has('reserve_again')
  return event.type !== 'cancellation_decided' || due.has('decide_cancellation')
}

function play(
  events: OrderEvent[],
  placed: OrderPlaced = waitingOrder,
  happens: (state: OrderState, event: OrderEvent) => boolean = () => true,
) {
  const writes: string[] = []
  let state: OrderState = placeOrder(placed)
  for (const event of events) {
    if (!happens(state, event)) continue
    const decision = decide(state, event, NOW)
    state = decision.state
    writes.push(
      ...decision.records
        .flatMap((record) => record.writes)
        .map((write) => ('workItemKind' in write ? write.workItemKind : write.kind)),
    )
  }
  return { state, writes }
}

describe('an order that waits for stock', () => {
  test('keeps its money, asks nobody and has no deadline of its own', () => {
    const { state } = play([paidEvent])
    expect(state).toMatchObject({ status: 'awaiting_stock', closed: false, refunds: [] })
    expect(dueSteps(state)).toEqual([])
    expect(nextDeadline(state)).toBeNull()
  })

  test.each([
    ['money, then stock', [paidEvent, granted()]],
    ['stock, then money', [granted({ confirmed: false }), { ...paidEvent, holdsConfirmed: true }]],
  ])('is picked once it has both (%s)', (_, events) => {
    const { state, writes } = play(events)
    expect(state).toMatchObject({ status: 'paid', reservation: 'confirmed' })
    expect(writes).toEqual(['create_pick_task'])
  })

  test('is owed nothing for the units that a person gave up', () => {
    const { state } = play([
      paidEvent,
      granted({
        allocations: [{ lineNumber: 1, skuId: 'SKU-1', warehouseId: 'WH-1', quantity: 1 }],
        givenUp: [{ lineNumber: 1, quantity: 1 }],
      }),
    ])
    expect(state.fulfilments).toMatchObject([{ lines: [{ quantity: 1 }] }])
    expect(state.refunds).toMatchObject([{ amountCents: 500 }])
  })

  test('ends when the platform closes it, and money that the platform gave back is not sent again', () => {
    const { state } = play([paidEvent, closed, answered])
    expect(state.status).toBe('cancelled')
    expect(state.refunds).toMatchObject([{ amountCents: 1_000 }])
    // The platform says it once more, of an order that has ended here.
    const again = decide(state, { ...closed, inboxId: 4 }, NOW)
    expect(again.state.refunds).toMatchObject([{ state: 'done' }])
  })

  test('is not revived by stock that was granted while it was being cancelled', () => {
    const { state, writes } = play([paidEvent, closed, granted(), answered])
    expect(state.status).toBe('cancelled')
    expect(writes).not.toContain('create_pick_task')
  })
})

describe('a platform’s order', () => {
  const held: OrderPlaced = { ...waitingOrder, awaitsStock: undefined, allocations }

  test('whose holds ended before its money came waits for stock when nothing is left, and keeps the money', () => {
    const { state } = play(
      [
        { type: 'deadline_reached', atMs: NOW + 60_000 },
        { type: 'reservation_checked', answer: 'expired', remainingMs: 0 },
        paidEvent,
        { type: 'reserved_again', allocations: null },
      ],
      held,
    )
    expect(state).toMatchObject({
      status: 'awaiting_stock',
      reservation: 'awaiting',
      refunds: [],
      closesAtMs: null,
    })
    const again = decide(state, granted(), NOW)
    expect(again.state.status).toBe('paid')
  })

  test('closed at the platform but packed here is a contradiction', () => {
    const { state, writes } = play(
      [
        { ...paidEvent, holdsConfirmed: true },
        closed,
        { type: 'cancellation_decided', refusal: { code: 'order-already-shipped', detail: 'packed' } },
      ],
      held,
    )
    expect(state.status).toBe('paid')
    expect(writes).toContain('contradiction')
  })

  test('never keeps a cent more or less than it should, whatever comes in whatever order', () => {
    const events: OrderEvent[] = [
      paidEvent,
      granted(),
      closed,
      answered,
      { type: 'cancel_requested', requestId: 'Q1', reason: 'x', operator: 'mei', mayCancelPaid: false },
      { type: 'reserved_again', allocations: null },
      { type: 'reservation_checked', answer: 'expired', remainingMs: 0 },
      { type: 'deadline_reached', atMs: NOW + 60_000 },
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 2 }), fc.boolean(), (sequence, waits) => {
        const { state } = play(sequence, waits ? waitingOrder : held, isAsked)
        expect(paidCents(state) - refundedCents(state)).toBe(keptCents(state))
        if (state.status === 'awaiting_stock') expect(state.placed.allocations).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('cash on delivery (货到付款)', () => {
  const placed: OrderPlaced = { ...waitingOrder, awaitsStock: undefined, allocations }
  const release: OrderEvent = { ...paidEvent, amountCents: 0, onDelivery: true, holdsConfirmed: true }

  test('a released order goes to the warehouse although nothing is paid', () => {
    const { state, records } = decide(placeOrder(placed), release, NOW)
    expect(state.status).toBe('paid')
    expect(records.flatMap((record) => record.writes)).toMatchObject([{ kind: 'create_pick_task' }])
    expect(paidCents(state)).toBe(0)
  })

  test('gives nothing back when it is closed before it left: nothing was paid', () => {
    const paid = decide(placeOrder(placed), release, NOW).state
    const asked = decide(paid, { ...closed, inboxId: 8 }, NOW).state
    const { state } = decide(asked, answered, NOW)
    expect(state.status).toBe('cancelled')
    expect(state.refunds).toEqual([])
  })

  test('keeps what the courier has collected', () => {
    const paid = decide(placeOrder(placed), release, NOW).state
    const { state } = decide(paid, { ...paidEvent, inboxId: 9, paymentId: 'P2' }, NOW)
    expect(paidCents(state)).toBe(1_000)
    expect(state.refunds).toEqual([])
  })
})
