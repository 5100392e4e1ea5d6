import { z } from 'zod/mini'
import { flag, oneOf, paging } from '../components/search-schema.ts'

export const inspectionsSearch = z.object({
  ...paging,
  /** None: open ones. */
  state: oneOf(['passed', 'failed', 'cancelled', 'all']),
  /** Of everybody that one may see; otherwise one's own. */
  everybody: flag,
})
