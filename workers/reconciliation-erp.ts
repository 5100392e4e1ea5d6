import type { Erp } from '../connectors/erp/erp.ts'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import { storesOfOrders } from '../store/reconciliation-hub.ts'
import { isWithin, NoCounterpartError, type ReadStep, readPages } from './reconciliation-reading.ts'

export type ErpDeps = { erp: Erp | null }

/** What the ERP says that orders are worth after their changes. */
export function readErp({ erp }: ErpDeps): ReadStep {
  return readPages(
    async (around, cursor) => {
      const page = erp ? await erp.orderAmounts(around, cursor) : null
      if (!page)
        throw new NoCounterpartError('the ERP is not configured, or cannot say what orders are worth')
      return { items: page.orders, nextCursor: page.nextCursor }
    },
    async (tx, orders, run) => {
      const stores = await storesOfOrders(
        tx,
        orders.map(({ orderId }) => orderId),
      )
      return orders.map((order): ReconciliationLine => {
        const key = `order/${order.orderId}`
        const atMs = Date.parse(order.changedAt)
        const storeId = stores.get(order.orderId) ?? null
        return {
          ref: order.lineId,
          kind: 'order',
          key,
          group: key,
          value: order.amountCents,
          status: null,
          atMs,
          inPeriod: isWithin(atMs, run.period),
          orderId: storeId === null ? null : order.orderId,
          storeId,
        }
      })
    },
  )
}
