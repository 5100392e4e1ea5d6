import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../domain/change.ts'
import { previewChange } from '../../domain/change-preview.ts'
import { OrderStory } from '../support/order-story.ts'

/** Three units at ¥10.00 and freight of ¥5.00. */
const unpaid = () => new OrderStory().state
const paid = () => new OrderStory().paid().state
const delivered = () => new OrderStory().delivered().state
const platforms = () => new OrderStory({ platform: 'taobao' }).paid().state

const effectOf = (order: OrderStory['state'], change: Change) => {
  const preview = previewChange(order, change)
  if (!preview.ok) throw new Error(preview.problem.detail)
  return preview.effect
}
const reasonOf = (order: OrderStory['state'], change: Change) => {
  const preview = previewChange(order, change)
  return preview.ok ? null : preview.problem.reason
}
const price = (unitPriceCents: number): Change => ({
  type: 'price',
  lines: [{ lineNumber: 1, unitPriceCents }],
})
const quantity = (units: number): Change => ({
  type: 'quantity',
  lines: [{ lineNumber: 1, quantity: units }],
})
const refund = (amountCents: number, paymentId = 'P1'): Change => ({ type: 'refund', paymentId, amountCents })

describe('what a change would do', () => {
  test('a lower price of a paid order goes back to the payment that brought the money', () => {
    expect(effectOf(paid(), price(900))).toEqual({
      type: 'price',
      lines: [
        {
          lineNumber: 1,
          before: { lineNumber: 1, skuId: 'SKU-A', quantity: 3, unitPriceCents: 1_000 },
          after: { lineNumber: 1, skuId: 'SKU-A', quantity: 3, unitPriceCents: 900 },
        },
      ],
      freightCents: { before: 500, after: 500 },
      amountCents: { before: 3_500, after: 3_200 },
      differenceCents: -300,
      refunds: [{ paymentId: 'P1', amountCents: 300 }],
      stillToPayCents: 0,
      stock: [],
      contact: null,
      pausesPicking: true,
    })
  })

  test('a higher price is owed as a supplement, and on an unpaid order as the whole', () => {
    expect(effectOf(paid(), price(1_100))).toMatchObject({
      differenceCents: 300,
      stillToPayCents: 300,
      refunds: [],
    })
    expect(effectOf(unpaid(), price(1_100))).toMatchObject({ differenceCents: 300, stillToPayCents: 3_800 })
  })

  test('a quantity wants or gives back the difference, never the whole', () => {
    expect(effectOf(paid(), quantity(5)).stock).toEqual([{ lineNumber: 1, skuId: 'SKU-A', quantity: 2 }])
    expect(effectOf(paid(), quantity(1)).stock).toEqual([{ lineNumber: 1, skuId: 'SKU-A', quantity: -2 }])
  })

  test('another article wants its units and gives back those of the old one', () => {
    const change: Change = {
      type: 'item',
      lines: [{ lineNumber: 1, skuId: 'SKU-B', quantity: 2, unitPriceCents: 1_500 }],
    }
    expect(effectOf(paid(), change)).toMatchObject({
      stock: [
        { lineNumber: 1, skuId: 'SKU-A', quantity: -3 },
        { lineNumber: 1, skuId: 'SKU-B', quantity: 2 },
      ],
      differenceCents: 0,
    })
  })

  test('a gift is a line of its own that costs nothing', () => {
    expect(effectOf(paid(), { type: 'gift', lines: [{ skuId: 'SKU-G', quantity: 1 }] })).toMatchObject({
      lines: [{ lineNumber: 2, before: null, after: { skuId: 'SKU-G', unitPriceCents: 0 } }],
      stock: [{ lineNumber: 2, skuId: 'SKU-G', quantity: 1 }],
      differenceCents: 0,
    })
  })

  test('a cancellation gives back all the goods and all the money', () => {
    expect(effectOf(paid(), { type: 'cancel' })).toMatchObject({
      amountCents: { before: 3_500, after: 0 },
      refunds: [{ paymentId: 'P1', amountCents: 3_500 }],
      stock: [{ lineNumber: 1, skuId: 'SKU-A', quantity: -3 }],
    })
  })

  test('units that could not be supplied are not given back again', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 1)
    story.settleShortage()
    expect(effectOf(story.state, { type: 'cancel' }).stock).toEqual([
      { lineNumber: 1, skuId: 'SKU-A', quantity: -2 },
    ])
    expect(reasonOf(story.state, quantity(5))).toBe('line-short')
  })

  test('a refund lowers what the order costs, and the goods stay sold', () => {
    expect(effectOf(delivered(), refund(1_000))).toMatchObject({
      differenceCents: -1_000,
      refunds: [{ paymentId: 'P1', amountCents: 1_000 }],
      stock: [],
      pausesPicking: false,
    })
  })

  test('what was sent is sent again, and no more than was sent', () => {
    const again = (units: number): Change => ({ type: 'reship', lines: [{ lineNumber: 1, quantity: units }] })
    expect(effectOf(delivered(), again(2))).toMatchObject({
      stock: [{ lineNumber: 2, skuId: 'SKU-A', quantity: 2 }],
      differenceCents: 0,
    })
    expect(reasonOf(delivered(), again(4))).toBe('quantity-out-of-range')
    expect(reasonOf(paid(), again(1))).toBe('wrong-status')
  })

  test('another contact moves neither goods nor money', () => {
    expect(effectOf(paid(), { type: 'address', contactId: 'C2', divisionCode: '110101' })).toMatchObject({
      contact: { contactId: 'C2', divisionCode: '110101' },
      differenceCents: 0,
      stock: [],
    })
  })
})

describe('a change that cannot be', () => {
  test.each<[string, OrderStory['state'], Change, string]>([
    [
      'an unknown line',
      paid(),
      { type: 'quantity', lines: [{ lineNumber: 7, quantity: 1 }] },
      'unknown-line',
    ],
    [
      'a line twice',
      paid(),
      { type: 'quantity', lines: [1, 2].map((units) => ({ lineNumber: 1, quantity: units })) },
      'line-named-twice',
    ],
    ['a negative price', paid(), price(-1), 'price-out-of-range'],
    ['a price above the limit', paid(), price(1_000_000_001), 'price-out-of-range'],
    ['a negative freight', paid(), { type: 'price', lines: [], freightCents: -1 }, 'amount-out-of-range'],
    [
      'an amount above the limit',
      paid(),
      {
        type: 'item',
        lines: [{ lineNumber: 1, skuId: 'S', quantity: 100_000, unitPriceCents: 1_000_000_000 }],
      },
      'amount-out-of-range',
    ],
    ['half a unit', paid(), quantity(1.5), 'quantity-out-of-range'],
    [
      'no unit of another article',
      paid(),
      { type: 'gift', lines: [{ skuId: 'S', quantity: 0 }] },
      'quantity-out-of-range',
    ],
    ['nothing left', paid(), quantity(0), 'nothing-left'],
    ['nothing changed', paid(), price(1_000), 'nothing-changes'],
    ['a refund above what was paid', paid(), refund(3_501), 'refund-above-paid'],
    ["another order's payment", paid(), refund(100, 'P-OTHER'), 'payment-unknown'],
    ['a refund of nothing', paid(), refund(0), 'amount-out-of-range'],
    ['a refund before payment', unpaid(), refund(100), 'wrong-status'],
    ['a price after shipping', delivered(), price(900), 'wrong-status'],
    ["a platform's price", platforms(), price(900), 'platform-decides'],
    ["a platform's refund", platforms(), refund(100), 'platform-decides'],
    ['a cancellation at a platform', platforms(), { type: 'cancel' }, 'platform-decides'],
  ])('%s is refused with its reason', (_, order, change, reason) => {
    expect(reasonOf(order, change)).toBe(reason)
  })

  test('refunds together never exceed the payment that they name, whether they are through or not', () => {
    const order = paid()
    const given = (amountCents: number, state: 'done' | 'due') => ({
      refund: {
        ...{ refundId: `R-${amountCents}`, paymentId: 'P1', amountCents, reason: 'allowance' as const },
        ...{ state, tries: 1 },
      },
      change: {
        ...{ changeId: `C-${amountCents}`, changeNumber: 'CR-1', type: 'refund' as const, approvers: [] },
        ...{ amountBeforeCents: 0, amountAfterCents: 0, allowanceCents: amountCents },
      },
    })
    const before = [given(2_000, 'done'), given(500, 'due')]
    const state = {
      ...order,
      refunds: before.map((each) => each.refund),
      changes: before.map((each) => each.change),
    }
    expect(reasonOf(state, refund(1_001))).toBe('refund-above-paid')
    expect(reasonOf(state, refund(1_000))).toBeNull()
  })

  test('of an order that has ended is refused', () => {
    const story = new OrderStory().delivered()
    story.passTime(101)
    expect(reasonOf(story.state, refund(100))).toBe('order-closed')
  })
})

test('a platform’s order may get another address, a gift and goods sent again', () => {
  expect(reasonOf(platforms(), { type: 'address', contactId: 'C2', divisionCode: '110101' })).toBeNull()
  expect(reasonOf(platforms(), { type: 'gift', lines: [{ skuId: 'SKU-G', quantity: 1 }] })).toBeNull()
})

describe('what a platform sold and the hub cannot supply', () => {
  const waiting = (payment: Partial<Parameters<OrderStory['tell']>[0]> | null = {}) => {
    const story = new OrderStory({ platform: 'taobao', awaitsStock: true, allocations: [] })
    if (payment) {
      story.tell({
        type: 'payment_received',
        paymentId: 'P1',
        amountCents: 3_500,
        holdsConfirmed: false,
        ...payment,
      } as Parameters<OrderStory['tell']>[0])
    }
    return story.state
  }

  test('is given up in part or whole while the order waits for stock, and its money goes back', () => {
    expect(effectOf(waiting(), quantity(1))).toMatchObject({
      amountCents: { before: 3_500, after: 1_500 },
      refunds: [{ paymentId: 'P1', amountCents: 2_000 }],
    })
    expect(effectOf(waiting(), { type: 'cancel' })).toMatchObject({
      refunds: [{ paymentId: 'P1', amountCents: 3_500 }],
    })
    expect(effectOf(waiting(null), { type: 'cancel' }).refunds).toEqual([])
  })

  test('never grows here, is no part of an unpaid order, nor of one that is paid to the courier', () => {
    expect(reasonOf(waiting(), quantity(4))).toBe('platform-decides')
    expect(reasonOf(waiting(), price(900))).toBe('wrong-status')
    expect(reasonOf(waiting(null), quantity(1))).toBe('platform-decides')
    expect(reasonOf(waiting({ amountCents: 0, onDelivery: true }), quantity(1))).toBe('platform-decides')
    expect(reasonOf(waiting(), quantity(0))).toBe('nothing-left')
  })
})

test('whatever is asked for, money and goods add up: what goes back was paid, what is left is not negative', () => {
  const cents = fc.integer({ min: -10, max: 2_000 })
  const units = fc.integer({ min: -1, max: 6 })
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({
      type: fc.constant('price' as const),
      lines: fc.array(fc.record({ lineNumber: fc.integer({ min: 1, max: 2 }), unitPriceCents: cents })),
      freightCents: cents,
    }),
    units.map(quantity),
    cents.map((amount) => refund(amount * 2)),
    fc.constant<Change>({ type: 'cancel' }),
  )
  const order = fc.constantFrom(unpaid(), paid(), delivered())
  fc.assert(
    fc.property(order, change, (state, wanted) => {
      const preview = previewChange(state, wanted)
      if (!preview.ok) return
      const { amountCents, differenceCents, refunds, stillToPayCents } = preview.effect
      expect(amountCents.after).toBeGreaterThanOrEqual(0)
      expect(differenceCents).toBe(amountCents.after - amountCents.before)
      const back = refunds.reduce((sum, entry) => sum + entry.amountCents, 0)
      const paidCents = state.payments.reduce((sum, payment) => sum + payment.amountCents, 0)
      expect(paidCents - back + stillToPayCents).toBe(amountCents.after)
    }),
  )
})
