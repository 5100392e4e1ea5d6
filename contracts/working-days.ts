import { z } from 'zod'
import { code, instant, page, pageQuery, text } from './common.ts'

/** YYYY-MM-DD in China. */
export const day = z.iso.date()
/** No store: every store that nothing else is said of. */
const storeId = code.nullable()

export const workingDayBody = z.strictObject({
  storeId: storeId.default(null),
  day,
  kind: z.enum(['work', 'rest']),
  /** Why, such as 店庆. */
  name: text(50).nullable().default(null),
})
export type WorkingDayBody = z.output<typeof workingDayBody>
export const workingDayQuery = z.strictObject({ day, storeId: code.optional() })

export const workingDayView = z.object({
  storeId,
  day,
  kind: z.enum(['work', 'rest']),
  name: z.string().nullable(),
  changedBy: z.string(),
  changedAt: instant,
})
export type WorkingDayView = z.output<typeof workingDayView>

export const listWorkingDaysQuery = pageQuery.extend({
  storeId: code.optional(),
  from: day.optional(),
  to: day.optional(),
  kind: z.enum(['work', 'rest']).optional(),
  sort: z.enum(['newest', 'oldest']).default('oldest'),
})
export type ListWorkingDaysQuery = z.output<typeof listWorkingDaysQuery>
export const workingDayPage = page(workingDayView).extend({
  /** Of which of this and the next year the official holidays are known. A year that is not has weekends only. */
  holidaysKnown: z.object({ thisYear: z.boolean(), nextYear: z.boolean() }),
})
