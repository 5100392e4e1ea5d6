import { type RawBuilder, sql } from 'kysely'
import { type Db, PREPARED, type Tx } from './database.ts'

/** How long a claim stands without an answer. Longer than any transaction lives, so that only a crash leaves one. */
export const CLAIM_MS = 30_000

/** Which operation of which caller, and what was asked. */
export type RequestKey = { caller: string; key: string; requestHash: Buffer }

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
export async function claimKey(db: Db, request: RequestKey & { now: Date }): Promise<ClaimResult> {
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
  return known ? standingOf(known, request) : { kind: 'in-flight' }
}

export type KeyStanding = Exclude<ClaimResult, { kind: 'claimed' }>

function standingOf(
  known: { status: number | null; response: unknown; request_hash: Buffer },
  { requestHash }: RequestKey,
): KeyStanding {
  if (!known.request_hash.equals(requestHash)) return { kind: 'other-request' }
  if (known.status === null) return { kind: 'in-flight' }
  return { kind: 'answered', answer: { status: known.status, response: known.response } }
}

/**
 * What is known of requests that carry their answer with their effect instead of claiming first: null for those that
 * nobody has carried out. A claim that a crash left behind counts for as long as it stands.
 */
export async function findStandings(db: Db | Tx, requests: RequestKey[]): Promise<(KeyStanding | null)[]> {
  const { rows } = await knownKeys(requests).execute(db)
  return standingsOf(requests, rows)
}

type KnownKey = {
  caller: string
  key: string
  status: number | null
  response: unknown
  request_hash: Buffer
  stale: boolean
}

/** The statement of `findStandings`, for `together`; `standingsOf` goes on from its rows. */
export function knownKeys(requests: readonly RequestKey[]): RawBuilder<KnownKey> {
  return sql`${PREPARED}
    select caller, key, status, response, request_hash,
      status is null and claimed_until <= clock_timestamp() as stale
    from idempotency_key join unnest(${requests.map((request) => request.caller)}::text[],
      ${requests.map((request) => request.key)}::text[]) as asked (caller, key) using (caller, key)`
}

export function standingsOf(
  requests: readonly RequestKey[],
  rows: readonly KnownKey[],
): (KeyStanding | null)[] {
  const byKey = new Map(rows.map((row) => [`${row.caller}\n${row.key}`, row]))
  return requests.map((request) => {
    const known = byKey.get(`${request.caller}\n${request.key}`)
    if (!known || (known.stale && known.request_hash.equals(request.requestHash))) return null
    return standingOf(known, request)
  })
}

/**
 * Stores the answers of requests in the transaction of their effects. In key order, so that two transactions that
 * store the same keys wait for each other instead of blocking each other.
 *
 * @throws ClaimLostError when one was answered meanwhile: everything must be rolled back and looked up again
 */
export async function storeAnswers(tx: Tx, answers: (RequestKey & StoredAnswer)[]): Promise<void> {
  if (answers.length === 0) return
  const { numAffectedRows } = await sql`${PREPARED}
    insert into idempotency_key as known (caller, key, request_hash, status, response, claimed_until)
    select * from unnest(${answers.map((answer) => answer.caller)}::text[],
      ${answers.map((answer) => answer.key)}::text[], ${answers.map((answer) => answer.requestHash)}::bytea[],
      ${answers.map((answer) => answer.status)}::int[],
      ${answers.map((answer) => JSON.stringify(answer.response))}::jsonb[]) as answered (caller, key, hash, status, response),
      clock_timestamp()
    order by caller, key
    on conflict (caller, key) do update set status = excluded.status, response = excluded.response
      where known.status is null and known.claimed_until <= clock_timestamp()
        and known.request_hash = excluded.request_hash`.execute(tx)
  if (numAffectedRows !== BigInt(answers.length)) {
    throw new ClaimLostError('another attempt answered one of these keys')
  }
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
