import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { orderId } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { orderStoryPage, orderStoryQuery } from '../../contracts/operation-log.ts'
import {
  listOrdersQuery,
  logPage,
  logQuery,
  orderCounts,
  orderDetail,
  orderPage,
  orderRate,
  orderRateQuery,
  type PlaceOrderBody,
  placedOrder,
  placeOrderBody,
} from '../../contracts/orders.ts'
import { type CheckoutResult, createCheckouts, type Shortage, shortageProblem } from '../../store/checkout.ts'
import { openContact } from '../../store/contacts.ts'
import { QueueFullError } from '../../store/group-commit.ts'
import { findStandings, type StoredAnswer } from '../../store/idempotency.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { listOrderLog } from '../../store/operation-log.ts'
import { countOrders, countOrdersByMinute, findOrderDetail, listOrders } from '../../store/order-queries.ts'
import { readOrderStory } from '../../store/order-story.ts'
import { ACCESS, identityOf } from '../access.ts'
import { maskContact, mayReadContact } from '../contact-view.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'
import { refusalAnswer } from '../plugins/idempotency.ts'
import { SoldOutHints } from '../sold-out-hints.ts'

const tags = ['orders']
const params = z.object({ orderId })

/** Checkout, the list, the detail and the log of orders. */
export const orderRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing, policies } = deps
  const hints = new SoldOutHints(deps.redis, db)
  const checkouts = createCheckouts(db, { keyRing, policies, answerOf })

  app.post(
    '/v1/orders',
    {
      config: { access: ACCESS.placeOrder, idempotent: true },
      schema: {
        tags,
        summary: 'Place an order: reserves its stock until reservationExpiresAt',
        body: placeOrderBody,
        response: { 201: placedOrder },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { body } = request
      const scope = scopeOf(identity)
      if (scope.kind === 'stores' && !scope.storeIds.includes(body.storeId)) {
        const fields = [{ field: 'storeId', message: `${body.storeId} is not one of your stores` }]
        throw new ProblemError('unknown-store', undefined, { fields })
      }
      const skuIds = body.lines.map((line) => line.skuId)
      const placed = await request.idempotentCall(reply, placedOrder, async (requestKey) => {
        const call = {
          orderId: deps.ids.next(),
          body,
          placedBy: operatorOf(identity),
          traceParent: request.traceParent,
          requestKey,
        }
        const soldOut = await hints.find(body.channel, skuIds)
        if (soldOut.length > 0) {
          // Whoever has got theirs already and asks again is told so, however empty the shelf is now.
          const [standing] = await findStandings(db, [requestKey])
          if (standing) return { standing }
          throw shortageProblem(nothingLeft(body, soldOut))
        }
        const answer = await checkouts.place(call).catch((error: unknown) => {
          throw error instanceof QueueFullError ? new ProblemError('overloaded') : error
        })
        if ('standing' in answer) return answer
        if (!answer.result.ok) {
          await hints.note(body.channel, emptyShelves(answer.result))
          throw answer.result.problem
        }
        return { answer: { status: 201, body: answer.result.order } }
      })
      deps.notice.poke()
      return placed
    },
  )

  app.get(
    '/v1/orders',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'The orders of your stores',
        querystring: listOrdersQuery,
        response: { 200: orderPage },
      },
    },
    async (request) => listOrders(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/orders/counts',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'How many orders of your stores are under way, by status',
        response: { 200: orderCounts },
      },
    },
    async (request) => countOrders(db, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/orders/rate',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'How many orders of your stores were placed in each minute',
        querystring: orderRateQuery,
        response: { 200: orderRate },
      },
    },
    async (request) => countOrdersByMinute(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/orders/:orderId',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'An order with all that belongs to it',
        params,
        response: { 200: orderDetail },
      },
    },
    async (request) => {
      const identity = identityOf(request)
      const found = await findOrderDetail(db, request.params.orderId, scopeOf(identity))
      if (!found) throw new ProblemError('order-not-found')
      const personal = openContact(deps.keyRing, found.contact)
      if (personal === null) return { ...found.order, contact: null }
      const shown = mayReadContact(identity) ? personal : maskContact(personal)
      return { ...found.order, contact: { contactId: found.contact.id, ...shown } }
    },
  )

  app.get(
    '/v1/orders/:orderId/log',
    {
      config: { access: ACCESS.readOrders },
      schema: {
        tags,
        summary: 'What happened to an order, by whom and why, oldest first',
        params,
        querystring: logQuery,
        response: { 200: logPage },
      },
    },
    async (request) => {
      await requireOrder(db, request.params.orderId, identityOf(request))
      return listOrderLog(db, request.params.orderId, request.query)
    },
  )

  app.get(
    '/v1/orders/:orderId/story',
    {
      config: { access: ACCESS.readStories },
      schema: {
        tags,
        summary:
          'All that happened around an order as one story: log, stock, messages, deliveries, scans, work items',
        params,
        querystring: orderStoryQuery,
        response: { 200: orderStoryPage },
      },
    },
    async (request) => {
      await requireOrder(db, request.params.orderId, identityOf(request))
      return readOrderStory(db, request.params.orderId, request.query)
    },
  )
}

function answerOf(result: CheckoutResult): StoredAnswer {
  return result.ok ? { status: 201, response: result.order } : refusalAnswer(result.problem)
}

/** Asked for by a checkout that does not reach the database. Not kept as the key's answer: nothing was decided. */
function nothingLeft(body: PlaceOrderBody, skuIds: string[]): Shortage[] {
  return body.lines
    .filter((line) => skuIds.includes(line.skuId))
    .map((line) => ({ skuId: line.skuId, requested: line.quantity, available: 0 }))
}

/** SKUs of which there was nothing at all. */
function emptyShelves(result: Extract<CheckoutResult, { ok: false }>): string[] {
  return (
    result.shortages
      // What limits keep from this order may be had by another one.
      .filter((entry) => entry.available === 0 && entry.beyondLimits === undefined)
      .map((entry) => entry.skuId)
  )
}
