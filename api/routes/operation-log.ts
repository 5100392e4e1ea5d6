import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { MEDIA_TYPES } from '../../connectors/spreadsheets/sheet.ts'
import {
  operationLogExportQuery,
  operationLogPage,
  operationLogQuery,
} from '../../contracts/operation-log.ts'
import { scopeOf } from '../../store/identity.ts'
import { listOperationLog } from '../../store/operation-log.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { replyWithExport } from '../export-reply.ts'

const tags = ['operation log']

/** Who changed what of which order, when and why, over all orders of the caller's stores. */
export const operationLogRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/operation-log',
    {
      config: { access: ACCESS.readOperationLog },
      schema: {
        tags,
        summary: 'Changes of orders by order, person, source, subject and period',
        querystring: operationLogQuery,
        response: { 200: operationLogPage },
      },
    },
    async (request) => listOperationLog(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/operation-log/export',
    {
      config: { access: ACCESS.readOperationLog },
      schema: {
        tags,
        summary: 'The same of a period as CSV or XLSX, the oldest first',
        produces: Object.values(MEDIA_TYPES),
        querystring: operationLogExportQuery,
      },
    },
    async (request, reply) => {
      const { format, ...filters } = request.query
      const scope = scopeOf(identityOf(request))
      return replyWithExport(deps, request, reply, { kind: 'operation-log', format, filters, scope })
    },
  )
}
