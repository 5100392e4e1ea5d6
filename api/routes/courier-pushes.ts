import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { Counter } from 'prom-client'
import { z } from 'zod'
import {
  KUAIDI100_ACCEPTED,
  kuaidi100Refusal,
  receiveKuaidi100,
} from '../../connectors/couriers/kuaidi100/receive.ts'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { keepCourierPush } from '../../store/courier-pushes.ts'
import type { ApiDeps } from '../deps.ts'
import { keepRawBodies } from '../plugins/body-parsers.ts'

const KUAIDI100 = 'kuaidi100'
const REFUSED = { malformed: 400, 'bad-signature': 401 } as const

/** What couriers push, each in its own protocol; acknowledged in its own words once it is durable. */
export const courierPushRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  await app.register(async (scope: FastifyInstance) => courierRoute(scope, deps))
}

function courierRoute(instance: FastifyInstance, deps: ApiDeps): void {
  const pushes = new Counter({
    name: 'hub_courier_pushes_total',
    help: 'Pushes of couriers, by what became of them',
    labelNames: ['courier', 'outcome'],
    registers: [instance.metricsRegistry],
  })
  keepRawBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/v1/webhooks/couriers/:courier',
    {
      // Its signature lets a courier in, not its rate; what is too much is refused by load shedding, and pushed again.
      config: { access: 'public' },
      bodyLimit: LIMITS.pushBytes,
      schema: {
        tags: ['webhooks'],
        summary: 'What a courier pushes, in its own protocol; acknowledged once it is durable',
        params: z.object({ courier: z.string() }),
      },
    },
    async (request, reply) => {
      const { courier } = request.params
      const saltKeys = deps.config.KUAIDI100_SALT_KEYS
      if (courier !== KUAIDI100 || !saltKeys)
        throw new ProblemError('not-found', 'no such courier pushes to us')
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const push = receiveKuaidi100(body, saltKeys)
      pushes.inc({ courier, outcome: push.outcome })
      reply.type('application/json; charset=utf-8')
      if (push.outcome === 'refused') {
        request.log.warn({ courier, reason: push.reason }, 'push refused')
        return reply.status(REFUSED[push.reason]).send(kuaidi100Refusal(push.reason))
      }
      const { messageId, waybillNumber, param } = push
      const { traceParent } = request
      const receivedAt = deps.clock.now()
      await deps.db
        .transaction()
        .execute((tx) =>
          keepCourierPush(tx, { source: courier, messageId, waybillNumber, param, receivedAt, traceParent }),
        )
      deps.notice.poke()
      return reply.send(KUAIDI100_ACCEPTED)
    },
  )
}
