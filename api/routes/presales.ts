import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  arrivalAnswer,
  arrivalBody,
  changePresaleBody,
  closePresaleBody,
  createPresaleBody,
  listPresalesQuery,
  type PresaleView,
  presalePage,
  presaleView,
} from '../../contracts/presales.ts'
import type { Db, Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import { findPresale, listPresales } from '../../store/presale-queries.ts'
import { changePresale, closePresale, createPresale, receiveArrival } from '../../store/presales.ts'
import type { MovedBy } from '../../store/stock-movement.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['presales']
const params = z.object({ presaleId: z.uuid() })

/** Units that are promised before they are there: opened, watched, changed, closed, and received. */
export const presaleRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps
  const change = { access: ACCESS.runPresales, idempotent: true }

  app.post(
    '/v1/presales',
    {
      config: change,
      schema: {
        tags,
        summary: 'Open a presale: units of a SKU that may be promised before they are there',
        body: createPresaleBody,
        response: { 201: presaleView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, presaleView, async (tx) => {
        const presaleId = deps.ids.next()
        await createPresale(tx, { presaleId, body: request.body, ...origin(request) })
        return { status: 201, body: await show(tx, presaleId) }
      }),
  )

  app.get(
    '/v1/presales',
    {
      config: { access: ACCESS.readPresales },
      schema: {
        tags,
        summary: 'Presales: promised, sold, waiting, expected',
        querystring: listPresalesQuery,
        response: { 200: presalePage },
      },
    },
    async (request) => listPresales(db, request.query),
  )

  app.get(
    '/v1/presales/:presaleId',
    {
      config: { access: ACCESS.readPresales },
      schema: { tags, summary: 'One presale', params, response: { 200: presaleView } },
    },
    async (request) => show(db, request.params.presaleId),
  )

  app.patch(
    '/v1/presales/:presaleId',
    {
      config: change,
      schema: {
        tags,
        summary: 'Change the day it is expected on, or how many units are promised: never below what is sold',
        params,
        body: changePresaleBody,
        response: { 200: presaleView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, presaleView, async (tx) => {
        const { presaleId } = request.params
        await changePresale(tx, { presaleId, body: request.body, ...origin(request) })
        return { status: 200, body: await show(tx, presaleId) }
      }),
  )

  app.post(
    '/v1/presales/:presaleId/close',
    {
      config: change,
      schema: {
        tags,
        summary: 'Sell no more of it; orders that wait are still served, or given up with their money back',
        params,
        body: closePresaleBody,
        response: { 200: presaleView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, presaleView, async (tx) => {
        const { presaleId } = request.params
        const { traceParent, body } = request
        await closePresale(tx, { presaleId, body, traceParent, ...origin(request) })
        return { status: 200, body: await show(tx, presaleId) }
      }),
  )

  app.post(
    '/v1/presales/:presaleId/arrivals',
    {
      config: { access: ACCESS.receivePresales, idempotent: true },
      schema: {
        tags,
        summary: 'Units came in: they become stock, and orders that wait are served, who paid first first',
        params,
        body: arrivalBody,
        response: { 200: arrivalAnswer },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, arrivalAnswer, async (tx) => {
        const { presaleId } = request.params
        const { traceParent } = request
        const body = await receiveArrival(tx, {
          presaleId,
          body: request.body,
          traceParent,
          ...origin(request),
        })
        return { status: 200, body }
      }),
  )
}

/** Who does it, and under which operation id the ledgers remember it. */
function origin(request: FastifyRequest): MovedBy {
  const identity = identityOf(request)
  const key = String(request.headers['idempotency-key'] ?? request.id)
  return { operator: operatorOf(identity), operationId: `presale/${callerOf(identity)}/${key}` }
}

async function show(db: Db | Tx, presaleId: string): Promise<PresaleView> {
  const presale = await findPresale(db, presaleId)
  if (!presale) throw new ProblemError('not-found', `there is no presale ${presaleId}`)
  return presale
}
