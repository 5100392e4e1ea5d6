/**
 * Compares what the hub says with what another system says, line by line. Pure: which lines there are, and what becomes of
 * a difference, is for others.
 */

/** Who the hub is compared with. */
export const COUNTERPARTS = ['channel', 'finance', 'logistics', 'crm', 'erp', 'wms'] as const
export type Counterpart = (typeof COUNTERPARTS)[number]

/** What a line tells of. Values are cents, of stock units, of a customer nothing. */
export const LINE_KINDS = [
  'order',
  'refund',
  'payment',
  'waybill',
  'customer',
  'after_sale',
  'stock',
] as const
export type LineKind = (typeof LINE_KINDS)[number]

/** The value's unit. */
export function unitOf(kind: LineKind): 'cents' | 'units' | null {
  if (kind === 'stock') return 'units'
  return kind === 'customer' ? null : 'cents'
}

/** What one side says of one thing. */
export type ReconciliationLine = {
  /** Its name on its side, unique there. */
  ref: string
  kind: LineKind
  /** What both sides call it by. */
  key: string
  /** What lines without a common key are looked for among: mostly an order, with what of it. One of its own where there is none. */
  group: string
  /** Cents or units; money that goes out is negative. Null: this side does not say. */
  value: number | null
  /** Null: this side does not say. */
  status: string | null
  atMs: number | null
  /** Lines around the period serve as partners only. */
  inPeriod: boolean
  orderId: string | null
  storeId: string | null
}

export type MatchRules = {
  /** Values that differ by so much are the same, in cents or units. */
  tolerance: number
  /** Times that differ by so many days are the same; also how far apart lines may be that share no key. */
  toleranceDays: number
  /** So many days a line may be the only one: the other side is later. `here`: for what the hub is still to hear of. */
  graceDays: { here: number; there: number }
}

export const DIFFERENCE_KINDS = [
  'missing_here',
  'missing_there',
  'amount',
  'status',
  'duplicate',
  'timing',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]
/** What two lines that belong together may disagree in, the gravest first. */
export const FACETS = ['amount', 'status', 'timing'] as const
export type Facet = (typeof FACETS)[number]

type Pair = { hub: ReconciliationLine; there: ReconciliationLine }
export type Difference = {
  kind: DifferenceKind
  /** Everything that the two disagree in; the first is the kind. Empty where there is only one line. */
  facets: readonly Facet[]
  hub: ReconciliationLine | null
  there: ReconciliationLine | null
  /** By how much the other side says more than the hub. */
  valueDifference: number
}
/** Every line is in exactly one of these. */
export type Matching = {
  pairs: Pair[]
  differences: Difference[]
  /** Alone, but not for too long. */
  awaited: ReconciliationLine[]
  /** Of another period. */
  outside: ReconciliationLine[]
}

const DAY_MS = 86_400_000
/** Beyond so many comparisons lines without a common key are not looked for: somebody repeated one order thousands of times. */
const MOST_CANDIDATES = 250_000

const emptyMatching = (): Matching => ({ pairs: [], differences: [], awaited: [], outside: [] })

/**
 * Matches the lines of one key. Equal values come together first, the rest in the order of their values; what is left on a
 * side where the other one has something is a duplicate. Lines that are alone under their key are handed back.
 */
export function matchKey(
  hubLines: readonly ReconciliationLine[],
  thereLines: readonly ReconciliationLine[],
  rules: MatchRules,
): Matching & { left: { hub: ReconciliationLine[]; there: ReconciliationLine[] } } {
  const matching = emptyMatching()
  const hub = [...hubLines].sort(byValue)
  const there = [...thereLines].sort(byValue)
  if (hub.length === 0 || there.length === 0) return { ...matching, left: { hub, there } }
  const { equal, hubRest, thereRest } = pairEqual(hub, there)
  const count = Math.min(hubRest.length, thereRest.length)
  const unequal = hubRest.slice(0, count).flatMap((line, index) => {
    const other = thereRest[index]
    return other ? [{ hub: line, there: other }] : []
  })
  for (const pair of [...equal, ...unequal]) judge(matching, pair, rules)
  for (const line of hubRest.slice(count)) alone(matching, 'duplicate', line, null)
  for (const line of thereRest.slice(count)) alone(matching, 'duplicate', null, line)
  return { ...matching, left: { hub: [], there: [] } }
}

/** Two sorted lists, each value of one with the same value of the other as often as both have it. */
function pairEqual(hub: readonly ReconciliationLine[], there: readonly ReconciliationLine[]) {
  const equal: Pair[] = []
  const hubRest: ReconciliationLine[] = []
  const thereRest: ReconciliationLine[] = []
  let [h, t] = [0, 0]
  for (;;) {
    const [mine, theirs] = [hub[h], there[t]]
    if (!mine || !theirs) break
    const order = compareValues(mine.value, theirs.value)
    if (order === 0) equal.push({ hub: mine, there: theirs })
    else if (order < 0) hubRest.push(mine)
    else thereRest.push(theirs)
    if (order <= 0) h += 1
    if (order >= 0) t += 1
  }
  return { equal, hubRest: [...hubRest, ...hub.slice(h)], thereRest: [...thereRest, ...there.slice(t)] }
}

/**
 * Matches the lines of one group that share no key: the nearest values, then the nearest times first, within what is
 * tolerated. What is left is missing on the other side, unless that may still come.
 *
 * @param nowMs what ages are counted to
 */
export function matchGroup(
  hub: readonly ReconciliationLine[],
  there: readonly ReconciliationLine[],
  rules: MatchRules,
  nowMs: number,
): Matching {
  const matching = emptyMatching()
  const taken = new Set<ReconciliationLine>()
  for (const { hub: mine, there: theirs } of candidates(hub, there, rules)) {
    if (taken.has(mine) || taken.has(theirs)) continue
    taken.add(mine).add(theirs)
    judge(matching, { hub: mine, there: theirs }, rules)
  }
  const isAwaited = (line: ReconciliationLine, days: number) =>
    line.inPeriod && line.atMs !== null && nowMs - line.atMs < days * DAY_MS
  for (const line of hub) {
    if (taken.has(line)) continue
    if (isAwaited(line, rules.graceDays.there)) matching.awaited.push(line)
    else alone(matching, 'missing_there', line, null)
  }
  for (const line of there) {
    if (taken.has(line)) continue
    if (isAwaited(line, rules.graceDays.here)) matching.awaited.push(line)
    else alone(matching, 'missing_here', null, line)
  }
  return matching
}

/** Every two lines that may be one, the best first; the same whichever side is called the hub. */
function candidates(
  hub: readonly ReconciliationLine[],
  there: readonly ReconciliationLine[],
  { tolerance, toleranceDays }: MatchRules,
): Pair[] {
  if (hub.length * there.length > MOST_CANDIDATES) return []
  const found: (Pair & { by: readonly [value: number, time: number, one: string, other: string] })[] = []
  for (const mine of hub) {
    for (const theirs of there) {
      if (mine.kind !== theirs.kind || mine.group !== theirs.group) continue
      if (mine.value === null || theirs.value === null) continue
      const value = Math.abs(mine.value - theirs.value)
      const time = apart(mine, theirs) ?? 0
      if (value > tolerance || time > toleranceDays * DAY_MS) continue
      const [one = '', other = ''] = [mine.ref, theirs.ref].sort()
      found.push({ hub: mine, there: theirs, by: [value, time, one, other] })
    }
  }
  return found.sort(
    (a, b) =>
      a.by[0] - b.by[0] ||
      a.by[1] - b.by[1] ||
      compareTexts(a.by[2], b.by[2]) ||
      compareTexts(a.by[3], b.by[3]),
  )
}

/** In what two lines that belong together disagree, the gravest first. */
export function disagreements(
  hub: ReconciliationLine,
  there: ReconciliationLine,
  { tolerance, toleranceDays }: Pick<MatchRules, 'tolerance' | 'toleranceDays'>,
): Facet[] {
  const time = apart(hub, there)
  const disagrees: Record<Facet, boolean> = {
    amount: hub.value !== null && there.value !== null && Math.abs(there.value - hub.value) > tolerance,
    status: hub.status !== null && there.status !== null && hub.status !== there.status,
    timing: time !== null && time > toleranceDays * DAY_MS,
  }
  return FACETS.filter((facet) => disagrees[facet])
}

function judge(matching: Matching, pair: Pair, rules: MatchRules): void {
  const { hub, there } = pair
  if (!hub.inPeriod && !there.inPeriod) {
    matching.outside.push(hub, there)
    return
  }
  const facets = disagreements(hub, there, rules)
  const [kind] = facets
  if (!kind) {
    matching.pairs.push(pair)
    return
  }
  const valueDifference = hub.value === null || there.value === null ? 0 : there.value - hub.value
  matching.differences.push({ kind, facets, hub, there, valueDifference })
}

function alone(
  matching: Matching,
  kind: DifferenceKind,
  hub: ReconciliationLine | null,
  there: ReconciliationLine | null,
): void {
  const line = hub ?? there
  if (line && !line.inPeriod) {
    matching.outside.push(line)
    return
  }
  const valueDifference = (there?.value ?? 0) - (hub?.value ?? 0)
  matching.differences.push({ kind, facets: [], hub, there, valueDifference })
}

function apart(one: ReconciliationLine, other: ReconciliationLine): number | null {
  return one.atMs === null || other.atMs === null ? null : Math.abs(one.atMs - other.atMs)
}

/** By value, time and name: an order that does not depend on how they came. */
function byValue(one: ReconciliationLine, other: ReconciliationLine): number {
  return (
    compareValues(one.value, other.value) ||
    (one.atMs ?? 0) - (other.atMs ?? 0) ||
    compareTexts(one.ref, other.ref)
  )
}

function compareValues(one: number | null, other: number | null): number {
  if (one === null || other === null) return Number(other === null) - Number(one === null)
  return one - other
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

/** The same for the same difference at every run: a line is in one difference at most. */
export function subjectOf({ hub, there }: Pick<Difference, 'hub' | 'there'>): string {
  return hub ? `hub/${hub.ref}` : `there/${there?.ref ?? ''}`
}

/**
 * The money that a difference is about, in cents: what the two disagree by, or all of what only one side has.
 *
 * @param unitPriceCents of an article, where the difference is one of units
 */
export function atStakeCents(
  { hub, there, valueDifference }: Difference,
  unitPriceCents: number | null,
): number {
  const line = hub ?? there
  const unit = line ? unitOf(line.kind) : null
  if (unit === null) return 0
  const isUnequal = valueDifference !== 0 || hub === null || there === null
  // They agree in what it is worth, not in what has become of it.
  const value = isUnequal ? valueDifference : (hub.value ?? 0)
  return Math.abs(value) * (unit === 'units' ? (unitPriceCents ?? 0) : 1)
}

/** What stands open with one counterpart. */
export type OpenFigures = { differences: number; amountCents: number; largestCents: number }
export type AlertThresholds = {
  differences: number | null
  amountCents: number | null
  singleCents: number | null
}

/** Which threshold is reached, if any; the first of several. */
export function alertFor(
  { differences, amountCents, largestCents }: OpenFigures,
  thresholds: AlertThresholds,
): keyof AlertThresholds | null {
  if (differences === 0) return null
  const reached = (figure: number, threshold: number | null) => threshold !== null && figure >= threshold
  if (reached(largestCents, thresholds.singleCents)) return 'singleCents'
  if (reached(amountCents, thresholds.amountCents)) return 'amountCents'
  return reached(differences, thresholds.differences) ? 'differences' : null
}

/** What becomes of a difference. `resolved`: a later run no longer found it. */
export const DIFFERENCE_STATES = ['open', 'change_requested', 'accepted', 'fixed', 'resolved'] as const
export type DifferenceState = (typeof DIFFERENCE_STATES)[number]

/** What a person may make of a difference; runs resolve what is open and open anew what was fixed and is not. */
export const DIFFERENCE_TRANSITIONS: Record<DifferenceState, readonly DifferenceState[]> = {
  open: ['accepted', 'change_requested', 'fixed'],
  change_requested: ['accepted', 'fixed'],
  accepted: [],
  fixed: [],
  resolved: [],
}

/** Whether somebody still has to do something about it. */
export function isUnsettled(state: DifferenceState): boolean {
  return state === 'open' || state === 'change_requested'
}

/** Days that one run compares at most. */
export const MOST_DAYS = 92
const CHINA_MS = 8 * 3_600_000

/**
 * What a daily run compares: so many days up to yesterday (of China), and further back where differences are open still, so that
 * it sees what has resolved itself.
 *
 * @param oldestOpen the day of the oldest open difference
 */
export function dailyPeriod(
  nowMs: number,
  days: number,
  oldestOpen: string | null,
): { from: string; to: string } {
  const dayBefore = (count: number) => new Date(nowMs + CHINA_MS - count * DAY_MS).toISOString().slice(0, 10)
  const usual = dayBefore(days)
  const from = oldestOpen !== null && oldestOpen < usual ? oldestOpen : usual
  const earliest = dayBefore(MOST_DAYS)
  return { from: from < earliest ? earliest : from, to: dayBefore(1) }
}
