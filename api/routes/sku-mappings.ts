import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { importQuery, importReport } from '../../contracts/master-data.ts'
import {
  listMappingsQuery,
  type MappingBody,
  type MappingRow,
  mappingBody,
  mappingPage,
  mappingRow,
  mappingView,
} from '../../contracts/shops.ts'
import { replaceHeldOrders } from '../../store/held-channel-orders.ts'
import { operatorOf } from '../../store/identity.ts'
import {
  findMapping,
  findMappingProblems,
  listMappings,
  type MappingCounts,
  putMappings,
} from '../../store/sku-mappings.ts'
import { ACCESS, identityOf } from '../access.ts'
import { type CsvLine, type LineError, readCsv, refuseImport } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { parseCsvBodies } from '../plugins/body-parsers.ts'

const tags = ['sku mappings']
const COLUMNS = { required: ['shopId', 'platformSkuId', 'skuId', 'quantity'], optional: ['platformItemId'] }

/** What the SKUs of the platforms are made of. */
export const skuMappingRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/sku-mappings',
    {
      config: { access: ACCESS.readShops },
      schema: {
        tags,
        summary: 'Mappings from a shop’s SKUs to ours; the newest version of each, or all',
        querystring: listMappingsQuery,
        response: { 200: mappingPage },
      },
    },
    async (request) => listMappings(db, request.query),
  )

  app.post(
    '/v1/sku-mappings',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Make or change a mapping: its next version. No parts: the SKU is sold no longer',
        body: mappingBody,
        response: { 200: mappingView },
      },
    },
    async (request) => {
      const { body } = request
      const problems = await findMappingProblems(db, [body])
      const [first] = problems
      if (first) {
        const fields = problems.map(({ field, id }) => ({
          field:
            field === 'shopId' ? field : `parts.${body.parts.findIndex((part) => part.skuId === id)}.skuId`,
          message: `${id} is not known`,
        }))
        throw new ProblemError(first.field === 'shopId' ? 'unknown-shop' : 'unknown-sku', undefined, {
          fields,
        })
      }
      await put(deps, [body], operatorOf(identityOf(request)), false)
      const made = await findMapping(db, body)
      if (!made) throw new Error('a mapping was not read back')
      return made
    },
  )

  await app.register(async (scope: FastifyInstance) => importRoute(scope, deps))
}

function importRoute(instance: FastifyInstance, deps: ApiDeps): void {
  parseCsvBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/v1/sku-mappings/import',
    {
      config: { access: ACCESS.changeShops },
      bodyLimit: LIMITS.csvBytes,
      schema: {
        tags,
        summary: `Make and change every mapping of a CSV file, all or none: ${[...COLUMNS.required, ...COLUMNS.optional].join(',')}; a bundle has a line for each part, a line without SKU retires`,
        consumes: ['text/csv'],
        querystring: importQuery,
        body: z.string(),
        response: { 200: importReport },
      },
    },
    async (request) => {
      const { dryRun } = request.query
      const { rows, lines, errors } = await readCsv<MappingRow>(request.body, {
        columns: COLUMNS,
        // A cell that is empty stands for no part at all.
        emptyIsAbsent: ['skuId', 'quantity'],
        numbers: ['quantity'],
        schema: mappingRow,
        keyOf: ({ shopId, platformSkuId, skuId }) => [shopId, platformSkuId, skuId ?? 'nothing'].join('/'),
      })
      const { mappings, faults } = gather(lines)
      // Between lines of which some are wrong by themselves there is nothing to compare.
      const wrong = [...errors, ...(errors.length === 0 ? faults : []), ...(await unknownIds(deps, mappings))]
      if (wrong.length > 0) {
        const report = { dryRun, rows, created: 0, changed: 0, unchanged: 0, errors: wrong.slice(0, 100) }
        if (!dryRun) throw refuseImport(report)
        return report
      }
      const bodies = mappings.map(({ body }) => body)
      const counts = await put(deps, bodies, operatorOf(identityOf(request)), dryRun)
      return { dryRun, rows, ...counts, errors: [] }
    },
  )
}

type Gathered = { body: MappingBody; lines: number[] }

/** The lines of each platform SKU together, with what is wrong between them. */
function gather(lines: CsvLine<MappingRow>[]): { mappings: Gathered[]; faults: LineError[] } {
  const byKey = new Map<string, CsvLine<MappingRow>[]>()
  for (const entry of lines) {
    const key = `${entry.row.shopId}/${entry.row.platformSkuId}`
    byKey.set(key, [...(byKey.get(key) ?? []), entry])
  }
  const faults: LineError[] = []
  const mappings = [...byKey.values()].flatMap((group): Gathered[] => {
    const [first] = group
    if (!first) return []
    const { shopId, platformSkuId } = first.row
    const items = [...new Set(group.flatMap(({ row }) => row.platformItemId ?? []))]
    const parts = group.flatMap(({ row: { skuId, quantity } }) =>
      skuId === undefined || quantity === undefined ? [] : [{ skuId, quantity }],
    )
    const fault = (field: string, message: string) => faults.push({ line: first.line, field, message })
    if (items.length > 1) fault('platformItemId', `${platformSkuId} has ${items.length} item ids`)
    if (parts.length > 0 && parts.length < group.length)
      fault('skuId', `${platformSkuId} is retired and mapped`)
    const body = mappingBody.safeParse({ shopId, platformSkuId, platformItemId: items[0] ?? null, parts })
    if (body.success) return [{ body: body.data, lines: group.map(({ line }) => line) }]
    fault('skuId', body.error.issues[0]?.message ?? 'is not valid')
    return []
  })
  return { mappings, faults }
}

async function unknownIds({ db }: ApiDeps, mappings: Gathered[]): Promise<LineError[]> {
  const problems = await findMappingProblems(
    db,
    mappings.map(({ body }) => body),
  )
  return problems.map(({ index, field, id }) => ({
    line: mappings[index]?.lines[0] ?? 0,
    field,
    message: `${id} is not known`,
  }))
}

function byShop(changed: { shopId: string; platformSkuId: string }[]): Map<string, string[]> {
  const shops = new Map<string, string[]>()
  for (const { shopId, platformSkuId } of changed) {
    shops.set(shopId, [...(shops.get(shopId) ?? []), platformSkuId])
  }
  return shops
}

/** Rolls back what was carried out, so that a dry run reports exactly what the real one would do. */
class DryRun extends Error {
  override readonly name = 'DryRun'
}

async function put(
  { db }: ApiDeps,
  mappings: MappingBody[],
  author: string,
  dryRun: boolean,
): Promise<MappingCounts> {
  let counts: MappingCounts = { created: 0, changed: 0, unchanged: 0 }
  const work = db.transaction().execute(async (tx) => {
    const done = await putMappings(tx, { mappings, author })
    counts = done.counts
    // Orders that were held because nobody knew what they are of.
    for (const [shopId, platformSkuIds] of byShop(done.changed)) {
      await replaceHeldOrders(tx, shopId, platformSkuIds)
    }
    if (dryRun) throw new DryRun()
  })
  await work.catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error
  })
  return counts
}
