/** Roles that a policy may name as deciding on transfers. */
export const TRANSFER_APPROVERS = ['store_manager', 'regional_director', 'finance', 'ops', 'admin'] as const
export type TransferApprover = (typeof TRANSFER_APPROVERS)[number]

type Limits = { maxQuantity: number | null; maxValueCents: number | null; crossRegion: boolean }
export type ApprovalRules = {
  automatic: { maxQuantity: number; maxValueCents: number; crossRegion: boolean }
  steps: (Limits & { roles: TransferApprover[] })[]
}
export type ApprovalFacts = {
  quantity: number
  /** At the SKU's standard price. */
  valueCents: number
  crossRegion: boolean
  breaksSafetyStock: boolean
}
/** Nobody has to decide, or one person of these roles does. */
export type Approval = { automatic: true } | { automatic: false; roles: TransferApprover[] }

/** Who decides on a transfer: the policy itself for small ones, else the first step whose limits it keeps. */
export function approvalOf(facts: ApprovalFacts, rules: ApprovalRules): Approval {
  if (!facts.breaksSafetyStock && isWithin(facts, rules.automatic)) return { automatic: true }
  // The policy's schema has made sure that the last step decides on everything.
  const step = rules.steps.find((limits) => isWithin(facts, limits)) ?? rules.steps.at(-1)
  return { automatic: false, roles: step?.roles ?? ['admin'] }
}

function isWithin(facts: ApprovalFacts, limits: Limits): boolean {
  return (
    facts.quantity <= (limits.maxQuantity ?? Number.POSITIVE_INFINITY) &&
    facts.valueCents <= (limits.maxValueCents ?? Number.POSITIVE_INFINITY) &&
    (limits.crossRegion || !facts.crossRegion)
  )
}
