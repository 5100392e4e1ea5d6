import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Sharp } from 'sharp'
import { ATTACHMENT_TYPES, type AttachmentType } from '../../contracts/attachments.ts'
import { ProblemError } from '../../contracts/errors.ts'

/** A file as it is kept: a picture anew, without anything but its picture; a PDF as it came. */
export type AttachmentContent = {
  mediaType: AttachmentType
  contents: Buffer
  /** A small WebP; null where there is nothing to show. */
  thumbnail: Buffer | null
  size: { widthPixels: number; heightPixels: number } | null
}

/** What a type is known by is in its first bytes; nothing behind them is looked at for it, so that no archive is opened. */
export const HEAD_BYTES = 4_100
/** Decoded, 50 megapixels are 200 MB: what the largest telephones take, and what one process can bear. */
const MAX_PIXELS = 50_000_000
/** Where somebody can still read a waybill on it. */
const KEPT_EDGE_PIXELS = 4_096
const THUMBNAIL_EDGE_PIXELS = 320
/** A picture that takes longer is meant to. */
const DECODE_SECONDS = 20

// Of all that the library can read only this may be read, whatever a file says that it is.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})
sharp.cache(false)
sharp.concurrency(1)

/**
 * What a file is, by its first bytes and never by its name.
 *
 * @throws ProblemError `attachment-type-refused`
 */
export async function attachmentTypeOf(head: Buffer): Promise<AttachmentType> {
  const found = await fileTypeFromBuffer(head.subarray(0, HEAD_BYTES))
  const type = ATTACHMENT_TYPES.find((each) => each === found?.mime)
  // A PDF may by its standard begin later, which is how something else is hidden before it.
  if (!type || (type === 'application/pdf' && !head.subarray(0, 5).equals(Buffer.from('%PDF-'))))
    throw new ProblemError('attachment-type-refused')
  return type
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Makes of a whole file what is kept of it. Pictures one after the other: each may need all the memory that there is for them.
 *
 * @throws ProblemError `attachment-unreadable`
 */
export async function readAttachment(mediaType: AttachmentType, file: Buffer): Promise<AttachmentContent> {
  if (mediaType === 'application/pdf') {
    refuseStrangePdf(file)
    return { mediaType, contents: file, thumbnail: null, size: null }
  }
  const turn = last.then(() => redraw(mediaType, file))
  last = turn.catch(() => undefined)
  return turn
}

/**
 * Decodes and encodes anew: place, camera and comments do not survive it, nor does a script or an archive that hides in
 * the same file.
 */
async function redraw(
  mediaType: Exclude<AttachmentType, 'application/pdf'>,
  file: Buffer,
): Promise<AttachmentContent> {
  const inside = (picture: Buffer, edge: number): Sharp =>
    sharp(picture, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
      .timeout({ seconds: DECODE_SECONDS })
  try {
    const redrawn = encoded(inside(file, KEPT_EDGE_PIXELS), mediaType)
    const kept = await redrawn.toBuffer({ resolveWithObject: true })
    const thumbnail = await inside(kept.data, THUMBNAIL_EDGE_PIXELS).webp({ quality: 75 }).toBuffer()
    const { width: widthPixels, height: heightPixels } = kept.info
    return { mediaType, contents: kept.data, thumbnail, size: { widthPixels, heightPixels } }
  } catch (error) {
    throw new ProblemError('attachment-unreadable', reasonOf(error))
  }
}

function encoded(picture: Sharp, mediaType: Exclude<AttachmentType, 'application/pdf'>): Sharp {
  switch (mediaType) {
    case 'image/jpeg':
      return picture.jpeg({ quality: 85 })
    case 'image/png':
      return picture.png()
    case 'image/webp':
      return picture.webp({ quality: 85 })
  }
}

/** The library's words, which are about the file and name nothing of ours. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0]?.slice(0, 200) ?? '') : ''
}

/** What a PDF ends with, and what a reader would run or unpack. Looked for where it stands openly; a PDF is never opened here. */
const END_OF_PDF = /%%EOF[\r\n\t \0]*$/
const TAIL_BYTES = 1_024
const ACTIVE = ['/JavaScript', '/Launch', '/EmbeddedFile', '/RichMedia']

function refuseStrangePdf(file: Buffer): void {
  const tail = file.subarray(-TAIL_BYTES).toString('latin1')
  if (!END_OF_PDF.test(tail)) throw new ProblemError('attachment-unreadable', 'the PDF does not end as one')
  const active = ACTIVE.find((name) => file.includes(name))
  if (active) throw new ProblemError('attachment-unreadable', `the PDF holds ${active}`)
}
