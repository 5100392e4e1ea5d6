import { setTimeout as delay } from 'node:timers/promises'
import { orderPage } from '../../contracts/orders.ts'
import type { HubClient } from './hub-client.ts'
import { pages, readStockTotals } from './prepare.ts'
import { checksOf, type HubTotals, type Volume } from './report.ts'

/** Payments and refunds reach the lists a moment after their answer; longer than this is a difference. */
const settleWithinMs = 60_000
const pauseMs = 1_000

/** What the hub says about the orders of a store, and about the stock since `before`. */
export async function readHubTotals(
  client: HubClient,
  storeId: string,
  before: { shipped: number; reserved: number },
): Promise<HubTotals> {
  const stock = await readStockTotals(client)
  const totals: HubTotals = {
    ordersByStatus: new Map(),
    amountCents: 0,
    paidCents: 0,
    refundedCents: 0,
    unitsReserved: stock.reserved - before.reserved,
    unitsShipped: stock.shipped - before.shipped,
  }
  const query = new URLSearchParams({ storeId, sort: 'oldest', limit: '200' })
  for await (const order of pages(client, '/v1/orders', query, orderPage)) {
    totals.ordersByStatus.set(order.status, (totals.ordersByStatus.get(order.status) ?? 0) + 1)
    totals.amountCents += order.amountCents
    totals.paidCents += order.paidCents
    totals.refundedCents += order.refundedCents
  }
  return totals
}

/** Reads until the totals agree with the file, or the time for that is over. */
export async function awaitHubTotals(
  client: HubClient,
  {
    storeId,
    before,
    expected,
  }: { storeId: string; before: { shipped: number; reserved: number }; expected: Volume },
): Promise<HubTotals> {
  const deadline = Date.now() + settleWithinMs
  for (;;) {
    const totals = await readHubTotals(client, storeId, before)
    if (checksOf(expected, totals).every(({ file, hub }) => file === hub) || Date.now() > deadline)
      return totals
    await delay(pauseMs)
  }
}
