import type { z } from 'zod/mini'
import { ORDER_STATUSES } from '../../../domain/order-state.ts'
import { STORY_KINDS } from '../../../domain/order-story.ts'
import { flag, moment, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

/** What of the list is shown: as the API filters it, by the same names. */
export const ordersSearch = searchOf(() => ({
  ...paging,
  status: oneOf(ORDER_STATUSES),
  channel: words,
  storeId: words,
  externalOrderId: words,
  needsAttention: flag,
  createdFrom: moment,
  createdTo: moment,
  sort: oneOf(['newest', 'oldest']),
  /** Keys of the columns, with commas between; none: the usual ones. */
  columns: words,
}))
export type OrdersSearch = z.output<typeof ordersSearch>

export const orderSearch = searchOf(() => ({
  /** Of the timeline; none: everything. */
  kind: oneOf(STORY_KINDS),
  sort: oneOf(['newest', 'oldest']),
}))
