import { z } from 'zod'
import { CONDITION_LIMITS, checkRules } from '../../domain/conditions.ts'
import type { DescribedFacts } from './facts.ts'

/** A condition in JsonLogic, not checked yet; the JSON Schema names its facts, so that a form can offer them. */
export function conditionOn({ vocabulary, titles }: DescribedFacts) {
  return z.unknown().meta({ title: 'JsonLogic', 'x-facts': vocabulary, 'x-fact-titles': titles })
}

/**
 * A decision table: an ordered list of `{condition, outcome}`, the first condition that matches decides. Conditions
 * are JsonLogic over the given facts.
 */
export function ruleSet<Outcome extends z.ZodType>(facts: DescribedFacts, outcome: Outcome) {
  return z
    .array(z.strictObject({ condition: conditionOn(facts), outcome }))
    .max(CONDITION_LIMITS.rules)
    .superRefine((rules, context) => {
      for (const { path, message } of checkRules(rules, facts.vocabulary)) {
        context.addIssue({ code: 'custom', path, message })
      }
    })
}
