import { sql } from 'kysely'
import { z } from 'zod'
import { divisionName } from '../domain/division.ts'
import type { InspectionNote } from '../domain/inspection-note.ts'
import type { Db } from './database.ts'
import { CARD_TARGET } from './wecom-cards.ts'

/** A delivery that tells somebody in WeCom that they are sent to an order. */
export const INSPECTION_NOTE = 'inspection_note'

const payload = z.object({ inspectionId: z.uuid(), memberId: z.string(), assignedAt: z.string() })
type Payload = z.output<typeof payload>

/**
 * Queues a message to everybody in WeCom who was sent to an order and has not been told, once for each time that somebody is
 * sent. Whoever is no member there is told once they are, if they still have to go.
 *
 * @returns how many it queued
 */
export async function queueInspectionNotes(db: Db, limit: number): Promise<number> {
  const { rows } = await sql`
    with untold as (
      select task.id, task.assigned_at, member.member_id from inspection as task
      join account on account.user_name = task.assignee and not account.disabled
      join wecom_member as member on member.account_id = account.id and member.ended_at is null
      where task.state = 'open' and task.told_at is null and task.assignee is not null
      order by task.assigned_at limit ${limit} for update of task skip locked
    ), told as (
      update inspection set told_at = clock_timestamp() from untold where inspection.id = untold.id
      returning inspection.id, untold.assigned_at, untold.member_id
    ), note as (
      select told.*, ${INSPECTION_NOTE} || '/' || id || '/' || extract(epoch from assigned_at) as operation_id from told
    )
    insert into delivery (id, kind, target, operation_id, order_key, payload)
    select uuidv7(), ${INSPECTION_NOTE}, ${CARD_TARGET}, operation_id, operation_id,
      jsonb_build_object('inspectionId', id, 'memberId', member_id, 'assignedAt', assigned_at)
    from note returning id`.execute(db)
  return rows.length
}

/** What a delivery has to say, and to whom; null where it is over, or somebody else is sent meanwhile. */
export async function findInspectionNote(
  db: Db,
  delivered: object,
): Promise<{ memberId: string; note: InspectionNote } | null> {
  const { inspectionId, memberId, assignedAt }: Payload = payload.parse(delivered)
  const { rows } = await sql<Omit<InspectionNote, 'division'> & { divisionCode: string }>`
    select task.id as "inspectionId", task.checklist ->> 'title' as title, store.name as "storeName",
      orders.external_order_id as "externalOrderId", task.division_code as "divisionCode", task.due_at as "dueAt"
    from inspection as task join store on store.id = task.store_id join orders on orders.id = task.order_id
    where task.id = ${inspectionId} and task.state = 'open' and task.assigned_at = ${assignedAt}::timestamptz`.execute(
    db,
  )
  const [row] = rows
  if (!row) return null
  const { divisionCode, ...note } = row
  return { memberId, note: { ...note, division: divisionName(divisionCode) ?? null } }
}
