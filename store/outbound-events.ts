import { sql } from 'kysely'
import { statusEventType } from '../contracts/outbound-events.ts'
import type { Db, Tx } from './database.ts'
import { type FeedEvent, readFeed } from './event-feed.ts'
import { readStockChanges } from './stock-changes.ts'

/** An event as it is stored, before it has a position. */
type NewEvent = { type: string; key: string; storeId: string | null; at: Date; data: object }

type OrderFacts = {
  orderId: string
  externalOrderId: string | null
  storeId: string
  channel: string
  amountCents: number
}

const STOCK_CONSUMER = 'outbound-events'

/**
 * Turns what the operation log and the stock ledger say since the last time, and what was announced, into events, each
 * once: the events and the places up to which was read commit together. Those who write take no part in it.
 *
 * Only one process does this at a time. Positions are therefore in the order of the commits, and whoever has read up
 * to one misses nothing below it.
 *
 * @param limit entries of the log, movements of stock, and announced events, at most
 * @returns how many entries were read; 0: nothing new, or another process has its turn
 */
export async function collectEvents(db: Db, limit: number): Promise<number> {
  return db.transaction().execute((tx) => collectEventsIn(tx, limit))
}

/** The same in the caller's transaction. */
export async function collectEventsIn(tx: Tx, limit: number): Promise<number> {
  const { rows } = await sql<{ transaction_id: string; log_id: number }>`
    select transaction_id::text, log_id from event_feed for update skip locked`.execute(tx)
  const [place] = rows
  if (!place) return 0
  const before = { transactionId: BigInt(place.transaction_id), id: place.log_id }
  const { events: entries, position } = await readFeed(tx, before, limit)
  const stock = await readStockChanges(tx, STOCK_CONSUMER, limit)
  const announced = await takeAnnounced(tx, limit)
  await insertEvents(tx, [
    ...(await orderEvents(tx, entries)),
    ...(await levelEvents(tx, stock.levels)),
    ...announced,
  ])
  await stock.commit(tx)
  if (position.transactionId !== before.transactionId || position.id !== before.id) {
    await sql`
      update event_feed set transaction_id = ${position.transactionId.toString()}::xid8, log_id = ${position.id},
        updated_at = clock_timestamp()`.execute(tx)
  }
  return entries.length + stock.levels.length + announced.length
}

/**
 * Tells of something that neither log nor ledger knows of, in the transaction that it happens in. Events of one key are in
 * the order in which they are told: tell them under the lock of what they are about.
 */
export async function tellEvent(tx: Tx, { key, storeId, data, ...event }: NewEvent): Promise<void> {
  await tx
    .insertInto('announced_event')
    .values({ ...event, order_key: key, store_id: storeId, data: JSON.stringify(data) })
    .execute()
}

/** An earlier event of a key is never seen later than the next one: it was told under the same lock. */
async function takeAnnounced(tx: Tx, limit: number): Promise<NewEvent[]> {
  const { rows } = await sql<NewEvent & { id: number }>`
    with taken as (
      delete from announced_event where id in (select id from announced_event order by id limit ${limit}) returning *
    )
    select id, type, order_key as key, store_id as "storeId", at, data from taken order by id`.execute(tx)
  return rows
}

async function insertEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await sql`
    insert into outbound_event (type, order_key, store_id, at, data)
    select type, key, "storeId", at, data from json_to_recordset(${JSON.stringify(events)}::json)
      as event (type text, key text, "storeId" text, at timestamptz, data jsonb)`.execute(tx)
}

async function orderEvents(tx: Tx, entries: FeedEvent[]): Promise<NewEvent[]> {
  const told = entries.filter((entry) => Object.hasOwn(LOG_EVENTS, entry.field))
  if (told.length === 0) return []
  const facts = await factsOfOrders(tx, [...new Set(told.map((entry) => entry.orderId))])
  // One order's entries were given their ids under the lock of its row: by them its events are in order.
  return told
    .toSorted((one, other) => one.id - other.id)
    .flatMap((entry) => {
      const order = facts.get(entry.orderId)
      const event = order ? LOG_EVENTS[entry.field]?.(entry, order) : null
      if (!order || !event) return []
      const { amountCents: _amountCents, ...known } = order
      return [
        {
          type: event.type,
          key: `order/${entry.orderId}`,
          storeId: entry.storeId,
          at: entry.at,
          data: { ...known, version: entry.version, ...event.data },
        },
      ]
    })
}

type LogEvent = (entry: FeedEvent, order: OrderFacts) => { type: string; data: object } | null

/** By field of the operation log: what it tells the outside, or null where it is nobody else's concern. */
const LOG_EVENTS: Record<string, LogEvent> = {
  status: ({ oldValue, newValue }, { amountCents }) => {
    if (newValue === null) return null
    return {
      type: statusEventType(oldValue, newValue),
      data: { oldStatus: oldValue, newStatus: newValue, amountCents },
    }
  },
  payment: ({ subjectId: paymentId, amountCents }) =>
    paymentId === null ? null : { type: 'order.payment_received', data: { paymentId, amountCents } },
  refund: ({ subjectId: refundId, amountCents, oldValue: oldState, newValue }) => {
    const newState = firstWord(newValue)
    return refundId === null
      ? null
      : { type: 'order.refund_changed', data: { refundId, amountCents, oldState, newState } }
  },
  waybill: ({ subjectId: parcelId, newValue }) => {
    const courier = firstWord(newValue)
    const waybillNumber = newValue?.slice(courier.length + 1)
    return parcelId === null
      ? null
      : { type: 'order.parcel_packed', data: { parcelId, courier, waybillNumber } }
  },
  parcel: ({ subjectId: parcelId, oldValue: oldState, newValue: newState }) =>
    // What a parcel cannot follow is logged as ignored: it did not change.
    parcelId === null || newState?.endsWith('(ignored)')
      ? null
      : { type: 'order.parcel_changed', data: { parcelId, oldState, newState } },
  change: ({ subjectId: changeNumber, oldValue, newValue }) => {
    const [newAmount, changeType] = newValue?.split(/[ ,]/) ?? []
    return changeNumber === null
      ? null
      : {
          type: 'order.changed',
          data: {
            changeNumber,
            changeType,
            oldAmountCents: Number(oldValue),
            newAmountCents: Number(newAmount),
          },
        }
  },
  return: ({ subjectId: returnId, oldValue: oldState, newValue: newState }) =>
    returnId === null ? null : { type: 'order.return_changed', data: { returnId, oldState, newState } },
}

function firstWord(text: string | null): string {
  return /^[^\s,]*/.exec(text ?? '')?.[0] ?? ''
}

async function factsOfOrders(tx: Tx, orderIds: string[]): Promise<Map<string, OrderFacts>> {
  const rows = await tx
    .selectFrom('orders')
    .select([
      'id as orderId',
      'external_order_id as externalOrderId',
      'store_id as storeId',
      'channel',
      'amount_cents as amountCents',
    ])
    .where('id', '=', sql<string>`any(${orderIds}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.orderId, row]))
}

async function levelEvents(tx: Tx, levels: { skuId: string; warehouseId: string }[]): Promise<NewEvent[]> {
  if (levels.length === 0) return []
  const { rows } = await sql<{ skuId: string; warehouseId: string; at: Date; data: object }>`
    select sku_id as "skuId", warehouse_id as "warehouseId", clock_timestamp() as at, json_build_object(
      'skuId', sku_id, 'warehouseId', warehouse_id, 'total', total, 'shipped', shipped, 'reserved', reserved,
      'available', greatest(0, total - shipped - reserved), 'shortfall', shortfall, 'safetyStock', safety_stock) as data
    from stock_level join unnest(${levels.map((level) => level.skuId)}::text[],
      ${levels.map((level) => level.warehouseId)}::text[]) as moved (sku_id, warehouse_id)
      using (sku_id, warehouse_id)`.execute(tx)
  return rows.map(({ skuId, warehouseId, at, data }) => ({
    type: 'stock.level_changed',
    key: `stock/${skuId}/${warehouseId}`,
    storeId: null,
    at,
    data,
  }))
}
