import { z } from 'zod'
import { code, instant, text } from './common.ts'
import { wmsMappingEntry } from './policies/wms-mapping.ts'

/** What can be wrong with reading a WMS, and what to do about it. */
export const WMS_ERROR_TEXT = {
  'no-connection': {
    en: 'the mapping names a connection that does not exist',
    zh: '映射引用的连接不存在',
  },
  unreachable: { en: 'the server cannot be reached', zh: '无法连接服务器' },
  'access-denied': { en: 'the server refuses this user', zh: '服务器拒绝该用户访问' },
  tls: { en: 'the encrypted connection fails', zh: '加密连接失败' },
  'no-such-database': { en: 'the database does not exist', zh: '数据库不存在' },
  'no-such-table': { en: 'the table or view does not exist', zh: '表或视图不存在' },
  'no-such-column': { en: 'a column does not exist', zh: '列不存在' },
  'query-refused': { en: 'the server refuses the query', zh: '服务器拒绝该查询' },
  timeout: { en: 'no complete answer within the time limit', zh: '在时限内未返回完整结果' },
  'too-many-rows': { en: 'more rows than the limit', zh: '行数超过上限' },
  'too-many-bytes': { en: 'more data than the limit', zh: '数据量超过上限' },
  'no-rows': { en: 'the table is empty', zh: '表中没有数据' },
  implausible: { en: 'too much of the stock jumped at once', zh: '大面积库存异常变动' },
  failed: { en: 'the reading failed', zh: '读取失败' },
} as const
export type WmsErrorCode = keyof typeof WMS_ERROR_TEXT

/** What can be wrong with one row. */
export const WMS_ROW_TEXT = {
  'no-sku': { en: 'no SKU', zh: '缺少 SKU' },
  null: { en: 'a quantity is NULL', zh: '数量为 NULL' },
  'not-a-number': { en: 'a quantity is not a number', zh: '数量不是数字' },
  fraction: { en: 'a quantity is not a whole number', zh: '数量不是整数' },
  negative: { en: 'a quantity is negative', zh: '数量为负' },
  'too-large': { en: 'a quantity is beyond ten million', zh: '数量超过一千万' },
  duplicate: { en: 'several rows of one SKU', zh: '同一 SKU 有多行' },
} as const
export type WmsRowProblem = keyof typeof WMS_ROW_TEXT

const bilingual = z.object({ en: z.string(), zh: z.string() })

export const wmsFreshnessView = z.object({
  warehouseId: z.string(),
  isMapped: z.boolean(),
  /** `fresh`, `late` (no success for three intervals), `failing`, or `never` read. */
  state: z.enum(['fresh', 'late', 'failing', 'never']),
  lastAttemptAt: instant.nullable(),
  lastSuccessAt: instant.nullable(),
  lastFullCompareAt: instant.nullable(),
  nextAttemptAt: instant,
  /** Since the last success. */
  lagSeconds: z.number().nullable(),
  /** The newest change that the WMS has named. */
  newestChangeAt: instant.nullable(),
  clockSkewMs: z.int().nullable(),
  consecutiveFailures: z.int(),
  lastError: bilingual.extend({ code: z.string(), detail: z.string() }).nullable(),
  rowsRead: z.int(),
  levelsChanged: z.int(),
  badRows: z.int(),
  unknownSkus: z.int(),
  /** Levels whose jump waits for a person. */
  quarantined: z.int(),
  policyVersion: z.int().nullable(),
})
export const wmsFreshnessList = z.object({ items: z.array(wmsFreshnessView) })

export const syncNowBody = z.strictObject({ mode: z.enum(['incremental', 'full']).default('incremental') })

export const wmsConnectionName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
export const wmsConnectionBody = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'must be a host name or address'),
  port: z.int().min(1).max(65_535).default(3_306),
  database: text(64),
  user: text(80),
  /** Written, never shown again. */
  password: z.string().max(256),
  /** `verify`: encrypted, and the server proves who it is. */
  tls: z.enum(['verify', 'required', 'off']).default('verify'),
  /** PEM; without it the authorities of the system count. */
  certificateAuthority: z.string().max(20_000).nullable().default(null),
})
export type WmsConnectionBody = z.output<typeof wmsConnectionBody>
export const wmsConnectionView = z.object({
  name: z.string(),
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  tls: z.enum(['verify', 'required', 'off']),
  hasCertificateAuthority: z.boolean(),
  changedBy: z.string(),
  changedAt: instant,
})
export const wmsConnectionList = z.object({ items: z.array(wmsConnectionView) })

export const mappingTestBody = z.strictObject({ warehouseId: code, mapping: wmsMappingEntry })
export const mappingTestView = z.object({
  ok: z.boolean(),
  /** What is wrong, and what only deserves a look. */
  problems: z.array(bilingual.extend({ code: z.string(), detail: z.string() })),
  warnings: z.array(bilingual.extend({ code: z.string(), detail: z.string() })),
  /** The columns that the source has. */
  columns: z.array(z.string()),
  rows: z.array(
    z.object({
      skuId: z.string(),
      onHand: z.int().nullable(),
      updatedAt: instant.nullable(),
      problem: bilingual.nullable(),
      isKnownSku: z.boolean(),
    }),
  ),
  clockSkewMs: z.int().nullable(),
})
export type MappingTestView = z.output<typeof mappingTestView>

export const listWmsMovementsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
})
export const wmsMovementList = z.object({
  items: z.array(
    z.object({
      movementId: z.int(),
      kind: z.string(),
      skuId: z.string(),
      warehouseId: z.string(),
      /** Units that came to the warehouse (positive) or left it. */
      quantityDelta: z.int(),
      reason: z.string().nullable(),
      recordedAt: instant,
    }),
  ),
  latestMovementId: z.int(),
})
