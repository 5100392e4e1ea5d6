import { z } from 'zod'
import { definePolicy } from './definition.ts'

const OBJECTIVES = ['fewest-parcels', 'nearest', 'lowest-freight', 'keep-safety-stock'] as const

/** Which warehouse sends what: the first objective decides, the next one among what is equal by it, and so on. */
const schema = z.strictObject({
  objectives: z
    .array(z.enum(OBJECTIVES))
    .min(1)
    .max(OBJECTIVES.length)
    .refine((list) => new Set(list).size === list.length, 'names an objective twice'),
  /** Farther warehouses are not considered; null: any distance. */
  maxDistanceKilometres: z.number().min(1).max(10_000).nullable(),
  /** An order is refused rather than split into more; null: as many as needed. */
  maxParcels: z.int().min(1).max(100).nullable(),
  /** Spot goods of an order that also holds presale goods: wait for those, or go ahead. */
  presale: z.enum(['ship-together', 'split']),
})

export const allocation = definePolicy({
  title: { en: 'Allocation to warehouses', zh: '分仓策略' },
  schema,
  initial: {
    objectives: ['fewest-parcels', 'nearest'],
    maxDistanceKilometres: null,
    maxParcels: null,
    presale: 'split',
  },
})
