import { sql } from 'kysely'
import type { Platform } from '../domain/channel-order.ts'
import type { Db } from './database.ts'
import { inboxHintOf, insertHints } from './intake.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

type Shop = { shopId: string; platform: Platform }
type Change = { platformOrderId: string; modifiedAt: Date }

/** Everything that changed before this moment has been heard of; null: nothing is known to have been. */
export async function pullWatermark(db: Db, shopId: string): Promise<Date | null> {
  const feed = await db
    .selectFrom('channel_feed')
    .select('watermark')
    .where('shop_id', '=', shopId)
    .where('way', '=', 'pull')
    .executeTakeFirst()
  return feed?.watermark ?? null
}

/** A version that was fetched so long after its own time is the last one of that time. */
const SAME_SECOND = sql`interval '5 seconds'`

/**
 * Keeps what a pull found, as hints: a change that was pulled before is the same hint, and one whose outcome the hub
 * has already fetched is none. Platforms count in seconds, so that a buyer who pays in the second of the order leaves two
 * versions of one time: an unpaid order is looked at once more. A fetch that was answered from an older copy in spite of
 * its hint is repeated with each pull that still names the change, at most once a minute.
 *
 * @returns how many hints were new
 */
export async function keepChanges(db: Db, shop: Shop, changes: readonly Change[]): Promise<number> {
  const hintOf = ({ platformOrderId, modifiedAt }: Change, again = '') =>
    inboxHintOf({
      ...shop,
      messageId: `pull/${platformOrderId}/${modifiedAt.toISOString()}${again}`,
      type: 'pull',
      platformOrderId,
      occurredAt: modifiedAt,
      isKnown: true,
      raw: JSON.stringify({ platformOrderId, modifiedAt: modifiedAt.toISOString() }),
      receivedAt: new Date(),
      traceParent: null,
      isFollowed: true,
    })
  const first = changes.map((change) => hintOf(change))
  const { rows } = await sql<{ position: number; isBehind: boolean }>`
    select position::int - 1 as position, coalesce(known.modified_at < change.modified_at, false) and exists (
        select from inbox where source = change.source and shop = ${shop.shopId} and source_event_id = change.event_id
          and state = 'fetched') as "isBehind"
    from unnest(${changes.map((change) => change.platformOrderId)}::text[],
        ${changes.map((change) => change.modifiedAt.toISOString())}::timestamptz[],
        ${first.map((hint) => hint.source)}::text[], ${first.map((hint) => hint.sourceEventId)}::text[])
        with ordinality as change (platform_order_id, modified_at, source, event_id, position)
      left join channel_order as known
        on known.shop_id = ${shop.shopId} and known.platform_order_id = change.platform_order_id
    where known.modified_at is null or known.modified_at < change.modified_at
      or (known.modified_at = change.modified_at
        and (known.status = 'unpaid' or known.updated_at < change.modified_at + ${SAME_SECOND}))`.execute(db)
  const thisMinute = `/${new Date().toISOString().slice(0, 'YYYY-MM-DDThh:mm'.length)}`
  const hints = rows.flatMap(({ position, isBehind }) => {
    const change = changes[position]
    return change ? hintOf(change, isBehind ? thisMinute : '') : []
  })
  return insertHints(db, hints)
}

/** Moves the watermark from where it was: what lay before it is in the inbox. */
export async function advanceWatermark(
  db: Db,
  shopId: string,
  change: { from: Date | null; to: Date; newHints: number },
): Promise<void> {
  const messageAt = change.newHints > 0 ? sql`clock_timestamp()` : null
  await db.transaction().execute(async (tx) => {
    await sql`
      insert into channel_feed (shop_id, way, watermark, last_success_at, last_message_at, state)
      values (${shopId}, 'pull', ${change.to}, clock_timestamp(), ${messageAt}, 'ok')
      on conflict (shop_id, way) do update set
        -- Somebody else may have moved it further, or a person back.
        watermark = case when channel_feed.watermark is not distinct from ${change.from}::timestamptz
          then excluded.watermark else channel_feed.watermark end,
        last_success_at = excluded.last_success_at,
        last_message_at = coalesce(excluded.last_message_at, channel_feed.last_message_at),
        state = 'ok', last_error = null, consecutive_failures = 0, updated_at = clock_timestamp()`.execute(tx)
    await resolveOpenWorkItem(tx, 'shop_refused', shopId, 'the platform answers again')
  })
}

/** So many pulls in a row that the platform itself refused: a person is told. */
const REFUSALS_BEFORE_WORK_ITEM = 3

/** Notes that a pull failed; the next one begins where this one did. Returns how many have failed in a row. */
export async function notePullFailure(
  db: Db,
  { shopId, platform }: Shop,
  failure: { error: string; isRefusal: boolean },
): Promise<number> {
  const error = failure.error.slice(0, 500)
  const { rows } = await sql<{ failures: number }>`
    insert into channel_feed (shop_id, way, state, last_error, consecutive_failures)
    values (${shopId}, 'pull', 'failing', ${error}, 1)
    on conflict (shop_id, way) do update set state = 'failing', last_error = excluded.last_error,
      consecutive_failures = channel_feed.consecutive_failures + 1, updated_at = clock_timestamp()
    returning consecutive_failures as failures`.execute(db)
  const failures = rows[0]?.failures ?? 1
  if (failure.isRefusal && failures >= REFUSALS_BEFORE_WORK_ITEM) {
    await openWorkItem(db, {
      kind: 'shop_refused',
      key: shopId,
      orderId: null,
      detail: { shopId, platform, error },
    })
  }
  return failures
}
