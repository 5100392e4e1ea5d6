import { z } from 'zod'
import { NOTIFICATION_EVENTS, NOTIFICATION_STATES, NOTIFICATION_WAYS } from '../domain/notification.ts'
import { code, instant, orderId, page, pageQuery } from './common.ts'
import { POLICIES } from './policies/index.ts'

export const notificationPreviewBody = z.strictObject({
  orderId,
  /** A policy that is not in force; absent: the one that is. */
  document: POLICIES.notification.schema.optional(),
})

export const notificationPreview = z.object({
  items: z.array(
    z.object({
      event: z.enum(NOTIFICATION_EVENTS),
      way: z.enum(NOTIFICATION_WAYS),
      templateId: z.string(),
      /** Masked; null: nobody can be reached this way. */
      recipient: z.string().nullable(),
      parameters: z.array(z.object({ name: z.string(), value: z.string() })),
      /** When it would be sent if it were due now; null: not at all. */
      sendAt: instant.nullable(),
      /** Why it would not be sent. */
      problem: z.enum(['other-channel', 'no-recipient']).nullable(),
      /** Said only when the event's other messages reached nobody. */
      isFallback: z.boolean(),
    }),
  ),
})

export const listNotificationsQuery = pageQuery.extend({
  orderId: orderId.optional(),
  storeId: code.optional(),
  state: z.enum(NOTIFICATION_STATES).optional(),
  way: z.enum(NOTIFICATION_WAYS).optional(),
  event: z.enum(NOTIFICATION_EVENTS).optional(),
  createdFrom: instant.optional(),
  createdTo: instant.optional().describe('exclusive'),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListNotificationsQuery = z.output<typeof listNotificationsQuery>

export const notificationView = z.object({
  notificationId: z.uuid(),
  orderId,
  storeId: z.string(),
  parcelId: z.string(),
  event: z.enum(NOTIFICATION_EVENTS),
  way: z.enum(NOTIFICATION_WAYS),
  state: z.enum(NOTIFICATION_STATES),
  reason: z.string().nullable().describe('why it waits, or how it ended'),
  recipient: z
    .string()
    .nullable()
    .describe('masked; null: nobody is reached this way, or the person was erased'),
  templateId: z.string(),
  parameters: z.array(z.object({ name: z.string(), value: z.string() })),
  policyVersion: z.int(),
  attempts: z.int(),
  provider: z.string().nullable(),
  providerId: z.string().nullable().describe('by which the provider knows it'),
  insteadOf: z.uuid().nullable().describe('the message that reached nobody, where this one took its place'),
  createdAt: instant,
  dueAt: instant.nullable().describe('when it is next looked at; null: it is settled, or waits for a person'),
  settledAt: instant.nullable(),
  reportedAt: instant.nullable().describe('when the operator’s report came'),
})
export type NotificationView = z.output<typeof notificationView>
export const notificationPage = page(notificationView)
