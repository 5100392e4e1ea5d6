import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code, LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { type ImportReport, importQuery, importReport } from '../../contracts/master-data.ts'
import { listStockQuery, stockAdjustmentBody, stockLevelView, stockPage } from '../../contracts/stock.ts'
import type { Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import { type AdjustmentError, adjustStock, listStock } from '../../store/stock.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import { type CsvLine, type LineError, readCsv, refuseImport } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { parseCsvBodies } from '../plugins/body-parsers.ts'
import type { Answer } from '../plugins/idempotency.ts'

const tags = ['stock']

/** Stock levels and their adjustment by what physically came or went. */
export const stockRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/stock',
    {
      config: { access: ACCESS.readStock },
      schema: {
        tags,
        summary: 'Stock per SKU and warehouse',
        querystring: listStockQuery,
        response: { 200: stockPage },
      },
    },
    async (request) => listStock(deps.db, request.query),
  )

  app.post(
    '/v1/stock/adjustments',
    {
      config: { access: ACCESS.adjustStock, idempotent: true },
      schema: {
        tags,
        summary: 'Units that came in or are gone',
        body: stockAdjustmentBody,
        response: { 201: stockLevelView },
      },
    },
    async (request, reply) => {
      const { reason, ...adjustment } = request.body
      return request.idempotent(reply, stockLevelView, async (tx) => {
        const result = await adjustStock(tx, { adjustments: [adjustment], reason, ...origin(request) })
        if (!result.ok) {
          const [first] = result.errors
          const fields = result.errors.map(({ field, message }) => ({ field, message }))
          throw new ProblemError(first?.code ?? 'invalid-request', first?.message, { fields })
        }
        const [level] = result.levels
        if (!level) throw new Error('an adjusted level was not read back')
        return { status: 201, body: level }
      })
    },
  )

  await app.register(async (scope: FastifyInstance) => {
    parseCsvBodies(scope)
    scope.withTypeProvider<ZodTypeProvider>().post(
      '/v1/stock/adjustments/import',
      {
        config: { access: ACCESS.adjustStock, idempotent: true },
        bodyLimit: LIMITS.csvBytes,
        schema: {
          tags,
          summary: 'Units that came in or are gone, from CSV: skuId,warehouseId,quantity[,safetyStock]',
          consumes: ['text/csv'],
          querystring: importQuery,
          body: z.string(),
          response: { 200: importReport },
        },
      },
      async (request, reply) => importStock(deps, request, reply, request.body, request.query.dryRun),
    )
  })
}

/** Who adjusts, and under which operation id the ledger remembers it. */
function origin(request: FastifyRequest): { operator: string; operationId: string } {
  const identity = identityOf(request)
  const key = String(request.headers['idempotency-key'] ?? request.id)
  return { operator: operatorOf(identity), operationId: `adjustment/${callerOf(identity)}/${key}` }
}

const units = z.int().min(-10_000_000).max(10_000_000)
const stockLine = z.strictObject({
  skuId: code,
  warehouseId: code,
  quantity: units,
  safetyStock: z.int().min(0).max(10_000_000).optional(),
})
const format = {
  columns: { required: ['skuId', 'warehouseId', 'quantity'], optional: ['safetyStock'] },
  numbers: ['quantity', 'safetyStock'],
  schema: stockLine,
  keyOf: (row: z.output<typeof stockLine>) => `${row.skuId} in ${row.warehouseId}`,
}

/** Thrown through the transaction of a dry run, so that it reports what would happen and nothing of it stays. */
class DryRun extends Error {
  override readonly name = 'DryRun'
  readonly report: ImportReport
  constructor(report: ImportReport) {
    super('rolled back on purpose')
    this.report = report
  }
}

async function importStock(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  csv: string,
  dryRun: boolean,
): Promise<ImportReport> {
  const { rows, lines, errors } = await readCsv(csv, format)
  const adjustments = lines.map(({ row: { quantity, ...level } }) => ({ ...level, quantityDelta: quantity }))
  const carryOut = async (tx: Tx): Promise<Answer<ImportReport>> => {
    const nothing = { dryRun, rows, created: 0, changed: 0, unchanged: 0, errors }
    const result =
      errors.length > 0
        ? null
        : await adjustStock(tx, { adjustments, reason: 'CSV import', ...origin(request) })
    const report = result?.ok
      ? { ...nothing, created: result.created, changed: result.changed, unchanged: result.unchanged }
      : { ...nothing, errors: [...errors, ...(result?.errors ?? []).slice(0, 100).map(atLine(lines))] }
    if (dryRun) throw new DryRun(report)
    if (report.errors.length > 0) throw refuseImport(report)
    return { status: 200, body: report }
  }
  if (!dryRun) return request.idempotent(reply, importReport, carryOut)
  return deps.db
    .transaction()
    .execute(carryOut)
    .then(({ body }) => body)
    .catch((error: unknown) => {
      if (error instanceof DryRun) return error.report
      throw error
    })
}

/** Names an error by its line in the file instead of its place in the list. */
function atLine(lines: CsvLine<unknown>[]): (error: AdjustmentError) => LineError {
  return ({ index, field, message }) => ({
    line: lines[index]?.line ?? 0,
    field: field === 'quantityDelta' ? 'quantity' : field,
    message,
  })
}
