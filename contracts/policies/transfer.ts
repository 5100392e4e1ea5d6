import { z } from 'zod'
import { definePolicy } from './definition.ts'

/** What a transfer between warehouses needs. */
const schema = z.strictObject({
  /** Up to so many units nobody has to approve; 0: every transfer is approved by a person. */
  automaticUpToUnits: z.int().min(0).max(1_000_000),
  /** A source is proposed only if it keeps so many days of its own sales. */
  minDaysOfCoverAtSource: z.number().min(0).max(365),
  maxSources: z.int().min(1).max(12),
})

export const transfer = definePolicy({
  title: { en: 'Transfers between warehouses', zh: '调拨' },
  schema,
  initial: { automaticUpToUnits: 0, minDaysOfCoverAtSource: 7, maxSources: 2 },
})
