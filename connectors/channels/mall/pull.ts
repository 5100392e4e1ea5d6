import { z } from 'zod'
import { understood } from '../answer.ts'
import type { ChangedOrder, ShopAccount } from '../channel.ts'
import { callMall } from './gateway.ts'

const PAGE_SIZE = 100

const changed = z.looseObject({
  orders: z
    .array(z.looseObject({ orderId: z.string().min(1), modifiedAt: z.iso.datetime({ offset: true }) }))
    .max(PAGE_SIZE),
  nextCursor: z.string().min(1).nullable(),
})

/**
 * Orders changed in a window, from cursor to cursor, oldest change first: what changes meanwhile moves towards the end, and is
 * met there or later.
 */
export async function* changedOrders(
  shop: ShopAccount,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<ChangedOrder[]> {
  const type = 'order.changed'
  const window = { shopId: shop.platformShopId, from: from.toISOString(), to: to.toISOString() }
  let cursor: string | null = null
  do {
    const { body } = await callMall(shop, { type, data: { ...window, limit: PAGE_SIZE, cursor } })
    const page: z.output<typeof changed> = understood(type, changed, body)
    yield page.orders.map(({ orderId, modifiedAt }) => ({
      platformOrderId: orderId,
      modifiedAt: new Date(modifiedAt),
    }))
    cursor = page.nextCursor
  } while (cursor !== null)
}
