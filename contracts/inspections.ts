import { z } from 'zod'
import { INSPECTION_STATES } from '../domain/inspection.ts'
import { attachmentView } from './attachments.ts'
import { code, instant, LIMITS, orderId, page, pageQuery, text, userName } from './common.ts'

/** Photographs and signatures of one inspection, also those that the result does not name. */
export const MOST_INSPECTION_PHOTOS = 40

export const inspectionId = z.uuid().toLowerCase()
export const inspectionParams = z.object({ inspectionId })
/** What the telephone calls a picture: made there, and the same however often it is sent. */
const photoId = z.uuid().toLowerCase()
export const inspectionPhotoParams = z.object({ inspectionId, photoId })

const questionKey = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,49}$/, 'must be the key of a question')
/** A picture may be sent in parts of this size, and as many of them as it may have mebibytes. */
export const PHOTO_PART_BYTES = 1024 * 1024
export const MOST_PHOTO_PARTS = 50
const partNumber = z.coerce.number().int().min(1).max(MOST_PHOTO_PARTS)
export const inspectionPartParams = z.object({ inspectionId, photoId, part: partNumber })
export const waitingPhoto = z.object({ photoId, parts: z.array(z.int()) })

export const inspectionPhotoQuery = z
  .strictObject({
    kind: z.enum(['photo', 'signature']).default('photo'),
    /** The question that it shows. */
    field: questionKey.optional(),
  })
  .refine(({ kind, field }) => kind === 'photo' || field === undefined, {
    path: ['field'],
    message: 'is shown by photographs only',
  })

export const completePhotoBody = z.strictObject({
  /** How many parts it has. */
  parts: z.int().min(1).max(MOST_PHOTO_PARTS),
  /** Of the whole picture as the telephone has it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in small hexadecimal digits'),
})

const point = { longitude: z.number().min(-180).max(180), latitude: z.number().min(-90).max(90) }
/** Where the telephone was. */
export const devicePosition = z.strictObject({
  ...point,
  /** The radius in which the device believes itself to be. */
  accuracyMetres: z.number().min(0).max(10_000_000).default(0),
  /** What the point is measured in: a browser says WGS-84, a map of China GCJ-02. */
  datum: z.enum(['wgs84', 'gcj02']).default('wgs84'),
})

export const inspectionResultBody = z.strictObject({
  /** Made by the telephone: the same result, however often it is sent. */
  submissionId: z.uuid().toLowerCase(),
  /** By the key of each question. */
  answers: z
    .record(questionKey, z.union([z.boolean(), z.number(), text(1_000)]))
    .refine((answers) => Object.keys(answers).length <= 50, 'has more than 50 answers'),
  /** Photographs that were sent before, in the order in which they are to be shown. */
  photoIds: z
    .array(photoId)
    .max(MOST_INSPECTION_PHOTOS)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a photograph twice')
    .default([]),
  /** A picture of kind `signature` that was sent before. */
  signatureId: photoId.nullable().default(null),
  position: devicePosition.nullable().default(null),
  /** When it was done, by the telephone's clock, which may be wrong. */
  finishedAt: instant.nullable().default(null),
})
export type InspectionResultBody = z.output<typeof inspectionResultBody>

export const assignInspectionBody = z.strictObject({
  assignee: userName,
})
export const cancelInspectionBody = z.strictObject({ reason: text(500) })

const stateText = z.object({ en: z.string(), zh: z.string() })
export const inspectionView = z.object({
  inspectionId,
  orderId,
  storeId: z.string(),
  channel: z.string(),
  divisionCode: z.string(),
  /** Written out. */
  division: z.string().nullable(),
  /** Of the address. */
  region: z.string().nullable(),
  state: z.enum(INSPECTION_STATES),
  meaning: stateText,
  checklist: z.string(),
  assignee: z.string().nullable(),
  assignedAt: instant.nullable(),
  createdAt: instant,
  dueAt: instant,
  isOverdue: z.boolean(),
  cancelled: z.object({ at: instant, by: z.string(), reason: z.string() }).nullable(),
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
})
export type InspectionView = z.output<typeof inspectionView>
export const inspectionPage = page(inspectionView)

const question = z.object({
  key: z.string(),
  kind: z.enum(['yes_no', 'choice', 'number', 'text']),
  label: z.string(),
  required: z.boolean(),
  /** So many photographs must show it. */
  photos: z.int(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  maxCharacters: z.int().nullable(),
})
/** What is asked. Which answers fail is not said: whoever answers should say what they see. */
const form = z.object({
  name: z.string(),
  title: z.string(),
  minimumPhotos: z.int(),
  signature: z.enum(['required', 'optional', 'none']),
  questions: z.array(question),
})
export type InspectionForm = z.output<typeof form>

/** A picture that has arrived. */
export const sentPhotoView = attachmentView.extend({
  photoId,
  kind: z.enum(['photo', 'signature']),
  field: z.string().nullable(),
  /** When it was taken, where the picture said so; read before it was drawn anew. */
  takenAt: instant.nullable(),
  /** Where, in GCJ-02; for whoever may read the address only. */
  place: z.object(point).nullable(),
  erasedAt: instant.nullable(),
})
export type SentPhotoView = z.output<typeof sentPhotoView>
/** The same with whether the result names it. */
const inspectionPhotoView = sentPhotoView.extend({ isInResult: z.boolean() })

const finding = z.object({
  code: z.enum(['answer', 'place_far', 'place_unknown', 'photo_old']),
  subject: z.string().nullable(),
  fails: z.boolean(),
  en: z.string(),
  zh: z.string(),
})
const result = z.object({
  submissionId: z.uuid(),
  answers: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
  findings: z.array(finding),
  place: z.object({
    state: z.enum(['near', 'far', 'unknown']),
    distanceMetres: z.number().nullable(),
    limitMetres: z.number().nullable(),
    measuredFrom: z.enum(['district', 'city']).nullable(),
    by: z.enum(['device', 'photo']).nullable(),
  }),
  photoIds: z.array(photoId),
  signatureId: photoId.nullable(),
  finishedAt: instant.nullable(),
  /** It came after the inspection had been cancelled. */
  wasCancelled: z.boolean(),
})

/** What whoever goes there needs to know of the order. */
const summary = z.object({
  externalOrderId: z.string().nullable(),
  status: z.string(),
  amountCents: z.int(),
  createdAt: instant,
  lines: z.array(z.object({ skuId: z.string(), name: z.string(), quantity: z.int() })).max(LIMITS.orderLines),
  parcels: z.array(z.object({ courier: z.string(), waybillNumber: z.string(), state: z.string() })),
  /** In full for whoever is sent there, as long as they have to go; masked for others, as everywhere. Null: erased. */
  contact: z.object({ name: z.string(), phone: z.string(), address: z.string() }).nullable(),
})

export const inspectionDetail = inspectionView.extend({
  policyVersion: z.int(),
  /** Why it is inspected: the rule, its share, the order's lot, and what each rule looked at. */
  drawnBy: z.object({
    rule: z.int(),
    sharePercent: z.number(),
    lot: z.number(),
    reasons: z.array(z.unknown()),
  }),
  form,
  order: summary,
  photos: z.array(inspectionPhotoView),
  /** Pictures of which parts have arrived: the telephone goes on with the others. */
  waitingPhotos: z.array(waitingPhoto),
  result: result.nullable(),
})
export type InspectionDetail = z.output<typeof inspectionDetail>

export const listInspectionsQuery = pageQuery.extend({
  state: z.enum(INSPECTION_STATES).optional(),
  orderId: orderId.optional(),
  storeId: code.optional(),
  region: text(20).optional(),
  assignee: text(64).optional(),
  /** Only those that nobody is sent to. */
  unassigned: z.stringbool().optional(),
  overdue: z.stringbool().optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** By when they were made, or by when somebody should have been there. */
  sort: z.enum(['newest', 'oldest', 'due']).default('newest'),
})
export type ListInspectionsQuery = z.output<typeof listInspectionsQuery>
