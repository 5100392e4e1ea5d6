import {
  at,
  type Costs,
  compareCosts,
  costIn,
  type SplitProblem,
  sum,
  type Values,
} from './allocation-problem.ts'
import { costEverySet, mostServedBySet, type SetCosts, serveItems } from './allocation-sets.ts'
import { coverGreedily, restrict, shortlist } from './allocation-shortlist.ts'

/** Sources that one search may have: 4,096 sets. Each one more would double the time under row locks. */
export const MAXIMUM_SOURCES = 12

export type Split = {
  costs: Costs
  /** Units of each item from each source. */
  units: number[][]
  /** The costs of the best plan that a source takes part in; null if it could not be told or there is none. */
  costsWith: (source: number) => Costs | null
}

/**
 * The best split and the sources that were compared for it, or null if none serves every item within the limits.
 *
 * Up to MAXIMUM_SOURCES sources it is the exact optimum. Of more, those of a greedy cover and the ones that serve most
 * by themselves are compared exactly; a cover that needs more than that many is the plan itself. So whatever the sources
 * together can serve is served, though perhaps not in the cheapest way; only a limit on parcels may then refuse what a
 * search over every source would have served.
 */
export function findSplit(problem: SplitProblem): { split: Split; compared: readonly number[] } | null {
  const every = problem.sources.map((_, source) => source)
  if (problem.items.every((item) => item.units === 0)) return { split: NOTHING, compared: every }
  if (every.length <= MAXIMUM_SOURCES) {
    const split = findBestSplit(problem)
    return split && { split, compared: every }
  }
  const cover = coverGreedily(problem)
  if (cover === null) return null
  if (cover.opened.length > MAXIMUM_SOURCES) {
    const split = { ...NOTHING, units: cover.units }
    return cover.opened.length > problem.maximumParcels ? null : { split, compared: cover.opened }
  }
  const compared = shortlist(problem, cover.opened, MAXIMUM_SOURCES)
  const split = findBestSplit(restrict(problem, compared))
  if (split === null) return null
  return {
    compared,
    split: {
      costs: split.costs,
      units: split.units.map((units) => every.map((source) => at(units, compared.indexOf(source)))),
      costsWith: (source) => (compared.includes(source) ? split.costsWith(compared.indexOf(source)) : null),
    },
  }
}

const NOTHING: Split = { costs: [], units: [], costsWith: () => null }

/** Units of each item that the permitted set of sources could give that gives most units in all. */
export function mostServed(problem: SplitProblem): number[] {
  const { sources, items, maximumParcels, mayDivide } = problem
  if (mayDivide && sources.length <= maximumParcels)
    return items.map((item) => Math.min(item.units, sum(item.available)))
  const compared = shortlist(problem, [], MAXIMUM_SOURCES)
  return mostServedBySet(restrict(problem, compared))
}

/**
 * The best split, or null if no permitted one serves every item: exactly, whatever the order of sources and items.
 *
 * Most orders are decided by comparing single sources: if none of them costs more than several must, sets need not be
 * looked at. Otherwise every set is, at most 2^12.
 */
function findBestSplit(problem: SplitProblem): Split | null {
  const single = bestSingle(problem)
  if (single !== null && compareCosts(single.costs, floorOfSeveral(problem)) <= 0) {
    return {
      costs: single.costs,
      units: serveItems(problem, 1 << single.source),
      costsWith: (source) => costsAlone(problem, source),
    }
  }
  const every = costEverySet(problem)
  const best = cheapest(problem, every, every.feasible)
  if (best === null) return null
  const costsWith = (source: number) => {
    const including = every.feasible.filter((set) => (set & (1 << source)) !== 0)
    return cheapest(problem, every, including)?.costs ?? null
  }
  return { costs: best.costs, units: serveItems(problem, best.set), costsWith }
}

/** What one source alone would cost, or null if it lacks something. */
function costsAlone({ sources, items, objectives }: SplitProblem, source: number): Costs | null {
  const values = {
    parcels: 1,
    metres: sources[source]?.metres ?? 0,
    freight: sources[source]?.parcelMillicents ?? 0,
    intoSafety: 0,
  }
  for (const item of items) {
    if (at(item.available, source) < item.units) return null
    values.freight += item.units * item.gramsPerUnit * (sources[source]?.millicentsPerGram ?? 0)
    values.intoSafety += item.units - at(item.surplus, source)
  }
  return objectives.map((objective) => costIn(objective, values))
}

function bestSingle(problem: SplitProblem): { source: number; costs: Costs } | null {
  let best: { source: number; costs: Costs; metres: number } | null = null
  for (const [source, { metres }] of problem.sources.entries()) {
    const costs = costsAlone(problem, source)
    if (costs === null) continue
    const difference = best === null ? -1 : compareCosts(costs, best.costs) || metres - best.metres
    if (difference < 0) best = { source, costs, metres }
  }
  return best
}

/** No plan of two or more parcels costs less than this, in any objective. */
function floorOfSeveral({ sources, items, objectives }: SplitProblem): Costs {
  const twoLeast = (values: number[]) => sum(values.sort((a, b) => a - b).slice(0, 2))
  const grams = sum(items.map((item) => item.units * item.gramsPerUnit))
  const floor: Values = {
    parcels: 2,
    metres: twoLeast(sources.map((source) => source.metres)),
    freight:
      twoLeast(sources.map((source) => source.parcelMillicents)) +
      Math.min(...sources.map((source) => source.millicentsPerGram)) * grams,
    intoSafety: sum(items.map((item) => Math.max(0, item.units - sum(item.surplus)))),
  }
  return objectives.map((objective) => costIn(objective, floor))
}

/** The best of some sets: by the objectives, then fewer parcels, then shorter ways, then the earlier sources. */
function cheapest(
  { objectives }: SplitProblem,
  { costs }: SetCosts,
  sets: readonly number[],
): { set: number; costs: Costs } | null {
  let remaining = sets
  for (const objective of [...objectives, 'fewest-parcels', 'nearest'] as const) {
    remaining = least(remaining, costs[objective])
  }
  const [first, ...others] = remaining
  if (first === undefined) return null
  const set = others.reduce((best, other) => (prefersEarlier(other, best) ? other : best), first)
  return { set, costs: objectives.map((objective) => costs[objective](set)) }
}

function least(sets: readonly number[], cost: (set: number) => number): number[] {
  let lowest = Number.POSITIVE_INFINITY
  let found: number[] = []
  for (const set of sets) {
    const value = cost(set)
    if (value < lowest) {
      lowest = value
      found = []
    }
    if (value === lowest) found.push(set)
  }
  return found
}

/** Whether the first source in which two sets differ belongs to `a`. */
function prefersEarlier(a: number, b: number): boolean {
  const difference = a ^ b
  return (a & (difference & -difference)) !== 0
}
