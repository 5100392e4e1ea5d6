import { z } from 'zod'
import { HEALTH_GRAINS } from '../domain/health-period.ts'
import {
  HEALTH_BANDS,
  HEALTH_COMPONENTS,
  HEALTH_DIMENSIONS,
  type HealthDimension,
} from '../domain/health-score.ts'
import { channel, code, instant, page, pageQuery } from './common.ts'

/** What a score is cut by: with several of them by all at once. */
const filters = {
  channel: channel.optional(),
  storeId: code.optional(),
  warehouseId: code.optional(),
}
export type HealthFilters = {
  channel?: string | undefined
  storeId?: string | undefined
  warehouseId?: string | undefined
}

/** The dimensions that filters cut by. */
export function dimensionsOf({ channel: ofChannel, storeId, warehouseId }: HealthFilters): HealthDimension[] {
  const given: Record<HealthDimension, string | undefined> = {
    channel: ofChannel,
    store: storeId,
    warehouse: warehouseId,
  }
  return HEALTH_DIMENSIONS.filter((dimension) => given[dimension] !== undefined)
}

const period = {
  grain: z.enum(HEALTH_GRAINS).default('day'),
  /** Any moment of the period; now if absent. */
  at: instant.optional(),
}

const component = z.enum(HEALTH_COMPONENTS)
const score = z.number().min(0).max(100).nullable()
const band = z.enum(HEALTH_BANDS).nullable()

const componentScore = z.object({
  component,
  /** In percent, by the policy. */
  weight: z.number(),
  /** Its weight among what is known, 0 to 1. */
  share: z.number(),
  /** The share that was kept, 0 to 1; of complaints, complaints per order. */
  value: z.number().nullable(),
  score,
  band,
  /** Why there is no score: it cannot be cut like this, nothing happened, or too little for a figure. */
  unknown: z.enum(['no_dimension', 'no_data', 'too_few']).nullable(),
  /** Status changes, units of stock, requests, orders, parts of orders; of them, how many were missed. */
  measured: z.int(),
  missed: z.int(),
  /** The things behind that, which the drill-down lists. */
  outcomes: z.int(),
  missedOutcomes: z.int(),
  /** That drill-down: a path of this API. */
  outcomesUrl: z.string(),
})
const bounds = { from: instant, to: instant }
const scored = { score, band, knownWeight: z.number() }
const freshness = {
  /** Hours are summed when they are over; null: none has been. */
  countedUntil: instant.nullable(),
  refreshedAt: instant.nullable(),
  /** Of the policy `health-score` that weighs and judges. */
  policyVersion: z.int(),
}

export const healthScoreQuery = z.strictObject({ ...period, ...filters })
export type HealthScoreQuery = z.output<typeof healthScoreQuery>
export const healthScoreView = z.object({
  grain: z.enum(HEALTH_GRAINS),
  ...bounds,
  /** Every hour of it is summed. */
  complete: z.boolean(),
  ...scored,
  components: z.array(componentScore),
  previous: z.object({ ...bounds, ...scored }),
  /** Points since the period before; null where one of the two is unknown. */
  change: z.number().nullable(),
  /** What moved it, the most first; the points sum to the change. */
  moved: z
    .array(z.object({ component, points: z.number(), byScore: z.number(), byShare: z.number() }))
    .nullable(),
  ...freshness,
})
export type HealthScoreView = z.output<typeof healthScoreView>

/** So many periods of a trend are read at a time. */
const TREND_PAGE = 62
export const healthTrendQuery = pageQuery.extend({
  grain: period.grain,
  ...filters,
  /** Periods of which any part lies between these; the last thirty where they are absent. */
  from: instant.optional(),
  to: instant.optional(),
  limit: z.coerce.number().int().min(1).max(TREND_PAGE).default(30),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type HealthTrendQuery = z.output<typeof healthTrendQuery>
export const healthTrend = page(
  z.object({
    ...bounds,
    complete: z.boolean(),
    ...scored,
    components: z.array(z.object({ component, score, band })),
  }),
).extend({ grain: z.enum(HEALTH_GRAINS), ...freshness })
export type HealthTrend = z.output<typeof healthTrend>

export const healthBreakdownParams = z.strictObject({ dimension: z.enum(HEALTH_DIMENSIONS) })
export const healthBreakdownQuery = pageQuery.extend({
  ...period,
  ...filters,
  /** Whatever is unknown comes last. */
  sort: z.enum(['worst', 'best', 'key']).default('worst'),
  band: z.enum(HEALTH_BANDS).optional(),
})
export type HealthBreakdownQuery = z.output<typeof healthBreakdownQuery>
export const healthBreakdown = page(
  z.object({ key: z.string(), ...scored, components: z.array(componentScore) }),
).extend({ dimension: z.enum(HEALTH_DIMENSIONS), grain: z.enum(HEALTH_GRAINS), ...bounds, ...freshness })
export type HealthBreakdown = z.output<typeof healthBreakdown>

export const healthOutcomesParams = z.strictObject({ component })
export const healthOutcomesQuery = pageQuery.extend({
  ...period,
  ...filters,
  /** True: only what was missed; false: only what was kept. */
  missed: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type HealthOutcomesQuery = z.output<typeof healthOutcomesQuery>
export const healthOutcomes = page(
  z.object({
    component,
    /** What it is about, and which part of that: a path of this API. */
    url: z.string(),
    sourceId: z.uuid(),
    part: z.string(),
    /** When it counts: docs/health-score.md. */
    happenedAt: instant,
    channel: z.string().nullable(),
    storeId: z.string().nullable(),
    warehouseId: z.string().nullable(),
    orderId: z.uuid().nullable(),
    measured: z.int(),
    missed: z.int(),
    /** What was looked at; its fields depend on the component. Null: it has changed since, and is about to be read again. */
    detail: z.record(z.string(), z.unknown()).nullable(),
  }),
).extend(bounds)
export type HealthOutcomes = z.output<typeof healthOutcomes>

export const countedSkusQuery = pageQuery.extend({
  ...period,
  warehouseId: filters.warehouseId,
  /** The most units missed first, or by SKU. */
  sort: z.enum(['worst', 'sku']).default('worst'),
})
export type CountedSkusQuery = z.output<typeof countedSkusQuery>
export const countedSkus = page(
  z.object({
    skuId: z.string(),
    /** How often it was counted, and how often that was another number than in the books. */
    counts: z.int(),
    differentCounts: z.int(),
    /** Units in the books or on the shelf, whichever were more; and by how many the two differed. */
    units: z.int(),
    missedUnits: z.int(),
    /** 0 to 1; null where there were no units. */
    accuracy: z.number().nullable(),
  }),
).extend(bounds)
export type CountedSkus = z.output<typeof countedSkus>
