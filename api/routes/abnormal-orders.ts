import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  abnormalOrderParams,
  findingPage,
  listFindingsQuery,
  orderCheckView,
  releaseBody,
} from '../../contracts/abnormal-orders.ts'
import { checksOf, listFindings, releaseOrder } from '../../store/abnormal-orders.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

const tags = ['abnormal orders']
const checks = z.object({ checks: z.array(orderCheckView) })

/** What the rules about abnormal orders have found, and who lets a held order go. */
export const abnormalOrderRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/abnormal-orders',
    {
      config: { access: ACCESS.readAbnormalOrders },
      schema: {
        tags,
        summary: 'What the rules have found in orders of your stores',
        querystring: listFindingsQuery,
        response: { 200: findingPage },
      },
    },
    async (request) => listFindings(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/abnormal-orders/:orderId',
    {
      config: { access: ACCESS.readAbnormalOrders },
      schema: {
        tags,
        summary: 'Every check of an order with its findings, the first one first',
        params: abnormalOrderParams,
        response: { 200: checks },
      },
    },
    async (request) => {
      const { orderId } = request.params
      await requireOrder(db, orderId, identityOf(request))
      return { checks: await checksOf(db, orderId) }
    },
  )

  app.post(
    '/v1/abnormal-orders/:orderId/release',
    {
      config: { access: ACCESS.releaseAbnormalOrders, idempotent: true },
      schema: {
        tags,
        summary: 'Let a held order go on as it is; a blocked one only by the roles that its rule names',
        params: abnormalOrderParams,
        body: releaseBody,
        response: { 200: checks },
      },
    },
    async (request, reply) => {
      const identity = requirePerson(identityOf(request))
      const { orderId } = request.params
      const { body, traceParent } = request
      await requireOrder(db, orderId, identity)
      const by = {
        operator: operatorOf(identity),
        role: identity.role,
        origin: auditOriginOf(request),
        traceParent,
      }
      const answer = await request.idempotent(reply, checks, async (tx) => {
        await releaseOrder(tx, orderId, body, by)
        return { status: 200, body: { checks: await checksOf(tx, orderId) } }
      })
      deps.notice.poke()
      return answer
    },
  )
}
