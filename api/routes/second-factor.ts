import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  beginSecondFactorBody,
  confirmSecondFactorBody,
  recoveryCodes,
  removeSecondFactorBody,
  secondFactorSecret,
  secondFactorView,
} from '../../contracts/second-factor.ts'
import { auditFailedSignIn, forgetFailures } from '../../store/identity.ts'
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  showSecondFactor,
  takeSecondFactor,
} from '../../store/second-factor.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { requirePassword } from '../own-password.ts'

const tags = ['session']
const one = '/v1/session/second-factor'
const TRIES_PER_MINUTE = 10
/** Guessing is slowed by the account's lock-out, and by this. */
const guarded = { access: ACCESS.useConsole, rateLimit: { max: TRIES_PER_MINUTE, timeWindow: 60_000 } }

/** A second factor of one's own: none of it can be done by whoever merely sits at an open session. */
export const secondFactorRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing, clock } = deps

  app.get(
    one,
    {
      config: { access: ACCESS.useConsole },
      schema: {
        tags,
        summary: 'Whether you are asked for a code at signing in',
        response: { 200: secondFactorView },
      },
    },
    async (request) => showSecondFactor(db, requirePerson(identityOf(request)).accountId),
  )

  app.post(
    one,
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Make a secret for your device; it counts once a code of it has been confirmed',
        body: beginSecondFactorBody,
        response: { 201: secondFactorSecret },
      },
    },
    async (request, reply) => {
      const person = requirePerson(identityOf(request))
      await requirePassword(deps, { userName: person.userName, requestId: request.id }, request.body.password)
      const secret = await db.transaction().execute(async (tx) => {
        await forgetFailures(tx, person.accountId)
        return beginSecondFactor(tx, keyRing, person)
      })
      return reply.status(201).header('cache-control', 'no-store').send(secret)
    },
  )

  app.post(
    `${one}/confirmation`,
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Show that your device has the secret; answers recovery codes, once',
        body: confirmSecondFactorBody,
        response: { 200: recoveryCodes },
      },
    },
    async (request, reply) => {
      const { accountId } = requirePerson(identityOf(request))
      const given = { accountId, code: request.body.code, now: clock.now(), origin: auditOriginOf(request) }
      const codes = await db.transaction().execute((tx) => confirmSecondFactor(tx, keyRing, given))
      reply.header('cache-control', 'no-store')
      return { recoveryCodes: codes }
    },
  )

  app.post(
    `${one}/removal`,
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Be asked for no code any more',
        body: removeSecondFactorBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { accountId, userName } = requirePerson(identityOf(request))
      const { password, code } = request.body
      const by = { userName, requestId: request.id }
      const attempt = await requirePassword(deps, by, password)
      const origin = auditOriginOf(request)
      const outcome = await db.transaction().execute(async (tx) => {
        const given = { accountId, code, now: clock.now(), origin }
        const answer = await takeSecondFactor(tx, keyRing, given)
        if (answer === 'wrong') return answer
        await removeSecondFactor(tx, { accountId, origin })
        await forgetFailures(tx, accountId)
        return answer
      })
      if (outcome === 'wrong') {
        await auditFailedSignIn(db, attempt, by)
        throw new ProblemError('wrong-code')
      }
      return reply.status(204).send()
    },
  )
}
