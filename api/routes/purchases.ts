import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  listPurchasesQuery,
  type PurchaseDetail,
  purchaseBody,
  purchaseDecisionBody,
  purchaseDetail,
  purchaseLinesBody,
  purchasePage,
  purchaseParams,
  purchaseReasonBody,
  purchaseReceiptBody,
  purchaseSubmissionBody,
} from '../../contracts/purchases.ts'
import { operatorOf } from '../../store/identity.ts'
import { findPurchase, listPurchases } from '../../store/purchase-queries.ts'
import { changePurchase, openPurchase, type PurchaseChange } from '../../store/purchases.ts'
import { ACCESS, identityOf } from '../access.ts'
import { eventIdOf } from '../callers.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOwnRegion } from '../own-region.ts'

const tags = ['purchases']
const params = purchaseParams
const response = { 200: purchaseDetail }
const url = '/v1/purchase-lists/:purchaseId'
const write = { access: ACCESS.changePurchases, idempotent: true } as const

/** Purchase lists: from what was suggested to what has arrived. The list's row decides. */
export const purchaseRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  /** Carries out one event, once for each Idempotency-Key, and answers with the list as it then stands. */
  const change = (
    request: FastifyRequest,
    reply: FastifyReply,
    purchaseId: string,
    { version = null, ...event }: PurchaseChange & { version?: number | null },
  ): Promise<PurchaseDetail> =>
    request.idempotent(reply, purchaseDetail, async (tx) => {
      const origin = { purchaseId, eventId: eventIdOf(request), operator: operatorOf(identityOf(request)) }
      await changePurchase(tx, event, { ...origin, version })
      return { status: 200, body: await findPurchase(tx, purchaseId) }
    })

  app.post(
    '/v1/purchase-lists',
    {
      config: write,
      schema: {
        tags,
        summary: 'Begin a list, of what was suggested or of given lines',
        body: purchaseBody,
        response: { 201: purchaseDetail },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, purchaseDetail, async (tx) => {
        const purchaseId = deps.ids.next()
        const operator = operatorOf(identityOf(request))
        await openPurchase(tx, request.body, { purchaseId, eventId: eventIdOf(request), operator })
        return { status: 201, body: await findPurchase(tx, purchaseId) }
      }),
  )

  app.get(
    '/v1/purchase-lists',
    {
      config: { access: ACCESS.readPurchases },
      schema: {
        tags,
        summary: 'Purchase lists',
        querystring: listPurchasesQuery,
        response: { 200: purchasePage },
      },
    },
    async (request) => listPurchases(db, request.query),
  )

  app.get(
    url,
    {
      config: { access: ACCESS.readPurchases },
      schema: { tags, summary: 'One list with its lines and its story', params, response },
    },
    async (request) => findPurchase(db, request.params.purchaseId),
  )

  app.put(
    `${url}/lines`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Replace the lines of a draft',
        params,
        body: purchaseLinesBody,
        response,
      },
    },
    async (request, reply) =>
      change(request, reply, request.params.purchaseId, { type: 'edited', ...request.body }),
  )

  app.post(
    `${url}/submission`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Hand a draft in; the policy says who decides, or that nobody has to',
        params,
        body: purchaseSubmissionBody,
        response,
      },
    },
    async (request, reply) => {
      const by = operatorOf(identityOf(request))
      return change(request, reply, request.params.purchaseId, { type: 'submitted', by, ...request.body })
    },
  )

  app.post(
    `${url}/decisions`,
    {
      config: { access: ACCESS.decidePurchases, idempotent: true },
      schema: {
        tags,
        summary: 'Approve a list, or send it back; people only, and nobody their own',
        params,
        body: purchaseDecisionBody,
        response,
      },
    },
    async (request, reply) => {
      const { purchaseId } = request.params
      const { decision, note, version } = request.body
      const identity = identityOf(request)
      const { warehouseId } = await findPurchase(db, purchaseId)
      await requireOwnRegion(db, identity, warehouseId)
      const role = identity.kind === 'person' ? identity.role : identity.system
      const type = decision === 'approve' ? 'approved' : 'sent_back'
      return change(request, reply, purchaseId, { type, by: operatorOf(identity), role, note, version })
    },
  )

  app.post(
    `${url}/receipts`,
    {
      config: { access: ACCESS.receivePurchases, idempotent: true },
      schema: {
        tags,
        summary: 'Goods that have come in; they are in stock with the answer',
        params,
        body: purchaseReceiptBody,
        response,
      },
    },
    async (request, reply) =>
      change(request, reply, request.params.purchaseId, { type: 'received', ...request.body }),
  )

  for (const [path, type, summary] of [
    ['closing', 'closed', 'The rest is not coming any more'],
    ['cancellation', 'cancelled', 'Give a list up that the ERP has not ordered'],
  ] as const) {
    app.post(
      `${url}/${path}`,
      { config: write, schema: { tags, summary, params, body: purchaseReasonBody, response } },
      async (request, reply) => change(request, reply, request.params.purchaseId, { type, ...request.body }),
    )
  }

  app.post(
    `${url}/erp-retry`,
    {
      config: write,
      schema: { tags, summary: 'Tell the ERP again what it had refused', params, response },
    },
    async (request, reply) => change(request, reply, request.params.purchaseId, { type: 'erp_due' }),
  )
}
