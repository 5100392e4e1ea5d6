import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import { MOST_INSPECTION_PHOTOS, type SentPhotoView } from '../contracts/inspections.ts'
import type { Point } from '../domain/division.ts'
import { type AttachmentRow, type NewAttachment, newRowOf, viewOf } from './attachments.ts'
import type { Db, Tx } from './database.ts'
import { dropParts } from './inspection-parts.ts'
import { lockInspection } from './inspections.ts'
import type { KeyRing } from './keyring.ts'
import type { Database } from './schema.ts'

export type NewInspectionPhoto = NewAttachment & {
  inspectionId: string
  /** What the telephone calls it. */
  photoId: string
  kind: 'photo' | 'signature'
  field: string | null
  takenAt: Date | null
  place: Point | null
  /** The account that sends it. */
  sentBy: string
}

/**
 * That an account may send pictures of an inspection now: it is sent there, and there is no result yet. After a cancellation, too:
 * the result may be on its way.
 *
 * @throws ProblemError `inspection-not-yours`, `inspection-submitted`
 */
export function requireTurn(row: { assignee: string | null; result: unknown }, userName: string): void {
  if (row.assignee !== userName) throw new ProblemError('inspection-not-yours')
  if (row.result !== null) throw new ProblemError('inspection-submitted')
}

/**
 * Writes down a picture whose file is there already. Sent again under its id, it is the first one, whatever has become of the
 * inspection since: a telephone that did not hear the answer must be able to go on.
 *
 * @returns whether it is new; otherwise the file that was just put is nobody's
 * @throws ProblemError `inspection-not-found`, `inspection-photo-differs`, `inspection-not-yours`, `inspection-submitted`,
 *   `too-many-attachments`, `invalid-request` for a question that the checklist does not have
 */
export async function keepInspectionPhoto(
  tx: Tx,
  keyRing: KeyRing,
  photo: NewInspectionPhoto,
): Promise<{ isNew: boolean }> {
  const { inspectionId, photoId } = photo
  const row = await lockInspection(tx, inspectionId)
  const known = await findSent(tx, inspectionId, photoId)
  if (known) {
    if (!known.originalSha256.equals(photo.originalSha256)) throw new ProblemError('inspection-photo-differs')
    return { isNew: false }
  }
  requireTurn(row, photo.sentBy)
  if (photo.field !== null && !row.checklist.fields.some(({ key }) => key === photo.field)) {
    const message = 'is no question of this checklist'
    throw new ProblemError('invalid-request', `field ${message}`, { fields: [{ field: 'field', message }] })
  }
  const { count } = await tx
    .selectFrom('attachment')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('inspection_id', '=', inspectionId)
    .executeTakeFirstOrThrow()
  if (count >= MOST_INSPECTION_PHOTOS) {
    throw new ProblemError('too-many-attachments', `an inspection may have ${MOST_INSPECTION_PHOTOS}`)
  }
  await insert(tx, keyRing, photo, count + 1)
  await dropParts(tx, photo)
  return { isNew: true }
}

async function findSent(db: Db | Tx, inspectionId: string, photoId: string) {
  return db
    .selectFrom('inspection_photo as photo')
    .innerJoin('attachment', 'attachment.id', 'photo.attachment_id')
    .select('attachment.original_sha256 as originalSha256')
    .where('photo.inspection_id', '=', inspectionId)
    .where('photo.client_id', '=', photoId)
    .executeTakeFirst()
}

async function insert(tx: Tx, keyRing: KeyRing, photo: NewInspectionPhoto, position: number): Promise<void> {
  const { id, inspectionId } = photo
  await tx
    .insertInto('attachment')
    .values({
      ...newRowOf(photo),
      position,
      inspection_id: inspectionId,
      attached_by: photo.uploadedBy,
      attached_at: sql<Date>`clock_timestamp()`,
    })
    .execute()
  const place = photo.place ? keyRing.seal(Buffer.from(JSON.stringify(photo.place)), placeContext(id)) : null
  await tx
    .insertInto('inspection_photo')
    .values({
      attachment_id: id,
      inspection_id: inspectionId,
      client_id: photo.photoId,
      kind: photo.kind,
      field: photo.field,
      taken_at: photo.takenAt,
      place_key_id: place?.keyId ?? null,
      sealed_place: place?.sealed ?? null,
    })
    .execute()
}

const placeContext = (attachmentId: string) => `inspection-place/${attachmentId}`
const storedPlace = z.object({ longitude: z.number(), latitude: z.number() })

/** The pictures of an inspection in the order in which they came. */
export async function photosOfInspection(
  db: Db | Tx,
  keyRing: KeyRing,
  inspectionId: string,
): Promise<SentPhotoView[]> {
  const rows = await sentPhotos(db, inspectionId).orderBy('attachment.position').execute()
  return rows.map((row) => sentViewOf(keyRing, row))
}

/** One picture of an inspection by what the telephone calls it; null where it has not come. */
export async function findInspectionPhoto(
  db: Db,
  keyRing: KeyRing,
  { inspectionId, photoId }: { inspectionId: string; photoId: string },
): Promise<SentPhotoView | null> {
  const row = await sentPhotos(db, inspectionId).where('photo.client_id', '=', photoId).executeTakeFirst()
  return row ? sentViewOf(keyRing, row) : null
}

function sentPhotos(db: Db | Tx, inspectionId: string) {
  return db
    .selectFrom('inspection_photo as photo')
    .innerJoin('attachment', 'attachment.id', 'photo.attachment_id')
    .selectAll('attachment')
    .select(['client_id', 'kind', 'field', 'taken_at', 'place_key_id', 'sealed_place'])
    .where('photo.inspection_id', '=', inspectionId)
}

type SentRow = AttachmentRow &
  Pick<
    Selectable<Database['inspection_photo']>,
    'client_id' | 'kind' | 'field' | 'taken_at' | 'place_key_id' | 'sealed_place'
  >

function sentViewOf(keyRing: KeyRing, row: SentRow): SentPhotoView {
  return {
    ...viewOf(row),
    photoId: row.client_id,
    kind: row.kind,
    field: row.field,
    takenAt: row.taken_at?.toISOString() ?? null,
    place:
      row.place_key_id !== null && row.sealed_place !== null
        ? openPlace(keyRing, row.place_key_id, row.sealed_place, row.id)
        : null,
    erasedAt: row.erased_at?.toISOString() ?? null,
  }
}

function openPlace(keyRing: KeyRing, keyId: string, sealed: Buffer, attachmentId: string): Point {
  return storedPlace.parse(
    JSON.parse(keyRing.open(keyId, sealed, placeContext(attachmentId)).toString('utf8')),
  )
}
