import { CHANGE_TYPES } from '../../../domain/change.ts'
import { oneOf, searchOf, words } from '../components/search-schema.ts'

export const requestSearch = searchOf(() => ({
  /** What is to be changed; none: the first that can be. */
  type: oneOf(CHANGE_TYPES),
  /** A request that was rejected and is asked for again; none: a new one. */
  changeId: words,
}))
