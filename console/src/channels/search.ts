import type { z } from 'zod/mini'
import { oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const MESSAGE_STATES = [
  'hint',
  'fetched',
  'set_aside',
  'dismissed',
  'pending',
  'waiting',
  'delivered',
  'late',
] as const
export const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'withdrawn'] as const
export const CHANNEL_ORDER_STATES = ['held', 'placed', 'ignored'] as const
export const LOGS = ['messages', 'deliveries', 'orders'] as const

/** Which of a shop's logs is shown, and what of it. */
export const shopSearch = searchOf(() => ({
  ...paging,
  /** None: the first that this person may read. */
  log: oneOf(LOGS),
  messageState: oneOf(MESSAGE_STATES),
  deliveryKind: oneOf(['shipment', 'listing']),
  deliveryState: oneOf(DELIVERY_STATES),
  orderState: oneOf(CHANNEL_ORDER_STATES),
  platformOrderId: words,
  sort: oneOf(['oldest']),
}))
export type ShopSearch = z.output<typeof shopSearch>
