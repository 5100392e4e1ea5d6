import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { changeEventType } from '../contracts/outbound-events.ts'
import type { Change, ChangeEffect } from '../domain/change.ts'
import type { ChangeRequestEvent, ChangeRequestState, CountedDecision } from '../domain/change-request.ts'
import { APPLY_WITHIN_SECONDS, isChangeClosed } from '../domain/change-request-state.ts'
import { noteCustomersDue } from './customer-due.ts'
import type { Db, Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { tellEvent } from './outbound-events.ts'

/** A request with what its present version asks for. */
export type ChangeRequest = {
  state: ChangeRequestState
  change: Change
  effect: ChangeEffect
  reasonCode: string
  storeId: string
  region: string
  /** Contacts of the order's customer, now and as they would be. */
  contactIds: string[]
  holdsOrder: boolean
  /** How long each step of applying it may take until it is taken back. */
  applyWithinSeconds: number
  /** When the present version was asked for, and when it was last decided on. */
  submittedAtMs: number
  decidedAtMs: number
}

/** A request as its rows stand, or null where there is none. */
export async function readChangeRequest(db: Db | Tx, changeId: string): Promise<ChangeRequest | null> {
  const row = await db
    .selectFrom('change_request as request')
    .innerJoin('change_request_version as asked', (join) =>
      join
        .onRef('asked.change_id', '=', 'request.id')
        .onRef('asked.request_version', '=', 'request.request_version'),
    )
    .innerJoin('store', 'store.id', 'request.store_id')
    .innerJoin('orders', 'orders.id', 'request.order_id')
    .selectAll('request')
    .select(['asked.change', 'asked.effect', 'asked.steps', 'asked.limits', 'asked.reason_code'])
    .select(['asked.submitted_at', 'store.region', 'orders.contact_id'])
    .select((eb) =>
      eb
        .selectFrom('change_decision')
        .select((count) => count.fn.max('recorded_at').as('at'))
        .whereRef('change_id', '=', 'request.id')
        .where('refusal_code', 'is', null)
        .as('decided_at'),
    )
    .where('request.id', '=', changeId)
    .executeTakeFirst()
  if (!row) return null
  const { change } = row
  const state: ChangeRequestState = {
    changeId,
    changeNumber: row.number,
    orderId: row.order_id,
    orderVersion: row.order_version,
    requestVersion: row.request_version,
    maximumVersions: row.limits.maximumVersions,
    status: row.status,
    version: row.version,
    applicant: row.applicant,
    steps: row.steps,
    stepNumber: row.step_number,
    levelNumber: row.level_number,
    approvers: await presentApprovers(db, row),
    decisions: await countedDecisions(db, row),
    dueAtMs: row.due_at?.getTime() ?? null,
    remindAtMs: row.remind_at?.getTime() ?? null,
    expiresAtMs: row.expires_at.getTime(),
    shipByMs: row.ship_by?.getTime() ?? null,
    minimumDeadlineSeconds: row.limits.minimumDeadlineSeconds,
    separated: row.separated,
    orderMoved: row.order_moved,
    applyTries: row.apply_tries,
    erp: row.erp,
    endsAs: row.ends_as,
    reason: row.end_code === null ? null : { code: row.end_code, detail: row.end_detail ?? '' },
    needsAttention: row.needs_attention,
  }
  const contactIds = [row.contact_id, ...(change.type === 'address' ? [change.contactId] : [])]
  const submittedAtMs = row.submitted_at.getTime()
  const decidedAtMs = row.decided_at?.getTime() ?? submittedAtMs
  const { effect, reason_code: reasonCode, store_id: storeId, region, holds_order: holdsOrder } = row
  return {
    state,
    change,
    effect,
    reasonCode,
    storeId,
    region,
    contactIds,
    holdsOrder,
    // Not there in those that were asked for before the policy said it.
    applyWithinSeconds: row.limits.applyWithinSeconds ?? APPLY_WITHIN_SECONDS,
    submittedAtMs,
    decidedAtMs,
  }
}

type Present = { id: string; request_version: number; step_number: number; level_number: number }

async function presentApprovers(db: Db | Tx, present: Present): Promise<ChangeRequestState['approvers']> {
  const rows = await db
    .selectFrom('change_approver')
    .select(['principal', 'account', 'state'])
    .where('change_id', '=', present.id)
    .where('request_version', '=', present.request_version)
    .where('step_number', '=', present.step_number)
    .where('level_number', '=', present.level_number)
    .orderBy('principal')
    .execute()
  return rows.flatMap(({ state, ...slot }) => (state === 'closed' ? [] : [{ ...slot, state }]))
}

async function countedDecisions(db: Db | Tx, present: Present): Promise<CountedDecision[]> {
  return db
    .selectFrom('change_decision')
    .select(['step_number as stepNumber', 'level_number as levelNumber', 'account', 'decision'])
    .select('on_behalf_of as onBehalfOf')
    .where('change_id', '=', present.id)
    .where('request_version', '=', present.request_version)
    .where('refusal_code', 'is', null)
    .orderBy('recorded_at')
    .execute()
}

/** Takes the request's row, before any row of its people and after its order's. @throws ProblemError `change-request-not-found` */
export async function lockChangeRequest(tx: Tx, changeId: string): Promise<ChangeRequest> {
  await sql`select 1 from change_request where id = ${changeId} for no key update`.execute(tx)
  const request = await readChangeRequest(tx, changeId)
  if (!request) throw new ProblemError('change-request-not-found')
  return request
}

/** Writes the state that an event has led to, and the event. Its workflow hears of it. */
export async function saveChangeState(
  tx: Tx,
  state: ChangeRequestState,
  recorded: {
    event: ChangeRequestEvent | { type: 'submitted'; requestVersion: number }
    eventId: string
    operator: string
  },
): Promise<void> {
  const { changeId, version } = state
  const before = await tx
    .selectFrom('change_request')
    .select(['status', 'type', 'store_id', 'difference_cents'])
    .where('id', '=', changeId)
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('change_request')
    .set({
      status: state.status,
      version,
      order_version: state.orderVersion,
      step_number: state.stepNumber,
      level_number: state.levelNumber,
      due_at: timeOf(state.dueAtMs),
      remind_at: timeOf(state.remindAtMs),
      separated: state.separated,
      order_moved: state.orderMoved,
      apply_tries: state.applyTries,
      erp: state.erp,
      ends_as: state.endsAs,
      end_code: state.reason?.code ?? null,
      end_detail: state.reason?.detail.slice(0, 1_000) ?? null,
      needs_attention: state.needsAttention,
      updated_at: sql`clock_timestamp()`,
      next_carry_at: sql`clock_timestamp()`,
      closed_at: isChangeClosed(state.status) ? sql<Date>`clock_timestamp()` : null,
    })
    .where('id', '=', changeId)
    .execute()
  const { type, ...body } = recorded.event
  const { eventId, operator } = recorded
  await tx
    .insertInto('change_event')
    .values({ change_id: changeId, event_id: eventId, version, type, body: JSON.stringify(body), operator })
    .execute()
  await noteHealthDue(tx, 'change', [changeId])
  const isNew = type === 'submitted'
  if (isNew) await noteCustomersDue(tx, [state.orderId])
  if (!isNew && before.status === state.status) return
  await tellEvent(tx, {
    type: changeEventType(state.status),
    key: `change/${changeId}`,
    storeId: before.store_id,
    at: new Date(),
    data: {
      ...{ changeId, changeNumber: state.changeNumber, requestVersion: state.requestVersion, version },
      ...{ orderId: state.orderId, storeId: before.store_id, changeType: before.type },
      ...{ oldStatus: isNew && state.requestVersion === 1 ? null : before.status, newStatus: state.status },
      differenceCents: before.difference_cents,
    },
  })
}

function timeOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

/** Whether a cancellation that was made while this one was being applied waits for its end. The row must be locked. */
export async function isOvertaken(tx: Tx, changeId: string): Promise<boolean> {
  const behind = await tx
    .selectFrom('change_request')
    .select('id')
    .where('after_change_id', '=', changeId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return behind !== undefined
}

/** Whether the change that was being applied when this one was made has not come to its end yet. */
export async function isBehindAnother(db: Db, changeId: string): Promise<boolean> {
  const before = await db
    .selectFrom('change_request as request')
    .innerJoin('change_request as before', 'before.id', 'request.after_change_id')
    .select('before.id')
    .where('request.id', '=', changeId)
    .where('before.closed_at', 'is', null)
    .executeTakeFirst()
  return before !== undefined
}

/**
 * An order has come to another status: a request that waits for a decision on it is to be looked at again. In the
 * transaction of the order's commit, whose row is locked first, as when a request is made.
 */
export async function noteOrderMoved(tx: Tx, orderId: string): Promise<void> {
  await tx
    .updateTable('change_request')
    .set({ order_moved: true, version: sql`version + 1`, next_carry_at: sql`clock_timestamp()` })
    .where('order_id', '=', orderId)
    .where('closed_at', 'is', null)
    .where('status', '=', 'in_approval')
    .execute()
}
