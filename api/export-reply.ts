import type { FastifyReply, FastifyRequest } from 'fastify'
import { MEDIA_TYPES, type Sheet, writeSheet } from '../connectors/spreadsheets/sheet.ts'
import type { AuditValue } from '../contracts/audit.ts'
import type { ExportFormat, ExportRequest } from '../contracts/exports.ts'
import { appendAudit } from '../store/audit.ts'
import { exportSource } from '../store/exports.ts'
import { auditOriginOf } from './audit-origin.ts'
import type { ApiDeps } from './deps.ts'

/** Answers with an export while it is read. */
export async function replyWithExport(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  what: ExportRequest,
): Promise<FastifyReply> {
  const { format, filters } = what
  const source = exportSource(deps.db, what)
  return replyWithSheet(deps, request, reply, { sheet: source, format, filters })
}

/**
 * Answers with a sheet while its rows are read. Who takes it is in the audit trail before the first line leaves.
 *
 * @param sheet its name is the file's, and what the trail calls it
 */
export async function replyWithSheet(
  { db }: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { sheet, format, filters }: { sheet: Sheet; format: ExportFormat; filters: AuditValue },
): Promise<FastifyReply> {
  await appendAudit(db, {
    ...auditOriginOf(request),
    action: 'export.downloaded',
    subject: { kind: 'export', id: sheet.name },
    newValue: { filters, format },
  })
  reply.header('content-type', MEDIA_TYPES[format])
  reply.header('content-disposition', `attachment; filename="${sheet.name}.${format}"`)
  return reply.send(writeSheet(format, sheet))
}
