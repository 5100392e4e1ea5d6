import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { z } from 'zod'
import { ERRORS, type ErrorCode, ProblemError } from '../../contracts/errors.ts'
import type { Db, Tx } from '../../store/database.ts'
import {
  type Claim,
  ClaimLostError,
  claimKey,
  findStandings,
  type KeyStanding,
  type RequestKey,
  releaseClaim,
  type StoredAnswer,
  storeAnswer,
  storeAnswers,
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
     * back and is an answer too. A failure on our side forgets the key, and a crash leaves nothing behind. Of two at
     * once in one process the second is told to wait; of two at once in two processes one is rolled back and gets
     * the other's answer.
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
     * The same for an effect that stores its answer or its refusal itself, under the key that it is given, because
     * it shares a transaction with others.
     */
    idempotentCall<Body>(
      reply: FastifyReply,
      schema: z.ZodType<Body>,
      effect: (requestKey: RequestKey) => Promise<CallOutcome<Body>>,
    ): Promise<Body>
  }
}

export const idempotency = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    app.decorateRequest('idempotent', function inTransaction(reply, schema, effect) {
      return this.idempotentCall(reply, schema, async (requestKey) => {
        try {
          return await inOneTransaction(deps.db, requestKey, effect)
        } catch (error) {
          // Another process was quicker with the same request: its answer is there now.
          if (error instanceof ClaimLostError) return inOneTransaction(deps.db, requestKey, effect)
          await keepRefusal(deps, requestKey, error)
          throw error
        }
      })
    })
    app.decorateRequest('idempotentCommand', function asCommand(reply, schema, effect) {
      return onceClaimed(deps, this, reply, schema, async (claim) => {
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
        reply.status(outcome.answer.status)
        return outcome.answer.body
      } finally {
        underWay.delete(id)
      }
    })
  },
  { name: 'idempotency', dependencies: ['auth'] },
)

/** What came of a call: its own answer, or what was known of its key. */
export type CallOutcome<Body> = { answer: Answer<Body> } | { standing: KeyStanding }

async function inOneTransaction<Body>(
  db: Db,
  requestKey: RequestKey,
  effect: (tx: Tx) => Promise<Answer<Body>>,
): Promise<CallOutcome<Body>> {
  return db.transaction().execute(async (tx) => {
    const [standing] = await findStandings(tx, [requestKey])
    if (standing) return { standing }
    const answer = await effect(tx)
    await storeAnswers(tx, [{ ...requestKey, status: answer.status, response: answer.body }])
    return { answer }
  })
}

/** A refusal is the operation's answer and is kept, although its transaction was rolled back. */
async function keepRefusal({ db, logger }: ApiDeps, requestKey: RequestKey, error: unknown): Promise<void> {
  const refusal = refusalAnswer(toProblem(error))
  if (refusal.status >= 500) return
  try {
    await db.transaction().execute((tx) => storeAnswers(tx, [{ ...requestKey, ...refusal }]))
  } catch (failure) {
    // A repetition is then decided anew; the caller hears of the first error all the same.
    logger.warn({ err: failure }, 'the answer to an idempotency key could not be kept')
  }
}

/** For effects outside the database: the key is claimed first, so that a crash leaves a marker for a while. */
async function onceClaimed<Body>(
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
      if (standing.answer.status >= 400) throw readRefusal(standing.answer.response)
      reply.status(standing.answer.status)
      return schema.parse(standing.answer.response)
  }
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
  return hash('sha256', text, 'buffer')
}
