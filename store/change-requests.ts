import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { AuditSource, AuditValue } from '../contracts/audit.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { Change } from '../domain/change.ts'
import {
  type ChangeContext,
  type ChangeRefusal,
  type ChangeRequestEvent,
  type ChangeRequestState,
  type CountedDecision,
  decideChangeRequest,
} from '../domain/change-request.ts'
import type { ChangeDecided } from '../domain/change-request-decision.ts'
import { type Attaching, attach } from './attachments.ts'
import { auditChange, auditDecision } from './change-audit.ts'
import { contextOf } from './change-people.ts'
import { type Applicant, type Previewed, previewRequest } from './change-preview.ts'
import { carryOutEffects, settleApprovers, settlePlace } from './change-records.ts'
import { type ChangeRequest, lockChangeRequest, saveChangeState } from './change-rows.ts'
import { type Db, databaseTime, type Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { lockOrder } from './order-lock.ts'

/**
 * Requests for changes of orders: their rows decide, as transfers' do (docs/adr/0020). What happens to one is judged
 * under the lock of its row and recorded with what follows; its workflow reads the row and does what nobody asks for.
 */
export type ChangeSubmission = {
  changeId: string
  orderId: string
  /** The version of the order that the applicant has looked at. */
  orderVersion: number
  change: Change
  reasonCode: string
  reason: string
  applicant: Applicant
  eventId: string
  /** Files that the applicant has uploaded for it. */
  attachments?: NamedAttachments
}
/** Uploads as somebody names them: which, whose, and how many a request may have. */
export type NamedAttachments = Pick<Attaching, 'ids' | 'owner' | 'most'>

/**
 * Opens a request on an order that no other request is about.
 *
 * @throws ProblemError `order-not-found`, `change-not-possible`, `change-order-changed`, `change-request-open`
 */
export async function submitChange(tx: Tx, submission: ChangeSubmission): Promise<ChangeRequestState> {
  const { orderId } = submission
  // Two requests on one order come one after the other: the second sees the first.
  await lockOrder(tx, orderId)
  const previewed = await previewAt(tx, submission)
  await refuseSecond(tx, orderId)
  return openRequest(tx, submission, previewed)
}

/**
 * Opens a request that a buyer has made at their platform, about the order as it stands now.
 *
 * @param platform in whose name it is asked for
 * @throws ProblemError those of `submitChange`; nothing has changed then
 */
export async function submitForBuyer(
  tx: Tx,
  asked: Pick<ChangeSubmission, 'orderId' | 'change' | 'reasonCode' | 'reason' | 'eventId'> & {
    platform: string
  },
): Promise<ChangeRequestState> {
  const { orderId, change, platform } = asked
  const applicant = { name: platform, role: 'buyer' }
  await lockOrder(tx, orderId)
  const previewed = await previewRequest(tx, { orderId, change, applicant })
  await refuseSecond(tx, orderId)
  const { version: orderVersion } = previewed.order
  return openRequest(tx, { ...asked, changeId: uuid(), orderVersion, applicant }, previewed)
}

/** Writes a request that may be asked for. The order's row must be locked by the caller. */
async function openRequest(
  tx: Tx,
  submission: ChangeSubmission,
  previewed: Previewed,
  afterChangeId: string | null = null,
): Promise<ChangeRequestState> {
  const { changeId, orderId, applicant } = submission
  const state = newState(submission, previewed, await databaseTime(tx), await nextNumber(tx))
  const { facts } = previewed
  await tx
    .insertInto('change_request')
    .values({
      id: changeId,
      number: state.changeNumber,
      order_id: orderId,
      store_id: previewed.storeId,
      type: submission.change.type,
      status: state.status,
      version: state.version,
      applicant: applicant.name,
      order_version: state.orderVersion,
      expires_at: new Date(state.expiresAtMs),
      ship_by: previewed.shipBy,
      difference_cents: facts.differenceCents,
      concession_cents: facts.concessionCents,
      after_change_id: afterChangeId,
    })
    .execute()
  await insertVersion(tx, submission, previewed, state)
  await saveChangeState(tx, state, {
    event: { type: 'submitted', requestVersion: 1 },
    eventId: submission.eventId,
    operator: applicant.name,
  })
  await auditSubmission(tx, null, state, submission, await attachTo(tx, state, submission.attachments))
  return state
}

/**
 * Asks again for a request that was rejected, changed as its applicant wants it now: a new version, which is decided
 * from the beginning.
 *
 * @throws ProblemError `change-not-applicant`, `change-wrong-state`, `change-too-many-versions`, and those of `submitChange`
 */
export async function resubmitChange(
  tx: Tx,
  submission: Omit<ChangeSubmission, 'orderId'>,
): Promise<ChangeRequestState> {
  const { changeId, applicant } = submission
  const found = await tx
    .selectFrom('change_request')
    .select('order_id')
    .where('id', '=', changeId)
    .executeTakeFirst()
  if (!found) throw new ProblemError('change-request-not-found')
  const orderId = found.order_id
  await lockOrder(tx, orderId)
  const { state: before } = await lockChangeRequest(tx, changeId)
  if (before.applicant !== applicant.name) throw new ProblemError('change-not-applicant')
  if (before.status !== 'rejected')
    throw new ProblemError('change-wrong-state', `the request is ${before.status}`)
  if (before.requestVersion >= before.maximumVersions) throw new ProblemError('change-too-many-versions')
  const previewed = await previewAt(tx, { ...submission, orderId })
  await refuseSecond(tx, orderId)
  const state: ChangeRequestState = {
    ...newState({ ...submission, orderId }, previewed, await databaseTime(tx), before.changeNumber),
    requestVersion: before.requestVersion + 1,
    version: before.version + 1,
  }
  await insertVersion(tx, { ...submission, orderId }, previewed, state)
  await tx
    .updateTable('change_request')
    .set({
      type: submission.change.type,
      request_version: state.requestVersion,
      expires_at: new Date(state.expiresAtMs),
      ship_by: previewed.shipBy,
      difference_cents: previewed.facts.differenceCents,
      concession_cents: previewed.facts.concessionCents,
      holds_order: true,
    })
    .where('id', '=', changeId)
    .execute()
  await saveChangeState(tx, state, {
    event: { type: 'submitted', requestVersion: state.requestVersion },
    eventId: submission.eventId,
    operator: applicant.name,
  })
  await auditSubmission(tx, before, state, submission, await attachTo(tx, state, submission.attachments))
  return state
}

function auditSubmission(
  tx: Tx,
  before: ChangeRequestState | null,
  after: ChangeRequestState,
  { applicant, reasonCode, change }: Pick<ChangeSubmission, 'applicant' | 'reasonCode' | 'change'>,
  attachments: AuditValue[],
): Promise<void> {
  const detail = { type: change.type, reasonCode, attachments }
  const source = sourceOf(applicant)
  return auditChange(tx, before, after, { type: 'submitted', operator: applicant.name, source, detail })
}

/**
 * Adds files to a request that waits for its decision. Whoever decides sees them from then on; what was decided stays.
 *
 * @throws ProblemError `change-request-not-found`, `change-not-applicant`, `change-wrong-state`, `unknown-attachment`,
 * `too-many-attachments`
 */
export async function attachToChange(
  tx: Tx,
  {
    changeId,
    applicant,
    attachments,
  }: { changeId: string; applicant: Applicant; attachments: NamedAttachments },
): Promise<void> {
  const { state } = await lockChangeRequest(tx, changeId)
  if (state.applicant !== applicant.name) throw new ProblemError('change-not-applicant')
  if (state.status !== 'submitted' && state.status !== 'in_approval')
    throw new ProblemError('change-wrong-state', `the request is ${state.status}`)
  const added = await attachTo(tx, state, attachments)
  const detail = { attachments: added }
  await auditChange(tx, state, state, {
    ...{ type: 'attached', operator: applicant.name, source: sourceOf(applicant), detail },
  })
}

async function attachTo(
  tx: Tx,
  { changeId, requestVersion, applicant }: ChangeRequestState,
  attachments: NamedAttachments | undefined,
): Promise<AuditValue[]> {
  return attachments ? attach(tx, { ...attachments, changeId, requestVersion, attachedBy: applicant }) : []
}

function sourceOf({ role }: Applicant): AuditSource {
  return role === 'buyer' || role === 'system' ? 'api' : 'console'
}

async function previewAt(
  tx: Tx,
  {
    changeId,
    orderId,
    orderVersion,
    change,
    applicant,
  }: Pick<ChangeSubmission, 'changeId' | 'orderId' | 'orderVersion' | 'change' | 'applicant'>,
): Promise<Previewed> {
  const previewed = await previewRequest(tx, { orderId, change, applicant, changeId })
  const { version } = previewed.order
  if (version !== orderVersion) {
    const detail = `the order is at version ${version}, not ${orderVersion}`
    throw new ProblemError('change-order-changed', detail, { extra: { orderVersion: version } })
  }
  return previewed
}

async function refuseSecond(tx: Tx, orderId: string): Promise<void> {
  const open = await tx
    .selectFrom('change_request')
    .select(['id', 'number'])
    .where('order_id', '=', orderId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  if (!open) return
  throw new ProblemError('change-request-open', `${open.number} is being decided`, {
    extra: { changeId: open.id, changeNumber: open.number },
  })
}

/** One of its day, in China's time: `CR-20261122-0042`. */
async function nextNumber(tx: Tx): Promise<string> {
  const { rows } = await sql<{ day: string; last: number }>`
    insert into change_number (day, last) values ((clock_timestamp() at time zone 'Asia/Shanghai')::date, 1)
    on conflict (day) do update set last = change_number.last + 1
    returning to_char(day, 'YYYYMMDD') as day, last`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('no number was given')
  return `CR-${row.day}-${String(row.last).padStart(4, '0')}`
}

function newState(
  { changeId, orderId, applicant }: ChangeSubmission,
  { order, route, policy, shipBy }: Previewed,
  nowMs: number,
  changeNumber: string,
): ChangeRequestState {
  const { expirySeconds, maximumVersions, minimumDeadlineSeconds } = policy.document
  return {
    ...{ changeId, changeNumber, orderId, orderVersion: order.version, requestVersion: 1, maximumVersions },
    status: 'submitted',
    version: 1,
    applicant: applicant.name,
    steps: route.steps,
    ...{ stepNumber: 0, levelNumber: 0, approvers: [], decisions: [], dueAtMs: null, remindAtMs: null },
    expiresAtMs: Math.round(nowMs + expirySeconds * 1_000),
    shipByMs: shipBy?.getTime() ?? null,
    minimumDeadlineSeconds,
    ...{ separated: true, orderMoved: false, applyTries: 0, erp: 'untold', endsAs: null, reason: null },
    needsAttention: false,
  }
}

async function insertVersion(
  tx: Tx,
  { change, reasonCode, reason, applicant }: ChangeSubmission,
  { effect, facts, route, policy }: Previewed,
  { changeId, requestVersion, orderVersion, maximumVersions, minimumDeadlineSeconds }: ChangeRequestState,
): Promise<void> {
  await tx
    .insertInto('change_request_version')
    .values({
      change_id: changeId,
      request_version: requestVersion,
      change: JSON.stringify(change),
      reason_code: reasonCode,
      reason,
      order_version: orderVersion,
      effect: JSON.stringify(effect),
      facts: JSON.stringify(facts),
      steps: JSON.stringify(route.steps),
      tier: route.tier,
      policy_version: policy.version,
      limits: JSON.stringify({
        ...{ maximumVersions, minimumDeadlineSeconds },
        applyWithinSeconds: policy.document.applyWithinSeconds,
      }),
      submitted_by: applicant.name,
    })
    .execute()
}

export type ChangeResult = { ok: true; state: ChangeRequestState } | ChangeRefusal
/** What came of recording a buyer's cancellation: its request, or why a person has to decide on it first. */
export type BuyerCancellation =
  | { change: { changeId: string; changeNumber: string } | null; refusal: null }
  | { change: null; refusal: string }

/**
 * A paid order that its buyer takes back: a request like any other, which the policy's tier approves by itself, in the
 * transaction that takes the goods back. What the order has been asked for besides means nothing any more; what is being
 * applied at this moment comes to its end first, so that the ERP hears of one after the other. The request's workflow then
 * tells the ERP.
 *
 * @returns no change where the order cannot be cancelled as its last version stands: the order itself says why
 */
export async function recordBuyerCancellation(
  tx: Tx,
  {
    orderId,
    operator,
    reason,
    eventId,
  }: { orderId: string; operator: string; reason: string; eventId: string },
): Promise<BuyerCancellation> {
  const change = { type: 'cancel' as const }
  const applicant = { name: operator, role: 'buyer' }
  const previewed = await previewRequest(tx, { orderId, change, applicant }).catch((error: unknown) => {
    if (error instanceof ProblemError && error.code === 'change-not-possible') return null
    throw error
  })
  if (!previewed) return { change: null, refusal: null }
  const { route } = previewed
  if (route.steps.length > 0) {
    return { change: null, refusal: `by the policy ${route.tier} decides on it: ask for the change instead` }
  }
  const afterChangeId = await endForCancellation(tx, orderId, eventId)
  const changeId = uuid()
  const asked = { reasonCode: 'customer_request', reason, orderVersion: previewed.order.version }
  await openRequest(tx, { changeId, orderId, change, applicant, eventId, ...asked }, previewed, afterChangeId)
  const event = { type: 'hold_granted' as const, orderVersion: previewed.order.version }
  const granted = await applyEvent(tx, NOBODY, { changeId, eventId: `${eventId}/granted`, event, operator })
  if (!granted.ok) throw new Error(granted.detail)
  // Nothing holds the order for it, and its workflow has nothing to do before the order has committed the cancellation.
  const afterCommit = sql<Date>`clock_timestamp() + interval '2 seconds'`
  await tx
    .updateTable('change_request')
    .set({ holds_order: false, next_carry_at: afterCommit })
    .where('id', '=', changeId)
    .execute()
  return { change: { changeId, changeNumber: granted.state.changeNumber }, refusal: null }
}

/** Ends what the order is asked for. @returns the one that is being applied at this moment, which ends by itself */
async function endForCancellation(tx: Tx, orderId: string, eventId: string): Promise<string | null> {
  const open = await tx
    .selectFrom('change_request')
    .select(['id', 'status'])
    .where('order_id', '=', orderId)
    .where('closed_at', 'is', null)
    // One that is being taken back at this moment has come to its end, or will find who waits for it.
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!open) return null
  const end = { code: 'order-closed', detail: 'the buyer has taken the order back' }
  const event = ENDED_BY_CANCELLATION[open.status]?.(end)
  if (!event) return open.id
  const ended = { changeId: open.id, eventId: `${eventId}/ended`, event, operator: 'system' }
  return (await applyEvent(tx, NOBODY, ended)).ok ? null : open.id
}
const ENDED_BY_CANCELLATION: Partial<
  Record<ChangeRequestState['status'], (end: { code: string; detail: string }) => ChangeEventInput['event']>
> = {
  submitted: (end) => ({ type: 'hold_refused', ...end }),
  in_approval: (problem) => ({ type: 'order_looked_at', problem }),
  apply_failed: ({ detail }) => ({ type: 'abandoned', note: detail }),
}

type ChangeEventInput = {
  changeId: string
  /** The same id again changes nothing and gives the present state. */
  eventId: string
  event: Exclude<ChangeRequestEvent, ChangeDecided>
  operator: string
}

/**
 * Applies an event that is nobody's decision. All in the caller's transaction; a refusal has changed nothing.
 *
 * @throws ProblemError `change-request-not-found`
 */
export function applyChangeEvent(tx: Tx, keyRing: KeyRing, input: ChangeEventInput): Promise<ChangeResult> {
  return applyEvent(tx, (request) => contextFor(tx, keyRing, request), input)
}

/** @param contextOfRequest who may decide on it, where the event lets somebody decide */
async function applyEvent(
  tx: Tx,
  contextOfRequest: (request: ChangeRequest) => Promise<ChangeContext>,
  { changeId, eventId, event, operator }: ChangeEventInput,
): Promise<ChangeResult> {
  const request = await lockChangeRequest(tx, changeId)
  const known = await tx
    .selectFrom('change_event')
    .select('type')
    .where('change_id', '=', changeId)
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  if (known) return { ok: true, state: request.state }
  const outcome = decideChangeRequest(request.state, event, await contextOfRequest(request))
  if (!outcome.ok) return outcome
  await record(tx, request.state, outcome, { event, eventId, operator })
  const source = operator === 'system' ? 'system' : 'console'
  await auditChange(tx, request.state, outcome.state, { type: event.type, operator, source })
  return { ok: true, state: outcome.state }
}

export type ChangeDecisionInput = Omit<ChangeDecided, 'type'> & {
  changeId: string
  /** Names the decision: the same again gets the first answer. */
  decisionId: string
}

/**
 * One person's decision, wherever they make it: the only way in which a request is approved or rejected. Who they are
 * must have been proved by the caller, except for `temporal-cli`, which is recorded as such. Refusals are recorded, too:
 * commit the transaction either way.
 *
 * @throws ProblemError `change-request-not-found`
 */
export async function decideOnChange(
  tx: Tx,
  keyRing: KeyRing,
  { changeId, decisionId, ...decided }: ChangeDecisionInput,
): Promise<ChangeResult> {
  const request = await lockChangeRequest(tx, changeId)
  const known = await answerOfDecision(tx, request, decisionId)
  if (known) return known
  const event: ChangeDecided = { type: 'decided', ...decided }
  const outcome = decideChangeRequest(request.state, event, await contextFor(tx, keyRing, request))
  const counted = outcome.ok ? outcome.state.decisions.at(-1) : undefined
  await tx
    .insertInto('change_decision')
    .values({
      id: decisionId,
      change_id: changeId,
      request_version: decided.requestVersion,
      step_number: decided.stepNumber,
      level_number: request.state.levelNumber,
      order_version: decided.orderVersion,
      account: decided.account,
      on_behalf_of: counted?.onBehalfOf ?? null,
      decision: decided.decision,
      note: decided.note,
      via: decided.via,
      refusal_code: outcome.ok ? null : outcome.code,
      refusal_detail: outcome.ok ? null : outcome.detail.slice(0, 1_000),
    })
    .execute()
  const after = outcome.ok ? outcome.state : request.state
  await auditDecision(tx, request.state, { after, event, refusalCode: outcome.ok ? null : outcome.code })
  if (!outcome.ok) return outcome
  await record(tx, request.state, outcome, {
    event,
    eventId: `decision/${decisionId}`,
    operator: decided.account,
  })
  if (counted) await settlePlace(tx, outcome.state, counted)
  return { ok: true, state: outcome.state }
}

/** What came of a decision that is recorded; null where it is not, or not of this request. */
export async function answerOfDecision(
  tx: Tx,
  { state }: ChangeRequest,
  decisionId: string,
): Promise<ChangeResult | null> {
  const row = await tx
    .selectFrom('change_decision')
    .select(['refusal_code', 'refusal_detail'])
    .where('id', '=', decisionId)
    .where('change_id', '=', state.changeId)
    .executeTakeFirst()
  if (!row) return null
  if (row.refusal_code === null) return { ok: true, state }
  const decidedBy: CountedDecision | null = state.decisions.at(-1) ?? null
  return { ok: false, code: refusalCodeOf(row.refusal_code), detail: row.refusal_detail ?? '', decidedBy }
}

const REFUSALS: readonly ChangeRefusal['code'][] = [
  'change-own-request',
  'change-interest',
  'change-wrong-state',
  'change-already-decided',
  'change-version-changed',
  'change-order-changed',
  'change-not-approver',
  'change-not-applicant',
  'change-decision-untrusted',
]
function refusalCodeOf(stored: string): ChangeRefusal['code'] {
  return REFUSALS.find((code) => code === stored) ?? 'change-wrong-state'
}

/** Nobody is asked. */
const NOBODY = async (): Promise<ChangeContext> => ({ nowMs: 0, people: {}, conflicts: {} })

async function contextFor(tx: Tx, keyRing: KeyRing, request: ChangeRequest): Promise<ChangeContext> {
  const { state, storeId, region, contactIds } = request
  return contextOf(tx, keyRing, { storeId, region, applicant: state.applicant, contactIds }, state.steps)
}

async function record(
  tx: Tx,
  before: ChangeRequestState,
  {
    state,
    effects,
  }: { state: ChangeRequestState; effects: Parameters<typeof carryOutEffects>[1]['effects'] },
  recorded: Parameters<typeof saveChangeState>[2],
): Promise<void> {
  await saveChangeState(tx, state, recorded)
  await settleApprovers(tx, state)
  await carryOutEffects(tx, { state, effects, wasWaiting: before.needsAttention })
}

/** The order is not held for the request any more. */
export async function markOrderFree(db: Db | Tx, changeId: string): Promise<void> {
  await db
    .updateTable('change_request')
    .set({ holds_order: false })
    .where('id', '=', changeId)
    .where('closed_at', 'is not', null)
    .execute()
}
