import {
  type Condition,
  explainRules,
  type Facts,
  matches,
  type TriedRule,
  type Vocabulary,
} from './conditions.ts'

/**
 * Who decides on a change of an order: tiers in the order of a policy, the first whose condition matches. Pure; the
 * result is kept with the request, so that a later policy changes later requests only. Too heavy for workflows, which
 * follow the rows that were made of it.
 */

/** What conditions of tiers may ask. No personal data. */
export const CHANGE_FACTS = {
  /** `price`, `address`, `item`, `quantity`, `gift`, `cancel`, `refund`, `reship`. */
  type: 'string',
  /** What the merchant gives up: what is owed less or paid back, and the value of goods that are sent for nothing. */
  concessionCents: 'number',
  /** Target amount less the amount as it is; negative where the buyer owes less. */
  differenceCents: 'number',
  amountCents: 'number',
  targetAmountCents: 'number',
  orderStatus: 'string',
  paid: 'boolean',
  channel: 'string',
  storeId: 'string',
  region: 'string',
  /** A role, or `buyer` where the buyer's own system asks, or `system`. */
  applicantRole: 'string',
  /** Of the order's customer, in the last `CUSTOMER_DAYS` days: other orders of theirs, and what these cost. */
  customerOrders: 'number',
  customerAmountCents: 'number',
  /** Earlier requests for changes of any of their orders, what was given up by those applied, and what was paid back. */
  customerRequests: 'number',
  customerConcessionCents: 'number',
  customerRefundedCents: 'number',
  /** Requests that goods are sent again for nothing, but those that came to nothing. */
  customerReships: 'number',
  /** Of the order's customer by the policy customer-segments: their segment, empty where they are in none, ... */
  customerSegment: 'string',
  /** ... how often more goods are sent again for nothing, and what may be given up without much ado. */
  customerFreeReshipsLeft: 'number',
  customerLeniencyCents: 'number',
} as const satisfies Vocabulary

export const CUSTOMER_DAYS = 90
export type CustomerFacts = {
  customerOrders: number
  customerAmountCents: number
  customerRequests: number
  customerConcessionCents: number
  customerRefundedCents: number
  customerReships: number
  customerSegment: string
  customerFreeReshipsLeft: number
  customerLeniencyCents: number
}
/** Of a customer whom nobody knows, and of one who is new. */
export const NEW_CUSTOMER: CustomerFacts = {
  customerOrders: 0,
  customerAmountCents: 0,
  customerRequests: 0,
  customerConcessionCents: 0,
  customerRefundedCents: 0,
  customerReships: 0,
  customerSegment: '',
  customerFreeReshipsLeft: 0,
  customerLeniencyCents: 0,
}

export type ChangeFacts = Facts &
  CustomerFacts & {
    type: string
    concessionCents: number
    differenceCents: number
    amountCents: number
    targetAmountCents: number
    orderStatus: string
    paid: boolean
    channel: string
    storeId: string
    region: string
    applicantRole: string
  }

/** Roles that a policy may name as deciding on changes. */
export const CHANGE_APPROVERS = [
  'team_lead',
  'store_manager',
  'regional_director',
  'finance',
  'ops',
  'admin',
] as const
export type ChangeApproverRole = (typeof CHANGE_APPROVERS)[number]

/** Everybody of a role who answers for the order's store or region, or at headquarters; or one account by its name. */
export type Approver =
  | { role: ChangeApproverRole; within: 'store' | 'region' | 'headquarters' }
  | { account: string }

/** One of the approvers is enough, each of them must agree, or so many different people. */
export type ApprovalMode = 'any' | 'all' | { atLeast: number }

/** Those who are asked at one time, and how long they have. */
export type ApprovalLevel = {
  tier: string
  title: string
  approvers: Approver[]
  mode: ApprovalMode
  deadlineSeconds: number
  /** After so long without a decision they are reminded. */
  reminderSeconds: number | null
}

/** One decision of a route: its level, then those that it rises to when nobody decides in time. */
export type ApprovalStep = { levels: [ApprovalLevel, ...ApprovalLevel[]] }

export type ApprovalTier = Omit<ApprovalLevel, 'tier'> & {
  name: string
  condition: Condition
  /** Nobody has to decide. */
  automatic: boolean
  /** Names of earlier tiers that decide before this one. */
  after: string[]
  /** The later tier that decides where this one does not in time; null: the request expires. */
  escalateTo: string | null
}

export type ApprovalRoute = {
  /** The tier whose condition matched. */
  tier: string
  /** None: approved by the policy itself. */
  steps: ApprovalStep[]
}

/**
 * The way of a request with these facts through a policy's tiers.
 *
 * @throws Error for tiers of which none matches, which the policy's schema does not accept
 */
export function approvalRouteOf(facts: ChangeFacts, tiers: readonly ApprovalTier[]): ApprovalRoute {
  const tier = tiers.find(({ condition }) => matches(condition, facts))
  if (!tier) throw new Error('no tier decides on this change')
  if (tier.automatic) return { tier: tier.name, steps: [] }
  const before = tiers.filter(({ name, automatic }) => tier.after.includes(name) && !automatic)
  return { tier: tier.name, steps: [...before, tier].map((entry) => stepOf(entry, tiers)) }
}

export type TriedTier = Omit<TriedRule, 'rule'> & { tier: string; title: string }

/** Why the route is as it is: each tier that was tried, with its condition and the comparisons in it. */
export function explainRoute(facts: ChangeFacts, tiers: readonly ApprovalTier[]): TriedTier[] {
  const rules = tiers.map(({ condition, name, title }) => ({ condition, outcome: { tier: name, title } }))
  return explainRules(rules, facts).flatMap(({ rule, ...tried }) => {
    const tier = rules[rule]?.outcome
    return tier ? [{ ...tier, ...tried }] : []
  })
}

function stepOf(tier: ApprovalTier, tiers: readonly ApprovalTier[]): ApprovalStep {
  const levels: ApprovalStep['levels'] = [levelOf(tier)]
  let { escalateTo } = tier
  // Only to later tiers, which the schema sees to: so it ends.
  for (const next of tiers) {
    if (next.name !== escalateTo) continue
    levels.push(levelOf(next))
    escalateTo = next.escalateTo
  }
  return { levels }
}

function levelOf(tier: ApprovalTier): ApprovalLevel {
  const { name, title, approvers, mode, deadlineSeconds, reminderSeconds } = tier
  return { tier: name, title, approvers, mode, deadlineSeconds, reminderSeconds }
}

/** How many different people must agree, of so many who may; null where so many will never be found. */
export function agreementsNeeded(mode: ApprovalMode, people: number): number | null {
  const needed = mode === 'any' ? 1 : mode === 'all' ? people : mode.atLeast
  return needed > 0 && needed <= people ? needed : null
}
