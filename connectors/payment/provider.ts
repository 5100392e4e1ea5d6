import { z } from 'zod'
import { UnreachableError } from '../outside-errors.ts'
import type { OutsideHttp } from '../outside-http.ts'

export type PaymentProvider = {
  /** Sends money back. The refund id makes a repeated call the same refund. Throws RefusedError, UnreachableError. */
  refund: (refund: {
    refundId: string
    paymentId: string
    amountCents: number
    reason: string
  }) => Promise<void>
}

const answer = z.object({ refundId: z.string(), state: z.literal('done') })

/** `POST /payment/refunds {refundId, paymentId, amountCents, reason}` → `{refundId, state: "done"}`. */
export function createPaymentProvider(http: OutsideHttp): PaymentProvider {
  return {
    refund: async (refund) => {
      const reply = await http.request({
        method: 'POST',
        path: '/payment/refunds',
        body: refund,
        idempotencyKey: refund.refundId,
      })
      if (!answer.safeParse(reply).success)
        throw new UnreachableError('the provider’s answer cannot be understood')
    },
  }
}
