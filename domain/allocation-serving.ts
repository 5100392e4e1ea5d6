import {
  type AllocationObjective,
  at,
  type Item,
  type SplitProblem,
  type Values,
} from './allocation-problem.ts'

/** A set of open sources: bit `s` says that source `s` sends. */
export type SourceSet = number

/** How a problem's items are drawn from open sources; worked out once for a problem. */
export type Serving = {
  problem: SplitProblem
  countsSafety: boolean
  /** For each source the first of its group: within one, units above safety stock go first, whoever has them. */
  groups: readonly number[]
  /** Whether units above safety stock are worth more than a lower freight. */
  safetyFirst: boolean
}

export function servingOf(problem: SplitProblem): Serving {
  const { sources, objectives } = problem
  const countsSafety = objectives.includes('keep-safety-stock')
  const safetyFirst = isBefore(objectives, 'keep-safety-stock', 'lowest-freight')
  const groups: number[] = []
  sources.forEach((source, index) => {
    const costsAsBefore = source.millicentsPerGram === sources[index - 1]?.millicentsPerGram
    const joins = index > 0 && countsSafety && (safetyFirst || costsAsBefore)
    groups.push(joins ? at(groups, index - 1) : index)
  })
  return { problem, countsSafety, groups, safetyFirst }
}

/** Whether `one` is an objective that decides before `other`, which may be none. */
function isBefore(
  objectives: readonly AllocationObjective[],
  one: AllocationObjective,
  other: AllocationObjective,
): boolean {
  const place = objectives.indexOf(other)
  return objectives.includes(one) && (place < 0 || objectives.indexOf(one) < place)
}

/**
 * Draws an item from the open sources into `taken`, in the way that costs least: what a unit costs does not depend on
 * the other units, so the cheapest go first. Returns what is missing.
 */
export function serveItem(serving: Serving, item: Item, set: SourceSet, taken: number[]): number {
  taken.fill(0)
  if (!serving.problem.mayDivide) return serveWhole(serving, item, set, taken)
  const { groups, countsSafety } = serving
  let missing = item.units
  for (let first = 0; missing > 0 && first < groups.length; ) {
    let end = first + 1
    while (groups[end] === first) end += 1
    if (countsSafety) missing = draw(set, first, end, item.surplus, missing, taken)
    missing = draw(set, first, end, item.available, missing, taken)
    first = end
  }
  return missing
}

/** Takes what open sources from `first` to before `end` have, up to the given stock in all. */
function draw(
  set: SourceSet,
  first: number,
  end: number,
  stock: readonly number[],
  wanted: number,
  taken: number[],
): number {
  let missing = wanted
  for (let source = first; missing > 0 && source < end; source += 1) {
    if ((set & (1 << source)) === 0) continue
    const before = at(taken, source)
    const units = Math.min(missing, at(stock, source) - before)
    taken[source] = before + units
    missing -= units
  }
  return missing
}

/** Takes all of an item from the best open source that has all of it, the earlier of two alike. */
function serveWhole(
  { problem, safetyFirst, countsSafety }: Serving,
  item: Item,
  set: SourceSet,
  taken: number[],
): number {
  const { sources, objectives } = problem
  const price = (source: number) =>
    objectives.includes('lowest-freight') ? (sources[source]?.millicentsPerGram ?? 0) : 0
  const safe = (source: number) => (countsSafety ? at(item.surplus, source) : 0)
  let best = -1
  for (let source = 0; source < sources.length; source += 1) {
    if ((set & (1 << source)) === 0 || at(item.available, source) < item.units) continue
    const cheaper = best < 0 ? -1 : price(source) - price(best)
    const safer = best < 0 ? -1 : safe(best) - safe(source)
    if ((safetyFirst ? safer || cheaper : cheaper || safer) < 0) best = source
  }
  if (best < 0) return item.units
  taken[best] = item.units
  return 0
}

/** What the best plan over exactly these open sources costs, or null if it does not serve every item. */
export function valuesOf(serving: Serving, set: SourceSet): Values | null {
  const { sources, items } = serving.problem
  const values = { parcels: 0, metres: 0, freight: 0, intoSafety: 0 }
  for (const [index, source] of sources.entries()) {
    if ((set & (1 << index)) === 0) continue
    values.parcels += 1
    values.metres += source.metres
    values.freight += source.parcelMillicents
  }
  const taken = sources.map(() => 0)
  for (const item of items) {
    if (serveItem(serving, item, set, taken) > 0) return null
    for (let source = 0; source < sources.length; source += 1) {
      const units = at(taken, source)
      if (units === 0) continue
      values.freight += units * item.gramsPerUnit * (sources[source]?.millicentsPerGram ?? 0)
      values.intoSafety += Math.max(0, units - at(item.surplus, source))
    }
  }
  return values
}

/** Units of each item from each source when these sources are open. */
export function serveItems(serving: Serving, set: SourceSet): number[][] {
  return serving.problem.items.map((item) => {
    const taken = serving.problem.sources.map(() => 0)
    serveItem(serving, item, set, taken)
    return taken
  })
}
