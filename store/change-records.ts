import { sql } from 'kysely'
import type { ChangeRequestEffect, ChangeRequestState, CountedDecision } from '../domain/change-request.ts'
import type { Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** Brings the rows of those who are asked to what the state says: what inbox and messages are made of. */
export async function settleApprovers(tx: Tx, state: ChangeRequestState): Promise<void> {
  const { changeId, requestVersion, stepNumber, levelNumber } = state
  const present = state.status === 'in_approval' ? state.approvers : []
  await tx
    .updateTable('change_approver')
    .set({ state: 'closed', settled_at: sql`clock_timestamp()` })
    .where('change_id', '=', changeId)
    .where('state', '=', 'open')
    .where(
      sql<boolean>`not (request_version = ${requestVersion} and step_number = ${stepNumber}
        and level_number = ${levelNumber} and principal = any(${present.map((slot) => slot.principal)}::text[]))`,
    )
    .execute()
  if (present.length === 0) return
  await tx
    .insertInto('change_approver')
    .values(
      present.map(({ principal, account, state: slotState }) => ({
        change_id: changeId,
        request_version: requestVersion,
        step_number: stepNumber,
        level_number: levelNumber,
        principal,
        account,
        state: slotState,
        settled_at: slotState === 'open' ? null : sql<Date>`clock_timestamp()`,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['change_id', 'request_version', 'step_number', 'level_number', 'principal'])
        .doUpdateSet((eb) => ({
          account: eb.ref('excluded.account'),
          state: eb.ref('excluded.state'),
          settled_at: eb.ref('excluded.settled_at'),
        }))
        // One who has decided keeps the moment of it.
        .where('change_approver.state', 'in', ['open', 'closed']),
    )
    .execute()
}

/** The place of whoever has just decided, of a step that may be over by now. */
export async function settlePlace(
  tx: Tx,
  { changeId, requestVersion }: ChangeRequestState,
  decision: CountedDecision,
): Promise<void> {
  await tx
    .updateTable('change_approver')
    .set({
      account: decision.account,
      state: decision.decision === 'approve' ? 'approved' : 'rejected',
      settled_at: sql`clock_timestamp()`,
    })
    .where('change_id', '=', changeId)
    .where('request_version', '=', requestVersion)
    .where('step_number', '=', decision.stepNumber)
    .where('level_number', '=', decision.levelNumber)
    .where('principal', '=', decision.onBehalfOf ?? decision.account)
    .execute()
  await noteHealthDue(tx, 'change', [changeId])
}

const WORK_ITEMS = ['change_no_approver', 'change_apply_failed', 'change_undo_failed'] as const

/** What a platform's order is raised for when its buyer has moved; done with once the order goes there. */
export const RECEIVER_CHANGED = 'the receiver changed'

/** An address that was changed as a platform wanted it needs nobody's eye any more. */
async function settleReceiver(
  tx: Tx,
  { changeId, changeNumber, orderId }: ChangeRequestState,
): Promise<void> {
  const request = await tx
    .selectFrom('change_request')
    .select('type')
    .where('id', '=', changeId)
    .executeTakeFirstOrThrow()
  if (request.type !== 'address') return
  const key = `${orderId}/${RECEIVER_CHANGED}`
  await resolveOpenWorkItem(tx, 'channel_change', key, `${changeNumber} was applied`)
}

/** Tells people what an event asks of them, and takes back what has settled itself. */
export async function carryOutEffects(
  tx: Tx,
  {
    state,
    effects,
    wasWaiting,
  }: { state: ChangeRequestState; effects: ChangeRequestEffect[]; wasWaiting: boolean },
): Promise<void> {
  const { changeId, changeNumber, orderId } = state
  if (state.status === 'applied') await settleReceiver(tx, state)
  const raised = effects.flatMap((effect) => (effect.kind === 'raise' ? [effect.workItem] : []))
  if (wasWaiting) {
    for (const kind of WORK_ITEMS) {
      if (!raised.includes(kind)) await resolveOpenWorkItem(tx, kind, changeId, `now ${state.status}`)
    }
  }
  for (const kind of raised) {
    const reason = state.reason ?? { code: 'no-approver', detail: 'nobody may decide on the present step' }
    const detail = { changeId, changeNumber, orderId, code: reason.code, reason: reason.detail }
    await openWorkItem(tx, { kind, key: changeId, orderId: null, detail })
  }
  if (!effects.some((effect) => effect.kind === 'remind')) return
  await tx
    .updateTable('change_approver')
    .set({ reminders: sql`reminders + 1`, reminded_at: sql`clock_timestamp()` })
    .where('change_id', '=', changeId)
    .where('state', '=', 'open')
    .execute()
}
