import { z } from 'zod'
import { definePolicy } from './definition.ts'
import { ORDER_CONDITIONS } from './facts.ts'
import { ruleSet } from './rules.ts'

const holdTtlSeconds = z.number().min(1).max(86_400)

/**
 * How long stock is held for an order that is not paid yet: by the first rule that matches, otherwise
 * `holdTtlSeconds`. It is decided at checkout; a new version changes later orders only.
 */
const schema = z.strictObject({
  holdTtlSeconds,
  rules: ruleSet(ORDER_CONDITIONS, z.strictObject({ holdTtlSeconds })).default([]),
})

export const reservation = definePolicy({
  title: { en: 'Reservation', zh: '库存预占' },
  schema,
  initial: { holdTtlSeconds: 15 * 60, rules: [] },
})
