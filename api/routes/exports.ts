import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { MEDIA_TYPES } from '../../connectors/spreadsheets/sheet.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  type ExportBody,
  exportBody,
  exportJob,
  exportJobPage,
  exportParams,
  listExportsQuery,
} from '../../contracts/exports.ts'
import { appendAudit } from '../../store/audit.ts'
import {
  cancelExportJob,
  createExportJob,
  findExportFile,
  findExportJob,
  listExportJobs,
} from '../../store/export-jobs.ts'
import { scopeOf } from '../../store/identity.ts'
import { ACCESS, type Access, callerOf, identityOf, mayCall } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['exports']
const config = { access: ACCESS.runExports }
/** What not everybody who exports may read. */
const NEEDED: { readonly [Kind in ExportBody['kind']]?: Access } = {
  audit: ACCESS.readAudit,
  replenishment: ACCESS.readReplenishment,
  'purchase-lists': ACCESS.readPurchases,
}

/** Exports that are made in the background, for whoever asked for them and nobody else. */
export const exportRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.post(
    '/v1/exports',
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: 'Have everything that fits a filter written to a file, in the background',
        body: exportBody,
        response: { 202: exportJob },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { body } = request
      const needed = NEEDED[body.kind]
      if (needed && !mayCall(needed, identity)) throw new ProblemError('forbidden')
      const origin = auditOriginOf(request)
      return request.idempotent(reply, exportJob, async (tx) => {
        const id = deps.ids.next()
        const job = await createExportJob(tx, {
          id,
          caller: callerOf(identity),
          actor: origin.actor,
          request: { ...body, scope: scopeOf(identity) },
        })
        const { kind, format, filters } = body
        await appendAudit(tx, {
          ...origin,
          action: 'export.requested',
          subject: { kind: 'export', id },
          newValue: { kind, format, filters },
        })
        return { status: 202, body: job }
      })
    },
  )

  app.get(
    '/v1/exports',
    {
      config,
      schema: {
        tags,
        summary: 'My exports',
        querystring: listExportsQuery,
        response: { 200: exportJobPage },
      },
    },
    async (request) => listExportJobs(db, callerOf(identityOf(request)), request.query),
  )

  app.get(
    '/v1/exports/:exportId',
    {
      config,
      schema: { tags, summary: 'How far it is', params: exportParams, response: { 200: exportJob } },
    },
    async (request) => findExportJob(db, callerOf(identityOf(request)), request.params.exportId),
  )

  app.delete(
    '/v1/exports/:exportId',
    {
      config,
      schema: { tags, summary: 'Give it up', params: exportParams, response: { 200: exportJob } },
    },
    async (request) => cancelExportJob(db, callerOf(identityOf(request)), request.params.exportId),
  )

  app.get(
    '/v1/exports/:exportId/file',
    {
      config,
      schema: {
        tags,
        summary: 'The file, for a day and only for whoever asked for it',
        params: exportParams,
        produces: Object.values(MEDIA_TYPES),
      },
    },
    async (request, reply) => {
      const { exportId } = request.params
      const { key, name, row } = await findExportFile(db, callerOf(identityOf(request)), exportId)
      const contents = await deps.files.read(key)
      await appendAudit(db, {
        ...auditOriginOf(request),
        action: 'export.downloaded',
        subject: { kind: 'export', id: exportId },
        newValue: { kind: row.kind, format: row.format, rows: row.rows_written },
        relatedHash: row.sha256,
      })
      reply.header('content-type', MEDIA_TYPES[row.format])
      reply.header('content-disposition', `attachment; filename="${name}"`)
      reply.header('content-length', String(row.bytes))
      return reply.send(contents)
    },
  )
}
