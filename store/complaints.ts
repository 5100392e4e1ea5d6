import { type Selectable, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { ComplaintView, ListComplaintsQuery, RecordComplaintBody } from '../contracts/complaints.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { ChannelOrder } from '../domain/channel-order.ts'
import { COMPLAINT_CATEGORY_MEANING, type ComplaintCategory, complaintOf } from '../domain/complaint.ts'
import { noteCustomersDue } from './customer-due.ts'
import type { Db, Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import { currentPolicy } from './policy.ts'
import type { Database } from './schema.ts'

/** A clock may be ahead of ours by this much. */
const AHEAD_MS = 60_000
/** Long after the last day on which a customer may send anything back. */
const MOST_DAYS_AGO = 400
const DAY_MS = 86_400_000

/**
 * Records a complaint about an order, once under the number that it has where it comes from.
 *
 * @returns its id
 * @throws ProblemError `order-not-found`, `invalid-request` for a time that cannot be, `complaint-of-another-order` for a number that
 *   is another order's, `complaint-no-reason` where a refund's reason is no complaint
 */
export async function recordComplaint(
  tx: Tx,
  body: RecordComplaintBody,
  by: { operator: string; now: Date },
): Promise<string> {
  const category = await categoryOf(tx, body)
  if (category === null) throw new ProblemError('complaint-no-reason', body.refundReason)
  const occurredAt = occurrence(body.occurredAt, by.now)
  const order = await tx
    .selectFrom('orders')
    .select(['store_id', 'channel'])
    .where('id', '=', body.orderId)
    .executeTakeFirst()
  if (!order) throw new ProblemError('order-not-found')
  return keepComplaint(tx, {
    order_id: body.orderId,
    store_id: order.store_id,
    channel: order.channel,
    category,
    source: body.source,
    source_key: body.externalId === undefined ? null : `${body.source}/${order.store_id}/${body.externalId}`,
    refund_reason: body.refundReason ?? null,
    note: body.note ?? null,
    occurred_at: occurredAt,
    recorded_by: by.operator,
  })
}

async function categoryOf(tx: Tx, body: RecordComplaintBody): Promise<ComplaintCategory | null> {
  if (body.category !== undefined) return body.category
  const { document } = await currentPolicy(tx, 'health-score')
  return complaintOf(body.refundReason ?? '', document.refundReasons)
}

function occurrence(given: string | undefined, now: Date): Date {
  if (given === undefined) return now
  const at = new Date(given)
  const isPossible =
    at.getTime() <= now.getTime() + AHEAD_MS && at.getTime() >= now.getTime() - MOST_DAYS_AGO * DAY_MS
  if (isPossible) return at
  const message = `must be within the last ${MOST_DAYS_AGO} days`
  throw new ProblemError('invalid-request', `occurredAt ${message}`, {
    fields: [{ field: 'occurredAt', message }],
  })
}

type NewComplaint = Omit<
  Selectable<Database['complaint']>,
  'id' | 'recorded_at' | 'withdrawn_at' | 'withdrawn_by' | 'withdraw_reason'
>

async function keepComplaint(tx: Tx, complaint: NewComplaint): Promise<string> {
  const added = await tx
    .insertInto('complaint')
    .values({ id: uuid(), ...complaint })
    .onConflict((conflict) => conflict.column('source_key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added) {
    await noteHealthDue(tx, 'order', [complaint.order_id])
    await noteCustomersDue(tx, [complaint.order_id])
    return added.id
  }
  const { id, order_id: orderId } = await tx
    .selectFrom('complaint')
    .select(['id', 'order_id'])
    .where('source_key', '=', complaint.source_key)
    .executeTakeFirstOrThrow()
  if (orderId !== complaint.order_id) throw new ProblemError('complaint-of-another-order', `it is ${orderId}`)
  return id
}

/**
 * Of the refunds that a platform's order asks for now and did not before, those whose reason is a complaint. Platforms
 * that give no reasons with their orders have none.
 */
export async function keepRefundComplaints(
  tx: Tx,
  found: {
    orderId: string
    storeId: string
    channelKey: string
    order: Pick<ChannelOrder, 'lines' | 'modifiedAt'>
    before: Pick<ChannelOrder, 'lines'>
    platform: string
  },
): Promise<void> {
  const asked = new Set(
    found.before.lines.filter(({ refund }) => refund !== 'none').map(({ platformLineId }) => platformLineId),
  )
  const refunds = found.order.lines.filter(
    ({ refund, platformLineId, refundReason }) =>
      refund !== 'none' && !asked.has(platformLineId) && refundReason !== undefined,
  )
  if (refunds.length === 0) return
  const { document } = await currentPolicy(tx, 'health-score')
  const { channel } = await tx
    .selectFrom('orders')
    .select('channel')
    .where('id', '=', found.orderId)
    .executeTakeFirstOrThrow()
  for (const { platformLineId, refundReason = '' } of refunds) {
    const category = complaintOf(refundReason, document.refundReasons)
    if (category === null) continue
    await keepComplaint(tx, {
      order_id: found.orderId,
      store_id: found.storeId,
      channel,
      category,
      source: 'channel_refund',
      source_key: `refund/${found.channelKey}/${platformLineId}`.slice(0, 400),
      refund_reason: refundReason.slice(0, 200),
      note: null,
      occurred_at: new Date(found.order.modifiedAt),
      recorded_by: found.platform,
    })
  }
}

/**
 * Takes back what was entered by mistake: it counts no longer, and stays to be seen.
 *
 * @throws ProblemError `complaint-not-found`, `complaint-withdrawn`
 */
export async function withdrawComplaint(
  tx: Tx,
  complaintId: string,
  reason: string,
  by: { operator: string; scope: Scope },
): Promise<void> {
  const row = await tx
    .selectFrom('complaint')
    .select(['order_id', 'withdrawn_at'])
    .where('id', '=', complaintId)
    .where(inScope(by.scope, 'store_id'))
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('complaint-not-found')
  if (row.withdrawn_at) throw new ProblemError('complaint-withdrawn')
  await tx
    .updateTable('complaint')
    .set({
      withdrawn_at: sql<Date>`clock_timestamp()`,
      withdrawn_by: by.operator,
      withdraw_reason: reason,
    })
    .where('id', '=', complaintId)
    .execute()
  await noteHealthDue(tx, 'order', [row.order_id])
  await noteCustomersDue(tx, [row.order_id])
}

/** @throws ProblemError `complaint-not-found`, also for one outside the scope */
export async function findComplaint(db: Db | Tx, complaintId: string, scope: Scope): Promise<ComplaintView> {
  const row = await db
    .selectFrom('complaint')
    .selectAll()
    .where('id', '=', complaintId)
    .where(inScope(scope, 'store_id'))
    .executeTakeFirst()
  if (!row) throw new ProblemError('complaint-not-found')
  return viewOf(row)
}

/** One page of the complaints in scope, by when they were made. */
export async function listComplaints(
  db: Db,
  query: ListComplaintsQuery,
  scope: Scope,
): Promise<Page<ComplaintView>> {
  const keyset = new Keyset('complaints', query, timeAndUuid)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('complaint')
    .selectAll()
    .select(exact('occurred_at').as('at'))
    .where(inScope(scope, 'store_id'))
    .where(beyond(['occurred_at', 'id'], query.sort, keyset.after(query.cursor)))
    .orderBy('occurred_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (!query.withdrawn) select = select.where('withdrawn_at', 'is', null)
  if (query.orderId) select = select.where('order_id', '=', query.orderId)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.channel) select = select.where('channel', '=', query.channel)
  if (query.category) select = select.where('category', '=', query.category)
  if (query.source) select = select.where('source', '=', query.source)
  if (query.from) select = select.where('occurred_at', '>=', new Date(query.from))
  if (query.to) select = select.where('occurred_at', '<', new Date(query.to))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

function viewOf(row: Selectable<Database['complaint']>): ComplaintView {
  const { withdrawn_at: at, withdrawn_by: by, withdraw_reason: reason } = row
  // What a platform's own refunds are kept under says more than their number.
  const prefix = `${row.source}/${row.store_id}/`
  return {
    complaintId: row.id,
    orderId: row.order_id,
    storeId: row.store_id,
    channel: row.channel,
    category: row.category,
    meaning: COMPLAINT_CATEGORY_MEANING[row.category],
    source: row.source,
    externalId: row.source_key?.startsWith(prefix) ? row.source_key.slice(prefix.length) : row.source_key,
    refundReason: row.refund_reason,
    note: row.note,
    occurredAt: row.occurred_at.toISOString(),
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at.toISOString(),
    withdrawn: at && by !== null && reason !== null ? { at: at.toISOString(), by, reason } : null,
  }
}
