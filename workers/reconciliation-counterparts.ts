import type { Finance } from '../connectors/finance/finance.ts'
import type { Counterpart } from '../domain/reconciliation.ts'
import type { Db } from '../store/database.ts'
import {
  CHANGED_ORDERS,
  CHANNEL_ORDERS,
  CHANNEL_REFUNDS,
  PAYMENTS,
  REFUNDS,
  SETTLEMENTS,
} from '../store/reconciliation-hub.ts'
import { hasSettlements, keepToldLines } from '../store/settlements.ts'
import { type ChannelDeps, readChannels } from './reconciliation-channel.ts'
import { type CrmDeps, readCrm, readHubCustomers } from './reconciliation-crm.ts'
import { type ErpDeps, readErp } from './reconciliation-erp.ts'
import { type LogisticsDeps, readBills, readHubParcels } from './reconciliation-logistics.ts'
import { FIRST_TABLE, NoCounterpartError, type ReadStep, readTables } from './reconciliation-reading.ts'
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

/** What finance tells over HTTP is kept first; then everything that was settled, told or uploaded, is compared. */
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
      await keepToldLines(tx, page.lines)
      return { count: 0, next: page.nextCursor === null ? FIRST_TABLE : `http:${page.nextCursor}` }
    }
  }
}

/** Where HTTP goes on, '' at its beginning; null where tables are read. */
function cursorOf(position: string | null, asksHttp: boolean): string | null {
  if (position === null) return asksHttp ? '' : null
  return /^http:(.*)$/s.exec(position)?.[1] ?? null
}
