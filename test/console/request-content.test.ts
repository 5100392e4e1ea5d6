import { expect, test } from 'vitest'
import { type RequestContent, readRequest } from '../../console/src/requests/request-content.ts'

const begin: RequestContent = {
  orderVersion: 4,
  draft: {
    lines: [{ lineNumber: 1, skuId: 'SKU-1', quantity: 2, unitPriceCents: 1_000 }],
    freightCents: 0,
    gifts: [{ key: 0, skuId: '', quantity: 1 }],
    reships: {},
    contact: { name: '', phone: '', divisionCode: '310115', address: '', remark: '' },
    refund: { paymentId: '', amountCents: null },
  },
  reasonCode: '',
  reason: '',
  attached: [],
}
const typed: RequestContent = {
  ...begin,
  draft: {
    ...begin.draft,
    lines: [{ lineNumber: 1, skuId: 'SKU-1', quantity: null, unitPriceCents: 900 }],
    reships: { 1: 2 },
  },
  reasonCode: 'goodwill',
  reason: '包装破损',
  attached: [{ key: 'k', name: 'box.jpg', bytes: 12, attachmentId: 'a' }],
}
const kept = (content: RequestContent): unknown => JSON.parse(JSON.stringify(content))

test('all that was typed comes back while the order says what it said', () => {
  expect(readRequest(kept(typed), begin, false)).toEqual(typed)
})

test('of an order that has moved on the reason and its files come back, and no price that stood beside another one', () => {
  const moved = { ...begin, orderVersion: 5 }
  const { reasonCode, reason, attached } = typed
  expect(readRequest(kept(typed), moved, false)).toEqual({ ...moved, reasonCode, reason, attached })
})

test('what was sent without an answer comes back as it was sent, though the order has moved on', () => {
  expect(readRequest(kept(typed), { ...begin, orderVersion: 5 }, true)).toEqual(typed)
})

test.each([
  ['nothing', undefined],
  ['what another release has kept', { reason: '包装破损' }],
])('%s begins a new form', (_what, value) => {
  expect(readRequest(value, begin, false)).toBeNull()
})
