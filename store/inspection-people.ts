import { type RawBuilder, sql } from 'kysely'
import { INSPECTOR_ROLES, type InspectorChoice, pickInspector } from '../domain/inspection.ts'
import type { Tx } from './database.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** Of one choice so many people are looked at: more are nobody's field staff in one place. */
const MOST_PEOPLE = 1_000

/** Whom one choice of an area sends to an address: of its people whoever has the fewest to go to. Null: it has nobody. */
export async function chooseInspector(
  tx: Tx,
  choice: InspectorChoice,
  place: { orderId: string; storeId: string; region: string | null },
): Promise<string | null> {
  const { rows } = await sql<{ userName: string; openInspections: number }>`
    select user_name as "userName",
      (select count(*)::int from inspection where assignee = user_name and state = 'open') as "openInspections"
    from account where not disabled and ${isMeant(choice, place)} order by user_name limit ${MOST_PEOPLE}`.execute(
    tx,
  )
  return pickInspector(rows, place.orderId)
}

function isMeant(
  choice: InspectorChoice,
  { storeId, region }: { storeId: string; region: string | null },
): RawBuilder<boolean> {
  if ('account' in choice) return sql`user_name = ${choice.account}`
  const role = sql<boolean>`role = ${choice.role}`
  switch (choice.within) {
    case 'store':
      return sql`${role} and ${storeId} = any(store_ids)`
    case 'region':
      return sql`${role} and region = ${region}`
    case 'headquarters':
      return role
  }
}

/** Whether an account may be sent anywhere. */
export async function mayInspect(tx: Tx, userName: string): Promise<boolean> {
  const row = await tx
    .selectFrom('account')
    .select('role')
    .where('user_name', '=', userName)
    .where('disabled', '=', false)
    .executeTakeFirst()
  return INSPECTOR_ROLES.some((role) => role === row?.role)
}

/** What a region is called in work items whose address lies in none that is known. */
const NOWHERE = 'unknown'

/** So many are counted: a person is told that it is many. */
const MOST_COUNTED = 1_000

/**
 * Opens the item about each region that has nobody to send, or closes it when none of its inspections waits any more. One at a
 * time for each region: of two who count at once, each without what the other has not committed, one would close the item that
 * the other's inspection needs.
 */
export async function noteUnassigned(tx: Tx, regions: readonly (string | null)[]): Promise<void> {
  const keys = regions.map((region) => ({ region, key: region ?? NOWHERE }))
  // In one order for all, so that nobody waits in a circle.
  for (const { region, key } of keys.sort((one, other) => (one.key < other.key ? -1 : 1))) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`inspection-unassigned/${key}`}, 0))`.execute(
      tx,
    )
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (
        select 1 from inspection where state = 'open' and assignee is null and region is not distinct from ${region}
        limit ${MOST_COUNTED}
      ) as waiting`.execute(tx)
    const inspections = rows[0]?.count ?? 0
    if (inspections === 0) {
      await resolveOpenWorkItem(tx, 'inspection_unassigned', key, 'all of them have somebody')
    } else {
      const detail = { region: key, inspections }
      await openWorkItem(tx, { kind: 'inspection_unassigned', key, orderId: null, detail })
    }
  }
}
