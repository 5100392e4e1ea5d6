import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { Counter, Histogram } from 'prom-client'
import { z } from 'zod'
import type { ChannelConnector, PushOutcome, PushRequest } from '../../connectors/channels/channel.ts'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { platform } from '../../contracts/shops.ts'
import { IntakeUnavailableError } from '../../store/durable-intake.ts'
import { incomingHints } from '../../store/intake.ts'
import { ShopsUnknownError } from '../../store/shop-accounts.ts'
import type { ApiDeps } from '../deps.ts'
import { keepRawBodies } from '../plugins/body-parsers.ts'

type Outcome = 'accepted' | 'refused' | 'unavailable' | 'failed'

/** What the platforms push, each in its own protocol and with its own acknowledgement. */
export const webhookRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  await app.register(async (scope: FastifyInstance) => channelRoute(scope, deps))
}

function channelRoute(instance: FastifyInstance, deps: ApiDeps): void {
  const measured = pushMetrics(instance)
  keepRawBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/v1/webhooks/:channel',
    {
      // A platform sends as fast as people buy: it is its signature that lets it in, not its rate. What is too much
      // is refused by the load shedding and by the intake's own bounds, and sent again.
      config: { access: 'public' },
      bodyLimit: LIMITS.pushBytes,
      schema: {
        tags: ['webhooks'],
        summary: 'Messages that a platform pushes, in its own protocol; acknowledged once they are durable',
        params: z.object({ channel: platform }),
      },
    },
    async (request, reply) => {
      const { channel } = request.params
      const connector = deps.connectors[channel]
      if (!connector?.receivePush) throw new ProblemError('not-found', `${channel} does not push over HTTP`)
      const startedAt = performance.now()
      const count = (outcome: Outcome) => {
        measured.pushes.inc({ platform: channel, outcome })
        measured.acknowledgement.observe({ platform: channel }, (performance.now() - startedAt) / 1000)
      }
      try {
        const push = await receive(connector, deps, request)
        if (push.outcome === 'refused')
          request.log.warn({ platform: channel, reason: push.reason }, 'push refused')
        else measured.hints.inc({ platform: channel }, push.hints.length)
        count(push.outcome)
        return reply.status(push.reply.status).type(push.reply.contentType).send(push.reply.body)
      } catch (error) {
        const isUnavailable = error instanceof IntakeUnavailableError || error instanceof ShopsUnknownError
        count(isUnavailable ? 'unavailable' : 'failed')
        throw isUnavailable ? new ProblemError('unavailable') : error
      }
    },
  )
}

/** Reads a push and keeps what it says; the reply is good only after that. */
async function receive(
  { platform: name, receivePush }: ChannelConnector,
  { clock, shops, intake }: ApiDeps,
  request: FastifyRequest,
): Promise<PushOutcome> {
  if (!receivePush) throw new Error('a platform that does not push was asked to')
  const push = pushOf(request, clock.now())
  const outcome = await receivePush(push, { shopsOfApp: (appKey) => shops.ofApp(name, appKey) })
  if (outcome.outcome === 'refused') return outcome
  const { receivedAt } = push
  const arrival = { platform: name, receivedAt, traceParent: request.traceParent, shops: await shops.all() }
  await intake.accept(incomingHints(outcome.hints, arrival))
  return outcome
}

function pushOf(request: FastifyRequest, receivedAt: Date): PushRequest {
  const { headers, query, body } = request
  return {
    headers: single(headers),
    query: typeof query === 'object' && query !== null ? single(query) : {},
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    receivedAt,
  }
}

function single(values: object): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(values)) {
    texts[name] = Array.isArray(value) ? String(value[0]) : value === undefined ? undefined : String(value)
  }
  return texts
}

function pushMetrics({ metricsRegistry }: FastifyInstance) {
  const registers = [metricsRegistry]
  return {
    pushes: new Counter({
      name: 'hub_pushes_total',
      help: 'Pushes of the platforms, by what became of them',
      labelNames: ['platform', 'outcome'],
      registers,
    }),
    hints: new Counter({
      name: 'hub_push_hints_total',
      help: 'Messages in the pushes that were acknowledged',
      labelNames: ['platform'],
      registers,
    }),
    acknowledgement: new Histogram({
      name: 'hub_push_acknowledgement_seconds',
      help: 'From the arrival of a push to its answer',
      labelNames: ['platform'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
  }
}
