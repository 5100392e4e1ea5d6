import { type AllocationObjective, at, type Item, type SplitProblem } from './allocation-problem.ts'

/**
 * Every set of open sources with its costs. A set is a number whose bit `s` says that source `s` is open.
 *
 * Given the open sources each item is served by itself, cheapest units first: that is the optimum, because what a unit
 * costs does not depend on the other units. A set's costs follow from those of the set without its last source, in
 * constant time an item, so 12 sources and 50 items are 4,096 × 50 small steps, whatever the stock looks like.
 */
export type SetCosts = {
  costs: Record<AllocationObjective, (set: number) => number>
  /** The sets that serve every item within the limits. */
  feasible: number[]
}

export function costEverySet(problem: SplitProblem): SetCosts {
  const { sources, maximumParcels } = problem
  const sets = 1 << sources.length
  const parcels = new Uint8Array(sets)
  const metres = new Float64Array(sets)
  const parcelFreight = new Float64Array(sets)
  sources.forEach((source, index) => {
    const bit = 1 << index
    for (let without = 0; without < bit; without += 1) {
      const set = without | bit
      parcels[set] = (parcels[without] ?? 0) + 1
      metres[set] = (metres[without] ?? 0) + source.metres
      parcelFreight[set] = (parcelFreight[without] ?? 0) + source.parcelMillicents
    }
  })
  const { lacking, freight, intoSafety } = problem.mayDivide ? divideItems(problem) : placeItems(problem)
  const feasible: number[] = []
  for (let set = 1; set < sets; set += 1) {
    if (lacking[set] === 0 && (parcels[set] ?? 0) <= maximumParcels) feasible.push(set)
  }
  const safetyFirst = problem.mayDivide && isBefore(problem.objectives, 'keep-safety-stock', 'lowest-freight')
  const costs: Record<AllocationObjective, (set: number) => number> = {
    'fewest-parcels': (set) => parcels[set] ?? 0,
    nearest: (set) => metres[set] ?? 0,
    'lowest-freight': (set) =>
      (parcelFreight[set] ?? 0) + (safetyFirst ? freightKeepingSafety(problem, set) : (freight[set] ?? 0)),
    'keep-safety-stock': (set) => intoSafety[set] ?? 0,
  }
  return { costs, feasible }
}

/**
 * What the weight of the items costs from a set if what lies above safety stock goes first. This is the one cost that
 * is worked out set by set: how much comes out of safety stocks is known only when all open sources are.
 */
function freightKeepingSafety({ sources, items }: SplitProblem, set: number): number {
  let freight = 0
  for (const item of items) {
    let missing = item.units
    for (const stock of [item.surplus, null]) {
      for (let source = 0; missing > 0 && source < sources.length; source += 1) {
        if ((set & (1 << source)) === 0) continue
        const has = stock ? at(stock, source) : at(item.available, source) - at(item.surplus, source)
        const taken = Math.min(missing, has)
        missing -= taken
        freight += taken * (sources[source]?.millicentsPerGram ?? 0) * item.gramsPerUnit
      }
    }
  }
  return freight
}

/** What serving the items costs from each set; `lacking` is zero where every item is served. */
type ServingCosts = { lacking: Int32Array; freight: Float64Array; intoSafety: Float64Array }

/** Items may be divided: the open sources are drawn from in their order. */
function divideItems({ sources, items, objectives }: SplitProblem): ServingCosts {
  const sets = 1 << sources.length
  const lacking = new Int32Array(sets)
  const freight = new Float64Array(sets)
  const intoSafety = new Float64Array(sets)
  const missing = new Int32Array(sets)
  const surplusOfGroup = new Int32Array(sets)
  const countsSafety = objectives.includes('keep-safety-stock')
  const groups = firstOfGroups(sources, objectives)
  lacking[0] = 1
  for (const item of items) {
    missing[0] = item.units
    for (let source = 0; source < sources.length; source += 1) {
      const bit = 1 << source
      const has = at(item.available, source)
      const price = (sources[source]?.millicentsPerGram ?? 0) * item.gramsPerUnit
      for (let without = 0; without < bit; without += 1) {
        const before = missing[without] ?? 0
        const taken = Math.min(before, has)
        const set = without | bit
        missing[set] = before - taken
        lacking[set] = (lacking[set] ?? 0) | (before - taken)
        freight[set] = (freight[set] ?? 0) + taken * price
      }
      if (!countsSafety) continue
      // Sources whose units cost the same are drained of their surplus first; only what the group gives beyond counts.
      const groupBit = 1 << at(groups, source)
      const surplus = at(item.surplus, source)
      for (let without = 0; without < bit; without += 1) {
        const set = without | bit
        const above = surplus + (without >= groupBit ? (surplusOfGroup[without] ?? 0) : 0)
        surplusOfGroup[set] = above
        const taken = (missing[without & (groupBit - 1)] ?? 0) - (missing[set] ?? 0)
        if (taken > above) intoSafety[set] = (intoSafety[set] ?? 0) + taken - above
      }
    }
  }
  // So far each set knows what its last source (or its last group) adds.
  for (let source = 0; source < sources.length; source += 1) {
    const bit = 1 << source
    const beforeGroup = (1 << at(groups, source)) - 1
    for (let without = 0; without < bit; without += 1) {
      const set = without | bit
      freight[set] = (freight[set] ?? 0) + (freight[without] ?? 0)
      intoSafety[set] = (intoSafety[set] ?? 0) + (intoSafety[without & beforeGroup] ?? 0)
    }
  }
  return { lacking, freight, intoSafety }
}

/** Each item comes from one source: the best open one that has all of it. */
function placeItems(problem: SplitProblem): ServingCosts {
  const { sources, items } = problem
  const sets = 1 << sources.length
  const lacking = new Int32Array(sets)
  const freight = new Float64Array(sets)
  const intoSafety = new Float64Array(sets)
  const bestRank = new Uint8Array(sets)
  lacking[0] = 1
  for (const item of items) {
    const ranked = rankedSources(problem, item)
    bestRank[0] = ranked.length
    for (let source = 0; source < sources.length; source += 1) {
      const bit = 1 << source
      const place = ranked.indexOf(source)
      const rank = place < 0 ? ranked.length : place
      for (let without = 0; without < bit; without += 1) {
        const best = Math.min(rank, bestRank[without] ?? 0)
        const set = without | bit
        bestRank[set] = best
        const chosen = ranked[best]
        if (chosen === undefined) {
          lacking[set] = 1
          continue
        }
        freight[set] = (freight[set] ?? 0) + freightOf(problem, item, chosen, item.units)
        intoSafety[set] = (intoSafety[set] ?? 0) + item.units - at(item.surplus, chosen)
      }
    }
  }
  return { lacking, freight, intoSafety }
}

/** The sources that have all of an item, the best for it first. */
function rankedSources(problem: SplitProblem, item: Item): number[] {
  const whole = problem.sources
    .map((_, source) => source)
    .filter((source) => at(item.available, source) >= item.units)
  const cost = (source: number) =>
    problem.objectives.flatMap((objective) => {
      if (objective === 'lowest-freight') return [freightOf(problem, item, source, item.units)]
      return objective === 'keep-safety-stock' ? [item.units - at(item.surplus, source)] : []
    })
  const costs = new Map(whole.map((source) => [source, cost(source)]))
  // Sorting is stable, so the earlier of two alike stays in front.
  return whole.sort((a, b) => {
    const [one = [], other = []] = [costs.get(a), costs.get(b)]
    return one.map((value, index) => value - at(other, index)).find((difference) => difference !== 0) ?? 0
  })
}

/**
 * For each source the first of its group. Within a group the units above safety stock go first, whoever has them:
 * among sources with the same price a gram if freight matters more than safety stock, else among all.
 */
function firstOfGroups(
  sources: SplitProblem['sources'],
  objectives: readonly AllocationObjective[],
): number[] {
  const byPrice = isBefore(objectives, 'lowest-freight', 'keep-safety-stock')
  const first: number[] = []
  sources.forEach((source, index) => {
    const starts =
      index === 0 || (byPrice && source.millicentsPerGram !== sources[index - 1]?.millicentsPerGram)
    first.push(starts ? index : at(first, index - 1))
  })
  return first
}

/** Units of an item that each source of a feasible set sends. */
function serveItem(problem: SplitProblem, item: Item, set: number): number[] {
  const units = problem.sources.map(() => 0)
  const isOpen = (source: number) => (set & (1 << source)) !== 0
  if (!problem.mayDivide) {
    const source = rankedSources(problem, item).find(isOpen)
    if (source !== undefined) units[source] = item.units
    return units
  }
  const countsSafety = problem.objectives.includes('keep-safety-stock')
  const groups = firstOfGroups(problem.sources, problem.objectives)
  let missing = item.units
  const draw = (source: number, upTo: number) => {
    const taken = Math.min(missing, upTo - at(units, source))
    units[source] = at(units, source) + taken
    missing -= taken
  }
  for (const first of new Set(groups)) {
    const members = groups.flatMap((group, source) => (group === first && isOpen(source) ? [source] : []))
    if (countsSafety) for (const source of members) draw(source, at(item.surplus, source))
    for (const source of members) draw(source, at(item.available, source))
  }
  return units
}

/** Units of each item from each source when a feasible set is open. */
export function serveItems(problem: SplitProblem, set: number): number[][] {
  return problem.items.map((item) => serveItem(problem, item, set))
}

function freightOf(problem: SplitProblem, item: Item, source: number, units: number): number {
  return (problem.sources[source]?.millicentsPerGram ?? 0) * item.gramsPerUnit * units
}

function isBefore(
  objectives: readonly AllocationObjective[],
  one: AllocationObjective,
  other: AllocationObjective,
): boolean {
  return objectives.includes(one) && objectives.indexOf(one) < objectives.indexOf(other)
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
