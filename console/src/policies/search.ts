import { z } from 'zod/mini'
import { paging } from '../components/search-schema.ts'

const version = z.catch(z.optional(z.int().check(z.minimum(0))), undefined)

export const policiesSearch = z.object(paging)
/** Without a version the one in force is shown; `with`: beside which other one. */
export const policySearch = z.object({ ...paging, version, with: version })
