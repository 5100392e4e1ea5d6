import { sql } from 'kysely'
import { appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'

type OidcPerson = { issuer: string; subject: string; userName: string | null }
type OidcAccount = { accountId: string; userName: string; isBoundNow: boolean }

/**
 * The account of somebody whom a provider has signed in. The first time it is the account of that user name; from then on it is
 * this one, whatever the provider calls them, and nobody else at this provider gets it: a name that is given to another person
 * later opens nothing. What became of it is on record. Wrong passwords stay counted: whoever guesses is somebody else.
 *
 * @returns null where there is no such account, it is switched off, or it is somebody else's
 */
export async function signInByOidc(
  tx: Tx,
  person: OidcPerson,
  { requestId }: { requestId: string },
): Promise<{ accountId: string } | null> {
  const bound = await findBound(tx, person)
  const account = bound === undefined ? await bind(tx, person) : bound
  if (!account) {
    await auditRefusal(tx, requestId, 'no account')
    return null
  }
  const { accountId, userName, isBoundNow } = account
  const entry = {
    ...{ actor: userName, source: 'console' as const, requestId },
    subject: { kind: 'account', id: accountId },
  }
  const { issuer, subject } = person
  if (isBoundNow)
    await appendAudit(tx, { ...entry, action: 'account.oidc_bound', newValue: { issuer, subject } })
  await appendAudit(tx, { ...entry, action: 'session.signed_in', newValue: { oidc: issuer } })
  return { accountId }
}

/** What came back from the provider was not to be believed. */
export async function auditRefusedOidc(db: Db, { requestId }: { requestId: string }): Promise<void> {
  await auditRefusal(db, requestId, 'not believed')
}

/** Makes the account nobody's at a provider: the next who signs in there by its name is bound to it. */
export async function releaseOidc(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom('oidc_identity').where('account_id', '=', accountId).execute()
}

/** Undefined: the provider has not signed in this person before. Null: their account is switched off. */
async function findBound(tx: Tx, { issuer, subject }: OidcPerson): Promise<OidcAccount | null | undefined> {
  const row = await tx
    .selectFrom('oidc_identity')
    .innerJoin('account', 'account.id', 'oidc_identity.account_id')
    .select(['account.id as accountId', 'account.user_name as userName', 'account.disabled'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  if (!row) return undefined
  return row.disabled ? null : { accountId: row.accountId, userName: row.userName, isBoundNow: false }
}

async function bind(tx: Tx, person: OidcPerson): Promise<OidcAccount | null> {
  const { issuer, subject, userName } = person
  if (userName === null) return null
  // Of two who come at once under one name, one is first.
  const { rows } = await sql<{ accountId: string }>`
    insert into oidc_identity (issuer, subject, account_id)
    select ${issuer}, ${subject}, id from account where user_name = ${userName} and not disabled
    on conflict do nothing returning account_id as "accountId"`.execute(tx)
  const [bound] = rows
  if (bound) return { ...bound, userName, isBoundNow: true }
  // The first may have been the same person, in another window.
  return (await findBound(tx, person)) ?? null
}

async function auditRefusal(tx: Tx | Db, requestId: string, why: string): Promise<void> {
  await appendAudit(tx, {
    ...{ actor: 'unknown', source: 'console' as const, requestId },
    action: 'session.sign_in_failed',
    subject: { kind: 'account', id: 'unknown' },
    newValue: { oidc: why },
  })
}
