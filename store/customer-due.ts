import type { Db, Tx } from './database.ts'

/**
 * Notes that what these orders count for their customers may be another thing now, in the transaction that changes it.
 * That is needed only where no line of the operation log says so: of those the figures hear by themselves.
 */
export async function noteCustomersDue(tx: Db | Tx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await tx
    .insertInto('customer_due')
    .values(orderIds.map((order_id) => ({ order_id })))
    .execute()
}
