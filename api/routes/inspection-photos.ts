import { createHash } from 'node:crypto'
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { AttachmentFiles } from '../../connectors/files/attachment-files.ts'
import { type PhotoFacts, readPhotoFacts } from '../../connectors/files/photo-facts.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  completePhotoBody,
  inspectionPartParams,
  inspectionPhotoParams,
  inspectionPhotoQuery,
  PHOTO_PART_BYTES,
  type SentPhotoView,
  sentPhotoView,
  waitingPhoto,
} from '../../contracts/inspections.ts'
import { operatorOf } from '../../store/identity.ts'
import { joinParts, keepPart, waitingParts } from '../../store/inspection-parts.ts'
import { findInspectionPhoto, keepInspectionPhoto, requireTurn } from '../../store/inspection-photos.ts'
import { ACCESS, callerOf, identityOf, requirePerson } from '../access.ts'
import { describeUpload, type Upload, Uploads } from '../attachment-upload.ts'
import type { ApiDeps } from '../deps.ts'
import { requireInspection } from '../inspections-in-scope.ts'
import { parsePartBodies } from '../plugins/body-parsers.ts'

const tags = ['inspections']
const url = '/v1/inspections/:inspectionId/photos/:photoId'
const MEBIBYTE = 1024 * 1024

type Named = { inspectionId: string; photoId: string }
type Shown = { kind: 'photo' | 'signature'; field?: string | undefined }
type Look = (mediaType: string, file: Buffer) => Promise<void>

/** Pictures of inspections, at once or in parts. Their ids are the telephone's: whatever comes twice counts once. */
export const inspectionPhotoRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing, config } = deps
  const files = new AttachmentFiles(deps.files, keyRing)
  const uploads = new Uploads(config.INSPECTION_PHOTO_MEBIBYTES * MEBIBYTE)
  await app.register(multipart, { throwFileSizeLimit: false })

  const findSent = async (request: FastifyRequest, named: Named): Promise<SentPhotoView | null> => {
    const view = await findInspectionPhoto(db, keyRing, named)
    // Where it was taken is for whoever was there.
    return view && view.uploadedBy !== operatorOf(identityOf(request)) ? { ...view, place: null } : view
  }

  /** Before anything is read: one that is there already, or null where the caller may send it. */
  const mayStart = async (request: FastifyRequest, named: Named): Promise<SentPhotoView | null> => {
    const identity = identityOf(request)
    const row = await requireInspection(db, named.inspectionId, identity)
    const sent = await findSent(request, named)
    if (!sent) requireTurn(row, requirePerson(identity).userName)
    return sent
  }

  const keep = async (
    request: FastifyRequest,
    named: Named,
    shown: Shown,
    take: (look: Look) => Promise<Upload>,
  ): Promise<SentPhotoView> => {
    const identity = identityOf(request)
    let facts: PhotoFacts = { takenAt: null, place: null }
    const upload = await take(async (mediaType, file) => {
      if (mediaType === 'application/pdf') throw new ProblemError('attachment-type-refused')
      facts = await readPhotoFacts(file, Date.now())
    })
    const id = deps.ids.next()
    // The file first: what a row speaks of is there. A file without a row is swept away.
    const kept = { ...describeUpload(upload), keyId: await files.put(id, upload) }
    let isWritten = false
    try {
      await db.transaction().execute(async (tx) => {
        const { isNew } = await keepInspectionPhoto(tx, keyRing, {
          ...{ id, ...named, ...kept, ...facts },
          kind: shown.kind,
          field: shown.field ?? null,
          owner: callerOf(identity),
          uploadedBy: operatorOf(identity),
          sentBy: requirePerson(identity).userName,
        })
        isWritten = isNew
      })
    } finally {
      // Refused, or sent before. Where only the end of the transaction is in doubt the file stays: a row may speak of it.
      if (!isWritten) await files.remove(id)
    }
    const sent = await findSent(request, named)
    if (!sent) throw new Error(`the picture ${named.photoId} was kept and is not there`)
    return sent
  }

  app.put(
    url,
    {
      config: { access: ACCESS.carryOutInspections, takesFile: true },
      schema: {
        tags,
        summary: 'Send a photograph or a signature; sent again under its id, it is the same one',
        params: inspectionPhotoParams,
        querystring: inspectionPhotoQuery,
        consumes: ['multipart/form-data'],
        response: { 200: sentPhotoView },
      },
    },
    async (request, reply) => {
      const endConnection = (error: unknown) => {
        // The rest of what is sent is not read: it cannot be told from another request.
        reply.header('connection', 'close')
        throw error
      }
      await mayStart(request, request.params).catch(endConnection)
      return keep(request, request.params, request.query, (look) =>
        uploads.take(request, look).catch(endConnection),
      )
    },
  )

  app.put(
    `${url}/completion`,
    {
      config: { access: ACCESS.carryOutInspections },
      schema: {
        tags,
        summary: 'Make one picture of the parts that have arrived; asked again, it is the same one',
        params: inspectionPhotoParams,
        querystring: inspectionPhotoQuery,
        body: completePhotoBody,
        response: { 200: sentPhotoView },
      },
    },
    async (request) => {
      const { parts, sha256 } = request.body
      const isDone = (sent: SentPhotoView | null): sent is SentPhotoView => {
        if (sent && sent.originalSha256 !== sha256) throw new ProblemError('inspection-photo-differs')
        return sent !== null
      }
      const join = async () => {
        const file = await joinParts(db, keyRing, request.params, parts)
        // Before anybody draws it: parts of two pictures are none, and their sender has to know that it is the parts.
        if (createHash('sha256').update(file).digest('hex') === sha256) return file
        const detail = 'the parts do not make the picture of this SHA-256'
        throw new ProblemError('inspection-parts-missing', detail)
      }
      const before = await mayStart(request, request.params)
      if (isDone(before)) return before
      try {
        return await keep(request, request.params, request.query, (look) =>
          uploads.takeWhole(request, join, look),
        )
      } catch (error) {
        if (!(error instanceof ProblemError && error.code === 'inspection-parts-missing')) throw error
        // Asked twice at once, the first has taken the parts away: they are in the picture.
        const meanwhile = await findSent(request, request.params)
        if (isDone(meanwhile)) return meanwhile
        throw error
      }
    },
  )

  await app.register(async (scope: typeof app) => {
    parsePartBodies(scope)
    scope.put(
      `${url}/parts/:part`,
      {
        bodyLimit: PHOTO_PART_BYTES,
        config: { access: ACCESS.carryOutInspections },
        schema: {
          tags,
          summary: 'Send a part of a picture, up to a mebibyte; the answer has all parts that are there',
          params: inspectionPartParams,
          consumes: ['application/octet-stream'],
          response: { 200: waitingPhoto },
        },
      },
      async (request) => {
        const { inspectionId, photoId, part } = request.params
        const contents: unknown = request.body
        if (!Buffer.isBuffer(contents) || contents.length === 0) {
          throw new ProblemError('invalid-request', 'the part is empty')
        }
        const sent = await mayStart(request, { inspectionId, photoId })
        // The picture is there: nothing more is wanted of it.
        if (sent) return { photoId, parts: [] }
        await db
          .transaction()
          .execute((tx) => keepPart(tx, keyRing, { inspectionId, photoId, number: part, contents }))
        const waiting = await waitingParts(db, inspectionId)
        const own = waiting.find((photo) => photo.photoId === photoId)
        return own ?? { photoId, parts: [] }
      },
    )
  })
}
