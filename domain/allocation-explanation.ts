import type { AllocationPolicy } from './allocation-policy.ts'
import { type AllocationObjective, at, type Source, type SplitProblem, sum } from './allocation-problem.ts'
import { costsInstead, type Split } from './allocation-search.ts'
import { type Serving, servingOf } from './allocation-serving.ts'
import type { Place, PlaceProblem } from './place.ts'

/** A warehouse as the plan saw it; units by SKU, in the order of the demand, never more than wanted. */
export type Candidate = {
  warehouseId: string
  /** To the customer; null if the place is unknown. */
  kilometres: number | null
  /** Why it may not send at all. */
  barred: 'reported-short' | 'too-far' | null
  source: Source
  available: number[]
  surplus: number[]
}

/** Why a warehouse does not send. */
export type RejectionReason =
  /** It cannot serve these SKUs in full; the first few of `count`. */
  | { kind: 'lacks'; skuIds: string[]; count: number }
  /** In the place of one that sends, it would be worse, first in this objective, by so many parcels, kilometres, cents or units. */
  | { kind: 'costs-more'; objective: AllocationObjective; by: number }
  | { kind: 'equal' }
  | { kind: 'too-far'; limitKilometres: number }
  | { kind: 'reported-short' }
  | { kind: 'not-compared' }

/** Why an order's goods come from where they come from. It is stored with the order. */
export type AllocationExplanation = {
  place: { divisionCode: string; problem: PlaceProblem | null }
  /** In policy order. Parcels, kilometres, cents, units out of safety stock; null if it could not be judged. */
  objectives: { objective: AllocationObjective; value: number | null }[]
  /** SKUs of the demand. */
  skus: number
  /** Warehouses that send, the nearest first. */
  chosen: { warehouseId: string; kilometres: number | null; skus: number; units: number }[]
  /** Warehouses that could have sent all of it alone. */
  complete: number
  /** The nearest of the others. */
  rejected: { warehouseId: string; kilometres: number | null; reason: RejectionReason }[]
  /** Warehouses that have something to give, and those of them that were compared. */
  candidates: number
  compared: number
}

/** The others that are told about, and the SKUs that are named for each: an explanation is read, and stored a million times. */
const TOLD_WAREHOUSES = 3
const NAMED_SKUS = 3

type Decision = {
  place: Place
  policy: AllocationPolicy
  candidates: readonly Candidate[]
  /** Those that have something to give and may; the sources of the problem. */
  open: readonly Candidate[]
  skuIds: readonly string[]
  problem: SplitProblem
  split: Split
  compared: readonly number[]
}

export function explainAllocation(decision: Decision): AllocationExplanation {
  const { place, policy, open, skuIds, problem, split, compared } = decision
  const chosen = open.flatMap((candidate, source) => {
    const units = split.units.map((row) => at(row, source))
    const sent = units.filter((taken) => taken > 0).length
    return sent > 0 ? [{ ...told(candidate), skus: sent, units: sum(units) }] : []
  })
  return {
    place: { divisionCode: place.divisionCode, problem: place.problem },
    objectives: policy.objectives.map((objective) => {
      const cost = split.costs[problem.objectives.indexOf(objective)]
      return { objective, value: cost === undefined ? null : readable(objective, cost) }
    }),
    skus: skuIds.length,
    chosen: chosen.sort(nearestFirst),
    complete: open.filter((candidate) => lackedBy(decision, candidate).length === 0).length,
    rejected:
      chosen.length === 0 ? [] : rejections(decision, new Set(chosen.map((entry) => entry.warehouseId))),
    candidates: open.length,
    compared: compared.length,
  }
}

function rejections(decision: Decision, chosen: ReadonlySet<string>): AllocationExplanation['rejected'] {
  const senders = decision.open.flatMap(({ warehouseId }, index) => (chosen.has(warehouseId) ? [index] : []))
  const plan = { senders, serving: servingOf(decision.problem) }
  return decision.candidates
    .filter((candidate) => !chosen.has(candidate.warehouseId))
    .sort(nearestFirst)
    .slice(0, TOLD_WAREHOUSES)
    .map((candidate) => ({ ...told(candidate), reason: reasonAgainst(decision, candidate, plan) }))
}

function reasonAgainst(
  decision: Decision,
  candidate: Candidate,
  { senders, serving }: { senders: readonly number[]; serving: Serving },
): RejectionReason {
  const { policy, open, problem, split } = decision
  if (candidate.barred === 'reported-short') return { kind: 'reported-short' }
  if (candidate.barred === 'too-far')
    return { kind: 'too-far', limitKilometres: policy.maxDistanceKilometres ?? 0 }
  const lacked = lackedBy(decision, candidate)
  const lacks = { kind: 'lacks' as const, skuIds: lacked.slice(0, NAMED_SKUS), count: lacked.length }
  const source = open.indexOf(candidate)
  // Beside a single parcel, what a warehouse lacks says it all; beside several, what it would cost in place of one.
  if (source < 0 || (senders.length === 1 && lacked.length > 0)) return lacks
  const costs = costsInstead(serving, senders, source)
  if (costs === null) return lacked.length > 0 ? lacks : { kind: 'not-compared' }
  const index = costs.findIndex((cost, place) => cost !== at(split.costs, place))
  const objective = problem.objectives[index]
  if (objective === undefined) return { kind: 'equal' }
  return { kind: 'costs-more', objective, by: readable(objective, at(costs, index) - at(split.costs, index)) }
}

function lackedBy({ skuIds, problem }: Decision, candidate: Candidate): string[] {
  return skuIds.filter((_, index) => at(candidate.available, index) < (problem.items[index]?.units ?? 0))
}

function told({ warehouseId, kilometres }: Candidate): { warehouseId: string; kilometres: number | null } {
  return { warehouseId, kilometres: kilometres === null ? null : Math.round(kilometres) }
}

function nearestFirst(
  a: { warehouseId: string; kilometres: number | null },
  b: { warehouseId: string; kilometres: number | null },
): number {
  return (a.kilometres ?? 0) - (b.kilometres ?? 0) || (a.warehouseId < b.warehouseId ? -1 : 1)
}

/** Metres as kilometres, millicents as cents. */
function readable(objective: AllocationObjective, cost: number): number {
  return objective === 'nearest' || objective === 'lowest-freight' ? Math.round(cost / 1_000) : cost
}
