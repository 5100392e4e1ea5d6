import { z } from 'zod'
import { definePolicy } from './definition.ts'

/** How long stock is held for an order that is not paid yet. */
const schema = z.strictObject({
  holdTtlSeconds: z.number().min(1).max(86_400),
})

export const reservation = definePolicy({
  title: { en: 'Reservation', zh: '库存预占' },
  schema,
  initial: { holdTtlSeconds: 15 * 60 },
})
