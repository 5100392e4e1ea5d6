import { verify } from '@node-rs/argon2'
import { ProblemError } from '../contracts/errors.ts'
import { auditFailedSignIn, beginSignIn } from '../store/identity.ts'
import type { ApiDeps } from './deps.ts'

export type Attempt = NonNullable<Awaited<ReturnType<typeof beginSignIn>>>

/**
 * Counts an attempt to give somebody's password, and writes a wrong one down.
 *
 * @param nobodysHash is checked where there is no account, or one that is locked, so that it takes as long; null: whoever asks
 *   is known
 * @returns null: wrong
 */
export async function tryPassword(
  { db, clock }: ApiDeps,
  origin: { userName: string; requestId: string },
  password: string,
  nobodysHash: string | null,
): Promise<Attempt | null> {
  const account = await beginSignIn(db, origin.userName, clock.now())
  const hash = account?.passwordHash ?? nobodysHash
  const matches = hash !== null && (await verify(hash, password))
  if (account && matches) return account
  await auditFailedSignIn(db, account, origin)
  return null
}

/**
 * Whoever sits at somebody's open session does not know their password. A wrong one counts as at signing in, and locks alike; a
 * right one counts until `forgetFailures` says that all else was right, too.
 *
 * @throws ProblemError `wrong-password`
 */
export async function requirePassword(
  deps: ApiDeps,
  origin: { userName: string; requestId: string },
  password: string,
): Promise<Attempt> {
  const account = await tryPassword(deps, origin, password, null)
  if (!account) throw new ProblemError('wrong-password')
  return account
}
