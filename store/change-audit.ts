import { createHash } from 'node:crypto'
import type { AuditAction, AuditSource, AuditValue } from '../contracts/audit.ts'
import type { ChangeRequestEvent, ChangeRequestState } from '../domain/change-request.ts'
import type { ChangeDecided } from '../domain/change-request-decision.ts'
import { isChangeClosed } from '../domain/change-request-state.ts'
import { appendAudit, UNKNOWN_ACTOR } from './audit.ts'
import type { Tx } from './database.ts'

/** What of a request's life is audited; reminders and looks at the order change nothing that anybody answers for. */
const ACTIONS: Partial<Record<ChangeRequestEvent['type'] | 'submitted' | 'attached', AuditAction>> = {
  attached: 'change.attached',
  submitted: 'change.requested',
  decided: 'change.decided',
  hold_refused: 'change.ended',
  expired: 'change.ended',
  withdrawn: 'change.withdrawn',
  erp_told: 'change.told_to_erp',
  applied: 'change.applied',
  apply_refused: 'change.apply_refused',
  undo_failed: 'change.undo_failed',
  undone: 'change.undone',
  retried: 'change.retried',
  abandoned: 'change.ended',
}

type Recorded = {
  type: string
  operator: string
  source: AuditSource
  detail?: Record<string, AuditValue>
}

/** Says in the audit trail what has become of a request, in the transaction in which it has. */
export async function auditChange(
  tx: Tx,
  before: ChangeRequestState | null,
  after: ChangeRequestState,
  { type, operator, source, detail }: Recorded,
): Promise<void> {
  // A deadline or a look at the order is one only where it ends the request.
  const hasEnded = before?.status !== after.status && isChangeClosed(after.status)
  const ended = hasEnded ? ('change.ended' as const) : undefined
  const action = Object.entries(ACTIONS).find(([name]) => name === type)?.[1] ?? ended
  if (!action) return
  const of = (state: ChangeRequestState) => ({
    status: state.status,
    requestVersion: state.requestVersion,
    stepNumber: state.stepNumber,
    orderVersion: state.orderVersion,
  })
  await appendAudit(tx, {
    actor: operator,
    source,
    requestId: null,
    action,
    subject: { kind: 'change_request', id: after.changeId },
    ...(before ? { oldValue: of(before) } : {}),
    newValue: {
      changeNumber: after.changeNumber,
      orderId: after.orderId,
      ...of(after),
      ...(after.reason ? { code: after.reason.code } : {}),
      ...detail,
    },
  })
}

/** A decision that counted, or that was refused: who, on what, and by which way. */
export async function auditDecision(
  tx: Tx,
  before: ChangeRequestState,
  {
    after,
    event,
    refusalCode,
  }: { after: ChangeRequestState; event: ChangeDecided; refusalCode: string | null },
): Promise<void> {
  const { account, decision, requestVersion, stepNumber, orderVersion, note, via } = event
  await appendAudit(tx, {
    actor: account,
    source: via,
    requestId: null,
    action: refusalCode === null ? 'change.decided' : 'change.decision_refused',
    subject: { kind: 'change_request', id: before.changeId },
    oldValue: { status: before.status, stepNumber: before.stepNumber },
    newValue: {
      changeNumber: before.changeNumber,
      orderId: before.orderId,
      ...{ decision, requestVersion, stepNumber, orderVersion },
      ...(refusalCode === null
        ? {
            status: after.status,
            separationOfDuties: after.separated,
            onBehalfOf: after.decisions.at(-1)?.onBehalfOf ?? null,
          }
        : { refusalCode }),
    },
    // What people write may be about a customer: here only its hash.
    relatedHash: createHash('sha256').update(note).digest(),
  })
}

/**
 * A message that was no decision of anybody, and left no row of one: it could not be read, or names a row that nobody
 * who was signed in has written. Nothing of what it says is kept but its hash.
 *
 * @param key names the message: told of again, it is one entry. The caller has locked the request's row
 */
export async function auditRefusedMessage(
  tx: Tx,
  { changeId, changeNumber, orderId }: ChangeRequestState,
  { key, refusalCode, message }: { key: string; refusalCode: string; message: unknown },
): Promise<void> {
  const subject = { kind: 'change_request', id: changeId }
  const known = await tx
    .selectFrom('audit_entry')
    .select('id')
    .where('subject_kind', '=', subject.kind)
    .where('subject_id', '=', changeId)
    .where('request_id', '=', key)
    .executeTakeFirst()
  if (known) return
  await appendAudit(tx, {
    ...{
      actor: UNKNOWN_ACTOR,
      source: 'temporal-cli',
      requestId: key,
      action: 'change.decision_refused',
      subject,
    },
    newValue: { changeNumber, orderId, refusalCode },
    relatedHash: createHash('sha256')
      .update(JSON.stringify(message) ?? '')
      .digest(),
  })
}
