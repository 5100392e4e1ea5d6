import { flag, oneOf, paging, searchOf } from '../components/search-schema.ts'

export const inspectionsSearch = searchOf(() => ({
  ...paging,
  /** None: open ones. */
  state: oneOf(['passed', 'failed', 'cancelled', 'all']),
  /** Of everybody that one may see; otherwise one's own. */
  everybody: flag,
}))
