import { type Selectable, sql } from 'kysely'
import {
  ATTACHMENT_ENDINGS,
  type AttachedView,
  type AttachmentType,
  type AttachmentView,
  type DraftAttachmentView,
} from '../contracts/attachments.ts'
import type { AuditValue } from '../contracts/audit.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { Db, Tx } from './database.ts'
import type { Database } from './schema.ts'

export type AttachmentRow = Selectable<Database['attachment']>

/** How long one stays that nobody has named in a request. */
export const DRAFT_HOURS = 24
/** Of one caller at once: a form that is filled in for a day needs fewer. */
const MAX_DRAFTS = 50

export type NewAttachment = {
  id: string
  owner: string
  uploadedBy: string
  mediaType: AttachmentType
  bytes: number
  sha256: Buffer
  originalSha256: Buffer
  size: { widthPixels: number; heightPixels: number } | null
  keyId: string
}

/** Writes down a file that is there already. @throws ProblemError `too-many-attachments` */
export async function insertAttachment(tx: Tx, attachment: NewAttachment): Promise<DraftAttachmentView> {
  const { owner } = attachment
  await sql`select pg_advisory_xact_lock(hashtextextended(${`attachments/${owner}`}, 0))`.execute(tx)
  const drafts = await tx
    .selectFrom('attachment')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner', '=', owner)
    .where('position', 'is', null)
    .executeTakeFirstOrThrow()
  if (drafts.count >= MAX_DRAFTS) throw new ProblemError('too-many-attachments')
  const row = await tx
    .insertInto('attachment')
    .values(newRowOf(attachment))
    .returningAll()
    .executeTakeFirstOrThrow()
  const removedAt = new Date(row.uploaded_at.getTime() + DRAFT_HOURS * 3_600_000)
  return { ...viewOf(row), removedAt: removedAt.toISOString() }
}

/** What the row of a new file says of it, wherever it belongs. */
export function newRowOf(attachment: NewAttachment) {
  const { id, owner, bytes, sha256, size } = attachment
  return {
    ...{ id, owner, bytes, sha256 },
    uploaded_by: attachment.uploadedBy,
    media_type: attachment.mediaType,
    original_sha256: attachment.originalSha256,
    width_pixels: size?.widthPixels ?? null,
    height_pixels: size?.heightPixels ?? null,
    key_id: attachment.keyId,
  }
}

export async function findAttachment(db: Db, id: string): Promise<AttachmentRow | null> {
  return (await db.selectFrom('attachment').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

/** Takes back one that belongs to nothing so far. Returns whether there was one; its file is then to be removed. */
export async function deleteDraft(db: Db, id: string, owner: string): Promise<boolean> {
  const deleted = await db
    .deleteFrom('attachment')
    .where('id', '=', id)
    .where('owner', '=', owner)
    .where('position', 'is', null)
    .executeTakeFirst()
  return deleted.numDeletedRows > 0n
}

/** That a caller may name these in a request. @throws ProblemError `unknown-attachment`, `too-many-attachments` */
export async function requireDrafts(
  db: Db | Tx,
  { ids, owner, most }: { ids: readonly string[]; owner: string; most: number },
): Promise<void> {
  if (ids.length > most) throw tooMany(most)
  if (ids.length === 0) return
  const found = await db
    .selectFrom('attachment')
    .select('id')
    .where('id', 'in', ids)
    .where('owner', '=', owner)
    .where('position', 'is', null)
    .execute()
  refuseUnknown(ids, found)
}

export type Attaching = {
  changeId: string
  requestVersion: number
  ids: readonly string[]
  owner: string
  attachedBy: string
  /** How many files a request may have. */
  most: number
}

/**
 * Gives files to a request, in the order in which they are named. Under the lock of the request's row, which its rival takes, too.
 *
 * @returns what the audit trail says of them
 * @throws ProblemError `unknown-attachment`, `too-many-attachments`
 */
export async function attach(tx: Tx, attaching: Attaching): Promise<AuditValue[]> {
  const { changeId, requestVersion, ids, owner, attachedBy, most } = attaching
  if (ids.length === 0) return []
  const before = await tx
    .selectFrom('attachment')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('change_id', '=', changeId)
    .executeTakeFirstOrThrow()
  if (before.count + ids.length > most) throw tooMany(most)
  const { rows } = await sql<{ id: string; sha256: Buffer; original_sha256: Buffer; position: number }>`
    update attachment set change_id = ${changeId}, request_version = ${requestVersion}, attached_by = ${attachedBy},
      attached_at = clock_timestamp(), position = ${before.count}::int + named.place::int
    from unnest(${ids}::uuid[]) with ordinality as named (id, place)
    where attachment.id = named.id and owner = ${owner} and attachment.position is null
    returning attachment.id, sha256, original_sha256, position`.execute(tx)
  refuseUnknown(ids, rows)
  return rows
    .sort((one, other) => one.position - other.position)
    .map(({ id, sha256, original_sha256 }) => ({
      attachmentId: id,
      sha256: sha256.toString('hex'),
      originalSha256: original_sha256.toString('hex'),
    }))
}

/** The files of a request. */
export async function attachmentsOf(
  db: Db | Tx,
  change: { changeId: string; changeNumber: string },
): Promise<AttachedView[]> {
  const rows = await db
    .selectFrom('attachment')
    .selectAll()
    .where('change_id', '=', change.changeId)
    .orderBy('position')
    .execute()
  return rows.map((row) => attachedViewOf(row, change.changeNumber))
}

/** What a file is called for people: by its request, since what its sender called it may name a customer. */
export function fileNameOf({ media_type, position }: AttachmentRow, changeNumber: string | null): string {
  return `${changeNumber ?? 'attachment'}-${position ?? 0}.${ATTACHMENT_ENDINGS[media_type]}`
}

function attachedViewOf(row: AttachmentRow, changeNumber: string): AttachedView {
  return {
    ...viewOf(row),
    position: row.position ?? 0,
    requestVersion: row.request_version ?? 0,
    fileName: fileNameOf(row, changeNumber),
    attachedBy: row.attached_by ?? '',
    attachedAt: (row.attached_at ?? row.uploaded_at).toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
  }
}

/** What is known of a file, wherever it belongs. */
export function viewOf(row: AttachmentRow): AttachmentView {
  const url = `/v1/attachments/${row.id}`
  const isThere = row.erased_at === null
  return {
    attachmentId: row.id,
    mediaType: row.media_type,
    bytes: row.bytes,
    sha256: row.sha256.toString('hex'),
    originalSha256: row.original_sha256.toString('hex'),
    widthPixels: row.width_pixels,
    heightPixels: row.height_pixels,
    uploadedBy: row.uploaded_by,
    uploadedAt: row.uploaded_at.toISOString(),
    fileUrl: isThere ? `${url}/file` : null,
    thumbnailUrl: isThere && row.width_pixels !== null ? `${url}/thumbnail` : null,
  }
}

function refuseUnknown(ids: readonly string[], found: readonly { id: string }[]): void {
  const known = new Set(found.map(({ id }) => id))
  const fields = ids.flatMap((id, index) =>
    known.has(id) ? [] : [{ field: `attachmentIds.${index}`, message: 'is not an upload of yours' }],
  )
  if (fields.length > 0) throw new ProblemError('unknown-attachment', undefined, { fields })
}

function tooMany(most: number): ProblemError {
  return new ProblemError('too-many-attachments', `a request may have ${most}`)
}
