export { order } from './order.ts'
export { promotion } from './promotion.ts'
export { wmsSync } from './wms-sync.ts'
