import { z } from 'zod'
import { instant, LIMITS, text } from './common.ts'

/** What may be attached, by its content. */
export const ATTACHMENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number]

/** How its file's name ends. */
export const ATTACHMENT_ENDINGS: Record<AttachmentType, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
}

const attachmentId = z.uuid()
export const attachmentParams = z.object({ attachmentId })
/** Files that were uploaded before, by whoever names them. */
export const attachmentIds = z
  .array(attachmentId)
  .max(LIMITS.attachments)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name an attachment twice')

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const attachmentView = z.object({
  attachmentId,
  mediaType: z.enum(ATTACHMENT_TYPES),
  bytes: z.int(),
  /** Of the file as it is kept and handed out. */
  sha256,
  /** Of the file as it was sent; a picture is kept as another one, without place and camera. */
  originalSha256: sha256,
  widthPixels: z.int().nullable(),
  heightPixels: z.int().nullable(),
  uploadedBy: z.string(),
  uploadedAt: instant,
  /** Where the file is: a path of this API. Null once it was erased. */
  fileUrl: z.string().nullable(),
  /** A small WebP of a picture. */
  thumbnailUrl: z.string().nullable(),
})
export type AttachmentView = z.output<typeof attachmentView>
/** Nobody has named it in a request so far. */
export const draftAttachmentView = attachmentView.extend({
  removedAt: instant.describe('when it is removed unless it is attached'),
})
export type DraftAttachmentView = z.output<typeof draftAttachmentView>

/** One of a request. */
export const attachedView = attachmentView.extend({
  position: z.int(),
  requestVersion: z.int(),
  fileName: z.string(),
  attachedBy: z.string(),
  attachedAt: instant,
  erasedAt: instant.nullable(),
})
export type AttachedView = z.output<typeof attachedView>

export const attachBody = z.strictObject({
  attachmentIds: attachmentIds.refine((ids) => ids.length > 0, 'must name an attachment'),
})
export const eraseAttachmentBody = z.strictObject({ reason: text(200) })
