import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  listReplenishmentQuery,
  listRunsQuery,
  listSuppliesQuery,
  replenishmentDetail,
  replenishmentPage,
  replenishmentParams,
  replenishmentRun,
  replenishmentRunPage,
  replenishmentRunParams,
  supplyBody,
  supplyPage,
  supplyParams,
  supplyView,
} from '../../contracts/replenishment.ts'
import { transferDetail } from '../../contracts/transfers.ts'
import { operatorOf } from '../../store/identity.ts'
import { findReplenishment, listReplenishment } from '../../store/replenishment-queries.ts'
import { cancelRun, listRuns } from '../../store/replenishment-runs.ts'
import { moveSuggested } from '../../store/suggested-transfers.ts'
import { listSupplies, putSupply } from '../../store/supplies.ts'
import { findTransfer } from '../../store/transfer-queries.ts'
import { ACCESS, identityOf } from '../access.ts'
import { eventIdOf } from '../callers.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOwnRegion } from '../own-region.ts'

const tags = ['replenishment']

/** What is to be bought or moved, why, and from whom it is bought. */
export const replenishmentRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/replenishment',
    {
      config: { access: ACCESS.readReplenishment },
      schema: {
        tags,
        summary: 'What each SKU needs in each warehouse, as of last night, with the reason',
        querystring: listReplenishmentQuery,
        response: { 200: replenishmentPage },
      },
    },
    async (request) => listReplenishment(db, request.query),
  )

  app.get(
    '/v1/replenishment/levels/:skuId/:warehouseId',
    {
      config: { access: ACCESS.readReplenishment },
      schema: {
        tags,
        summary: 'One SKU in one warehouse, with the demand and the errors that led to it',
        params: replenishmentParams,
        response: { 200: replenishmentDetail },
      },
    },
    async (request) => findReplenishment(db, request.params),
  )

  app.post(
    '/v1/replenishment/levels/:skuId/:warehouseId/transfer',
    {
      config: { access: ACCESS.requestTransfer, idempotent: true },
      schema: {
        tags,
        summary:
          'Ask for the units that other warehouses can give; the answer has the proposal and who decides',
        params: replenishmentParams,
        response: { 201: transferDetail },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      await requireOwnRegion(db, identity, request.params.warehouseId)
      const answer = await request.idempotent(reply, transferDetail, async (tx) => {
        const transferId = deps.ids.next()
        const origin = { operator: operatorOf(identity), eventId: eventIdOf(request) }
        await moveSuggested(tx, request.params, { transferId, ...origin })
        const body = await findTransfer(tx, transferId)
        if (!body) throw new Error('a transfer was not read back')
        return { status: 201, body }
      })
      deps.notice.poke()
      return answer
    },
  )

  app.get(
    '/v1/replenishment/runs',
    {
      config: { access: ACCESS.readReplenishment },
      schema: {
        tags,
        summary: 'The nightly runs, and how far they are',
        querystring: listRunsQuery,
        response: { 200: replenishmentRunPage },
      },
    },
    async (request) => listRuns(db, request.query),
  )

  app.post(
    '/v1/replenishment/runs/:runId/cancellation',
    {
      config: { access: ACCESS.changeReplenishment, idempotent: true },
      schema: {
        tags,
        summary: 'Give a run up after its present batch',
        params: replenishmentRunParams,
        response: { 200: replenishmentRun },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, replenishmentRun, async (tx) => ({
        status: 200,
        body: await cancelRun(tx, request.params.runId),
      })),
  )

  app.get(
    '/v1/replenishment/supplies',
    {
      config: { access: ACCESS.readReplenishment },
      schema: {
        tags,
        summary: 'From whom SKUs are bought',
        querystring: listSuppliesQuery,
        response: { 200: supplyPage },
      },
    },
    async (request) => listSupplies(db, request.query),
  )

  app.put(
    '/v1/replenishment/supplies/:skuId',
    {
      config: { access: ACCESS.changeReplenishment, idempotent: true },
      schema: {
        tags,
        summary: 'Say from whom a SKU is bought, in which packs and at which cost',
        params: supplyParams,
        body: supplyBody,
        response: { 200: supplyView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, supplyView, async (tx) => ({
        status: 200,
        body: await putSupply(tx, request.params.skuId, request.body, operatorOf(identityOf(request))),
      })),
  )
}
