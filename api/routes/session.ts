import { verify } from '@node-rs/argon2'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  auditFailedSignIn,
  beginSignIn,
  findPerson,
  finishSignIn,
  hashPassword,
  type Identity,
  ROLES,
  SYSTEMS,
} from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { SESSION_COOKIE } from '../plugins/session.ts'

/** Guessing is slowed by account (lock-out) and by address (this). */
const SIGN_INS_PER_MINUTE = 60

const signInBody = z
  .strictObject({
    userName: z.string().min(1).max(64),
    password: z.string().min(1).max(200),
  })
  .meta({ examples: [{ userName: 'ops', password: 'the printed one' }] })
const identityView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('system'),
    name: z.string(),
    system: z.enum(SYSTEMS),
    storeIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('person'),
    accountId: z.string(),
    userName: z.string(),
    role: z.enum(ROLES),
    storeIds: z.array(z.string()),
    region: z.string().nullable(),
  }),
])

/** Signing in and out, and who I am. */
export const sessionRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  // Checked where there is no account, so that an unknown user name takes as long as a wrong password.
  const nobodysHash = await hashPassword(deps.ids.next())

  app.post(
    '/v1/session',
    {
      config: { access: 'public', rateLimit: { max: SIGN_INS_PER_MINUTE, timeWindow: 60_000 } },
      schema: {
        tags: ['session'],
        summary: 'Sign in; five failures lock the account for 15 minutes',
        body: signInBody,
        response: { 200: identityView },
      },
    },
    async (request, reply) => {
      const { password } = request.body
      const origin = { userName: request.body.userName.toLowerCase(), requestId: request.id }
      const account = await beginSignIn(deps.db, origin.userName, deps.clock.now())
      const matches = await verify(account?.passwordHash ?? nobodysHash, password)
      if (!account || !matches) {
        await auditFailedSignIn(deps.db, account, origin)
        throw new ProblemError('wrong-credentials')
      }
      await finishSignIn(deps.db, account.id, origin)
      // A new id at sign-in: one that somebody planted beforehand is worth nothing.
      await request.session.regenerate()
      request.session.accountId = account.id
      const identity = await findSignedIn(deps, account.id)
      return reply.status(200).send(identity)
    },
  )

  app.get(
    '/v1/session',
    {
      config: { access: ACCESS.anybodySignedIn },
      schema: { tags: ['session'], summary: 'Who I am', response: { 200: identityView } },
    },
    async (request) => identityOf(request),
  )

  app.delete(
    '/v1/session',
    {
      config: { access: ACCESS.anybodySignedIn },
      schema: {
        tags: ['session'],
        summary: 'Sign out, on every process at once',
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await request.session.destroy()
      reply.clearCookie(SESSION_COOKIE, { path: '/' })
      return reply.status(204).send()
    },
  )
}

async function findSignedIn({ db }: ApiDeps, accountId: string): Promise<Identity> {
  const identity = await findPerson(db, accountId)
  if (!identity) throw new ProblemError('wrong-credentials')
  return identity
}
