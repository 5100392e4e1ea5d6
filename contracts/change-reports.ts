import { z } from 'zod'
import { ANOMALY_KINDS } from '../domain/change-anomaly.ts'
import { ANOMALY_STATES } from '../domain/change-anomaly-state.ts'
import { STATISTIC_KEYS, STATISTIC_SORTS } from '../domain/change-statistics.ts'
import { code, instant, page, pageQuery, text } from './common.ts'

const sentence = z.object({ en: z.string(), zh: z.string() })

/** Everything that the rule has looked at. */
const evidence = z.object({
  changeIds: z.array(z.string()),
  people: z.array(z.string()),
  measured: z.number(),
  limit: z.number(),
  unit: z.enum(['requests', 'percent', 'cents']),
  days: z.number().nullable(),
  offHours: z
    .object({
      reason: z.enum(['rest-day', 'before-opening', 'after-closing']),
      day: z.string(),
      time: z.string(),
      name: z.string().nullable(),
    })
    .optional(),
  skuId: z.string().optional(),
  mutual: z.boolean().optional(),
})

export const anomalyView = z.object({
  anomalyId: z.uuid(),
  kind: z.enum(ANOMALY_KINDS),
  /** What is strange. */
  sentence,
  subject: z.object({ kind: z.string(), id: z.string() }),
  changeId: z.uuid(),
  storeId: z.string(),
  score: z.int(),
  evidence,
  people: z.array(z.string()),
  state: z.enum(ANOMALY_STATES),
  meaning: sentence,
  version: z.int(),
  /** Of the policy `change-anomaly` that it was last judged by. */
  policyVersion: z.int(),
  foundAt: instant,
  updatedAt: instant,
})
export type AnomalyView = z.output<typeof anomalyView>
export const anomalyPage = page(anomalyView)
export const anomalyDetail = anomalyView.extend({
  /** The requests of the evidence, the oldest first. */
  requests: z.array(
    z.object({
      changeId: z.uuid(),
      changeNumber: z.string(),
      orderId: z.uuid(),
      storeId: z.string(),
      type: z.string(),
      status: z.string(),
      applicant: z.string(),
      differenceCents: z.int(),
      concessionCents: z.int(),
      createdAt: instant,
    }),
  ),
  /** Who has moved it where, and why. */
  moves: z.array(
    z.object({
      from: z.enum(ANOMALY_STATES),
      to: z.enum(ANOMALY_STATES),
      note: z.string(),
      operator: z.string(),
      movedAt: instant,
    }),
  ),
})
export type AnomalyDetail = z.output<typeof anomalyDetail>

export const anomalyParams = z.object({ anomalyId: z.uuid() })
export const listAnomaliesQuery = pageQuery.extend({
  state: z.enum(ANOMALY_STATES).optional(),
  kind: z.enum(ANOMALY_KINDS).optional(),
  storeId: code.optional(),
  /** Anybody whose behaviour it is about, applicant or approver. */
  person: text(200).optional(),
  changeId: z.uuid().optional(),
  minimumScore: z.coerce.number().int().min(0).max(100).optional(),
  foundFrom: instant.optional(),
  foundTo: instant.optional(),
  sort: z.enum(['newest', 'oldest', 'worst']).default('newest'),
})
export type ListAnomaliesQuery = z.output<typeof listAnomaliesQuery>

export const moveAnomalyBody = z.strictObject({
  state: z.enum(ANOMALY_STATES),
  /** What was looked at: somebody else may have been faster. */
  version: z.int().min(1),
  note: text(500),
})
export type MoveAnomalyBody = z.output<typeof moveAnomalyBody>

export const month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')

const filters = {
  /** Of China; the present one where it is absent. */
  month: month.optional(),
  by: z.enum(STATISTIC_KEYS).default('store'),
  storeId: code.optional(),
  applicant: text(200).optional(),
  type: text(32).optional(),
  /** The most of it first; of the difference the largest reduction. */
  sort: z.enum(STATISTIC_SORTS).default('requests'),
}
export const changeStatisticsQuery = pageQuery.extend(filters)
export const changeStatisticsExportQuery = z.strictObject(filters)
export type StatisticsFilters = z.output<typeof changeStatisticsExportQuery>
export type ChangeStatisticsQuery = z.output<typeof changeStatisticsQuery>

const figures = z.object({
  requests: z.int(),
  applied: z.int(),
  rejected: z.int(),
  /** Of what was applied; negative is a reduction. */
  differenceCents: z.int(),
  concessionCents: z.int(),
})
const row = z.object({
  /** Store, person or type. */
  key: z.string(),
  now: figures,
  before: figures,
  /** Requests for each day of the month, so far. */
  requestsPerDay: z.number(),
  /** How much more there is than the month before, in percent; null where there was nothing then. */
  growthPercent: z.object({ requests: z.number().nullable(), concession: z.number().nullable() }),
  /** Where the requests behind it are: a path of this API. */
  requestsUrl: z.string(),
})
export const changeStatistics = page(row).extend({
  month,
  previousMonth: month,
  by: z.enum(STATISTIC_KEYS),
  total: z.object({ now: figures, before: figures }),
  /** When they were last counted; null: nothing was asked for in either month, or nobody has counted yet. */
  refreshedAt: instant.nullable(),
})
export type ChangeStatistics = z.output<typeof changeStatistics>
