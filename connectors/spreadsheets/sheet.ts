import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { writeXlsxStream } from 'hucre/xlsx'
import type { ExportFormat } from '../../contracts/exports.ts'

export type Cell = string | number | null
export type Sheet = { name: string; columns: readonly string[]; rows: AsyncIterable<Cell[]> }

export const MEDIA_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** What XML 1.0 cannot hold, as a spreadsheet would refuse the whole file for one of them. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu
/** What Excel takes in one cell. */
const MAX_CELL_CHARACTERS = 32_767

/**
 * A sheet as a file, written while its rows are read: memory does not grow with them. Nothing in it is a formula, whatever
 * it begins with; CSV begins with a byte order mark, without which spreadsheets take Chinese for something else.
 */
export function writeSheet(format: ExportFormat, sheet: Sheet): Readable {
  return format === 'csv' ? writeCsv(sheet) : writeXlsx(sheet)
}

function writeCsv({ columns, rows }: Sheet): Readable {
  const csv = stringify({
    bom: true,
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    escape_formulas: true,
    // A negative number is one; only text is looked at for formulas. Others begin with a digit: saying it of each would cost
    // more than all the rest.
    cast: {
      number: (value) => (value < 0 ? { value: String(value), escape_formulas: false } : String(value)),
    },
  })
  const source = Readable.from(rows)
  source.once('error', (error) => csv.destroy(error))
  // Who stops reading stops the source.
  csv.once('close', () => source.destroy())
  return source.pipe(csv)
}

function writeXlsx({ name, columns, rows }: Sheet): Readable {
  const stream = writeXlsxStream(inCells(rows), {
    name,
    columns: columns.map((header) => ({ header })),
    freezePane: { rows: 1 },
  })
  return Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0])
}

async function* inCells(rows: AsyncIterable<Cell[]>): AsyncGenerator<Cell[]> {
  for await (const row of rows) yield row.map((cell) => (typeof cell === 'string' ? textOf(cell) : cell))
}

function textOf(cell: string): string {
  return cell.replace(NOT_XML, '\uFFFD').slice(0, MAX_CELL_CHARACTERS)
}
