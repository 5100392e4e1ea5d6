import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import { recountCustomers } from './customer-count.ts'
import { type LockedFigures, lockFigures } from './customer-state.ts'
import type { Tx } from './database.ts'

/**
 * What people say about who is one customer. Orders stay with what they were known by; only whose that is changes, so
 * nothing of it is ever lost, and a merge is undone by a split. Locks: the figures, then customers by their ids.
 */

type Said = { customerId: string; version: number; reason: string; origin: AuditOrigin; now: Date }

/**
 * Makes two customers one: what the other is known by is this one's from now on, with its orders.
 *
 * @throws ProblemError `customer-not-found`, `customer-changed`, `customer-merged`, `customer-erased`, `invalid-request` for a
 *   customer with themselves
 */
export async function mergeCustomers(tx: Tx, said: Said & { otherCustomerId: string }): Promise<void> {
  const { customerId, otherCustomerId, version, reason, origin } = said
  if (customerId === otherCustomerId) throw refused('otherCustomerId', 'must be another customer')
  const { measure } = await theFigures(tx, said.now)
  await lockLiving(tx, [customerId, otherCustomerId], { customerId, version })
  const moved = await tx
    .updateTable('customer_identity')
    .set({ customer_id: customerId })
    .where('customer_id', '=', otherCustomerId)
    .returning('id')
    .execute()
  // First: whoever is merged has no figures of their own.
  await recountCustomers(tx, [customerId, otherCustomerId], measure)
  await sql`
    update customer set merged_into = ${customerId}
    where id = ${otherCustomerId} or merged_into = ${otherCustomerId}`.execute(tx)
  await countVersions(tx, [customerId, otherCustomerId])
  await appendAudit(tx, {
    ...origin,
    action: 'customer.merged',
    subject: { kind: 'customer', id: customerId },
    newValue: { otherCustomerId, identityIds: moved.map(({ id }) => id) },
    reason,
  })
}

/**
 * Makes of a part of what a customer is known by another customer, with the orders that belong to it.
 *
 * @returns the id of the new customer
 * @throws ProblemError `customer-not-found`, `customer-changed`, `customer-merged`, `customer-erased`, `customer-split-whole`,
 *   `invalid-request` for what is not the customer's
 */
export async function splitCustomer(
  tx: Tx,
  said: Said & { identityIds: readonly string[] },
): Promise<string> {
  const { customerId, version, reason, origin } = said
  const identityIds = [...new Set(said.identityIds)]
  const { measure } = await theFigures(tx, said.now)
  await lockLiving(tx, [customerId], { customerId, version })
  const own = await tx
    .selectFrom('customer_identity')
    .select('id')
    .where('customer_id', '=', customerId)
    .execute()
  const ownIds = new Set(own.map(({ id }) => id))
  if (identityIds.some((id) => !ownIds.has(id))) {
    throw refused('identityIds', 'must be identities of this customer')
  }
  if (identityIds.length === ownIds.size) throw new ProblemError('customer-split-whole')
  const otherCustomerId = uuid()
  await tx.insertInto('customer').values({ id: otherCustomerId }).execute()
  await tx
    .updateTable('customer_identity')
    .set({ customer_id: otherCustomerId })
    .where('id', 'in', identityIds)
    .execute()
  await recountCustomers(tx, [customerId, otherCustomerId], measure)
  await countVersions(tx, [customerId])
  await appendAudit(tx, {
    ...origin,
    action: 'customer.split',
    subject: { kind: 'customer', id: customerId },
    newValue: { otherCustomerId, identityIds },
    reason,
  })
  return otherCustomerId
}

/** The figures under their lock: whoever counts is waited for. */
export async function theFigures(tx: Tx, now: Date): Promise<LockedFigures> {
  const figures = await lockFigures(tx, now, 'wait')
  if (!figures) throw new Error('the row of the figures of customers is missing')
  return figures
}

/**
 * Locks customers who can be changed; of one the version must be what somebody has read.
 *
 * @throws ProblemError `customer-not-found`, `customer-changed`, `customer-merged`, `customer-erased`
 */
export async function lockLiving(
  tx: Tx,
  ids: readonly string[],
  read: { customerId: string; version: number },
): Promise<void> {
  const rows = await tx
    .selectFrom('customer')
    .select(['id', 'version', 'merged_into', 'erased_at'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()
  if (rows.length < ids.length) throw new ProblemError('customer-not-found')
  for (const { id, version, merged_into: mergedInto, erased_at: erasedAt } of rows) {
    if (mergedInto !== null) {
      throw new ProblemError('customer-merged', `${id} is ${mergedInto} now`, { extra: { mergedInto } })
    }
    if (erasedAt !== null) throw new ProblemError('customer-erased', `${id} was erased`)
    if (id === read.customerId && version !== read.version) {
      throw new ProblemError('customer-changed', `it is of version ${version} now`)
    }
  }
}

export async function countVersions(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.updateTable('customer').set({ version: sql<number>`version + 1` }).where('id', 'in', ids).execute()
}

function refused(field: string, message: string): ProblemError {
  return new ProblemError('invalid-request', `${field} ${message}`, { fields: [{ field, message }] })
}
