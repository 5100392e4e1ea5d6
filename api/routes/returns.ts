import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code, orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  returnAnswer,
  returnDecisionBody,
  returnInspectionBody,
  returnRequestBody,
} from '../../contracts/returns.ts'
import type { CommandAnswer } from '../../domain/order.ts'
import { operatorOf } from '../../store/identity.ts'
import { findReturnState } from '../../store/order-queries.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

const tags = ['returns']
const orderParams = z.object({ orderId })
const returnParams = z.object({ orderId, returnId: code })
const response = { 200: returnAnswer }
type State = z.output<typeof returnAnswer>['state']

/** Returns, step by step; the order's workflow decides each step and answers. */
export const returnRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, orderCommands } = deps

  /** A refusal becomes its problem, an acceptance the answer. */
  const settle = (answer: CommandAnswer, id: string, returnId: string, status: number, state: State) => {
    if (!answer.accepted) throw new ProblemError(answer.code, answer.detail)
    return { status, body: { orderId: id, returnId, state } }
  }
  const requireReturn = async (id: string, returnId: string) => {
    if ((await findReturnState(db, id, returnId)) === null) throw new ProblemError('return-not-found')
  }

  app.post(
    '/v1/orders/:orderId/returns',
    {
      config: { access: ACCESS.requestReturn, idempotent: true },
      schema: {
        tags,
        summary: 'Ask for a return after delivery',
        params: orderParams,
        body: returnRequestBody,
        response: { 201: returnAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id } = request.params
      await requireOrder(db, id, identity)
      return request.idempotentCommand(reply, returnAnswer, async (requestId) => {
        // From the request, so that a repetition after a crash names the same return.
        const returnId = `R-${createHash('sha256').update(`${id}/${requestId}`).digest('hex').slice(0, 20)}`
        const operator = operatorOf(identity)
        const command = { requestId, operator, returnId, ...request.body }
        return settle(await orderCommands.requestReturn(id, command), id, returnId, 201, 'requested')
      })
    },
  )

  app.post(
    '/v1/orders/:orderId/returns/:returnId/decisions',
    {
      config: { access: ACCESS.decideReturn, idempotent: true },
      schema: {
        tags,
        summary: 'Approve or reject a return',
        params: returnParams,
        body: returnDecisionBody,
        response,
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id, returnId } = request.params
      await requireOrder(db, id, identity)
      await requireReturn(id, returnId)
      return request.idempotentCommand(reply, returnAnswer, async (requestId) => {
        const command = { requestId, operator: operatorOf(identity), returnId, ...request.body }
        const state = request.body.decision === 'approve' ? 'approved' : 'rejected'
        return settle(await orderCommands.decideReturn(id, command), id, returnId, 200, state)
      })
    },
  )

  app.post(
    '/v1/orders/:orderId/returns/:returnId/receipt',
    {
      config: { access: ACCESS.handleReturn, idempotent: true },
      schema: { tags, summary: 'The goods are back', params: returnParams, response },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id, returnId } = request.params
      await requireOrder(db, id, identity)
      await requireReturn(id, returnId)
      return request.idempotentCommand(reply, returnAnswer, async (requestId) => {
        const command = { requestId, operator: operatorOf(identity), returnId }
        return settle(await orderCommands.receiveReturn(id, command), id, returnId, 200, 'received')
      })
    },
  )

  app.post(
    '/v1/orders/:orderId/returns/:returnId/inspection',
    {
      config: { access: ACCESS.handleReturn, idempotent: true },
      schema: {
        tags,
        summary: 'What goes back on the shelf and what is written off; the refund follows',
        params: returnParams,
        body: returnInspectionBody,
        response,
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { orderId: id, returnId } = request.params
      await requireOrder(db, id, identity)
      await requireReturn(id, returnId)
      return request.idempotentCommand(reply, returnAnswer, async (requestId) => {
        const command = { requestId, operator: operatorOf(identity), returnId, lines: request.body.lines }
        return settle(await orderCommands.inspectReturn(id, command), id, returnId, 200, 'settled')
      })
    },
  )
}
