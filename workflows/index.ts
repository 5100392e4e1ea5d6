export { order } from './order.ts'
export { promotion } from './promotion.ts'
