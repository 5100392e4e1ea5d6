import { setTimeout as delay } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { POLICIES } from '../contracts/policies/index.ts'
import type { WmsMapping } from '../contracts/policies/wms-mapping.ts'

type Shape = Pick<WmsMapping, 'source' | 'columns' | 'rows' | 'timeFormat'>

/** One row a SKU. */
const oneRow: Shape = {
  source: { table: 'inventory' },
  columns: {
    sku: 'sku_code',
    quantity: ['on_hand'],
    subtract: [],
    updatedAt: 'updated_at',
    cursor: { column: 'updated_at', type: 'time' },
  },
  rows: 'one',
  timeFormat: 'datetime',
}
/** A row a bin, with what is free and what is allocated apart. */
const bins: Shape = {
  source: { table: 'kucun' },
  columns: {
    sku: 'shangpin',
    quantity: ['keyong', 'yifenpei'],
    subtract: [],
    updatedAt: 'gmt_modified',
    cursor: { column: 'gmt_modified', type: 'time' },
  },
  rows: 'sum',
  timeFormat: 'datetime',
}
/** A log of movements with the balance after each. */
const log: Shape = {
  source: { query: 'SELECT seq, item_no, balance, moved_at_ms FROM v_stock_log' },
  columns: {
    sku: 'item_no',
    quantity: ['balance'],
    subtract: [],
    updatedAt: 'moved_at_ms',
    cursor: { column: 'seq', type: 'number' },
  },
  rows: 'latest',
  timeFormat: 'epoch-milliseconds',
}

/** What the operators of the sample warehouses said about their systems. */
const WAREHOUSES: Record<
  string,
  [database: string, shape: Shape, onHandFallsAt: WmsMapping['onHandFallsAt']]
> = {
  'WH-HZ': ['wms_hz', oneRow, 'pack'],
  'WH-SH': ['wms_sh', bins, 'pick'],
  'WH-GZ': ['wms_gz', log, 'pack'],
  'WH-FS': ['wms_fs', oneRow, 'pick'],
  'WH-BJ': ['wms_bj', bins, 'pack'],
  'WH-TJ': ['wms_tj', log, 'pick'],
  'WH-WH': ['wms_wh', oneRow, 'dispatch'],
  'WH-ZZ': ['wms_zz', bins, 'pack'],
  'WH-CD': ['wms_cd', log, 'dispatch'],
  'WH-CQ': ['wms_cq', oneRow, 'pack'],
  'WH-XA': ['wms_xa', bins, 'pick'],
  'WH-SY': ['wms_sy', log, 'pack'],
}
/** A busy laptop may take a while to book a step; real systems need less. */
const CLOCK_TOLERANCE_SECONDS = 30
/** Often enough to be seen. */
const INTERVAL_SECONDS = 20

const connectionOf = (database: string) => database.replace('_', '-')

/** The mapping of the sample warehouses, as somebody would fill it in. */
export function sampleWmsMapping() {
  const entries = Object.entries(WAREHOUSES).map(([warehouseId, [database, shape, onHandFallsAt]]) => {
    const mapping: WmsMapping = {
      enabled: true,
      connection: connectionOf(database),
      ...shape,
      onHandFallsAt,
      timeZone: '+08:00',
      intervalSeconds: null,
    }
    return [warehouseId, mapping] as const
  })
  return {
    ...POLICIES['wms-mapping'].initial,
    intervalSeconds: INTERVAL_SECONDS,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    warehouses: Object.fromEntries(entries),
  }
}

/**
 * Tells the hub how to reach the sample warehouses' databases, and publishes their mapping unless somebody has
 * published one.
 *
 * @throws Error with what the API answered
 */
export async function seedWms(options: {
  api: string
  /** Of the system `ops`. */
  apiKey: string
  /** mysql://…@host:port */
  url: string
  readerPassword: string
  certificateAuthority: string
}): Promise<void> {
  const { hostname, port } = new URL(options.url)
  await Promise.all(
    Object.values(WAREHOUSES).map(([database]) =>
      call(options, 'PUT', `/v1/wms/connections/${connectionOf(database)}`, {
        host: hostname,
        port: Number(port),
        database,
        user: 'hub_reader',
        password: options.readerPassword,
        tls: 'verify',
        certificateAuthority: options.certificateAuthority,
      }),
    ),
  )
  const policy: { version?: unknown } = await call(options, 'GET', '/v1/policies/wms-mapping')
  if (policy.version !== 0) return
  await untilFilled(options)
  await call(options, 'PUT', '/v1/policies/wms-mapping', {
    document: sampleWmsMapping(),
    reason: 'the sample warehouses',
  })
}

const FILLED_WITHIN_MS = 30_000
const LOOK_AGAIN_MS = 250

/** A mapping of tables that are still empty would only raise alarms. After a while they are the hub's to tell. */
async function untilFilled({ url, readerPassword }: { url: string; readerPassword: string }): Promise<void> {
  const { hostname, port } = new URL(url)
  for (const giveUpAt = Date.now() + FILLED_WITHIN_MS; Date.now() < giveUpAt; await delay(LOOK_AGAIN_MS)) {
    try {
      const connection = await createConnection({
        host: hostname,
        port: Number(port),
        user: 'hub_reader',
        password: readerPassword,
      })
      const [rows] = await connection
        .query('SELECT 1 FROM wms_hz.followed_up_to')
        .finally(() => connection.end())
      if (Array.isArray(rows) && rows.length > 0) return
    } catch {
      // The simulator has not made the user or the table yet.
    }
  }
}

async function call(
  { api, apiKey }: { api: string; apiKey: string },
  method: string,
  path: string,
  body?: object,
): Promise<object> {
  const response = await fetch(new URL(path, api), {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`)
  const answer: unknown = await response.json()
  return typeof answer === 'object' && answer !== null ? answer : {}
}
