import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { InspectionResultBody, SentPhotoView } from '../contracts/inspections.ts'
import type { Point } from '../domain/division.ts'
import { checkPlace, type PlaceReading } from '../domain/inspection-place.ts'
import {
  checkAnswers,
  type Finding,
  type InspectionResult,
  judgeInspection,
} from '../domain/inspection-result.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import { hashOf } from './audit-chain.ts'
import type { Tx } from './database.ts'
import { photosOfInspection, requireTurn } from './inspection-photos.ts'
import { type InspectionRow, lockInspection, settleItems } from './inspections.ts'
import type { KeyRing } from './keyring.ts'
import { openWorkItem } from './work-items.ts'

export type Submission = {
  inspectionId: string
  body: InspectionResultBody
  /** Where the telephone was, in GCJ-02. */
  position: { point: Point; accuracyMetres: number } | null
  userName: string
  origin: AuditOrigin
}

/**
 * Takes the result of an inspection, once: the same one sent again changes nothing, another one is refused. Judged by what the
 * inspection was made with, also where it has been cancelled or its time is over.
 *
 * @throws ProblemError `inspection-not-found`, `inspection-not-yours`, `inspection-submitted`, `inspection-photos-missing`,
 *   `invalid-request` with each answer that is missing or cannot be
 */
export async function submitInspection(tx: Tx, keyRing: KeyRing, submission: Submission): Promise<void> {
  const { inspectionId, body, userName } = submission
  const row = await lockInspection(tx, inspectionId)
  if (row.submission_id === body.submissionId) return requireSame(row, body)
  requireTurn(row, userName)
  const sent = await photosOfInspection(tx, keyRing, inspectionId)
  const { photos, signature } = requireSent(sent, body)
  const problems = checkAnswers(row.checklist, body.answers, {
    photosOf: photos.map(({ field }) => field),
    hasSignature: signature !== null,
  })
  if (problems.length > 0) throw new ProblemError('invalid-request', undefined, { fields: problems })
  const { outcome, result } = judge(row, submission, photos)
  await write(tx, row, submission, { outcome, result })
  await settleItems(tx, row, 'somebody has been there')
  await auditResult(tx, row, submission, {
    outcome,
    result,
    named: signature === null ? photos : [...photos, signature],
  })
  if (outcome === 'failed') await raise(tx, row, userName, result.findings)
}

/** Whoever sends something else under the id of what is known must not believe that it counts. */
function requireSame({ submission_sha256: known }: InspectionRow, body: InspectionResultBody): void {
  if (known?.equals(hashOfSubmission(body))) return
  throw new ProblemError('inspection-submitted', 'another result was sent under this submissionId')
}

/** Without the point, which a hash would give away to whoever tries them all. */
function hashOfSubmission({ position, ...said }: InspectionResultBody): Buffer {
  return hashOf({ ...said, hasPosition: position !== null })
}

/** Those that the result names, of those that have come. */
function requireSent(
  sent: readonly SentPhotoView[],
  { photoIds, signatureId }: InspectionResultBody,
): { photos: SentPhotoView[]; signature: SentPhotoView | null } {
  const find = (id: string, kind: 'photo' | 'signature') =>
    sent.find((photo) => photo.photoId === id && photo.kind === kind)
  const photos = photoIds.map((id) => find(id, 'photo'))
  const signature = signatureId === null ? null : find(signatureId, 'signature')
  const message = 'has not arrived'
  const missing = photos.flatMap((photo, index) =>
    photo ? [] : [{ field: `photoIds.${index}`, message: `${photoIds[index]} ${message}` }],
  )
  if (signature === undefined) missing.push({ field: 'signatureId', message: `${signatureId} ${message}` })
  if (missing.length > 0) throw new ProblemError('inspection-photos-missing', undefined, { fields: missing })
  return { photos: photos.filter((photo) => photo !== undefined), signature: signature ?? null }
}

type Made = { outcome: 'passed' | 'failed'; result: InspectionResult }

function judge(row: InspectionRow, { body, position }: Submission, photos: readonly SentPhotoView[]): Made {
  const readings: PlaceReading[] = [
    ...(position ? [{ by: 'device' as const, ...position }] : []),
    ...photos.flatMap(({ place }) =>
      place ? [{ by: 'photo' as const, point: place, accuracyMetres: 0 }] : [],
    ),
  ]
  const place = checkPlace(row.division_code, readings, row.place_rule)
  const { outcome, findings } = judgeInspection({
    checklist: row.checklist,
    answers: body.answers,
    place,
    photos: photos.map(({ photoId, takenAt }) => ({
      photoId,
      takenAtMs: takenAt === null ? null : Date.parse(takenAt),
    })),
    sinceMs: row.created_at.getTime(),
    rules: {
      whenFar: row.place_rule.whenFar,
      whenUnknown: row.place_rule.whenUnknown,
      whenPhotoOld: row.when_photo_old,
    },
  })
  const { answers, photoIds, signatureId, finishedAt } = body
  const wasCancelled = row.cancelled_at !== null
  return { outcome, result: { answers, findings, place, photoIds, signatureId, finishedAt, wasCancelled } }
}

async function write(
  tx: Tx,
  row: InspectionRow,
  { body, userName }: Submission,
  { outcome, result }: Made,
): Promise<void> {
  await tx
    .updateTable('inspection')
    .set({
      state: outcome,
      submission_id: body.submissionId,
      submission_sha256: hashOfSubmission(body),
      result: JSON.stringify(result),
      closed_at: sql<Date>`clock_timestamp()`,
      closed_by: userName,
    })
    .where('id', '=', row.id)
    .execute()
}

/** Answers may hold what a customer said: they are with the inspection, and here is the hash of the whole result. */
async function auditResult(
  tx: Tx,
  row: InspectionRow,
  { origin, body }: Submission,
  { outcome, result, named }: Made & { named: readonly SentPhotoView[] },
): Promise<void> {
  await appendAudit(tx, {
    ...origin,
    action: 'inspection.submitted',
    subject: { kind: 'inspection', id: row.id },
    oldValue: { state: row.state },
    newValue: {
      orderId: row.order_id,
      submissionId: body.submissionId,
      outcome,
      failing: result.findings.filter(({ fails }) => fails).length,
      place: { state: result.place.state, distanceMetres: result.place.distanceMetres },
      attachments: named.map(({ attachmentId, sha256, originalSha256 }) => ({
        attachmentId,
        sha256,
        originalSha256,
      })),
    },
    relatedHash: hashOf(result),
  })
}

/** What a work item shows of the findings. */
const SHOWN_CHARACTERS = 500

async function raise(
  tx: Tx,
  row: InspectionRow,
  inspector: string,
  findings: readonly Finding[],
): Promise<void> {
  const failing = findings.filter(({ fails }) => fails)
  await openWorkItem(tx, {
    kind: 'inspection_failed',
    key: row.id,
    orderId: row.order_id,
    detail: {
      inspectionId: row.id,
      inspector,
      findings: failing
        .map(({ zh }) => zh)
        .join('；')
        .slice(0, SHOWN_CHARACTERS),
    },
  })
}
