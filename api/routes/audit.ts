import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { MEDIA_TYPES } from '../../connectors/spreadsheets/sheet.ts'
import {
  auditExportQuery,
  auditHeadPage,
  auditHeadQuery,
  auditPage,
  auditQuery,
} from '../../contracts/audit.ts'
import { listAuditEntries, listAuditHeads } from '../../store/audit-queries.ts'
import { scopeOf } from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { replyWithExport } from '../export-reply.ts'

const tags = ['audit']
const config = { access: ACCESS.readAudit }

/** The audit trail: who did what, and by which hash one sees that nobody changed it since. */
export const auditRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/audit',
    {
      config,
      schema: {
        tags,
        summary: 'The audit trail by person, action, subject and period',
        querystring: auditQuery,
        response: { 200: auditPage },
      },
    },
    async ({ query }) => listAuditEntries(db, query),
  )

  app.get(
    '/v1/audit/export',
    {
      config,
      schema: {
        tags,
        summary: 'The same as CSV or XLSX, the oldest first',
        produces: Object.values(MEDIA_TYPES),
        querystring: auditExportQuery,
      },
    },
    async (request, reply) => {
      const { format, ...filters } = request.query
      const scope = scopeOf(identityOf(request))
      return replyWithExport(deps, request, reply, { kind: 'audit', format, filters, scope })
    },
  )

  app.get(
    '/v1/audit/heads',
    {
      config,
      schema: {
        tags,
        summary: "The chain's hash at the end of each day: to be kept elsewhere",
        querystring: auditHeadQuery,
        response: { 200: auditHeadPage },
      },
    },
    async ({ query }) => listAuditHeads(db, query),
  )
}
