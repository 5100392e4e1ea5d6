import { z } from 'zod'
import { RFM_SCORES, segmentGaps, USUAL_SERVICE } from '../../domain/customer-segment.ts'
import { text } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Segments are what conditions name: a few that people tell apart. */
const MOST_SEGMENTS = 20

const score = z.int().min(1).max(RFM_SCORES)
/** Scores from `min` to `max`; 5 is the best fifth of all customers. */
const range = z
  .strictObject({ min: score.default(1), max: score.default(RFM_SCORES) })
  .refine(({ min, max }) => min <= max, { path: ['max'], message: 'must not be below min' })
const anyScore = { min: 1, max: RFM_SCORES }

const service = z.strictObject({
  /** Of paid orders that wait for the same stock, those with the higher number are served first. */
  allocationPriority: z.int().min(0).max(9).default(USUAL_SERVICE.allocationPriority),
  /** How often goods are sent again for nothing before `customerFreeReshipsLeft` is 0. */
  freeReships: z.int().min(0).max(100).default(USUAL_SERVICE.freeReships),
  /** What `customerLeniencyCents` is in the conditions of approval-route. */
  approvalLeniencyCents: z.int().min(0).max(10_000_000).default(USUAL_SERVICE.approvalLeniencyCents),
})

const segment = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/, 'must be a name such as important-value')
    // By that lists find customers who are in no segment.
    .refine((name) => name !== 'none', 'must not be none'),
  title: text(50),
  recency: range.default(anyScore),
  frequency: range.default(anyScore),
  monetary: range.default(anyScore),
  service: service.default(USUAL_SERVICE),
})

/** Customers by how lately, how often and for how much they buy, and what each segment is given; docs/customers.md. */
const schema = z.strictObject({
  /** Orders of so many days are counted, today's included. */
  windowDays: z.int().min(30).max(1_095).default(365),
  /** The first that fits. */
  segments: z
    .array(segment)
    .min(1)
    .max(MOST_SEGMENTS)
    .superRefine((segments, context) => {
      const codes = segments.map(({ code }) => code)
      for (const [index, code] of codes.entries()) {
        if (codes.indexOf(code) === index) continue
        context.addIssue({ code: 'custom', path: [index, 'code'], message: 'is used twice (编码重复)' })
      }
      const { without, unreachable } = segmentGaps(segments)
      if (without) {
        const { recency, frequency, monetary } = without
        context.addIssue({
          code: 'custom',
          message: `have none for recency ${recency}, frequency ${frequency}, monetary ${monetary} (存在未覆盖的评分组合)`,
        })
      }
      for (const index of unreachable) {
        const message = 'is never reached: earlier segments take all of it (被前面的分群完全覆盖)'
        context.addIssue({ code: 'custom', path: [index], message })
      }
    }),
  /** What those are given who are in no segment: whoever is new or unknown. */
  others: service.default(USUAL_SERVICE),
})

export type CustomerSegmentsPolicy = z.output<typeof schema>

const high = { min: 4 }
const low = { max: 3 }

/** The eight classes that Chinese merchants know. None of them is given anything until somebody says so. */
export const customerSegments = definePolicy({
  title: { en: 'Customer segments', zh: '客户分群与服务' },
  schema,
  initial: schema.parse({
    segments: [
      { code: 'important-value', title: '重要价值客户', recency: high, frequency: high, monetary: high },
      { code: 'important-growth', title: '重要发展客户', recency: high, frequency: low, monetary: high },
      { code: 'important-keep', title: '重要保持客户', recency: low, frequency: high, monetary: high },
      { code: 'important-winback', title: '重要挽留客户', recency: low, frequency: low, monetary: high },
      { code: 'general-value', title: '一般价值客户', recency: high, frequency: high, monetary: low },
      { code: 'general-growth', title: '一般发展客户', recency: high, frequency: low, monetary: low },
      { code: 'general-keep', title: '一般保持客户', recency: low, frequency: high, monetary: low },
      { code: 'general-winback', title: '一般挽留客户', recency: low, frequency: low, monetary: low },
    ],
  }),
})
