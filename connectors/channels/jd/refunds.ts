import { z } from 'zod'
import type { ChannelOrder } from '../../../domain/channel-order.ts'
import { isShippedThere } from '../../../domain/channel-placing.ts'
import { optionalText, understood } from '../answer.ts'
import { centsBy, withRefunds } from '../refunds.ts'
import { centsOfYuan } from '../values.ts'
import { type JosCall, JosRefusedError } from './gateway.ts'
import type { JosOrder } from './map.ts'

const METHOD = 'jingdong.asc.serviceAndRefund.view'
/** The platform's maximum. */
const PAGE_SIZE = 50
/** An order with more requests than these pages hold has the newest reasons of those, and what went back by them. */
const MOST_PAGES = 4
/** `status` of a bill whose money went back. */
const REFUNDED = '13'

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
          status: optionalText,
          /** Misspelt by the platform. */
          refoundAmount: optionalText,
        }),
      )
      .nullish()
      .transform((list) => list ?? []),
  }),
})
type Page = z.output<typeof page>['pageResult']
type Bill = NonNullable<Page['data'][number]['sameOrderServiceBill']> &
  Pick<Page['data'][number], 'status' | 'refoundAmount'>

/**
 * The order with why money is asked back and how much of it went back, which it does not say itself: the service bills of the
 * order, page by page. They name wares, as lines have no ids. Once it was sent the order does not even say whether there are any.
 * What the buyer wrote beside the reason is not read: it may say who they are.
 *
 * @throws what may pass
 */
export function withServiceBills(call: JosCall, order: ChannelOrder, known: JosOrder): Promise<ChannelOrder> {
  const bills = async () =>
    (await billsOf(call, order.platformOrderId)).map((bill) => ({
      lineId: lineIdOf(order, known, bill),
      // Bills are numbered in the order in which they are made.
      at: Number(bill.serviceId) || 0,
      reason: bill.applyReason,
      refundedCents: bill.status === REFUNDED ? centsBy(centsOfYuan, bill.refoundAmount) : 0,
    }))
  const isAsked = isShippedThere(order) || order.lines.some(({ refund }) => refund !== 'none')
  return withRefunds(order, bills, isAsked)
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
    bills.push(
      ...data.flatMap(({ sameOrderServiceBill: bill, status, refoundAmount }) =>
        bill?.orderId === orderId ? [{ ...bill, status, refoundAmount }] : [],
      ),
    )
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
