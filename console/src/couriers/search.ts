import type { z } from 'zod/mini'
import { flag, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const PARCEL_STANDINGS = ['overdue', 'failing', 'silent'] as const
export const PUSH_STATES = ['unread', 'read', 'set_aside', 'dismissed'] as const
export const COURIER_LOGS = ['parcels', 'messages'] as const

export const couriersSearch = searchOf(() => ({ ...paging, troubled: flag, sort: oneOf(['-courier']) }))
export type CouriersSearch = z.output<typeof couriersSearch>

/** Which of a courier's lists is shown, and what of it. */
export const courierSearch = searchOf(() => ({
  ...paging,
  /** None: the parcels. */
  log: oneOf(['messages']),
  standing: oneOf(PARCEL_STANDINGS),
  messageState: oneOf(PUSH_STATES),
  waybillNumber: words,
  sort: oneOf(['oldest']),
}))
export type CourierSearch = z.output<typeof courierSearch>
