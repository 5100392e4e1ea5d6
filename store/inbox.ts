import { sql } from 'kysely'
import type { FactType, ORDER_PLACED } from '../contracts/facts.ts'
import type { Tx } from './database.ts'

export type Envelope = {
  source: string
  shop?: string
  sourceEventId: string
  type: FactType | typeof ORDER_PLACED
  orderKey: string
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
  const {
    source,
    shop = '',
    sourceEventId,
    type,
    orderKey,
    startsOrder = false,
    occurredAt,
    traceParent,
  } = envelope
  // One statement, so that row and body carry the very same microsecond: it is what finds the body's partition.
  const { rows } = await sql<{ id: number }>`
    with message as (
      insert into inbox (source, shop, source_event_id, type, order_key, starts_order, occurred_at, trace_parent)
      values (${source}, ${shop}, ${sourceEventId}, ${type}, ${orderKey}, ${startsOrder}, ${occurredAt}, ${traceParent})
      on conflict on constraint inbox_source_event_key do nothing
      returning id, received_at
    )
    insert into inbox_body (inbox_id, received_at, body)
    select id, received_at, ${JSON.stringify(envelope.body)}::jsonb from message
    returning inbox_id as id`.execute(tx)
  return rows[0]?.id ?? null
}

/** Sets every settled message of an order back to pending, so that a workflow that was lost hears it all again. */
export async function redriveOrder(tx: Tx, orderKey: string): Promise<void> {
  await tx
    .updateTable('inbox')
    .set({ state: 'pending', attempts: 0, next_attempt_at: sql`clock_timestamp()` })
    .where('order_key', '=', orderKey)
    .where('state', '=', 'delivered')
    .where('starts_order', '=', false)
    .execute()
}
