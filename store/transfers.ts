import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import {
  decideTransfer,
  openTransfer,
  type Reproposal,
  type TransferEvent,
  type TransferLeg,
  type TransferRefusal,
  type TransferState,
} from '../domain/transfer.ts'
import type { Approval } from '../domain/transfer-approval.ts'
import type { TransferProposal } from '../domain/transfer-proposal.ts'
import { isTransferClosed } from '../domain/transfer-state.ts'
import { type Db, databaseTime, type Tx } from './database.ts'
import { holdUnits } from './holds.ts'
import { type SourcedTransfer, sourceTransfer, type TransferWish } from './transfer-sourcing.ts'
import { carryOut, findMissing, operationOf, ownerOf } from './transfer-stock.ts'

/**
 * Transfers: their rows decide. Each event is judged under the lock of the transfer's row and recorded together with
 * what it does to the stock; the workflow follows (docs/adr/0011).
 */
export type TransferEventInput = {
  transferId: string
  /** The same id again changes nothing and gives the present state. */
  eventId: string
  event: TransferEvent
  operator: string
}
export type TransferResult = { ok: true; state: TransferState } | TransferRefusal

/** Written beside a hold that does not end by itself: the transfer's own deadlines tell a person long before. */
const HOLD_EXPIRY_MS = 90 * 86_400_000

/**
 * Opens a transfer with the proposal of this moment; approved at once if the policy needs nobody.
 *
 * @throws ProblemError `transfer-no-source` with what stands in the way, `unknown-sku`, `unknown-warehouse`
 */
export async function requestTransfer(
  tx: Tx,
  request: TransferWish & { transferId: string; eventId: string; operator: string; reason: string },
): Promise<TransferState> {
  const { transferId, skuId, destinationId, quantity, operator } = request
  const sourced = await sourceTransfer(tx, request)
  const { result, approval, policy } = sourced
  if (!result.ok || !approval) throw noSource(sourced)
  const { maximumProposals, deadlines } = policy
  const state = openTransfer(
    {
      ...{ transferId, skuId, destinationId, quantity, requestedBy: operator, maximumProposals, deadlines },
      ...reproposalOf(result.proposal, approval),
    },
    await databaseTime(tx),
  )
  await tx
    .insertInto('transfer')
    .values({
      id: transferId,
      sku_id: skuId,
      destination_id: destinationId,
      quantity,
      status: state.status,
      version: state.version,
      requested_by: operator,
      reason: request.reason,
      proposal_number: state.proposalNumber,
      maximum_proposals: maximumProposals,
      proposal: JSON.stringify(result.proposal),
      approver_roles: state.approverRoles,
      policy_version: policy.version,
      value_cents: sourced.valueCents,
      deadlines: JSON.stringify(deadlines),
      due_at: timeOf(state.dueAtMs),
    })
    .execute()
  const { reason, eventId } = request
  await recordEvent(tx, { transferId, eventId, version: 1, type: 'requested', body: { reason }, operator })
  return state
}

/** The refusal of a wish that no source can serve. */
export function noSource({ result }: SourcedTransfer): ProblemError {
  const extra = result.ok ? {} : { canGive: result.canGive, rejected: result.rejected }
  return new ProblemError('transfer-no-source', undefined, { extra })
}

/**
 * Applies one event: judges it, moves the stock, opens work items, records it. All in the caller's transaction; a
 * refusal has changed nothing.
 *
 * @throws ProblemError `transfer-not-found`
 */
export async function applyTransferEvent(tx: Tx, input: TransferEventInput): Promise<TransferResult> {
  const state = await lockTransfer(tx, input.transferId)
  if (await isRecorded(tx, input)) return { ok: true, state }
  const decision = decideTransfer(state, input.event, await databaseTime(tx))
  if (!decision.ok) return decision
  const missing = await findMissing(tx, state, decision.effects)
  if (missing) return missing
  await saveState(tx, decision.state, input)
  const context = { state: decision.state, operator: input.operator }
  for (const effect of decision.effects) await carryOut(tx, effect, context)
  return { ok: true, state: decision.state }
}

/**
 * Holds the units of an approved transfer at its sources. If they were sold meanwhile, the transfer gets another
 * proposal, to be approved like the first, or ends where there is none. Safe to repeat.
 */
export async function reserveTransfer(db: Db, transferId: string): Promise<TransferState> {
  return db.transaction().execute(async (tx) => {
    const state = await lockTransfer(tx, transferId)
    if (state.status !== 'approved') return state
    const operationId = operationOf(state)
    const held = await holdUnits(tx, {
      ...ownerOf(state),
      units: state.plan.map((leg) => ({ ...leg, skuId: state.skuId, warehouseId: leg.sourceId })),
      expiresAt: new Date((await databaseTime(tx)) + HOLD_EXPIRY_MS),
      movement: 'reserve',
      operationId,
      operator: 'system',
    })
    const eventId = `workflow/${operationId}`
    const change = { transferId, eventId, operator: 'system' }
    if (held.ok) return accepted(await applyTransferEvent(tx, { ...change, event: { type: 'reserved' } }))
    const sourced = await sourceTransfer(tx, state)
    const { result, approval } = sourced
    const reproposal = result.ok && approval ? reproposalOf(result.proposal, approval) : null
    const event: TransferEvent = { type: 'hold_failed', reproposal }
    const next = accepted(await applyTransferEvent(tx, { ...change, event }))
    if (result.ok && next.proposalNumber > state.proposalNumber) {
      await tx
        .updateTable('transfer')
        .set({ proposal: JSON.stringify(result.proposal), policy_version: sourced.policy.version })
        .where('id', '=', transferId)
        .execute()
    }
    return next
  })
}

/** Says that a status has lasted too long, unless it has changed since. Safe to repeat. */
export async function passTransferDeadline(
  db: Db,
  { transferId, dueAtMs }: { transferId: string; dueAtMs: number },
): Promise<TransferState> {
  return db.transaction().execute(async (tx) => {
    const event: TransferEvent = { type: 'deadline_passed', dueAtMs }
    const eventId = `workflow/deadline/${dueAtMs}`
    const result = await applyTransferEvent(tx, { transferId, eventId, event, operator: 'system' })
    return result.ok ? result.state : lockTransfer(tx, transferId)
  })
}

/** Keeps a decision that was refused: who tried, on what, and why not. It changes nothing of the transfer. */
export async function recordRefusedDecision(
  db: Db,
  refused: { transferId: string; eventId: string; operator: string; decision: string; code: string },
): Promise<void> {
  const { transferId, eventId, operator, decision, code } = refused
  const body = { decision, code }
  await recordEvent(db, { transferId, eventId, version: null, type: 'decision_refused', body, operator })
}

/** The state of a transfer, or null where there is none. */
export async function readTransfer(db: Db | Tx, transferId: string): Promise<TransferState | null> {
  const row = await db.selectFrom('transfer').selectAll().where('id', '=', transferId).executeTakeFirst()
  if (!row) return null
  const legs = await db
    .selectFrom('transfer_leg')
    .select(['leg_number as legNumber', 'source_id as sourceId'])
    .select(['reserved', 'dispatched', 'received', 'lost', 'returned'])
    .where('transfer_id', '=', transferId)
    .orderBy('leg_number')
    .execute()
  return {
    transferId,
    skuId: row.sku_id,
    destinationId: row.destination_id,
    quantity: row.quantity,
    status: row.status,
    version: row.version,
    requestedBy: row.requested_by,
    proposalNumber: row.proposal_number,
    maximumProposals: row.maximum_proposals,
    approverRoles: row.approver_roles,
    plan: planOf(row.proposal),
    legs,
    calledBack: row.called_back,
    deadlines: row.deadlines,
    dueAtMs: row.due_at?.getTime() ?? null,
    needsAttention: row.needs_attention,
  }
}

/** The transfer's row before any stock row, as orders do. */
async function lockTransfer(tx: Tx, transferId: string): Promise<TransferState> {
  await sql`select 1 from transfer where id = ${transferId} for no key update`.execute(tx)
  const state = await readTransfer(tx, transferId)
  if (!state) throw new ProblemError('transfer-not-found')
  return state
}

async function isRecorded(tx: Tx, { transferId, eventId }: TransferEventInput): Promise<boolean> {
  const row = await tx
    .selectFrom('transfer_event')
    .select('type')
    .where('transfer_id', '=', transferId)
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  return row !== undefined
}

async function saveState(tx: Tx, state: TransferState, input: TransferEventInput): Promise<void> {
  const { transferId, version } = state
  await tx
    .updateTable('transfer')
    .set({
      status: state.status,
      version,
      proposal_number: state.proposalNumber,
      approver_roles: state.approverRoles,
      called_back: state.calledBack,
      due_at: timeOf(state.dueAtMs),
      needs_attention: state.needsAttention,
      updated_at: sql`clock_timestamp()`,
      next_carry_at: sql`clock_timestamp()`,
      ...(isTransferClosed(state.status) ? { closed_at: sql<Date>`clock_timestamp()` } : {}),
    })
    .where('id', '=', transferId)
    .execute()
  if (input.event.type === 'reserved') await insertLegs(tx, state)
  else await updateLegs(tx, state)
  const { eventId, operator } = input
  const { type, ...body } = input.event
  await recordEvent(tx, { transferId, eventId, version, type, body, operator })
}

async function insertLegs(tx: Tx, state: TransferState): Promise<void> {
  const { proposal } = await tx
    .selectFrom('transfer')
    .select('proposal')
    .where('id', '=', state.transferId)
    .executeTakeFirstOrThrow()
  const pathOf = (leg: TransferLeg) =>
    proposal.legs.find((planned) => planned.sourceId === leg.sourceId)?.path ?? [
      leg.sourceId,
      state.destinationId,
    ]
  await tx
    .insertInto('transfer_leg')
    .values(
      state.legs.map((leg) => ({
        transfer_id: state.transferId,
        leg_number: leg.legNumber,
        sku_id: state.skuId,
        source_id: leg.sourceId,
        destination_id: state.destinationId,
        heading_to: state.destinationId,
        path: pathOf(leg),
        reserved: leg.reserved,
      })),
    )
    .execute()
}

async function updateLegs(tx: Tx, state: TransferState): Promise<void> {
  for (const { legNumber, sourceId, dispatched, received, lost, returned } of state.legs) {
    const headingTo = state.calledBack ? sourceId : state.destinationId
    await tx
      .updateTable('transfer_leg')
      .set({ dispatched, received, lost, returned, heading_to: headingTo })
      .where('transfer_id', '=', state.transferId)
      .where('leg_number', '=', legNumber)
      .execute()
  }
}

async function recordEvent(
  db: Db | Tx,
  entry: {
    transferId: string
    eventId: string
    version: number | null
    type: string
    body: object
    operator: string
  },
): Promise<void> {
  await db
    .insertInto('transfer_event')
    .values({
      transfer_id: entry.transferId,
      event_id: entry.eventId,
      version: entry.version,
      type: entry.type,
      body: JSON.stringify(entry.body),
      operator: entry.operator,
    })
    .onConflict((conflict) => conflict.columns(['transfer_id', 'event_id']).doNothing())
    .execute()
}

/** Of an event that the caller has made sure is legal under the same lock. */
function accepted(result: TransferResult): TransferState {
  if (!result.ok) throw new Error(`a transfer's own step was refused: ${result.detail}`)
  return result.state
}

function reproposalOf(proposal: TransferProposal, approval: Approval): Reproposal {
  const approverRoles = approval.automatic ? [] : approval.roles
  return { plan: planOf(proposal), automatic: approval.automatic, approverRoles }
}

function planOf(proposal: TransferProposal) {
  return proposal.legs.map(({ sourceId, quantity }) => ({ sourceId, quantity }))
}

function timeOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
