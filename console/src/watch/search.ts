import { z } from 'zod/mini'
import { WORK_ITEM_AGES } from '../../../domain/work-item-age.ts'
import { flag, oneOf, paging, words } from '../components/search-schema.ts'

/** The lists behind the numbers of the overview. */
export const workItemsSearch = z.object({
  ...paging,
  kind: words,
  owner: words,
  orderId: words,
  state: oneOf(['open', 'resolved']),
  waited: oneOf(WORK_ITEM_AGES),
  snoozed: oneOf(['only', 'include']),
  sort: oneOf(['newest', 'oldest']),
})

export const stockSearch = z.object({
  ...paging,
  text: words,
  warehouseId: words,
  level: oneOf(['ok', 'low', 'out']),
  /** None: the matrix. */
  view: oneOf(['list']),
  stale: flag,
  sort: oneOf(['sku', 'available', 'level', 'reserved']),
})

export const shopsSearch = z.object({ ...paging, platform: words, storeId: words })
