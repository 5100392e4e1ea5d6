import { edgeId, type Flow } from './flow-map.ts'
import { WORK_ITEM_KINDS, type WorkItemKind } from './order.ts'

/** What a work item tells of the edge that it is about; null where it names none. */
export type ItemNames = {
  shopId: string | null
  storeId: string | null
  warehouseId: string | null
  subscriptionId: string | null
  /** Whose statement a comparison was made with, where that is a flow of its own. */
  counterpart: string | null
  courier: string | null
  /** Who a message came from, and whether it is a courier's push. */
  source: string | null
  isCourierPush: boolean
  way: string | null
  /** Kind of the delivery that failed. */
  deliveryKind: string | null
  deliveryTarget: string | null
}

/** By which name of an item its edge is found. */
type Rule = {
  flow: Flow
  by: Exclude<keyof ItemNames, 'deliveryKind' | 'deliveryTarget' | 'isCourierPush'> | null
}

/** Kinds that are the manual step of one flow. What is about orders themselves, not about a flow, is none. */
const RULES: Partial<Record<WorkItemKind, Rule>> = {
  unknown_shop: { flow: 'orders_pushed', by: 'shopId' },
  unknown_channel_message: { flow: 'orders_pushed', by: 'shopId' },
  shop_refused: { flow: 'orders_pulled', by: 'shopId' },
  channel_order_unread: { flow: 'orders_pulled', by: 'shopId' },
  channel_order_held: { flow: 'orders_pulled', by: 'shopId' },
  delisting_failed: { flow: 'stock_out', by: 'storeId' },
  wms_unreachable: { flow: 'stock_in', by: 'warehouseId' },
  wms_bad_rows: { flow: 'stock_in', by: 'warehouseId' },
  wms_jump: { flow: 'stock_in', by: 'warehouseId' },
  courier_unreachable: { flow: 'courier_polls', by: 'courier' },
  waybill_unknown: { flow: 'courier_pushes', by: 'source' },
  message_set_aside: { flow: 'messages', by: 'source' },
  order_not_found: { flow: 'messages', by: 'source' },
  unmatched_payment: { flow: 'messages', by: 'source' },
  unknown_message: { flow: 'messages', by: 'source' },
  refund_failed: { flow: 'refunds_out', by: null },
  change_apply_failed: { flow: 'erp_out', by: null },
  change_undo_failed: { flow: 'erp_out', by: null },
  purchase_refused: { flow: 'purchases_out', by: null },
  reconciliation_failed: { flow: 'statements_in', by: 'counterpart' },
  reconciliation_differences: { flow: 'statements_in', by: 'counterpart' },
  // What is held here never comes to a device before a person has looked at it.
  abnormal_order: { flow: 'pick_tasks_out', by: null },
  notification_refused: { flow: 'customer_messages', by: 'way' },
  notification_unknown: { flow: 'customer_messages', by: 'way' },
  wecom_refused: { flow: 'alerts_out', by: null },
  subscription_disabled: { flow: 'events_out', by: 'subscriptionId' },
  events_exhausted: { flow: 'events_out', by: 'subscriptionId' },
}

/** The kinds of work item that may stand for a step by hand on an edge. */
export const MANUAL_STEP_KINDS: readonly WorkItemKind[] = WORK_ITEM_KINDS.filter(
  (kind) => kind === 'delivery_failed' || RULES[kind] !== undefined,
)

/** The edge whose manual step an open work item is, or null. */
export function edgeOfWorkItem(kind: WorkItemKind, names: ItemNames): string | null {
  if (kind === 'delivery_failed') return edgeOfDelivery(names)
  const rule = RULES[kind]
  if (!rule) return null
  const key = rule.by === null ? '' : names[rule.by]
  if (key === null) return null
  const flow = rule.flow === 'messages' && names.isCourierPush ? 'courier_pushes' : rule.flow
  return edgeId(flow, key)
}

/** What goes to a target that is no channel is one flow, whatever kind of delivery it is. */
const FLOW_OF_TARGET: ReadonlyMap<string, Flow> = new Map([
  ['pda', 'pick_tasks_out'],
  ['payment', 'refunds_out'],
  ['erp', 'erp_out'],
  ['wecom', 'alerts_out'],
  ['wecom-app', 'cards_out'],
])

/** Targets of deliveries besides the channels. */
export const OWN_TARGETS: readonly string[] = [...FLOW_OF_TARGET.keys()]

/** The edge that a delivery to an outside system belongs to, or null for what is on no map. */
export function edgeOfDelivery(
  names: Pick<ItemNames, 'deliveryKind' | 'deliveryTarget' | 'shopId' | 'storeId'>,
): string | null {
  const { deliveryKind, deliveryTarget, shopId, storeId } = names
  if (deliveryKind === 'channel_ship') return shopId === null ? null : edgeId('waybills_out', shopId)
  if (deliveryKind === 'listing') return storeId === null ? null : edgeId('stock_out', storeId)
  const flow = deliveryTarget === null ? undefined : FLOW_OF_TARGET.get(deliveryTarget)
  return flow ? edgeId(flow, '') : null
}
