import { verify } from '@node-rs/argon2'
import { ProblemError } from '../contracts/errors.ts'
import { auditFailedSignIn, beginSignIn } from '../store/identity.ts'
import type { ApiDeps } from './deps.ts'

export type Attempt = NonNullable<Awaited<ReturnType<typeof beginSignIn>>>

/**
 * Whoever sits at somebody's open session does not know their password. A wrong one counts as at signing in, and locks alike; a
 * right one counts until `forgetFailures` says that all else was right, too.
 *
 * @throws ProblemError `wrong-password`
 */
export async function requirePassword(
  { db, clock }: ApiDeps,
  origin: { userName: string; requestId: string },
  password: string,
): Promise<Attempt> {
  const account = await beginSignIn(db, origin.userName, clock.now())
  if (account && (await verify(account.passwordHash, password))) return account
  await auditFailedSignIn(db, account, origin)
  throw new ProblemError('wrong-password')
}
