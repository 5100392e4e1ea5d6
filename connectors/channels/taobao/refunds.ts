import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { RefusedError } from '../../outside-errors.ts'
import { optionalText, understood } from '../answer.ts'
import { withReasons } from '../refund-reasons.ts'
import type { TopCall } from './gateway.ts'
import type { TopTrade } from './map.ts'

/** Of an order with more refunds the rest go without a reason: each is a call of its own. */
const MOST_REFUNDS = 20

const refund = z.looseObject({ refund: z.looseObject({ reason: optionalText }).optional() })

/**
 * The order with why money is asked back, which trades do not say: one call for each line that has a refund.
 *
 * @throws what may pass
 */
export function withRefundReasons(
  call: TopCall,
  order: ChannelOrder,
  trade: TopTrade,
): Promise<ChannelOrder> {
  return withReasons(order, async (asked) => {
    const refunds = trade.orders.order
      .flatMap(({ oid, refund_id: id }) => (id && id !== '0' && asked.has(oid) ? [{ oid, id }] : []))
      .slice(0, MOST_REFUNDS)
    const reasons = new Map<string, string>()
    for (const { oid, id } of refunds) reasons.set(oid, await reasonOf(call, id))
    return reasons
  })
}

/** Nothing of a refund that the platform does not show: the others may have a reason. */
async function reasonOf(call: TopCall, refundId: string): Promise<string> {
  const method = 'taobao.refund.get'
  try {
    const { body } = await call(method, { fields: 'refund_id,reason', refund_id: refundId })
    return understood(method, refund, body).refund?.reason ?? ''
  } catch (error) {
    if (error instanceof RefusedError) return ''
    throw error
  }
}
