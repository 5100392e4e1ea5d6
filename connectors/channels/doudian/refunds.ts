import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { optionalText, understood } from '../answer.ts'
import type { ShopAccount } from '../channel.ts'
import { centsBy, withRefunds } from '../refunds.ts'
import { centsOfFen } from '../values.ts'
import { callGateway } from './gateway.ts'
import { refundOf } from './map.ts'

const METHOD = 'afterSale.List'
/** The platform's maximum; no order has more requests. */
const PAGE_SIZE = 100
/** With and without goods coming back, and before anything was sent. Others exchange, repair, or give a difference back. */
const REFUND_TYPES: ReadonlySet<string> = new Set(['0', '1', '2'])

const list = z.looseObject({
  items: z
    .array(
      z.looseObject({
        aftersale_info: z.looseObject({
          aftersale_type: optionalText,
          aftersale_status: optionalText,
          refund_status: optionalText,
          apply_time: optionalText,
          /** Freight included. */
          refund_amount: optionalText,
        }),
        order_info: z.looseObject({
          shop_order_id: optionalText,
          related_order_info: z
            .array(z.looseObject({ sku_order_id: optionalText }))
            .nullish()
            .transform((value) => value ?? []),
        }),
        text_part: z.looseObject({ reason_text: optionalText }).nullish(),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
})

/**
 * The order with why money is asked back and how much of it went back, of which it says only that it is: one call for all of its
 * requests.
 *
 * @throws what may pass
 */
export function withAfterSales(shop: ShopAccount, order: ChannelOrder): Promise<ChannelOrder> {
  return withRefunds(order, async () => {
    const { platformOrderId } = order
    const { data } = await callGateway(shop, {
      method: METHOD,
      params: { order_id: platformOrderId, page: 0, size: PAGE_SIZE },
    })
    const requests = understood(METHOD, list, data).items.filter(
      ({ aftersale_info: info, order_info: of }) =>
        of.shop_order_id === platformOrderId && REFUND_TYPES.has(info.aftersale_type),
    )
    return requests.flatMap(({ aftersale_info: info, order_info: of, text_part: words }) => {
      const isDone = refundOf(info.refund_status, info.aftersale_status) === 'done'
      const refundedCents = isDone ? centsBy(centsOfFen, info.refund_amount) : 0
      const lines = of.related_order_info.map(({ sku_order_id: lineId }) => lineId)
      return (lines.length > 0 ? lines : [null]).map((lineId, at) => ({
        lineId,
        at: Number(info.apply_time) || 0,
        reason: words?.reason_text ?? '',
        // Of a request for several lines it is all that went back.
        refundedCents: at === 0 ? refundedCents : 0,
      }))
    })
  })
}
