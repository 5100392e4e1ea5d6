import type { WmsMapping } from '../../contracts/policies/wms-mapping.ts'

/** Quotes a name, so that it can be nothing else. */
export function quoteName(name: string): string {
  return name
    .split('.')
    .map((part) => `\`${part.replaceAll('`', '``')}\``)
    .join('.')
}

/** The table, or the mapping's own query as a table: in that place only a SELECT can stand. */
function from(source: WmsMapping['source'], alias: string): string {
  return 'table' in source ? `${quoteName(source.table)} AS ${alias}` : `(${source.query}) AS ${alias}`
}

/** Rows that were committed late may lie a little before where the last reading ended. */
const OVERLAP_SECONDS = 120
const OVERLAP_NUMBERS = 1_000

type Statement = { sql: string; values: (string | number)[] }

/** The value from which an incremental reading begins, in the column's own terms. */
function lowerBound(mapping: WmsMapping, cursor: string): Statement {
  if (mapping.columns.cursor?.type === 'number')
    return { sql: '(? - ?)', values: [Number(cursor), OVERLAP_NUMBERS] }
  switch (mapping.timeFormat) {
    case 'datetime':
      return { sql: '(CAST(? AS DATETIME(6)) - INTERVAL ? SECOND)', values: [cursor, OVERLAP_SECONDS] }
    case 'epoch-seconds':
      return { sql: '(? - ?)', values: [Number(cursor), OVERLAP_SECONDS] }
    case 'epoch-milliseconds':
      return { sql: '(? - ?)', values: [Number(cursor), OVERLAP_SECONDS * 1_000] }
  }
}

/** The columns that a mapping reads, in the order in which they come back. */
export function columnsOf({ columns }: WmsMapping): string[] {
  const { sku, quantity, subtract, updatedAt, cursor } = columns
  return [
    sku,
    ...quantity,
    ...subtract,
    ...(updatedAt ? [updatedAt] : []),
    ...(cursor ? [cursor.column] : []),
  ]
}

/**
 * The statement of one reading: everything (`cursor` null), or what changed since. It asks for one row more than the
 * limit, so that too many are noticed and no more than that many ever travel.
 */
export function readingStatement(mapping: WmsMapping, cursor: string | null, limit: number): Statement {
  const { source, columns, rows } = mapping
  const sku = quoteName(columns.sku)
  const list = columnsOf(mapping)
    .map((name) => `s.${quoteName(name)}`)
    .join(', ')
  const base = `SELECT ${list} FROM ${from(source, 's')}`
  const bound = cursor === null || columns.cursor === null ? null : lowerBound(mapping, cursor)
  const key = columns.cursor ? quoteName(columns.cursor.column) : ''
  const since = (alias: string) => (bound ? ` WHERE ${alias}.${key} >= ${bound.sql}` : '')
  const values = [...(bound?.values ?? []), limit + 1]
  switch (rows) {
    case 'one':
      return { sql: `${base}${since('s')} LIMIT ?`, values }
    case 'sum': {
      // All rows of a SKU that changed anywhere: a part of them would be a part of its stock.
      if (!bound) return { sql: `${base} LIMIT ?`, values }
      const changed = `SELECT DISTINCT c.${sku} AS k FROM ${from(source, 'c')}${since('c')}`
      return { sql: `${base} JOIN (${changed}) AS changed ON s.${sku} = changed.k LIMIT ?`, values }
    }
    case 'latest': {
      const newest = `SELECT c.${sku} AS k, MAX(c.${key}) AS at FROM ${from(source, 'c')}${since('c')} GROUP BY c.${sku}`
      return {
        sql: `${base} JOIN (${newest}) AS newest ON s.${sku} = newest.k AND s.${key} = newest.at LIMIT ?`,
        values,
      }
    }
  }
}

/** A few rows, for a look at what the mapping gives. */
export function sampleStatement(mapping: WmsMapping, rows: number): Statement {
  const list = columnsOf(mapping)
    .map((name) => `s.${quoteName(name)}`)
    .join(', ')
  return { sql: `SELECT ${list} FROM ${from(mapping.source, 's')} LIMIT ?`, values: [rows] }
}

/** No rows: only the names of the columns. */
export function columnsStatement(mapping: WmsMapping): Statement {
  return { sql: `SELECT * FROM ${from(mapping.source, 's')} LIMIT 0`, values: [] }
}
