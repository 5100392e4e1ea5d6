import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import { secondFactorCode } from '../../contracts/second-factor.ts'
import { changeCardSubject } from '../../contracts/wecom.ts'
import { ROLES } from '../../domain/role.ts'
import {
  auditFailedSignIn,
  auditLinkSignIn,
  findPerson,
  finishSignIn,
  hashPassword,
  type Person,
  SYSTEMS,
  uncountAttempt,
} from '../../store/identity.ts'
import { LINK_TOKEN, MobileLinks } from '../../store/mobile-links.ts'
import { takeSecondFactor } from '../../store/second-factor.ts'
import { findCard, linkedCard } from '../../store/wecom-cards.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { type Attempt, tryPassword } from '../own-password.ts'
import { SESSION_COOKIE } from '../plugins/session.ts'
import { OIDC_SIGN_OUT } from './oidc.ts'

/** Guessing is slowed by account (lock-out) and by address (this). */
const SIGN_INS_PER_MINUTE = 60

const signInBody = z
  .strictObject({
    userName: z.string().min(1).max(64),
    password: z.string().min(1).max(200),
    /** Of whoever has a second factor: the code of their device, or a recovery code. */
    code: secondFactorCode.optional(),
  })
  .meta({ examples: [{ userName: 'ops', password: 'the printed one' }] })
const personView = z.object({
  kind: z.literal('person'),
  accountId: z.string(),
  userName: z.string(),
  role: z.enum(ROLES),
  storeIds: z.array(z.string()),
  region: z.string().nullable(),
  mustChangePassword: z
    .boolean()
    .describe(
      'somebody else chose the password: everything but changing it answers `password-change-required`',
    ),
})
const identityView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('system'),
    name: z.string(),
    system: z.enum(SYSTEMS),
    storeIds: z.array(z.string()),
  }),
  personView,
])
const linkBody = z
  .strictObject({ token: z.string().regex(LINK_TOKEN, 'must be the token of a link') })
  .meta({ examples: [{ token: 'A'.repeat(72) }] })
const signedOutView = z.object({
  continueAt: z.string().describe('where a browser ends its session at the OpenID provider, too'),
})
const linkView = z.object({ identity: personView, opens: changeCardSubject })

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
      const account = await tryPassword(deps, origin, password, nobodysHash)
      if (!account) throw new ProblemError('wrong-credentials')
      await requireSecondFactor(deps, account, { ...origin, code: request.body.code ?? null })
      await finishSignIn(deps.db, account.id, origin)
      // A new id at sign-in: one that somebody planted beforehand is worth nothing.
      await request.session.regenerate()
      request.session.accountId = account.id
      const identity = await findSignedIn(deps, account.id)
      return reply.status(200).send(identity)
    },
  )

  app.post(
    '/v1/session/link',
    {
      config: { access: 'public', rateLimit: { max: SIGN_INS_PER_MINUTE, timeWindow: 60_000 } },
      schema: {
        tags: ['session'],
        summary: 'Come in by the link of a card in WeCom, once, to decide on what it asks',
        body: linkBody,
        response: { 200: linkView },
      },
    },
    async (request, reply) => {
      const opened = await openLink(deps, request.body.token, request.id)
      await request.session.regenerate()
      request.session.accountId = opened.identity.accountId
      request.session.byLink = true
      return reply.status(200).send(opened)
    },
  )

  app.get(
    '/v1/session',
    {
      config: { access: ACCESS.anybodySignedIn, byLink: true, beforePasswordChange: true },
      schema: { tags: ['session'], summary: 'Who I am', response: { 200: identityView } },
    },
    async (request) => identityOf(request),
  )

  app.delete(
    '/v1/session',
    {
      config: { access: ACCESS.anybodySignedIn, byLink: true, beforePasswordChange: true },
      schema: {
        tags: ['session'],
        summary: 'Sign out, on every process at once',
        response: { 200: signedOutView, 204: z.void() },
      },
    },
    async (request, reply) => {
      // Who comes with a key has none to end.
      const isByOidc = request.session?.byOidc === true
      await request.session?.destroy()
      reply.clearCookie(SESSION_COOKIE, { path: '/' })
      if (isByOidc) return reply.status(200).send({ continueAt: OIDC_SIGN_OUT })
      return reply.status(204).send()
    },
  )
}

/** @throws ProblemError `second-factor-needed`, which counts for nothing, or `wrong-code`, which counts as a wrong password */
async function requireSecondFactor(
  { db, keyRing, clock }: ApiDeps,
  account: Attempt,
  { code, ...origin }: { userName: string; requestId: string; code: string | null },
): Promise<void> {
  const by = { actor: origin.userName, source: 'console' as const, requestId: origin.requestId }
  const given = { accountId: account.id, code, now: clock.now(), origin: by }
  const answer = await db.transaction().execute((tx) => takeSecondFactor(tx, keyRing, given))
  if (answer === 'missing') {
    await uncountAttempt(db, account)
    throw new ProblemError('second-factor-needed')
  }
  if (answer === 'wrong') {
    await auditFailedSignIn(db, account, origin)
    throw new ProblemError('wrong-code')
  }
}

async function findSignedIn({ db }: ApiDeps, accountId: string): Promise<Person> {
  const identity = await findPerson(db, accountId)
  if (!identity) throw new ProblemError('wrong-credentials')
  return identity
}

/** Whoever holds the link is believed to be who it was made for: it went to their own WeCom, and is used up now. */
async function openLink(
  { db, config }: ApiDeps,
  token: string,
  requestId: string,
): Promise<z.output<typeof linkView>> {
  const redeemed = await new MobileLinks({ db, secret: config.SESSION_SECRET }).redeem(token)
  const card = redeemed.ok ? await findCard(db, linkedCard(redeemed.subject)) : null
  const identity = card && (await findPerson(db, card.accountId))
  if (!card || !identity) throw new ProblemError('link-not-valid')
  await auditLinkSignIn(db, identity, { cardId: card.id, requestId })
  return {
    identity: { ...identity, mustChangePassword: false },
    opens: changeCardSubject.parse(card.subject),
  }
}
