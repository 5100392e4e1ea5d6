import { z } from 'zod/mini'
import { CHANGE_TYPES } from '../../../domain/change.ts'
import { ANOMALY_KINDS } from '../../../domain/change-anomaly.ts'
import { ANOMALY_STATES } from '../../../domain/change-anomaly-state.ts'
import { STATISTIC_KEYS, STATISTIC_SORTS } from '../../../domain/change-statistics.ts'
import { PURCHASE_STATUSES } from '../../../domain/purchase-state.ts'
import { COUNTERPARTS, DIFFERENCE_KINDS } from '../../../domain/reconciliation.ts'
import { flag, moment, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const healthSearch = searchOf(() => ({
  ...paging,
  grain: oneOf(['hour', 'day', 'week', 'month']),
  at: moment,
  channel: words,
  storeId: words,
  warehouseId: words,
  by: oneOf(['channel', 'store', 'warehouse']),
  /** Whose orders are listed below. */
  component: oneOf([
    'syncTimeliness',
    'stockAccuracy',
    'approvalCompletion',
    'complaintRate',
    'onTimeFulfilment',
  ]),
  /** Also what was kept, not only what was missed. */
  all: flag,
}))

export const dataFlowSearch = searchOf(() => ({ ...paging, edge: words, state: oneOf(['open', 'closed']) }))

export const differencesSearch = searchOf(() => ({
  ...paging,
  counterpart: oneOf(COUNTERPARTS),
  kind: oneOf(DIFFERENCE_KINDS),
  state: oneOf(['open', 'change_requested', 'accepted', 'fixed', 'resolved', 'unsettled']),
  storeId: words,
  orderId: words,
  runId: words,
  sort: oneOf(['newest', 'oldest', 'largest']),
}))

export const runsSearch = searchOf(() => ({
  ...paging,
  counterpart: oneOf(COUNTERPARTS),
  state: oneOf(['waiting', 'running', 'done', 'failed', 'cancelled']),
  sort: oneOf(['newest', 'oldest']),
}))

export const periodsSearch = searchOf(() => ({ ...paging, counterpart: oneOf(COUNTERPARTS) }))

export const auditSearch = searchOf(() => ({
  ...paging,
  actor: words,
  action: words,
  subjectKind: words,
  subjectId: words,
  from: moment,
  to: moment,
  sort: oneOf(['newest', 'oldest']),
}))

export const replenishmentSearch = searchOf(() => ({
  ...paging,
  warehouseId: words,
  skuId: words,
  supplierId: words,
  only: oneOf(['suggested', 'purchase', 'transfer', 'excess']),
  sort: oneOf(['sku', 'urgency', 'excess']),
}))

export const purchasesSearch = searchOf(() => ({
  ...paging,
  status: oneOf(PURCHASE_STATUSES),
  open: flag,
  late: flag,
  warehouseId: words,
  supplierId: words,
}))

export const anomaliesSearch = searchOf(() => ({
  ...paging,
  state: oneOf(ANOMALY_STATES),
  kind: oneOf(ANOMALY_KINDS),
  storeId: words,
  person: words,
  sort: oneOf(['newest', 'oldest', 'worst']),
}))

const month = z.catch(z.optional(z.string().check(z.regex(/^20\d\d-(0[1-9]|1[0-2])$/))), undefined)
export const statisticsSearch = searchOf(() => ({
  ...paging,
  month,
  by: oneOf(STATISTIC_KEYS),
  storeId: words,
  applicant: words,
  type: oneOf(CHANGE_TYPES),
  sort: oneOf(STATISTIC_SORTS),
}))

export const customersSearch = searchOf(() => ({
  ...paging,
  segment: words,
  preferredChannel: words,
  complained: flag,
  sort: oneOf(['valuable', 'frequent', 'recent', 'lapsed', 'complaining']),
}))
export const customerSearch = searchOf(() => paging)

const day = z.catch(z.optional(z.iso.date()), undefined)
export const oversellSearch = searchOf(() => ({ from: day, to: day }))
