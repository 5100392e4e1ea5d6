import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decidePurchase,
  type PurchaseEvent,
  type PurchaseState,
  purchaseAmountCents,
  purchaseApprovalOf,
} from '../../domain/purchase.ts'
import { isPurchaseClosed, PURCHASE_STATUSES, PURCHASE_TRANSITIONS } from '../../domain/purchase-state.ts'

const line = (lineNumber: number, units: number, receivedUnits = 0) => ({
  ...{ lineNumber, skuId: `SKU-${lineNumber}`, units, unitCostCents: 100, receivedUnits },
})
const list = (change: Partial<PurchaseState> = {}): PurchaseState => ({
  ...{ purchaseId: 'P', status: 'draft', version: 1, createdBy: 'a', submittedBy: null },
  ...{ approverRoles: [], erp: 'none', lines: [line(1, 10), line(2, 5)] },
  ...change,
})
const asked = list({ status: 'submitted', submittedBy: 'a', approverRoles: ['finance'] })
const by = (who: string, role: string) => ({ type: 'approved', by: who, role, note: '' }) as const

const RULES = {
  automaticMaxCents: 1_000,
  steps: [
    { maxCents: 100_000, roles: ['ops' as const] },
    { maxCents: null, roles: ['finance' as const] },
  ],
}

test.each([
  [1_000, { automatic: true }],
  [1_001, { automatic: false, roles: ['ops'] }],
  [100_001, { automatic: false, roles: ['finance'] }],
])('%i cents are decided on by %j', (cents, approval) => {
  expect(purchaseApprovalOf(cents, RULES)).toEqual(approval)
})

test('a larger amount never needs fewer to decide', () => {
  const rank = (cents: number) => {
    const approval = purchaseApprovalOf(cents, RULES)
    return approval.automatic ? 0 : approval.roles.includes('ops') ? 1 : 2
  }
  const cents = fc.nat(1_000_000)
  fc.assert(fc.property(cents, cents, (a, more) => rank(a + more) >= rank(a)))
})

test('the amount is that of all lines', () => {
  expect(purchaseAmountCents(list().lines)).toBe(1_500)
  expect(purchaseAmountCents([])).toBe(0)
})

test('whoever wrote or submitted a list does not decide on it, nor does a role that is not asked', () => {
  expect(decidePurchase(asked, by('a', 'finance'))).toMatchObject({ code: 'purchase-own-request' })
  expect(decidePurchase(asked, by('b', 'ops'))).toMatchObject({ code: 'purchase-not-approver' })
  expect(decidePurchase(asked, by('b', 'finance'))).toMatchObject({
    state: { status: 'approved', erp: 'due', version: 2 },
  })
  expect(decidePurchase({ ...asked, submittedBy: 'c' }, by('a', 'finance'))).toMatchObject({ ok: false })
})

test('what is sent back can be edited and submitted again', () => {
  const back = decidePurchase(asked, { ...by('b', 'finance'), type: 'sent_back', note: 'fewer' })
  expect(back).toMatchObject({ state: { status: 'draft', submittedBy: null } })
})

test('an empty list is not submitted; a small one needs nobody', () => {
  const submitted = { type: 'submitted', by: 'a', approval: { automatic: true } } as const
  expect(decidePurchase(list({ lines: [] }), submitted)).toMatchObject({ code: 'purchase-empty' })
  expect(decidePurchase(list(), submitted)).toMatchObject({ state: { status: 'approved', erp: 'due' } })
})

test('goods come in parts, never more than was ordered, and the last of them ends it', () => {
  const approved = list({ status: 'approved', erp: 'sent' })
  const first = decidePurchase(approved, { type: 'received', lines: [{ lineNumber: 1, units: 10 }] })
  if (!first.ok) throw new Error(first.detail)
  expect(first.state.status).toBe('partially_received')
  const more = { type: 'received', lines: [{ lineNumber: 2, units: 6 }] } as const
  expect(decidePurchase(first.state, more)).toMatchObject({ code: 'purchase-quantity-too-large' })
  const rest = { type: 'received', lines: [{ lineNumber: 2, units: 5 }] } as const
  expect(decidePurchase(first.state, rest)).toMatchObject({ state: { status: 'received' } })
  const none = { type: 'received', lines: [{ lineNumber: 9, units: 1 }] } as const
  expect(decidePurchase(approved, none)).toMatchObject({ code: 'purchase-line-not-found' })
})

test('what the ERP has ordered, or may have, is not cancelled, only closed', () => {
  const sent = list({ status: 'approved', erp: 'sent' })
  const cancelled = { type: 'cancelled', reason: 'r' } as const
  expect(decidePurchase(sent, cancelled)).toMatchObject({ code: 'purchase-already-sent' })
  expect(decidePurchase({ ...sent, erp: 'sending' }, cancelled)).toMatchObject({ ok: false })
  expect(decidePurchase({ ...sent, erp: 'due' }, cancelled)).toMatchObject({
    state: { status: 'cancelled', erp: 'none' },
  })
  expect(decidePurchase(sent, { type: 'closed', reason: 'r' })).toMatchObject({
    state: { status: 'closed_short' },
  })
})

test('whatever happens in whatever order, only legal moves are made, and no unit arrives twice', () => {
  const event: fc.Arbitrary<PurchaseEvent> = fc.oneof(
    fc.constant<PurchaseEvent>({ type: 'edited', lines: [line(1, 3)] }),
    fc.boolean().map((automatic): PurchaseEvent => {
      const approval = automatic ? { automatic } : ({ automatic, roles: ['finance'] } as const)
      return { type: 'submitted', by: 'a', approval }
    }),
    fc.constantFrom(by('b', 'finance'), by('a', 'finance')),
    fc.constant<PurchaseEvent>({ ...by('b', 'finance'), type: 'sent_back' }),
    fc
      .record({ lineNumber: fc.integer({ min: 1, max: 3 }), units: fc.integer({ min: 1, max: 12 }) })
      .map((arrived): PurchaseEvent => ({ type: 'received', lines: [arrived] })),
    fc.constantFrom<PurchaseEvent>({ type: 'closed', reason: 'r' }, { type: 'cancelled', reason: 'r' }),
    fc.constant<PurchaseEvent>({ type: 'erp_due' }),
  )
  const property = fc.property(fc.array(event, { maxLength: 20 }), (events) => {
    let state = list()
    for (const each of events) {
      const decision = decidePurchase(state, each)
      if (!decision.ok) continue
      const { state: after } = decision
      if (after.status !== state.status) expect(PURCHASE_TRANSITIONS[state.status]).toContain(after.status)
      expect(isPurchaseClosed(state.status)).toBe(false)
      expect(after.version).toBe(state.version + 1)
      for (const { units, receivedUnits } of after.lines) expect(receivedUnits).toBeLessThanOrEqual(units)
      state = after
    }
  })
  fc.assert(property)
})

test('every status leads somewhere or is an end', () => {
  expect(PURCHASE_STATUSES.filter(isPurchaseClosed)).toEqual(['received', 'closed_short', 'cancelled'])
})
