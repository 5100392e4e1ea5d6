import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code, LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  importQuery,
  importReport,
  masterDataQuery,
  pageOf,
  skuBody,
  skuView,
  storeBody,
  storeView,
  warehouseBody,
  warehouseView,
} from '../../contracts/master-data.ts'
import { findDivision } from '../../domain/division.ts'
import { type MasterData, skus, stores, warehouses } from '../../store/master-data.ts'
import { ACCESS } from '../access.ts'
import { type CsvLine, type LineError, readCsv, refuseImport } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { channelsOf, refuseUnknownChannels } from '../known-channels.ts'
import { parseCsvBodies } from '../plugins/body-parsers.ts'

type View = { id: string; active: boolean; createdAt: string; updatedAt: string }
type Resource = {
  path: string
  name: string
  data: MasterData<View>
  body: z.ZodType<{ id: string; divisionCode?: string; channel?: string }> & { shape: object }
  change: z.ZodType<Named & { active?: boolean | undefined }>
  view: z.ZodType<View>
  numbers: readonly string[]
}

const active = { active: z.boolean().optional() }
const notEmpty = (change: object) => Object.keys(change).length > 0
const NOT_EMPTY = 'must change at least one field'

const RESOURCES: Resource[] = [
  {
    path: 'skus',
    name: 'SKU',
    data: skus,
    body: skuBody,
    change: skuBody.omit({ id: true }).partial().extend(active).refine(notEmpty, NOT_EMPTY),
    view: skuView,
    numbers: ['standardPriceCents', 'weightGrams'],
  },
  {
    path: 'warehouses',
    name: 'warehouse',
    data: warehouses,
    body: warehouseBody,
    change: warehouseBody.omit({ id: true }).partial().extend(active).refine(notEmpty, NOT_EMPTY),
    view: warehouseView,
    numbers: ['longitude', 'latitude'],
  },
  {
    path: 'stores',
    name: 'store',
    data: stores,
    body: storeBody,
    change: storeBody.omit({ id: true }).partial().extend(active).refine(notEmpty, NOT_EMPTY),
    view: storeView,
    numbers: [],
  },
]

/** SKUs, warehouses and stores: read, created, changed, and imported from CSV. */
export const masterDataRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  for (const resource of RESOURCES) {
    readRoutes(app, deps, resource)
    writeRoutes(app, deps, resource)
    await app.register(async (scope: FastifyInstance) => importRoute(scope, deps, resource))
  }
}

function readRoutes(instance: FastifyInstance, { db }: ApiDeps, { path, name, data, view }: Resource): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const config = { access: ACCESS.readMasterData }
  app.get(
    `/v1/${path}`,
    {
      config,
      schema: {
        tags: [path],
        summary: `Every ${name}`,
        querystring: masterDataQuery,
        response: { 200: pageOf(view) },
      },
    },
    async (request) => data.list(db, request.query),
  )
  app.get(
    `/v1/${path}/:id`,
    {
      config,
      schema: {
        tags: [path],
        summary: `One ${name}`,
        params: z.object({ id: code }),
        response: { 200: view },
      },
    },
    async (request) => data.find(db, request.params.id),
  )
}

function writeRoutes(
  instance: FastifyInstance,
  deps: ApiDeps,
  { path, name, data, body, change, view }: Resource,
): void {
  const { db } = deps
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const config = { access: ACCESS.changeMasterData }
  app.post(
    `/v1/${path}`,
    { config, schema: { tags: [path], summary: `Create a ${name}`, body, response: { 201: view } } },
    async (request, reply) => {
      refuseUnknownDivision(request.body)
      refuseUnknownChannels(deps.connectors, { channel: request.body.channel })
      return reply.status(201).send(await data.create(db, request.body))
    },
  )
  app.patch(
    `/v1/${path}/:id`,
    {
      config,
      schema: {
        tags: [path],
        summary: `Change a ${name}; fields that are left out stay`,
        params: z.object({ id: code }),
        body: change,
        response: { 200: view },
      },
    },
    async (request) => {
      refuseUnknownDivision(request.body)
      refuseUnknownChannels(deps.connectors, { channel: request.body.channel })
      return data.change(db, request.params.id, request.body)
    },
  )
}

function importRoute(instance: FastifyInstance, deps: ApiDeps, resource: Resource): void {
  const { db } = deps
  const { path, name, data, body } = resource
  const columns = { required: Object.keys(body.shape) }
  parseCsvBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    `/v1/${path}/import`,
    {
      config: { access: ACCESS.changeMasterData },
      bodyLimit: LIMITS.csvBytes,
      schema: {
        tags: [path],
        summary: `Create and change every ${name} of a CSV file, all or none: ${columns.required.join(',')}`,
        consumes: ['text/csv'],
        querystring: importQuery,
        body: z.string(),
        response: { 200: importReport },
      },
    },
    async (request) => {
      const { dryRun } = request.query
      const format = {
        columns,
        numbers: resource.numbers,
        schema: body,
        keyOf: (row: { id: string }) => row.id,
      }
      const { rows, lines, errors } = await readCsv(request.body, format)
      const wrong = [...errors, ...unknownDivisions(lines), ...unknownChannels(deps, lines)]
      if (wrong.length > 0) {
        const report = { dryRun, rows, created: 0, changed: 0, unchanged: 0, errors: wrong }
        if (!dryRun) throw refuseImport(report)
        return report
      }
      const counts = await data.import(
        db,
        lines.map(({ row }) => row),
        dryRun,
      )
      return { dryRun, rows, ...counts, errors: [] }
    },
  )
}

/** What master data may name that is kept elsewhere. */
type Named = { divisionCode?: string | undefined; channel?: string | undefined }

function refuseUnknownDivision(body: Named): void {
  if (body.divisionCode === undefined || findDivision(body.divisionCode)) return
  const fields = [{ field: 'divisionCode', message: `${body.divisionCode} is not known` }]
  throw new ProblemError('unknown-division', undefined, { fields })
}

function unknownChannels({ connectors }: ApiDeps, lines: CsvLine<Named>[]): LineError[] {
  const known = channelsOf(connectors)
  return lines.flatMap(({ line, row: { channel } }) =>
    channel === undefined || known.includes(channel)
      ? []
      : [{ line, field: 'channel', message: `${channel} is none of ${known.join(', ')}` }],
  )
}

function unknownDivisions(lines: CsvLine<Named>[]): LineError[] {
  return lines.flatMap(({ line, row: { divisionCode } }) =>
    divisionCode === undefined || findDivision(divisionCode)
      ? []
      : [{ line, field: 'divisionCode', message: `${divisionCode} is not known` }],
  )
}
