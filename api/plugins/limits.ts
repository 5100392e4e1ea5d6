import { getHeapStatistics } from 'node:v8'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import { type FastifyInstance, fastify } from 'fastify'
import fp from 'fastify-plugin'
import { ProblemError } from '../../contracts/errors.ts'
import { callerOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

export type PressureLimits = {
  maxEventLoopDelayMs: number
  maxHeapUsedBytes: number
  /** How often both are read. */
  sampleMs: number
}

const PRESSURE_LIMITS: PressureLimits = {
  // Above this mean delay, answers come too late to be of use: refuse early instead.
  maxEventLoopDelayMs: 1_000,
  // A little above this Node ends the process, and every request under way with it.
  maxHeapUsedBytes: 0.9 * getHeapStatistics().heap_size_limit,
  sampleMs: 1_000,
}

/** Refuses new work while the process is busier than it can bear; routes that tell how it is are spared by their config. */
export const loadShedding = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    const pressure = { ...PRESSURE_LIMITS, ...deps.pressureLimits }
    await app.register(underPressure, {
      maxEventLoopDelay: pressure.maxEventLoopDelayMs,
      maxHeapUsedBytes: pressure.maxHeapUsedBytes,
      sampleInterval: pressure.sampleMs,
      pressureHandler: () => {
        throw new ProblemError('overloaded')
      },
    })
  },
  { name: 'load-shedding' },
)

/** What keeps a browser from doing with an answer what it is not meant for. */
export const securityHeaders = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    const headers = await pageHeaders(deps)
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
  },
  { name: 'security-headers' },
)

/** The rate limit. Register after `auth`: it counts by identity. */
export const limits = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    await app.register(rateLimit, {
      max: deps.config.RATE_LIMIT_PER_MINUTE,
      timeWindow: 60_000,
      ...(deps.redis ? { redis: deps.redis, nameSpace: 'order-hub/rate/' } : {}),
      // Redis away: let everybody in rather than nobody.
      skipOnError: true,
      keyGenerator: (request) => (request.identity ? callerOf(request.identity) : `ip/${request.ip}`),
      errorResponseBuilder: () => new ProblemError('too-many-requests'),
    })
  },
  { name: 'limits', dependencies: ['auth'] },
)

/**
 * What the library puts on every answer. It makes them anew for each, with the same outcome, and that takes as long as
 * reading an order's body: so it is asked once.
 */
async function pageHeaders({ config }: ApiDeps): Promise<Record<string, string>> {
  const page = fastify()
  await page.register(helmet, {
    // The API answers data; /docs sets its own policy.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'same-site' },
    hsts: config.COOKIE_SECURE,
  })
  page.get('/', async (_request, reply) => reply.status(204).send())
  const { headers } = await page.inject('/')
  await page.close()
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !OF_THIS_ANSWER.has(name) ? [[name, value]] : [],
    ),
  )
}

const OF_THIS_ANSWER = new Set(['connection', 'content-length', 'content-type', 'date'])
