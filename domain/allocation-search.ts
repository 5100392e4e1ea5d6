import { findBestSet } from './allocation-branches.ts'
import { at, type Costs, compareCosts, costIn, type SplitProblem } from './allocation-problem.ts'
import { type Serving, serveItems, servingOf, valuesOf } from './allocation-serving.ts'
import { coverGreedily, mostServedBySet, restrict, shortlist } from './allocation-shortlist.ts'

/** Sources that one search may have: 4,096 sets of them. Each one more would double the longest time under row locks. */
export const MAXIMUM_SOURCES = 12

export type Split = {
  /** Empty if the plan was not compared with others. */
  costs: Costs
  /** Units of each item from each source. */
  units: number[][]
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
  if (problem.items.every((item) => item.units === 0))
    return { split: { costs: [], units: [] }, compared: every }
  if (every.length <= MAXIMUM_SOURCES) {
    const split = findBestSplit(problem)
    return split && { split, compared: every }
  }
  const cover = coverGreedily(problem)
  if (cover === null) return null
  if (cover.opened.length > MAXIMUM_SOURCES) {
    const split = { costs: [], units: cover.units }
    return cover.opened.length > problem.maximumParcels ? null : { split, compared: cover.opened }
  }
  const compared = shortlist(problem, cover.opened, MAXIMUM_SOURCES)
  const split = findBestSplit(restrict(problem, compared))
  if (split === null) return null
  const units = split.units.map((row) => every.map((source) => at(row, compared.indexOf(source))))
  return { split: { ...split, units }, compared }
}

/** Units of each item that the permitted set of sources could give that gives most units in all. */
export function mostServed(problem: SplitProblem): number[] {
  const { sources, items, maximumParcels, mayDivide } = problem
  if (mayDivide && sources.length <= maximumParcels) {
    return items.map((item) =>
      Math.min(
        item.units,
        item.available.reduce((total, units) => total + units, 0),
      ),
    )
  }
  return mostServedBySet(restrict(problem, shortlist(problem, [], MAXIMUM_SOURCES)))
}

function findBestSplit(problem: SplitProblem): Split | null {
  const best = findBestSet(problem)
  if (best === null) return null
  return {
    costs: problem.objectives.map((objective) => costIn(objective, best.values)),
    units: serveItems(servingOf(problem), best.set),
  }
}

/**
 * What the plan of these senders would cost with a source in the place of one of them, or in the place of all, whichever
 * is best; null if that serves not every item.
 */
export function costsInstead(serving: Serving, senders: readonly number[], source: number): Costs | null {
  const { problem } = serving
  if (problem.sources.length > MAXIMUM_SOURCES) return null
  const all = senders.reduce((set, sender) => set | (1 << sender), 0)
  const alone = 1 << source
  const sets =
    senders.length === 1 ? [alone] : [alone, ...senders.map((sender) => (all & ~(1 << sender)) | alone)]
  const found = sets.flatMap((set) => {
    const values = valuesOf(serving, set)
    return values ? [problem.objectives.map((objective) => costIn(objective, values))] : []
  })
  return found.length === 0
    ? null
    : found.reduce((best, costs) => (compareCosts(costs, best) < 0 ? costs : best))
}
