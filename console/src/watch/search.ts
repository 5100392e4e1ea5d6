import { WORK_ITEM_AGES } from '../../../domain/work-item-age.ts'
import { flag, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

/** The lists behind the numbers of the overview. */
export const workItemsSearch = searchOf(() => ({
  ...paging,
  kind: words,
  owner: words,
  orderId: words,
  state: oneOf(['open', 'resolved']),
  waited: oneOf(WORK_ITEM_AGES),
  snoozed: oneOf(['only', 'include']),
  sort: oneOf(['newest', 'oldest']),
}))

export const stockSearch = searchOf(() => ({
  ...paging,
  text: words,
  warehouseId: words,
  level: oneOf(['ok', 'low', 'out']),
  /** None: the matrix. */
  view: oneOf(['list']),
  stale: flag,
  sort: oneOf(['sku', 'available', 'level', 'reserved']),
}))

export const shopsSearch = searchOf(() => ({ ...paging, platform: words, storeId: words }))
