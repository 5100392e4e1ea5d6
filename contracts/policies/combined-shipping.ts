import { z } from 'zod'
import { definePolicy } from './definition.ts'
import { ORDER_CONDITIONS } from './facts.ts'
import { ruleSet } from './rules.ts'

/** Whether open orders of one buyer to one address leave in one parcel: by the first rule that matches, otherwise `combine`. */
const schema = z.strictObject({
  combine: z.boolean(),
  rules: ruleSet(ORDER_CONDITIONS, z.strictObject({ combine: z.boolean() })).default([]),
  /** In one parcel. */
  maxOrders: z.int().min(2).max(20).default(5),
  /** Of all goods of a parcel together; null: no limit. */
  maxWeightGrams: z.int().min(1).max(1_000_000).nullable().default(null),
  /** So long a new task is kept from the PDAs, so that a further order may still join it. */
  waitSeconds: z.int().min(0).max(86_400).default(0),
})

export const combinedShipping = definePolicy({
  title: { en: 'Combined shipping', zh: '合单发货' },
  schema,
  initial: schema.parse({ combine: false }),
})
