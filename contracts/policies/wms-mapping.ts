import { z } from 'zod'
import { code } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Quoted wherever it is used, so that it may be a word in any language; a backtick could end the quotes. */
const identifier = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_$ -]{0,63}$/u, 'must be the name of a table or column')
const tableName = z
  .string()
  .regex(
    /^[\p{L}_][\p{L}\p{N}_$ -]{0,63}(\.[\p{L}_][\p{L}\p{N}_$ -]{0,63})?$/u,
    'must be the name of a table or view, perhaps with its database in front',
  )

const MAX_QUERY_CHARACTERS = 4_000

/** What is wrong with a query of one's own, if anything. The read-only transaction is the fence; this says it early. */
export function problemOfQuery(query: string): string | null {
  // Strings and quoted names hold what they like; what is left is the statement itself.
  const bare = query.replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`/gs, ' q ')
  if (!/^\s*(select|with)\b/i.test(bare)) return 'must be one SELECT'
  if (/['"`]/.test(bare)) return 'has a quote that is never closed'
  if (bare.includes(';')) return 'must be one statement without a semicolon'
  if (/--|#|\/\*/.test(bare)) return 'must have no comments'
  if (/\b(into|for\s+update|lock\s+in|procedure)\b/i.test(bare)) return 'must only read'
  let depth = 0
  for (const character of bare) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) break
  }
  return depth === 0 ? null : 'has parentheses that do not match'
}

const query = z
  .string()
  .min(1)
  .max(MAX_QUERY_CHARACTERS)
  .superRefine((value, context) => {
    const message = problemOfQuery(value)
    if (message) context.addIssue({ code: 'custom', message })
  })

function isTimeZone(value: string): boolean {
  if (/^[+-](0\d|1[0-4]):[0-5]\d$/.test(value)) return true
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an offset such as +08:00 or a zone such as Asia/Shanghai')

/** Where one warehouse's own system keeps its stock, and how to read it. */
export const wmsMappingEntry = z
  .strictObject({
    enabled: z.boolean().default(true),
    /** Name of a connection: host, user and password are kept apart and sealed. */
    connection: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be the name of a connection'),
    source: z.union([z.strictObject({ table: tableName }), z.strictObject({ query })]),
    columns: z.strictObject({
      sku: identifier,
      /** Added up to the units on hand, such as available + allocated. */
      quantity: z.array(identifier).min(1).max(8),
      /** Taken off them, such as packed and waiting at the gate. */
      subtract: z.array(identifier).max(8).default([]),
      /** When the row last changed. Without it nothing that this WMS says can raise the stock. */
      updatedAt: identifier.nullable(),
      /** By which column a reading goes on where the last one ended; null: every reading reads everything. */
      cursor: z.strictObject({ column: identifier, type: z.enum(['time', 'number']) }).nullable(),
    }),
    /** `one` row a SKU; several to be added up (`sum`), such as one a bin; or the `latest` of a log with balances. */
    rows: z.enum(['one', 'sum', 'latest']),
    /** The step at which the warehouse takes units off its on-hand quantity. */
    onHandFallsAt: z.enum(['pick', 'pack', 'dispatch']),
    /** Of `updatedAt`, where it is a date without one. */
    timeZone,
    /** Whether times are dates, or counted since 1970. */
    timeFormat: z.enum(['datetime', 'epoch-seconds', 'epoch-milliseconds']).default('datetime'),
    intervalSeconds: z.int().min(5).max(86_400).nullable().default(null),
  })
  .refine((entry) => entry.rows !== 'latest' || entry.columns.cursor !== null, {
    path: ['columns', 'cursor'],
    message: 'is needed to know which row is the latest',
  })
export type WmsMapping = z.output<typeof wmsMappingEntry>

const seconds = (most: number) => z.number().min(0).max(most)

const schema = z.strictObject({
  warehouses: z
    .record(code, wmsMappingEntry)
    .refine((entries) => Object.keys(entries).length <= 200, 'has more than 200 warehouses'),
  /** Between two readings of a warehouse, where it has no interval of its own. */
  intervalSeconds: z.int().min(5).max(86_400).default(60),
  /** A WMS whose newest change is older than this may only lower the stock. */
  staleAfterSeconds: z
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(12 * 3_600),
  /** How far clocks may differ, and how long a WMS may take to book a step. */
  clockToleranceSeconds: seconds(300).default(5),
  /** Within this time the hub hears of what was picked and packed. */
  reportDelaySeconds: seconds(86_400).default(600),
  /** A level that changes by more than both is set aside for a person. */
  plausible: z
    .strictObject({ units: z.int().min(0).max(10_000_000), share: z.number().min(0).max(100) })
    .default({ units: 200, share: 0.5 }),
  /** So many failed readings in a row open a work item. */
  failuresBeforeWorkItem: z.int().min(1).max(100).default(3),
  limits: z
    .strictObject({
      rows: z.int().min(1).max(2_000_000),
      seconds: z.number().min(1).max(300),
      megabytes: z.int().min(1).max(512),
    })
    .default({ rows: 200_000, seconds: 20, megabytes: 64 }),
})

export const wmsMapping = definePolicy({
  title: { en: 'Mapping of warehouse systems', zh: 'WMS 字段映射' },
  schema,
  initial: schema.parse({ warehouses: {} }),
})
