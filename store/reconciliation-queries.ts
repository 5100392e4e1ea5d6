import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type {
  DecideDifferenceBody,
  DifferenceDetail,
  DifferenceView,
  ListDifferencesQuery,
} from '../contracts/reconciliation.ts'
import {
  type Counterpart,
  DIFFERENCE_TRANSITIONS,
  type DifferenceState,
  unitOf,
} from '../domain/reconciliation.ts'
import { DIFFERENCE_MEANING, suggestFix } from '../domain/reconciliation-text.ts'
import { chinaTimeOf } from '../domain/working-time.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type DifferenceRow = Selectable<Database['reconciliation_difference']>
const DAY_MS = 86_400_000

/** Position among the largest: cents, id. */
const centsAndId = z.tuple([z.int(), z.uuid()])

const inView = (db: Db | Tx, scope: Scope) =>
  db
    .selectFrom('reconciliation_difference')
    .selectAll()
    .select([sql<string>`occurred_on::text`.as('occurred_on'), exact('found_at').as('at')])
    .where(inScope(scope, 'store_id'))

/** One page of differences. Those of no store are for people who see all of them. */
export async function listDifferences(
  db: Db,
  query: ListDifferencesQuery,
  scope: Scope,
  now: Date,
): Promise<Page<DifferenceView>> {
  let select = inView(db, scope).limit(query.limit + 1)
  if (query.counterpart) select = select.where('counterpart', '=', query.counterpart)
  if (query.kind) select = select.where('kind', '=', query.kind)
  if (query.lineKind) select = select.where('line_kind', '=', query.lineKind)
  if (query.state === 'unsettled') select = select.where('state', 'in', ['open', 'change_requested'])
  else select = select.where('state', '=', query.state)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.orderId) select = select.where('order_id', '=', query.orderId)
  if (query.runId) select = select.where('last_run_id', '=', query.runId)
  if (query.from) select = select.where(sql<boolean>`occurred_on >= ${query.from}::date`)
  if (query.to) select = select.where(sql<boolean>`occurred_on <= ${query.to}::date`)
  if (query.minimumCents !== undefined) select = select.where('at_stake_cents', '>=', query.minimumCents)
  if (query.afterClose !== undefined) select = select.where('after_close', '=', query.afterClose)
  const view = (row: DifferenceRow) => viewOf(row, now)
  if (query.sort === 'largest') {
    const keyset = new Keyset('reconciliation-differences', query, centsAndId)
    const after = keyset.after(query.cursor)
    if (after) {
      select = select.where(sql<boolean>`(at_stake_cents, id) < (${after[0]}::bigint, ${after[1]}::uuid)`)
    }
    const rows = await select.orderBy('at_stake_cents', 'desc').orderBy('id', 'desc').execute()
    return keyset.page(rows, query.limit, (row) => [row.at_stake_cents, row.id], view)
  }
  const keyset = new Keyset('reconciliation-differences', query, timeAndUuid)
  const direction = query.sort === 'oldest' ? 'asc' : 'desc'
  const rows = await select
    .where(beyond(['found_at', 'id'], query.sort, keyset.after(query.cursor)))
    .orderBy('found_at', direction)
    .orderBy('id', direction)
    .execute()
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], view)
}

/**
 * A difference with the order behind it and who has moved it.
 *
 * @throws ProblemError `reconciliation-difference-not-found`, also for one outside the scope
 */
export async function readDifference(
  db: Db | Tx,
  differenceId: string,
  scope: Scope,
  now: Date,
): Promise<DifferenceDetail> {
  const row = await inView(db, scope).where('id', '=', differenceId).executeTakeFirst()
  if (!row) throw new ProblemError('reconciliation-difference-not-found')
  const moves = await db
    .selectFrom('reconciliation_move')
    .selectAll()
    .where('difference_id', '=', differenceId)
    .orderBy('version')
    .execute()
  return {
    ...viewOf(row, now),
    order: row.order_id === null ? null : await orderOf(db, row.order_id),
    moves: moves.map((move) => ({
      from: move.from_state,
      to: move.to_state,
      reason: move.reason,
      operator: move.operator,
      movedAt: move.moved_at.toISOString(),
    })),
  }
}

async function orderOf(db: Db | Tx, orderId: string): Promise<DifferenceDetail['order']> {
  const order = await db
    .selectFrom('orders')
    .select(['external_order_id', 'status', 'amount_cents', 'paid_cents', 'refunded_cents', 'created_at'])
    .where('id', '=', orderId)
    .executeTakeFirst()
  if (!order) return null
  return {
    orderId,
    externalOrderId: order.external_order_id,
    status: order.status,
    amountCents: order.amount_cents,
    paidCents: order.paid_cents,
    refundedCents: order.refunded_cents,
    placedAt: order.created_at.toISOString(),
    logUrl: `/v1/orders/${orderId}/log`,
  }
}

const STATE_OF = {
  accept: 'accepted',
  fixed: 'fixed',
  request_change: 'change_requested',
} as const satisfies Record<DecideDifferenceBody['decision'], DifferenceState>

/**
 * Locks a difference that somebody decides on.
 *
 * @returns the order that it is about
 * @throws ProblemError `reconciliation-difference-not-found`, `reconciliation-difference-settled`,
 *   `reconciliation-no-order` where a change is asked for and there is nothing to change
 */
export async function lockDifference(
  tx: Tx,
  differenceId: string,
  body: DecideDifferenceBody,
  scope: Scope,
): Promise<{ orderId: string | null; from: DifferenceState }> {
  const row = await tx
    .selectFrom('reconciliation_difference')
    .select(['state', 'version', 'order_id', 'counterpart', 'after_close'])
    .select(sql<string>`to_char(occurred_on, 'YYYY-MM')`.as('month'))
    .where('id', '=', differenceId)
    .where(inScope(scope, 'store_id'))
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('reconciliation-difference-not-found')
  if (!row.after_close) await refuseClosed(tx, row)
  const to = STATE_OF[body.decision]
  if (!DIFFERENCE_TRANSITIONS[row.state].includes(to) || row.version !== body.version) {
    const detail = `it is ${row.state}, at version ${row.version}`
    throw new ProblemError('reconciliation-difference-settled', detail)
  }
  if (body.decision === 'request_change' && row.order_id === null) {
    throw new ProblemError('reconciliation-no-order')
  }
  return { orderId: row.order_id, from: row.state }
}

/** @throws ProblemError `reconciliation-period-closed` */
async function refuseClosed(tx: Tx, of: { counterpart: Counterpart; month: string }): Promise<void> {
  const closed = await tx
    .selectFrom('reconciliation_period')
    .select('id')
    .where('counterpart', '=', of.counterpart)
    .where(sql<boolean>`month = ${`${of.month}-01`}::date`)
    .executeTakeFirst()
  if (closed) throw new ProblemError('reconciliation-period-closed', `${of.month} is closed`)
}

/** Writes what somebody has decided about a difference that is locked. */
export async function settleDifference(
  tx: Tx,
  differenceId: string,
  decision: {
    body: DecideDifferenceBody
    from: DifferenceState
    changeId: string | null
    origin: AuditOrigin
  },
): Promise<void> {
  const { body, from, changeId, origin } = decision
  const to = STATE_OF[body.decision]
  const version = body.version + 1
  await tx
    .updateTable('reconciliation_difference')
    .set({ state: to, version, settled_at: to === 'change_requested' ? null : sql<Date>`clock_timestamp()` })
    .$if(changeId !== null, (update) => update.set({ change_id: changeId }))
    .where('id', '=', differenceId)
    .execute()
  await tx
    .insertInto('reconciliation_move')
    .values({
      difference_id: differenceId,
      version,
      from_state: from,
      to_state: to,
      reason: body.reason,
      operator: origin.actor,
    })
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'reconciliation.decided',
    subject: { kind: 'reconciliation_difference', id: differenceId },
    oldValue: from,
    newValue: changeId === null ? to : { state: to, changeId },
    reason: body.reason,
  })
}

function viewOf(row: DifferenceRow, now: Date): DifferenceView {
  const today = Date.parse(chinaTimeOf(now.getTime()).day)
  return {
    differenceId: row.id,
    counterpart: row.counterpart,
    kind: row.kind,
    facets: row.facets,
    meaning: DIFFERENCE_MEANING[row.kind],
    lineKind: row.line_kind,
    unit: unitOf(row.line_kind),
    hub: row.hub,
    there: row.there,
    valueDifference: row.value_difference,
    atStakeCents: row.at_stake_cents,
    orderId: row.order_id,
    storeId: row.store_id,
    occurredOn: row.occurred_on,
    ageDays: Math.max(0, Math.round((today - Date.parse(row.occurred_on)) / DAY_MS)),
    suggestion: suggestFix(row.line_kind, row.kind),
    state: row.state,
    version: row.version,
    changeId: row.change_id,
    afterClose: row.after_close,
    firstRunId: row.first_run_id,
    lastRunId: row.last_run_id,
    foundAt: row.found_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
  }
}
