import { z } from 'zod'
import { cents, externalId, instant, orderId } from './common.ts'

export const paymentBody = z
  .strictObject({
    /** The payment's serial number at its provider; every refund names it. */
    paymentId: externalId,
    amountCents: cents.min(1),
    method: z.enum(['wechat', 'alipay', 'unionpay', 'card', 'balance', 'other']),
    paidAt: instant,
  })
  .meta({
    examples: [
      { paymentId: 'PAY-1', amountCents: 3990, method: 'wechat', paidAt: '2026-11-11T00:00:01+08:00' },
    ],
  })
export type PaymentBody = z.output<typeof paymentBody>

export const paymentAnswer = z.object({
  paymentId: z.string(),
  orderId,
  /**
   * accepted: the order is paid and its goods are secured · partial: recorded, not yet the whole amount · late: the
   * holds were gone, the order tries to reserve again or refunds · unmatched: no such order, kept for a person
   */
  outcome: z.enum(['accepted', 'partial', 'late', 'unmatched']),
})
export type PaymentAnswer = z.output<typeof paymentAnswer>
