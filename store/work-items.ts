import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { COURIER_PUSH } from '../contracts/facts.ts'
import type { WorkItemKind } from '../domain/order.ts'
import type { NamedFacts, WorkItemDetail } from '../domain/work-item-facts.ts'
import type { Db, Tx } from './database.ts'
import { DUE_ANEW, sendAgain } from './due-anew.ts'
import { replayExhausted } from './event-deliveries.ts'
import { appendInbox } from './inbox.ts'
import { requestResend } from './listing-due.ts'
import { isHeld } from './order-check-rows.ts'

/**
 * Opens a work item, or counts one more occurrence on the open one with the same key. One that was put off comes back if it now
 * says something else than whoever put it off had read; the same once more, of what is looked at every few seconds, does not.
 */
export async function openWorkItem<Detail extends WorkItemDetail>(
  tx: Tx | Db,
  item: {
    kind: WorkItemKind
    key: string
    orderId: string | null
    detail: NamedFacts<Detail>
    owner?: string | null
  },
): Promise<void> {
  await tx
    .insertInto('work_item')
    .values({
      id: uuid(),
      kind: item.kind,
      key: item.key,
      order_id: item.orderId,
      detail: JSON.stringify(item.detail),
      owner: item.owner ?? null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'key'])
        .where('state', '=', 'open')
        .doUpdateSet((eb) => ({
          occurrences: eb('work_item.occurrences', '+', 1),
          detail: eb.ref('excluded.detail'),
          snoozed_until: unlessNews('snoozed_until'),
          snoozed_by: unlessNews('snoozed_by'),
          snooze_reason: unlessNews('snooze_reason'),
          updated_at: sql`clock_timestamp()`,
        })),
    )
    .execute()
}

/** What an open item has in this column as long as it is told nothing new. */
function unlessNews(column: 'snoozed_until' | 'snoozed_by' | 'snooze_reason') {
  return sql<
    string | null
  >`case when work_item.detail = excluded.detail then ${sql.ref(`work_item.${column}`)} end`
}

/** The keys of a kind's open items, the oldest first. */
export async function openItemKeys(db: Db, kind: WorkItemKind, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('work_item')
    .select('key')
    .where('kind', '=', kind)
    .where('state', '=', 'open')
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.key)
}

/** Closes the open item of this kind and key, if there is one: what it was about has settled itself. */
export async function resolveOpenWorkItem(
  tx: Tx,
  kind: WorkItemKind,
  key: string,
  resolution: string,
  resolvedBy = 'system',
): Promise<void> {
  await closeOpen(tx, kind, key, resolution, resolvedBy)
}

/** The same for an item that marked its order: with the last one the mark goes, too. */
export async function resolveWithMark(
  tx: Tx,
  kind: WorkItemKind,
  key: string,
  resolution: string,
  resolvedBy = 'system',
): Promise<void> {
  const item = await closeOpen(tx, kind, key, resolution, resolvedBy)
  if (item?.order_id) await clearAttention(tx, item.order_id, item.id, resolvedBy)
}

async function closeOpen(tx: Tx, kind: WorkItemKind, key: string, resolution: string, resolvedBy: string) {
  return tx
    .updateTable('work_item')
    .set({
      state: 'resolved',
      resolution,
      resolved_by: resolvedBy,
      resolved_at: sql`clock_timestamp()`,
      updated_at: sql`clock_timestamp()`,
    })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('state', '=', 'open')
    .returning(['id', 'order_id'])
    .executeTakeFirst()
}

/** Closes the open items of a kind but for these keys: what the others were about has settled itself. */
export async function resolveOtherWorkItems(
  db: Db,
  { kind, stillOpen, resolution }: { kind: WorkItemKind; stillOpen: string[]; resolution: string },
): Promise<void> {
  await db
    .updateTable('work_item')
    .set({
      state: 'resolved',
      resolution,
      resolved_by: 'system',
      resolved_at: sql`clock_timestamp()`,
      updated_at: sql`clock_timestamp()`,
    })
    .where('kind', '=', kind)
    .where('state', '=', 'open')
    .where(sql<boolean>`key <> all(${stillOpen}::text[])`)
    .execute()
}

/**
 * An open work item, which stays as it is until the transaction ends.
 *
 * @throws ProblemError `not-found`, `work-item-resolved`
 */
export async function lockOpenWorkItem(tx: Tx, id: string) {
  const item = await tx
    .selectFrom('work_item')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!item) throw new ProblemError('not-found')
  if (item.state === 'resolved') throw new ProblemError('work-item-resolved')
  return item
}

/**
 * Closes a work item with what was done. The last one of an order also clears the order's attention mark; a delivery
 * that failed is given up, and what was queued behind it goes on; a message that was set aside is dismissed.
 */
export async function resolveWorkItem(
  tx: Tx,
  id: string,
  change: { resolution: string; operator: string },
): Promise<void> {
  // The order first, as its workflow's commits do, and one resolution of an order at a time: of two people who close
  // its last two items at once, the second must see that the other one is closed.
  await sql`
    select 1 from orders where id = (select order_id from work_item where id = ${id}) for no key update`.execute(
    tx,
  )
  const item = await lockOpenWorkItem(tx, id)
  // It would be out of sight and still stand still. The order closes it itself as soon as it goes on or ends.
  if (item.kind === 'abnormal_order' && item.order_id !== null && (await isHeld(tx, item.order_id))) {
    throw new ProblemError('order-held')
  }
  await tx
    .updateTable('work_item')
    .set({
      state: 'resolved',
      resolution: change.resolution,
      resolved_by: change.operator,
      resolved_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .execute()
  if (item.kind === 'delivery_failed') {
    await tx
      .updateTable('delivery')
      .set({ state: 'withdrawn' })
      .where('id', '=', String(item.detail.deliveryId))
      .where('state', '=', 'failed')
      .execute()
  }
  if (isAboutMessage(item.kind)) {
    await tx
      .updateTable('inbox')
      .set({ state: 'dismissed', settled_at: sql`now()` })
      .where('id', '=', Number(item.detail.inboxId))
      .where('state', '=', 'set_aside')
      .execute()
  }
  await dismissHints(tx, item)
  // Resolved without a decision: the number stays out, as if it had been dismissed.
  if (item.kind === 'wms_jump') {
    await tx
      .updateTable('wms_level')
      .set({ decision: 'dismissed' })
      .where('warehouse_id', '=', String(item.detail.warehouseId))
      .where('sku_id', '=', String(item.detail.skuId))
      .where('decision', '=', 'quarantined')
      .execute()
  }
  if (item.order_id !== null) await clearAttention(tx, item.order_id, id, change.operator)
}

/** Messages of a channel that were kept for a person: of one order, or of one shop and type. */
async function dismissHints(
  tx: Tx,
  { kind, detail }: { kind: WorkItemKind; detail: Record<string, string | number> },
): Promise<void> {
  if (!isAboutHints(kind)) return
  const kept = tx
    .updateTable('inbox')
    .set({ state: 'dismissed', settled_at: sql`now()` })
    .where('state', '=', 'set_aside')
  if (kind === 'channel_order_unread') {
    await kept.where('order_key', '=', String(detail.orderKey)).execute()
    return
  }
  await kept
    .where('source', '=', String(detail.platform))
    .where('shop', '=', String(detail.shopId))
    .where('type', '=', String(detail.type))
    .execute()
}

function isAboutHints(kind: WorkItemKind): boolean {
  return kind === 'channel_order_unread' || kind === 'unknown_shop' || kind === 'unknown_channel_message'
}

/** A message that was set aside is kept for as long as somebody might replay it. */
function isAboutMessage(kind: WorkItemKind): boolean {
  return (
    kind === 'message_set_aside' ||
    kind === 'order_not_found' ||
    kind === 'unmatched_payment' ||
    kind === 'waybill_unknown'
  )
}

async function clearAttention(tx: Tx, orderId: string, cause: string, operator: string): Promise<void> {
  const open = await tx
    .selectFrom('work_item')
    .select('id')
    .where('order_id', '=', orderId)
    .where('state', '=', 'open')
    .limit(1)
    .executeTakeFirst()
  if (open) return
  await appendInbox(tx, {
    source: 'console',
    sourceEventId: `attention/${cause}`,
    type: 'attention.cleared',
    orderKey: orderId,
    occurredAt: new Date(),
    body: { operator },
    traceParent: null,
  })
}

const REPLAYABLE: ReadonlySet<WorkItemKind> = new Set([
  'message_set_aside',
  'order_not_found',
  'unmatched_payment',
  'waybill_unknown',
  'delivery_failed',
  'refund_failed',
  'channel_order_unread',
  'events_exhausted',
])

/** Whether there is something to try again in a work item of this kind. */
export function isReplayable(kind: WorkItemKind): boolean {
  return REPLAYABLE.has(kind)
}

/** Tries again what the work item is about: a message set aside, a delivery or a refund that failed. */
export async function replayWorkItem(tx: Tx, id: string, operator: string): Promise<void> {
  const item = await lockOpenWorkItem(tx, id)
  switch (item.kind) {
    case 'message_set_aside':
    case 'order_not_found':
    case 'unmatched_payment':
    case 'waybill_unknown':
      await tx
        .updateTable('inbox')
        // Back to whoever takes messages of this type.
        .set({ state: sql`case when type = ${COURIER_PUSH} then 'unread' else 'pending' end` })
        .set(DUE_ANEW)
        .where('id', '=', Number(item.detail.inboxId))
        .where('state', '=', 'set_aside')
        .execute()
      break
    case 'delivery_failed':
      await sendAgain(tx, String(item.detail.deliveryId))
      break
    case 'channel_order_unread':
      await tx
        .updateTable('inbox')
        .set({ state: 'hint', ...DUE_ANEW })
        .where('order_key', '=', String(item.detail.orderKey))
        .where('state', '=', 'set_aside')
        .execute()
      break
    case 'delisting_failed':
      await requestResend(tx, { storeId: String(item.detail.storeId), skuId: String(item.detail.skuId) })
      break
    case 'events_exhausted':
      await replayExhausted(tx, String(item.detail.subscriptionId))
      break
    case 'refund_failed':
      await appendInbox(tx, {
        source: 'console',
        sourceEventId: `refund-retry/${id}/${item.occurrences}`,
        type: 'refund.retry_requested',
        orderKey: String(item.order_id),
        occurredAt: new Date(),
        body: { refundId: String(item.detail.refundId), operator },
        traceParent: null,
      })
      break
    default:
      throw new ProblemError('not-replayable')
  }
  await tx
    .updateTable('work_item')
    .set({ owner: sql`coalesce(owner, ${operator})`, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute()
}
