import { expect, test } from 'vitest'
import { credentialsOf } from '../../console/src/channels/credentials.ts'
import { changesOf, type SubscriptionDraft, wholeDraft } from '../../console/src/subscriptions/draft.ts'
import { groupsOf } from '../../console/src/subscriptions/event-types.ts'

const text = { default: null, choices: null }
const fields = [
  { field: 'appSecret', isRequired: true, mayBeEmpty: false, ...text },
  { field: 'accessToken', isRequired: true, mayBeEmpty: true, ...text },
  {
    field: 'signMethod',
    isRequired: false,
    mayBeEmpty: false,
    default: 'md5',
    choices: ['md5', 'hmac-sha256'],
  },
]

test('credentials are sent once all that is required is there, without what was left out', () => {
  expect(credentialsOf(fields, { appSecret: ' ', signMethod: 'md5' })).toBeNull()
  expect(credentialsOf(fields, { appSecret: ' s ' })).toEqual({ appSecret: 's', accessToken: '' })
  expect(credentialsOf(fields, { appSecret: 's', signMethod: 'hmac-sha256', left: 'over' })).toEqual({
    ...{ appSecret: 's', accessToken: '', signMethod: 'hmac-sha256' },
  })
})

test('events are chosen by kind where there are several of it', () => {
  const types = ['order.placed', 'order.paid', 'audit.head'].map((type) => ({ type }))
  expect(groupsOf(types)).toEqual(['order.*'])
})

const subscription: SubscriptionDraft = {
  name: 'ERP',
  url: 'https://erp.example/hook',
  eventTypes: ['order.paid', 'stock.*'],
  storeIds: [],
}

test('a subscription is sent once it has a name, an address and events', () => {
  expect(wholeDraft({ ...subscription, name: ' ERP ', url: ' https://erp.example/hook' })).toEqual(
    subscription,
  )
  for (const missing of [{ name: ' ' }, { url: '' }, { eventTypes: [] }])
    expect(wholeDraft({ ...subscription, ...missing })).toBeNull()
})

test('of a subscription only what differs is changed', () => {
  const sameEvents = { ...subscription, eventTypes: ['stock.*', 'order.paid'] }
  expect(changesOf(subscription, sameEvents)).toEqual({})
  expect(changesOf(subscription, { ...sameEvents, url: 'https://erp.example/v2' })).toEqual({
    url: 'https://erp.example/v2',
  })
  const narrowed = { ...subscription, eventTypes: ['order.paid'], storeIds: ['ST-1'] }
  expect(changesOf(subscription, narrowed)).toEqual({ eventTypes: ['order.paid'], storeIds: ['ST-1'] })
  expect(changesOf(narrowed, subscription)).toEqual({ eventTypes: subscription.eventTypes, storeIds: [] })
})
