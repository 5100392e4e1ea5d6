import { z } from 'zod'
import { STORY_KINDS } from '../domain/order-story.ts'
import { code, externalId, instant, orderId, page, pageQuery, text } from './common.ts'
import { logEntry } from './orders.ts'

const operationLogFilters = {
  orderId: orderId.optional(),
  storeId: code.optional(),
  /** A person's user name, a system (`mall:shop-1`), a platform, or `system`. */
  operator: text(128).optional(),
  /** What kind of thing caused it, e.g. `payment_received` or `pda.packed`. */
  source: text(128).optional(),
  /** What changed: `status`, `payment`, `refund`, `reservation`, `parcel`, … */
  field: text(64).optional(),
  /** The payment, refund, parcel, return or pick task. */
  subjectId: externalId.optional(),
  /** By the hub's time. */
  from: instant.optional(),
  to: instant.optional(),
}

export const operationLogQuery = pageQuery.extend({
  ...operationLogFilters,
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type OperationLogQuery = z.output<typeof operationLogQuery>

/** The longest period of one export: a quarter of a year. */
const EXPORT_DAYS = 93
type Period = { from: string; to: string }
const isForward = ({ from, to }: Period) => Date.parse(to) > Date.parse(from)
const isShort = ({ from, to }: Period) => Date.parse(to) - Date.parse(from) <= EXPORT_DAYS * 86_400_000
const forward = { message: 'must be after from', path: ['to'] }
const short = { message: `must be within ${EXPORT_DAYS} days of from`, path: ['to'] }
const exported = { ...operationLogFilters, from: instant, to: instant }

/** An export of this log names its period. */
export const operationLogExportFilters = z
  .strictObject(exported)
  .refine(isForward, forward)
  .refine(isShort, short)
export const operationLogExportQuery = z
  .strictObject({ ...exported, format: z.enum(['csv', 'xlsx']).default('csv') })
  .refine(isForward, forward)
  .refine(isShort, short)
export type OperationLogFilters = Omit<OperationLogQuery, 'limit' | 'cursor' | 'sort'>

export const operationLogEntry = logEntry.extend({ orderId, storeId: z.string() })
export type OperationLogEntry = z.output<typeof operationLogEntry>
export const operationLogPage = page(operationLogEntry)

const storyKind = z.enum(STORY_KINDS)

export const orderStoryQuery = pageQuery.extend({
  /** Only these, after commas; default: all. */
  kinds: z
    .string()
    .max(100)
    .transform((value) => value.split(','))
    .pipe(z.array(storyKind).min(1))
    .optional(),
  sort: z.enum(['newest', 'oldest']).default('oldest'),
})
export type OrderStoryQuery = z.output<typeof orderStoryQuery>

export const orderStoryEntry = z.object({
  id: z.string(),
  kind: storyKind,
  at: instant.describe('when the hub learned of it'),
  happenedAt: instant.nullable().describe('when it happened, as its source says'),
  by: z.string().describe('person, system or platform'),
  text: z.object({ en: z.string(), zh: z.string() }),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type OrderStoryEntry = z.output<typeof orderStoryEntry>
export const orderStoryPage = page(orderStoryEntry)
