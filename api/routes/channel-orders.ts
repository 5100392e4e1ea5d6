import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  channelOrderDetail,
  channelOrderPage,
  listChannelOrdersQuery,
  stockWaitAnswer,
  stockWaitBody,
  stockWaitView,
} from '../../contracts/channel-orders.ts'
import { code, externalId, orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { findChannelOrder, listChannelOrders } from '../../store/channel-order-queries.ts'
import { tryHeldOrderAgain } from '../../store/held-channel-orders.ts'
import { scopeOf } from '../../store/identity.ts'
import { decideOnStockWait } from '../../store/stock-decisions.ts'
import { showStockWait } from '../../store/stock-situation.ts'
import { ACCESS, identityOf, mayCall } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import { applicantOf, eventIdOf } from '../callers.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'
import { requireOwnRegion } from '../own-region.ts'

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

  app.get(
    '/v1/orders/:orderId/stock-wait',
    {
      config: { access: ACCESS.readStockWait },
      schema: {
        tags,
        summary: 'What an order waits for, which warehouses have how many, and what can be decided now',
        params: z.object({ orderId }),
        response: { 200: stockWaitView },
      },
    },
    async (request) => {
      const { orderId: id } = request.params
      await requireOrder(deps.db, id, identityOf(request))
      return showStockWait(deps.db, id)
    },
  )

  app.post(
    '/v1/orders/:orderId/stock-wait',
    {
      config: { access: ACCESS.settleStockWait, idempotent: true },
      schema: {
        tags,
        summary: 'Decide for an order that waits for stock; what gives up units becomes a change request',
        params: z.object({ orderId }),
        body: stockWaitBody,
        response: { 200: stockWaitAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { body } = request
      const { orderId: id } = request.params
      await requireOrder(deps.db, id, identity)
      if (body.decision === 'transfer' && !mayCall(ACCESS.requestTransfer, identity)) {
        throw new ProblemError('forbidden', 'you may not ask for transfers')
      }
      const answer = await request.idempotent(reply, stockWaitAnswer, async (tx) => ({
        status: 200,
        body: await decideOnStockWait(tx, {
          ...{ orderId: id, body, applicant: applicantOf(identity), eventId: eventIdOf(request) },
          origin: auditOriginOf(request),
          requireDestination: (warehouseId) => requireOwnRegion(deps.db, identity, warehouseId),
        }),
      }))
      deps.notice.poke()
      return answer
    },
  )
}
