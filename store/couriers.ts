import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type {
  CourierView,
  FollowedParcelView,
  ListCouriersQuery,
  ListFollowedParcelsQuery,
} from '../contracts/couriers.ts'
import { ProblemError } from '../contracts/errors.ts'
import { COURIER_PUSH } from '../contracts/facts.ts'
import type { ParcelState } from '../domain/order-state.ts'
import type { Db } from './database.ts'
import { FOLLOWED_STATES, followedParcels, isCapped, OVERDUE } from './followed-parcels.ts'
import { beyond, exact, Keyset, type Page, timeAndId } from './paging.ts'
import { FAILURES_BEFORE_ALARM } from './parcels.ts'

/** How the parcels of a courier are followed, as it is configured. */
export type CourierConnection = Pick<
  CourierView,
  'source' | 'sourceUrl' | 'callsPerSecond' | 'waybillsPerCall'
> & {
  pushes: boolean
}
export type Connections = (courier: string) => CourierConnection

/** More couriers than any merchant has. */
const MOST_COURIERS = 200
/** Counting further helps nobody. */
const MOST_PUSHES = 10_000
/** A push is read within a second or two of when it was kept. */
const PUSH_TARGET_SECONDS = 60
const USUAL_INTERVAL_SECONDS = 300

type Row = {
  courier: string
  underWay: number
  isCapped: boolean
  overdue: number
  failing: number
  silent: number
  intervalSeconds: number | null
  lateSeconds: number | null
  lastPushAt: Date | null
  lastPollAt: Date | null
  lastError: string | null
}

/** Couriers that parcels were ever sent with, found by stepping through their index, and how those under way stand. */
const standings = sql`
  with recursive ${followedParcels}, known as (
    (select courier from parcel where main_parcel_id is null order by courier limit 1)
    union all
    select (select parcel.courier from parcel where main_parcel_id is null and parcel.courier > known.courier
      order by parcel.courier limit 1) from known where known.courier is not null
  ), standing as (
    select courier, count(*)::int as "underWay", count(*) filter (where overdue)::int as overdue,
      count(*) filter (where consecutive_failures >= ${FAILURES_BEFORE_ALARM})::int as failing,
      count(*) filter (where silent_at is not null)::int as silent,
      (avg(poll_interval_ms) / 1000)::float8 as "intervalSeconds",
      greatest(0, extract(epoch from clock_timestamp() - min(next_poll_at)))::float8 as "lateSeconds",
      max(last_push_at) as "lastPushAt", max(last_polled_at) filter (where consecutive_failures = 0) as "lastPollAt",
      (array_agg(last_error order by last_polled_at desc) filter (where last_error is not null))[1] as "lastError"
    from judged group by courier
  )
  select known.courier, coalesce("underWay", 0) as "underWay", ${isCapped} as "isCapped",
    coalesce(overdue, 0) as overdue, coalesce(failing, 0) as failing, coalesce(silent, 0) as silent, "intervalSeconds",
    "lateSeconds", "lastPushAt", "lastPollAt", "lastError"
  from (select courier from known where courier is not null limit ${MOST_COURIERS}) as known
    left join standing on standing.courier = known.courier`

const byCourier = z.tuple([z.string().max(64)])

/** One page of the couriers, by code. */
export async function listCouriers(
  db: Db,
  query: ListCouriersQuery,
  connections: Connections,
): Promise<Page<CourierView>> {
  const keyset = new Keyset('couriers', query, byCourier)
  const after = keyset.after(query.cursor)
  const isDown = query.sort === '-courier'
  const conditions = [sql<boolean>`true`]
  if (query.troubled !== undefined)
    conditions.push(sql`(coalesce(overdue + failing + silent, 0) > 0) = ${query.troubled}`)
  if (after) conditions.push(isDown ? sql`known.courier < ${after[0]}` : sql`known.courier > ${after[0]}`)
  const { rows } = await sql<Row>`${standings} where ${sql.join(conditions, sql` and `)}
    order by known.courier ${isDown ? sql`desc` : sql`asc`} limit ${query.limit + 1}`.execute(db)
  const pushes = await readPushes(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.courier],
    (row) => viewOf(row, connections(row.courier), pushes),
  )
}

/** @throws ProblemError `not-found` where no parcel was ever sent with it */
export async function showCourier(db: Db, courier: string, connections: Connections): Promise<CourierView> {
  const { rows } = await sql<Row>`${standings} where known.courier = ${courier}`.execute(db)
  const [row] = rows
  if (!row) throw new ProblemError('not-found', `no parcel was sent with ${courier}`)
  return viewOf(row, connections(courier), await readPushes(db))
}

type Pushes = { waiting: number; setAside: number; oldestSeconds: number | null }

/** What waits to be read of each source, and what was set aside: both have indexes of their own. */
async function readPushes(db: Db): Promise<ReadonlyMap<string, Pushes>> {
  const { rows } = await sql<Pushes & { source: string }>`
    with waiting as (
      (select source, received_at, false as is_aside from inbox where state = 'unread'
        order by next_attempt_at, id limit ${MOST_PUSHES})
      union all
      (select source, received_at, true from inbox where state = 'set_aside' and type = ${COURIER_PUSH}
        order by id limit ${MOST_PUSHES})
    )
    select source, count(*) filter (where not is_aside)::int as waiting, count(*) filter (where is_aside)::int as "setAside",
      greatest(0, extract(epoch from clock_timestamp() - min(received_at) filter (where not is_aside)))::float8
        as "oldestSeconds"
    from waiting group by source`.execute(db)
  return new Map(rows.map(({ source, ...pushes }) => [source, pushes]))
}

function viewOf(row: Row, connection: CourierConnection, pushes: ReadonlyMap<string, Pushes>): CourierView {
  const { pushes: isPushed, ...source } = connection
  const { underWay, overdue, failing, silent, lastPushAt, lastPollAt } = row
  const { waiting = 0, setAside = 0, oldestSeconds = null } = pushes.get(connection.source) ?? {}
  const lagSeconds = oldestSeconds ?? 0
  const isHeard = lastPushAt !== null || waiting + setAside > 0
  return {
    courier: row.courier,
    ...source,
    parcels: { underWay, isCapped: row.isCapped, overdue, failing, silent },
    push: isPushed
      ? {
          state: !isHeard ? 'unknown' : lagSeconds > PUSH_TARGET_SECONDS ? 'failing' : 'connected',
          lagSeconds: isHeard ? lagSeconds : null,
          lagTargetSeconds: PUSH_TARGET_SECONDS,
          lastMessageAt: lastPushAt?.toISOString() ?? null,
          ...{ waiting, setAside },
        }
      : null,
    poll: {
      state: failing > 0 ? 'failing' : lastPollAt === null ? 'unknown' : 'ok',
      lagSeconds: row.lateSeconds,
      lagTargetSeconds: row.intervalSeconds ?? USUAL_INTERVAL_SECONDS,
      lastSuccessAt: lastPollAt?.toISOString() ?? null,
      lastError: row.lastError,
    },
  }
}

type ParcelRow = {
  id: string
  at: string
  order_id: string
  waybill_number: string
  state: ParcelState
  overdue: boolean | null
  last_news_at: Date | null
  last_push_at: Date | null
  last_polled_at: Date | null
  next_poll_at: Date | null
  silent_at: Date | null
  consecutive_failures: number
  last_error: string | null
  created_at: Date
  subscription_state: 'asked' | 'active' | 'refused' | 'ended' | null
  asked_at: Date | null
  detail: string | null
}

const STANDINGS = {
  overdue: OVERDUE,
  failing: sql<boolean>`consecutive_failures >= ${FAILURES_BEFORE_ALARM}`,
  silent: sql<boolean>`silent_at is not null`,
} as const satisfies Record<string, RawBuilder<boolean>>

/** As the index of parcels under way has it. */
const underWay = sql`state in (${sql.join(FOLLOWED_STATES.map((state) => sql.lit(state)))}) and main_parcel_id is null`

/** One page of a courier's parcels under way. */
export async function listFollowedParcels(
  db: Db,
  courier: string,
  query: ListFollowedParcelsQuery,
): Promise<Page<FollowedParcelView>> {
  const keyset = new Keyset(`followed-parcels/${courier}`, query, timeAndId)
  const direction = query.sort === 'newest' ? sql`desc` : sql`asc`
  const conditions = [
    sql`parcel.courier = ${courier} and ${underWay}`,
    sql`exists (select from orders where orders.id = parcel.order_id and closed_at is null)`,
    beyond(['parcel.created_at', 'parcel.id'], query.sort, keyset.after(query.cursor), 'text'),
  ]
  if (query.standing) conditions.push(STANDINGS[query.standing])
  if (query.waybillNumber) conditions.push(sql`waybill_number = ${query.waybillNumber}`)
  const { rows } = await sql<ParcelRow>`
    select parcel.*, ${exact('parcel.created_at')} as at, ${OVERDUE} as overdue,
      subscription.state as subscription_state, subscription.asked_at, subscription.detail
    from (
      select * from parcel where ${sql.join(conditions, sql` and `)}
      order by created_at ${direction}, id ${direction} limit ${query.limit + 1}
    ) as parcel left join lateral (
      select state, asked_at, detail from courier_subscription where parcel_id = parcel.id order by number desc limit 1
    ) as subscription on true
    order by parcel.created_at ${direction}, parcel.id ${direction}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], parcelOf)
}

function parcelOf(row: ParcelRow): FollowedParcelView {
  const { subscription_state: state, asked_at: askedAt, detail } = row
  return {
    parcelId: row.id,
    orderId: row.order_id,
    waybillNumber: row.waybill_number,
    state: row.state,
    standings: [
      ...(row.overdue ? (['overdue'] as const) : []),
      ...(row.consecutive_failures >= FAILURES_BEFORE_ALARM ? (['failing'] as const) : []),
      ...(row.silent_at ? (['silent'] as const) : []),
    ],
    lastNewsAt: row.last_news_at?.toISOString() ?? null,
    lastPushAt: row.last_push_at?.toISOString() ?? null,
    lastPollAt: row.last_polled_at?.toISOString() ?? null,
    nextPollAt: row.next_poll_at?.toISOString() ?? null,
    failures: row.consecutive_failures,
    lastError: row.last_error,
    subscription: state && askedAt ? { state, askedAt: askedAt.toISOString(), detail } : null,
    createdAt: row.created_at.toISOString(),
  }
}
