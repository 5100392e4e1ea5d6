import { assertNever } from './assert-never.ts'

/** What a plan may be judged by; policy orders them. */
export const ALLOCATION_OBJECTIVES = [
  'fewest-parcels',
  'nearest',
  'lowest-freight',
  'keep-safety-stock',
] as const
export type AllocationObjective = (typeof ALLOCATION_OBJECTIVES)[number]

/** A place to send from. Its costs are integers, so that sums of them are exact in whatever order they are taken. */
export type Source = { metres: number; parcelMillicents: number; millicentsPerGram: number }

/**
 * What is wanted of one SKU, and what each source has of it: `available`, of which `surplus` lies above its safety
 * stock. Neither is more than the units wanted.
 */
export type Item = {
  units: number
  gramsPerUnit: number
  available: readonly number[]
  surplus: readonly number[]
}

/** Which sources send how much of each item, in plain numbers. */
export type SplitProblem = {
  /** In the order in which they are drawn from; ascending by millicentsPerGram where freight is an objective. */
  sources: readonly Source[]
  items: readonly Item[]
  /** The first decides; the next only between plans that are equal in it, and so on. */
  objectives: readonly AllocationObjective[]
  maximumParcels: number
  /** Whether units of one item may come from several sources. */
  mayDivide: boolean
}

/** One value for each objective, in their order: parcels, metres, millicents, units taken out of safety stock. */
export type Costs = readonly number[]

/** Everything that a plan can cost. */
export type Values = { parcels: number; metres: number; freight: number; intoSafety: number }

export function costIn(objective: AllocationObjective, values: Values): number {
  switch (objective) {
    case 'fewest-parcels':
      return values.parcels
    case 'nearest':
      return values.metres
    case 'lowest-freight':
      return values.freight
    case 'keep-safety-stock':
      return values.intoSafety
    default:
      return assertNever(objective)
  }
}

/** Below zero if `a` is the better plan, 0 if they are equal in every objective. */
export function compareCosts(a: Costs, b: Costs): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = at(a, index) - at(b, index)
    if (difference !== 0) return difference
  }
  return 0
}

/** The element at a place that is known to exist. */
export function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
