import { at, costIn, type Item, type SplitProblem, sum, type Values } from './allocation-problem.ts'
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

/** What is open on the way down; what is missing of each item then is in the rows of its depth. */
type Branch = {
  set: SourceSet
  parcels: number
  metres: number
  /** Each unit priced at the cheapest open source that has it: never more than the true freight. */
  freight: number
  missingGrams: number
  /** Sources that must be opened at least before everything is served. */
  needed: number
  /** Units that come out of safety stock if nothing else is opened, and whatever else is. */
  intoSafety: number
  intoSafetyAtLeast: number
}

class Branches {
  readonly #problem: SplitProblem
  readonly #serving: Serving
  /** The items, those that are scarcest first: what cannot be served is seen soonest with them. */
  readonly #items: readonly Item[]
  /** By source, then item: what it has and may give, and how much of that lies above safety stock. */
  readonly #stock: Int32Array[]
  readonly #surplus: Int32Array[]
  /** The same summed over the source and those after it, and the most that one of them has. */
  readonly #stockFrom: Int32Array[]
  readonly #surplusFrom: Int32Array[]
  readonly #mostFrom: Int32Array[]
  readonly #leastMetresFrom: number[]
  readonly #leastParcelFrom: number[]
  /** By depth, then item: units missing, and units above safety stock in the open sources. */
  readonly #missing: Int32Array[]
  readonly #above: Int32Array[]
  #best: BestSet | null

  constructor(serving: Serving, start: BestSet | null) {
    const { sources, items, mayDivide } = serving.problem
    this.#problem = serving.problem
    this.#serving = serving
    this.#best = start
    const slack = new Map(items.map((item) => [item, sum(item.available) - item.units]))
    this.#items = items.toSorted((a, b) => (slack.get(a) ?? 0) - (slack.get(b) ?? 0))
    const usable = ({ available, units }: Item, source: number) =>
      mayDivide || at(available, source) >= units ? at(available, source) : 0
    this.#stock = sources.map((_, source) => Int32Array.from(this.#items, (item) => usable(item, source)))
    this.#surplus = sources.map((_, source) =>
      Int32Array.from(this.#items, (item) => at(item.surplus, source)),
    )
    const sumUp = (value: number, after: number) => value + after
    this.#stockFrom = foldFromTheEnd(this.#stock, items.length, sumUp)
    this.#surplusFrom = foldFromTheEnd(this.#surplus, items.length, sumUp)
    this.#mostFrom = foldFromTheEnd(this.#stock, items.length, Math.max)
    this.#leastMetresFrom = leastFromTheEnd(sources.map((source) => source.metres))
    this.#leastParcelFrom = leastFromTheEnd(sources.map((source) => source.parcelMillicents))
    this.#missing = [...sources, null].map(() => Int32Array.from(this.#items, (item) => item.units))
    this.#above = [...sources, null].map(() => new Int32Array(items.length))
  }

  best(): BestSet | null {
    this.#explore(0, {
      set: 0,
      parcels: 0,
      metres: 0,
      freight: 0,
      missingGrams: this.#items.reduce((total, item) => total + item.units * item.gramsPerUnit, 0),
      needed: 1,
      intoSafety: 0,
      intoSafetyAtLeast: 0,
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
      if (opened.missingGrams === 0) this.#consider(opened)
      this.#explore(source + 1, opened)
    }
  }

  /** Whether opening `source` or later ones could make something better than the best so far. */
  #mayImprove(source: number, branch: Branch): boolean {
    // With everything served, another source may still spare a safety stock.
    const needed = Math.max(1, branch.needed)
    const parcels = branch.parcels + needed
    if (parcels > this.#problem.maximumParcels) return false
    if (this.#best === null) return true
    const millicentsPerGram = this.#problem.sources[source]?.millicentsPerGram ?? 0
    const least = {
      parcels,
      metres: branch.metres + needed * at(this.#leastMetresFrom, source),
      freight:
        branch.freight + needed * at(this.#leastParcelFrom, source) + branch.missingGrams * millicentsPerGram,
      intoSafety: branch.intoSafetyAtLeast,
    }
    // Of two alike the one with the earlier sources is reached first, so what is only as good need not be looked at.
    return compareValues(this.#problem, least, this.#best.values) < 0
  }

  /** The branch with one more source open, or null if the sources after it cannot serve what is missing then. */
  #open(source: number, branch: Branch): Branch | null {
    const depth = branch.parcels
    const items = this.#items
    const [stock, surplus] = [this.#stock[source], this.#surplus[source]]
    const [left, surplusLeft, most] = [
      this.#stockFrom[source + 1],
      this.#surplusFrom[source + 1],
      this.#mostFrom[source + 1],
    ]
    const [missing, above, missingThen, aboveThen] = [
      this.#missing[depth],
      this.#above[depth],
      this.#missing[depth + 1],
      this.#above[depth + 1],
    ]
    if (!(stock && surplus && left && surplusLeft && most && missing && above && missingThen && aboveThen)) {
      throw new RangeError(`there is no source ${source}`)
    }
    const parcelsLeft = this.#parcelsAllowed() - depth - 1
    let missingGrams = 0
    let needed = 0
    let intoSafety = 0
    let intoSafetyAtLeast = 0
    for (let index = 0; index < items.length; index += 1) {
      const rest = Math.max(0, (missing[index] ?? 0) - (stock[index] ?? 0))
      if (rest > 0) {
        if (rest > (left[index] ?? 0)) return null
        needed = Math.max(needed, Math.ceil(rest / (most[index] ?? 0)))
        if (needed > parcelsLeft) return null
        missingGrams += rest * (items[index]?.gramsPerUnit ?? 0)
      }
      missingThen[index] = rest
      const open = (above[index] ?? 0) + (surplus[index] ?? 0)
      aboveThen[index] = open
      const short = (items[index]?.units ?? 0) - open
      if (short > 0) {
        intoSafety += short
        intoSafetyAtLeast += Math.max(0, short - (surplusLeft[index] ?? 0))
      }
    }
    const { metres = 0, parcelMillicents = 0, millicentsPerGram = 0 } = this.#problem.sources[source] ?? {}
    return {
      set: branch.set | (1 << source),
      parcels: branch.parcels + 1,
      metres: branch.metres + metres,
      freight: branch.freight + parcelMillicents + (branch.missingGrams - missingGrams) * millicentsPerGram,
      missingGrams,
      needed,
      intoSafety,
      intoSafetyAtLeast,
    }
  }

  /** No more than policy permits, nor than the best has where fewer are what counts first. */
  #parcelsAllowed(): number {
    const { objectives, maximumParcels } = this.#problem
    const isFirst = objectives[0] === 'fewest-parcels'
    return isFirst && this.#best ? Math.min(maximumParcels, this.#best.values.parcels) : maximumParcels
  }

  /** Keeps a set that serves everything if it is the best so far. */
  #consider(branch: Branch): void {
    if (this.#best !== null && compareValues(this.#problem, branch, this.#best.values) >= 0) return
    // Where safety stock counts, a set may cost more than its branch can tell; without it, it does not.
    const values = this.#serving.countsSafety ? valuesOf(this.#serving, branch.set) : branch
    if (values === null) return
    if (this.#best !== null && compareValues(this.#problem, values, this.#best.values) >= 0) return
    const { parcels, metres, freight, intoSafety } = values
    this.#best = { set: branch.set, values: { parcels, metres, freight, intoSafety } }
  }
}

/** Row by row from the last: each with what follows it, and a row of zeros behind all. */
function foldFromTheEnd(
  rows: readonly Int32Array[],
  columns: number,
  fold: (value: number, after: number) => number,
): Int32Array[] {
  const folded = [new Int32Array(columns)]
  for (const row of rows.toReversed()) {
    const [after] = folded
    folded.unshift(row.map((value, column) => fold(value, after?.[column] ?? 0)))
  }
  return folded
}

function leastFromTheEnd(values: readonly number[]): number[] {
  const least: number[] = []
  for (const value of values.toReversed())
    least.unshift(Math.min(value, least[0] ?? Number.POSITIVE_INFINITY))
  return least
}
