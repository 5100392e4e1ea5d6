import { type OffHours, offHours, type WorkingCalendar } from './working-time.ts'

/**
 * What about changes of orders risk control should look at. Pure: the same requests, rules and calendar give the same
 * anomalies under the same keys, in whatever order and however often they are looked at.
 */

export const ANOMALY_KINDS = [
  'frequent_person',
  'frequent_order',
  'repeated_customer',
  'self_dealing',
  'off_hours',
  'off_price',
  'below_limit',
] as const
export type AnomalyKind = (typeof ANOMALY_KINDS)[number]

/** A request for a change, as far as it can look strange. */
export type ChangeRecord = {
  changeId: string
  orderId: string
  storeId: string
  applicant: string
  submittedAtMs: number
  /** Whom the order is for, in a form that can be compared and nothing else; null where nobody knows. */
  customer: string | null
  concessionCents: number
  /** Everybody whose agreement counted. */
  approvedBy: readonly string[]
  /** Of each line whose price or goods change. */
  prices: readonly { skuId: string; unitPriceCents: number; standardPriceCents: number }[]
}

/** So many requests of one subject within so many days. */
export type FrequencyRule = { count: number; days: number; points: number }
/** Null switches a rule off. `points`: what an anomaly that just fulfils the rule scores, of 100. */
export type AnomalyRules = {
  frequentPerson: FrequencyRule | null
  frequentOrder: FrequencyRule | null
  repeatedCustomer: FrequencyRule | null
  /** And at least this share of what the applicant got approved in that time was approved by the same person. */
  selfDealing: (FrequencyRule & { sharePercent: number }) | null
  offHours: { points: number } | null
  /** A unit price that differs by more than this from the standard price. */
  offPrice: { percent: number; points: number } | null
  /** Concessions within so many percent below the most that a level may decide. */
  belowLimit: { limitsCents: readonly number[]; withinPercent: number; points: number } | null
}

export type AnomalySubject = {
  kind: 'person' | 'order' | 'customer' | 'pair' | 'request'
  /** Of a pair applicant and approver, joined by ` → `; of a customer the order that set it off. */
  id: string
}
export type Anomaly = {
  /** Kind and the request that set it off: the same whenever it is looked at. */
  key: string
  kind: AnomalyKind
  subject: AnomalySubject
  /** The request that set it off, and its store. */
  changeId: string
  storeId: string
  /** 0 to 100. */
  score: number
  evidence: AnomalyEvidence
}
export type AnomalyEvidence = {
  /** All that count, the oldest first. */
  changeIds: string[]
  /** People whose behaviour it is about: they do not judge it. */
  people: string[]
  measured: number
  limit: number
  unit: 'requests' | 'percent' | 'cents'
  /** Of what the rule counts in; null for single requests. */
  days: number | null
  offHours?: OffHours
  skuId?: string
  /** Each of the two approves what the other asks for. */
  mutual?: boolean
}

const DAY_MS = 86_400_000

/** Everything that the rules find, by key. */
export function findAnomalies(
  records: readonly ChangeRecord[],
  rules: AnomalyRules,
  calendar: WorkingCalendar,
): Anomaly[] {
  const inOrder = [...records].sort(
    (a, b) => a.submittedAtMs - b.submittedAtMs || (a.changeId < b.changeId ? -1 : 1),
  )
  return [
    ...frequent(inOrder, 'frequent_person', rules.frequentPerson, 'person', (record) => record.applicant),
    ...frequent(inOrder, 'frequent_order', rules.frequentOrder, 'order', (record) => record.orderId),
    ...frequent(
      inOrder,
      'repeated_customer',
      rules.repeatedCustomer,
      'customer',
      (record) => record.customer,
    ),
    ...pairs(inOrder, rules.selfDealing),
    ...inOrder.flatMap((record) => single(record, rules, calendar)),
  ].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/**
 * How far back requests must be known for whatever was set off within the last `days` to be found again under the same
 * key: what set it off is judged by its window, and that nothing was open before by the window of the request before it.
 */
export function lookBackDays(rules: AnomalyRules, days: number): number {
  const windows = [rules.frequentPerson, rules.frequentOrder, rules.repeatedCustomer, rules.selfDealing]
  return days + 2 * Math.max(0, ...windows.map((rule) => rule?.days ?? 0))
}

/** A time in which a subject stayed at or above the threshold: it began with the request that reached it. */
type Spell = { setOffBy: ChangeRecord; records: ChangeRecord[]; peak: number }

/**
 * The spells of one subject. Each request is judged by those of the window that ends with it, so that how far back is
 * looked changes nothing as long as the window is whole.
 */
function spells(
  records: readonly ChangeRecord[],
  { count, days }: FrequencyRule,
  counts: (window: readonly ChangeRecord[]) => boolean = () => true,
): Spell[] {
  const found: Spell[] = []
  let open: Spell | null = null
  let first = 0
  for (const [index, record] of records.entries()) {
    while (record.submittedAtMs - (records[first]?.submittedAtMs ?? 0) >= days * DAY_MS) first += 1
    const window = records.slice(first, index + 1)
    if (window.length < count || !counts(window)) {
      open = null
      continue
    }
    if (open) open.records.push(record)
    else {
      open = { setOffBy: record, records: [...window], peak: 0 }
      found.push(open)
    }
    open.peak = Math.max(open.peak, window.length)
  }
  return found
}

function frequent(
  records: readonly ChangeRecord[],
  kind: AnomalyKind,
  rule: FrequencyRule | null,
  subject: AnomalySubject['kind'],
  subjectOf: (record: ChangeRecord) => string | null,
): Anomaly[] {
  if (!rule) return []
  return [...grouped(records, subjectOf)].flatMap(([id, own]) =>
    spells(own, rule).map((spell) => ({
      ...common(kind, spell.setOffBy),
      // Who a customer is stays where it is sealed.
      subject: { kind: subject, id: subject === 'customer' ? spell.setOffBy.orderId : id },
      score: scoreOf(rule.points, spell.peak / rule.count),
      evidence: {
        ...counted(spell, rule),
        people: [...new Set(spell.records.map(({ applicant }) => applicant))].sort(),
      },
    })),
  )
}

function pairs(records: readonly ChangeRecord[], rule: AnomalyRules['selfDealing']): Anomaly[] {
  if (!rule) return []
  const approved = records.filter(({ approvedBy }) => approvedBy.length > 0)
  const byApplicant = grouped(approved, ({ applicant }) => applicant)
  return [...byApplicant].flatMap(([applicant, own]) =>
    [...new Set(own.flatMap(({ approvedBy }) => approvedBy))].sort().flatMap((approver) => {
      const together = own.filter(({ approvedBy }) => approvedBy.includes(approver))
      const mutual = (byApplicant.get(approver) ?? []).some(({ approvedBy }) =>
        approvedBy.includes(applicant),
      )
      return spells(together, rule, (window) => isMostly(window, own, rule)).map((spell) => ({
        ...common('self_dealing', spell.setOffBy),
        key: `self_dealing:${spell.setOffBy.changeId}:${approver}`,
        subject: { kind: 'pair' as const, id: `${applicant} → ${approver}` },
        score: scoreOf(rule.points, (spell.peak / rule.count) * (mutual ? 2 : 1)),
        evidence: { ...counted(spell, rule), people: [applicant, approver].sort(), mutual },
      }))
    }),
  )
}

/** Whether what one person approved is that share of all that the applicant got approved in the same time. */
function isMostly(
  window: readonly ChangeRecord[],
  own: readonly ChangeRecord[],
  { days, sharePercent }: { days: number; sharePercent: number },
): boolean {
  const endMs = window.at(-1)?.submittedAtMs ?? 0
  const all = own.filter(
    ({ submittedAtMs }) => submittedAtMs <= endMs && endMs - submittedAtMs < days * DAY_MS,
  )
  return window.length * 100 >= all.length * sharePercent
}

function single(record: ChangeRecord, rules: AnomalyRules, calendar: WorkingCalendar): Anomaly[] {
  return [
    offHoursOf(record, rules, calendar),
    offPriceOf(record, rules),
    belowLimitOf(record, rules),
  ].flatMap((anomaly) => anomaly ?? [])
}

function offHoursOf(record: ChangeRecord, { offHours: rule }: AnomalyRules, calendar: WorkingCalendar) {
  const off = rule && offHours(calendar, record.storeId, record.submittedAtMs)
  if (!off) return null
  return one('off_hours', record, rule.points, { measured: 1, limit: 1, unit: 'requests', offHours: off })
}

function offPriceOf(record: ChangeRecord, { offPrice: rule }: AnomalyRules): Anomaly | null {
  if (!rule) return null
  const worst = record.prices
    .filter(({ standardPriceCents }) => standardPriceCents > 0)
    .map(({ skuId, unitPriceCents, standardPriceCents }) => ({
      skuId,
      percent: (Math.abs(unitPriceCents - standardPriceCents) * 100) / standardPriceCents,
    }))
    .sort((a, b) => b.percent - a.percent || (a.skuId < b.skuId ? -1 : 1))[0]
  if (!worst || worst.percent <= rule.percent) return null
  const measured = Math.round(worst.percent * 10) / 10
  // A rule of 0 % notes every deviation, and one of 100 % is one such step.
  const score = scoreOf(rule.points, worst.percent / Math.max(1, rule.percent))
  return one('off_price', record, score, {
    measured,
    limit: rule.percent,
    unit: 'percent',
    skuId: worst.skuId,
  })
}

function belowLimitOf(record: ChangeRecord, { belowLimit: rule }: AnomalyRules): Anomaly | null {
  if (!rule) return null
  const { concessionCents } = record
  const limit = [...rule.limitsCents]
    .sort((a, b) => a - b)
    .find((most) => concessionCents <= most && (most - concessionCents) * 100 <= most * rule.withinPercent)
  if (limit === undefined || concessionCents === 0) return null
  return one('below_limit', record, rule.points, { measured: concessionCents, limit, unit: 'cents' })
}

function one(
  kind: AnomalyKind,
  record: ChangeRecord,
  score: number,
  evidence: Omit<AnomalyEvidence, 'changeIds' | 'people' | 'days'>,
): Anomaly {
  return {
    ...common(kind, record),
    subject: { kind: 'request', id: record.changeId },
    score,
    evidence: { changeIds: [record.changeId], people: [record.applicant], days: null, ...evidence },
  }
}

function common(kind: AnomalyKind, { changeId, storeId }: ChangeRecord) {
  return { key: `${kind}:${changeId}`, kind, changeId, storeId }
}

function counted(spell: Spell, { count, days }: FrequencyRule) {
  return {
    changeIds: spell.records.map(({ changeId }) => changeId),
    measured: spell.peak,
    limit: count,
    unit: 'requests' as const,
    days,
  }
}

/** A rule that is just fulfilled scores its points; what goes beyond it, in proportion, at most 100. */
function scoreOf(points: number, times: number): number {
  return Math.min(100, Math.round(points * times))
}

function grouped(
  records: readonly ChangeRecord[],
  by: (record: ChangeRecord) => string | null,
): Map<string, ChangeRecord[]> {
  const groups = new Map<string, ChangeRecord[]>()
  for (const record of records) {
    const id = by(record)
    if (id === null) continue
    const known = groups.get(id)
    if (known) known.push(record)
    else groups.set(id, [record])
  }
  return groups
}
