import type { z } from 'zod/mini'
import { CHANGE_TYPES } from '../../../domain/change.ts'
import { CHANGE_REQUEST_STATUSES } from '../../../domain/change-request-state.ts'
import { flag, moment, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const inboxSearch = searchOf(() => ({
  type: oneOf(CHANGE_TYPES),
  storeId: words,
  overdue: flag,
  sort: oneOf(['newest', 'oldest']),
}))

export const changesSearch = searchOf(() => ({
  ...paging,
  status: oneOf(CHANGE_REQUEST_STATUSES),
  type: oneOf(CHANGE_TYPES),
  open: flag,
  needsAttention: flag,
  storeId: words,
  orderId: words,
  applicant: words,
  changeNumber: words,
  createdFrom: moment,
  createdTo: moment,
  sort: oneOf(['newest', 'oldest']),
}))
export type ChangesSearch = z.output<typeof changesSearch>
