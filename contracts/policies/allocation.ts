import { z } from 'zod'
import { DEFAULT_ALLOCATION_POLICY } from '../../domain/allocation-policy.ts'
import { ALLOCATION_OBJECTIVES } from '../../domain/allocation-problem.ts'
import { regions } from '../../domain/division.ts'
import { MIXED_ORDERS } from '../../domain/presale.ts'
import { definePolicy } from './definition.ts'

/** Limits of the freight table: it is searched for every warehouse of every order, under row locks. */
const MAX_BANDS = 20
/** ¥1,000: no parcel costs more to send, and sums of them stay exact numbers. */
const MAX_PRICE_CENTS = 100_000

const price = {
  /** For the parcel, whatever it weighs. */
  parcelCents: z.int().min(0).max(MAX_PRICE_CENTS),
  /** For its weight, by the gram. */
  centsPerKilogram: z.int().min(0).max(MAX_PRICE_CENTS),
}

/** Decides by the pair of regions if it is listed, else by the first band that the distance fits into, else `otherwise`. */
const freight = z.strictObject({
  regionPairs: z
    .array(z.strictObject({ fromRegion: z.enum(regions), toRegion: z.enum(regions), ...price }))
    .max(regions.length ** 2)
    .refine(
      (pairs) => new Set(pairs.map((pair) => `${pair.fromRegion} ${pair.toRegion}`)).size === pairs.length,
      'names a pair of regions twice',
    ),
  bands: z
    .array(z.strictObject({ upToKilometres: z.number().min(1).max(10_000), ...price }))
    .max(MAX_BANDS)
    .refine(
      (bands) => bands.every((band, index) => band.upToKilometres > (bands[index - 1]?.upToKilometres ?? 0)),
      'must ascend by distance',
    ),
  otherwise: z.strictObject(price),
})

/** Which warehouse sends what: the first objective decides, the next one among what is equal by it, and so on. */
const schema = z.strictObject({
  objectives: z
    .array(z.enum(ALLOCATION_OBJECTIVES))
    .min(1)
    .max(ALLOCATION_OBJECTIVES.length)
    .refine((list) => new Set(list).size === list.length, 'names an objective twice'),
  /** Farther warehouses are not considered; null: any distance. */
  maxDistanceKilometres: z.number().min(1).max(10_000).nullable(),
  /** An order is refused rather than split into more; null: as many as needed. */
  maxParcels: z.int().min(1).max(100).nullable(),
  /** Whether the units of one SKU may come from several warehouses. */
  splitLines: z.boolean().default(DEFAULT_ALLOCATION_POLICY.splitLines),
  freight: freight.default(DEFAULT_ALLOCATION_POLICY.freight),
  /** Spot goods of an order that also holds presale goods: wait for those, or go ahead. */
  presale: z.enum(MIXED_ORDERS),
})

export const allocation = definePolicy({
  title: { en: 'Allocation to warehouses', zh: '分仓策略' },
  schema,
  initial: { ...DEFAULT_ALLOCATION_POLICY, presale: 'split' },
})
