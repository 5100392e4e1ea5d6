import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { cancellationAnswer, cancellationBody } from '../../contracts/orders.ts'
import { type Identity, operatorOf } from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

/** Only the buyer, through the buyer's system, takes back an order that is paid; staff raises a change request. */
function mayCancelPaid(identity: Identity): boolean {
  return identity.kind === 'system' && identity.system === 'mall'
}

/** Cancelling before shipping. The order's workflow decides and answers. */
export const cancellationRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.post(
    '/v1/orders/:orderId/cancellation',
    {
      config: { access: ACCESS.cancelOrder, idempotent: true },
      schema: {
        tags: ['orders'],
        summary: 'Cancel an order before it ships; a paid one only by the buyer’s system',
        params: z.object({ orderId }),
        body: cancellationBody,
        response: { 200: cancellationAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id } = request.params
      await requireOrder(deps.db, id, identity)
      return request.idempotentCommand(reply, cancellationAnswer, async (requestId) => {
        const answer = await deps.orderCommands.cancel(id, {
          requestId,
          operator: operatorOf(identity),
          reason: request.body.reason,
          mayCancelPaid: mayCancelPaid(identity),
        })
        if (!answer.accepted) throw new ProblemError(answer.code, answer.detail)
        return { status: 200, body: { orderId: id, status: 'cancelled' as const } }
      })
    },
  )
}
