import { setTimeout as delay } from 'node:timers/promises'
import { orderDetail, orderPage } from '../../contracts/orders.ts'
import type { HubClient } from '../parts/hub-client.ts'
import { pages } from '../parts/pages.ts'
import { readStockTotals } from './prepare.ts'
import { checksOf, type HubTotals, type Volume } from './report.ts'
import { inParallel } from './run-state.ts'

const pauseMs = 1_000
const detailsAtOnce = 4

const returnsOnly = orderDetail.pick({ returns: true })

export interface TotalsQuery {
  storeId: string
  /** What stood in the stock's counts before the run. */
  before: { shipped: number; reserved: number }
  /** Orders that something was to come back of. */
  returnOrderIds: readonly string[]
}

/** What the hub says about the orders of a store, and about the stock since `before`. */
export async function readHubTotals(
  client: HubClient,
  { storeId, before, returnOrderIds }: TotalsQuery,
): Promise<HubTotals> {
  const stock = await readStockTotals(client)
  const totals: HubTotals = {
    ordersByStatus: new Map(),
    amountCents: 0,
    paidCents: 0,
    refundedCents: 0,
    unitsReserved: stock.reserved - before.reserved,
    unitsShipped: stock.shipped - before.shipped,
    unitsReturned: await readReturned(client, returnOrderIds),
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

async function readReturned(client: HubClient, orderIds: readonly string[]): Promise<number> {
  let units = 0
  await inParallel(orderIds, detailsAtOnce, new AbortController().signal, async (orderId) => {
    const path = `/v1/orders/${orderId}`
    const { returns } = await client.send({ as: 'ops', method: 'GET', path, answer: returnsOnly })
    for (const { restocked } of returns.flatMap(({ inspected }) => inspected)) units += restocked
  })
  return units
}

/** Reads until the totals agree with the file, or the time for that is over. */
export async function awaitHubTotals(
  client: HubClient,
  query: TotalsQuery,
  expected: Volume,
  withinMs: number,
): Promise<HubTotals> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const totals = await readHubTotals(client, query)
    if (checksOf(expected, totals).every(({ file, hub }) => file === hub) || Date.now() > deadline)
      return totals
    await delay(pauseMs)
  }
}
