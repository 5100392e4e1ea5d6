import { z } from 'zod/mini'
import { paging, words } from '../components/search-schema.ts'

export const pickTasksSearch = z.object({ ...paging, warehouseId: words })
