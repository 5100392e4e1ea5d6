import { z } from 'zod'
import { code } from '../common.ts'
import { definePolicy } from './definition.ts'

const points = z.int().min(1).max(100)
const frequency = z.strictObject({
  count: z.int().min(2).max(10_000),
  days: z.int().min(1).max(90),
  points,
})
const percent = z.number().min(0).max(1_000)
const openingTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:00')
const closingTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 21:00')
/** Of China's time. */
export const opening = z
  .strictObject({ from: openingTime, until: closingTime })
  .refine(({ from, until }) => from < until, { path: ['until'], message: 'must be later than from' })

/** What about changes of orders risk control should look at; docs/change-reports.md. Null switches a rule off. */
const schema = z.strictObject({
  /** So many requests of one person, of one order, for one customer, within so many days. */
  frequentPerson: frequency.nullable(),
  frequentOrder: frequency.nullable(),
  repeatedCustomer: frequency.nullable(),
  /** So many approvals of one person's requests by one and the same, and that share of all of theirs. */
  selfDealing: frequency.extend({ sharePercent: z.int().min(1).max(100) }).nullable(),
  /** Outside working hours. Days off are China's, unless somebody has said otherwise for a store. */
  offHours: z
    .strictObject({
      points,
      opening,
      openingByStore: z
        .record(code, opening)
        .refine((stores) => Object.keys(stores).length <= 1_000, 'has more than 1,000 stores')
        .default({}),
      /** Stores that open on weekends and holidays, too. */
      restDaysCount: z.boolean().default(true),
    })
    .nullable(),
  offPrice: z.strictObject({ percent, points }).nullable(),
  /** The most that each level may decide by itself, and how close below it is noted. */
  belowLimit: z
    .strictObject({
      limitsCents: z.array(z.int().min(1).max(1_000_000_000)).min(1).max(20),
      withinPercent: z.number().min(0.01).max(50),
      points,
    })
    .nullable(),
})
export type ChangeAnomalyPolicy = z.output<typeof schema>

export const changeAnomaly = definePolicy({
  title: { en: 'Anomalies of changes', zh: '异常改单规则' },
  schema,
  initial: schema.parse({
    frequentPerson: { count: 10, days: 7, points: 40 },
    frequentOrder: { count: 3, days: 30, points: 30 },
    repeatedCustomer: { count: 3, days: 30, points: 30 },
    selfDealing: { count: 10, days: 30, points: 40, sharePercent: 90 },
    offHours: { points: 20, opening: { from: '08:00', until: '22:00' } },
    offPrice: { percent: 30, points: 30 },
    belowLimit: { limitsCents: [4_999, 10_000, 50_000], withinPercent: 1, points: 35 },
  }),
})
