import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { toWmsError, WmsError } from '../../connectors/wms/errors.ts'
import type { WmsSample } from '../../connectors/wms/reader.ts'
import { code } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import type { WmsMapping } from '../../contracts/policies/wms-mapping.ts'
import {
  listWmsMovementsQuery,
  type MappingTestView,
  mappingTestBody,
  mappingTestView,
  syncNowBody,
  WMS_ERROR_TEXT,
  WMS_ROW_TEXT,
  wmsConnectionBody,
  wmsConnectionList,
  wmsConnectionName,
  wmsConnectionView,
  wmsFreshnessList,
  wmsFreshnessView,
  wmsMovementList,
} from '../../contracts/wms.ts'
import { operatorOf } from '../../store/identity.ts'
import { findKnownSkus } from '../../store/stock.ts'
import { listWmsConnections, openWmsConnection, putWmsConnection } from '../../store/wms-connections.ts'
import { listFreshness, requestReading } from '../../store/wms-freshness.ts'
import { listWmsMovements } from '../../store/wms-movements.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['warehouse systems']

/** How fresh the stock of each warehouse's own system is, and how it is read. */
export const wmsRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  const freshness = async () => {
    const { document } = await deps.policies.current(db, 'wms-mapping')
    const intervals = Object.entries(document.warehouses)
      .filter(([, mapping]) => mapping.enabled)
      .map(([id, mapping]) => [id, mapping.intervalSeconds ?? document.intervalSeconds] as const)
    return listFreshness(db, new Map(intervals))
  }

  app.get(
    '/v1/wms',
    {
      config: { access: ACCESS.readWms },
      schema: {
        tags,
        summary:
          'How fresh each warehouse’s stock is: last success, last error, lag, what waits for a person',
        response: { 200: wmsFreshnessList },
      },
    },
    async () => ({ items: await freshness() }),
  )

  app.get(
    '/v1/wms/movements',
    {
      config: { access: ACCESS.readWmsMovements },
      schema: {
        tags,
        summary: 'What was entered in the hub and a WMS has to book: receipts, counts, returns, transfers',
        querystring: listWmsMovementsQuery,
        response: { 200: wmsMovementList },
      },
    },
    async (request) => listWmsMovements(db, request.query),
  )

  app.post(
    '/v1/wms/:warehouseId/readings',
    {
      config: { access: ACCESS.operateWms },
      schema: {
        tags,
        summary: 'Read it now: what changed, or everything; done within a few seconds by the worker',
        params: z.object({ warehouseId: code }),
        body: syncNowBody,
        response: { 202: wmsFreshnessView },
      },
    },
    async (request, reply) => {
      const { warehouseId } = request.params
      const before = (await freshness()).find((each) => each.warehouseId === warehouseId)
      if (!before?.isMapped) throw new ProblemError('not-found', `${warehouseId} is not mapped to a WMS`)
      await requestReading(db, [warehouseId], request.body.mode === 'full')
      const after = (await freshness()).find((each) => each.warehouseId === warehouseId)
      return reply.status(202).send(after ?? before)
    },
  )

  app.post(
    '/v1/wms/mapping-tests',
    {
      config: { access: ACCESS.operateWms },
      schema: {
        tags,
        summary: 'Try a mapping: connects, reads ten rows, says what is wrong; writes nothing',
        body: mappingTestBody,
        response: { 200: mappingTestView },
      },
    },
    async (request) => testMapping(deps, request.body.warehouseId, request.body.mapping),
  )

  app.get(
    '/v1/wms/connections',
    {
      config: { access: ACCESS.operateWms },
      schema: {
        tags,
        summary: 'Connections by name, without their passwords',
        response: { 200: wmsConnectionList },
      },
    },
    async () => ({ items: await listWmsConnections(db) }),
  )

  app.put(
    '/v1/wms/connections/:name',
    {
      config: { access: ACCESS.operateWms },
      schema: {
        tags,
        summary: 'Make or replace a connection; its password is sealed and never shown again',
        params: z.object({ name: wmsConnectionName }),
        body: wmsConnectionBody,
        response: { 200: wmsConnectionView },
      },
    },
    async (request) => {
      const { name } = request.params
      const operator = operatorOf(identityOf(request))
      await putWmsConnection(db, deps.keyRing, { name, body: request.body, operator })
      const made = (await listWmsConnections(db)).find((each) => each.name === name)
      if (!made) throw new Error('a connection was not read back')
      return made
    },
  )
}

/** A person is waiting: shorter than a reading by the worker. */
const TEST_LIMITS = { rows: 10, seconds: 5, megabytes: 1 }

async function testMapping(
  deps: ApiDeps,
  warehouseId: string,
  mapping: WmsMapping,
): Promise<MappingTestView> {
  const nothing = { ok: false, warnings: [], columns: [], rows: [], clockSkewMs: null }
  try {
    const connection = await openWmsConnection(deps.db, deps.keyRing, mapping.connection)
    if (!connection) throw new WmsError('no-connection', mapping.connection)
    const sample = await deps.wmsReader.sample(`test/${warehouseId}`, connection, mapping, TEST_LIMITS)
    const known = await findKnownSkus(
      deps.db,
      sample.rows.map((row) => row.skuId),
    )
    return judgeSample(sample, mapping, known)
  } catch (error) {
    const { code: errorCode, message } = toWmsError(error)
    // Not a WMS's failure but ours: the error handler hides its text.
    if (errorCode === 'failed' && !(error instanceof WmsError)) throw error
    return { ...nothing, problems: [{ ...WMS_ERROR_TEXT[errorCode], code: errorCode, detail: message }] }
  }
}

const WARNINGS = {
  'no-time': {
    en: 'without a column for the time of change this WMS may only lower the stock',
    zh: '未配置更新时间列，该 WMS 只能调低库存',
  },
  'no-cursor': {
    en: 'without a cursor every reading reads everything',
    zh: '未配置游标列，每次都会全量读取',
  },
  'bad-times': { en: 'some rows have no usable time', zh: '部分行没有可用的更新时间' },
  'may-write': { en: 'this user may do more than read', zh: '该用户拥有超出只读的权限' },
  'clock-skew': {
    en: 'the clock of this server is off: its times are not believed',
    zh: '该服务器时钟偏差过大，其时间不可信',
  },
  'unknown-skus': { en: 'some SKUs are not known to the hub', zh: '部分 SKU 在系统中不存在' },
  'bad-rows': { en: 'some rows cannot be stock', zh: '部分行不是有效库存' },
} as const
/** What the policy allows by default; a test does not know which policy the mapping will be published in. */
const MAX_SKEW_MS = 5_000

function judgeSample(sample: WmsSample, mapping: WmsMapping, known: ReadonlySet<string>): MappingTestView {
  const { columns, missingColumns, rows, clockSkewMs } = sample
  const problems: MappingTestView['problems'] = missingColumns.map((column) => ({
    ...WMS_ERROR_TEXT['no-such-column'],
    code: 'no-such-column',
    detail: column,
  }))
  if (problems.length === 0 && rows.length === 0)
    problems.push({ ...WMS_ERROR_TEXT['no-rows'], code: 'no-rows', detail: '' })
  const unknown = rows.filter((row) => row.skuId !== '' && !known.has(row.skuId))
  const found: [keyof typeof WARNINGS, boolean, string][] = [
    ['no-time', mapping.columns.updatedAt === null, ''],
    ['no-cursor', mapping.columns.cursor === null, ''],
    ['bad-times', mapping.columns.updatedAt !== null && rows.some((row) => row.asOfMs === null), ''],
    ['may-write', sample.mayWrite, ''],
    ['clock-skew', Math.abs(clockSkewMs) > MAX_SKEW_MS, `${clockSkewMs} ms`],
    ['unknown-skus', unknown.length > 0, unknown.map((row) => row.skuId).join(', ')],
    ['bad-rows', rows.some((row) => row.problem !== null), ''],
  ]
  return {
    ok: problems.length === 0,
    problems,
    warnings: found
      .filter(([, isSo]) => isSo)
      .map(([name, , detail]) => ({ ...WARNINGS[name], code: name, detail })),
    columns,
    rows: rows.map((row) => ({
      skuId: row.skuId,
      onHand: row.onHand,
      updatedAt: row.asOfMs === null ? null : new Date(row.asOfMs).toISOString(),
      problem: row.problem && WMS_ROW_TEXT[row.problem],
      isKnownSku: known.has(row.skuId),
    })),
    clockSkewMs,
  }
}
