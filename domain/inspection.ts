import { decideByRules, explainRules, type Facts, type Rule, type TriedRule } from './conditions.ts'

/** An order that somebody goes to see: which ones, who goes, and what becomes of it. */
export const INSPECTION_STATES = ['open', 'passed', 'failed', 'cancelled'] as const
export type InspectionState = (typeof INSPECTION_STATES)[number]

/**
 * A result is taken even of one that was cancelled: whoever was out of reach of the network has been there, and what they
 * found is true. It is taken once.
 */
export const INSPECTION_TRANSITIONS: Record<InspectionState, readonly InspectionState[]> = {
  open: ['passed', 'failed', 'cancelled'],
  cancelled: ['passed', 'failed'],
  passed: [],
  failed: [],
}

export const INSPECTION_STATE_MEANING: Record<InspectionState, { en: string; zh: string }> = {
  open: { en: 'somebody has to go there', zh: '待稽查' },
  passed: { en: 'seen, nothing is wrong', zh: '稽查通过' },
  failed: { en: 'seen, something is wrong: a work item says what', zh: '稽查不通过，已生成待办' },
  cancelled: {
    en: 'nobody has to go there any more; a result that was on its way is taken all the same',
    zh: '已取消；此前已完成的结果仍会接收',
  },
}

/** What a rule says of the orders that it matches. */
export type InspectionDraw = {
  /** Of a hundred of these orders so many are inspected; 0 leaves them alone. */
  sharePercent: number
  /** The name of the checklist. */
  checklist: string
  /** Counted from the order's arrival. */
  dueSeconds: number
}

export type InspectionSelection = {
  /** Null: no rule matches. */
  rule: number | null
  draw: InspectionDraw | null
  isSelected: boolean
  /** Where the order lies between 0 and 100; selected is what lies below the share. */
  lot: number
  reasons: TriedRule[]
}

/** The same as it is kept with an inspection. */
export type InspectionDrawnBy = {
  rule: number
  sharePercent: number
  lot: number
  reasons: InspectionSelection['reasons']
}

/**
 * Whether an order is inspected: the first rule that matches says of how many such orders, and the order's lot whether it is
 * one of them. The same order has the same lot for ever, so that asking again answers the same, and a larger share only adds.
 */
export function selectInspection(
  rules: readonly Rule<InspectionDraw>[],
  orderId: string,
  facts: Facts,
): InspectionSelection {
  const { outcome: draw, rule } = decideByRules<InspectionDraw | null>(rules, null, facts)
  const lot = lotOf(orderId) * 100
  const isSelected = draw !== null && lot < draw.sharePercent
  return { rule, draw, isSelected, lot, reasons: explainRules(rules, facts) }
}

/** A number from 0 up to, not including, 1, that depends on the text only: FNV-1a, mixed until every bit counts for each. */
export function lotOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Roles whose people may be sent. An inspector sees nothing but what they are sent to. */
export const INSPECTOR_ROLES = [
  'inspector',
  'clerk',
  'team_lead',
  'store_manager',
  'regional_director',
  'ops',
  'admin',
] as const
export type InspectorRole = (typeof INSPECTOR_ROLES)[number]

/** One account, or everybody of a role: of the order's store, of the region that its address lies in, or wherever. */
export type InspectorChoice =
  | { account: string }
  | { role: InspectorRole; within: 'store' | 'region' | 'headquarters' }

export type InspectionArea = {
  /** Codes of provinces, cities or districts; the whole country where neither these nor regions are named. */
  divisions: readonly string[]
  regions: readonly string[]
  /** In this order: the next one only where the one before has nobody. */
  assignTo: readonly InspectorChoice[]
}

/** Who may be sent to an address: what the first area that it lies in says. */
export function inspectorsFor(
  areas: readonly InspectionArea[],
  address: { divisionCode: string; region: string | null },
): readonly InspectorChoice[] {
  const area = areas.find(
    ({ divisions, regions }) =>
      (divisions.length === 0 && regions.length === 0) ||
      divisions.some((code) => isWithin(address.divisionCode, code)) ||
      (address.region !== null && regions.includes(address.region)),
  )
  return area?.assignTo ?? []
}

/** 330110 lies within 330110, 330100 and 330000. */
function isWithin(divisionCode: string, code: string): boolean {
  return divisionCode.startsWith(code.replace(/(00){1,2}$/, ''))
}

/** Whoever has the fewest to go to; of several the one whom the order's lot falls on. Null where there is nobody. */
export function pickInspector(
  people: readonly { userName: string; openInspections: number }[],
  orderId: string,
): string | null {
  const fewest = Math.min(...people.map(({ openInspections }) => openInspections))
  const idle = people
    .filter(({ openInspections }) => openInspections === fewest)
    .map(({ userName }) => userName)
    .sort()
  return idle[Math.floor(lotOf(orderId) * idle.length)] ?? null
}
