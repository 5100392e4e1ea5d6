import { z } from 'zod'
import { thresholdsOf } from '../../domain/flow-break-points.ts'
import { FLOWS, type Flow } from '../../domain/flow-map.ts'
import { definePolicy } from './definition.ts'

const DAY_SECONDS = 86_400
const seconds = (most: number) => z.int().min(1).max(most)

/** Null switches a rule off. */
const thresholds = {
  /** So many intervals without a success, while one was due. */
  noSuccessIntervals: z.number().min(1).max(1_000).nullable(),
  /** The interval of what does not run by the clock: how soon what waits should be through. */
  usualIntervalSeconds: seconds(DAY_SECONDS),
  /** So many percent of at least so many tries failed. */
  errorRate: z
    .strictObject({ percent: z.number().min(0.1).max(100), minimumTries: z.int().min(1).max(1_000_000) })
    .nullable(),
  /** At least so much waits, and so many percent more than in the first half of the window. */
  backlogGrowth: z
    .strictObject({ minimum: z.int().min(1).max(1_000_000), percent: z.number().min(1).max(10_000) })
    .nullable(),
  /** What a feed brings is older than so many times its target; of other flows, what waits, than so many times its due time. */
  staleTimes: z.number().min(1).max(1_000).nullable(),
}
const ofFlow = z.strictObject(thresholds).partial().optional()
const byFlow = z
  .strictObject({
    orders_pushed: ofFlow,
    orders_pulled: ofFlow,
    messages: ofFlow,
    stock_in: ofFlow,
    courier_pushes: ofFlow,
    courier_polls: ofFlow,
    waybills_out: ofFlow,
    stock_out: ofFlow,
    pick_tasks_out: ofFlow,
    refunds_out: ofFlow,
    erp_out: ofFlow,
    purchases_out: ofFlow,
    statements_in: ofFlow,
    customer_messages: ofFlow,
    alerts_out: ofFlow,
    cards_out: ofFlow,
    events_out: ofFlow,
  } satisfies Record<Flow, typeof ofFlow>)
  .default({})

/** When a flow between systems counts as broken; docs/data-flow.md. */
const schema = z
  .strictObject({
    /** Rates, errors and growth are those of so many minutes. */
    windowMinutes: z.int().min(4).max(120).default(15),
    usual: z.strictObject(thresholds),
    /** What another flow than the usual one is judged by; what is left out is as usual. */
    byFlow,
    /** An incident is over when its rule has been kept for so long. */
    closeAfterSeconds: z.int().min(0).max(DAY_SECONDS).default(180),
  })
  .superRefine((rules, context) => {
    // Nobody would ever be told of anything: switching all of it off is no rule but the lack of one.
    const isOff = (flow: Flow) => {
      const { noSuccessIntervals, errorRate, backlogGrowth, staleTimes } = thresholdsOf(flow, rules)
      return [noSuccessIntervals, errorRate, backlogGrowth, staleTimes].every((rule) => rule === null)
    }
    if (!FLOWS.every(isOff)) return
    context.addIssue({
      code: 'custom',
      path: ['usual'],
      message: 'every rule of every flow is off: at least one must be on (所有规则均已关闭，请至少启用一条)',
    })
  })
export type DataFlowPolicy = z.output<typeof schema>

export const dataFlow = definePolicy({
  title: { en: 'Breaks of the data flow', zh: '数据流断点规则' },
  schema,
  initial: schema.parse({
    usual: {
      noSuccessIntervals: 5,
      usualIntervalSeconds: 60,
      errorRate: { percent: 20, minimumTries: 20 },
      backlogGrowth: { minimum: 50, percent: 50 },
      staleTimes: 3,
    },
    byFlow: {
      // Couriers answer by parcel, and one parcel that is unknown to them is no break.
      courier_polls: { noSuccessIntervals: 6, errorRate: { percent: 50, minimumTries: 20 } },
      // A receiver has its own patience, and three days of tries.
      events_out: { usualIntervalSeconds: 300 },
      // Money and bookings are few: each one that fails matters sooner.
      refunds_out: { errorRate: { percent: 20, minimumTries: 5 }, usualIntervalSeconds: 300 },
      erp_out: { errorRate: { percent: 20, minimumTries: 5 }, usualIntervalSeconds: 300 },
      // Some lists a day, and one run a night that may take its hours.
      purchases_out: { errorRate: { percent: 20, minimumTries: 5 }, usualIntervalSeconds: 300 },
      statements_in: { noSuccessIntervals: 2, usualIntervalSeconds: 3_600 },
    },
  }),
})
