import type { Finance, FinanceLine } from '../connectors/finance/finance.ts'
import type { Counterpart, ReconciliationLine } from '../domain/reconciliation.ts'
import type { Db } from '../store/database.ts'
import {
  CHANGED_ORDERS,
  CHANNEL_ORDERS,
  CHANNEL_REFUNDS,
  ordersNamed,
  PAYMENTS,
  REFUNDS,
  SETTLEMENTS,
} from '../store/reconciliation-hub.ts'
import { stageLines } from '../store/reconciliation-lines.ts'
import { hasSettlements } from '../store/settlements.ts'
import { type ChannelDeps, readChannels } from './reconciliation-channel.ts'
import { type CrmDeps, readCrm, readHubCustomers } from './reconciliation-crm.ts'
import { type ErpDeps, readErp } from './reconciliation-erp.ts'
import { type LogisticsDeps, readBills, readHubParcels } from './reconciliation-logistics.ts'
import {
  FIRST_TABLE,
  isWithin,
  NoCounterpartError,
  type ReadStep,
  readTables,
  type Span,
} from './reconciliation-reading.ts'
import { readWarehouses, type WmsDeps } from './reconciliation-wms.ts'

type FinanceDeps = { db: Db; finance: Finance | null }
export type CounterpartDeps = FinanceDeps & CrmDeps & ErpDeps & LogisticsDeps & ChannelDeps & WmsDeps

/** How the hub's own side is read. Of stock there is nothing yet: it is read at the moment of each warehouse's. */
export function hubReaders(deps: CrmDeps): Record<Counterpart, ReadStep> {
  return {
    finance: readTables('hub', [PAYMENTS, REFUNDS]),
    channel: readTables('hub', [CHANNEL_ORDERS, CHANNEL_REFUNDS]),
    logistics: readHubParcels,
    erp: readTables('hub', [CHANGED_ORDERS]),
    wms: readTables('hub', []),
    crm: readHubCustomers(deps),
  }
}

/** How each of the others is read. */
export function counterpartReaders(deps: CounterpartDeps): Record<Counterpart, ReadStep> {
  return {
    finance: readFinance(deps),
    channel: readChannels(deps),
    logistics: readBills(deps),
    erp: readErp(deps),
    wms: readWarehouses(deps),
    crm: readCrm(deps),
  }
}

/**
 * What finance tells over HTTP, which is what it says now, and then the statements that were uploaded: a line that both have is
 * the one that was told.
 */
function readFinance({ db, finance }: FinanceDeps): ReadStep {
  const lines = readTables('there', [SETTLEMENTS])
  return async (request, position) => {
    if (position === null && !finance && !(await hasSettlements(db))) {
      throw new NoCounterpartError('no finance system is configured, and no statement was uploaded')
    }
    const cursor = cursorOf(position, finance !== null)
    if (!finance || cursor === null) return lines(request, position)
    const page = await finance.settlementLines(request.around, cursor === '' ? null : cursor)
    return async (tx) => {
      const { id, period } = request.run
      const orders = await ordersNamed(
        tx,
        page.lines.flatMap(({ orderRef }) => orderRef ?? []),
      )
      const told = page.lines.map((line) => settledLine(line, period, orders.get(line.orderRef ?? '')))
      return {
        count: await stageLines(tx, id, 'there', told),
        next: page.nextCursor === null ? FIRST_TABLE : `http:${page.nextCursor}`,
      }
    }
  }
}

/** The same line as `SETTLEMENTS` makes of one that was uploaded. */
function settledLine(
  line: FinanceLine,
  period: Span,
  order: { orderId: string; storeId: string } | undefined,
): ReconciliationLine {
  const { type, serial, orderRef, amountCents } = line
  const ref = `${line.account}/${line.lineId}`
  const atMs = Date.parse(line.settledAt)
  return {
    ref,
    kind: type,
    key: serial === null ? `line/${ref}` : `${type}/${serial}`,
    group: `${order?.orderId ?? orderRef ?? `line/${ref}`}/${type}`,
    value: type === 'refund' ? -amountCents : amountCents,
    status: null,
    atMs,
    inPeriod: isWithin(atMs, period),
    orderId: order?.orderId ?? null,
    storeId: order?.storeId ?? null,
  }
}

/** Where HTTP goes on, '' at its beginning; null where tables are read. */
function cursorOf(position: string | null, asksHttp: boolean): string | null {
  if (position === null) return asksHttp ? '' : null
  return /^http:(.*)$/s.exec(position)?.[1] ?? null
}
