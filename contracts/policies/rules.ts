import { z } from 'zod'
import { CONDITION_LIMITS, checkRules, type Vocabulary } from '../../domain/conditions.ts'

/**
 * A decision table: an ordered list of `{condition, outcome}`, the first condition that matches decides. Conditions
 * are JsonLogic over the given facts; the JSON Schema names them, so that a form can offer them.
 */
export function ruleSet<Outcome extends z.ZodType>(vocabulary: Vocabulary, outcome: Outcome) {
  const condition = z.unknown().meta({ title: 'JsonLogic', 'x-facts': vocabulary })
  return z
    .array(z.strictObject({ condition, outcome }))
    .max(CONDITION_LIMITS.rules)
    .superRefine((rules, context) => {
      for (const { path, message } of checkRules(rules, vocabulary)) {
        context.addIssue({ code: 'custom', path, message })
      }
    })
}
