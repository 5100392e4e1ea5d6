import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type {
  AccountView,
  ChangeAccountBody,
  CreateAccountBody,
  ListAccountsQuery,
} from '../contracts/accounts.ts'
import { ProblemError } from '../contracts/errors.ts'
import { ROLES } from '../domain/role.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { releaseOidc } from './oidc-identities.ts'
import { Keyset, type Page } from './paging.ts'
import type { Database } from './schema.ts'
import { removeSecondFactor } from './second-factor.ts'

const byUserName = z.tuple([z.string().max(64)])
const roleName = z.enum(ROLES)

/** One page of the people who may sign in or once could, by user name. */
export async function listAccounts(db: Db, query: ListAccountsQuery, now: Date): Promise<Page<AccountView>> {
  const keyset = new Keyset('accounts', query, byUserName)
  const after = keyset.after(query.cursor)
  const isDown = query.sort === '-userName'
  let select = selectAccounts(db)
    .orderBy('user_name', isDown ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.role) select = select.where('role', '=', query.role)
  if (query.active !== undefined) select = select.where('disabled', '=', !query.active)
  if (query.text) {
    select = select.where(
      sql<boolean>`position(lower(${query.text}) in lower(user_name || ' ' || display_name)) > 0`,
    )
  }
  if (after) select = select.where('user_name', isDown ? '<' : '>', after[0])
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.user_name],
    (row) => viewOf(row, now),
  )
}

/** @throws ProblemError `not-found` */
export async function showAccount(db: Db | Tx, userName: string, now: Date): Promise<AccountView> {
  const row = await selectAccounts(db).where('user_name', '=', userName).executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no account ${userName}`)
  return viewOf(row, now)
}

function selectAccounts(db: Db | Tx) {
  return db
    .selectFrom('account')
    .selectAll()
    .select([
      sql<boolean>`exists (select from second_factor where account_id = account.id and confirmed_at is not null)`.as(
        'second_factor',
      ),
      sql<boolean>`exists (select from oidc_identity where account_id = account.id)`.as('oidc'),
    ])
}

type AccountRow = Selectable<Database['account']> & { second_factor: boolean; oidc: boolean }

function viewOf(row: AccountRow, now: Date): AccountView {
  const isLocked = row.locked_until !== null && row.locked_until > now
  return {
    accountId: row.id,
    userName: row.user_name,
    displayName: row.display_name,
    role: roleName.parse(row.role),
    storeIds: row.store_ids,
    region: row.region,
    active: !row.disabled,
    lockedUntil: isLocked ? (row.locked_until?.toISOString() ?? null) : null,
    secondFactor: row.second_factor,
    oidc: row.oidc,
    createdAt: row.created_at.toISOString(),
  }
}

/** @throws ProblemError `already-exists`, `unknown-store` */
export async function createAccount(
  tx: Tx,
  account: { accountId: string; body: CreateAccountBody; passwordHash: string; origin: AuditOrigin },
): Promise<void> {
  const { accountId, body, passwordHash, origin } = account
  const { userName, role, storeIds, region } = body
  await requireStores(tx, storeIds)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('account')
    .values({
      id: accountId,
      user_name: userName,
      display_name: body.displayName,
      password_hash: passwordHash,
      must_change_password: true,
      role,
      store_ids: storeIds,
      region,
    })
    .onConflict((conflict) => conflict.column('user_name').doNothing())
    .executeTakeFirstOrThrow()
  if (!numInsertedOrUpdatedRows) {
    const fields = [{ field: 'userName', message: `${userName} has an account` }]
    throw new ProblemError('already-exists', undefined, { fields })
  }
  await appendAudit(tx, {
    ...origin,
    action: 'account.created',
    subject: { kind: 'account', id: accountId },
    newValue: { userName, role, storeIds, region },
  })
}

/**
 * Changes what somebody may do. Whoever is left without access is out with their next request, because every request reads
 * the account; a new password ends their sessions.
 *
 * @throws ProblemError `not-found`, `unknown-store`, `own-account`, `last-admin`
 */
export async function changeAccount(
  tx: Tx,
  change: {
    userName: string
    body: ChangeAccountBody
    passwordHash: string | null
    /** Who changes it: nobody takes or gives themselves anything. */
    byAccountId: string
    origin: AuditOrigin
  },
): Promise<void> {
  const { userName, body, passwordHash, origin } = change
  const { displayName, role, storeIds, region, active } = body
  // Of two admins who take each other's role at once, the second must see what the first did.
  await sql`select pg_advisory_xact_lock(hashtext('accounts'))`.execute(tx)
  const row = await tx
    .selectFrom('account')
    .selectAll()
    .where('user_name', '=', userName)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no account ${userName}`)
  const accountId = row.id
  // A password, too: their own they change by the one that they have.
  const { password, resetSecondFactor } = body
  const isAccess = [role, storeIds, region, active, password, resetSecondFactor, body.releaseOidc].some(
    (value) => value !== undefined,
  )
  if (isAccess && accountId === change.byAccountId) throw new ProblemError('own-account')
  await requireStores(tx, storeIds ?? [])
  const values = {
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(role === undefined ? {} : { role }),
    ...(storeIds === undefined ? {} : { store_ids: storeIds }),
    ...(region === undefined ? {} : { region }),
    ...(active === undefined ? {} : { disabled: !active }),
    ...(passwordHash === null ? {} : { password_hash: passwordHash, must_change_password: true }),
    ...(body.unlock || resetSecondFactor || passwordHash !== null
      ? { failed_sign_ins: 0, locked_until: null }
      : {}),
  }
  // Whom it belongs to at the company's provider stands elsewhere.
  if (Object.keys(values).length > 0)
    await tx.updateTable('account').set(values).where('id', '=', accountId).execute()
  await requireAdmin(tx)
  if (resetSecondFactor) await removeSecondFactor(tx, { accountId, origin })
  if (body.releaseOidc) await releaseOidc(tx, accountId)
  if (passwordHash !== null || active === false || body.releaseOidc) await endSessions(tx, accountId)
  await appendAudit(tx, {
    ...origin,
    action: 'account.changed',
    subject: { kind: 'account', id: accountId },
    oldValue: { role: row.role, storeIds: row.store_ids, region: row.region, active: !row.disabled },
    newValue: {
      ...{ role, storeIds, region, active },
      ...(displayName === undefined ? {} : { renamed: true }),
      ...(passwordHash === null ? {} : { passwordSet: true }),
      ...(body.unlock ? { unlocked: true } : {}),
      ...(resetSecondFactor ? { secondFactorReset: true } : {}),
      ...(body.releaseOidc ? { oidcReleased: true } : {}),
    },
  })
}

/** A person's own new password. It ends their other sessions. */
export async function changeOwnPassword(
  tx: Tx,
  change: { accountId: string; passwordHash: string; origin: AuditOrigin },
): Promise<void> {
  const { accountId, passwordHash, origin } = change
  await tx
    .updateTable('account')
    .set({
      password_hash: passwordHash,
      must_change_password: false,
      failed_sign_ins: 0,
      locked_until: null,
    })
    .where('id', '=', accountId)
    .execute()
  await endSessions(tx, accountId)
  await appendAudit(tx, {
    ...origin,
    action: 'account.password_changed',
    subject: { kind: 'account', id: accountId },
  })
}

async function endSessions(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom('session').where('account_id', '=', accountId).execute()
}

/** Nobody could give anybody access any more. */
async function requireAdmin(tx: Tx): Promise<void> {
  const admin = await tx
    .selectFrom('account')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled', '=', false)
    .limit(1)
    .executeTakeFirst()
  if (!admin) throw new ProblemError('last-admin')
}

/** @throws ProblemError `unknown-store` that names the first one */
export async function requireStores(tx: Tx, storeIds: readonly string[]): Promise<void> {
  if (storeIds.length === 0) return
  const rows = await tx
    .selectFrom('store')
    .select('id')
    .where('id', '=', sql<string>`any(${storeIds as string[]}::text[])`)
    .execute()
  const known = new Set(rows.map((row) => row.id))
  const unknown = storeIds.findIndex((id) => !known.has(id))
  if (unknown < 0) return
  const fields = [{ field: `storeIds.${unknown}`, message: `${storeIds[unknown]} is not known` }]
  throw new ProblemError('unknown-store', undefined, { fields })
}
