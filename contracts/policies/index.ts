import type { z } from 'zod'
import { abnormalOrder } from './abnormal-order.ts'
import { allocation } from './allocation.ts'
import { approvalRoute } from './approval-route.ts'
import { changeAnomaly } from './change-anomaly.ts'
import { combinedShipping } from './combined-shipping.ts'
import { customerSegments } from './customer-segments.ts'
import { dataFlow } from './data-flow.ts'
import type { PolicyDefinition } from './definition.ts'
import { erpMapping } from './erp-mapping.ts'
import { healthScore } from './health-score.ts'
import { inspection } from './inspection.ts'
import { notification } from './notification.ts'
import { orderLife } from './order-life.ts'
import { promotion } from './promotion.ts'
import { reconciliation } from './reconciliation.ts'
import { replenishment } from './replenishment.ts'
import { reservation } from './reservation.ts'
import { safetyStock } from './safety-stock.ts'
import { sensitiveWords } from './sensitive-words.ts'
import { transfer } from './transfer.ts'
import { wmsMapping } from './wms-mapping.ts'

const definitions = {
  'order-life': orderLife,
  reservation,
  allocation,
  'safety-stock': safetyStock,
  promotion,
  'wms-mapping': wmsMapping,
  'erp-mapping': erpMapping,
  'change-anomaly': changeAnomaly,
  transfer,
  notification,
  'approval-route': approvalRoute,
  'combined-shipping': combinedShipping,
  'health-score': healthScore,
  reconciliation,
  replenishment,
  'abnormal-order': abnormalOrder,
  'sensitive-words': sensitiveWords,
  'customer-segments': customerSegments,
  'data-flow': dataFlow,
  inspection,
}

/** The kinds of policy that exist; each has a file of its own here. */
export type PolicyKind = keyof typeof definitions
export type PolicyDocument<Kind extends PolicyKind> = z.output<(typeof definitions)[Kind]['schema']>

export const POLICIES: { readonly [Kind in PolicyKind]: PolicyDefinition<PolicyDocument<Kind>> } = definitions

const isPolicyKind = (name: string): name is PolicyKind => Object.hasOwn(definitions, name)
export const POLICY_KINDS: readonly PolicyKind[] = Object.keys(definitions).filter(isPolicyKind)
