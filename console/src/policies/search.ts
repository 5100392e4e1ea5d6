import { z } from 'zod/mini'
import { paging, searchOf } from '../components/search-schema.ts'

const version = z.catch(z.optional(z.int().check(z.minimum(0))), undefined)

export const policiesSearch = searchOf(() => paging)
/** Without a version the one in force is shown; `with`: beside which other one. */
export const policySearch = searchOf(() => ({ ...paging, version, with: version }))
