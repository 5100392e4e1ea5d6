import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ProblemError } from '../../contracts/errors.ts'
import type { ExportFormat } from '../../contracts/exports.ts'
import {
  listSettlementFilesQuery,
  SETTLEMENT_LIMITS,
  settlementFilePage,
  settlementFileParams,
  settlementFileView,
  uploadSettlementQuery,
} from '../../contracts/settlements.ts'
import { appendAudit } from '../../store/audit.ts'
import {
  findSettlementFile,
  insertSettlementFile,
  listSettlementFiles,
  settlementFileKey,
} from '../../store/settlements.ts'
import { ACCESS } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['reconciliation']
/** A workbook is a ZIP archive; nothing else that people upload begins so. */
const ZIP = Buffer.from('PK\x03\x04')
/** A workbook of before 2007, or an encrypted one. */
const OLE2 = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])
const FORM_BYTES = 64 * 1024

/** Statements of what providers have settled, as people upload them; they are read in the background. */
export const settlementRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, files } = deps
  await app.register(multipart, { throwFileSizeLimit: false })

  app.post(
    '/v1/settlement-files',
    {
      config: { access: ACCESS.runReconciliation, idempotent: true, takesFile: true },
      bodyLimit: SETTLEMENT_LIMITS.fileBytes + FORM_BYTES,
      schema: {
        tags,
        summary: 'Upload a statement as CSV (UTF-8 or GB18030) or XLSX',
        consumes: ['multipart/form-data'],
        querystring: uploadSettlementQuery,
        response: { 202: settlementFileView },
      },
    },
    async (request, reply) => {
      const id = deps.ids.next()
      const key = settlementFileKey(id)
      const upload = await receive(request, (contents) => files.put(key, contents)).catch(
        async (error: unknown) => {
          // The rest of what is sent is not read: it cannot be told from another request.
          reply.header('connection', 'close')
          await files.remove(key)
          throw error
        },
      )
      // What was sent, for the idempotency key.
      request.body = { sha256: upload.sha256.toString('hex') }
      const origin = auditOriginOf(request)
      const { account } = request.query
      let isWritten = false
      try {
        return await request.idempotent(reply, settlementFileView, async (tx) => {
          const body = await insertSettlementFile(tx, { id, account, uploadedBy: origin.actor, ...upload })
          await appendAudit(tx, {
            ...origin,
            action: 'settlement.uploaded',
            subject: { kind: 'settlement_file', id },
            newValue: { account, format: upload.format, bytes: upload.bytes },
            relatedHash: upload.sha256,
          })
          isWritten = true
          return { status: 202, body }
        })
      } finally {
        if (!isWritten) await files.remove(key)
      }
    },
  )

  app.get(
    '/v1/settlement-files',
    {
      config: { access: ACCESS.readReconciliation },
      schema: {
        tags,
        summary: 'Statements that were uploaded',
        querystring: listSettlementFilesQuery,
        response: { 200: settlementFilePage },
      },
    },
    async (request) => listSettlementFiles(db, request.query),
  )

  app.get(
    '/v1/settlement-files/:fileId',
    {
      config: { access: ACCESS.readReconciliation },
      schema: {
        tags,
        summary: 'What became of a statement: how far it is read, and what is wrong with it',
        params: settlementFileParams,
        response: { 200: settlementFileView },
      },
    },
    async (request) => findSettlementFile(db, request.params.fileId),
  )
}

type Upload = { format: ExportFormat; bytes: number; sha256: Buffer }

/** Keeps the one file of a form as it comes. @throws ProblemError for what is no such form, or too large */
async function receive(
  request: FastifyRequest,
  keep: (contents: Transform) => Promise<void>,
): Promise<Upload> {
  if (!request.isMultipart()) throw new ProblemError('unsupported-media-type')
  const most = SETTLEMENT_LIMITS.fileBytes
  if (Number(request.headers['content-length'] ?? 0) > most + FORM_BYTES) throw tooLarge()
  try {
    const part = await request.file({ limits: { parts: 1, files: 1, fields: 0, fileSize: most } })
    if (part?.fieldname !== 'file') throw unreadableForm()
    return await measure(part, keep)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    // The parser's errors have codes of their own and are all about what was sent.
    throw isAboutForm(error) ? unreadableForm() : error
  }
}

async function measure(
  { file }: MultipartFile,
  keep: (contents: Transform) => Promise<void>,
): Promise<Upload> {
  const hash = createHash('sha256')
  let bytes = 0
  let head = Buffer.alloc(0)
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      if (head.length < ZIP.length) head = Buffer.concat([head, chunk]).subarray(0, ZIP.length)
      done(null, chunk)
    },
  })
  const kept = keep(measured).catch((error: Error) => {
    measured.destroy(error)
    throw error
  })
  // Both have ended before anybody removes what they leave.
  const ended = await Promise.allSettled([pipeline(file, measured), kept])
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  if (file.truncated) throw tooLarge()
  if (bytes === 0) throw unreadableForm()
  if (head.equals(OLE2)) {
    throw new ProblemError('unsupported-media-type', 'save the workbook as XLSX, without a password')
  }
  return { format: head.equals(ZIP) ? 'xlsx' : 'csv', bytes, sha256: hash.digest() }
}

function isAboutForm(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^FST_/.test(String(error.code))
}

function tooLarge(): ProblemError {
  return new ProblemError('payload-too-large', `a statement may have ${SETTLEMENT_LIMITS.fileBytes} bytes`)
}

function unreadableForm(): ProblemError {
  const detail = 'the body must be multipart/form-data with one file in the field "file", and nothing else'
  return new ProblemError('invalid-request', detail, {
    fields: [{ field: 'file', message: 'must be one file that is not empty' }],
  })
}
