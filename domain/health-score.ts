/** What the health of orders is made of, in the order in which it is shown. Formulas: docs/health-score.md. */
export const HEALTH_COMPONENTS = [
  'syncTimeliness',
  'stockAccuracy',
  'approvalCompletion',
  'complaintRate',
  'onTimeFulfilment',
] as const
export type HealthComponent = (typeof HEALTH_COMPONENTS)[number]

export const HEALTH_DIMENSIONS = ['channel', 'store', 'warehouse'] as const
export type HealthDimension = (typeof HEALTH_DIMENSIONS)[number]

/** By what each component can be told apart. Along another dimension nothing is known of it. */
export const DIMENSIONS_OF: Record<HealthComponent, readonly HealthDimension[]> = {
  syncTimeliness: ['channel', 'store'],
  stockAccuracy: ['warehouse'],
  approvalCompletion: ['channel', 'store'],
  complaintRate: ['channel', 'store'],
  onTimeFulfilment: ['channel', 'store', 'warehouse'],
}

export const HEALTH_BANDS = ['good', 'fair', 'poor'] as const
export type HealthBand = (typeof HEALTH_BANDS)[number]
/** From which score on it is good or fair; below both it is poor. */
export type BandLimits = { good: number; fair: number }

/** What was measured over a period: units or things, and how many of them were missed. */
export type HealthSums = {
  measured: number
  missed: number
  /** The things behind it: the same, but for stock, where units are measured and counted lines are the things. */
  outcomes: number
  missedOutcomes: number
}

/** How sums become scores; the policy `health-score`. */
export type HealthRules = {
  /** In percent; they sum to 100. */
  weights: Record<HealthComponent, number>
  stockAccuracyBy: 'unit' | 'sku'
  /** So many complaints for a hundred orders, or more, are a score of 0. */
  worstComplaintPercent: number
  /** With fewer than these a component is unknown. */
  minimumSamples: Record<HealthComponent, number>
  bands: Record<HealthComponent | 'score', BandLimits>
}

export type ComponentScore = {
  component: HealthComponent
  weight: number
  /** Its weight among what is known, 0 to 1. */
  share: number
  /** The share that was kept, 0 to 1; of complaints, complaints per order. */
  value: number | null
  /** 0 to 100. */
  score: number | null
  band: HealthBand | null
  /** Why there is no score. */
  unknown: 'no_dimension' | 'no_data' | 'too_few' | null
  sums: HealthSums
}
export type HealthScore = {
  /** 0 to 100; null where nothing is known: no data is never a good score. */
  score: number | null
  band: HealthBand | null
  /** How much of the weights is known, 0 to 100. */
  knownWeight: number
  components: ComponentScore[]
}

const NOTHING: HealthSums = { measured: 0, missed: 0, outcomes: 0, missedOutcomes: 0 }

/**
 * The score of a period: the mean of what is known, by its weights. The weight of what is unknown is shared by the
 * others in proportion to theirs.
 *
 * @param dimensions by which the sums were cut
 */
export function healthScoreOf(
  sums: { readonly [Component in HealthComponent]?: HealthSums | undefined },
  rules: HealthRules,
  dimensions: readonly HealthDimension[] = [],
): HealthScore {
  const components = HEALTH_COMPONENTS.map((component) =>
    componentScore(component, sums[component] ?? NOTHING, rules, dimensions),
  )
  const known = components.filter(({ score }) => score !== null)
  const knownWeight = known.reduce((sum, { weight }) => sum + weight, 0)
  const shared = components.map((each) =>
    each.score === null || knownWeight === 0 ? each : { ...each, share: each.weight / knownWeight },
  )
  if (knownWeight === 0) return { score: null, band: null, knownWeight, components: shared }
  const score = clamp(shared.reduce((sum, each) => sum + each.share * (each.score ?? 0), 0))
  return { score, band: bandOf(score, rules.bands.score), knownWeight, components: shared }
}

function componentScore(
  component: HealthComponent,
  sums: HealthSums,
  rules: HealthRules,
  dimensions: readonly HealthDimension[],
): ComponentScore {
  const weight = rules.weights[component]
  const unknown = whyUnknown(component, sums, rules, dimensions)
  if (unknown !== null) {
    return { component, weight, share: 0, value: null, score: null, band: null, unknown, sums }
  }
  const value = measuredValue(component, sums, rules)
  const score =
    component === 'complaintRate'
      ? clamp(100 * (1 - (100 * value) / rules.worstComplaintPercent))
      : clamp(100 * value)
  return {
    component,
    weight,
    share: 0,
    value,
    score,
    band: bandOf(score, rules.bands[component]),
    unknown,
    sums,
  }
}

function whyUnknown(
  component: HealthComponent,
  sums: HealthSums,
  { minimumSamples, stockAccuracyBy }: HealthRules,
  dimensions: readonly HealthDimension[],
): ComponentScore['unknown'] {
  if (dimensions.some((dimension) => !DIMENSIONS_OF[component].includes(dimension))) return 'no_dimension'
  if (sums.outcomes === 0) return 'no_data'
  // Lines that are empty in the books and on the shelf have no units.
  const bySku = component === 'stockAccuracy' && stockAccuracyBy === 'sku'
  if (sums.measured === 0 && !bySku) return component === 'complaintRate' ? 'too_few' : 'no_data'
  const sample = component === 'stockAccuracy' ? sums.outcomes : sums.measured
  return sample < minimumSamples[component] ? 'too_few' : null
}

function measuredValue(
  component: HealthComponent,
  sums: HealthSums,
  { stockAccuracyBy }: HealthRules,
): number {
  if (component === 'complaintRate') return sums.missed / sums.measured
  return component === 'stockAccuracy' && stockAccuracyBy === 'sku'
    ? 1 - sums.missedOutcomes / sums.outcomes
    : 1 - sums.missed / sums.measured
}

/** In which band a score lies. */
export function bandOf(score: number, { good, fair }: BandLimits): HealthBand {
  if (score >= good) return 'good'
  return score >= fair ? 'fair' : 'poor'
}

function clamp(score: number): number {
  return Math.min(100, Math.max(0, score))
}

export type HealthMove = {
  component: HealthComponent
  /** Points by which it moved the score. All of them sum to the difference. */
  points: number
  /** Of these: because it got better or worse. */
  byScore: number
  /** And because it counts for more or less than before: something became known or unknown. */
  byShare: number
}

/**
 * What moved the score from one period to another, component by component; null where one of them has no score. What
 * became known pulls the score towards its own, what became unknown no longer does.
 */
export function whatMoved(now: HealthScore, before: HealthScore): HealthMove[] | null {
  if (now.score === null || before.score === null) return null
  const middle = (now.score + before.score) / 2
  return now.components.map((present, index) => {
    const past = before.components[index] ?? present
    const [scoreNow, scoreBefore] = [present.score ?? past.score ?? 0, past.score ?? present.score ?? 0]
    const byScore = ((present.share + past.share) / 2) * (scoreNow - scoreBefore)
    const byShare = (present.share - past.share) * ((scoreNow + scoreBefore) / 2 - middle)
    return { component: present.component, points: byScore + byShare, byScore, byShare }
  })
}
