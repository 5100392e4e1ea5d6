import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { sql } from 'kysely'
import { z } from 'zod'
import { ACCESS } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

/** An answer that takes longer is as good as none to whoever asks. */
const CHECK_MS = 2_000
const checks = z.object({ database: z.boolean(), temporal: z.boolean() })

/** For those who run the hub: is it alive, can it work, what does it measure. Load shedding does not touch these. */
export const systemRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const always = { pressureHandler: () => undefined }
  const open = { access: 'public', rateLimit: false, ...always } as const
  let document: string | null = null

  app.get('/healthz', { config: open, schema: { hide: true } }, async () => ({ alive: true }))

  app.get(
    '/readyz',
    { config: open, schema: { hide: true, response: { 200: checks, 503: checks } } },
    async (_request, reply) => {
      const [database, temporal] = await Promise.all([
        succeeds(sql`select 1`.execute(deps.db)),
        succeeds(deps.temporalReady()),
      ])
      return reply.status(database && temporal ? 200 : 503).send({ database, temporal })
    },
  )

  app.get(
    '/metrics',
    {
      config: { access: ACCESS.readMetrics, ...always },
      schema: { tags: ['system'], summary: 'Prometheus metrics; scrape with an ops key as bearer token' },
    },
    async (_request, reply) =>
      reply.type(app.metricsRegistry.contentType).send(await app.metricsRegistry.metrics()),
  )

  app.get(
    '/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    async (_request, reply) => {
      document ??= JSON.stringify(app.swagger())
      return reply.type('application/json').send(document)
    },
  )
}

async function succeeds(check: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS)
  })
  const outcome = check.then(
    (value) => value !== false,
    () => false,
  )
  return Promise.race([outcome, tooLate]).finally(() => clearTimeout(timer))
}
