import { sql } from 'kysely'
import type { Db } from './database.ts'

/** How the feeds of the shops stand, and which process keeps the long connection of each. */

const leaseKey = sql`'listen/' || shop_id`

/**
 * Takes or renews the right to keep the long connections of shops. Each shop's is with one process at a time; one
 * whose process has not renewed it in time is free.
 *
 * @returns the shops that this owner has now
 */
export async function claimConnections(
  db: Db,
  claim: { owner: string; shopIds: string[]; leaseSeconds: number },
): Promise<Set<string>> {
  const { rows } = await sql<{ orderKey: string }>`
    insert into relay_lease (order_key, owner, expires_at)
    select ${leaseKey}, ${claim.owner}, clock_timestamp() + make_interval(secs => ${claim.leaseSeconds})
    from unnest(${claim.shopIds}::text[]) as shop_id order by shop_id
    on conflict (order_key) do update set owner = excluded.owner, expires_at = excluded.expires_at
      where relay_lease.owner = excluded.owner or relay_lease.expires_at <= clock_timestamp()
    returning order_key as "orderKey"`.execute(db)
  return new Set(rows.map(({ orderKey }) => orderKey.slice('listen/'.length)))
}

/** Gives connections back, so that another process can open them at once. */
export async function releaseConnections(db: Db, owner: string, shopIds: string[]): Promise<void> {
  await sql`
    delete from relay_lease where owner = ${owner}
      and order_key in (select ${leaseKey} from unnest(${shopIds}::text[]) as shop_id)`.execute(db)
}

/** What a long connection says of itself. `unknown`: nobody keeps it. */
export async function noteConnection(
  db: Db,
  shopId: string,
  { state, detail }: { state: 'connected' | 'disconnected' | 'unknown'; detail: string },
): Promise<void> {
  const isConnected = state === 'connected'
  await sql`
    insert into channel_feed (shop_id, way, state, last_error, last_success_at, consecutive_failures)
    values (${shopId}, 'push', ${state}, ${detail === '' ? null : detail},
      case when ${isConnected} then clock_timestamp() end, ${state === 'disconnected' ? 1 : 0})
    on conflict (shop_id, way) do update set state = excluded.state, last_error = excluded.last_error,
      last_success_at = coalesce(excluded.last_success_at, channel_feed.last_success_at),
      consecutive_failures = case when ${state === 'disconnected'} then channel_feed.consecutive_failures + 1 else 0 end,
      updated_at = clock_timestamp()`.execute(db)
}

/** These connections still stand: what is not heard over them has not happened. */
export async function noteConnected(db: Db, shopIds: string[]): Promise<void> {
  await sql`
    update channel_feed set last_success_at = clock_timestamp(), updated_at = clock_timestamp()
    where shop_id = any(${shopIds}::text[]) and way = 'push' and state = 'connected'`.execute(db)
}
