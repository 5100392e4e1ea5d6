import type { AbnormalFacts, RecordedFacts } from './abnormal-facts.ts'
import { type Condition, explain, inWords, matches } from './conditions.ts'
import type { CheckOutcome, FindingAction } from './order-check.ts'
import { OFFICE_ROLES } from './role.ts'

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Roles that a rule may give its orders to, and that may let a blocked one go. */
export const HANDLER_ROLES = OFFICE_ROLES
export type HandlerRole = (typeof HANDLER_ROLES)[number]

/** Who looks at an order that a rule has found. Of several, those who may see its store. */
export type HandlerChoice =
  | { kind: 'person'; account: string }
  | { kind: 'role'; role: HandlerRole }
  /** In turns, or whoever has the fewest open work items. */
  | { kind: 'round-robin' | 'least-loaded'; among: { role: HandlerRole } | { accounts: string[] } }

export type AbnormalRule = {
  name: string
  condition: Condition
  tag: string
  severity: Severity
  action: FindingAction
  handler: HandlerChoice | null
  /** Who may let a blocked order go. */
  releasedBy: HandlerRole[]
}

export type AbnormalPolicy = {
  rules: readonly AbnormalRule[]
  /** Codes of divisions, or their first digits. */
  remoteDivisions: readonly string[]
}

/** What one rule has found, with the facts that it asked. */
export type Finding = {
  rule: string
  tag: string
  severity: Severity
  action: FindingAction
  /** The facts in a few words: `detailCharacters 2`. */
  because: string
  facts: Record<string, unknown>
}

/** Facts with what the policy says of the place. */
export function judgedFacts(
  { remoteDivisions }: Pick<AbnormalPolicy, 'remoteDivisions'>,
  facts: RecordedFacts,
): AbnormalFacts {
  const { divisionCode } = facts
  const remoteArea = remoteDivisions.some((prefix) => divisionCode.startsWith(prefix))
  return { ...facts, remoteArea }
}

/** Every rule that matches, in the order of the policy. Pure: the same facts and rules find the same. */
export function judgeOrder(policy: AbnormalPolicy, recorded: RecordedFacts): Finding[] {
  const facts = judgedFacts(policy, recorded)
  return policy.rules
    .filter(({ condition }) => matches(condition, facts))
    .map(({ name, condition, tag, severity, action }) => {
      const fired = firedFacts(condition, facts)
      return { rule: name, tag, severity, action, because: inShort(fired, condition), facts: fired }
    })
}

/** The facts of the comparisons that held; of a rule that matches by what is not so, all that it asked. */
function firedFacts(condition: Condition, facts: AbnormalFacts): Record<string, unknown> {
  const reasons = explain(condition, facts)
  const held = reasons.filter(({ matched }) => matched)
  return Object.assign({}, ...(held.length > 0 ? held : reasons).map((reason) => reason.facts))
}

const MOST_SHORT_CHARACTERS = 160

function inShort(fired: Record<string, unknown>, condition: Condition): string {
  const words = Object.entries(fired).map(([name, value]) =>
    Array.isArray(value) ? `${name} ${value.map(shortItem).join(' ')}` : `${name} ${String(value)}`,
  )
  const short = words.length > 0 ? words.join(', ') : inWords(condition)
  return short.slice(0, MOST_SHORT_CHARACTERS)
}

/** Of an item its first two fields say which it is. */
function shortItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item)
  return Object.values(item).slice(0, 2).map(String).join('×')
}

const STRENGTH: readonly FindingAction[] = ['note', 'hold', 'block']

/** What follows from findings together: the strictest of their actions. */
export function outcomeOf(findings: readonly Pick<Finding, 'action'>[]): CheckOutcome {
  const strongest = Math.max(-1, ...findings.map(({ action }) => STRENGTH.indexOf(action)))
  return (['clear', 'noted', 'held', 'blocked'] as const)[strongest + 1] ?? 'clear'
}

/**
 * Findings after a person's word: what somebody has let go is only noted when the same rule finds the same again.
 *
 * @param released what was let go in earlier checks of the order
 */
export function withoutReleased(
  findings: readonly Finding[],
  released: readonly Pick<Finding, 'rule' | 'facts'>[],
): (Finding & { wasReleased: boolean })[] {
  const known = new Set(released.map(printOf))
  return findings.map((finding) =>
    finding.action !== 'note' && known.has(printOf(finding))
      ? { ...finding, action: 'note', wasReleased: true }
      : { ...finding, wasReleased: false },
  )
}

/** Facts come back from the database in another order. */
function printOf({ rule, facts }: Pick<Finding, 'rule' | 'facts'>): string {
  return JSON.stringify([
    rule,
    Object.entries(facts)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(sortedValue),
  ])
}

function sortedValue([name, value]: [string, unknown]): [string, unknown] {
  if (!Array.isArray(value)) return [name, value]
  return [
    name,
    value.map((item: unknown) =>
      typeof item === 'object' && item !== null
        ? Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))
        : item,
    ),
  ]
}

/** The strictest finding, of those the earliest rule: whose handler is given the work item. */
export function decisiveFinding<Found extends Pick<Finding, 'action'>>(
  findings: readonly Found[],
): Found | null {
  const [first] = findings
    .filter(({ action }) => action !== 'note')
    .toSorted((a, b) => STRENGTH.indexOf(b.action) - STRENGTH.indexOf(a.action))
  return first ?? null
}

/** An order with which nothing is wrong. */
export const ORDINARY_ORDER: RecordedFacts = {
  channel: 'mall',
  storeId: 'ORDINARY',
  divisionCode: '330106',
  provinceCode: '33',
  amountCents: 9_900,
  freightCents: 0,
  units: 1,
  isAgain: false,
  addressReadable: true,
  divisionLevel: 'district',
  divisionAmbiguous: false,
  divisionContradictory: false,
  detailCharacters: 16,
  detailVague: false,
  houseNumberMissing: false,
  phoneKind: 'mobile',
  remarkCharacters: 0,
  sensitiveWords: 0,
  sensitive: [],
  customerOrders: 2,
  amountTimesUsual: 1,
  quantityTimesUsual: 1,
  lowestPricePercent: 100,
  highestPricePercent: 100,
  ordersToAddressLastDay: 0,
  ordersToPhoneLastDay: 0,
  duplicatesLastHour: 0,
  duplicatesLastDay: 0,
  lines: [
    {
      skuId: 'ORDINARY',
      quantity: 1,
      unitPriceCents: 9_900,
      usualQuantity: 1,
      quantityTimesUsual: 1,
      pricePercent: 100,
    },
  ],
}

/** The same from elsewhere and of another size: a rule that stops all of these is about nothing that is wrong. */
export const ORDINARY_ORDERS: readonly RecordedFacts[] = [
  ORDINARY_ORDER,
  {
    ...ORDINARY_ORDER,
    ...{ channel: 'taobao', storeId: 'ANOTHER', divisionCode: '110105', provinceCode: '11', units: 3 },
    ...{
      amountCents: 52_000,
      freightCents: 800,
      remarkCharacters: 12,
      customerOrders: 0,
      amountTimesUsual: 0,
    },
  },
  {
    ...ORDINARY_ORDER,
    ...{ channel: 'jd', storeId: 'A-THIRD', divisionCode: '440305', provinceCode: '44', units: 2 },
    ...{ amountCents: 2_900, phoneKind: 'privacy', detailCharacters: 9, quantityTimesUsual: 0 },
  },
]

/** Whether a rule stops an order as these facts show it. */
export function stops(
  policy: Pick<AbnormalPolicy, 'remoteDivisions'>,
  { condition, action }: Pick<AbnormalRule, 'condition' | 'action'>,
  facts: RecordedFacts,
): boolean {
  return action !== 'note' && matches(condition, judgedFacts(policy, facts))
}
