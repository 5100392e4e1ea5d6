import { z } from 'zod'
import { COMPLAINT_CATEGORIES } from '../../domain/complaint.ts'
import { HEALTH_COMPONENTS, type HealthComponent } from '../../domain/health-score.ts'
import { channel, text } from '../common.ts'
import { definePolicy } from './definition.ts'

const DAY_SECONDS = 86_400
const ofEach = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    syncTimeliness: value,
    stockAccuracy: value,
    approvalCompletion: value,
    complaintRate: value,
    onTimeFulfilment: value,
  } satisfies Record<HealthComponent, Value>)

const weights = ofEach(z.number().min(0).max(100)).superRefine((given, context) => {
  const sum = HEALTH_COMPONENTS.reduce((total, component) => total + given[component], 0)
  // Decimals of percent may be off by the last bit.
  if (Math.abs(sum - 100) < 1e-6) return
  const shown = Number(sum.toFixed(4))
  context.addIssue({
    code: 'custom',
    message: `must sum to 100, these sum to ${shown} (权重之和必须为 100，现为 ${shown})`,
  })
})

const points = z.number().min(0).max(100)
const band = z
  .strictObject({ good: points, fair: points })
  .refine(({ good, fair }) => fair < good, { path: ['fair'], message: 'must be below good' })
const sample = z.int().min(1).max(1_000_000)
const seconds = (most: number) => z.number().min(1).max(most)
const keyed = <Value extends z.ZodType>(key: z.ZodType<string>, value: Value) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= 200, 'has more than 200 entries')
    .default({})
const courier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the code of a courier')

/** How the health of orders is measured and judged; docs/health-score.md. */
const schema = z.strictObject({
  /** In percent; they sum to 100. */
  weights,
  /**
   * What the feeds of a platform are expected to keep, where that is not what its connector says: from a change at the
   * source to the hub. The lag of feeds is judged by it, too.
   */
  syncTargetSeconds: keyed(
    channel,
    z.strictObject({ push: seconds(DAY_SECONDS).optional(), pull: seconds(DAY_SECONDS).optional() }),
  ),
  /**
   * How long after its payment an order must have left, by channel, where its platform does not say; without an entry
   * as long as the policy approval-route says.
   */
  shipWithinSeconds: keyed(channel, seconds(90 * DAY_SECONDS)),
  /** How long couriers promise to take. */
  deliverWithinSeconds: z.strictObject({
    usual: seconds(90 * DAY_SECONDS),
    byCourier: keyed(courier, seconds(90 * DAY_SECONDS)),
  }),
  /** Whether the accuracy of stock is that of units, or the share of SKUs that were exact. */
  stockAccuracyBy: z.enum(['unit', 'sku']).default('unit'),
  /** So many complaints for a hundred orders, or more, are a score of 0. */
  worstComplaintPercent: z.number().min(0.01).max(100),
  /** With fewer changes, counted lines, requests, orders or parts of orders a component is unknown. */
  minimumSamples: ofEach(sample),
  /** From which score on it is good or fair. */
  bands: ofEach(band).extend({ score: band }),
  /** What reasons for refunds mean: the first with one of the words; null is no complaint. */
  refundReasons: z
    .array(
      z.strictObject({
        words: z.array(text(50)).min(1).max(50),
        category: z.enum(COMPLAINT_CATEGORIES).nullable(),
      }),
    )
    .max(100)
    .default([]),
})
export type HealthScorePolicy = z.output<typeof schema>

export const healthScore = definePolicy({
  title: { en: 'Health score of orders', zh: '订单健康分' },
  schema,
  initial: schema.parse({
    weights: {
      syncTimeliness: 30,
      stockAccuracy: 25,
      approvalCompletion: 20,
      complaintRate: 15,
      onTimeFulfilment: 10,
    },
    deliverWithinSeconds: { usual: 5 * DAY_SECONDS, byCourier: { sf: 3 * DAY_SECONDS, jd: 3 * DAY_SECONDS } },
    worstComplaintPercent: 5,
    minimumSamples: {
      syncTimeliness: 10,
      stockAccuracy: 5,
      approvalCompletion: 3,
      complaintRate: 20,
      onTimeFulfilment: 10,
    },
    bands: {
      score: { good: 90, fair: 75 },
      syncTimeliness: { good: 98, fair: 90 },
      stockAccuracy: { good: 98, fair: 95 },
      approvalCompletion: { good: 95, fair: 80 },
      complaintRate: { good: 90, fair: 70 },
      onTimeFulfilment: { good: 95, fair: 85 },
    },
    refundReasons: [
      { words: ['七天无理由', '7天无理由', '不想要', '不喜欢', '拍错', '多拍', '重复下单'], category: null },
      { words: ['假货', '假冒', '仿品', '正品'], category: 'counterfeit' },
      { words: ['破损', '损坏', '压坏', '漏液', '包装'], category: 'damaged' },
      { words: ['少件', '漏发', '少发', '缺件'], category: 'missing_item' },
      { words: ['错发', '发错', '颜色不符', '尺码不符'], category: 'wrong_item' },
      { words: ['描述不符', '与描述', '与页面'], category: 'not_as_described' },
      { words: ['未按约定时间发货', '发货慢', '未发货', '虚假发货', '缺货'], category: 'late_shipping' },
      { words: ['未收到', '没收到', '丢件', '丢失'], category: 'not_received' },
      { words: ['物流慢', '快递慢', '配送慢', '物流停滞', '一直未送到'], category: 'late_delivery' },
      { words: ['质量', '瑕疵', '故障', '做工', '变质', '异味'], category: 'quality' },
      { words: ['差价', '多收', '价格'], category: 'price' },
      { words: ['态度', '服务'], category: 'service' },
    ],
  }),
})
