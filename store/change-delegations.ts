import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { DelegationBody, DelegationView, ListDelegationsQuery } from '../contracts/change-requests.ts'
import { ProblemError } from '../contracts/errors.ts'
import { appendAudit, SYSTEM_ORIGIN } from './audit.ts'
import { applyChangeEvent } from './change-requests.ts'
import { type Db, databaseTime, type Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'

const MAX_DAYS = 90
/** Requests that are asked anew in one transaction. */
const REQUESTS_A_TURN = 50

/**
 * Has somebody decide for a person while they are away. One at a time stands in for one person, and what waits for the
 * person now waits for who stands in.
 *
 * @throws ProblemError `delegation-exists`; `invalid-request` for an account that may not sign in, or times that cannot be
 */
export async function delegate(
  tx: Tx,
  keyRing: KeyRing,
  { principal, delegate: deputy, endsAt, startsAt, reason }: DelegationBody & { principal: string },
): Promise<DelegationView> {
  const nowMs = await databaseTime(tx)
  const from = startsAt === undefined ? new Date(nowMs) : new Date(startsAt)
  const until = new Date(endsAt)
  if (until.getTime() <= Math.max(nowMs, from.getTime()))
    throw wrong('endsAt', 'must be in the future, after startsAt')
  if (until.getTime() - from.getTime() > MAX_DAYS * 86_400_000)
    throw wrong('endsAt', `must be within ${MAX_DAYS} days`)
  if (deputy === principal) throw wrong('delegate', 'must be somebody else')
  const found = await tx
    .selectFrom('account')
    .select(['user_name', 'disabled'])
    .where('user_name', 'in', [principal, deputy])
    // Two delegations of one person come one after the other.
    .orderBy('user_name')
    .forNoKeyUpdate()
    .execute()
  if (!found.some((account) => account.user_name === deputy && !account.disabled)) {
    throw wrong('delegate', 'must be the user name of an account that may sign in')
  }
  const other = await tx
    .selectFrom('change_delegation')
    .select('id')
    .where('principal', '=', principal)
    .where('ended_at', 'is', null)
    .where('starts_at', '<', until)
    .where('ends_at', '>', from)
    .executeTakeFirst()
  if (other) throw new ProblemError('delegation-exists', undefined, { extra: { delegationId: other.id } })
  const hasBegun = from.getTime() <= nowMs
  const row = await tx
    .insertInto('change_delegation')
    .values({
      id: uuid(),
      principal,
      delegate: deputy,
      reason,
      starts_at: from,
      ends_at: until,
      next_turn_at: hasBegun ? until : from,
      created_by: principal,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendAudit(tx, {
    ...{ actor: principal, source: 'console', requestId: null, action: 'delegation.made' },
    subject: { kind: 'account', id: principal },
    newValue: {
      delegate: deputy,
      delegationId: row.id,
      startsAt: from.toISOString(),
      endsAt: until.toISOString(),
    },
  })
  if (hasBegun) await askAnew(tx, keyRing, { principal, eventId: turnId(row.id, 'started') })
  return viewOf(row)
}

/**
 * Ends a delegation before its time: what waits comes back to the person.
 *
 * @param principal whose it must be; null for those who may end anybody's
 * @throws ProblemError `delegation-not-found`
 */
export async function endDelegation(
  tx: Tx,
  keyRing: KeyRing,
  { delegationId, principal, operator }: { delegationId: string; principal: string | null; operator: string },
): Promise<DelegationView> {
  let update = tx
    .updateTable('change_delegation')
    .set({
      ended_at: sql`coalesce(ended_at, clock_timestamp())`,
      ended_by: sql`coalesce(ended_by, ${operator})`,
      next_turn_at: null,
    })
    .where('id', '=', delegationId)
  if (principal !== null) update = update.where('principal', '=', principal)
  const row = await update.returningAll().executeTakeFirst()
  if (!row) throw new ProblemError('delegation-not-found')
  await appendAudit(tx, {
    ...{ actor: operator, source: 'console', requestId: null, action: 'delegation.ended' },
    subject: { kind: 'account', id: row.principal },
    newValue: { delegate: row.delegate, delegationId },
  })
  await askAnew(tx, keyRing, { principal: row.principal, eventId: `delegation-ended/${delegationId}` })
  return viewOf(row)
}

type Turn = 'started' | 'over'
const turnId = (delegationId: string, turn: Turn) => `delegation/${delegationId}/${turn}`
const TURN_ACTIONS = { started: 'delegation.started', over: 'delegation.over' } as const

/**
 * Asks anew for one person whose delegation has begun or is over by the database's clock, a part of what waits for them
 * at a time. Safe in any number of processes: each takes another delegation, and what was asked anew is not again.
 *
 * @returns whether there was one; until there is none, call again
 */
export async function turnDelegation(
  tx: Tx,
  keyRing: KeyRing,
  limit: number = REQUESTS_A_TURN,
): Promise<boolean> {
  const due = await tx
    .selectFrom('change_delegation')
    .select(['id', 'principal', 'delegate', 'starts_at', 'ends_at'])
    .select(sql<boolean>`next_turn_at >= ends_at`.as('is_over'))
    .where('next_turn_at', '<=', sql<Date>`clock_timestamp()`)
    .orderBy('next_turn_at')
    .limit(1)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!due) return false
  const turn: Turn = due.is_over ? 'over' : 'started'
  const { id, principal, delegate: deputy, starts_at: startsAt, ends_at: endsAt } = due
  const asked = { principal, eventId: turnId(id, turn), operator: SYSTEM_ORIGIN.actor, limit }
  if ((await askAnew(tx, keyRing, asked)) === limit) return true
  await tx
    .updateTable('change_delegation')
    .set({ next_turn_at: due.is_over ? null : endsAt })
    .where('id', '=', id)
    .execute()
  await appendAudit(tx, {
    ...{ ...SYSTEM_ORIGIN, action: TURN_ACTIONS[turn] },
    subject: { kind: 'account', id: principal },
    newValue: {
      ...{ delegate: deputy, delegationId: id },
      ...{ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    },
  })
  return true
}

/** Those who are asked are looked for again, in each request that waits for the person. @returns in how many */
async function askAnew(
  tx: Tx,
  keyRing: KeyRing,
  {
    principal,
    eventId,
    operator = principal,
    limit,
  }: { principal: string; eventId: string; operator?: string; limit?: number },
): Promise<number> {
  let open = tx
    .selectFrom('change_approver')
    .select('change_id')
    .distinct()
    .where('principal', '=', principal)
    .where('state', '=', 'open')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('change_event')
            .select('change_event.version')
            .whereRef('change_event.change_id', '=', 'change_approver.change_id')
            .where('change_event.event_id', '=', eventId),
        ),
      ),
    )
    .orderBy('change_id')
  if (limit !== undefined) open = open.limit(limit)
  const waiting = await open.execute()
  for (const { change_id: changeId } of waiting) {
    await applyChangeEvent(tx, keyRing, { changeId, eventId, event: { type: 'people_changed' }, operator })
  }
  return waiting.length
}

/** One page of the delegations, the newest first. */
export async function listDelegations(db: Db, query: ListDelegationsQuery): Promise<Page<DelegationView>> {
  const keyset = new Keyset('delegations', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('change_delegation')
    .selectAll()
    .select(exact('created_at').as('at'))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.principal) select = select.where('principal', '=', query.principal)
  if (query.delegate) select = select.where('delegate', '=', query.delegate)
  if (query.running !== undefined) {
    const running = sql<boolean>`(ended_at is null and starts_at <= clock_timestamp() and ends_at > clock_timestamp())`
    select = select.where(query.running ? running : sql<boolean>`not ${running}`)
  }
  select = select.where(beyond(['created_at', 'id'], query.sort, after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

type Row = {
  id: string
  principal: string
  delegate: string
  reason: string
  starts_at: Date
  ends_at: Date
  created_by: string
  created_at: Date
  ended_by: string | null
  ended_at: Date | null
}
function viewOf(row: Row): DelegationView {
  return {
    delegationId: row.id,
    principal: row.principal,
    delegate: row.delegate,
    reason: row.reason,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endedBy: row.ended_by,
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

function wrong(field: string, message: string): ProblemError {
  return new ProblemError('invalid-request', undefined, { fields: [{ field, message }] })
}
