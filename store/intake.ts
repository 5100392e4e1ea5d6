import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Platform } from '../domain/channel-order.ts'
import { type Db, PREPARED, type Tx } from './database.ts'
import { openWorkItem } from './work-items.ts'

/** A message of a platform that says something happened, as a connector read it. */
export type IncomingHint = {
  platform: Platform
  /** Null: no shop of the hub is meant. */
  shopId: string | null
  messageId: string
  /** The platform's own name of what happened. */
  type: string
  platformOrderId: string | null
  occurredAt: Date | null
  isKnown: boolean
  /** The message as it came. */
  raw: string
  receivedAt: Date
  traceParent: string | null
  /** False: the shop is out of service. Its messages are kept, nobody acts on them. */
  isFollowed: boolean
}

/** What a connector read, with where and when it came in. A shop that is out of service is not followed. */
export function incomingHints(
  hints: readonly Omit<IncomingHint, 'platform' | 'receivedAt' | 'traceParent' | 'isFollowed'>[],
  arrival: {
    platform: Platform
    receivedAt: Date
    traceParent: string | null
    shops: ReadonlyMap<string, { active: boolean }>
  },
): IncomingHint[] {
  const { platform, receivedAt, traceParent, shops } = arrival
  // Named one by one: this runs for every message that comes in, and copying by spread is slow.
  return hints.map(({ shopId, messageId, type, platformOrderId, occurredAt, isKnown, raw }) => ({
    platform,
    shopId,
    messageId,
    type,
    platformOrderId,
    occurredAt,
    isKnown,
    raw,
    receivedAt,
    traceParent,
    isFollowed: shopId === null || shops.get(shopId)?.active !== false,
  }))
}

type Raise = { kind: 'unknown_shop' | 'unknown_channel_message'; key: string }

/** A hint as it lies in the inbox. Survives JSON, because Redis keeps it while the database is away. */
export type InboxHint = {
  source: string
  shop: string
  sourceEventId: string
  type: string
  orderKey: string
  /** `hint`: its order is to be fetched. The others are kept for a person, or for the record. */
  state: 'hint' | 'set_aside' | 'dismissed'
  occurredAt: string
  receivedAt: string
  traceParent: string | null
  body: { raw: string } | { escaped: string }
  raise: Raise | null
}

/** Names of an order that the hub can keep: what `channel_order` takes. */
const ORDER_ID = /^[\x21-\x7e]{1,128}$/
const LONGEST_ID = 200
const LONGEST_TYPE = 100

/** How a shop's order is called in the inbox. */
export function channelOrderKey(
  shop: { platform: Platform; shopId: string },
  platformOrderId: string,
): string {
  return `${shop.platform}/${shop.shopId}/${platformOrderId}`
}

/** What becomes of a message: followed, kept for a person, or kept for the record only. */
export function inboxHintOf(hint: IncomingHint): InboxHint {
  const { platform, shopId, platformOrderId } = hint
  const type = storableText(hint.type, LONGEST_TYPE)
  const hasOrder = platformOrderId !== null && ORDER_ID.test(platformOrderId)
  const shop = shopId ?? ''
  const receivedAt = hint.receivedAt.toISOString()
  return {
    source: platform,
    shop,
    sourceEventId: storableText(hint.messageId, LONGEST_ID),
    type,
    orderKey: hasOrder ? channelOrderKey({ platform, shopId: shop }, platformOrderId) : `${platform}/${shop}`,
    ...standing(hint, { type, hasOrder }),
    occurredAt: isTime(hint.occurredAt) ? hint.occurredAt.toISOString() : receivedAt,
    receivedAt,
    traceParent: hint.traceParent,
    body: isStorable(hint.raw) ? { raw: hint.raw } : { escaped: JSON.stringify(hint.raw) },
  }
}

function standing(
  { platform, shopId, platformOrderId, isKnown, isFollowed }: IncomingHint,
  { type, hasOrder }: { type: string; hasOrder: boolean },
): Pick<InboxHint, 'state' | 'raise'> {
  // The platform tries the address, or has news of something else than orders.
  if (isKnown && platformOrderId === null) return { state: 'dismissed', raise: null }
  if (shopId === null) {
    return { state: 'set_aside', raise: { kind: 'unknown_shop', key: `${platform}/${type}` } }
  }
  if (!isFollowed) return { state: 'dismissed', raise: null }
  const raise: Raise = { kind: 'unknown_channel_message', key: `${shopId}/${type}` }
  // Fetching an order does no harm, and an unknown message may be about what nobody else says.
  if (hasOrder) return { state: 'hint', raise: isKnown ? null : raise }
  return { state: 'set_aside', raise }
}

/** Neither jsonb nor text has room for NUL and lone surrogates. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** As it is where the database can index it, otherwise a stand-in that is the same for the same text. */
function storableText(text: string, longest: number): string {
  if (text.length <= longest && isStorable(text)) return text
  return `sha256:${createHash('sha256').update(JSON.stringify(text)).digest('hex')}`
}

function isTime(moment: Date | null): moment is Date {
  if (!moment) return false
  const year = moment.getUTCFullYear()
  // Beyond this PostgreSQL and JavaScript write years differently; no platform means them.
  return year >= 1 && year <= 9999
}

/**
 * Writes hints into the inbox, each once: a message that came before changes nothing. Durable when it returns.
 *
 * @returns how many were new
 */
export async function insertHints(db: Db | Tx, hints: readonly InboxHint[]): Promise<number> {
  // The platform sent it twice within one statement's reach: the rows would otherwise share one body.
  const distinct = new Map(hints.map((hint) => [`${hint.source}/${hint.shop}/${hint.sourceEventId}`, hint]))
  if (distinct.size === 0) return 0
  const isRaising = hints.some(({ raise }) => raise !== null)
  if (!isRaising || db.isTransaction) return insertAll(db, [...distinct.values()])
  return db.transaction().execute((tx) => insertAll(tx, [...distinct.values()]))
}

async function insertAll(db: Db | Tx, hints: InboxHint[]): Promise<number> {
  const rows = hints.map((hint, position) => ({
    position,
    source: hint.source,
    shop: hint.shop,
    source_event_id: hint.sourceEventId,
    type: hint.type,
    order_key: hint.orderKey,
    state: hint.state,
    occurred_at: hint.occurredAt,
    received_at: hint.receivedAt,
    trace_parent: hint.traceParent,
    // As text: JSON within JSON within JSON is mostly backslashes.
    ...hint.body,
  }))
  // One statement, so that row and body carry the very same microsecond: it is what finds the body's partition. In
  // the order of the key, so that two who bring the same messages at once wait for each other in one direction. A
  // message that lay in Redis keeps its time, as far back as there are surely partitions.
  const { rows: made } = await sql<{ position: number }>`${PREPARED}
    with sent as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as sent (position integer, source text, shop text,
        source_event_id text, type text, order_key text, state text, occurred_at timestamptz,
        received_at timestamptz, trace_parent text, raw text, escaped text)
    ), message as (
      insert into inbox (source, shop, source_event_id, type, order_key, state, occurred_at, trace_parent,
        received_at, settled_at)
      select source, shop, source_event_id, type, order_key, state, occurred_at, trace_parent,
        least(clock_timestamp(), greatest(received_at, clock_timestamp() - interval '7 days')),
        case when state = 'dismissed' then clock_timestamp() end
      from sent order by source, shop, source_event_id
      on conflict on constraint inbox_source_event_key do nothing
      returning id, received_at, source, shop, source_event_id
    ), kept as (
      insert into inbox_body (inbox_id, received_at, body)
      select id, message.received_at,
        case when raw is null then jsonb_build_object('escaped', escaped) else jsonb_build_object('raw', raw) end
      from message join sent using (source, shop, source_event_id)
    )
    select position from message join sent using (source, shop, source_event_id)`.execute(db)
  await raiseNew(
    db,
    made.flatMap(({ position }) => hints[position] ?? []),
  )
  return made.length
}

/** One work item a shop and type, however many messages of it come. */
async function raiseNew(db: Db | Tx, hints: InboxHint[]): Promise<void> {
  const raised = new Map(
    hints.flatMap((hint) => (hint.raise ? [[`${hint.raise.kind}/${hint.raise.key}`, hint] as const] : [])),
  )
  for (const [, { raise, source, shop, type, orderKey }] of [...raised].sort(byName)) {
    if (!raise) continue
    const detail = { platform: source, shopId: shop, type, orderKey }
    await openWorkItem(db, { ...raise, orderId: null, detail })
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Notes that a shop's pushes come in. */
export async function notePushes(db: Db, shopIds: string[]): Promise<void> {
  await sql`
    insert into channel_feed (shop_id, way, last_success_at, last_message_at, state)
    select id, 'push', clock_timestamp(), clock_timestamp(), 'ok' from shop
    where id = any(${shopIds}::text[]) order by id
    on conflict (shop_id, way) do update set last_success_at = excluded.last_success_at,
      last_message_at = excluded.last_message_at, updated_at = clock_timestamp(),
      -- What a long connection says of itself is nearer to the truth.
      state = case when channel_feed.state in ('unknown', 'failing') then 'ok' else channel_feed.state end`.execute(
    db,
  )
}
