/**
 * RFM: how lately, how often and for how much a customer has bought, each as a score from 1 to 5 by the quantiles of all
 * customers, and the segment that follows from the three. Pure; docs/customers.md.
 */

/** Fifths: the best fifth has 5. */
export const RFM_SCORES = 5
export const RFM_MEASURES = ['recency', 'frequency', 'monetary'] as const
export type RfmMeasure = (typeof RFM_MEASURES)[number]

/** Of each measure the larger is the better: the day of the last order, how many there were, and what was paid for them in yuan. */
export type RfmFigures = Record<RfmMeasure, number>
/** The largest values of all fifths but the last, ascending. */
export type RfmCuts = Record<RfmMeasure, readonly number[]>
export type RfmScores = Record<RfmMeasure, number>

/** So many customers have this value. */
export type ValueCount = { value: number; customers: number }

const DAY_MS = 86_400_000
/** China has one zone and no summer time. */
const CHINA_MS = 8 * 3_600_000

/** Days of China from 1970-01-01 until a moment's own. */
export function chinaDayNumber(atMs: number): number {
  return Math.floor((atMs + CHINA_MS) / DAY_MS)
}

/** When such a day begins, in ms since the epoch. */
export function chinaDayStartMs(day: number): number {
  return day * DAY_MS - CHINA_MS
}

/**
 * Where customers are cut into fifths: for each fifth but the last the smallest value that its share of all customers
 * does not exceed (the discrete percentile of SQL). Nothing where there are no customers.
 *
 * @param counts ascending by value, each value once
 */
export function quantileCuts(counts: readonly ValueCount[]): number[] {
  const all = counts.reduce((sum, { customers }) => sum + customers, 0)
  const cuts: number[] = []
  let below = 0
  for (const { value, customers } of counts) {
    below += customers
    // In whole numbers: a fifth of 5 is 1, not a little more.
    while (cuts.length < RFM_SCORES - 1 && below * RFM_SCORES >= (cuts.length + 1) * all) cuts.push(value)
  }
  return cuts
}

/** From 1 to 5: one more than there are cuts that the value is above. Without cuts, the middle. */
export function scoreOf(value: number, cuts: readonly number[]): number {
  if (cuts.length === 0) return Math.ceil(RFM_SCORES / 2)
  return 1 + cuts.filter((cut) => value > cut).length
}

export function rfmScoresOf(figures: RfmFigures, cuts: RfmCuts): RfmScores {
  return {
    recency: scoreOf(figures.recency, cuts.recency),
    frequency: scoreOf(figures.frequency, cuts.frequency),
    monetary: scoreOf(figures.monetary, cuts.monetary),
  }
}

/** What a segment's customers are given. Nothing of it is a promise: conditions of policies may ask for it. */
export type CustomerService = {
  /** Of orders that wait for the same stock and are paid, those with the higher number are served first; 0 to 9. */
  allocationPriority: number
  /** Goods may be sent again for nothing so often in `CUSTOMER_DAYS` days before `customerFreeReshipsLeft` is 0. */
  freeReships: number
  /** What `customerLeniencyCents` is: a concession that need not be weighed by anybody, in cents. */
  approvalLeniencyCents: number
}
/** What everybody has whom no policy gives more. */
export const USUAL_SERVICE: CustomerService = {
  allocationPriority: 0,
  freeReships: 0,
  approvalLeniencyCents: 0,
}

/** How often goods may still be sent again for nothing, after so many times. */
export function freeReshipsLeft({ freeReships }: CustomerService, reships: number): number {
  return Math.max(0, freeReships - reships)
}

export type ScoreRange = { min: number; max: number }
export type CustomerSegment = Record<RfmMeasure, ScoreRange> & {
  code: string
  title: string
  service: CustomerService
}

/** The first segment whose ranges have the scores in them. */
export function segmentOf<Segment extends Record<RfmMeasure, ScoreRange>>(
  scores: RfmScores,
  segments: readonly Segment[],
): Segment | null {
  const fits = (segment: Segment) =>
    RFM_MEASURES.every((measure) => {
      const { min, max } = segment[measure]
      return scores[measure] >= min && scores[measure] <= max
    })
  return segments.find(fits) ?? null
}

/** What can be wrong with a list of segments: scores that none of them has, and segments that nobody can be in. */
export function segmentGaps(segments: readonly Record<RfmMeasure, ScoreRange>[]): {
  without: RfmScores | null
  unreachable: number[]
} {
  const reached = new Set<Record<RfmMeasure, ScoreRange>>()
  let without: RfmScores | null = null
  for (const scores of everyScore()) {
    const found = segmentOf(scores, segments)
    if (found) reached.add(found)
    else without ??= scores
  }
  const unreachable = segments.flatMap((segment, index) => (reached.has(segment) ? [] : [index]))
  return { without, unreachable }
}

function everyScore(): RfmScores[] {
  const scores = Array.from({ length: RFM_SCORES }, (_, index) => index + 1)
  return scores.flatMap((recency) =>
    scores.flatMap((frequency) => scores.map((monetary) => ({ recency, frequency, monetary }))),
  )
}

/** What somebody of a segment is given; a segment that the policy no longer has is none. */
export function serviceOf(
  policy: { segments: readonly CustomerSegment[]; others: CustomerService },
  code: string | null,
): CustomerService {
  return policy.segments.find((segment) => segment.code === code)?.service ?? policy.others
}
