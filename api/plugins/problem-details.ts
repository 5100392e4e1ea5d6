import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { ERRORS, type ErrorCode, type FieldError, ProblemError, problemBody } from '../../contracts/errors.ts'
import { isUnavailable } from '../unavailable.ts'

/** Seconds after which a repetition makes sense, for errors that pass by themselves. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  'request-in-flight': 1,
  overloaded: 2,
  unavailable: 3,
}

const BY_FASTIFY_CODE: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods that a path has, so that a wrong method is told apart from a wrong path. */
    methodsOf: (path: string) => ReadonlySet<string>
  }
}

/** The one place where a failure becomes an answer: `application/problem+json` from the catalogue. */
export const problems = fp(
  async (app: FastifyInstance) => {
    app.decorate('methodsOf', collectMethods(app))
    app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  },
  { name: 'problems' },
)

/** Answers what no route is for, within the limits of whoever asks. */
export const notFound = fp(
  async (app: FastifyInstance) => {
    app.setNotFoundHandler((request, reply) => {
      const offered = app.methodsOf(request.url.split('?', 1)[0] ?? '')
      // A route that answers this method has looked, and found nothing at the address.
      if (offered.size === 0 || offered.has(request.method))
        return sendProblem(new ProblemError('not-found'), request, reply)
      reply.header('allow', [...offered].join(', '))
      return sendProblem(new ProblemError('method-not-allowed'), request, reply)
    })
  },
  { name: 'not-found', dependencies: ['problems'] },
)

/** Answers a failure. Bugs are logged with their stack and answered without their text. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error)
  const { status } = ERRORS[problem.code]
  if (status >= 500 && !(error instanceof ProblemError)) request.log.error({ err: error }, 'request failed')
  const retryAfter = RETRY_AFTER_SECONDS[problem.code]
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
  if (problem.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  request.problemCode = problem.code
  return reply
    .status(status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemBody(problem, request.url.split('?', 1)[0] ?? ''))
}

/** What a failure is, in terms of the catalogue. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (isHangUp(error))
    return new ProblemError('invalid-request', 'the connection ended before the request did')
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error)
  if (isUnavailable(error)) return new ProblemError('unavailable')
  if (!isFastifyError(error)) return new ProblemError('internal')
  const code = BY_FASTIFY_CODE[error.code]
  if (code) return new ProblemError(code)
  const { statusCode = 500 } = error
  return new ProblemError(statusCode >= 400 && statusCode < 500 ? 'invalid-request' : 'internal')
}

/** Node's own words for a caller that hung up in the middle of its body: no failure of ours. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'aborted' && Reflect.get(error, 'code') === 'ECONNRESET'
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

type ValidationEntry = {
  keyword: string
  instancePath: string
  message?: string
  params: Record<string, unknown>
}

function invalidRequest(error: { validation: ValidationEntry[]; validationContext?: string }): ProblemError {
  const fields = error.validation.flatMap(({ keyword, instancePath, message, params }): FieldError[] => {
    const path = instancePath.split('/').filter(Boolean)
    const { keys } = params
    if (keyword === 'unrecognized_keys' && Array.isArray(keys)) {
      return keys.map((key) => ({ field: [...path, String(key)].join('.'), message: 'is not a known field' }))
    }
    return [
      { field: path.join('.') || (error.validationContext ?? 'body'), message: message ?? 'is not valid' },
    ]
  })
  // A body of ten thousand wrong lines is not answered with ten thousand errors.
  return new ProblemError('invalid-request', undefined, { fields: fields.slice(0, MAX_FIELDS) })
}
const MAX_FIELDS = 50

function collectMethods(app: FastifyInstance): (path: string) => Set<string> {
  const routes: { pattern: RegExp; method: string }[] = []
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return
    const pattern = new RegExp(
      `^${route.url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')}/?$`,
    )
    for (const method of [route.method].flat()) routes.push({ pattern, method })
  })
  return (path) => new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that was answered, for the log and the metrics. */
    problemCode: ErrorCode | null
  }
}
