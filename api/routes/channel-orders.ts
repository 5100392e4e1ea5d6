import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  channelOrderDetail,
  channelOrderPage,
  listChannelOrdersQuery,
  stockWaitAnswer,
  stockWaitBody,
} from '../../contracts/channel-orders.ts'
import { code, externalId, orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { findChannelOrder, listChannelOrders } from '../../store/channel-order-queries.ts'
import { tryHeldOrderAgain } from '../../store/held-channel-orders.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { serve } from '../../store/stock-waits.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

const tags = ['channel orders']
const params = z.object({ shopId: code, platformOrderId: externalId })

/** What the platforms say about their orders, and what can be done about those that wait. */
export const channelOrderRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/channel-orders',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'Orders as their platforms last told them; those that are held with the reason',
        querystring: listChannelOrdersQuery,
        response: { 200: channelOrderPage },
      },
    },
    async (request) => listChannelOrders(deps.db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/channel-orders/:shopId/:platformOrderId',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'One order as its platform last told it',
        params,
        response: { 200: channelOrderDetail },
      },
    },
    async (request) => {
      const order = await findChannelOrder(deps.db, request.params, scopeOf(identityOf(request)))
      if (!order) throw new ProblemError('not-found')
      return order
    },
  )

  app.post(
    '/v1/channel-orders/:shopId/:platformOrderId/retry',
    {
      config: { access: ACCESS.settleWorkItems },
      schema: {
        tags,
        summary: 'Try to place a held order again; it happens within a second',
        params,
        response: { 202: channelOrderDetail },
      },
    },
    async (request, reply) => {
      const order = await findChannelOrder(deps.db, request.params, scopeOf(identityOf(request)))
      if (!order) throw new ProblemError('not-found')
      await tryHeldOrderAgain(deps.db, request.params)
      return reply.status(202).send(order)
    },
  )

  app.post(
    '/v1/orders/:orderId/stock-wait',
    {
      config: { access: ACCESS.settleStockWait, idempotent: true },
      schema: {
        tags,
        summary: 'Serve an order that waits for stock now, or ship what there is and give up the rest',
        params: z.object({ orderId }),
        body: stockWaitBody,
        response: { 200: stockWaitAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id } = request.params
      await requireOrder(deps.db, id, identity)
      const answer = await request.idempotent(reply, stockWaitAnswer, async (tx) => {
        const partial = request.body.decision === 'ship-what-there-is'
        const result = await serve(tx, id, { partial, operator: operatorOf(identity) })
        if (result === 'gone') throw new ProblemError('order-not-waiting')
        if (result === 'short') throw new ProblemError('insufficient-stock', 'there is not enough yet')
        return { status: 200, body: { orderId: id, result } }
      })
      deps.notice.poke()
      return answer
    },
  )
}
