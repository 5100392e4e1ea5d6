import { expect, test } from 'vitest'
import { momentOf } from '../../console/src/stock/local-moment.ts'
import { type PromotionDraft, promotionOf } from '../../console/src/stock/quota-draft.ts'

const row = { key: 'a', skuId: 'SKU-1', channel: 'mall', quantity: 10 } as const
const whole: PromotionDraft = {
  name: ' 双十二 ',
  startsAt: '2026-12-12T00:00',
  endsAt: '2026-12-13T00:00',
  stockExpected: false,
  quotas: [row, { ...row, key: 'b', channel: 'jd' }],
}

test('a promotion is sent with moments that have a zone, and its quotas without the form’s own keys', () => {
  expect(promotionOf(whole)).toEqual({
    name: '双十二',
    startsAt: new Date('2026-12-12T00:00').toISOString(),
    endsAt: new Date('2026-12-13T00:00').toISOString(),
    stockExpected: false,
    quotas: [
      { skuId: 'SKU-1', channel: 'mall', quantity: 10 },
      { skuId: 'SKU-1', channel: 'jd', quantity: 10 },
    ],
  })
})

test.each([
  ['its name', { name: ' ' }],
  ['its start', { startsAt: '' }],
  ['an end after its start', { endsAt: '2026-12-11T00:00' }],
  ['a quota', { quotas: [] }],
  ['the number of a quota', { quotas: [row, { ...row, key: 'b', channel: 'jd' as const, quantity: null }] }],
  ['one quota an article and channel', { quotas: [row, { ...row, key: 'b' }] }],
])('nothing is sent while it lacks %s', (_what, change) => {
  expect(promotionOf({ ...whole, ...change })).toBeNull()
})

test('what is no moment is none', () => {
  expect(momentOf('')).toBeNull()
  expect(momentOf('2026-12-12')).toBe('2026-12-12T00:00:00.000Z')
})
