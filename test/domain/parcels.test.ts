import { describe, expect, test } from 'vitest'
import { decideSubscription, type SubscriptionRecord } from '../../domain/courier-subscription.ts'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory } from '../support/order-story.ts'

const PARCEL = 'O1-F1-P1'

/** Paid, and its only parcel on the way. */
function onItsWay(): OrderStory {
  const story = new OrderStory().paid()
  story.pack('O1-F1')
  story.news(PARCEL, 'in_transit')
  return story
}
const isFollowed = (story: OrderStory) => dueSteps(story.state).some(({ kind }) => kind === 'track_parcel')
const returns = (story: OrderStory) => story.state.returns.map(({ state }) => state)

describe('a parcel that its receiver refused', () => {
  test('counts as coming back, is followed on, and begins one return whoever says so again', () => {
    const story = onItsWay()
    story.news(PARCEL, 'refused')
    expect(story.state.status).toBe('returning')
    expect(returns(story)).toEqual(['approved'])
    expect(isFollowed(story)).toBe(true)
    story.news(PARCEL, 'returned')
    expect(returns(story)).toEqual(['approved'])
    expect(isFollowed(story)).toBe(false)
    expect(story.workItems()).toEqual(['parcel_returned', 'parcel_returned'])
  })

  test('and is received and inspected before the courier says more is refunded, and no longer followed', () => {
    const story = onItsWay()
    story.news(PARCEL, 'refused')
    story.tell({ type: 'return_received', returnId: `${PARCEL}-RETURN` })
    expect(isFollowed(story)).toBe(false)
    story.inspect(`${PARCEL}-RETURN`, 3, 0)
    expect(story.refunds()).toEqual([{ paymentId: 'P1', amountCents: 3_000, reason: 'returned' }])
    expect(story.state.status).toBe('returned')
  })

  test('and is delivered after all is delivered: nothing comes back, nothing is refunded', () => {
    const story = onItsWay()
    story.news(PARCEL, 'refused')
    story.news(PARCEL, 'delivered')
    expect(returns(story)).toEqual(['rejected'])
    expect(story.state.status).toBe('delivered')
    expect(story.refunds()).toEqual([])
  })

  test('and is lost on its way back is refunded as lost', () => {
    const story = onItsWay()
    story.news(PARCEL, 'refused')
    story.news(PARCEL, 'lost')
    expect(returns(story)).toEqual(['rejected'])
    expect(story.state.status).toBe('lost')
    expect(story.refunds().map(({ reason }) => reason)).toEqual(['parcel_lost'])
  })

  test('and is in the warehouse already is not delivered, whatever the courier says', () => {
    const story = onItsWay()
    story.news(PARCEL, 'refused')
    story.tell({ type: 'return_received', returnId: `${PARCEL}-RETURN` })
    story.news(PARCEL, 'delivered')
    expect(story.state.parcels[0]?.state).toBe('refused')
    expect(story.workItems()).toContain('contradiction')
  })
})

test('the same news from a poll and a push counts once, and news from before is only late', () => {
  const story = onItsWay()
  story.news(PARCEL, 'delivered')
  const before = { log: story.log.length, writes: story.writes.length }
  story.news(PARCEL, 'delivered')
  story.news(PARCEL, 'in_transit')
  expect({ log: story.log.length, writes: story.writes.length }).toEqual(before)
  expect(story.state.status).toBe('delivered')
})

test('a parcel of which nothing is heard marks its order and is followed on; one that has arrived is not silent', () => {
  const story = onItsWay()
  const silence = {
    type: 'parcel_silent',
    parcelId: PARCEL,
    silentSince: '2026-01-05T08:00:00.000Z',
    detail: 'no scan for too long',
  } as const
  story.apply({ ...silence, inboxId: 900 })
  expect(story.state).toMatchObject({ needsAttention: true, status: 'in_transit' })
  expect(story.workItems()).toEqual(['parcel_stuck'])
  expect(isFollowed(story)).toBe(true)
  story.news(PARCEL, 'delivered')
  story.apply({ ...silence, inboxId: 901 })
  expect(story.workItems()).toEqual(['parcel_stuck'])
})

describe('a parcel is subscribed', () => {
  const minute = 60_000
  const ended = (minutesAgo: number): SubscriptionRecord => ({
    state: 'ended',
    askedAgoMs: (minutesAgo + 60) * minute,
    endedAgoMs: minutesAgo * minute,
  })
  const asked = (state: string, minutesAgo: number): SubscriptionRecord => ({
    state,
    askedAgoMs: minutesAgo * minute,
    endedAgoMs: null,
  })

  test('once, and again only half an hour after the last subscription has ended', () => {
    expect(decideSubscription([])).toBe('anew')
    expect(decideSubscription([asked('active', 9_999)])).toBe('no')
    expect(decideSubscription([ended(29)])).toBe('no')
    expect(decideSubscription([ended(30)])).toBe('anew')
  })

  test('four times a month at most', () => {
    expect(decideSubscription([ended(30), ended(100), ended(200)])).toBe('anew')
    expect(decideSubscription([ended(30), ended(100), ended(200), ended(300)])).toBe('no')
    expect(decideSubscription([ended(30), ended(100), ended(200), ended(32 * 24 * 60)])).toBe('anew')
  })

  test('under the same number where the last answer was lost, and later where it was no', () => {
    expect(decideSubscription([asked('asked', 0.5)])).toBe('no')
    expect(decideSubscription([asked('asked', 1)])).toBe('repeat')
    expect(decideSubscription([asked('refused', 60)])).toBe('no')
    expect(decideSubscription([asked('refused', 6 * 60)])).toBe('anew')
  })
})
