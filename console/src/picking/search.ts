import { paging, searchOf, words } from '../components/search-schema.ts'

export const pickTasksSearch = searchOf(() => ({ ...paging, warehouseId: words }))
