import type { Db } from './database.ts'

/** Whether an order is known, and whether anything can still happen to it. */
export async function orderStanding(db: Db, orderId: string): Promise<'unknown' | 'open' | 'closed'> {
  const row = await db.selectFrom('orders').select('closed_at').where('id', '=', orderId).executeTakeFirst()
  if (!row) return 'unknown'
  return row.closed_at === null ? 'open' : 'closed'
}
