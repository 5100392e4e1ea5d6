import { at, costIn, type SplitProblem, type Values } from './allocation-problem.ts'
import { type Serving, type SourceSet, servingOf, valuesOf } from './allocation-serving.ts'

/** The best set of open sources and what it costs. */
export type BestSet = { set: SourceSet; values: Values }

/**
 * The set of sources that serves every item at the least cost within the limit on parcels, or null if there is none.
 *
 * Each set is reached at most once, from the set without its last source, in one step an item: 2^sources × items steps
 * at most, whatever the stock looks like. A branch is left as soon as nothing in it can be better than the best so far:
 * one more source costs at least a parcel, the least distance and the least freight of those left.
 */
export function findBestSet(problem: SplitProblem): BestSet | null {
  const serving = servingOf(problem)
  let single: BestSet | null = null
  // Usually one source has everything. It is a start that lets go of most branches at once, or the answer.
  for (let source = 0; source < problem.sources.length; source += 1) {
    if (problem.items.some((item) => at(item.available, source) < item.units)) continue
    const set = 1 << source
    const values = valuesOf(serving, set)
    if (values && (single === null || compareValues(problem, values, single.values) < 0))
      single = { set, values }
  }
  if (single !== null && problem.objectives[0] === 'fewest-parcels') return single
  return new Branches(serving, single).best()
}

/** By the objectives, then fewer parcels, then shorter ways; below zero if `a` is better. */
function compareValues({ objectives }: SplitProblem, a: Values, b: Values): number {
  for (const objective of objectives) {
    const difference = costIn(objective, a) - costIn(objective, b)
    if (difference !== 0) return difference
  }
  return a.parcels - b.parcels || a.metres - b.metres
}

/** What is open on the way down, and what of each item is missing then. */
type Branch = {
  set: SourceSet
  parcels: number
  metres: number
  /** Each unit priced at the cheapest open source that has it: never more than the true freight. */
  freight: number
  missingGrams: number
  missing: readonly number[]
  /** Units above safety stock in the open sources. */
  surplus: readonly number[]
  /** Units that come out of safety stock whatever else is opened. */
  intoSafety: number
}

class Branches {
  readonly #problem: SplitProblem
  readonly #serving: Serving
  /** By source, then item: what it has and may give, and how much of that lies above safety stock. */
  readonly #stock: number[][]
  readonly #surplus: number[][]
  /** The same, summed over the source and those after it. */
  readonly #stockFrom: number[][]
  readonly #surplusFrom: number[][]
  readonly #leastMetresFrom: number[]
  readonly #leastParcelFrom: number[]
  #best: BestSet | null

  constructor(serving: Serving, start: BestSet | null) {
    const { sources, items, mayDivide } = serving.problem
    this.#problem = serving.problem
    this.#serving = serving
    this.#best = start
    this.#stock = sources.map((_, source) =>
      items.map(({ available, units }) =>
        mayDivide || at(available, source) >= units ? at(available, source) : 0,
      ),
    )
    this.#surplus = sources.map((_, source) => items.map(({ surplus }) => at(surplus, source)))
    this.#stockFrom = sumsFromTheEnd(this.#stock, items.length)
    this.#surplusFrom = sumsFromTheEnd(this.#surplus, items.length)
    this.#leastMetresFrom = leastFromTheEnd(sources.map((source) => source.metres))
    this.#leastParcelFrom = leastFromTheEnd(sources.map((source) => source.parcelMillicents))
  }

  best(): BestSet | null {
    const { items } = this.#problem
    const grams = items.reduce((total, item) => total + item.units * item.gramsPerUnit, 0)
    this.#explore(0, {
      set: 0,
      parcels: 0,
      metres: 0,
      freight: 0,
      missingGrams: grams,
      missing: items.map((item) => item.units),
      surplus: items.map(() => 0),
      intoSafety: 0,
    })
    return this.#best
  }

  /** Opens one source after the other, from `first` on, beside those that are open. */
  #explore(first: number, branch: Branch): void {
    const { sources } = this.#problem
    for (let source = first; source < sources.length; source += 1) {
      // What is left only gets fewer and dearer, so the later sources cannot do better either.
      if (!this.#mayImprove(source, branch)) return
      const opened = this.#open(source, branch)
      if (opened === null) continue
      if (opened.missingGrams === 0) this.#consider(opened.set)
      this.#explore(source + 1, opened)
    }
  }

  /** Whether opening `source` or a later one could make something better than the best so far. */
  #mayImprove(source: number, { parcels, metres, freight, missingGrams, intoSafety }: Branch): boolean {
    if (parcels + 1 > this.#problem.maximumParcels) return false
    if (this.#best === null) return true
    const millicentsPerGram = this.#problem.sources[source]?.millicentsPerGram ?? 0
    const least = {
      parcels: parcels + 1,
      metres: metres + at(this.#leastMetresFrom, source),
      freight: freight + at(this.#leastParcelFrom, source) + missingGrams * millicentsPerGram,
      intoSafety,
    }
    // Of two alike the one with the earlier sources is reached first, so what is only as good need not be looked at.
    return compareValues(this.#problem, least, this.#best.values) < 0
  }

  /** The branch with one more source open, or null if the sources after it cannot serve what is missing then. */
  #open(source: number, branch: Branch): Branch | null {
    const { items, sources, maximumParcels } = this.#problem
    const stock = this.#stock[source] ?? []
    const left = this.#stockFrom[source + 1] ?? []
    const surplus = this.#surplus[source] ?? []
    const surplusLeft = this.#surplusFrom[source + 1] ?? []
    const { metres = 0, parcelMillicents = 0, millicentsPerGram = 0 } = sources[source] ?? {}
    const isLast = branch.parcels + 1 >= Math.min(maximumParcels, this.#parcelsAllowed())
    const missing: number[] = []
    const above: number[] = []
    let missingGrams = 0
    let intoSafety = 0
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index]
      if (item === undefined) break
      const rest = Math.max(0, at(branch.missing, index) - at(stock, index))
      if (rest > 0 && (isLast || rest > at(left, index))) return null
      missing.push(rest)
      missingGrams += rest * item.gramsPerUnit
      const surplusOpen = at(branch.surplus, index) + at(surplus, index)
      above.push(surplusOpen)
      intoSafety += Math.max(0, item.units - surplusOpen - at(surplusLeft, index))
    }
    return {
      set: branch.set | (1 << source),
      parcels: branch.parcels + 1,
      metres: branch.metres + metres,
      freight: branch.freight + parcelMillicents + (branch.missingGrams - missingGrams) * millicentsPerGram,
      missingGrams,
      missing,
      surplus: above,
      intoSafety,
    }
  }

  /** As many parcels as the best has, where fewer are what counts first. */
  #parcelsAllowed(): number {
    const isFirst = this.#problem.objectives[0] === 'fewest-parcels'
    return isFirst && this.#best ? this.#best.values.parcels : Number.POSITIVE_INFINITY
  }

  #consider(set: SourceSet): void {
    const values = valuesOf(this.#serving, set)
    if (values === null) return
    if (this.#best === null || compareValues(this.#problem, values, this.#best.values) < 0)
      this.#best = { set, values }
  }
}

function sumsFromTheEnd(rows: readonly number[][], columns: number): number[][] {
  const sums = [Array.from({ length: columns }, () => 0)]
  for (const row of rows.toReversed()) {
    const [after = []] = sums
    sums.unshift(row.map((value, column) => value + at(after, column)))
  }
  return sums
}

function leastFromTheEnd(values: readonly number[]): number[] {
  const least: number[] = []
  for (const value of values.toReversed())
    least.unshift(Math.min(value, least[0] ?? Number.POSITIVE_INFINITY))
  return least
}
