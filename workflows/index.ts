export { order } from './order.ts'
export { promotion } from './promotion.ts'
export { transfer } from './transfer.ts'
export { wmsSync } from './wms-sync.ts'
