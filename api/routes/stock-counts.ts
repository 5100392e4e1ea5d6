import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { instant, LIMITS } from '../../contracts/common.ts'
import {
  accuracyQuery,
  accuracyReport,
  countCsvLine,
  countDecisionBody,
  countLinePage,
  countLinesBody,
  countPage,
  countView,
  createCountBody,
  listCountLinesQuery,
  listCountsQuery,
} from '../../contracts/stock-counts.ts'
import { stockAccuracy } from '../../domain/stock-accuracy.ts'
import { operatorOf } from '../../store/identity.ts'
import { countResults, findCount, listCountLines, listCounts } from '../../store/stock-count-queries.ts'
import { createCount, decideCount, enterCountLines, submitCount } from '../../store/stock-counts.ts'
import { ACCESS, identityOf } from '../access.ts'
import { readCsv, refuseImport } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { parseCsvBodies } from '../plugins/body-parsers.ts'

const tags = ['stock']
const params = z.strictObject({ countId: z.uuid() })
const decided = countView.extend({
  /** The new draft, if it is counted again. */
  recountId: z.uuid().nullable(),
})

/** Counts (盘点): entered, compared with the books, approved by somebody else, and then the books are put right. */
export const stockCountRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/stock/counts',
    {
      config: { access: ACCESS.readCounts },
      schema: {
        tags,
        summary: 'Counts of warehouses',
        querystring: listCountsQuery,
        response: { 200: countPage },
      },
    },
    async (request) => listCounts(deps.db, request.query),
  )

  app.get(
    '/v1/stock/counts/:countId',
    {
      config: { access: ACCESS.readCounts },
      schema: { tags, summary: 'A count and what came of it', params, response: { 200: countView } },
    },
    async (request) => findCount(deps.db, request.params.countId),
  )

  app.get(
    '/v1/stock/counts/:countId/lines',
    {
      config: { access: ACCESS.readCounts },
      schema: {
        tags,
        summary: 'Lines of a count with their differences',
        params,
        querystring: listCountLinesQuery,
        response: { 200: countLinePage },
      },
    },
    async (request) => listCountLines(deps.db, request.params.countId, request.query),
  )

  app.post(
    '/v1/stock/counts',
    {
      config: { access: ACCESS.enterCounts, idempotent: true },
      schema: { tags, summary: 'Begin a count', body: createCountBody, response: { 201: countView } },
    },
    async (request, reply) =>
      request.idempotent(reply, countView, async (tx) => {
        const countId = await createCount(tx, request.body, operatorOf(identityOf(request)))
        return { status: 201, body: await findCount(tx, countId) }
      }),
  )

  app.put(
    '/v1/stock/counts/:countId/lines',
    {
      config: { access: ACCESS.enterCounts },
      schema: {
        tags,
        summary: 'Enter or correct lines of a draft',
        params,
        body: countLinesBody,
        response: { 200: countView },
      },
    },
    async (request) =>
      deps.db.transaction().execute(async (tx) => {
        const { countId } = request.params
        await enterCountLines(tx, countId, request.body, operatorOf(identityOf(request)))
        return findCount(tx, countId)
      }),
  )

  app.post(
    '/v1/stock/counts/:countId/submission',
    {
      config: { access: ACCESS.enterCounts, idempotent: true },
      schema: {
        tags,
        summary: 'End the counting and compare with the books',
        params,
        response: { 200: countView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, countView, async (tx) => {
        await submitCount(tx, request.params.countId, operatorOf(identityOf(request)))
        return { status: 200, body: await findCount(tx, request.params.countId) }
      }),
  )

  app.post(
    '/v1/stock/counts/:countId/decisions',
    {
      config: { access: ACCESS.decideCounts, idempotent: true },
      schema: {
        tags,
        summary: 'Approve a count and put the books right, reject it, or have it counted again',
        params,
        body: countDecisionBody,
        response: { 200: decided },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, decided, async (tx) => {
        const { countId } = request.params
        const recountId = await decideCount(tx, countId, request.body, operatorOf(identityOf(request)))
        return { status: 200, body: { ...(await findCount(tx, countId)), recountId } }
      }),
  )

  app.get(
    '/v1/reports/stock-accuracy',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags: ['reports'],
        summary: 'How well the books agreed with the approved counts of a period',
        querystring: accuracyQuery,
        response: { 200: accuracyReport },
      },
    },
    async ({ query }) => {
      const results = await countResults(deps.db, query)
      const warehouseIds = [...new Set(results.map((result) => result.warehouseId))]
      return {
        ...stockAccuracy(results),
        from: query.from,
        to: query.to,
        warehouses: warehouseIds.map((warehouseId) => ({
          warehouseId,
          ...stockAccuracy(results.filter((result) => result.warehouseId === warehouseId)),
        })),
      }
    },
  )

  await app.register(async (scope: FastifyInstance) => {
    parseCsvBodies(scope)
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/v1/stock/counts/:countId/lines/import',
      {
        config: { access: ACCESS.enterCounts, idempotent: true },
        bodyLimit: LIMITS.csvBytes,
        schema: {
          tags,
          summary: 'Enter lines of a draft from CSV: skuId,quantityCounted; all or none',
          consumes: ['text/csv'],
          params,
          querystring: z.strictObject({ countedAt: instant.optional() }),
          body: z.string(),
          response: { 200: countView },
        },
      },
      async (request, reply) => {
        const { rows, lines, errors } = await readCsv(request.body, csvFormat)
        return request.idempotent(reply, countView, async (tx) => {
          if (errors.length > 0) {
            throw refuseImport({ dryRun: false, rows, created: 0, changed: 0, unchanged: 0, errors })
          }
          const { countId } = request.params
          const entered = lines.map(({ row }) => ({ ...row, quantityCounted: row.quantityCounted ?? null }))
          const body = { countedAt: request.query.countedAt, lines: entered }
          await enterCountLines(tx, countId, body, operatorOf(identityOf(request)))
          return { status: 200, body: await findCount(tx, countId) }
        })
      },
    )
  })
}

const csvFormat = {
  columns: { required: ['skuId'], optional: ['quantityCounted'] },
  numbers: ['quantityCounted'],
  schema: countCsvLine,
  keyOf: (row: z.output<typeof countCsvLine>) => row.skuId,
}
