import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { auditHeadPage, auditPage, auditQuery } from '../../contracts/audit.ts'
import { pageQuery } from '../../contracts/common.ts'
import { listAuditEntries, listAuditHeads } from '../../store/audit-queries.ts'
import { ACCESS } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

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
    '/v1/audit/heads',
    {
      config,
      schema: {
        tags,
        summary: "The chain's hash at the end of each day, the newest first: to be kept elsewhere",
        querystring: pageQuery,
        response: { 200: auditHeadPage },
      },
    },
    async ({ query }) => listAuditHeads(db, query),
  )
}
