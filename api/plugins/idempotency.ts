import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { z } from 'zod'
import { ERRORS, type ErrorCode, ProblemError } from '../../contracts/errors.ts'
import type { Tx } from '../../store/database.ts'
import {
  type Claim,
  claimKey,
  type KeyStanding,
  type RequestKey,
  releaseClaim,
  type StoredAnswer,
  storeAnswer,
} from '../../store/idempotency.ts'
import { callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { toProblem } from './problem-details.ts'

const KEY = /^[\x21-\x7e]{1,128}$/

export type Answer<Body> = { status: number; body: Body }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs an Idempotency-Key (an import only when it is not a dry run); the reference says so. */
    idempotent?: boolean
  }
  interface FastifyRequest {
    /**
     * Carries out an effect once per Idempotency-Key. The effect and its answer commit in one transaction, so that
     * a repetition gets the first answer and nothing else happens; a refusal (4xx ProblemError) rolls the effect
     * back and is an answer too. A failure on our side forgets the key.
     *
     * @param schema of the answer's body, to read a stored one
     */
    idempotent<Body>(
      reply: FastifyReply,
      schema: z.ZodType<Body>,
      effect: (tx: Tx) => Promise<Answer<Body>>,
    ): Promise<Body>
    /**
     * The same for an effect outside our database. It gets a request id that is the same for every repetition, by
     * which the other side recognises one that it has already carried out.
     */
    idempotentCommand<Body>(
      reply: FastifyReply,
      schema: z.ZodType<Body>,
      effect: (requestId: string) => Promise<Answer<Body>>,
    ): Promise<Body>
    /**
     * The same for an effect that stores its answer itself, under the key that it is given, because it shares a
     * transaction with others. A key of which nothing is known is not claimed first: of two at once in two
     * processes the second waits for the first one's commit and gets its answer.
     */
    idempotentCall<Body>(
      reply: FastifyReply,
      schema: z.ZodType<Body>,
      effect: (requestKey: RequestKey) => Promise<{ answer: StoredAnswer } | { standing: KeyStanding }>,
    ): Promise<Body>
  }
}

export const idempotency = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    app.decorateRequest('idempotent', function inTransaction(reply, schema, effect) {
      return once(deps, this, reply, schema, (claim) =>
        deps.db.transaction().execute(async (tx) => {
          const answer = await effect(tx)
          await storeAnswer(tx, claim, { status: answer.status, response: answer.body })
          return answer
        }),
      )
    })
    app.decorateRequest('idempotentCommand', function asCommand(reply, schema, effect) {
      return once(deps, this, reply, schema, async (claim) => {
        const answer = await effect(sha256(`${claim.caller}\n${claim.key}`).toString('hex'))
        await storeAnswer(deps.db, claim, { status: answer.status, response: answer.body })
        return answer
      })
    })
    const underWay = new Set<string>()
    app.decorateRequest('idempotentCall', async function asCall(reply, schema, effect) {
      const requestKey = requestKeyOf(this)
      const id = `${requestKey.caller}\n${requestKey.key}`
      if (underWay.has(id)) throw new ProblemError('request-in-flight')
      underWay.add(id)
      try {
        const outcome = await effect(requestKey)
        if ('standing' in outcome) return replay(reply, schema, outcome.standing)
        return answerWith(reply, schema, outcome.answer)
      } finally {
        underWay.delete(id)
      }
    })
  },
  { name: 'idempotency', dependencies: ['auth'] },
)

async function once<Body>(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  schema: z.ZodType<Body>,
  carryOut: (claim: Claim) => Promise<Answer<Body>>,
): Promise<Body> {
  const claimed = await claimKey(deps.db, { ...requestKeyOf(request), now: deps.clock.now() })
  if (claimed.kind !== 'claimed') return replay(reply, schema, claimed)
  try {
    const answer = await carryOut(claimed.claim)
    reply.status(answer.status)
    return answer.body
  } catch (error) {
    await settleFailure(deps, claimed.claim, error)
    throw error
  }
}

function requestKeyOf(request: FastifyRequest): RequestKey {
  const { config, url } = request.routeOptions
  if (!config.idempotent) throw new Error(`route ${url} does not say that it needs an Idempotency-Key`)
  return {
    caller: callerOf(identityOf(request)),
    key: readKey(request),
    requestHash: hashRequest(request),
  }
}

/** What a request is told whose key is known. */
function replay<Body>(reply: FastifyReply, schema: z.ZodType<Body>, standing: KeyStanding): Body {
  switch (standing.kind) {
    case 'in-flight':
      throw new ProblemError('request-in-flight')
    case 'other-request':
      throw new ProblemError('idempotency-key-reused')
    case 'answered':
      reply.header('idempotency-replayed', 'true')
      return answerWith(reply, schema, standing.answer)
  }
}

function answerWith<Body>(reply: FastifyReply, schema: z.ZodType<Body>, answer: StoredAnswer): Body {
  const { status, response } = answer
  if (status >= 400) throw readRefusal(response)
  reply.status(status)
  return schema.parse(response)
}

/** A refusal as it is stored and read again. */
export function refusalAnswer({ code, message: detail, fields, extra }: ProblemError): StoredAnswer {
  return { status: ERRORS[code].status, response: { code, detail, fields, extra } }
}

/** A refusal is the operation's answer and is kept; a failure on our side says nothing and gives the key back. */
async function settleFailure({ db, logger }: ApiDeps, claim: Claim, error: unknown): Promise<void> {
  const problem = toProblem(error)
  const refusal = refusalAnswer(problem)
  try {
    if (refusal.status >= 500) return await releaseClaim(db, claim)
    await storeAnswer(db, claim, refusal)
  } catch (failure) {
    // The marker then ends by itself after its time; the caller still hears of the first error.
    logger.warn({ err: failure }, 'an idempotency key could not be settled')
  }
}

const isErrorCode = (value: string): value is ErrorCode => value in ERRORS
const refusal = z.object({
  code: z.string().refine(isErrorCode),
  detail: z.string(),
  fields: z.array(z.object({ field: z.string(), message: z.string() })),
  extra: z.record(z.string(), z.unknown()),
})

function readRefusal(stored: unknown): ProblemError {
  const { code, detail, fields, extra } = refusal.parse(stored)
  return new ProblemError(isErrorCode(code) ? code : 'internal', detail, { fields, extra })
}

function readKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (key === undefined || key === '') throw new ProblemError('idempotency-key-required')
  if (typeof key !== 'string' || !KEY.test(key)) {
    const fields = [
      { field: 'idempotency-key', message: 'must be 1 to 128 printable characters without spaces' },
    ]
    throw new ProblemError('invalid-request', undefined, { fields })
  }
  return key
}

/** The body as it was understood, so that another spelling of the same JSON is the same request. */
function hashRequest(request: FastifyRequest): Buffer {
  return sha256(JSON.stringify([request.method, request.url, request.body ?? null]))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
