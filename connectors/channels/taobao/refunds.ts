import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { RefusedError } from '../../outside-errors.ts'
import { optionalText, understood } from '../answer.ts'
import { centsBy, type RefundRequest, withRefunds } from '../refunds.ts'
import { centsOfYuan } from '../values.ts'
import type { TopCall } from './gateway.ts'
import type { TopTrade } from './map.ts'

/** Of an order with more refunds the rest go without a reason and an amount: each is a call of its own. */
const MOST_REFUNDS = 20

const refund = z.looseObject({
  refund: z.looseObject({ reason: optionalText, refund_fee: optionalText }).optional(),
})

/**
 * The order with why money is asked back and how much of it went back, which trades do not say: one call for each line that has
 * a refund, of which the last counts.
 *
 * @throws what may pass
 */
export function withTradeRefunds(call: TopCall, order: ChannelOrder, trade: TopTrade): Promise<ChannelOrder> {
  const ids = new Map(trade.orders.order.map(({ oid, refund_id: id }) => [oid, id && id !== '0' ? id : null]))
  return withRefunds(order, async (asked) => {
    const requests: RefundRequest[] = []
    for (const { platformLineId: lineId, refund: state, amountCents } of order.lines) {
      if (!asked.has(lineId)) continue
      const id = ids.get(lineId)
      const told = id && requests.length < MOST_REFUNDS ? await refundOf(call, id) : null
      // A line that was taken out before anything was paid has nothing to give back.
      const isBack = state === 'done' && amountCents > 0
      const refundedCents = isBack ? centsBy(centsOfYuan, told?.refund_fee ?? '') : 0
      requests.push({ lineId, at: 0, reason: told?.reason ?? '', refundedCents })
    }
    return requests
  })
}

/** Nothing of a refund that the platform does not show: the others may have a reason. */
async function refundOf(call: TopCall, refundId: string): Promise<z.output<typeof refund>['refund'] | null> {
  const method = 'taobao.refund.get'
  try {
    const { body } = await call(method, { fields: 'refund_id,reason,refund_fee', refund_id: refundId })
    return understood(method, refund, body).refund
  } catch (error) {
    if (error instanceof RefusedError) return null
    throw error
  }
}
