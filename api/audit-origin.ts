import type { FastifyRequest } from 'fastify'
import type { AuditOrigin } from '../store/audit.ts'
import { operatorOf } from '../store/identity.ts'
import { identityOf } from './access.ts'

/** Who calls, and how, as the audit trail says it. Not for public routes. */
export function auditOriginOf(request: FastifyRequest): AuditOrigin {
  const identity = identityOf(request)
  return {
    actor: operatorOf(identity),
    source: identity.kind === 'person' ? 'console' : 'api',
    requestId: request.id,
  }
}
