import { sql } from 'kysely'
import type { Db } from './database.ts'

/**
 * Takes the next turn of a recipient, one each `gapMs`, for all processes together.
 *
 * @returns 0: it is the caller's; otherwise how many ms to wait
 */
export async function takeTurn(db: Db, recipient: string, gapMs: number): Promise<number> {
  const { rows } = await sql<{ wait_ms: number }>`
    with taken as (
      insert into wecom_turn as turn (recipient, next_at)
      values (${recipient}, clock_timestamp() + make_interval(secs => ${gapMs / 1000}))
      on conflict (recipient) do update set next_at = excluded.next_at where turn.next_at <= clock_timestamp()
      returning 0 as wait_ms)
    select wait_ms from taken
    union all
    select greatest(1, ceil(extract(epoch from next_at - clock_timestamp()) * 1000))::int from wecom_turn
      where recipient = ${recipient} and not exists (select 1 from taken)
    limit 1`.execute(db)
  // A turn that another took for the first time just now is not seen by this statement's snapshot.
  return rows[0]?.wait_ms ?? gapMs
}
