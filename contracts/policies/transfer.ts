import { z } from 'zod'
import { TRANSFER_APPROVERS } from '../../domain/transfer-approval.ts'
import { code } from '../common.ts'
import { definePolicy } from './definition.ts'

const DAY_SECONDS = 86_400
const cents = z.int().min(0).max(100_000_000)
const price = { fixedCents: cents, centsPerKilogram: z.int().min(0).max(1_000_000) }
const units = z.int().min(0).max(100_000_000)
const valueCents = z.int().min(0).max(1_000_000_000_000)
const deadline = z
  .number()
  .positive()
  .max(90 * DAY_SECONDS)

/** From where, over which way, and at which price goods may come. */
const sourcing = z.strictObject({
  /** Daily sales are the units that left for customers in these last days, divided by the days. */
  salesWindowDays: z.int().min(1).max(365),
  /** What stays at a source lasts at least so many days of its own sales. */
  minimumCoverDays: z.int().min(0).max(365),
  /** Each unit that a source misses for so many days of its own sales counts as so many cents of cost. */
  targetCoverDays: z.int().min(0).max(365),
  coverCentsPerUnit: z.int().min(0).max(10_000_000),
  /** Only where there is no other way, and such a transfer is never approved by itself. */
  mayBreakSafetyStock: z.boolean(),
  maximumSources: z.int().min(1).max(2),
  hubs: z.array(code).max(5),
  hubHandlingCents: cents,
  lanes: z
    .array(z.strictObject({ from: code, to: code, ...price }))
    .max(1_000)
    .refine(
      (lanes) => new Set(lanes.map((lane) => `${lane.from} ${lane.to}`)).size === lanes.length,
      'each direction between two warehouses may have one price',
    ),
  bands: z
    .array(z.strictObject({ upToKilometres: z.int().min(1).max(20_000).nullable(), ...price }))
    .min(1)
    .max(50)
    .refine(
      (bands) =>
        bands.every(
          (band, index) =>
            index === 0 ||
            (bands[index - 1]?.upToKilometres ?? Number.POSITIVE_INFINITY) <
              (band.upToKilometres ?? Number.POSITIVE_INFINITY),
        ),
      'must be ascending by distance; only the last may be without limit',
    ),
})

/** Who decides: the first step whose limits the transfer keeps; null is no limit. */
const approval = z.strictObject({
  /** Smaller transfers need nobody; a quantity of 0 means that every transfer needs somebody. */
  automatic: z.strictObject({ maxQuantity: units, maxValueCents: valueCents, crossRegion: z.boolean() }),
  steps: z
    .array(
      z.strictObject({
        maxQuantity: units.nullable(),
        maxValueCents: valueCents.nullable(),
        /** Whether it also decides on transfers between regions. */
        crossRegion: z.boolean(),
        roles: z.array(z.enum(TRANSFER_APPROVERS)).min(1),
      }),
    )
    .min(1)
    .max(10)
    .refine((steps) => {
      const last = steps.at(-1)
      return last?.maxQuantity === null && last.maxValueCents === null && last.crossRegion
    }, 'the last step must decide on everything'),
})

const schema = z.strictObject({
  sourcing,
  approval,
  /** A source that was sold out between proposal and hold is replaced by another proposal, so often at most. */
  maximumProposals: z.int().min(1).max(10),
  /** Without a decision it is cancelled; without dispatch or receipt in time a person is told. */
  deadlines: z.strictObject({
    decisionSeconds: deadline,
    dispatchSeconds: deadline,
    receiptSeconds: deadline,
  }),
})

export const transfer = definePolicy({
  title: { en: 'Transfers between warehouses', zh: '调拨' },
  schema,
  initial: {
    sourcing: {
      salesWindowDays: 28,
      minimumCoverDays: 7,
      targetCoverDays: 14,
      coverCentsPerUnit: 100,
      mayBreakSafetyStock: false,
      maximumSources: 2,
      hubs: [],
      hubHandlingCents: 3_000,
      lanes: [],
      bands: [
        { upToKilometres: 100, fixedCents: 8_000, centsPerKilogram: 30 },
        { upToKilometres: 500, fixedCents: 15_000, centsPerKilogram: 60 },
        { upToKilometres: 1_200, fixedCents: 25_000, centsPerKilogram: 100 },
        { upToKilometres: null, fixedCents: 40_000, centsPerKilogram: 160 },
      ],
    },
    approval: {
      automatic: { maxQuantity: 0, maxValueCents: 0, crossRegion: false },
      steps: [
        {
          maxQuantity: 200,
          maxValueCents: 5_000_000,
          crossRegion: false,
          roles: ['regional_director', 'ops', 'admin'],
        },
        { maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['finance', 'admin'] },
      ],
    },
    maximumProposals: 3,
    deadlines: {
      decisionSeconds: 2 * DAY_SECONDS,
      dispatchSeconds: DAY_SECONDS,
      receiptSeconds: 7 * DAY_SECONDS,
    },
  },
})
