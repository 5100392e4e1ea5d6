import { RefusedError } from '../connectors/outside-errors.ts'
import type { PaymentProvider } from '../connectors/payment/provider.ts'
import type { RefundReason } from '../domain/order.ts'
import { platformMoney } from '../store/channel-order-money.ts'
import type { Db } from '../store/database.ts'
import { recordAttempt } from '../store/deliveries.ts'

export type RefundRequest = {
  orderId: string
  refundId: string
  paymentId: string
  amountCents: number
  reason: RefundReason
}

/** Money back to the customer, through the provider that took it. */
export function createRefundActivities(deps: { db: Db; paymentProvider: PaymentProvider }) {
  return {
    /** A refusal of the provider is a result, and a person's work; anything else is tried again by Temporal. */
    refundPayment: async (
      request: RefundRequest,
    ): Promise<{ outcome: 'done' | 'failed'; detail: string }> => {
      const { orderId, ...refund } = request
      const kept = await platformMoney(deps.db, orderId)
      if (kept?.isReturned) return { outcome: 'done', detail: '' }
      if (kept) return { outcome: 'failed', detail: `refund it at ${kept.platform}, which has the money` }
      const attempt = {
        kind: 'refund',
        target: 'payment',
        operationId: refund.refundId,
        orderId,
        payload: refund,
      }
      try {
        await deps.paymentProvider.refund(refund)
      } catch (error) {
        const refused = error instanceof RefusedError
        const message = error instanceof Error ? error.message : String(error)
        await recordAttempt(deps.db, { ...attempt, state: refused ? 'failed' : 'pending', error: message })
        if (!refused) throw error
        return { outcome: 'failed', detail: message }
      }
      await recordAttempt(deps.db, { ...attempt, state: 'delivered', error: null })
      return { outcome: 'done', detail: '' }
    },
  }
}
