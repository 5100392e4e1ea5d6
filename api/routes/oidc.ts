import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import { safeReturnPath, withSignInProblem } from '../../domain/return-path.ts'
import { auditRefusedOidc, signInByOidc } from '../../store/oidc-identities.ts'
import type { ApiDeps } from '../deps.ts'
import { OidcError, OidcProvider } from '../oidc.ts'

/** Where whoever came by the provider goes after signing out here. */
export const OIDC_SIGN_OUT = '/v1/session/oidc/sign-out'
const tags = ['session']
/** As for passwords: of one address. */
const config = { access: 'public', rateLimit: { max: 60, timeWindow: 60_000 } } as const

/** Signing in at the company's own provider. Its people need an account here, which says what they may do. */
export const oidcRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const provider = OidcProvider.from(deps.config)

  app.get(
    '/v1/session/ways',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'How people may sign in here',
        response: { 200: z.object({ oidc: z.boolean().describe('at the company’s OpenID provider, too') }) },
      },
    },
    async () => ({ oidc: provider !== null }),
  )

  app.get(
    '/v1/session/oidc',
    {
      config,
      schema: {
        tags,
        summary: 'Go to the OpenID provider to sign in there; it sends the browser back',
        querystring: z.strictObject({ returnTo: z.string().max(2_000).optional() }),
      },
    },
    async (request, reply) => {
      const returnTo = safeReturnPath(request.query.returnTo)
      if (!provider) throw new ProblemError('not-found', 'no OpenID provider is configured')
      // A link from elsewhere must not sign anybody out, or over to somebody else.
      if (isSignedIn(request)) return reply.redirect(returnTo, 302)
      try {
        const { url, flow } = await provider.begin(returnTo)
        // A new session for it: what is left in an older one must not be finished by this.
        await request.session.regenerate()
        request.session.oidc = flow
        return reply.redirect(url, 302)
      } catch (error) {
        return reply.redirect(refusal(error, request, returnTo), 302)
      }
    },
  )

  app.get(
    '/v1/session/oidc/callback',
    {
      config,
      schema: {
        tags,
        summary: 'Where the OpenID provider sends a browser back to',
        // All of it is checked as it was sent: what else a provider may add is its own matter.
        querystring: z.object({ code: z.string().optional(), state: z.string().optional() }),
      },
    },
    async (request, reply) => {
      const flow = request.session.oidc
      if (!provider || !flow) return reply.redirect(withSignInProblem('/', 'refused'), 302)
      // A new id at sign-in, as with a password; and what it was begun with is used up, whatever comes of it.
      await request.session.regenerate()
      try {
        const { search } = new URL(request.url, 'http://here.invalid')
        const person = await provider.finish(search, flow)
        const account = await deps.db
          .transaction()
          .execute((tx) => signInByOidc(tx, person, { requestId: request.id }))
        if (!account) {
          await request.session.destroy()
          return reply.redirect(withSignInProblem(flow.returnTo, 'unknown'), 302)
        }
        request.session.accountId = account.accountId
        request.session.byOidc = true
        return reply.redirect(flow.returnTo, 302)
      } catch (error) {
        await request.session.destroy()
        if (error instanceof OidcError && error.why === 'refused')
          await auditRefusedOidc(deps.db, { requestId: request.id })
        return reply.redirect(refusal(error, request, flow.returnTo), 302)
      }
    },
  )

  app.get(
    OIDC_SIGN_OUT,
    {
      config,
      schema: { tags, summary: 'End the session at the OpenID provider, too; it sends the browser back' },
    },
    async (request, reply) => {
      if (!provider) return reply.redirect('/', 302)
      try {
        return reply.redirect((await provider.signOutUrl()) ?? '/', 302)
      } catch (error) {
        // They are signed out here, which does not depend on anybody else.
        return reply.redirect(refusal(error, request, '/'), 302)
      }
    },
  )
}

/** A link's session is good for deciding only: whoever has it may sign in wholly. */
function isSignedIn({ identity, session }: FastifyRequest): boolean {
  return identity?.kind === 'person' && !session.byLink
}

/**
 * The page that was wanted, told why: a browser is sent there, and cannot be answered in JSON.
 *
 * @throws whatever is no failure of the provider
 */
function refusal(error: unknown, { log }: FastifyRequest, returnTo: string): string {
  if (!(error instanceof OidcError)) throw error
  log.warn({ err: error.cause, why: error.why }, error.message)
  return withSignInProblem(returnTo, error.why)
}
