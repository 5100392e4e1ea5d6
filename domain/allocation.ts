import { type AllocationExplanation, type Candidate, explainAllocation } from './allocation-explanation.ts'
import type { AllocationPolicy } from './allocation-policy.ts'
import { at, type Item, type SplitProblem } from './allocation-problem.ts'
import type { RecentPlans } from './allocation-recent.ts'
import { findSplit, mostServed } from './allocation-search.ts'
import { distanceKilometres } from './division.ts'
import { freightPrice } from './freight.ts'
import type { Allocation } from './order.ts'
import type { Place } from './place.ts'

export type Demand = { lineNumber: number; skuId: string; quantity: number }

/** Units that one warehouse may promise of one SKU. Those below its safety stock may be promised too. */
export type StockLevel = {
  skuId: string
  warehouseId: string
  available: number
  safetyStock: number
  weightGrams: number
}
export type AllocationWarehouse = {
  warehouseId: string
  region: string
  longitude: number
  latitude: number
}

export type AllocationInput = {
  demand: readonly Demand[]
  /** Levels of other SKUs, and of warehouses that are not named, are ignored. */
  levels: readonly StockLevel[]
  /** Those in use. One that keeps none of the SKUs plays no part. */
  warehouses: readonly AllocationWarehouse[]
  place: Place
  policy: AllocationPolicy
  /** Warehouses that have just said that they do not have what their books claim. */
  excludedWarehouses?: readonly string[] | undefined
  /** Serve what can be served instead of refusing. */
  partial?: boolean | undefined
}

/** What is short: `available` is what the permitted split that serves most could give. */
export type AllocationShortage = {
  skuId: string
  requested: number
  available: number
  /** Units that are there too, but that the policy's limits keep from this order; absent if there are none. */
  beyondLimits?: number
}
export type AllocationPlan =
  | { ok: true; allocations: Allocation[]; explanation: AllocationExplanation }
  | { ok: false; shortages: AllocationShortage[] }

/** A plan without regard to which line of a SKU gets which of its units. Not to be changed: others may get the same one. */
export type FoundPlan = {
  sources: readonly string[]
  /** By SKU in the order of the demand, from each source. */
  units: readonly (readonly number[])[]
  explanation: AllocationExplanation
}

/**
 * Which warehouse sends what, and why: the plan that costs least by the policy's objectives, compared in their order.
 *
 * Lines of one SKU are added up first. The plan is the exact optimum over up to 12 warehouses that have something to
 * give (docs/allocation.md says what happens beyond), the same whatever order the input comes in, and refused only if
 * no split within the policy's limits serves every line. Safety stock is an objective, never a reason to refuse.
 *
 * @param recent plans to look in first
 */
export function planAllocation(input: AllocationInput, recent?: RecentPlans): AllocationPlan {
  const { demand } = input
  const wanted = new Map<string, number>()
  for (const { skuId, quantity } of demand) wanted.set(skuId, (wanted.get(skuId) ?? 0) + quantity)
  let shortages: AllocationShortage[] = []
  const search = () => {
    const found = findPlan(input, wanted)
    if (!Array.isArray(found)) return found
    shortages = found
    return null
  }
  const plan = recent ? recent.find(input, wanted, search) : search()
  if (plan) return { ok: true, allocations: allocate(demand, wanted, plan), explanation: plan.explanation }
  if (!input.partial) return { ok: false, shortages }
  // What the best permitted split can give is served by that very split, so this ends.
  return planAllocation({ ...input, demand: clip(demand, shortages) })
}

/** The plan, or what is missing for one. */
function findPlan(
  input: AllocationInput,
  wanted: ReadonlyMap<string, number>,
): FoundPlan | AllocationShortage[] {
  const { policy, place } = input
  const candidates = judgeWarehouses(input, wanted)
  const open = candidates.filter(
    (candidate) => candidate.barred === null && candidate.available.some((units) => units > 0),
  )
  const problem = problemOf(input, wanted, open)
  const found = findSplit(problem)
  if (found === null) return shortagesOf(wanted, mostServed(problem), candidates)
  const skuIds = [...wanted.keys()]
  return {
    sources: open.map((candidate) => candidate.warehouseId),
    units: found.split.units,
    explanation: explainAllocation({ place, policy, candidates, open, skuIds, problem, ...found }),
  }
}

/**
 * Every warehouse that keeps one of the SKUs, with its distance, its price and what it has, in the order in which they
 * are drawn from.
 */
function judgeWarehouses(input: AllocationInput, wanted: ReadonlyMap<string, number>): Candidate[] {
  const skus = new Map([...wanted.keys()].map((skuId, index) => [skuId, index]))
  const warehouses = new Map(input.warehouses.map((warehouse) => [warehouse.warehouseId, warehouse]))
  const candidates = new Map<string, Candidate>()
  for (const { skuId, warehouseId, available, safetyStock } of input.levels) {
    const index = skus.get(skuId)
    const warehouse = warehouses.get(warehouseId)
    if (index === undefined || warehouse === undefined) continue
    const candidate = candidates.get(warehouseId) ?? judgeWarehouse(input, warehouse, wanted.size)
    candidates.set(warehouseId, candidate)
    const units = wanted.get(skuId) ?? 0
    candidate.available[index] = useful(available, units)
    candidate.surplus[index] = useful(available - safetyStock, units)
  }
  const byFreight = input.policy.objectives.includes('lowest-freight')
  return [...candidates.values()].sort((a, b) => {
    const price = byFreight ? a.source.millicentsPerGram - b.source.millicentsPerGram : 0
    return price || a.source.metres - b.source.metres || (a.warehouseId < b.warehouseId ? -1 : 1)
  })
}

/** How many of the units that are there matter to whoever wants some: all that a plan ever knows of stock. */
export function useful(there: number, wanted: number): number {
  return Math.max(0, Math.min(wanted, there))
}

function judgeWarehouse(
  { place, policy, excludedWarehouses }: AllocationInput,
  warehouse: AllocationWarehouse,
  skus: number,
): Candidate {
  const { warehouseId, region } = warehouse
  const kilometres = place.point && distanceKilometres(place.point, warehouse)
  const price = freightPrice(policy.freight, { fromRegion: region, toRegion: place.region, kilometres })
  const { maxDistanceKilometres: limit } = policy
  const tooFar = kilometres !== null && limit !== null && kilometres > limit
  return {
    warehouseId,
    kilometres,
    barred: excludedWarehouses?.includes(warehouseId) ? 'reported-short' : tooFar ? 'too-far' : null,
    source: {
      metres: Math.round((kilometres ?? 0) * METRES),
      parcelMillicents: price.parcelCents * MILLICENTS,
      // A cent a kilogram is a thousandth of a cent a gram.
      millicentsPerGram: price.centsPerKilogram,
    },
    available: Array.from({ length: skus }, () => 0),
    surplus: Array.from({ length: skus }, () => 0),
  }
}

const METRES = 1_000
const MILLICENTS = 1_000

function problemOf(
  { policy, place, levels }: AllocationInput,
  wanted: ReadonlyMap<string, number>,
  open: readonly Candidate[],
): SplitProblem {
  const grams = new Map(levels.map((level) => [level.skuId, level.weightGrams]))
  const items = [...wanted].map(
    ([skuId, units], index): Item => ({
      units,
      // What has no weight yet counts as a gram, so that freight still tells a cheap way from a dear one.
      gramsPerUnit: Math.max(1, grams.get(skuId) ?? 0),
      available: open.map((candidate) => at(candidate.available, index)),
      surplus: open.map((candidate) => at(candidate.surplus, index)),
    }),
  )
  return {
    sources: open.map((candidate) => candidate.source),
    items,
    objectives: policy.objectives.filter((objective) => place.point !== null || objective !== 'nearest'),
    maximumParcels: policy.maxParcels ?? Number.POSITIVE_INFINITY,
    mayDivide: policy.splitLines,
  }
}

function shortagesOf(
  wanted: ReadonlyMap<string, number>,
  served: readonly number[],
  candidates: readonly Candidate[],
): AllocationShortage[] {
  return [...wanted].flatMap(([skuId, requested], index) => {
    const available = at(served, index)
    if (available >= requested) return []
    const everywhere = candidates
      .filter((candidate) => candidate.barred !== 'reported-short')
      .reduce((total, candidate) => total + at(candidate.available, index), 0)
    const beyondLimits = Math.min(requested, everywhere) - available
    return [{ skuId, requested, available, ...(beyondLimits > 0 ? { beyondLimits } : {}) }]
  })
}

function clip(demand: readonly Demand[], shortages: readonly AllocationShortage[]): Demand[] {
  const left = new Map(shortages.map((shortage) => [shortage.skuId, shortage.available]))
  return demand
    .map((line) => {
      const quantity = Math.min(line.quantity, left.get(line.skuId) ?? line.quantity)
      if (left.has(line.skuId)) left.set(line.skuId, (left.get(line.skuId) ?? 0) - quantity)
      return { ...line, quantity }
    })
    .filter((line) => line.quantity > 0)
}

/** Gives the units of each SKU to its lines, the lower line number first. */
function allocate(
  demand: readonly Demand[],
  wanted: ReadonlyMap<string, number>,
  { sources, units }: FoundPlan,
): Allocation[] {
  const places = new Map([...wanted.keys()].map((skuId, index) => [skuId, units[index]?.slice() ?? []]))
  return demand
    .toSorted((a, b) => a.lineNumber - b.lineNumber)
    .flatMap(({ lineNumber, skuId, quantity }) => {
      const left = places.get(skuId) ?? []
      let missing = quantity
      return sources.flatMap((warehouseId, source) => {
        const taken = Math.min(missing, at(left, source))
        left[source] = at(left, source) - taken
        missing -= taken
        return taken > 0 ? [{ lineNumber, skuId, warehouseId, quantity: taken }] : []
      })
    })
}
