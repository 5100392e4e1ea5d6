import { type RawBuilder, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { MOST_INSPECTION_PHOTOS, MOST_PHOTO_PARTS } from '../contracts/inspections.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'

/** All parts of one inspection together that wait for the rest: some telephones' worth of pictures. */
const MOST_WAITING_BYTES = 200 * 1024 * 1024
/** However small they are. */
const MOST_WAITING_PARTS = MOST_INSPECTION_PHOTOS * MOST_PHOTO_PARTS
/** Whoever has not finished a picture by then has forgotten it. */
const DAYS_KEPT = 7

export type Part = { inspectionId: string; photoId: string; number: number; contents: Buffer }
type Photo = Pick<Part, 'inspectionId' | 'photoId'>

/**
 * Keeps a part of a picture that is sent in several. One that is sent again replaces itself. Sealed like the picture that it
 * becomes; in the database, so that parts and picture come and go in one transaction.
 *
 * @throws ProblemError `too-many-attachments`
 */
export async function keepPart(tx: Tx, keyRing: KeyRing, part: Part): Promise<void> {
  const { inspectionId, photoId, number, contents } = part
  const { rows } = await sql<{ bytes: number; parts: number }>`
    select coalesce(sum(bytes), 0) as bytes, count(*) as parts from inspection_part
    where inspection_id = ${inspectionId} and not (client_id = ${photoId} and number = ${number})`.execute(tx)
  const [waiting] = rows
  const isFull = waiting !== undefined && waiting.parts >= MOST_WAITING_PARTS
  if (isFull || (waiting?.bytes ?? 0) + contents.length > MOST_WAITING_BYTES) {
    throw new ProblemError('too-many-attachments', 'finish the pictures of which parts are there first')
  }
  const { keyId, sealed } = keyRing.seal(contents, contextOf(part))
  const kept = { bytes: contents.length, key_id: keyId, sealed }
  await tx
    .insertInto('inspection_part')
    .values({ inspection_id: inspectionId, client_id: photoId, number, ...kept })
    .onConflict((conflict) =>
      conflict
        .columns(['inspection_id', 'client_id', 'number'])
        .doUpdateSet({ ...kept, put_at: sql<Date>`clock_timestamp()` }),
    )
    .execute()
}

/** Which parts of which pictures of an inspection are there. */
export async function waitingParts(
  db: Db | Tx,
  inspectionId: string,
): Promise<{ photoId: string; parts: number[] }[]> {
  const { rows } = await sql<{ photoId: string; parts: number[] }>`
    select client_id as "photoId", array_agg(number order by number) as parts from inspection_part
    where inspection_id = ${inspectionId} group by client_id order by client_id`.execute(db)
  return rows
}

/**
 * The picture that so many parts make. They are opened one after the other into the place of each, so that no more is held than
 * the picture and one of them. What is changed meanwhile makes another picture, which whoever asks knows by its hash.
 *
 * @throws ProblemError `inspection-parts-missing` that names those that are
 */
export async function joinParts(db: Db, keyRing: KeyRing, photo: Photo, count: number): Promise<Buffer> {
  const parts = await db
    .selectFrom('inspection_part')
    .select(['number', 'bytes'])
    .where(ofPhoto(photo))
    .where('number', '<=', count)
    .orderBy('number')
    .execute()
  const there = new Set(parts.map(({ number }) => number))
  refuseMissing(Array.from({ length: count }, (_, index) => index + 1).filter((number) => !there.has(number)))
  const whole = Buffer.alloc(parts.reduce((sum, { bytes }) => sum + bytes, 0))
  let at = 0
  for (const { number, bytes } of parts) {
    const contents = await openPart(db, keyRing, { ...photo, number })
    if (contents === null) refuseMissing([number])
    else contents.copy(whole, at)
    at += bytes
  }
  return whole
}

async function openPart(db: Db, keyRing: KeyRing, part: Photo & { number: number }): Promise<Buffer | null> {
  const row = await db
    .selectFrom('inspection_part')
    .select(['key_id', 'sealed'])
    .where(ofPhoto(part))
    .where('number', '=', part.number)
    .executeTakeFirst()
  return row ? keyRing.open(row.key_id, row.sealed, contextOf(part)) : null
}

function refuseMissing(numbers: readonly number[]): void {
  if (numbers.length === 0) return
  const fields = numbers.map((number) => ({ field: `parts.${number}`, message: 'has not arrived' }))
  throw new ProblemError('inspection-parts-missing', undefined, { fields })
}

/** The picture is there, or nobody wants it any more. */
export async function dropParts(tx: Tx, photo: Photo): Promise<void> {
  await tx.deleteFrom('inspection_part').where(ofPhoto(photo)).execute()
}

/** Drops parts of pictures that nobody has finished. */
export async function dropOldParts(db: Db): Promise<void> {
  await sql`delete from inspection_part where put_at < clock_timestamp() - make_interval(days => ${DAYS_KEPT})`.execute(
    db,
  )
}

const ofPhoto = ({ inspectionId, photoId }: Photo): RawBuilder<boolean> =>
  sql`inspection_id = ${inspectionId} and client_id = ${photoId}`

const contextOf = ({ inspectionId, photoId, number }: Photo & { number: number }) =>
  `inspection-part/${inspectionId}/${photoId}/${number}`
