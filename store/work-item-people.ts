import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type { AssigneeView, ListAssigneesQuery } from '../contracts/work-items.ts'
import { OFFICE_ROLES } from '../domain/role.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { findPerson, type Person, type Scope, scopeOf } from './identity.ts'
import { Keyset, type Page } from './paging.ts'
import { findWorkItem } from './work-item-queries.ts'
import { lockOpenWorkItem } from './work-items.ts'

const byUserName = z.tuple([z.string().max(64)])

/** Roles whose people see everything, as `scopeOf` has it. */
const SEES_ALL = OFFICE_ROLES.filter((role) => {
  const nobody: Person = {
    kind: 'person',
    accountId: '',
    userName: '',
    role,
    storeIds: [],
    region: null,
    mustChangePassword: false,
  }
  return scopeOf(nobody).kind === 'all'
})

/**
 * One page of the people whom a work item can be given to, by user name: those who see it, or, where none is named, those who see
 * something of what the caller sees. Only what they are called.
 *
 * @throws ProblemError `not-found` for an item that the caller does not see
 */
export async function listAssignees(
  db: Db,
  query: ListAssigneesQuery,
  scope: Scope,
): Promise<Page<AssigneeView>> {
  const keyset = new Keyset('work-item-assignees', query, byUserName)
  const after = keyset.after(query.cursor)
  let select = db
    .selectFrom('account')
    .select(['user_name', 'display_name'])
    .where('disabled', '=', false)
    .where('role', 'in', OFFICE_ROLES)
    .where(seesSomeOf(await storesIn(db, query.workItemId, scope)))
    .orderBy('user_name')
    .limit(query.limit + 1)
  if (query.text) {
    select = select.where(
      sql<boolean>`position(lower(${query.text}) in lower(user_name || ' ' || display_name)) > 0`,
    )
  }
  if (after) select = select.where('user_name', '>', after[0])
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.user_name],
    (row) => ({ userName: row.user_name, displayName: row.display_name }),
  )
}

/** The stores that it is about; null: all of them. An item without an order belongs to none. */
async function storesIn(
  db: Db,
  workItemId: string | undefined,
  scope: Scope,
): Promise<readonly string[] | null> {
  if (workItemId !== undefined) {
    const item = await findWorkItem(db, workItemId, scope)
    if (!item) throw new ProblemError('not-found')
    if (item.orderId === null) return []
    const order = await db.selectFrom('orders').select('store_id').where('id', '=', item.orderId).execute()
    return order.map((row) => row.store_id)
  }
  if (scope.kind === 'all') return null
  if (scope.kind === 'stores') return scope.storeIds
  const stores = await db.selectFrom('store').select('id').where('region', '=', scope.region).execute()
  return stores.map((row) => row.id)
}

function seesSomeOf(stores: readonly string[] | null): RawBuilder<boolean> {
  if (stores === null) return sql`true`
  return sql`(role = any(${SEES_ALL}::text[])
    or (role = 'regional_director' and region in (select region from store where id = any(${[...stores]}::text[])))
    or (role <> 'regional_director' and store_ids && ${[...stores]}::text[]))`
}

/**
 * Gives an open work item to somebody who sees it.
 *
 * @throws ProblemError `not-found`, `work-item-resolved`, `unknown-assignee`
 */
export async function assignWorkItem(
  tx: Tx,
  id: string,
  { owner, origin }: { owner: string; origin: AuditOrigin },
): Promise<void> {
  const item = await lockOpenWorkItem(tx, id)
  if (!(await mayHold(tx, id, owner)))
    throw new ProblemError('unknown-assignee', `${owner} cannot be given it`)
  await tx.updateTable('work_item').set({ owner, updated_at: sql`now()` }).where('id', '=', id).execute()
  await appendAudit(tx, {
    ...origin,
    action: 'work_item.assigned',
    subject: { kind: 'work_item', id },
    oldValue: { owner: item.owner },
    newValue: { owner },
  })
}

/** Whether somebody of this name may sign in and sees the item. */
async function mayHold(tx: Tx, id: string, userName: string): Promise<boolean> {
  const account = await tx
    .selectFrom('account')
    .select('id')
    .where('user_name', '=', userName)
    .executeTakeFirst()
  const person = account ? await findPerson(tx, account.id) : null
  return person !== null && (await findWorkItem(tx, id, scopeOf(person))) !== null
}
