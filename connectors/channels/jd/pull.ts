import { z } from 'zod'
import { instant, understood, wholeNumber } from '../answer.ts'
import type { ChangedOrder } from '../channel.ts'
import { chinaTimestamp } from '../values.ts'
import type { JosCall } from './gateway.ts'
import { ORDER_STATES } from './map.ts'

/** The platform's maximum. */
const PAGE_SIZE = 100

const METHOD = 'jingdong.pop.order.search'
const page = z.looseObject({
  searchorderinfo_result: z.looseObject({
    orderTotal: wholeNumber,
    orderInfoList: z
      .array(z.looseObject({ orderId: z.string().min(1).max(64), modified: instant }))
      .nullish()
      .transform((list) => list ?? []),
  }),
})
type Page = z.output<typeof page>['searchorderinfo_result']

/**
 * Orders changed in a window. One that changes meanwhile leaves the window, and all behind it move up: read from the last
 * page to the first, what moves up is read twice, never missed.
 *
 * `jingdong.pop.order.search`, by the modified time, window ≤ 1 month. Times have whole seconds, both ends included.
 */
export async function* changedOrders(
  call: JosCall,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<ChangedOrder[]> {
  const ask = async (pageNumber: number): Promise<Page> => {
    const { body } = await call(METHOD, {
      start_date: chinaTimestamp(from),
      end_date: chinaTimestamp(new Date(Math.ceil(to.getTime() / 1_000) * 1_000)),
      order_state: ORDER_STATES.join(','),
      optional_fields: 'orderId,modified',
      page: String(pageNumber),
      page_size: String(PAGE_SIZE),
    })
    return understood(METHOD, page, body).searchorderinfo_result
  }
  const first = await ask(1)
  const pages = Math.ceil(first.orderTotal / PAGE_SIZE)
  for (let pageNumber = pages; pageNumber > 1; pageNumber -= 1) yield changedOf(await ask(pageNumber))
  yield changedOf(pages > 1 ? await ask(1) : first)
}

function changedOf({ orderInfoList }: Page): ChangedOrder[] {
  return orderInfoList.map(({ orderId, modified }) => ({
    platformOrderId: orderId,
    modifiedAt: new Date(modified),
  }))
}
