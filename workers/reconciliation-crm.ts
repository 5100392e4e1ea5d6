import type { Crm, CrmAfterSale, CrmOrder } from '../connectors/crm/crm.ts'
import type { ReconciliationLine } from '../domain/reconciliation.ts'
import { HUB_AFTER_SALE_STATE } from '../domain/reconciliation-states.ts'
import type { KeyRing } from '../store/keyring.ts'
import { readCustomers, readReturns } from '../store/reconciliation-crm.ts'
import { storesOfOrders } from '../store/reconciliation-hub.ts'
import { stageLines } from '../store/reconciliation-lines.ts'
import {
  isWithin,
  NoCounterpartError,
  placeOf,
  type ReadStep,
  readPages,
  type Span,
} from './reconciliation-reading.ts'

const ROWS_A_STEP = 2_000

export type CrmDeps = { crm: Crm | null; dataKeys: KeyRing }

/** Of each order whose it is, and what became of its returns. */
export function readHubCustomers({ crm, dataKeys }: CrmDeps): ReadStep {
  return async ({ run, around }, position) =>
    async (tx) => {
      if (!crm) throw new NoCounterpartError('no CRM is configured')
      const [list = 'orders', place = ''] = splitAt(position ?? 'orders:')
      const reading = { period: run.period, around, after: placeOf(place), limit: ROWS_A_STEP }
      if (list === 'orders') {
        const orders = await readCustomers(tx, dataKeys, reading)
        const lines = orders.map(({ id, placedAt, storeId, digits }) =>
          customerLine(id, placedAt.getTime(), run.period, {
            ref: `customer/${id}`,
            customer: digits === null ? null : crm.customerOf(digits),
            storeId,
          }),
        )
        return {
          count: await stageLines(tx, run.id, 'hub', lines),
          next: placeBehind('orders', orders) ?? 'returns:',
        }
      }
      const returns = await readReturns(tx, reading)
      const lines = returns.map((each) =>
        caseLine(each.id, each.openedAt.getTime(), run.period, {
          ref: `after-sale/${each.id}`,
          state: HUB_AFTER_SALE_STATE[each.state],
          refundCents: each.refundCents,
          orderId: each.orderId,
          storeId: each.storeId,
        }),
      )
      return { count: await stageLines(tx, run.id, 'hub', lines), next: placeBehind('returns', returns) }
    }
}

/** What the CRM says of both. */
export function readCrm({ crm }: CrmDeps): ReadStep {
  if (!crm) {
    return async () => {
      throw new NoCounterpartError('no CRM is configured')
    }
  }
  const orders = readPages<CrmOrder>(crm.orders, async (tx, items, run) => {
    const stores = await storesOfOrders(
      tx,
      items.map(({ orderId }) => orderId),
    )
    return items.map(({ lineId, orderId, customer, orderedAt }) =>
      customerLine(orderId, Date.parse(orderedAt), run.period, {
        ref: `customer/${lineId}`,
        customer,
        storeId: stores.get(orderId) ?? null,
      }),
    )
  })
  const cases = readPages<CrmAfterSale>(crm.afterSales, async (tx, items, run) => {
    const stores = await storesOfOrders(
      tx,
      items.map(({ orderId }) => orderId),
    )
    return items.map(({ lineId, caseId, orderId, state, refundCents, openedAt }) => {
      const storeId = stores.get(orderId) ?? null
      return caseLine(caseId, Date.parse(openedAt), run.period, {
        ref: `after-sale/${lineId}`,
        state,
        refundCents,
        orderId: storeId === null ? null : orderId,
        storeId,
      })
    })
  })
  return async (request, position) => {
    const [list = 'orders', cursor = ''] = splitAt(position ?? 'orders:')
    const stage = await (list === 'orders' ? orders : cases)(request, cursor === '' ? null : cursor)
    return async (tx) => {
      const { count, next } = await stage(tx)
      if (next !== null) return { count, next: `${list}:${next}` }
      return { count, next: list === 'orders' ? 'cases:' : null }
    }
  }
}

function splitAt(position: string): [list: string, place: string] {
  const colon = position.indexOf(':')
  return [position.slice(0, colon), position.slice(colon + 1)]
}

function placeBehind(list: string, rows: readonly { at: string; id: string }[]): string | null {
  const last = rows.at(-1)
  return last && rows.length === ROWS_A_STEP ? `${list}:${last.at}|${last.id}` : null
}

function customerLine(
  orderId: string,
  atMs: number,
  period: Span,
  { ref, customer, storeId }: { ref: string; customer: string | null; storeId: string | null },
): ReconciliationLine {
  const key = `customer/${orderId}`
  return {
    ...{ ref, kind: 'customer', key, group: key, value: null, status: customer, atMs },
    ...{ inPeriod: isWithin(atMs, period), orderId: storeId === null ? null : orderId, storeId },
  }
}

function caseLine(
  caseId: string,
  atMs: number,
  period: Span,
  line: {
    ref: string
    state: string
    refundCents: number | null
    orderId: string | null
    storeId: string | null
  },
): ReconciliationLine {
  const { ref, state, refundCents, orderId, storeId } = line
  const key = `after-sale/${caseId}`
  const value = refundCents === null ? null : -refundCents
  return {
    ...{ ref, kind: 'after_sale', key, group: key, value, status: state, atMs },
    ...{ inPeriod: isWithin(atMs, period), orderId, storeId },
  }
}
