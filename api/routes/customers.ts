import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  customerDetail,
  customerOrderPage,
  customerOrderParams,
  customerOrdersQuery,
  customerPage,
  customerParams,
  eraseCustomerBody,
  erasedCustomer,
  findCustomerBody,
  foundCustomer,
  listCustomersQuery,
  mergeCustomersBody,
  orderCustomer,
  segmentsView,
  splitCustomerBody,
  splitCustomer as splitView,
} from '../../contracts/customers.ts'
import { eraseCustomer } from '../../store/customer-erasure.ts'
import { listCustomerOrders, listCustomers } from '../../store/customer-lists.ts'
import { mergeCustomers, splitCustomer } from '../../store/customer-merging.ts'
import {
  customerKnownBy,
  findCustomer,
  readOrderCustomer,
  readSegments,
} from '../../store/customer-queries.ts'
import { ACCESS, identityOf } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

const tags = ['customers']
const reading = { access: ACCESS.readCustomers }
const url = '/v1/customers/:customerId'

/** Customers over channels: what they come to, in which segment they are, who is one, and who is to be forgotten. */
export const customerRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, clock, files, keyRing } = deps

  app.get(
    '/v1/customers',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Customers with their figures',
        querystring: listCustomersQuery,
        response: { 200: customerPage },
      },
    },
    async (request) => listCustomers(db, request.query, clock.now()),
  )

  app.get(
    '/v1/customer-segments',
    {
      config: reading,
      schema: {
        tags,
        summary: 'The segments, how many customers are in each, and where they are cut',
        response: { 200: segmentsView },
      },
    },
    async () => readSegments(db),
  )

  app.post(
    '/v1/customers/search',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Find a customer by their number, or by who they are on a platform',
        description: 'In the body, so that no number stands in a log of addresses.',
        body: findCustomerBody,
        response: { 200: foundCustomer },
      },
    },
    async (request) => ({ customerId: await customerKnownBy(db, keyRing, request.body) }),
  )

  app.get(
    url,
    {
      config: reading,
      schema: {
        tags,
        summary: 'A customer, with what they are known by',
        params: customerParams,
        response: { 200: customerDetail },
      },
    },
    async (request) => findCustomer(db, request.params.customerId, clock.now()),
  )

  app.get(
    `${url}/orders`,
    {
      config: reading,
      schema: {
        tags,
        summary: 'The orders that a customer’s figures are made of',
        params: customerParams,
        querystring: customerOrdersQuery,
        response: { 200: customerOrderPage },
      },
    },
    async (request) => listCustomerOrders(db, request.params.customerId, request.query),
  )

  app.get(
    '/v1/orders/:orderId/customer',
    {
      config: { access: ACCESS.readOrderCustomer },
      schema: {
        tags,
        summary: 'What is known of the customer of an order, and what their segment is given',
        params: customerOrderParams,
        response: { 200: orderCustomer },
      },
    },
    async (request) => {
      const { orderId } = request.params
      await requireOrder(db, orderId, identityOf(request))
      return readOrderCustomer(db, orderId)
    },
  )

  app.post(
    `${url}/merge`,
    {
      config: { access: ACCESS.mergeCustomers, idempotent: true },
      schema: {
        tags,
        summary: 'Say that another customer is this one',
        params: customerParams,
        body: mergeCustomersBody,
        response: { 200: customerDetail },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, customerDetail, async (tx) => {
        const { customerId } = request.params
        const now = clock.now()
        await mergeCustomers(tx, { customerId, ...request.body, origin: auditOriginOf(request), now })
        return { status: 200, body: await findCustomer(tx, customerId, now) }
      }),
  )

  app.post(
    `${url}/split`,
    {
      config: { access: ACCESS.mergeCustomers, idempotent: true },
      schema: {
        tags,
        summary: 'Say that a part of what a customer is known by is somebody else',
        params: customerParams,
        body: splitCustomerBody,
        response: { 200: splitView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, splitView, async (tx) => {
        const { customerId } = request.params
        const [now, origin] = [clock.now(), auditOriginOf(request)]
        const otherId = await splitCustomer(tx, { customerId, ...request.body, origin, now })
        const customer = await findCustomer(tx, customerId, now)
        return { status: 200, body: { customer, splitOff: await findCustomer(tx, otherId, now) } }
      }),
  )

  app.post(
    `${url}/erasure`,
    {
      config: { access: ACCESS.eraseCustomers, idempotent: true },
      schema: {
        tags,
        summary: 'Erase a person on their request; their figures stay and lead to nobody',
        params: customerParams,
        body: eraseCustomerBody,
        response: { 200: erasedCustomer },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      let goneFiles: string[] = []
      const answer = await request.idempotent(reply, erasedCustomer, async (tx) => {
        const origin = auditOriginOf(request)
        const erased = await eraseCustomer(tx, { customerId, ...request.body, origin, now: clock.now() })
        goneFiles = erased.attachmentIds
        const attachments = goneFiles.length
        return { status: 200, body: { customerId, contacts: erased.contacts, attachments } }
      })
      // What a crash leaves here is a file that no row speaks of: the relay looks for those.
      for (const attachmentId of goneFiles) await files.remove(attachmentId)
      return answer
    },
  )
}
