import { sql } from 'kysely'
import type { Db } from './database.ts'
import { currentPolicy } from './policy.ts'
import { openWorkItem, resolveOtherWorkItems } from './work-items.ts'

const KIND = 'supplement_unpaid'
/** More than anybody asks customers for within a day. */
const ORDERS_AT_MOST = 1_000

/**
 * Raises orders that a change made dearer and whose customer has not paid the difference for longer than the policy waits:
 * their goods are held, and no warehouse may touch them. Whoever pays, or is asked for less by another change, closes it.
 *
 * @returns how many there are
 */
export async function raiseUnpaidSupplements(db: Db): Promise<number> {
  const { document } = await currentPolicy(db, 'approval-route')
  const { rows } = await sql<{ orderId: string; cents: number; since: Date; isRaised: boolean }>`
    select orders.id as "orderId", supplement_cents as cents, supplement_since as since, item.id is not null as "isRaised"
    from orders left join work_item as item on item.kind = ${KIND} and item.key = orders.id::text and item.state = 'open'
    where supplement_since <= clock_timestamp() - make_interval(secs => ${document.supplementWithinSeconds})
      and closed_at is null
    order by supplement_since limit ${ORDERS_AT_MOST}`.execute(db)
  await resolveOtherWorkItems(db, {
    kind: KIND,
    stillOpen: rows.map((row) => row.orderId),
    resolution: 'nothing is owed any more',
  })
  for (const { orderId, cents, since, isRaised } of rows) {
    if (isRaised) continue
    const detail = { orderId, supplementCents: cents, since: since.toISOString() }
    await openWorkItem(db, { kind: KIND, key: orderId, orderId: null, detail })
  }
  return rows.length
}
