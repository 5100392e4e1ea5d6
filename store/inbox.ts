import { sql } from 'kysely'
import type { COURIER_PUSH, FactType, ORDER_PLACED } from '../contracts/facts.ts'
import { PREPARED, type Tx } from './database.ts'

export type Envelope = {
  source: string
  shop?: string
  sourceEventId: string
  type: FactType | typeof ORDER_PLACED | typeof COURIER_PUSH
  orderKey: string
  /** Who takes it from here: the relay, unless something else is said. */
  state?: 'pending' | 'unread'
  startsOrder?: boolean
  occurredAt: Date | string
  body: object
  traceParent: string | null
}

/**
 * Records a message from outside, once: the same (source, shop, event id) again changes nothing.
 *
 * @returns the row's id, or null when the message was known
 */
export async function appendInbox(tx: Tx, envelope: Envelope): Promise<number | null> {
  const [message] = await appendInboxAll(tx, [envelope])
  return message?.id ?? null
}

/** Records messages, each once. Returns those that are new. */
export async function appendInboxAll(
  tx: Tx,
  envelopes: Envelope[],
): Promise<{ id: number; sourceEventId: string }[]> {
  const messages = envelopes.map((envelope) => ({
    source: envelope.source,
    shop: envelope.shop ?? '',
    source_event_id: envelope.sourceEventId,
    type: envelope.type,
    order_key: envelope.orderKey,
    starts_order: envelope.startsOrder ?? false,
    state: envelope.state ?? 'pending',
    occurred_at: envelope.occurredAt,
    trace_parent: envelope.traceParent,
    body: envelope.body,
  }))
  // One statement, so that row and body carry the very same microsecond: it is what finds the body's partition.
  const { rows } = await sql<{ id: number; sourceEventId: string }>`${PREPARED}
    with sent as (
      select * from json_to_recordset(${JSON.stringify(messages)}::json) as sent (source text, shop text,
        source_event_id text, type text, order_key text, starts_order boolean, state text, occurred_at timestamptz,
        trace_parent text, body jsonb)
    ), message as (
      insert into inbox (source, shop, source_event_id, type, order_key, starts_order, state, occurred_at, trace_parent)
      select source, shop, source_event_id, type, order_key, starts_order, state, occurred_at, trace_parent from sent
      on conflict on constraint inbox_source_event_key do nothing
      returning id, received_at, source, shop, source_event_id
    ), body as (
      insert into inbox_body (inbox_id, received_at, body)
      select id, received_at, body from message join sent using (source, shop, source_event_id)
    )
    select id, source_event_id as "sourceEventId" from message`.execute(tx)
  return rows
}

/**
 * Sets every settled message of an order back to pending, so that a workflow that was lost hears it all again. One
 * whose body retention has dropped stays settled: the snapshot from which the order goes on has seen it.
 */
export async function redriveOrder(tx: Tx, orderKey: string): Promise<void> {
  await tx
    .updateTable('inbox')
    .set({ state: 'pending', attempts: 0, next_attempt_at: sql`clock_timestamp()` })
    .where('order_key', '=', orderKey)
    .where('state', '=', 'delivered')
    .where('starts_order', '=', false)
    .where(sql<boolean>`exists (
      select from inbox_body as body where body.inbox_id = inbox.id and body.received_at = inbox.received_at)`)
    .execute()
}
