import type { FastifyReply, FastifyRequest } from 'fastify'
import { MEDIA_TYPES, writeSheet } from '../connectors/spreadsheets/sheet.ts'
import type { ExportRequest } from '../contracts/exports.ts'
import { appendAudit } from '../store/audit.ts'
import { exportSource } from '../store/exports.ts'
import { auditOriginOf } from './audit-origin.ts'
import type { ApiDeps } from './deps.ts'

/** Answers with an export while it is read. Who takes it is in the audit trail before the first line leaves. */
export async function replyWithExport(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  what: ExportRequest,
): Promise<FastifyReply> {
  const source = exportSource(deps.db, what)
  await appendAudit(deps.db, {
    ...auditOriginOf(request),
    action: 'export.downloaded',
    subject: { kind: 'export', id: source.name },
    newValue: { filters: what.filters, format: what.format },
  })
  reply.header('content-type', MEDIA_TYPES[what.format])
  reply.header('content-disposition', `attachment; filename="${source.name}.${what.format}"`)
  return reply.send(writeSheet(what.format, source))
}
