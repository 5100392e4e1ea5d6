import { ProblemError } from '../contracts/errors.ts'
import type { Db } from '../store/database.ts'
import { type Identity, scopeOf } from '../store/identity.ts'
import { findOrderScope } from '../store/order-queries.ts'

/**
 * Refuses an order that the caller may not see, in the same words as one that does not exist.
 *
 * @throws ProblemError `order-not-found`
 */
export async function requireOrder(db: Db, orderId: string, identity: Identity): Promise<void> {
  const found = await findOrderScope(db, orderId, scopeOf(identity))
  if (found !== 'visible') throw new ProblemError('order-not-found')
}

/** The same for payments: one for an order that nobody knows is let through, to be kept and raised. */
export async function refuseForeignOrder(db: Db, orderId: string, identity: Identity): Promise<void> {
  const found = await findOrderScope(db, orderId, scopeOf(identity))
  if (found === 'hidden') throw new ProblemError('order-not-found')
}
