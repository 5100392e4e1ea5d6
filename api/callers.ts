import type { FastifyRequest } from 'fastify'
import type { Applicant } from '../store/change-preview.ts'
import { type Identity, operatorOf } from '../store/identity.ts'
import { callerOf, identityOf } from './access.ts'

/** An event's id by who called with which Idempotency-Key: the same for every repetition of a request. */
export function eventIdOf(request: FastifyRequest): string {
  return `${callerOf(identityOf(request))}/${String(request.headers['idempotency-key'])}`
}

/** Who asks for a change of an order. */
export function applicantOf(identity: Identity): Applicant {
  const name = operatorOf(identity)
  if (identity.kind === 'person') return { name, role: identity.role }
  return { name, role: identity.system === 'mall' ? 'buyer' : 'system' }
}
