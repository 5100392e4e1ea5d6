import { createHash, randomBytes } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { Secret, TOTP } from 'otpauth'
import { ProblemError } from '../contracts/errors.ts'
import type { SecondFactorSecret, SecondFactorView } from '../contracts/second-factor.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import type { Database } from './schema.ts'

/** What devices show beside their codes. */
const ISSUER = 'Order Hub'
/** As every authenticator has them. */
const PERIOD_SECONDS = 30
const DIGITS = 6
const SECRET_BYTES = 20
/** A device whose clock is half a minute off is no stranger. */
const STEPS_AROUND = 1
const RECOVERY_CODES = 10
/** 80 bits: nobody guesses one, so that a fast hash is enough to keep it by. */
const RECOVERY_BYTES = 10

type Row = Selectable<Database['second_factor']>

const contextOf = (accountId: string) => `second-factor/${accountId}`

function totpOf(keyRing: KeyRing, row: Row): TOTP {
  const secret = keyRing.open(row.key_id, row.sealed, contextOf(row.account_id))
  return totp(Secret.fromBase32(secret.toString('utf8')))
}

function totp(secret: Secret, label = ''): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret,
  })
}

/** Whether somebody has a second factor, without anything of it. */
export async function showSecondFactor(db: Db | Tx, accountId: string): Promise<SecondFactorView> {
  const { rows } = await sql<{ since: Date; left: number }>`
    select confirmed_at as since, (select count(*)::int from recovery_code
      where recovery_code.account_id = second_factor.account_id and used_at is null) as left
    from second_factor where account_id = ${accountId} and confirmed_at is not null`.execute(db)
  const [on] = rows
  if (!on) return { state: 'off', since: null, recoveryCodesLeft: 0 }
  return { state: 'on', since: on.since.toISOString(), recoveryCodesLeft: on.left }
}

/**
 * Makes a secret for whoever asks; one that was made before and never confirmed is forgotten.
 *
 * @throws ProblemError `second-factor-on`
 */
export async function beginSecondFactor(
  tx: Tx,
  keyRing: KeyRing,
  { accountId, userName }: { accountId: string; userName: string },
): Promise<SecondFactorSecret> {
  const secret = new Secret({ size: SECRET_BYTES })
  const { keyId, sealed } = keyRing.seal(Buffer.from(secret.base32), contextOf(accountId))
  const values = { key_id: keyId, sealed, last_step: 0 }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('second_factor')
    .values({ account_id: accountId, ...values })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet(values).where('second_factor.confirmed_at', 'is', null),
    )
    .executeTakeFirstOrThrow()
  if (!numInsertedOrUpdatedRows) throw new ProblemError('second-factor-on')
  return { secret: secret.base32, uri: totp(secret, userName).toString() }
}

type Given = { accountId: string; code: string; now: Date }

/**
 * From now on a code is asked for at signing in: whoever confirms has shown that their device has the secret.
 *
 * @returns codes for when the device is lost, of which only hashes are kept
 * @throws ProblemError `second-factor-on`, `second-factor-not-begun`, `wrong-code`
 */
export async function confirmSecondFactor(
  tx: Tx,
  keyRing: KeyRing,
  { origin, ...given }: Given & { origin: AuditOrigin },
): Promise<string[]> {
  const { accountId } = given
  const row = await lock(tx, accountId)
  if (!row) throw new ProblemError('second-factor-not-begun')
  if (row.confirmed_at !== null) throw new ProblemError('second-factor-on')
  if (!(await takeTimeCode(tx, keyRing, row, given))) throw new ProblemError('wrong-code')
  await tx
    .updateTable('second_factor')
    .set({ confirmed_at: sql`clock_timestamp()` })
    .where('account_id', '=', accountId)
    .execute()
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await tx
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ account_id: accountId, code_hash: hashOf(code) })))
    .execute()
  await appendAudit(tx, { ...origin, action: 'second_factor.on', subject: subjectOf(accountId) })
  return codes
}

/**
 * Looks at the code of somebody whose password was right. A code that is taken opens nothing a second time.
 *
 * @param given.code null: none was given
 */
export async function takeSecondFactor(
  tx: Tx,
  keyRing: KeyRing,
  { origin, ...given }: Omit<Given, 'code'> & { code: string | null; origin: AuditOrigin },
): Promise<'not-needed' | 'taken' | 'missing' | 'wrong'> {
  const row = await lock(tx, given.accountId)
  if (!row || row.confirmed_at === null) return 'not-needed'
  if (given.code === null) return 'missing'
  const code = { ...given, code: given.code }
  if (/^\d+$/.test(given.code)) return (await takeTimeCode(tx, keyRing, row, code)) ? 'taken' : 'wrong'
  if (!(await takeRecoveryCode(tx, code))) return 'wrong'
  await appendAudit(tx, {
    ...{ ...origin, action: 'second_factor.recovery_used', subject: subjectOf(given.accountId) },
  })
  return 'taken'
}

/** No code is asked for any more. Without one nothing happens, and nothing is on record. */
export async function removeSecondFactor(
  tx: Tx,
  { accountId, origin }: { accountId: string; origin: AuditOrigin },
): Promise<void> {
  const removed = await tx
    .deleteFrom('second_factor')
    .where('account_id', '=', accountId)
    .returning('confirmed_at')
    .executeTakeFirst()
  if (!removed || removed.confirmed_at === null) return
  await appendAudit(tx, { ...origin, action: 'second_factor.off', subject: subjectOf(accountId) })
}

/** Of two who come with one code at the same moment, the second sees that it was taken. */
async function lock(tx: Tx, accountId: string): Promise<Row | undefined> {
  return tx
    .selectFrom('second_factor')
    .selectAll()
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst()
}

/** The library compares in constant time. */
async function takeTimeCode(tx: Tx, keyRing: KeyRing, row: Row, given: Given): Promise<boolean> {
  const timestamp = given.now.getTime()
  const delta = totpOf(keyRing, row).validate({ token: given.code, timestamp, window: STEPS_AROUND })
  if (delta === null) return false
  const step = Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
  if (step <= row.last_step) return false
  await tx
    .updateTable('second_factor')
    .set({ last_step: step })
    .where('account_id', '=', row.account_id)
    .execute()
  return true
}

async function takeRecoveryCode(tx: Tx, { accountId, code }: Given): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_code')
    .set({ used_at: sql`clock_timestamp()` })
    .where('account_id', '=', accountId)
    .where('code_hash', '=', hashOf(code))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** `ABCD-EFGH-IJKL-MNOP`: letters and digits that nobody mistakes for others. */
function newRecoveryCode(): string {
  const text = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer }).base32
  return text.match(/.{4}/g)?.join('-') ?? text
}

function hashOf(recoveryCode: string): Buffer {
  return createHash('sha256').update(recoveryCode.toUpperCase().replace(/[- ]/g, '')).digest()
}

const subjectOf = (accountId: string) => ({ kind: 'account', id: accountId })
