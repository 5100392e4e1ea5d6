import type { ChannelOrderStatus } from './channel-order.ts'
import type { OrderStatus, ParcelState, ReturnState } from './order-state.ts'

/**
 * What the states of both sides mean in words that can be compared. Null: it says nothing that the other side would have to
 * agree with, because the two are on their way between two states or have none for it.
 */
export type ComparedOrderStatus = 'unpaid' | 'paid' | 'sent' | 'closed'

export const HUB_ORDER_STATUS: Record<OrderStatus, ComparedOrderStatus | null> = {
  reserved: 'unpaid',
  // Paid or not; the order itself waits.
  awaiting_stock: null,
  paid: 'paid',
  partially_shipped: null,
  shipped: 'sent',
  in_transit: 'sent',
  delivered: 'sent',
  returning: null,
  completed: 'sent',
  // The platform may still wait for the money.
  expired: null,
  cancelled: 'closed',
  returned: null,
  lost: null,
}

const CHANNEL_ORDER_STATUS: Record<ChannelOrderStatus, ComparedOrderStatus | null> = {
  unpaid: 'unpaid',
  paid: 'paid',
  part_shipped: null,
  shipped: 'sent',
  delivered: 'sent',
  completed: 'sent',
  closed: 'closed',
}

export function channelOrderStatus(status: ChannelOrderStatus | null): ComparedOrderStatus | null {
  return status === null ? null : CHANNEL_ORDER_STATUS[status]
}

export const WAYBILL_STATES = ['under_way', 'delivered', 'returned', 'lost'] as const
export type WaybillState = (typeof WAYBILL_STATES)[number]

export const HUB_WAYBILL_STATE: Record<ParcelState, WaybillState | null> = {
  shipped: 'under_way',
  in_transit: 'under_way',
  delivered: 'delivered',
  // On its way back, which couriers call one or the other.
  refused: null,
  returned: 'returned',
  lost: 'lost',
}

export const AFTER_SALE_STATES = ['open', 'done', 'rejected'] as const
export type AfterSaleState = (typeof AFTER_SALE_STATES)[number]

export const HUB_AFTER_SALE_STATE: Record<ReturnState, AfterSaleState> = {
  requested: 'open',
  approved: 'open',
  received: 'open',
  rejected: 'rejected',
  settled: 'done',
}
