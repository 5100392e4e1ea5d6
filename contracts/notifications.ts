import { z } from 'zod'
import { NOTIFICATION_EVENTS, NOTIFICATION_WAYS } from '../domain/notification.ts'
import { instant, orderId } from './common.ts'
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
    }),
  ),
})
