import { decideByRules, type Facts, type Rule } from './conditions.ts'

/** How long stock is held for payment: by the first rule that matches, otherwise the usual time. In seconds. */
export type HoldTimePolicy = { holdTtlSeconds: number; rules: readonly Rule<{ holdTtlSeconds: number }>[] }

/** The time for one order, in seconds. */
export function holdTtlSeconds(policy: HoldTimePolicy, facts: Facts): number {
  return decideByRules(policy.rules, policy, facts).outcome.holdTtlSeconds
}
