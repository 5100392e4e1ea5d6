import { createHash } from 'node:crypto'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import {
  type AttachmentContent,
  attachmentTypeOf,
  HEAD_BYTES,
  readAttachment,
} from '../connectors/files/attachment-content.ts'
import type { AttachmentType } from '../contracts/attachments.ts'
import { ProblemError } from '../contracts/errors.ts'
import { callerOf, identityOf } from './access.ts'

/** What a form has around its file. */
const FORM_BYTES = 64 * 1024
/** Of one caller, and of all of them: each may hold a whole file in memory. */
const UPLOADS_A_CALLER = 3
const UPLOADS = 16
/** The larger the files may be, the fewer at once. */
const BYTES_AT_ONCE = 160 * 1024 * 1024

export type Upload = AttachmentContent & { originalSha256: Buffer }

/** What its row says of a file. */
export function describeUpload({ mediaType, contents, size, originalSha256 }: Upload) {
  const sha256 = createHash('sha256').update(contents).digest()
  return { mediaType, bytes: contents.length, sha256, originalSha256, size }
}

/**
 * Takes files that are sent as forms, within limits on their size and number. The bytes are looked at as they come: what is no
 * picture and no PDF is refused with its first ones, what is too large as soon as it is; nothing is written anywhere.
 */
export class Uploads {
  readonly #maxBytes: number
  readonly #most: number
  readonly #underWay = new Map<string, number>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#most = Math.max(UPLOADS_A_CALLER, Math.min(UPLOADS, Math.floor(BYTES_AT_ONCE / maxBytes)))
  }

  /**
   * @param look sees the file as it was sent, before what is kept is made of it
   * @throws ProblemError `too-many-requests`, `overloaded`, `payload-too-large`, `invalid-request`, and those of `readAttachment`
   */
  async take(
    request: FastifyRequest,
    look?: (mediaType: AttachmentType, file: Buffer) => Promise<void>,
  ): Promise<Upload> {
    return this.#inTurn(request, async () => {
      const { mediaType, file } = await this.#receive(request)
      return this.#keep(mediaType, file, look)
    })
  }

  /** The same for a file that has come in parts. @param read fetches it, once it is its turn to be held in memory */
  async takeWhole(
    request: FastifyRequest,
    read: () => Promise<Buffer>,
    look: (mediaType: AttachmentType, file: Buffer) => Promise<void>,
  ): Promise<Upload> {
    return this.#inTurn(request, async () => {
      const file = await read()
      if (file.length > this.#maxBytes) throw this.#tooLarge()
      return this.#keep(await attachmentTypeOf(file), file, look)
    })
  }

  async #keep(
    mediaType: AttachmentType,
    file: Buffer,
    look: ((mediaType: AttachmentType, file: Buffer) => Promise<void>) | undefined,
  ): Promise<Upload> {
    await look?.(mediaType, file)
    const content = await readAttachment(mediaType, file)
    return { ...content, originalSha256: createHash('sha256').update(file).digest() }
  }

  async #inTurn(request: FastifyRequest, work: () => Promise<Upload>): Promise<Upload> {
    const caller = callerOf(identityOf(request))
    const mine = this.#underWay.get(caller) ?? 0
    if (mine >= UPLOADS_A_CALLER) throw new ProblemError('too-many-requests')
    const all = [...this.#underWay.values()].reduce((sum, each) => sum + each, 0)
    if (all >= this.#most) throw new ProblemError('overloaded')
    this.#underWay.set(caller, mine + 1)
    try {
      return await work()
    } finally {
      const left = (this.#underWay.get(caller) ?? 1) - 1
      if (left > 0) this.#underWay.set(caller, left)
      else this.#underWay.delete(caller)
    }
  }

  async #receive(request: FastifyRequest): Promise<{ mediaType: AttachmentType; file: Buffer }> {
    if (!request.isMultipart()) throw new ProblemError('unsupported-media-type')
    if (Number(request.headers['content-length'] ?? 0) > this.#maxBytes + FORM_BYTES) throw this.#tooLarge()
    try {
      let received: { mediaType: AttachmentType; file: Buffer } | null = null
      const limits = { parts: 1, files: 1, fields: 0, fileSize: this.#maxBytes + 1 }
      for await (const part of request.parts({ limits })) {
        if (part.type !== 'file' || part.fieldname !== 'file') throw unreadableForm()
        received = await this.#read(part)
      }
      if (received) return received
    } catch (error) {
      // The parser's errors are all about what was sent.
      throw error instanceof ProblemError ? error : unreadableForm()
    }
    throw unreadableForm()
  }

  async #read({ file }: MultipartFile): Promise<{ mediaType: AttachmentType; file: Buffer }> {
    const chunks: Buffer[] = []
    let bytes = 0
    let mediaType: AttachmentType | null = null
    for await (const chunk of file) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > this.#maxBytes) throw this.#tooLarge()
      if (!mediaType && bytes >= HEAD_BYTES) mediaType = await attachmentTypeOf(Buffer.concat(chunks))
    }
    const whole = Buffer.concat(chunks)
    return { mediaType: mediaType ?? (await attachmentTypeOf(whole)), file: whole }
  }

  #tooLarge(): ProblemError {
    return new ProblemError('payload-too-large', `a file may have ${this.#maxBytes} bytes`)
  }
}

function unreadableForm(): ProblemError {
  const detail = 'the body must be multipart/form-data with one file in the field "file", and nothing else'
  return new ProblemError('invalid-request', detail, {
    fields: [{ field: 'file', message: 'must be one file' }],
  })
}
