import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** How long a claim stands without an answer. Longer than any transaction lives, so that only a crash leaves one. */
export const CLAIM_MS = 30_000

/** A caller's right to carry out one operation; storing the answer fails once somebody else has taken over. */
export type Claim = { caller: string; key: string; claimedUntil: Date }
export type StoredAnswer = { status: number; response: unknown }
export type ClaimResult =
  | { kind: 'claimed'; claim: Claim }
  | { kind: 'answered'; answer: StoredAnswer }
  | { kind: 'in-flight' }
  | { kind: 'other-request' }

/** The claim was taken over by a later attempt: whatever ran under it must be rolled back. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError'
}

/**
 * Claims an idempotency key, or says what came of it. A claim that a crash left behind is taken over when its time
 * is over.
 *
 * The claim commits without waiting for the disk: if the server lost it, it would have lost the later effect too.
 */
export async function claimKey(
  db: Db,
  request: { caller: string; key: string; requestHash: Buffer; now: Date },
): Promise<ClaimResult> {
  const { caller, key, requestHash, now } = request
  const claimedUntil = new Date(now.getTime() + CLAIM_MS)
  const { rows } = await sql`
    with quick as (select set_config('synchronous_commit', 'off', true))
    insert into idempotency_key as known (caller, key, request_hash, claimed_until)
    select ${caller}, ${key}, ${requestHash}::bytea, ${claimedUntil}::timestamptz from quick
    on conflict (caller, key) do update set claimed_until = excluded.claimed_until
      where known.status is null and known.claimed_until <= ${now} and known.request_hash = excluded.request_hash
    returning 1`.execute(db)
  if (rows.length > 0) return { kind: 'claimed', claim: { caller, key, claimedUntil } }
  const known = await db
    .selectFrom('idempotency_key')
    .select(['status', 'response', 'request_hash'])
    .where('caller', '=', caller)
    .where('key', '=', key)
    .executeTakeFirst()
  // Released between the two statements: the next try will claim it.
  if (!known) return { kind: 'in-flight' }
  if (!known.request_hash.equals(requestHash)) return { kind: 'other-request' }
  if (known.status === null) return { kind: 'in-flight' }
  return { kind: 'answered', answer: { status: known.status, response: known.response } }
}

/**
 * Stores the answer of a claimed operation, in the transaction of its effect where there is one.
 *
 * @throws ClaimLostError when another attempt has taken over or answered
 */
export async function storeAnswer(db: Db | Tx, claim: Claim, answer: StoredAnswer): Promise<void> {
  const result = await db
    .updateTable('idempotency_key')
    .set({ status: answer.status, response: JSON.stringify(answer.response) })
    .where('caller', '=', claim.caller)
    .where('key', '=', claim.key)
    .where('status', 'is', null)
    .where('claimed_until', '=', claim.claimedUntil)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) throw new ClaimLostError('another attempt took over this key')
}

/** Gives a claim back after a failure that says nothing about the operation. An answer that did commit stays. */
export async function releaseClaim(db: Db, claim: Claim): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('caller', '=', claim.caller)
    .where('key', '=', claim.key)
    .where('status', 'is', null)
    .where('claimed_until', '=', claim.claimedUntil)
    .execute()
}
