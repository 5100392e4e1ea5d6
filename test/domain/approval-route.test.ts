import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  type ApprovalTier,
  agreementsNeeded,
  approvalRouteOf,
  type ChangeFacts,
  explainRoute,
  NEW_CUSTOMER,
} from '../../domain/approval-route.ts'

const { tiers } = POLICIES['approval-route'].initial
const { schema, initial } = POLICIES['approval-route']
const facts = (changes: Partial<ChangeFacts> = {}): ChangeFacts => ({
  type: 'price',
  concessionCents: 0,
  differenceCents: 0,
  amountCents: 100_000,
  targetAmountCents: 100_000,
  orderStatus: 'paid',
  paid: true,
  channel: 'mall',
  storeId: 'ST-01',
  region: '华东',
  applicantRole: 'clerk',
  ...NEW_CUSTOMER,
  ...changes,
})
const reduction = (cents: number, type = 'price') =>
  facts({ type, concessionCents: cents, differenceCents: -cents, targetAmountCents: 100_000 - cents })
const namesOf = (given: ChangeFacts, policy: readonly ApprovalTier[] = tiers) =>
  approvalRouteOf(given, policy).steps.map((step) => step.levels.map((level) => level.tier))

describe('the built-in policy', () => {
  test.each([
    [0, 'team-lead'],
    [4_999, 'team-lead'],
    [5_000, 'store-manager'],
    [10_000, 'store-manager'],
    [10_001, 'regional-director'],
    [50_000, 'regional-director'],
    [50_001, 'headquarters-finance'],
  ])('a reduction by %i cents is decided by the %s alone', (cents, name) => {
    expect(approvalRouteOf(reduction(cents), tiers)).toMatchObject({
      tier: name,
      steps: [{ levels: expect.anything() }],
    })
    expect(namesOf(reduction(cents))[0]?.[0]).toBe(name)
  })

  test('who is asked answers for the store, the region, or all of it', () => {
    const approvers = (cents: number) =>
      approvalRouteOf(reduction(cents), tiers).steps[0]?.levels[0].approvers
    expect([0, 5_000, 10_001, 50_001].map(approvers)).toEqual([
      [{ role: 'team_lead', within: 'store' }],
      [{ role: 'store_manager', within: 'store' }],
      [{ role: 'regional_director', within: 'region' }],
      [{ role: 'finance', within: 'headquarters' }],
    ])
  })

  test('an address is decided by the team lead, whatever the order is worth', () => {
    expect(namesOf(facts({ type: 'address', amountCents: 90_000_000 }))).toEqual([
      ['address', 'store-manager', 'regional-director', 'headquarters-finance'],
    ])
  })

  test.each([1, 4_999, 50_001])('a refund of %i cents is decided by finance', (cents) => {
    const [step, ...more] = approvalRouteOf(reduction(cents, 'refund'), tiers).steps
    expect(more).toEqual([])
    expect(step?.levels.map(({ approvers }) => approvers)).toEqual([
      [{ role: 'finance', within: 'headquarters' }],
    ])
  })

  test('a step rises to the next level, each in turn', () => {
    expect(namesOf(reduction(0))).toEqual([
      ['team-lead', 'store-manager', 'regional-director', 'headquarters-finance'],
    ])
    expect(namesOf(reduction(50_001))).toEqual([['headquarters-finance']])
  })

  test('what the buyer’s own system takes back needs nobody; the same from staff does', () => {
    const cancel = { type: 'cancel', concessionCents: 60_000 }
    expect(approvalRouteOf(facts({ ...cancel, applicantRole: 'buyer' }), tiers)).toEqual({
      tier: 'buyer-cancellation',
      steps: [],
    })
    expect(namesOf(facts(cancel))).toEqual([['headquarters-finance']])
  })
})

test('where the policy says so, the tiers below decide first, in their order', () => {
  const stricter = tiers.map((tier) =>
    tier.name === 'headquarters-finance' ? { ...tier, after: ['regional-director', 'store-manager'] } : tier,
  )
  expect(schema.safeParse({ ...initial, tiers: stricter }).success).toBe(true)
  expect(namesOf(reduction(50_001), stricter).map(([first]) => first)).toEqual([
    'store-manager',
    'regional-director',
    'headquarters-finance',
  ])
})

test('a tier may ask what the customer’s last months were like; whoever is new meets none of it', () => {
  const [first, ...more] = tiers
  const wary = schema.parse({
    tiers: [
      {
        name: 'serial',
        title: '风控',
        condition: {
          or: [
            { '>=': [{ var: 'customerRequests' }, 3] },
            { '>': [{ var: 'customerRefundedCents' }, { var: 'customerAmountCents' }] },
          ],
        },
        approvers: [{ role: 'finance', within: 'headquarters' }],
      },
      first,
      ...more,
    ],
  }).tiers
  expect(approvalRouteOf(reduction(100), wary).tier).toBe('team-lead')
  expect(approvalRouteOf({ ...reduction(100), customerRequests: 3 }, wary).tier).toBe('serial')
  expect(approvalRouteOf({ ...reduction(100), customerRefundedCents: 1 }, wary).tier).toBe('serial')
})

test('a route is explained by the comparisons down to the tier that matched', () => {
  const explained = explainRoute(reduction(7_000), tiers)
  expect(explained.map(({ tier, matched }) => [tier, matched])).toEqual([
    ['buyer-cancellation', false],
    ['refund', false],
    ['address', false],
    ['team-lead', false],
    ['store-manager', true],
  ])
  expect(explained.at(-1)?.reasons).toEqual([
    { condition: 'concessionCents <= 10000', matched: true, facts: { concessionCents: 7_000 } },
  ])
})

test('more money never brings a reduction to a lower tier', () => {
  const order = tiers.map(({ name }) => name)
  const rank = (cents: number) => order.indexOf(approvalRouteOf(reduction(cents), tiers).tier)
  const cents = fc.integer({ min: 0, max: 200_000 })
  fc.assert(fc.property(cents, cents, (a, b) => rank(Math.min(a, b)) <= rank(Math.max(a, b))))
})

test.each<[string, object[] | ((tier: ApprovalTier) => object), boolean]>([
  ['as it is built in', (tier) => tier, true],
  ['with no tier', [], false],
  ['whose last tier leaves something undecided', tiers.slice(0, -1), false],
  ['that asks nobody in a tier that is not automatic', (tier) => ({ ...tier, approvers: [] }), false],
  [
    'that asks for a fact which nobody knows',
    (tier) => ({ ...tier, condition: { '<': [{ var: 'x' }, 1] } }),
    false,
  ],
  ['that rises to an earlier tier', (tier) => ({ ...tier, escalateTo: 'refund' }), false],
  ['that rises to itself', (tier) => ({ ...tier, escalateTo: tier.name }), false],
  ['that asks a later tier first', (tier) => ({ ...tier, after: ['headquarters-finance'] }), false],
  ['with two tiers of one name', (tier) => ({ ...tier, name: 'refund' }), false],
  ['that reminds after the deadline', (tier) => ({ ...tier, reminderSeconds: tier.deadlineSeconds }), false],
  ['that wants two of several', (tier) => ({ ...tier, mode: { atLeast: 2 } }), true],
  ['that wants one of several in other words', (tier) => ({ ...tier, mode: { atLeast: 1 } }), false],
  [
    'of a role that does not exist',
    (tier) => ({ ...tier, approvers: [{ role: 'king', within: 'store' }] }),
    false,
  ],
  ['that names a person', (tier) => ({ ...tier, approvers: [{ account: 'li.wei' }] }), true],
])('a policy %s is accepted: %s', (_, changes, accepted) => {
  const changed = Array.isArray(changes)
    ? changes
    : tiers.map((tier) => (tier.name === 'store-manager' ? changes(tier) : tier))
  expect(schema.safeParse({ ...initial, tiers: changed }).success).toBe(accepted)
})

test.each([
  ['any' as const, 3, 1],
  ['any' as const, 0, null],
  ['all' as const, 3, 3],
  ['all' as const, 0, null],
  [{ atLeast: 2 }, 3, 2],
  [{ atLeast: 2 }, 1, null],
])('mode %j of %i people needs %s to agree', (mode, people, needed) => {
  expect(agreementsNeeded(mode, people)).toBe(needed)
})
