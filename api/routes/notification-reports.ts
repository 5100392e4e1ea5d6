import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { Counter } from 'prom-client'
import { z } from 'zod'
import { REPORT_READERS } from '../../connectors/notify/reports.ts'
import { type AllowedTargets, isInRanges, parseAllowedTargets } from '../../connectors/webhooks/address.ts'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { applyReports } from '../../store/notification-reports.ts'
import type { ApiDeps } from '../deps.ts'
import { keepRawBodies } from '../plugins/body-parsers.ts'

/** What operators report of text messages, pushed by the providers in their own words. */
export const notificationReportRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  await app.register(async (scope: FastifyInstance) => reportRoute(scope, deps))
}

function reportRoute(instance: FastifyInstance, deps: ApiDeps): void {
  const {
    SMS_PROVIDER: provider,
    SMS_REPORT_SECRETS: secrets = [],
    SMS_REPORT_SOURCES: sources,
  } = deps.config
  const allowed = sources === undefined ? null : parseAllowedTargets(sources)
  const received = new Counter({
    name: 'hub_notification_reports_total',
    help: 'Reports of operators on messages to customers that were pushed, by what became of them',
    labelNames: ['provider', 'outcome'],
    registers: [instance.metricsRegistry],
  })
  keepRawBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/v1/webhooks/sms/:provider/:secret',
    {
      // The secret lets a provider in, not its rate; what is too much is refused by load shedding, and pushed again.
      config: { access: 'public' },
      bodyLimit: LIMITS.pushBytes,
      schema: {
        tags: ['webhooks'],
        summary:
          'What operators report of text messages, pushed by their provider; acknowledged once it is durable',
        params: z.object({ provider: z.string(), secret: z.string() }),
      },
    },
    async (request, reply) => {
      const reader = request.params.provider === provider ? REPORT_READERS[provider] : undefined
      // In the same words for a provider, a secret and a network that are not right.
      if (!provider || !reader || !isKnown(request.params.secret, secrets) || !isFrom(request.ip, allowed))
        throw new ProblemError('not-found', 'no such provider reports to us')
      const reports = reader.read(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
      reply.type('application/json; charset=utf-8')
      if (!reports) {
        received.inc({ provider, outcome: 'malformed' })
        request.log.warn({ provider }, 'report refused')
        return reply.status(400).send(JSON.stringify(reader.refused))
      }
      const applied = await applyReports(deps.db, provider, reports)
      received.inc({ provider, outcome: 'applied' }, applied)
      received.inc({ provider, outcome: 'of-no-consequence' }, reports.length - applied)
      return reply.send(JSON.stringify(reader.accepted))
    },
  )
}

/** Every secret is compared, in constant time: neither which one it is nor how much of it fits can be measured. */
function isKnown(given: string, secrets: readonly string[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return secrets.map((secret) => timingSafeEqual(digest(secret), digest(given))).includes(true)
}

function isFrom(address: string, allowed: AllowedTargets | null): boolean {
  return allowed === null || isInRanges(address, allowed)
}
