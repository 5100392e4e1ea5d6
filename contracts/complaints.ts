import { z } from 'zod'
import { COMPLAINT_CATEGORIES, COMPLAINT_SOURCES } from '../domain/complaint.ts'
import { channel, code, externalId, instant, orderId, page, pageQuery, text } from './common.ts'

const category = z.enum(COMPLAINT_CATEGORIES)

export const recordComplaintBody = z
  .strictObject({
    orderId,
    source: z.enum(COMPLAINT_SOURCES).default('customer_service'),
    /** What it is about; of a refund what its reason means, where this is absent. */
    category: category.optional(),
    /** The reason for the refund in the platform's words; the policy `health-score` says what it means. */
    refundReason: text(200).optional(),
    /** The ticket or refund by its own number: told again, it is the same complaint. */
    externalId: externalId.optional(),
    /** When the customer complained; now if absent. */
    occurredAt: instant.optional(),
    /** What happened, without names, numbers or addresses. */
    note: text(500).optional(),
  })
  .refine(({ source, refundReason }) => source === 'channel_refund' || refundReason === undefined, {
    path: ['refundReason'],
    message: 'is told of refunds only',
  })
  .refine(({ category: given, refundReason }) => given !== undefined || refundReason !== undefined, {
    path: ['category'],
    message: 'must be given where there is no reason for a refund',
  })
export type RecordComplaintBody = z.output<typeof recordComplaintBody>

export const complaintView = z.object({
  complaintId: z.uuid(),
  orderId: z.uuid(),
  storeId: z.string(),
  channel: z.string(),
  category,
  meaning: z.object({ en: z.string(), zh: z.string() }),
  source: z.enum(COMPLAINT_SOURCES),
  externalId: z.string().nullable(),
  refundReason: z.string().nullable(),
  note: z.string().nullable(),
  occurredAt: instant,
  recordedBy: z.string(),
  recordedAt: instant,
  /** Entered by mistake: it counts no longer. */
  withdrawn: z.object({ at: instant, by: z.string(), reason: z.string() }).nullable(),
})
export type ComplaintView = z.output<typeof complaintView>
export const complaintPage = page(complaintView)

export const complaintParams = z.strictObject({ complaintId: z.uuid() })
export const withdrawComplaintBody = z.strictObject({ reason: text(500) })

export const listComplaintsQuery = pageQuery.extend({
  orderId: orderId.optional(),
  storeId: code.optional(),
  channel: channel.optional(),
  category: category.optional(),
  source: z.enum(COMPLAINT_SOURCES).optional(),
  /** Withdrawn ones are left out unless they are asked for. */
  withdrawn: z.stringbool().default(false),
  from: instant.optional(),
  to: instant.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListComplaintsQuery = z.output<typeof listComplaintsQuery>
