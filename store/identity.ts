import { hash as digest, randomBytes } from 'node:crypto'
import { hash } from '@node-rs/argon2'
import { type RawBuilder, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import { ROLES, type Role } from '../domain/role.ts'
import { type AuditEntry, type AuditOrigin, appendAudit, appendAudits } from './audit.ts'
import type { Db } from './database.ts'

export const SYSTEMS = ['mall', 'payments', 'warehouse', 'ops'] as const
export type System = (typeof SYSTEMS)[number]

export type Person = {
  kind: 'person'
  accountId: string
  userName: string
  role: Role
  storeIds: string[]
  region: string | null
  /** Whether they came by a password that somebody else chose: they may do nothing before they have taken another one. */
  mustChangePassword: boolean
}

/** Who is calling: another system by its API key, or a person by a session. */
export type Identity = { kind: 'system'; name: string; system: System; storeIds: string[] } | Person

/** Which stores' orders a caller may see. */
export type Scope =
  | { kind: 'all' }
  | { kind: 'stores'; storeIds: string[] }
  | { kind: 'region'; region: string }

/** The scope of an identity. A person without stores or region sees nothing; a mall key without stores sees all. */
export function scopeOf(identity: Identity): Scope {
  if (identity.kind === 'system') {
    return identity.system === 'mall' && identity.storeIds.length > 0
      ? { kind: 'stores', storeIds: identity.storeIds }
      : { kind: 'all' }
  }
  switch (identity.role) {
    case 'clerk':
    case 'team_lead':
    case 'store_manager':
      return { kind: 'stores', storeIds: identity.storeIds }
    case 'regional_director':
      return identity.region === null
        ? { kind: 'stores', storeIds: [] }
        : { kind: 'region', region: identity.region }
    // Sees what they are sent to, and no store's orders.
    case 'inspector':
      return { kind: 'stores', storeIds: [] }
    case 'finance':
    case 'ops':
    case 'admin':
      return { kind: 'all' }
  }
}

/** The condition that keeps a query inside a scope. `column` names the store id of the row. */
export function inScope(scope: Scope, column: string): RawBuilder<boolean> {
  const store = sql.ref(column)
  switch (scope.kind) {
    case 'all':
      return sql`true`
    case 'stores':
      return sql`${store} = any(${scope.storeIds}::text[])`
    case 'region':
      return sql`${store} in (select id from store where region = ${scope.region})`
  }
}

/** What the log and the ledger call this identity. */
export function operatorOf(identity: Identity): string {
  return identity.kind === 'system' ? `${identity.system}:${identity.name}` : identity.userName
}

const systemName = z.enum(SYSTEMS)
const roleName = z.enum(ROLES)

/** API keys are random and long, so that one fast hash is enough to store them by. */
export function hashApiKey(secret: string): Buffer {
  return digest('sha256', secret, 'buffer')
}

/** A secret that cannot be guessed and says in a log whose it is. */
export function newApiKeySecret(system: string): string {
  return `hub_${system}_${randomBytes(32).toString('base64url')}`
}

/**
 * Makes an API key, or replaces the one of the same name (which is how a key is rotated).
 *
 * @returns the secret, which is stored nowhere and shown this once
 */
export async function createApiKey(
  db: Db,
  key: { name: string; system: System; storeIds: string[]; secret?: string },
): Promise<{ id: string; secret: string }> {
  const secret = key.secret ?? newApiKeySecret(key.system)
  const values = {
    system: key.system,
    store_ids: key.storeIds,
    key_hash: hashApiKey(secret),
    disabled: false,
  }
  const { id } = await db
    .insertInto('api_key')
    .values({ id: uuid(), name: key.name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, secret }
}

/** The system behind an API key's hash, or null. */
export async function findApiKey(
  db: Db,
  keyHash: Buffer,
): Promise<{ keyHash: Buffer; identity: Identity } | null> {
  const row = await db
    .selectFrom('api_key')
    .select(['name', 'system', 'store_ids', 'key_hash'])
    .where('key_hash', '=', keyHash)
    .where('disabled', '=', false)
    .executeTakeFirst()
  if (!row) return null
  // Once a minute is enough to see which keys are alive, and keeps this off the hot path.
  await db
    .updateTable('api_key')
    .set({ last_used_at: sql`now()` })
    .where('key_hash', '=', keyHash)
    .where(sql<boolean>`coalesce(last_used_at, '-infinity') < now() - interval '1 minute'`)
    .execute()
  const { name, system, store_ids: storeIds } = row
  return {
    keyHash: row.key_hash,
    identity: { kind: 'system', name, system: systemName.parse(system), storeIds },
  }
}

/** argon2id (the library's default) with the OWASP parameters: 19 MiB, two passes. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
}

/** Makes a person's account, or changes the one with this user name. Signed-in sessions keep working. */
export async function upsertAccount(
  db: Db,
  account: {
    userName: string
    displayName: string
    role: Role
    password: string
    storeIds: string[]
    region: string | null
  },
): Promise<{ id: string }> {
  const values = {
    display_name: account.displayName,
    role: account.role,
    password_hash: await hashPassword(account.password),
    store_ids: account.storeIds,
    region: account.region,
    disabled: false,
    failed_sign_ins: 0,
    locked_until: null,
  }
  return db
    .insertInto('account')
    .values({ id: uuid(), user_name: account.userName, ...values })
    .onConflict((conflict) => conflict.column('user_name').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow()
}

/** The person behind an account that may still sign in, or null. Read on every request: a disabled account is out at once. */
export async function findPerson(db: Db, accountId: string): Promise<Person | null> {
  const row = await db
    .selectFrom('account')
    .select(['id', 'user_name', 'role', 'store_ids', 'region', 'must_change_password'])
    .where('id', '=', accountId)
    .where('disabled', '=', false)
    .executeTakeFirst()
  if (!row) return null
  return {
    kind: 'person',
    accountId: row.id,
    userName: row.user_name,
    role: roleName.parse(row.role),
    storeIds: row.store_ids,
    region: row.region,
    mustChangePassword: row.must_change_password,
  }
}

/** Sign-ins that may fail in a row before the account rests, and for how long. */
export const MAX_FAILED_SIGN_INS = 5
export const LOCK_OUT_MS = 15 * 60_000

/**
 * Counts an attempt to sign in *before* the password is looked at, so that guesses sent at once are counted too.
 *
 * @returns the account to check the password against and whether this attempt, should it fail, locks it; null when it
 *   is unknown, disabled or locked
 */
export async function beginSignIn(
  db: Db,
  userName: string,
  now: Date,
): Promise<{ id: string; passwordHash: string; failures: number; locks: boolean } | null> {
  const lockedUntil = new Date(now.getTime() + LOCK_OUT_MS)
  // After a lock-out has passed the count starts again.
  const row = await db
    .updateTable('account')
    .set({
      failed_sign_ins: sql`case when locked_until is null then failed_sign_ins + 1 else 1 end`,
      locked_until: sql`case when locked_until is null and failed_sign_ins + 1 >= ${MAX_FAILED_SIGN_INS}
        then ${lockedUntil}::timestamptz end`,
    })
    .where('user_name', '=', userName)
    .where('disabled', '=', false)
    .where((eb) => eb.or([eb('locked_until', 'is', null), eb('locked_until', '<=', now)]))
    .returning(['id', 'password_hash', 'failed_sign_ins', 'locked_until'])
    .executeTakeFirst()
  if (!row) return null
  const { id, password_hash: passwordHash, failed_sign_ins: failures, locked_until: locked } = row
  return { id, passwordHash, failures, locks: locked !== null }
}

/** All was right: forgets the attempts. */
export async function forgetFailures(db: Db, accountId: string): Promise<void> {
  await db
    .updateTable('account')
    .set({ failed_sign_ins: 0, locked_until: null })
    .where('id', '=', accountId)
    .execute()
}

/**
 * The password was right and more is asked for: this attempt was none, and those before it stay counted. Whoever knows the
 * password could otherwise wipe out their wrong codes by it.
 */
export async function uncountAttempt(db: Db, attempt: { id: string; locks: boolean }): Promise<void> {
  await db
    .updateTable('account')
    .set({
      failed_sign_ins: sql`greatest(failed_sign_ins - 1, 0)`,
      ...(attempt.locks ? { locked_until: null } : {}),
    })
    .where('id', '=', attempt.id)
    .execute()
}

/** The password was right: forgets the attempts. */
export async function finishSignIn(
  db: Db,
  accountId: string,
  origin: { userName: string; requestId: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await forgetFailures(tx, accountId)
    await appendAudit(tx, {
      ...signInBy(origin),
      action: 'session.signed_in',
      subject: accountSubject(accountId),
    })
  })
}

/** Somebody came in by the link of their card in WeCom. */
export async function auditLinkSignIn(
  db: Db,
  { accountId, userName }: Person,
  { cardId, requestId }: { cardId: string; requestId: string },
): Promise<void> {
  await appendAudit(db, {
    actor: userName,
    source: 'wecom',
    requestId,
    action: 'session.signed_in',
    subject: accountSubject(accountId),
    newValue: { wecomCard: cardId },
  })
}

/**
 * The password was wrong, or there is nothing to sign in to. What was typed as the name of an account that there is not
 * is not kept: people type their password there.
 */
export async function auditFailedSignIn(
  db: Db,
  account: { id: string; failures: number; locks: boolean } | null,
  origin: { userName: string; requestId: string },
): Promise<void> {
  const known = account ?? (await findAccountOf(db, origin.userName))
  if (!known) {
    const by = { ...signInBy(origin), actor: 'unknown' }
    return appendAudit(db, {
      ...by,
      action: 'session.sign_in_failed',
      subject: { kind: 'account', id: 'unknown' },
    })
  }
  const entry = { ...signInBy(origin), subject: accountSubject(known.id) }
  const failed: AuditEntry = {
    ...entry,
    action: 'session.sign_in_failed',
    newValue: account ? { failures: account.failures } : { refused: 'locked or disabled' },
  }
  const locked: AuditEntry = {
    ...entry,
    action: 'session.locked_out',
    newValue: { minutes: LOCK_OUT_MS / 60_000 },
  }
  await appendAudits(db, account?.locks ? [failed, locked] : [failed])
}

function signInBy({ userName, requestId }: { userName: string; requestId: string }): AuditOrigin {
  return { actor: userName, source: 'console', requestId }
}

const accountSubject = (accountId: string) => ({ kind: 'account', id: accountId })

async function findAccountOf(db: Db, userName: string): Promise<{ id: string } | undefined> {
  return db.selectFrom('account').select('id').where('user_name', '=', userName).executeTakeFirst()
}

/** What a person is called; the user name where there is no such account any more. */
export async function displayNameOf(db: Db, userName: string): Promise<string> {
  const row = await db
    .selectFrom('account')
    .select('display_name')
    .where('user_name', '=', userName)
    .executeTakeFirst()
  return row?.display_name ?? userName
}
