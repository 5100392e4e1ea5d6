import { sql } from 'kysely'
import type { Tx } from './database.ts'

/**
 * Locks the row of an order, which whoever changes the order locks before anything else of it. "No key": rows that refer to the
 * order may be written meanwhile.
 */
export async function lockOrder(tx: Tx, orderId: string): Promise<void> {
  await sql`select 1 from orders where id = ${orderId} for no key update`.execute(tx)
}
