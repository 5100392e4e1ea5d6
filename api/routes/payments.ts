import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { paymentAnswer, paymentBody } from '../../contracts/payments.ts'
import { operatorOf } from '../../store/identity.ts'
import { raisePaymentMismatch, recordPayment } from '../../store/payments.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { refuseForeignOrder } from '../orders-in-scope.ts'

/** Payments as their provider, or the mall, reports them. */
export const paymentRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.post(
    '/v1/orders/:orderId/payments',
    {
      config: { access: ACCESS.recordPayment, idempotent: true },
      schema: {
        tags: ['payments'],
        summary: 'Record a payment; 202 when the order is not known and the money is kept for a person',
        params: z.object({ orderId }),
        body: paymentBody,
        response: { 201: paymentAnswer, 202: paymentAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { body, traceParent } = request
      const { orderId: named } = request.params
      await refuseForeignOrder(deps.db, named, identity)
      const recorded = request.idempotent(reply, paymentAnswer, async (tx) => {
        const operator = operatorOf(identity)
        const answer = await recordPayment(tx, { orderId: named, body, operator, traceParent })
        return { status: answer.outcome === 'unmatched' ? 202 : 201, body: answer }
      })
      const answer = await recorded.catch(async (error: unknown) => {
        // The refusal rolled everything back; that one serial number has two contents must still reach a person.
        if (error instanceof ProblemError && error.code === 'payment-mismatch') {
          await deps.db.transaction().execute((tx) => raisePaymentMismatch(tx, named, body))
        }
        throw error
      })
      deps.notice.poke()
      return answer
    },
  )
}
