import { PRESALE_STATES } from '../../../domain/presale.ts'
import { PROMOTION_STATES } from '../../../domain/promotion.ts'
import { TRANSFER_STATUSES } from '../../../domain/transfer-state.ts'
import { flag, oneOf, paging, searchOf, words } from '../components/search-schema.ts'
import { COUNT_STATES } from './states.ts'

export const countsSearch = searchOf(() => ({ ...paging, warehouseId: words, state: oneOf(COUNT_STATES) }))
export const countSearch = searchOf(() => ({ ...paging, different: flag }))
export const transfersSearch = searchOf(() => ({
  ...paging,
  status: oneOf(TRANSFER_STATUSES),
  warehouseId: words,
  skuId: words,
  needsAttention: flag,
}))
export const promotionsSearch = searchOf(() => ({ ...paging, state: oneOf(PROMOTION_STATES), skuId: words }))
export const presalesSearch = searchOf(() => ({
  ...paging,
  state: oneOf(PRESALE_STATES),
  skuId: words,
  sort: oneOf(['newest', 'expected', 'promised', 'sold', 'waiting']),
}))
