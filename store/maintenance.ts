import { sql } from 'kysely'
import type { Db } from './database.ts'
import { dropOldParts } from './inspection-parts.ts'
import { openWorkItem } from './work-items.ts'

/** Partitions of months to come: writing goes on although maintenance stands still for a season. */
const MONTHS_AHEAD = 3

export type MonthOfBodies = {
  /** `YYYYMM`, in UTC. */
  month: string
  dropped: boolean
  /** Messages that no order has taken yet, or that were set aside. */
  unsettled: number
  /** Open orders without a snapshot that were placed in it. */
  unstarted: number
}

/** Makes the partitions of the coming months and removes sessions, idempotency keys, links and parts of pictures whose time is over. */
export async function tidy(db: Db): Promise<void> {
  await sql`select hub_ensure_partitions(${MONTHS_AHEAD})`.execute(db)
  await sql`delete from session where expires_at < now()`.execute(db)
  await sql`delete from idempotency_key where created_at < now() - interval '30 days'`.execute(db)
  await sql`delete from mobile_link where expires_at < now() - interval '30 days'`.execute(db)
  // Rules look a day back; by then nobody needs to know who shares an address.
  await sql`delete from address_seen where seen_at < now() - interval '2 days'`.execute(db)
  await dropOldParts(db)
}

/**
 * Drops the bodies of messages that are older than the given months. A month that holds one which is still needed is
 * kept whole, and a person is told.
 *
 * @param monthsKept whole months before the current one, at least 2
 * @returns every month older than that, and what became of it
 */
export async function dropOldBodies(db: Db, monthsKept: number): Promise<MonthOfBodies[]> {
  const { rows } = await sql<MonthOfBodies>`
    select month, dropped, unsettled::int as unsettled, unstarted::int as unstarted
    from hub_drop_inbox_bodies(${monthsKept})`.execute(db)
  for (const { month, dropped, unsettled, unstarted } of rows) {
    if (dropped) await resolveKept(db, month)
    else
      await openWorkItem(db, {
        kind: 'bodies_kept',
        key: month,
        orderId: null,
        detail: { unsettled, unstarted },
      })
  }
  return rows
}

/**
 * Drops events that are older than the given days, with their delivery log, some at a time.
 *
 * @returns how many; 0 when none are left
 */
export async function dropOldEvents(db: Db, daysKept: number): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`select hub_drop_old_events(${daysKept}) as dropped`.execute(
    db,
  )
  return rows[0]?.dropped ?? 0
}

async function resolveKept(db: Db, month: string): Promise<void> {
  await db
    .updateTable('work_item')
    .set({
      state: 'resolved',
      resolution: 'the bodies were dropped',
      resolved_by: 'system',
      resolved_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where('kind', '=', 'bodies_kept')
    .where('key', '=', month)
    .where('state', '=', 'open')
    .execute()
}
