import { isDeepStrictEqual } from 'node:util'
import { ApplicationFailure } from '@temporalio/common'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import type { OrderChangeCommands } from '../connectors/temporal/order-change-commands.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { ChangeHoldAnswer } from '../domain/change.ts'
import { erpBookingOf } from '../domain/change-erp.ts'
import type { ChangeRequestEvent } from '../domain/change-request.ts'
import type { ChangeDecided } from '../domain/change-request-decision.ts'
import { endOfRefused } from '../domain/change-request-outcome.ts'
import type { ChangeProgress, DecisionAnswer } from '../domain/change-request-progress.ts'
import type { ErpChange } from '../domain/erp-change.ts'
import { isPending } from '../domain/order-cancellation.ts'
import { isMade } from '../domain/order-change.ts'
import { auditRefusedMessage } from '../store/change-audit.ts'
import { previewRequest, readOrderState } from '../store/change-preview.ts'
import {
  answerOfDecision,
  applyChangeEvent,
  type ChangeResult,
  decideOnChange,
  markOrderFree,
} from '../store/change-requests.ts'
import {
  type ChangeRequest,
  isBehindAnother,
  isOvertaken,
  lockChangeRequest,
  readChangeRequest,
} from '../store/change-rows.ts'
import { type Db, databaseTime } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'

/** Beyond the request's own end: an approval in the last second is still applied. */
const HOLD_MARGIN_MS = 3_600_000
/** An order that another request has just left is free in a moment. */
const BUSY_WAIT_MS = 60_000
const ASK_AGAIN_MS = 250
const SYSTEM = 'system'

type Deps = {
  db: Db
  dataKeys: KeyRing
  orderChanges: OrderChangeCommands
  /** Whether a decision that only types a name counts. */
  trustsTemporalCli: boolean
}
type Named = { changeId: string }

/** What a change request's workflow does: each is safe to repeat, and leaves what came of it in the request's row. */
export function createChangeRequestActivities(deps: Deps) {
  const { db, orderChanges } = deps

  const read = async (changeId: string): Promise<ChangeRequest> => {
    const request = await readChangeRequest(db, changeId)
    // Started by hand, or for a database that was restored to a moment before it.
    if (!request) throw ApplicationFailure.nonRetryable('there is no such change request', 'UnknownChange')
    return request
  }
  const apply = async (changeId: string, event: NonDecision, key: string): Promise<ChangeProgress> => {
    const eventId = `workflow/${event.type}/${key}`
    await db
      .transaction()
      .execute((tx) => applyChangeEvent(tx, deps.dataKeys, { changeId, eventId, event, operator: SYSTEM }))
    return progressOf(await read(changeId))
  }

  return {
    readChange: async ({ changeId }: Named): Promise<ChangeProgress> => progressOf(await read(changeId)),

    /** Has the order held for the request; then its first step opens, or it is approved. */
    holdOrder: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const request = await read(changeId)
      const { state } = request
      if (state.status !== 'submitted') return progressOf(request)
      const key = `v${state.requestVersion}`
      if ((await databaseTime(db)) >= state.expiresAtMs) {
        return apply(changeId, { type: 'expired', expiresAtMs: state.expiresAtMs }, key)
      }
      const until = new Date(state.expiresAtMs + HOLD_MARGIN_MS)
      const answer = await acquire(deps, request, until)
      if (answer.granted) {
        return apply(changeId, { type: 'hold_granted', orderVersion: answer.orderVersion }, key)
      }
      const { reason: code, detail } = answer
      return apply(changeId, { type: 'hold_refused', code, detail }, key)
    },

    /** Reminds, rises to the next level, or expires: whatever the time has come for. */
    passChangeTime: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const request = await read(changeId)
      const { expiresAtMs, dueAtMs, remindAtMs } = request.state
      const nowMs = await databaseTime(db)
      if (nowMs >= expiresAtMs) return apply(changeId, { type: 'expired', expiresAtMs }, `${expiresAtMs}`)
      if (dueAtMs !== null && nowMs >= dueAtMs) {
        return apply(changeId, { type: 'deadline_passed', dueAtMs }, `${dueAtMs}`)
      }
      if (remindAtMs !== null && nowMs >= remindAtMs) {
        return apply(changeId, { type: 'reminder_due', remindAtMs }, `${remindAtMs}`)
      }
      return progressOf(request)
    },

    /** The order has moved on: whether the change still is what was asked for, or means nothing any more. */
    lookAtOrder: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const request = await read(changeId)
      const { state } = request
      const problem = await problemOfChange(db, request)
      const type = 'order_looked_at' as const
      const event = problem ? { type, problem } : { type, problem, atVersion: state.version }
      return apply(changeId, event, `${state.version}`)
    },

    /** Verifies by its row who decided, and what came of it; a name that was only typed counts where that is trusted. */
    settleDecision: (message: Named & { message: unknown; key: string }): Promise<DecisionAnswer> =>
      settleDecision(deps, message),

    /** Reserves the difference. The order is held anew where a try before has given it back. */
    prepareChange: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const request = await read(changeId)
      const { state } = request
      if (state.status !== 'approved') return progressOf(request)
      const refused = (code: string, detail: string) =>
        apply(changeId, { type: 'apply_refused', endsAs: endOfRefused(code), code, detail }, tryOf(request))
      if (await isBehindAnother(db, changeId)) throw orderBusy('the change before it is still being applied')
      if (await isMadeAlready(db, request)) return progressOf(request)
      const until = new Date((await databaseTime(db)) + HOLD_MARGIN_MS)
      if (state.applyTries > 1) {
        const held = await acquire(deps, request, until)
        if (!held.granted) return refused(held.reason, held.detail)
      }
      const command = { requestId: uuid(), operator: SYSTEM, changeId, until: until.toISOString() }
      const answer = await orderChanges.prepare(state.orderId, command)
      return answer.prepared ? progressOf(request) : refused(answer.reason, answer.detail)
    },

    /** Writes down that the ERP is told from here on, before it is: then it is never told without being taken back. */
    beginErp: async ({ changeId }: Named): Promise<{ change: ErpChange; step: string; version: number }> => {
      const request = await read(changeId)
      if (request.state.status === 'approved' && request.state.erp === 'untold') {
        await apply(changeId, { type: 'erp_begun' }, tryOf(request))
      }
      return erpCallOf(db, request)
    },

    erpTold: async ({ changeId, reference }: Named & { reference: string }): Promise<ChangeProgress> => {
      const request = await read(changeId)
      await db
        .updateTable('change_request')
        .set({ erp_reference: reference.slice(0, 200) })
        .where('id', '=', changeId)
        .execute()
      return apply(changeId, { type: 'erp_told', reference: reference.slice(0, 200) }, tryOf(request))
    },

    /** Something refused, or could not be reached for so long that a person must hear of it. */
    refuseApply: async (refused: Named & { code: string; detail: string }): Promise<ChangeProgress> => {
      const { changeId, code, detail } = refused
      const request = await read(changeId)
      const event = { type: 'apply_refused' as const, endsAs: endOfRefused(code), code, detail }
      return apply(changeId, event, tryOf(request))
    },

    /** Makes the change the order's: lines, amounts, pick tasks, refund or supplement, in its own one step. */
    commitChange: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const request = await read(changeId)
      const { state } = request
      if (state.status !== 'approved') return progressOf(request)
      if (await isMadeAlready(db, request)) {
        return apply(changeId, { type: 'applied', orderVersion: state.orderVersion }, tryOf(request))
      }
      const answer = await orderChanges.commit(state.orderId, {
        requestId: uuid(),
        operator: state.applicant,
        changeId,
        changeNumber: state.changeNumber,
        approvers: [...new Set(state.decisions.map((decision) => decision.account))],
        differenceCents: request.effect.differenceCents,
      })
      if (answer.applied) {
        return apply(changeId, { type: 'applied', orderVersion: answer.orderVersion }, tryOf(request))
      }
      const { reason: code, detail } = answer
      return apply(
        changeId,
        { type: 'apply_refused', endsAs: endOfRefused(code), code, detail },
        tryOf(request),
      )
    },

    /** Gives back the hold and what was reserved under it. Says whether the change had been made all the same. */
    releaseOrder: async ({ changeId }: Named): Promise<ChangeProgress> => {
      const { state } = await read(changeId)
      const command = { requestId: uuid(), operator: SYSTEM, changeId }
      const answer = await orderChanges.release(state.orderId, command).catch((error: unknown) => {
        // An order that is gone holds nothing.
        if (error instanceof ProblemError && error.code === 'order-not-found') return { applied: false }
        throw error
      })
      if (answer.applied && state.status === 'undoing') {
        return apply(
          changeId,
          { type: 'applied', orderVersion: state.orderVersion },
          `released/${state.version}`,
        )
      }
      await markOrderFree(db, changeId)
      return progressOf(await read(changeId))
    },

    undone: async ({ changeId }: Named): Promise<ChangeProgress> => {
      await db.transaction().execute(async (tx) => {
        const request = await lockChangeRequest(tx, changeId)
        const event = { type: 'undone' as const, isOvertaken: await isOvertaken(tx, changeId) }
        const eventId = `workflow/undone/${tryOf(request)}`
        await applyChangeEvent(tx, deps.dataKeys, { changeId, eventId, event, operator: SYSTEM })
      })
      return progressOf(await read(changeId))
    },

    undoFailed: async (failed: Named & { code: string; detail: string }): Promise<ChangeProgress> => {
      const { changeId, code, detail } = failed
      const { state } = await read(changeId)
      return apply(changeId, { type: 'undo_failed', code, detail }, `${state.version}`)
    },
  }
}

type NonDecision = Exclude<ChangeRequestEvent, ChangeDecided>

/**
 * Asks the order to be held. Where it has moved on but the change would do the very same, that is no reason to refuse.
 *
 * @throws while another request is just leaving the order, to be asked again
 */
async function acquire(deps: Deps, request: ChangeRequest, until: Date): Promise<ChangeHoldAnswer> {
  const { state, change } = request
  let { orderVersion } = state
  for (let time = 0; ; time += 1) {
    const answer = await deps.orderChanges.acquireHold(state.orderId, {
      requestId: uuid(),
      operator: state.applicant,
      changeId: state.changeId,
      requestVersion: state.requestVersion,
      orderVersion,
      change,
      until: until.toISOString(),
    })
    if (answer.granted) return answer
    if (answer.reason === 'held-by-another-change') await waitWhileBusy(deps.db, request)
    const moved = answer.reason === 'order-changed' ? answer.orderVersion : null
    if (moved === null || time >= 3 || (await problemOfChange(deps.db, request))) return answer
    orderVersion = moved
  }
}

/**
 * Whether the order's last commit says that it is so already: the answer was lost, or its buyer has taken it back, which
 * is made before its request is followed.
 *
 * @throws while just that is being committed, to be asked again
 */
async function isMadeAlready(db: Db, { state, change }: ChangeRequest): Promise<boolean> {
  const order = await readOrderState(db, state.orderId)
  if (!order) return false
  if (isMade(order, state.changeId)) return true
  const isHeld = order.changeHold?.changeId === state.changeId
  if (change.type === 'cancel' && !isHeld && isPending(order))
    throw orderBusy('the order is just being cancelled')
  return false
}

async function waitWhileBusy(db: Db, { submittedAtMs }: ChangeRequest): Promise<void> {
  if ((await databaseTime(db)) - submittedAtMs > BUSY_WAIT_MS) return
  throw orderBusy('another request is leaving the order')
}

/** To be asked again in a moment. */
function orderBusy(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'OrderBusy', nextRetryDelay: ASK_AGAIN_MS })
}

/** Why the change is not what was asked for any more; null where it is. */
async function problemOfChange(
  db: Db,
  { state, change, effect }: ChangeRequest,
): Promise<{ code: string; detail: string } | null> {
  const { orderId, applicant } = state
  try {
    const now = await previewRequest(db, { orderId, change, applicant: { name: applicant, role: 'system' } })
    // As JSON, which the stored one has been.
    return isDeepStrictEqual(JSON.parse(JSON.stringify(now.effect)), effect)
      ? null
      : { code: 'order-changed', detail: 'the change would do something else to the order as it is now' }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'change-not-possible') throw error
    return { code: String(error.extra.reason), detail: error.message }
  }
}

/** Names a try of applying, so that the same step of another try is another step. */
function tryOf({ state }: ChangeRequest): string {
  return `v${state.requestVersion}/${state.applyTries}`
}

async function erpCallOf(db: Db, request: ChangeRequest) {
  const { state, effect, reasonCode, storeId } = request
  const { channel } = await db
    .selectFrom('orders')
    .select('channel')
    .where('id', '=', state.orderId)
    .executeTakeFirstOrThrow()
  const { changeId, changeNumber, orderId } = state
  const change: ErpChange = {
    ...{ changeId, changeNumber, orderId, storeId, channel, reasonCode },
    ...erpBookingOf(effect),
    approvedAt: new Date(request.decidedAtMs).toISOString(),
  }
  // A reversed booking cannot be booked again: each try is another step.
  return { change, step: `apply-${state.applyTries}`, version: state.requestVersion }
}

const bareDecision = z.object({
  approver: z.string().min(1).max(64),
  decision: z.enum(['approve', 'reject']),
  note: z.string().max(500).default(''),
  // What it was typed for: one that comes late, or twice, must not decide what is to be decided next.
  requestVersion: z.int().min(1),
  stepNumber: z.int().min(1),
  orderVersion: z.int().min(1).optional(),
})
const decisionMessage = z.union([z.object({ decisionId: z.string().min(1).max(400) }), bareDecision])

async function settleDecision(
  { db, dataKeys, trustsTemporalCli }: Deps,
  { changeId, message, key }: Named & { message: unknown; key: string },
): Promise<DecisionAnswer> {
  const parsed = decisionMessage.safeParse(message)
  return db.transaction().execute(async (tx) => {
    const request = await lockChangeRequest(tx, changeId)
    const refusal = async (code: string, detail: string): Promise<DecisionAnswer> => {
      await auditRefusedMessage(tx, request.state, { key: `temporal-cli/${key}`, refusalCode: code, message })
      return { accepted: false, code, detail, decidedBy: null }
    }
    if (!parsed.success) {
      const detail =
        'this is no decision: it names its row, or approver, decision, requestVersion and stepNumber'
      return refusal('invalid-request', detail)
    }
    if ('decisionId' in parsed.data) {
      const known = await answerOfDecision(tx, request, parsed.data.decisionId)
      return known
        ? answerOf(known)
        : refusal('change-decision-untrusted', 'nobody who was signed in has made this decision')
    }
    const { approver, decision, note, ...named } = parsed.data
    const { state } = request
    const result = await decideOnChange(tx, dataKeys, {
      ...{ changeId, decisionId: `temporal-cli/${key}`, account: approver, decision, note },
      requestVersion: named.requestVersion,
      stepNumber: named.stepNumber,
      orderVersion: named.orderVersion ?? state.orderVersion,
      via: 'temporal-cli',
      untrusted: !trustsTemporalCli,
    })
    return answerOf(result)
  })
}

function answerOf(result: ChangeResult): DecisionAnswer {
  if (result.ok) return { accepted: true, status: result.state.status }
  const { code, detail, decidedBy } = result
  return { accepted: false, code, detail, decidedBy }
}

function progressOf({
  state,
  change,
  effect,
  holdsOrder,
  applyWithinSeconds,
}: ChangeRequest): ChangeProgress {
  const { changeNumber, orderId, requestVersion, status, version, stepNumber, levelNumber } = state
  const { dueAtMs, remindAtMs, expiresAtMs, shipByMs, orderMoved, applyTries, erp } = state
  return {
    ...{ changeNumber, orderId, requestVersion, status, version, stepNumber },
    ...{ dueAtMs, remindAtMs, expiresAtMs, shipByMs, orderMoved, applyTries, erp, holdsOrder },
    reason: state.reason,
    needsAttention: state.needsAttention,
    type: change.type,
    asked:
      status === 'in_approval'
        ? state.approvers.filter((slot) => slot.state === 'open').map((slot) => slot.account)
        : [],
    tierTitle: state.steps[stepNumber - 1]?.levels[levelNumber - 1]?.title ?? '',
    differenceCents: effect.differenceCents,
    applyWithinSeconds,
  }
}
