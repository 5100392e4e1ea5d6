import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { isShippedThere } from '../../../domain/channel-placing.ts'
import { chinaInstantOrNull, optionalText, understood } from '../answer.ts'
import { centsBy, withRefunds } from '../refunds.ts'
import { centsOfYuan } from '../values.ts'
import type { PopCall } from './gateway.ts'

const TYPE = 'pdd.refund.list.increment.get'
const ALL = '1'
/** The platform's maxima; no order has more requests than a page. */
const PAGE_SIZE = 100
const MAX_WINDOW_SECONDS = 30 * 60
/** Exchange, something sent later, repair: no money is asked back. */
const NO_REFUNDS: ReadonlySet<string> = new Set(['4', '5', '6'])
/** `after_sales_status` of a request whose money went back. */
const REFUNDED = '10'

const page = z.looseObject({
  refund_list: z
    .array(
      z.looseObject({
        order_sn: optionalText,
        goods_id: optionalText,
        sku_id: optionalText,
        after_sales_type: optionalText,
        after_sales_status: optionalText,
        refund_amount: optionalText,
        after_sale_reason: optionalText,
        updated_time: chinaInstantOrNull,
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
})
type Request = z.output<typeof page>['refund_list'][number]

/**
 * The order with why money is asked back and how much of it went back, which it does not say itself: one call for all of its
 * requests. Those name goods, as lines have no ids. Of what was sent only some of the money may go back, and the order goes on.
 *
 * @param standing where the order stands, whatever became of its requests
 * @throws what may pass
 */
export async function withRequests(
  call: PopCall,
  order: ChannelOrder,
  standing: ChannelOrder['status'],
): Promise<ChannelOrder> {
  const told = await withRefunds(order, async () =>
    (await requestsOf(call, order)).map((request) => ({
      lineId: lineIdOf(order, request),
      at: Date.parse(request.updated_time ?? '') || 0,
      reason: request.after_sale_reason,
      refundedCents:
        request.after_sales_status === REFUNDED ? centsBy(centsOfYuan, request.refund_amount) : 0,
    })),
  )
  const isPart = (told.refundedCents ?? told.amountCents) < told.amountCents
  return isPart && isShippedThere({ status: standing }) ? { ...told, status: standing } : told
}

/** Beside an order's number the window has no effect and must be there: it is that of the order's last change. */
async function requestsOf(call: PopCall, order: ChannelOrder): Promise<Request[]> {
  const end = Math.ceil(Date.parse(order.modifiedAt) / 1_000)
  const { body } = await call(TYPE, 'refund_increment_get_response', {
    order_sn: order.platformOrderId,
    after_sales_type: ALL,
    after_sales_status: ALL,
    start_updated_at: String(end - MAX_WINDOW_SECONDS),
    end_updated_at: String(end),
    page: '1',
    page_size: String(PAGE_SIZE),
  })
  return understood(TYPE, page, body).refund_list.filter(
    ({ order_sn, after_sales_type: type }) => order_sn === order.platformOrderId && !NO_REFUNDS.has(type),
  )
}

function lineIdOf({ lines }: ChannelOrder, { sku_id, goods_id }: Request): string | null {
  const [only, ...others] = lines
  if (only && others.length === 0) return only.platformLineId
  const skuId = sku_id === '' || sku_id === '0' ? goods_id : sku_id
  return lines.find(({ platformSkuId }) => platformSkuId === skuId)?.platformLineId ?? null
}
