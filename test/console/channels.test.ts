import { expect, test } from 'vitest'
import { credentialsOf } from '../../console/src/channels/credentials.ts'
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
