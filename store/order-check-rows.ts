import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** What becomes of checks whose order goes on without their answer. In the order of their orders' commits. */

/** The order has ended: nobody is to find its findings waiting. */
export async function endCheck(tx: Tx, orderId: string, number: number): Promise<void> {
  await settleHeld(tx, orderId, { upTo: number, state: 'ended' })
}

/** A later check takes the place of those that nobody has settled. */
export async function supersedeChecks(tx: Tx, orderId: string, number: number): Promise<void> {
  await settleHeld(tx, orderId, { upTo: number - 1, state: 'superseded' })
}

async function settleHeld(
  tx: Tx,
  orderId: string,
  { upTo, state }: { upTo: number; state: 'ended' | 'superseded' },
): Promise<void> {
  await sql`
    with settled as (
      update order_check set state = ${state}, settled_at = clock_timestamp()
      where order_id = ${orderId} and number <= ${upTo} and state = 'held' returning number
    )
    update order_finding set state = ${state}
    where order_id = ${orderId} and number in (select number from settled) and state = 'held'`.execute(tx)
}

/** Whether the rules hold an order now. */
export async function isHeld(db: Db | Tx, orderId: string): Promise<boolean> {
  const row = await db
    .selectFrom('order_check')
    .select('number')
    .where('order_id', '=', orderId)
    .where('state', '=', 'held')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
