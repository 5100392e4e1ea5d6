import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { optionalText, understood } from '../answer.ts'
import { type TopCall, TopRefusedError } from './gateway.ts'
import type { TopTrade } from './map.ts'

/** Of an order with more refunds the rest go without a reason: each is a call of its own. */
const MOST_REFUNDS = 20
/** What the hub keeps of a reason. */
const REASON_CHARACTERS = 200

const refund = z.looseObject({ refund: z.looseObject({ reason: optionalText }).optional() })

/**
 * The order with why money is asked back, which trades do not say: one call for each line that has a refund. A refund that
 * the platform does not show has no reason; that holds up nothing.
 *
 * @throws what may pass: the order is then fetched again, since a reason counts when its refund is first heard of
 */
export async function withRefundReasons(
  call: TopCall,
  order: ChannelOrder,
  trade: TopTrade,
): Promise<ChannelOrder> {
  const asked = new Set(order.lines.flatMap((line) => (line.refund === 'none' ? [] : [line.platformLineId])))
  const refunds = trade.orders.order
    .flatMap(({ oid, refund_id: id }) => (id && id !== '0' && asked.has(oid) ? [{ oid, id }] : []))
    .slice(0, MOST_REFUNDS)
  const reasons = new Map<string, string>()
  for (const { oid, id } of refunds) {
    const reason = await reasonOf(call, id)
    if (reason !== '') reasons.set(oid, reason.slice(0, REASON_CHARACTERS))
  }
  return {
    ...order,
    lines: order.lines.map((line) => {
      const refundReason = reasons.get(line.platformLineId)
      return refundReason === undefined ? line : { ...line, refundReason }
    }),
  }
}

async function reasonOf(call: TopCall, refundId: string): Promise<string> {
  const method = 'taobao.refund.get'
  try {
    const { body } = await call(method, { fields: 'refund_id,reason', refund_id: refundId })
    return understood(method, refund, body).refund?.reason ?? ''
  } catch (error) {
    if (error instanceof TopRefusedError) return ''
    throw error
  }
}
