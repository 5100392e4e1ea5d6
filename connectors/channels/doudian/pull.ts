import { z } from 'zod'
import { understood } from '../answer.ts'
import type { ChangedOrder, ShopAccount } from '../channel.ts'
import { callGateway } from './gateway.ts'

const PAGE_SIZE = 100

const searchAnswer = z.looseObject({
  total: z.string().regex(/^\d{1,9}$/),
  shop_order_list: z
    .array(z.looseObject({ order_id: z.string().min(1), update_time: z.string().regex(/^\d{1,11}$/) }))
    .nullish()
    .transform((value) => value ?? []),
})

/**
 * Orders changed in a window, page by page from the last to the first: an order that changes meanwhile leaves the window, which moves later ones towards
 * pages that are still to be read, never past them.
 */
export async function* changedOrders(
  shop: ShopAccount,
  window: { from: Date; to: Date },
): AsyncGenerator<ChangedOrder[]> {
  const read = (page: number) => searchPage(shop, window, page)
  const first = await read(0)
  const pages = Math.ceil(first.total / PAGE_SIZE)
  for (let page = pages - 1; page > 0; page -= 1) yield (await read(page)).orders
  // After others were read the first page holds what has moved up to it.
  yield (pages > 1 ? await read(0) : first).orders
}

async function searchPage(shop: ShopAccount, { from, to }: { from: Date; to: Date }, page: number) {
  const method = 'order.searchList'
  const { data } = await callGateway(shop, {
    method,
    params: {
      page,
      size: PAGE_SIZE,
      update_time_start: Math.floor(from.getTime() / 1000),
      update_time_end: Math.ceil(to.getTime() / 1000),
      order_by: 'update_time',
      order_asc: true,
    },
  })
  const answer = understood(method, searchAnswer, data)
  return {
    total: Number(answer.total),
    orders: answer.shop_order_list.map((order) => ({
      platformOrderId: order.order_id,
      modifiedAt: new Date(Number(order.update_time) * 1000),
    })),
  }
}
