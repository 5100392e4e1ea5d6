import cookie from '@fastify/cookie'
import session, { type FastifySessionOptions, type SessionStore } from '@fastify/session'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { z } from 'zod'
import { deleteSession, loadSession, saveSession } from '../../store/session.ts'
import type { ApiDeps } from '../deps.ts'
import type { OidcFlow } from '../oidc.ts'

export const SESSION_COOKIE = 'order_hub_session'
/** One working day; a session is not prolonged by use. */
const SESSION_MS = 12 * 3_600_000
/** Time to read a request, to look at its files and to decide. */
const LINK_SESSION_MS = 30 * 60_000
/** Time to sign in at the provider. */
const OIDC_MS = 15 * 60_000

declare module 'fastify' {
  interface Session {
    accountId?: string
    /** Begun by a link instead of a password: good for deciding only, and not for long. */
    byLink?: true
    /** A sign-in at the OpenID provider that has begun; nobody is signed in yet. */
    oidc?: OidcFlow
    /** Begun at that provider: signing out leads there, too. */
    byOidc?: true
  }
}

/**
 * Opaque sessions in PostgreSQL: ended at once on every process, and alive when Redis is away. Who comes with a key has
 * none.
 */
export const sessions = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    await app.register(cookie)
    await registerForPeople(app, {
      secret: deps.config.SESSION_SECRET,
      cookieName: SESSION_COOKIE,
      cookie: {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: deps.config.COOKIE_SECURE,
        maxAge: SESSION_MS,
      },
      rolling: false,
      saveUninitialized: false,
      store: createStore(deps),
    })
  },
  { name: 'sessions' },
)

/**
 * The library makes a session for every request, signs and hashes it, and throws it away where nobody used it: a tenth of
 * all that a checkout costs, for a caller with a key, who never has one. So its hooks pass such requests by.
 */
async function registerForPeople(app: FastifyInstance, options: FastifySessionOptions): Promise<void> {
  const scope: FastifyInstance = Object.create(app, {
    addHook: {
      value: (name: 'onRequest', hook: onRequestHookHandler) => {
        app.addHook(name, function forPeople(request, reply, ...rest) {
          if (!comesWithKey(request)) return hook.call(this, request, reply, ...rest)
          // Before the answer there is a payload in between.
          rest.at(-1)?.()
        })
      },
    },
  })
  await new Promise<void>((resolve, reject) => {
    session(scope, options, (error) => (error ? reject(error) : resolve()))
  })
}

/** Signing in begins a session whatever else was sent along. */
function comesWithKey({ headers, routeOptions }: FastifyRequest): boolean {
  return headers.authorization !== undefined && routeOptions.config.access !== 'public'
}

const stored = z.object({
  accountId: z.uuid().optional(),
  byLink: z.literal(true).optional(),
  oidc: z
    .object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() })
    .optional(),
  byOidc: z.literal(true).optional(),
  cookie: z.object({ originalMaxAge: z.number().nullable(), expires: z.coerce.date().nullish() }),
})

function createStore({ db, clock }: ApiDeps): SessionStore {
  return {
    set: (id, data, done) => {
      const { accountId = null, byLink, oidc, byOidc, cookie } = data
      const lastsMs = byLink ? LINK_SESSION_MS : oidc && accountId === null ? OIDC_MS : SESSION_MS
      const expiresAt = new Date(clock.now().getTime() + lastsMs)
      const kept = {
        ...(accountId === null ? {} : { accountId }),
        ...(byLink ? { byLink } : {}),
        ...(oidc ? { oidc } : {}),
        ...(byOidc ? { byOidc } : {}),
        cookie,
      }
      saveSession(db, { id, accountId, data: kept, expiresAt }).then(() => done(), done)
    },
    get: (id, done) => {
      loadSession(db, id, clock.now()).then((data) => {
        const parsed = data && stored.safeParse(data)
        if (!parsed?.success) return done(null, null)
        const { accountId, byLink, oidc, byOidc, cookie: saved } = parsed.data
        const { originalMaxAge, expires = null } = saved
        done(null, {
          ...(accountId === undefined ? {} : { accountId }),
          ...(byLink ? { byLink } : {}),
          ...(oidc ? { oidc } : {}),
          ...(byOidc ? { byOidc } : {}),
          cookie: { originalMaxAge, expires },
        })
      }, done)
    },
    destroy: (id, done) => {
      deleteSession(db, id).then(() => done(), done)
    },
  }
}
