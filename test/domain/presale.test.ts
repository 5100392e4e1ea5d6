import { expect, test } from 'vitest'
import type { OrderEvent, OrderPlaced, OrderState } from '../../domain/order.ts'
import { decide, placeOrder } from '../../domain/order-life.ts'
import { duePresale, type MixedOrders, planWithPresale, serveInOrder } from '../../domain/presale.ts'

const PAID_AT = Date.parse('2026-01-05T08:00:00Z')

function placed(mixedOrders: MixedOrders): OrderPlaced {
  const presale = { presaleId: 'PS', expectedOn: '2031-06-18' }
  return {
    orderId: 'O',
    channel: 'mall',
    storeId: 'S',
    contactId: 'C',
    divisionCode: '330106',
    lines: [1, 2, 3].map((lineNumber) => ({
      lineNumber,
      skuId: `SKU-${lineNumber}`,
      quantity: 2,
      unitPriceCents: 100,
    })),
    allocations: [{ lineNumber: 1, skuId: 'SKU-1', warehouseId: 'WH-1', quantity: 2 }],
    freightCents: 0,
    amountCents: 600,
    placedAt: '2026-01-05T08:00:00Z',
    reservationExpiresAt: '2026-01-05T08:15:00Z',
    deadlines: { trackingIntervalSeconds: 5, afterSalesWindowSeconds: 100, latePaymentWindowSeconds: 60 },
    presale: {
      mixedOrders,
      lines: [2, 3].map((lineNumber) => ({
        ...presale,
        lineNumber,
        skuId: `SKU-${lineNumber}`,
        quantity: 2,
        holdId: `H${lineNumber}`,
      })),
    },
  }
}

/** As the workflow does: what an event makes due is applied with it. */
function play(mixedOrders: MixedOrders, events: OrderEvent[]): OrderState {
  let state = placeOrder(placed(mixedOrders))
  for (const event of events) {
    state = decide(state, event, PAID_AT).state
    for (const due of duePresale(state)) state = decide(state, due, PAID_AT).state
    expect(duePresale(state)).toEqual([])
  }
  return state
}

const paid: OrderEvent = {
  type: 'payment_received',
  inboxId: 1,
  paymentId: 'P',
  amountCents: 600,
  paidAt: '2026-01-05T08:00:00Z',
  holdsConfirmed: true,
}
const arrived = (
  inboxId: number,
  lineNumber: number,
  quantity: number,
  holdId = `H${lineNumber}`,
): OrderEvent => ({
  type: 'presale_arrived',
  inboxId,
  units: [{ holdId, lineNumber, skuId: `SKU-${lineNumber}`, warehouseId: 'WH-2', quantity }],
})
const packed = (inboxId: number, fulfilmentId: string): OrderEvent => ({
  type: 'fulfilment_packed',
  inboxId,
  fulfilmentId,
  courier: 'sim',
  waybillNumber: fulfilmentId,
  operator: 'w',
  occurredAt: '2026-01-05T08:00:00Z',
})
const delivered = (parcelId: string): OrderEvent => ({
  type: 'parcel_news',
  parcelId,
  state: 'delivered',
  occurredAt: '2026-01-05T08:00:00Z',
})
const tasksOf = (state: OrderState) =>
  state.fulfilments.map((entry) => [
    entry.fulfilmentId,
    entry.warehouseId,
    entry.lines.map((line) => [line.lineNumber, line.quantity]),
  ])

test('split: goods in stock go at once, each presale line when it is complete, and the order ends with the last', () => {
  const spot = play('split', [paid, arrived(2, 2, 1)])
  expect(tasksOf(spot)).toEqual([['O-F1', 'WH-1', [[1, 2]]]])
  const sent = play('split', [paid, packed(2, 'O-F1'), delivered('O-F1-P1')])
  expect(sent.status).toBe('partially_shipped')
  const all = play('split', [
    paid,
    packed(2, 'O-F1'),
    delivered('O-F1-P1'),
    arrived(3, 2, 1),
    arrived(4, 2, 1),
    arrived(5, 3, 2),
    packed(6, 'O-P2F1'),
    delivered('O-P2F1-P1'),
  ])
  expect(tasksOf(all).slice(1)).toEqual([
    ['O-P2F1', 'WH-2', [[2, 2]]],
    ['O-P3F1', 'WH-2', [[3, 2]]],
  ])
  expect(all.status).toBe('partially_shipped')
  const over = decide(decide(all, packed(7, 'O-P3F1'), PAID_AT).state, delivered('O-P3F1-P1'), PAID_AT).state
  expect(over.status).toBe('delivered')
})

test('ship-together: nothing is picked until the last line is there, and then everything, one task a warehouse', () => {
  const waiting = play('ship-together', [paid, arrived(2, 2, 2)])
  expect(waiting).toMatchObject({ status: 'paid', fulfilments: [] })
  const ready = play('ship-together', [arrived(2, 2, 2), paid, arrived(3, 3, 2)])
  expect(tasksOf(ready)).toEqual([
    ['O-F1', 'WH-1', [[1, 2]]],
    [
      'O-F2',
      'WH-2',
      [
        [2, 2],
        [3, 2],
      ],
    ],
  ])
})

test('the same facts in another order, or twice, open the same pick tasks', () => {
  const facts = [paid, arrived(2, 2, 1), arrived(3, 2, 1), arrived(4, 3, 2)]
  const sorted = (state: OrderState) => tasksOf(state).sort()
  for (const policy of ['split', 'ship-together'] as const) {
    const expected = sorted(play(policy, facts))
    expect(sorted(play(policy, facts.toReversed()))).toEqual(expected)
    expect(sorted(play(policy, [...facts, ...facts]))).toEqual(expected)
  }
})

test('cancelled while it waits: all money goes back, and an arrival that comes after opens nothing', () => {
  const state = play('ship-together', [
    paid,
    { type: 'cancel_requested', requestId: 'Q', reason: 'x', operator: 'o', mayCancelPaid: true },
    arrived(2, 2, 2),
    arrived(3, 3, 2),
    { type: 'cancellation_decided', refusal: null },
  ])
  expect(state).toMatchObject({ status: 'cancelled', fulfilments: [], refunds: [{ amountCents: 600 }] })
})

test('spot goods that cannot be found do not end an order that still waits', () => {
  const state = play('split', [
    paid,
    {
      type: 'fulfilment_short',
      inboxId: 2,
      eventId: 'E',
      fulfilmentId: 'O-F1',
      lines: [{ lineNumber: 1, skuId: 'SKU-1', quantity: 2 }],
      taskClosed: true,
      operator: 'w',
      occurredAt: '2026-01-05T08:00:00Z',
    },
    { type: 'shortage_settled', shortageId: 'E', allocations: [] },
  ])
  expect(state).toMatchObject({ status: 'paid', refunds: [{ amountCents: 200 }] })
})

const givenUp = (inboxId: number, lineNumber: number, quantity: number): OrderEvent => ({
  type: 'presale_given_up',
  inboxId,
  units: [{ holdId: `H${lineNumber}`, lineNumber, skuId: `SKU-${lineNumber}`, quantity }],
  operator: 'o',
})

test('given up: what will not come in is paid back, what came in is sent, and the order ends', () => {
  const state = play('ship-together', [paid, arrived(2, 2, 1), givenUp(3, 2, 1), givenUp(4, 3, 2)])
  expect(state.refunds.map((refund) => [refund.amountCents, refund.reason])).toEqual([
    [100, 'short_picked'],
    [200, 'short_picked'],
  ])
  expect(tasksOf(state)).toEqual([
    ['O-F1', 'WH-1', [[1, 2]]],
    ['O-F2', 'WH-2', [[2, 1]]],
  ])
  const sent = play('split', [paid, packed(2, 'O-F1'), givenUp(3, 2, 2), givenUp(4, 3, 2), givenUp(4, 3, 2)])
  expect(sent).toMatchObject({ status: 'shipped', refunds: [{ amountCents: 200 }, { amountCents: 200 }] })
})

test('an order of which nothing is left is cancelled, and all its money goes back', () => {
  const only = {
    ...placed('split'),
    allocations: [],
    lines: placed('split').lines.slice(1),
    amountCents: 400,
  }
  let state = placeOrder(only)
  for (const event of [{ ...paid, amountCents: 400 }, givenUp(2, 2, 2), givenUp(3, 3, 2)]) {
    state = decide(state, event, PAID_AT).state
    for (const due of duePresale(state)) state = decide(state, due, PAID_AT).state
  }
  expect(state).toMatchObject({ status: 'cancelled', refunds: [{ amountCents: 200 }, { amountCents: 200 }] })
})

test('reserved again: arrivals for the holds that are gone count for nothing', () => {
  const presale = placed('split').presale
  const again = presale && {
    ...presale,
    lines: presale.lines.map((line) => ({ ...line, holdId: `${line.holdId}-2` })),
  }
  const state = play('split', [
    arrived(2, 2, 2),
    { type: 'deadline_reached', atMs: PAID_AT },
    { type: 'reservation_checked', answer: 'expired', remainingMs: 0 },
    { ...paid, inboxId: 3, holdsConfirmed: false },
    { type: 'reserved_again', allocations: placed('split').allocations, presale: again },
    arrived(4, 3, 2, 'H3-2'),
  ])
  expect(tasksOf(state).map(([id]) => id)).toEqual(['O-F1', 'O-P3F1'])
})

test('one SKU without stock or presale refuses the order, and nothing of the book is used up', () => {
  const book = new Map([['A', { presaleId: 'P', expectedOn: '2031-06-18', left: 5 }]])
  const demand = [
    { lineNumber: 1, skuId: 'A', quantity: 5 },
    { lineNumber: 2, skuId: 'B', quantity: 1 },
  ]
  const short = (lines: { skuId: string; quantity: number }[]) => ({
    ok: false as const,
    shortages: lines.map(({ skuId, quantity }) => ({ skuId, requested: quantity, available: 0 })),
  })
  expect(planWithPresale(demand, book, short).presale).toEqual([])
  expect(book.get('A')?.left).toBe(5)
})

test('units are given in order, the last one gets what is left', () => {
  const queue = [{ waiting: 2 }, { waiting: 3 }, { waiting: 1 }]
  expect(serveInOrder(queue, 4)).toEqual([
    { waiting: 2, units: 2 },
    { waiting: 3, units: 2 },
  ])
})
