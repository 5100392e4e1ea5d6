import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ProblemError } from '../../contracts/errors.ts'
import { findApiKey, findPerson, hashApiKey, type Identity, type Person } from '../../store/identity.ts'
import { type Access, mayCall } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

/** How long a key is believed without asking the database: a revoked key works at most this much longer. */
const KEY_CACHE_MS = 5_000
/** More keys than any installation has; guesses fill it at worst, and then it starts again. */
const KEY_CACHE_ENTRIES = 1_000

/** Pages that need no `config.access` because a library registers them. Nothing in them is secret. */
const LIBRARY_ROUTES = /^\/docs(\/|$)/
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** Needed to decide on a change request: open to whoever came by a link, too. */
    byLink?: true
    /** Open to whoever still has the password that somebody else chose. */
    beforePasswordChange?: true
    /** One more origin that may send the session's cookie here. */
    trustedOrigin?: string | undefined
  }
  interface FastifyRequest {
    /** Who is calling; null on public routes, or when nobody is known. */
    identity: Identity | null
  }
}

/** Finds out who is calling, and lets nobody through to a route that does not name them. */
export const auth = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    const findSystem = createKeyLookup(deps)
    app.decorateRequest('identity', null)
    app.addHook('onRoute', (route) => {
      const isPreflight = route.method === 'OPTIONS'
      if (route.config?.access === undefined && !isPreflight && !LIBRARY_ROUTES.test(route.url)) {
        throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`)
      }
    })
    app.addHook('onRequest', async (request) => {
      const { authorization } = request.headers
      if (authorization !== undefined) {
        const [, token] = /^Bearer ([\x21-\x7e]{16,200})$/i.exec(authorization) ?? []
        request.identity = token ? await findSystem(token) : null
      } else if (request.session?.accountId) {
        const person = await findPerson(deps.db, request.session.accountId)
        request.identity = person && whoCame(person, request.session)
      }
    })
    // After the rate limit, which counts by identity, and before the body is read.
    app.addHook('preParsing', async (request) => authorize(request))
  },
  { name: 'auth', dependencies: ['sessions'] },
)

/** Whoever came by a card's link, or from the company's provider, has used no password. */
function whoCame(person: Person, { byLink, byOidc }: FastifyRequest['session']): Person {
  return byLink || byOidc ? { ...person, mustChangePassword: false } : person
}

function authorize(request: FastifyRequest): void {
  if (request.is404) return
  const { access, byLink, beforePasswordChange, trustedOrigin } = request.routeOptions.config
  if (access === 'public') return
  if (access === undefined && LIBRARY_ROUTES.test(request.routeOptions.url ?? '')) return
  if (!request.identity) throw new ProblemError('unauthenticated')
  if (access === undefined || !mayCall(access, request.identity)) throw new ProblemError('forbidden')
  if (request.identity.kind === 'system') return
  if (request.session.byLink && !byLink) throw new ProblemError('link-session')
  if (request.identity.mustChangePassword && !beforePasswordChange)
    throw new ProblemError('password-change-required')
  refuseForgery(request, trustedOrigin)
}

/**
 * A browser sends the session's cookie along with requests that another site made it send. Such a request can
 * neither set our header nor forge its origin.
 */
function refuseForgery(request: FastifyRequest, trustedOrigin: string | undefined): void {
  if (SAFE_METHODS.has(request.method)) return
  if (request.headers['x-order-hub'] === '1') return
  const { origin } = request.headers
  if (
    origin !== undefined &&
    (origin === `${request.protocol}://${request.host}` || origin === trustedOrigin)
  )
    return
  throw new ProblemError('forbidden', 'with a session, send the header "x-order-hub: 1"')
}

function createKeyLookup({ db, clock }: ApiDeps): (token: string) => Promise<Identity | null> {
  const cache = new Map<string, { identity: Identity | null; untilMs: number }>()
  return async (token) => {
    const keyHash = hashApiKey(token)
    const cacheKey = keyHash.toString('base64')
    const nowMs = clock.now().getTime()
    const known = cache.get(cacheKey)
    if (known && known.untilMs > nowMs) return known.identity
    const found = await findApiKey(db, keyHash)
    const identity = found && timingSafeEqual(found.keyHash, keyHash) ? found.identity : null
    if (cache.size >= KEY_CACHE_ENTRIES) cache.clear()
    cache.set(cacheKey, { identity, untilMs: nowMs + KEY_CACHE_MS })
    return identity
  }
}
