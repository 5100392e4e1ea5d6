import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { optionalText, understood } from '../answer.ts'
import { newestReasons, withReasons } from '../refund-reasons.ts'
import { type JosCall, JosRefusedError } from './gateway.ts'
import type { JosOrder } from './map.ts'

const METHOD = 'jingdong.asc.serviceAndRefund.view'
/** The platform's maximum. */
const PAGE_SIZE = 50
/** An order with more requests than these pages hold has the newest reasons of those. */
const MOST_PAGES = 4

const page = z.looseObject({
  pageResult: z.looseObject({
    success: z.boolean(),
    code: optionalText,
    msg: optionalText,
    totalCount: z
      .string()
      .regex(/^\d{1,9}$/)
      .nullish(),
    data: z
      .array(
        z.looseObject({
          sameOrderServiceBill: z
            .looseObject({
              serviceId: optionalText,
              orderId: optionalText,
              /** What the platform calls a ware here is a SKU's number in all that was seen of it. */
              wareId: optionalText,
              applyReason: optionalText,
            })
            .nullish(),
        }),
      )
      .nullish()
      .transform((list) => list ?? []),
  }),
})
type Page = z.output<typeof page>['pageResult']
type Bill = NonNullable<Page['data'][number]['sameOrderServiceBill']>

/**
 * The order with why money is asked back, which it does not say itself: the service bills of the order, page by page. They
 * name wares, as lines have no ids. What the buyer wrote beside the reason is not read: it may say who they are.
 *
 * @throws what may pass
 */
export function withRefundReasons(
  call: JosCall,
  order: ChannelOrder,
  known: JosOrder,
): Promise<ChannelOrder> {
  return withReasons(order, async () =>
    newestReasons(
      (await billsOf(call, order.platformOrderId)).map((bill) => ({
        lineId: lineIdOf(order, known, bill),
        // Bills are numbered in the order in which they are made.
        at: Number(bill.serviceId) || 0,
        reason: bill.applyReason,
      })),
    ),
  )
}

async function billsOf(call: JosCall, orderId: string): Promise<Bill[]> {
  const bills: Bill[] = []
  for (let pageNumber = 1; pageNumber <= MOST_PAGES; pageNumber += 1) {
    const { body } = await call(METHOD, {
      orderId,
      pageNumber: String(pageNumber),
      pageSize: String(PAGE_SIZE),
    })
    const { success, code, msg, totalCount, data } = understood(METHOD, page, body).pageResult
    if (!success) throw new JosRefusedError(METHOD, code, msg)
    bills.push(...data.flatMap(({ sameOrderServiceBill: bill }) => (bill?.orderId === orderId ? [bill] : [])))
    if (data.length === 0 || pageNumber * PAGE_SIZE >= Number(totalCount ?? 0)) break
  }
  return bills
}

function lineIdOf(
  { lines }: ChannelOrder,
  { itemInfoList: items }: JosOrder,
  { wareId }: Bill,
): string | null {
  const [only, ...others] = lines
  if (only && others.length === 0) return only.platformLineId
  const bySku = items.findIndex(({ skuId }) => skuId === wareId)
  const at = bySku === -1 ? items.findIndex((item) => item.wareId === wareId) : bySku
  return lines[at]?.platformLineId ?? null
}
