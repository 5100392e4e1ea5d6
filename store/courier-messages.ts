import { sql } from 'kysely'
import { z } from 'zod'
import type { CourierMessageView, ListCourierMessagesQuery } from '../contracts/couriers.ts'
import { ProblemError } from '../contracts/errors.ts'
import { COURIER_PUSH } from '../contracts/facts.ts'
import type { Db, Tx } from './database.ts'
import { DUE_ANEW } from './due-anew.ts'
import { Keyset, type Page } from './paging.ts'

const byNumber = z.tuple([z.string().regex(/^[0-9]{1,15}$/)])
const orderId = z.uuid()
/** Until it is read, a push is filed under the number that it names; then, under its order. */
const WAYBILL = 'waybill:'

type Row = {
  id: number
  order_key: string
  state: CourierMessageView['state']
  attempts: number
  last_error: string | null
  next_attempt_at: Date
  received_at: Date
  settled_at: Date | null
  waybill_number: string | null
  has_body: boolean
}

/** What of a push is shown: its body stays where it is, but for the number that it names. */
const shown = sql`
  select inbox.id, order_key, state, attempts, last_error, next_attempt_at, inbox.received_at, settled_at,
    body.body ->> 'waybillNumber' as waybill_number, body.inbox_id is not null as has_body
  from inbox left join inbox_body as body on body.inbox_id = inbox.id and body.received_at = inbox.received_at`

/** One page of what a source pushed, in the order in which it was kept. */
export async function listCourierMessages(
  db: Db,
  source: string,
  query: ListCourierMessagesQuery,
): Promise<Page<CourierMessageView>> {
  const keyset = new Keyset(`courier-messages/${source}`, query, byNumber)
  const after = keyset.after(query.cursor)
  const isNewest = query.sort === 'newest'
  const conditions = [sql`source = ${source} and shop = '' and type = ${COURIER_PUSH}`]
  if (query.state) conditions.push(sql`state = ${query.state}`)
  if (query.waybillNumber) conditions.push(names(query.waybillNumber))
  if (after) conditions.push(sql`inbox.id ${isNewest ? sql`<` : sql`>`} ${after[0]}::bigint`)
  const { rows } = await sql<Row>`
    ${shown} where ${sql.join(conditions, sql` and `)}
    order by inbox.id ${isNewest ? sql`desc` : sql`asc`} limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [String(row.id)], messageOf)
}

/** Pushes that name a waybill, read or not, along the index of whom messages are for. */
function names(waybillNumber: string) {
  return sql`(order_key = ${WAYBILL + waybillNumber} or (body.body ->> 'waybillNumber' = ${waybillNumber}
    and order_key = any(array(select order_id::text from parcel where waybill_number = ${waybillNumber}))))`
}

function messageOf(row: Row): CourierMessageView {
  const isWaiting = row.state === 'unread'
  const filedUnder = row.order_key.startsWith(WAYBILL) ? row.order_key.slice(WAYBILL.length) : null
  return {
    messageId: String(row.id),
    waybillNumber: filedUnder ?? row.waybill_number,
    orderId: orderId.safeParse(row.order_key).data ?? null,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    nextAttemptAt: isWaiting ? row.next_attempt_at.toISOString() : null,
    receivedAt: row.received_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    canReplay: canReplay(row),
  }
}

/** What was read has said what it had to say; of one whose body is gone there is nothing left to read. */
function canReplay({ state, has_body: hasBody }: Pick<Row, 'state' | 'has_body'>): boolean {
  return hasBody && (state === 'set_aside' || state === 'dismissed')
}

/**
 * Has a push read once more that was set aside, such as one whose parcel the hub knows by now.
 *
 * @throws ProblemError `not-found`, `courier-message-not-replayable`
 */
export async function replayCourierMessage(tx: Tx, source: string, messageId: string): Promise<void> {
  const { rows } = await sql<Row>`
    ${shown} where inbox.id = ${messageId}::bigint and source = ${source} and type = ${COURIER_PUSH}
    for update of inbox`.execute(tx)
  const [row] = rows
  if (!row) throw new ProblemError('not-found')
  if (!canReplay(row)) throw new ProblemError('courier-message-not-replayable')
  await tx
    .updateTable('inbox')
    .set({ state: 'unread', ...DUE_ANEW })
    .where('id', '=', row.id)
    .execute()
}
