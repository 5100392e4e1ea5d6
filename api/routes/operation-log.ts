import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  type OperationLogEntry,
  operationLogExportQuery,
  operationLogPage,
  operationLogQuery,
} from '../../contracts/operation-log.ts'
import { appendAudit } from '../../store/audit.ts'
import { scopeOf } from '../../store/identity.ts'
import { exportOperationLog, listOperationLog } from '../../store/operation-log.ts'
import { ACCESS, identityOf } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import { csvLine } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['operation log']
const COLUMNS = [
  'id',
  'at',
  'sourceTime',
  'orderId',
  'storeId',
  'version',
  'field',
  'oldValue',
  'newValue',
  'amountCents',
  'subjectId',
  'operator',
  'source',
  'inboxId',
  'requestId',
] as const satisfies (keyof OperationLogEntry)[]

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
        summary: 'The same of a period as CSV, the oldest first',
        produces: ['text/csv'],
        querystring: operationLogExportQuery,
      },
    },
    async (request, reply) => {
      const entries = exportOperationLog(db, request.query, scopeOf(identityOf(request)))
      await appendAudit(db, {
        ...auditOriginOf(request),
        action: 'export.downloaded',
        subject: { kind: 'export', id: 'operation-log' },
        newValue: { filters: request.query, format: 'csv' },
      })
      reply.header('content-type', 'text/csv; charset=utf-8')
      reply.header('content-disposition', 'attachment; filename="operation-log.csv"')
      return reply.send(Readable.from(csvOf(entries)))
    },
  )
}

async function* csvOf(entries: AsyncIterable<OperationLogEntry>): AsyncGenerator<string> {
  // A byte order mark: without it, spreadsheets take Chinese for something else.
  yield `\uFEFF${csvLine([...COLUMNS])}`
  for await (const entry of entries) yield csvLine(COLUMNS.map((column) => entry[column]))
}
