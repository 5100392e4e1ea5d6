import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** What the health score looks at one by one. */
export type HealthSource = 'order' | 'change' | 'count'

/**
 * Notes that what the health score says of these may be another thing now, in the transaction that changes it. Orders
 * need that only where no line of their operation log says so: of those it hears by itself.
 */
export async function noteHealthDue(
  tx: Db | Tx,
  kind: HealthSource,
  sourceIds: readonly string[],
): Promise<void> {
  if (sourceIds.length === 0) return
  await sql`
    insert into health_due (kind, source_id) select ${kind}, id from unnest(${[...sourceIds]}::uuid[]) as id`.execute(
    tx,
  )
}
