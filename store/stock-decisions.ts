import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { StockWaitAnswer, StockWaitBody } from '../contracts/channel-orders.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { Change } from '../domain/change.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import { type Applicant, readOrderState } from './change-preview.ts'
import { submitChange } from './change-requests.ts'
import { shortageProblem } from './checkout.ts'
import { databaseTime, type Tx } from './database.ts'
import { lockOrder } from './order-lock.ts'
import { readStockWait } from './stock-situation.ts'
import { serve } from './stock-waits.ts'
import { requestTransfer } from './transfers.ts'
import { resolveOpenWorkItem } from './work-items.ts'

export type StockDecisionRequest = {
  orderId: string
  body: StockWaitBody
  applicant: Applicant
  /** The same for every repetition of the request. */
  eventId: string
  origin: AuditOrigin
  /** Throws where the caller may not ask for goods at this warehouse. */
  requireDestination: (warehouseId: string) => Promise<void>
}

/** How far ahead a person may put an order off. */
const LONGEST_WAIT_DAYS = 30

/**
 * Carries out what a person decided for an order that waits for stock. Whatever gives up what was sold becomes a change request;
 * everything else is done in the caller's transaction. What was decided is kept in the operation log and the audit trail.
 *
 * @throws ProblemError `order-not-waiting`, `insufficient-stock`, `unknown-warehouse`, `transfer-no-source`, `change-request-open`,
 * `change-not-possible`, `invalid-request`
 */
export async function decideOnStockWait(tx: Tx, request: StockDecisionRequest): Promise<StockWaitAnswer> {
  // First, as everybody locks: of two decisions at once the second sees what the first has done.
  await lockOrder(tx, request.orderId)
  const { answer, words } = await carryOut(tx, request)
  await keep(tx, request, words)
  return answer
}

type Done = { answer: StockWaitAnswer; words: string }

function carryOut(tx: Tx, request: StockDecisionRequest): Promise<Done> {
  const { body } = request
  switch (body.decision) {
    case 'serve-now':
      return serveNow(tx, request)
    case 'other-warehouse':
      return serveNow(tx, request, body.warehouseIds)
    case 'transfer':
      return askForTransfers(tx, request, body)
    case 'wait':
      return putOff(tx, request, body.until)
    case 'partial':
      return askForPart(tx, request, body.reason)
    case 'cancel':
      return askForChange(tx, request, { type: 'cancel' }, body.reason)
  }
}

async function serveNow(
  tx: Tx,
  { orderId, origin }: StockDecisionRequest,
  warehouseIds?: readonly string[],
): Promise<Done> {
  if (warehouseIds) await requireActive(tx, warehouseIds)
  const served = await serve(tx, orderId, { operator: origin.actor, warehouseIds })
  if (served.result === 'gone') throw new ProblemError('order-not-waiting')
  if (served.result === 'on-hold') throw new ProblemError('change-request-open')
  if (served.result === 'short') throw shortageProblem(served.shortages)
  return { answer: { orderId, result: 'served' }, words: warehouseIds?.join(', ') ?? 'by the policy' }
}

async function requireActive(tx: Tx, warehouseIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${[...warehouseIds]}::text[]) as wanted (id)
    where not exists (select from warehouse where warehouse.id = wanted.id and active)`.execute(tx)
  const unknown = rows.map((row) => row.id)
  if (unknown.length === 0) return
  throw new ProblemError('unknown-warehouse', `${unknown.join(', ')}: not known or not active`)
}

/** One transfer for each SKU, of what is missing where it is needed. */
async function askForTransfers(
  tx: Tx,
  request: StockDecisionRequest,
  { warehouseId, reason }: Extract<StockWaitBody, { decision: 'transfer' }>,
): Promise<Done> {
  const { orderId, eventId, origin, requireDestination } = request
  const situation = await readStockWait(tx, orderId, warehouseId)
  if (situation.transfers.length === 0) throw new ProblemError('nothing-missing')
  const transfers: Extract<StockWaitAnswer, { result: 'transfer-requested' }>['transfers'] = []
  for (const { skuId, quantity, warehouseId: destinationId } of situation.transfers) {
    await requireDestination(destinationId)
    const state = await requestTransfer(tx, {
      ...{ transferId: uuid(), skuId, destinationId, quantity, reason, operator: origin.actor },
      eventId: `${eventId}/${skuId}`,
    })
    const { transferId, status } = state
    transfers.push({ transferId, skuId, quantity, warehouseId: destinationId, status })
  }
  return {
    answer: { orderId, result: 'transfer-requested', transfers },
    words: transfers.map((entry) => `${entry.skuId} ×${entry.quantity} to ${entry.warehouseId}`).join(', '),
  }
}

/** Waiting is what the order does anyway: the work item is closed until somebody wants to see it again. */
async function putOff(tx: Tx, { orderId, origin }: StockDecisionRequest, until: string): Promise<Done> {
  const aheadMs = Date.parse(until) - (await databaseTime(tx))
  if (aheadMs <= 0 || aheadMs > LONGEST_WAIT_DAYS * 86_400_000) {
    const message = `must be within the next ${LONGEST_WAIT_DAYS} days`
    throw new ProblemError('invalid-request', undefined, { fields: [{ field: 'until', message }] })
  }
  const { numUpdatedRows } = await tx
    .updateTable('stock_wait')
    .set({ look_again_at: until })
    .where('order_id', '=', orderId)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (!numUpdatedRows) throw new ProblemError('order-not-waiting')
  await resolveOpenWorkItem(tx, 'awaiting_stock', orderId, `waits until ${until}`, origin.actor)
  return { answer: { orderId, result: 'waiting', until }, words: until }
}

/** What there is goes; the units that are missing are given up. */
async function askForPart(tx: Tx, request: StockDecisionRequest, reason: string): Promise<Done> {
  const { lines } = await readStockWait(tx, request.orderId)
  const short = lines.filter((line) => line.served < line.quantity)
  if (short.length === 0) throw new ProblemError('nothing-missing')
  if (lines.every((line) => line.served === 0)) {
    throw shortageProblem(short.map(({ skuId, quantity }) => ({ skuId, requested: quantity, available: 0 })))
  }
  const change: Change = {
    type: 'quantity',
    lines: short.map(({ lineNumber, served }) => ({ lineNumber, quantity: served })),
  }
  return askForChange(tx, request, change, reason)
}

async function askForChange(
  tx: Tx,
  { orderId, applicant, eventId }: StockDecisionRequest,
  change: Change,
  reason: string,
): Promise<Done> {
  const order = await readOrderState(tx, orderId)
  if (order?.status !== 'awaiting_stock') throw new ProblemError('order-not-waiting')
  const { changeId, changeNumber } = await submitChange(tx, {
    ...{ changeId: uuid(), orderId, orderVersion: order.version, change },
    ...{ reasonCode: 'out_of_stock', reason, applicant, eventId },
  })
  return { answer: { orderId, result: 'change-requested', changeId, changeNumber }, words: changeNumber }
}

async function keep(tx: Tx, { orderId, body, origin }: StockDecisionRequest, words: string): Promise<void> {
  await sql`
    insert into operation_log (order_id, store_id, version, field, old_value, new_value, operator, source, request_id)
    select id, store_id, version, 'stock_wait', 'waiting', ${`${body.decision}: ${words}`.slice(0, 500)}, ${origin.actor},
      'stock_wait_decision', ${origin.requestId}
    from orders where id = ${orderId}`.execute(tx)
  await appendAudit(tx, {
    ...origin,
    action: 'stock_wait.decided',
    subject: { kind: 'order', id: orderId },
    newValue: { decision: body.decision, words },
    ...('reason' in body ? { reason: body.reason } : {}),
  })
}
