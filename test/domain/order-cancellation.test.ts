import { describe, expect, test } from 'vitest'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory } from '../support/order-story.ts'

const asked = (story: OrderStory, mayCancelPaid: boolean, requestId = 'C1') =>
  story.tell({ type: 'cancel_requested', requestId, reason: 'changed my mind', mayCancelPaid })
const decided = (story: OrderStory) => story.tell({ type: 'cancellation_decided', refusal: null })
const stepKinds = (story: OrderStory) => dueSteps(story.state).map((step) => step.kind)
const refused = (code: string) => ({ accepted: false, code })

describe('a cancellation', () => {
  test('of an unpaid order is decided by the database, and then releases everything', () => {
    const story = new OrderStory()
    expect(asked(story, false)).toBeUndefined()
    expect(stepKinds(story)).toEqual(['decide_cancellation'])
    expect(decided(story)).toEqual({ accepted: true })
    expect(story.state).toMatchObject({ status: 'cancelled', reservation: 'lapsed' })
    story.passTime(60)
    expect(story.state.closed).toBe(true)
  })

  test('of a paid order by its buyer withdraws the pick tasks and refunds by serial number', () => {
    const story = new OrderStory().paid()
    asked(story, true)
    expect(decided(story)).toEqual({ accepted: true })
    expect(story.state.fulfilments).toMatchObject([{ state: 'withdrawn' }])
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 3_500, reason: 'cancelled' }])
  })

  test('of a paid order by staff is refused at once', () => {
    const story = new OrderStory().paid()
    expect(asked(story, false)).toMatchObject(refused('paid-cancellation-forbidden'))
    expect(stepKinds(story)).toEqual([])
  })

  test('by staff is refused when the database has seen a payment, and the order is paid after all', () => {
    const story = new OrderStory()
    asked(story, false)
    story.pay('P1', 3_500, true)
    expect(story.state.status).toBe('reserved')
    const refusal = { code: 'paid-cancellation-forbidden', detail: 'paid' } as const
    expect(story.tell({ type: 'cancellation_decided', refusal })).toMatchObject(
      refused('paid-cancellation-forbidden'),
    )
    expect(story.state.status).toBe('paid')
  })

  test('that the warehouse was quicker than is refused, and the parcel goes its way', () => {
    const story = new OrderStory().paid()
    asked(story, true)
    story.pack('O1-F1')
    const refusal = { code: 'order-already-shipped', detail: 'packed' } as const
    expect(story.tell({ type: 'cancellation_decided', refusal })).toMatchObject(
      refused('order-already-shipped'),
    )
    expect(story.state).toMatchObject({ status: 'shipped', refunds: [] })
  })

  test('after shipping is refused with the way to a return; after the end because it is over', () => {
    const story = new OrderStory().delivered()
    expect(asked(story, true)).toMatchObject({ ...refused('order-already-shipped'), detail: /return/ })
    story.passTime(100)
    expect(asked(story, true, 'C2')).toMatchObject(refused('order-already-closed'))
  })

  test('that repeats itself gets its first answer; another one meanwhile is refused', () => {
    const story = new OrderStory()
    asked(story, false)
    expect(asked(story, false)).toBeUndefined()
    expect(asked(story, false, 'C2')).toMatchObject(refused('cancellation-in-progress'))
    decided(story)
    expect(asked(story, false)).toEqual({ accepted: true })
    expect(asked(story, false, 'C2')).toMatchObject(refused('cancellation-in-progress'))
    expect(asked(story, false, 'C3')).toEqual({ accepted: true })
  })

  test('is written down before the database is asked, so that a lost workflow asks again', () => {
    const story = new OrderStory()
    asked(story, false)
    expect(story.log).toMatchObject([{ field: 'cancellation', newValue: 'requested: changed my mind' }])
  })
})

describe('one question at a time about the same goods', () => {
  test('a cancellation waits for the answer about the reservation', () => {
    const story = new OrderStory()
    story.passTime(31)
    asked(story, false)
    expect(stepKinds(story)).toEqual(['check_reservation'])
    story.tell({ type: 'reservation_checked', answer: 'held', remainingMs: 500 })
    expect(stepKinds(story)).toEqual(['decide_cancellation'])
  })

  test('the question about the reservation waits for a cancellation', () => {
    const story = new OrderStory()
    asked(story, false)
    story.passTime(31)
    expect(stepKinds(story)).toEqual(['decide_cancellation'])
    story.tell({ type: 'cancellation_decided', refusal: { code: 'order-already-shipped', detail: '' } })
    expect(stepKinds(story)).toEqual(['check_reservation'])
  })

  test('who waits to cancel when the holds are gone gets a cancelled order, and late money goes back', () => {
    const story = new OrderStory()
    story.passTime(31)
    asked(story, true)
    story.pay('P1', 3_500)
    expect(story.tell({ type: 'reservation_checked', answer: 'expired', remainingMs: 0 })).toEqual({
      accepted: true,
    })
    expect(story.state.status).toBe('cancelled')
    expect(story.refunds()).toMatchObject([{ amountCents: 3_500 }])
  })

  test('staff who waits does not cancel an order that was paid meanwhile: its goods are asked for again', () => {
    const story = new OrderStory()
    story.passTime(31)
    asked(story, false)
    story.pay('P1', 3_500)
    const answer = story.tell({ type: 'reservation_checked', answer: 'expired', remainingMs: 0 })
    expect(answer).toMatchObject(refused('paid-cancellation-forbidden'))
    expect(stepKinds(story)).toEqual(['reserve_again'])
  })

  test('a cancellation waits for a short pick, and takes back what was found elsewhere', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 1)
    asked(story, true)
    expect(stepKinds(story)).toEqual(['settle_shortage'])
    story.settleShortage({ lineNumber: 1, skuId: 'SKU-A', warehouseId: 'WH-2', quantity: 1 })
    expect(stepKinds(story)).toEqual(['decide_cancellation'])
    decided(story)
    expect(story.state.fulfilments.map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn'])
  })

  test('a short pick that is heard of while a cancellation is decided reserves nothing for a cancelled order', () => {
    const story = new OrderStory().paid()
    asked(story, true)
    story.short('O1-F1', 3, true)
    expect(stepKinds(story)).toEqual(['decide_cancellation'])
    decided(story)
    expect(stepKinds(story)).toEqual(['refund'])
    expect(story.state.status).toBe('cancelled')
  })

  test('a cancellation of an order that ends by itself meanwhile is accepted all the same', () => {
    const story = new OrderStory().paid()
    story.short('O1-F1', 3, true)
    asked(story, true)
    story.settleShortage()
    expect(story.state.status).toBe('cancelled')
    expect(decided(story)).toEqual({ accepted: true })
  })
})
