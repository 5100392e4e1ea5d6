import { sql } from 'kysely'
import { COURIER_PUSH } from '../contracts/facts.ts'
import { edgeOfDelivery } from '../domain/flow-manual-steps.ts'
import { edgeId } from '../domain/flow-map.ts'
import type { Tx } from './database.ts'

/** What of an edge was settled in one minute; `lastSuccessAt` is the newest success among it. */
export type MinuteCount = {
  edgeId: string
  minute: Date
  succeeded: number
  failed: number
  latencySumMs: number
  latencyMaxMs: number
  lastSuccessAt: Date | null
}
type Counts = Omit<MinuteCount, 'edgeId'>
type Window = { from: Date; to: Date }

/** Counts what was settled in a window, minute by minute, from the indexes by `settled_at`: what is older is not read. */
export async function countSettled(tx: Tx, window: Window): Promise<MinuteCount[]> {
  return [
    ...(await countInbox(tx, window)),
    ...(await countDeliveries(tx, window)),
    ...(await countEvents(tx, window)),
    ...(await countNotifications(tx, window)),
  ]
}

/** The sums of a group, by what made it: `is_success`, how many tries of it failed, and since when it was under way. */
const sums = sql`
  date_trunc('minute', settled_at) as minute, count(*) filter (where is_success)::int as succeeded,
  coalesce(sum(failures), 0)::int as failed,
  coalesce(sum(greatest(0, extract(epoch from settled_at - begun_at) * 1000)) filter (where is_success), 0)::bigint
    as "latencySumMs",
  coalesce(max(greatest(0, extract(epoch from settled_at - begun_at) * 1000)) filter (where is_success), 0)::bigint
    as "latencyMaxMs",
  max(settled_at) filter (where is_success) as "lastSuccessAt"`

/**
 * Messages in the inbox. A hint of a platform has arrived when its order was fetched; a courier's push, when it was
 * read; all others, when their order's workflow has them.
 */
async function countInbox(tx: Tx, { from, to }: Window): Promise<MinuteCount[]> {
  const { rows } = await sql<
    Counts & { flow: 'orders_pushed' | 'orders_pulled' | 'messages' | 'courier_pushes'; key: string }
  >`
    with settled as (
      select settled_at, received_at as begun_at, state in ('delivered', 'late', 'fetched', 'read') as is_success,
        greatest(attempts, (state = 'set_aside')::int) as failures,
        -- What waits for an order to be fetched is filed under the platform's name of it.
        state = 'fetched' or (state = 'set_aside' and order_key like source || '/%') as is_hint, type, source, shop,
        source_event_id
      from inbox where settled_at >= ${from} and settled_at < ${to} and state <> 'dismissed'
    )
    select case when type = ${COURIER_PUSH} then 'courier_pushes'
        when not is_hint then 'messages'
        when source_event_id like 'pull/%' then 'orders_pulled' else 'orders_pushed' end as flow,
      case when is_hint then shop else source end as key, ${sums}
    from settled group by 1, 2, 3`.execute(tx)
  return rows.map(({ flow, key, ...counts }) => ({ edgeId: edgeId(flow, key), ...counts }))
}

/** What was told outside systems. What was withdrawn came to nothing, and nothing of it failed. */
async function countDeliveries(tx: Tx, { from, to }: Window): Promise<MinuteCount[]> {
  const { rows } = await sql<
    Counts & { kind: string | null; target: string | null; shopId: string | null; storeId: string | null }
  >`
    with settled as (
      select settled_at, created_at as begun_at, state = 'delivered' as is_success,
        case state when 'delivered' then greatest(0, attempts - 1) else greatest(1, attempts) end as failures,
        -- A shop's and a store's are found by it, all others by their target: one row for each edge.
        case when kind in ('channel_ship', 'listing') then kind end as kind,
        case when kind not in ('channel_ship', 'listing') then target end as target,
        case when kind = 'channel_ship' then payload ->> 'shopId' end as "shopId",
        case when kind = 'listing' then payload ->> 'storeId' end as "storeId"
      from delivery where settled_at >= ${from} and settled_at < ${to} and state in ('delivered', 'failed')
    )
    select kind, target, "shopId", "storeId", ${sums} from settled group by 1, 2, 3, 4, 5`.execute(tx)
  return rows.flatMap(({ kind, target, shopId, storeId, ...counts }) => {
    const id = edgeOfDelivery({ deliveryKind: kind, deliveryTarget: target, shopId, storeId })
    return id === null ? [] : [{ edgeId: id, ...counts }]
  })
}

async function countEvents(tx: Tx, { from, to }: Window): Promise<MinuteCount[]> {
  const { rows } = await sql<Counts & { key: string }>`
    with settled as (
      select subscription_id as key, settled_at, created_at as begun_at, state = 'delivered' as is_success,
        case state when 'delivered' then greatest(0, attempts - 1) else greatest(1, attempts) end as failures
      from event_delivery where settled_at >= ${from} and settled_at < ${to} and state in ('delivered', 'exhausted')
    )
    select key, ${sums} from settled group by 1, 2`.execute(tx)
  return rows.map(({ key, ...counts }) => ({ edgeId: edgeId('events_out', key), ...counts }))
}

async function countNotifications(tx: Tx, { from, to }: Window): Promise<MinuteCount[]> {
  const { rows } = await sql<Counts & { key: string }>`
    with settled as (
      select way as key, settled_at, created_at as begun_at, state in ('sent', 'delivered') as is_success,
        case when state in ('sent', 'delivered') then greatest(0, attempts - 1) else greatest(1, attempts) end as failures
      from notification where settled_at >= ${from} and settled_at < ${to} and state <> 'skipped'
    )
    select key, ${sums} from settled group by 1, 2`.execute(tx)
  return rows.map(({ key, ...counts }) => ({ edgeId: edgeId('customer_messages', key), ...counts }))
}

/** Writes minutes as they were counted now: counted once more, a minute says the same, or what was settled late besides. */
export async function writeMinutes(tx: Tx, counts: readonly MinuteCount[]): Promise<void> {
  if (counts.length === 0) return
  await sql`
    insert into flow_minute (edge_id, minute, succeeded, failed, latency_sum_ms, latency_max_ms)
    select * from json_to_recordset(${JSON.stringify(counts)}::json) as counted ("edgeId" text, minute timestamptz,
      succeeded integer, failed integer, "latencySumMs" bigint, "latencyMaxMs" bigint)
    on conflict (edge_id, minute) do update set succeeded = excluded.succeeded, failed = excluded.failed,
      latency_sum_ms = excluded.latency_sum_ms, latency_max_ms = excluded.latency_max_ms`.execute(tx)
}

/** Notes what waits on each edge at this minute, and what is only seen while it happens: at least one success, or none. */
export async function writeSamples(
  tx: Tx,
  minute: Date,
  samples: readonly { edgeId: string; backlog: number; succeeded: number; failed: number }[],
): Promise<void> {
  const told = samples.filter(({ backlog, succeeded, failed }) => backlog + succeeded + failed > 0)
  // What waited earlier in this minute and does so no more.
  await sql`
    update flow_minute set backlog = 0
    where minute = ${minute} and backlog > 0 and edge_id <> all(${told.map((each) => each.edgeId)}::text[])`.execute(
    tx,
  )
  if (told.length === 0) return
  await sql`
    insert into flow_minute (edge_id, minute, backlog, succeeded, failed)
    select edge_id, ${minute}::timestamptz, backlog, succeeded, failed from unnest(${told.map((each) => each.edgeId)}::text[],
      ${told.map(({ backlog }) => backlog)}::int[], ${told.map(({ succeeded }) => succeeded)}::int[],
      ${told.map(({ failed }) => failed)}::int[]) as sample (edge_id, backlog, succeeded, failed)
    on conflict (edge_id, minute) do update set backlog = excluded.backlog,
      succeeded = greatest(flow_minute.succeeded, excluded.succeeded),
      failed = greatest(flow_minute.failed, excluded.failed)`.execute(tx)
}
