import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paidCents, refundedCents } from '../../domain/order-money.ts'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory, units } from '../support/order-story.ts'

const outcome = (story: OrderStory) => ({
  status: story.state.status,
  kept: paidCents(story.state) - refundedCents(story.state),
  unfillable: story.state.unfillable,
})

describe('the way of a parcel', () => {
  test('packed, in transit, delivered, and completed when the after-sales window ends', () => {
    const story = new OrderStory().paid()
    const statuses = [story.state.status]
    story.pack('O1-F1')
    statuses.push(story.state.status)
    story.news('O1-F1-P1', 'in_transit')
    statuses.push(story.state.status)
    story.news('O1-F1-P1', 'delivered')
    statuses.push(story.state.status)
    story.passTime(99)
    statuses.push(story.state.status)
    story.passTime(1)
    statuses.push(story.state.status)
    expect(statuses).toEqual(['paid', 'shipped', 'in_transit', 'delivered', 'delivered', 'completed'])
    expect(story.state.closed).toBe(true)
  })

  test('a split order is delivered when its last parcel is', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    story.pack('O1-F1')
    expect(story.state.status).toBe('partially_shipped')
    story.pack('O1-F2')
    expect(story.state.status).toBe('shipped')
    story.news('O1-F1-P1', 'delivered')
    expect(story.state.status).toBe('in_transit')
    story.news('O1-F2-P1', 'delivered')
    expect(story.state.status).toBe('delivered')
  })

  test('a lost parcel is refunded with its freight, and a person claims it', () => {
    const story = new OrderStory().paid()
    story.pack('O1-F1')
    story.news('O1-F1-P1', 'lost')
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 3_500, reason: 'parcel_lost' }])
    expect(story.workItems()).toEqual(['parcel_lost'])
    story.settleRefunds()
    expect(story.state).toMatchObject({ status: 'lost', closed: true })
  })

  test('one lost parcel of two is refunded alone; the other one is delivered as ever', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    story.pack('O1-F1')
    story.pack('O1-F2')
    story.news('O1-F2-P1', 'lost')
    expect(story.refunds()).toMatchObject([{ amountCents: 1_000 }])
    story.news('O1-F1-P1', 'delivered')
    expect(story.state.status).toBe('delivered')
  })

  test('news that a parcel cannot have is a contradiction for a person, and moves nothing', () => {
    const story = new OrderStory().delivered()
    story.news('O1-F1-P1', 'lost')
    story.news('O1-F1-P1', 'returned')
    expect(story.state).toMatchObject({ status: 'delivered', refunds: [] })
    expect(story.workItems()).toEqual(['contradiction', 'contradiction'])
  })

  test('packed is packed once: the same report under two message ids makes one parcel', () => {
    const story = new OrderStory().paid()
    story.pack('O1-F1')
    story.pack('O1-F1')
    expect(story.state.parcels).toHaveLength(1)
    expect(story.workItems()).toEqual([])
  })

  test('a parcel of a withdrawn pick task is a contradiction for a person and revives nothing', () => {
    const story = new OrderStory().paid()
    story.tell({ type: 'cancel_requested', reason: 'changed', mayCancelPaid: true })
    story.tell({ type: 'cancellation_decided', refusal: null })
    story.pack('O1-F1')
    expect(story.state).toMatchObject({
      status: 'cancelled',
      parcels: [],
      fulfilments: [{ state: 'withdrawn' }],
    })
    expect(story.workItems()).toEqual(['contradiction'])
  })

  test('a report on a pick task that this run has not opened yet is heard once it has', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 3, true)
    // A worker that died had opened the replacement in the database already, and the warehouse was fast.
    story.pack('O1-S1F1')
    expect(story.state.parcels).toEqual([])
    story.settleShortage(units('WH-2', 3))
    expect(story.state.parcels).toMatchObject([{ fulfilmentId: 'O1-S1F1', state: 'shipped' }])
    expect(story.state.status).toBe('shipped')
    expect(story.state.early).toEqual([])
    expect(story.workItems()).toEqual(['short_pick'])
  })

  test('a report that an expired order hears while its goods are reserved again waits for the answer', () => {
    const story = new OrderStory()
    story.expire()
    story.pay('P1', 3_500)
    // A worker whose task timed out had reserved again and opened the task; its successor hears the warehouse first.
    story.pack('O1-F1')
    expect(story.workItems()).toEqual([])
    story.tell({ type: 'reserved_again', allocations: [units('WH-1', 3)] })
    expect(story.state).toMatchObject({ status: 'shipped', early: [] })
    expect(story.state.parcels).toMatchObject([{ fulfilmentId: 'O1-F1', state: 'shipped' }])
    expect(story.workItems()).toEqual([])
  })

  test('such a report is a contradiction once nothing is left to reserve', () => {
    const story = new OrderStory()
    story.expire()
    story.pay('P1', 3_500)
    story.pack('O1-F1')
    story.tell({ type: 'reserved_again', allocations: null })
    expect(story.workItems()).toEqual(['contradiction'])
    expect(story.refunds()).toMatchObject([{ amountCents: 3_500, reason: 'paid_after_end' }])
  })

  test('a report on a pick task that an ended order never had is a contradiction', () => {
    const story = new OrderStory().paid()
    story.pack('O9-F1')
    story.short('O9-F1', 1)
    expect(story.workItems()).toEqual([])
    story.tell({ type: 'cancel_requested', reason: 'x', mayCancelPaid: true })
    story.tell({ type: 'cancellation_decided', refusal: null })
    expect(story.workItems()).toEqual(['contradiction', 'contradiction'])
    story.pack('O9-F2')
    expect(story.workItems()).toEqual(['contradiction', 'contradiction', 'contradiction'])
  })
})

describe('a short pick', () => {
  test('is looked for elsewhere, and what is found ships from there', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 2)
    expect(dueSteps(story.state)).toMatchObject([{ kind: 'settle_shortage' }])
    story.settleShortage(units('WH-2', 2))
    expect(story.state.fulfilments).toMatchObject([
      { warehouseId: 'WH-1', lines: [{ quantity: 1 }] },
      { warehouseId: 'WH-2', lines: [{ quantity: 2 }] },
    ])
    expect(story.refunds()).toEqual([])
    expect(story.workItems()).toEqual(['short_pick'])
  })

  test('what nobody has is refunded, and only that', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 2)
    story.settleShortage(units('WH-2', 1))
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 1_000, reason: 'short_picked' }])
  })

  test('of everything, with nothing found, cancels the order and returns the freight too', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 3, true)
    story.settleShortage()
    expect(outcome(story)).toMatchObject({ status: 'cancelled', kept: 0 })
  })

  test('the same report under two message ids counts once', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 1, false, 'E1')
    story.short('O1-F1', 1, false, 'E1')
    expect(story.state.shortages).toHaveLength(1)
    expect(story.state.fulfilments[0]?.lines).toMatchObject([{ quantity: 2 }])
  })

  test('heard of when its parcel is lost is not paid for a second time', () => {
    const story = new OrderStory({ allocations: [units('WH-1', 2), units('WH-2', 1)] }).paid()
    story.pack('O1-F1')
    story.pack('O1-F2')
    story.news('O1-F1-P1', 'lost')
    story.short('O1-F1', 1)
    expect(dueSteps(story.state).filter((step) => step.kind === 'settle_shortage')).toEqual([])
    expect(outcome(story).kept).toBe(1_500)
    expect(story.workItems()).toEqual(['parcel_lost', 'short_pick'])
  })

  test('heard of after the order has ended is a person’s work and changes no fulfilment', () => {
    const story = new OrderStory().delivered()
    story.passTime(100)
    const before = story.state.fulfilments
    story.short('O1-F1', 1)
    expect(story.state).toMatchObject({
      status: 'completed',
      closed: true,
      fulfilments: before,
      shortages: [],
    })
    expect(story.workItems()).toEqual(['short_pick'])
  })

  test('heard of after delivery opens the after-sales window anew when the rest arrives', () => {
    const story = new OrderStory().delivered()
    story.passTime(50)
    story.short('O1-F1', 1)
    story.settleShortage(units('WH-2', 1))
    expect(story.state).toMatchObject({ status: 'partially_shipped', closesAtMs: null })
    story.passTime(100)
    const replacement = story.state.fulfilments.at(-1)?.fulfilmentId ?? ''
    story.pack(replacement)
    story.news(`${replacement}-P1`, 'delivered')
    expect(story.state).toMatchObject({ status: 'delivered', closesAtMs: story.nowMs + 100_000 })
  })
})

test('reports of the warehouses in any order end in the same status, money and parcels', () => {
  const stock = fc.record({ first: fc.nat(2), second: fc.nat(2), found: fc.nat(3) })
  const orders = fc.shuffledSubarray(['short 1', 'short 2', 'packed 1', 'packed 2'], { minLength: 4 })
  const play = (missing: { first: number; second: number; found: number }, order: string[]) => {
    const story = new OrderStory({
      lines: [{ lineNumber: 1, skuId: 'SKU-A', quantity: 6, unitPriceCents: 1_000 }],
      allocations: [units('WH-1', 3), units('WH-2', 3)],
      amountCents: 6_500,
    }).paid()
    for (const report of order) {
      if (report === 'short 1' && missing.first > 0) story.short('O1-F1', missing.first, false, 'E1')
      if (report === 'short 2' && missing.second > 0) story.short('O1-F2', missing.second, false, 'E2')
      if (report === 'packed 1') story.pack('O1-F1')
      if (report === 'packed 2') story.pack('O1-F2')
    }
    let found = missing.found
    for (const shortage of story.state.shortages.toSorted((a, b) => (a.shortageId < b.shortageId ? -1 : 1))) {
      const quantity = Math.min(found, shortage.lines[0]?.quantity ?? 0)
      found -= quantity
      const allocations = quantity > 0 ? [units('WH-3', quantity)] : []
      story.tell({ type: 'shortage_settled', shortageId: shortage.shortageId, allocations })
    }
    const fulfilments = story.state.fulfilments.map(({ warehouseId, lines, state }) => ({
      warehouseId,
      lines,
      state,
    }))
    return { ...outcome(story), fulfilments }
  }
  fc.assert(
    fc.property(stock, orders, (missing, order) => {
      expect(play(missing, order)).toEqual(play(missing, ['short 1', 'short 2', 'packed 1', 'packed 2']))
    }),
  )
})
