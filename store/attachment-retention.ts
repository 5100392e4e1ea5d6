import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { DRAFT_HOURS } from './attachments.ts'
import { type AuditOrigin, appendAudits, SYSTEM_ORIGIN } from './audit.ts'
import type { Db, Tx } from './database.ts'

/**
 * The ends of attachments. The row says first that a file is gone, and then it goes: a crash in between leaves a file that no
 * row speaks of, which the sweep finds; never a row whose file is missing.
 */

/** Takes back drafts whose time is over. Returns their ids: their files are to be removed. */
export async function takeOldDrafts(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from attachment where id in (
      select id from attachment where position is null and uploaded_at < clock_timestamp() - make_interval(hours => ${DRAFT_HOURS})
      order by uploaded_at limit ${limit} for update skip locked
    ) returning id`.execute(db)
  return rows.map(({ id }) => id)
}

/** Marks files of requests and inspections that ended so many days ago as erased. Returns their ids: their files are to be removed. */
export async function eraseOldAttachments(db: Db, daysKept: number, limit: number): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from attachment where erased_at is null and id in (
        select file.id from attachment as file join change_request as request on request.id = file.change_id
          where file.erased_at is null and request.closed_at < clock_timestamp() - make_interval(days => ${daysKept})
        union all
        select file.id from attachment as file join inspection on inspection.id = file.inspection_id
          where file.erased_at is null and inspection.closed_at < clock_timestamp() - make_interval(days => ${daysKept})
      ) order by id limit ${limit} for update skip locked`.execute(tx)
    const ids = rows.map(({ id }) => id)
    await markErased(tx, ids, SYSTEM_ORIGIN, `${daysKept} days after what it belongs to had ended`)
    return ids
  })
}

/**
 * Marks the file of a request or an inspection as erased, because of what it shows of a person. What stays is its hash, and who
 * attached it.
 *
 * @throws ProblemError `attachment-not-found` also for a draft, which its owner removes
 */
export async function eraseAttachment(
  tx: Tx,
  id: string,
  origin: AuditOrigin,
  reason: string,
): Promise<void> {
  const row = await tx
    .selectFrom('attachment')
    .select(['position', 'erased_at'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row || row.position === null) throw new ProblemError('attachment-not-found')
  if (row.erased_at === null) await markErased(tx, [id], origin, reason)
}

async function markErased(
  tx: Tx,
  ids: readonly string[],
  origin: AuditOrigin,
  reason: string,
): Promise<void> {
  if (ids.length === 0) return
  const erased = await tx
    .updateTable('attachment')
    .set({ erased_at: sql<Date>`clock_timestamp()` })
    .where('id', 'in', ids)
    .returning(['id', 'change_id', 'inspection_id', 'sha256'])
    .execute()
  // Where it was taken is somebody's door as much as what it shows.
  await tx
    .updateTable('inspection_photo')
    .set({ sealed_place: null })
    .where('attachment_id', 'in', ids)
    .execute()
  await appendAudits(
    tx,
    erased.map(({ id, change_id, inspection_id, sha256 }) => ({
      ...origin,
      action: 'attachment.erased' as const,
      subject: { kind: 'attachment', id },
      newValue: inspection_id === null ? { changeId: change_id } : { inspectionId: inspection_id },
      reason,
      relatedHash: sha256,
    })),
  )
}

/** Of these the ones whose files must be there. */
export async function attachmentsWithFile(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('attachment')
    .select('id')
    .where('id', 'in', ids)
    .where('erased_at', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
