import multipart from '@fastify/multipart'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AttachmentFiles, type AttachmentPart } from '../../connectors/files/attachment-files.ts'
import {
  ATTACHMENT_TYPES,
  attachmentParams,
  draftAttachmentView,
  eraseAttachmentBody,
} from '../../contracts/attachments.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { eraseAttachment } from '../../store/attachment-retention.ts'
import {
  type AttachmentRow,
  deleteDraft,
  fileNameOf,
  findAttachment,
  insertAttachment,
} from '../../store/attachments.ts'
import { findChangeNumber } from '../../store/change-queries.ts'
import type { Db } from '../../store/database.ts'
import { type Identity, operatorOf, scopeOf } from '../../store/identity.ts'
import { findInspection } from '../../store/inspection-queries.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import { describeUpload, Uploads } from '../attachment-upload.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { viewerOf } from '../inspections-in-scope.ts'

const tags = ['change requests']
const params = attachmentParams
const url = '/v1/attachments/:attachmentId'
const MEBIBYTE = 1024 * 1024

/** Pictures and PDFs that belong to change requests: uploaded first, then named by whoever asks. */
export const attachmentRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, config } = deps
  const files = new AttachmentFiles(deps.files, deps.keyRing)
  const uploads = new Uploads(config.ATTACHMENT_MEBIBYTES * MEBIBYTE)
  await app.register(multipart, { throwFileSizeLimit: false })

  app.post(
    '/v1/attachments',
    {
      config: { access: ACCESS.requestChange, idempotent: true, takesFile: true },
      schema: {
        tags,
        summary: 'Upload a picture or a PDF, to be named in a change request within a day',
        consumes: ['multipart/form-data'],
        response: { 201: draftAttachmentView },
      },
    },
    async (request, reply) => {
      const upload = await uploads.take(request).catch((error: unknown) => {
        // The rest of what is sent is not read: it cannot be told from another request.
        reply.header('connection', 'close')
        throw error
      })
      // What was sent, for the idempotency key.
      request.body = { sha256: upload.originalSha256.toString('hex') }
      const identity = identityOf(request)
      const owner = { owner: callerOf(identity), uploadedBy: operatorOf(identity) }
      const id = deps.ids.next()
      // The file first: what a row speaks of is there. A file without a row is swept away.
      const kept = { ...describeUpload(upload), keyId: await files.put(id, upload) }
      let isWritten = false
      try {
        return await request.idempotent(reply, draftAttachmentView, async (tx) => {
          const body = await insertAttachment(tx, { id, ...owner, ...kept })
          isWritten = true
          return { status: 201, body }
        })
      } finally {
        // Refused, or a repeated request, whose first answer has its own file. Where only the end of the transaction is in
        // doubt the file stays: a row may speak of it.
        if (!isWritten) await files.remove(id)
      }
    },
  )

  app.delete(
    url,
    {
      config: { access: ACCESS.requestChange },
      schema: {
        tags,
        summary: 'Take back an upload of yours that no request has',
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { attachmentId } = request.params
      const removed = await deleteDraft(db, attachmentId, callerOf(identityOf(request)))
      if (!removed) throw new ProblemError('attachment-not-found')
      await files.remove(attachmentId)
      return reply.status(204).send()
    },
  )

  const hand = async (
    row: AttachmentRow,
    part: AttachmentPart,
    changeNumber: string | null,
    reply: FastifyReply,
  ) => {
    if (row.erased_at !== null) throw new ProblemError('attachment-erased')
    if (part === 'thumbnail' && row.width_pixels === null) throw new ProblemError('attachment-not-found')
    const contents = await files.read(row.id, part, row.key_id)
    // Never shown as a page of ours, whatever it holds; /v1 says nosniff and a policy without any source besides.
    reply.header('content-disposition', `attachment; filename="${fileNameOf(row, changeNumber)}"`)
    reply.header('content-type', part === 'thumbnail' ? 'image/webp' : row.media_type)
    reply.header('cache-control', 'private, no-store')
    return reply.send(contents)
  }

  for (const part of ['file', 'thumbnail'] as const) {
    app.get(
      `${url}/${part}`,
      {
        config: { access: ACCESS.readAttachments, byLink: true },
        schema: {
          tags,
          summary: part === 'file' ? 'The file' : 'A small WebP of a picture',
          description:
            'For whoever may see its request or inspection; before it has one, for who uploaded it.',
          params,
          produces: part === 'file' ? [...ATTACHMENT_TYPES] : ['image/webp'],
        },
      },
      async (request, reply) => {
        const { row, changeNumber } = await requireSeen(db, request.params.attachmentId, identityOf(request))
        return hand(row, part, changeNumber, reply)
      },
    )
  }

  app.post(
    `${url}/erasure`,
    {
      config: { access: ACCESS.eraseAttachment, idempotent: true },
      schema: {
        tags,
        summary:
          'Erase the file of a request or an inspection because of what it shows of a person; its hash stays',
        params,
        body: eraseAttachmentBody,
        response: { 200: z.object({ attachmentId: z.uuid() }) },
      },
    },
    async (request, reply) => {
      const { attachmentId } = request.params
      const answer = await request.idempotent(reply, z.object({ attachmentId: z.uuid() }), async (tx) => {
        await eraseAttachment(tx, attachmentId, auditOriginOf(request), request.body.reason)
        return { status: 200, body: { attachmentId } }
      })
      await files.remove(attachmentId)
      return answer
    },
  )
}

/** One that the caller may see, with its request's number. @throws ProblemError `attachment-not-found` */
async function requireSeen(
  db: Db,
  attachmentId: string,
  identity: Identity,
): Promise<{ row: AttachmentRow; changeNumber: string | null }> {
  const row = await findAttachment(db, attachmentId)
  if (row?.position === null && row.owner === callerOf(identity)) return { row, changeNumber: null }
  const account = identity.kind === 'person' ? identity.userName : null
  // A buyer's system has no business in what was found at somebody's door.
  const isBuyers = identity.kind === 'system' && identity.system === 'mall'
  if (row?.inspection_id && !isBuyers) {
    if (await findInspection(db, row.inspection_id, viewerOf(identity))) return { row, changeNumber: null }
  }
  const changeNumber = row?.change_id
    ? await findChangeNumber(db, row.change_id, scopeOf(identity), account)
    : null
  if (!row || changeNumber === null) throw new ProblemError('attachment-not-found')
  return { row, changeNumber }
}
