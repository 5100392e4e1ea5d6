import { at, type Item, type SplitProblem, sum } from './allocation-problem.ts'

/** What one source would send of what is still missing. */
type Offer = { source: number; units: number[]; finished: number }

/**
 * Covers the items one source after the other: always the one that finishes most of what is left, the earlier of two
 * alike. Null if together they hold too little. It is quick and it never misses a cover that exists, but it may not be
 * the cheapest.
 */
export function coverGreedily(problem: SplitProblem): { opened: number[]; units: number[][] } | null {
  const { sources, items } = problem
  const units = items.map(() => sources.map(() => 0))
  const missing = items.map((item) => item.units)
  const opened: number[] = []
  while (sum(missing) > 0) {
    const left = sources.map((_, source) => source).filter((source) => !opened.includes(source))
    const offers = left
      .map((source) => offerOf(problem, source, missing))
      .filter((offer) => sum(offer.units) > 0)
    const [best] = offers.sort(
      (a, b) => b.finished - a.finished || a.source - b.source || sum(b.units) - sum(a.units),
    )
    if (best === undefined) return null
    opened.push(best.source)
    best.units.forEach((taken, index) => {
      const row = units[index]
      if (row) row[best.source] = taken
      missing[index] = at(missing, index) - taken
    })
  }
  return { opened, units }
}

function offerOf({ items, mayDivide }: SplitProblem, source: number, missing: readonly number[]): Offer {
  const units = items.map((item, index) => {
    const wanted = at(missing, index)
    const has = Math.min(wanted, at(item.available, source))
    return mayDivide || has === wanted ? has : 0
  })
  const finished = units.filter((taken, index) => taken > 0 && taken === at(missing, index)).length
  return { source, units, finished }
}

/** The sources to compare exactly: those given, then those that serve most items alone, up to `size`; ascending. */
export function shortlist(
  { sources, items }: SplitProblem,
  given: readonly number[],
  size: number,
): number[] {
  const complete = sources.map(
    (_, source) => items.filter((item) => at(item.available, source) >= item.units).length,
  )
  const others = sources
    .map((_, source) => source)
    .filter((source) => !given.includes(source))
    .sort((a, b) => at(complete, b) - at(complete, a) || a - b)
  return [...given, ...others].slice(0, size).sort((a, b) => a - b)
}

/** The same problem with some of its sources only. */
export function restrict(problem: SplitProblem, sources: readonly number[]): SplitProblem {
  const pick = (values: readonly number[]) => sources.map((source) => at(values, source))
  return {
    ...problem,
    sources: problem.sources.filter((_, source) => sources.includes(source)),
    items: problem.items.map(
      (item): Item => ({
        ...item,
        available: pick(item.available),
        surplus: pick(item.surplus),
      }),
    ),
  }
}

/** Units of each item from the set within the limits that gives most in all, the smaller number of two alike. */
export function mostServedBySet({ sources, items, maximumParcels, mayDivide }: SplitProblem): number[] {
  const sets = 1 << sources.length
  const parcels = new Uint8Array(sets)
  const total = new Float64Array(sets)
  const served = items.map((item) => {
    const units = new Int32Array(sets)
    for (let source = 0; source < sources.length; source += 1) {
      const bit = 1 << source
      const has = at(item.available, source)
      for (let without = 0; without < bit; without += 1) {
        const before = units[without] ?? 0
        const given = mayDivide ? Math.min(item.units, before + has) : Math.max(before, has)
        units[without | bit] = given
        total[without | bit] = (total[without | bit] ?? 0) + given
      }
    }
    return units
  })
  let best = 0
  for (let set = 1; set < sets; set += 1) {
    parcels[set] = (parcels[set & (set - 1)] ?? 0) + 1
    if ((parcels[set] ?? 0) <= maximumParcels && (total[set] ?? 0) > (total[best] ?? 0)) best = set
  }
  return served.map((units) => units[best] ?? 0)
}
