import type { Config } from '../contracts/config.ts'
import { COUNTERPARTS, type Counterpart } from '../domain/reconciliation.ts'
import { type Crm, createCrm } from './crm/crm.ts'
import { createFinance, type Finance } from './finance/finance.ts'

type CounterpartConfig = Pick<Config, 'FINANCE_URL' | 'FINANCE_SECRET' | 'CRM_URL' | 'CRM_SECRET'>

/** Who the configuration lets the hub be compared with. */
export function reconciledWith({
  FINANCE_URL,
  CRM_URL,
  ERP_KIND,
}: Pick<Config, 'FINANCE_URL' | 'CRM_URL' | 'ERP_KIND'>): Counterpart[] {
  const named: Record<Counterpart, boolean> = {
    channel: true,
    wms: true,
    logistics: true,
    finance: FINANCE_URL !== undefined,
    // ERPNext has entries of differences only.
    erp: ERP_KIND === 'http',
    crm: CRM_URL !== undefined,
  }
  return COUNTERPARTS.filter((counterpart) => named[counterpart])
}

/** The finance system that the configuration names; null where it names none. */
export function financeOf({
  FINANCE_URL: baseUrl,
  FINANCE_SECRET: secret,
}: CounterpartConfig): Finance | null {
  return baseUrl && secret ? createFinance({ baseUrl, secret }) : null
}

/** The CRM that the configuration names; null where it names none. */
export function crmOf({ CRM_URL: baseUrl, CRM_SECRET: secret }: CounterpartConfig): Crm | null {
  return baseUrl && secret ? createCrm({ baseUrl, secret }) : null
}
