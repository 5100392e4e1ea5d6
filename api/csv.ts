import { CsvError, parse } from 'csv-parse'
import type { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type { ImportReport } from '../contracts/master-data.ts'

export type LineError = { line: number; field: string; message: string }
export type CsvLine<Row> = { line: number; row: Row }

/** Enough to mend a file by; a wrong file is not answered with a longer one. */
const MAX_ERRORS = 100
/** So much is parsed before other requests get their turn. */
const CHUNK_CHARACTERS = 64 * 1024
const NUMBER = /^-?[0-9]{1,15}(\.[0-9]{1,12})?$/

/**
 * Reads RFC 4180 CSV whose header names the fields of a schema, in any order. Fields that are numbers are read as
 * such; an empty optional field counts as absent.
 *
 * @returns the lines that fit and the errors of those that do not
 * @throws ProblemError `malformed-csv` when the file as a whole cannot be read
 */
export async function readCsv<Row>(
  text: string,
  format: {
    columns: { required: readonly string[]; optional?: readonly string[] }
    numbers: readonly string[]
    /** Columns that must be there, but may be empty, which counts as absent. */
    emptyIsAbsent?: readonly string[]
    schema: z.ZodType<Row>
    /** What must not occur twice in one file. */
    keyOf: (row: Row) => string
  },
): Promise<{ rows: number; lines: CsvLine<Row>[]; errors: LineError[] }> {
  const lines: CsvLine<Row>[] = []
  const errors: LineError[] = []
  const seen = new Map<string, number>()
  let header: string[] | null = null
  let rows = 0
  for await (const { line, cells } of records(text)) {
    if (!header) {
      header = checkHeader(cells, format.columns)
      continue
    }
    rows += 1
    if (errors.length >= MAX_ERRORS) continue
    if (cells.length !== header.length) {
      errors.push({ line, field: '', message: `has ${cells.length} fields, the header has ${header.length}` })
      continue
    }
    const result = format.schema.safeParse(toObject(header, cells, format))
    if (!result.success) {
      errors.push(
        ...result.error.issues.map((issue) => ({
          line,
          field: issue.path.join('.'),
          message: issue.message,
        })),
      )
      continue
    }
    const key = format.keyOf(result.data)
    const earlier = seen.get(key)
    if (earlier !== undefined)
      errors.push({ line, field: '', message: `${key} is already in line ${earlier}` })
    seen.set(key, line)
    lines.push({ line, row: result.data })
  }
  if (!header) throw new ProblemError('malformed-csv', 'the file is empty: a header line is needed')
  return { rows, lines, errors: errors.slice(0, MAX_ERRORS) }
}

/** A faulty file that was meant seriously is refused as a whole, in the words of its report. */
export function refuseImport(report: ImportReport): ProblemError {
  const fields = report.errors.map(({ line, field, message }) => ({
    field: field === '' ? `line ${line}` : `line ${line}, ${field}`,
    message,
  }))
  return new ProblemError('invalid-request', 'the file has errors: nothing was imported', {
    fields,
    extra: { report },
  })
}

async function* records(text: string): AsyncGenerator<{ line: number; cells: string[] }> {
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, info: true })
  const feed = async () => {
    for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) {
      if (!parser.write(text.slice(at, at + CHUNK_CHARACTERS))) {
        await new Promise((resolve) => parser.once('drain', resolve))
      }
    }
    parser.end()
  }
  const fed = feed()
  try {
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number }
      record: string[]
    }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new ProblemError('malformed-csv', error.message)
    throw error
  }
  await fed
}

function checkHeader(
  header: string[],
  columns: { required: readonly string[]; optional?: readonly string[] },
): string[] {
  const known = [...columns.required, ...(columns.optional ?? [])]
  const missing = columns.required.filter((name) => !header.includes(name))
  const unknown = header.filter((name) => !known.includes(name))
  const twice = header.filter((name, index) => header.indexOf(name) !== index)
  const complaints = [
    missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
    unknown.length > 0
      ? `unknown: ${unknown.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')}`
      : '',
    twice.length > 0 ? `twice: ${twice.join(', ')}` : '',
  ].filter(Boolean)
  if (complaints.length > 0) {
    const detail = `the header must be ${known.join(',')} (${complaints.join('; ')})`
    throw new ProblemError('malformed-csv', detail)
  }
  return header
}

function toObject(
  header: string[],
  cells: string[],
  format: {
    columns: { optional?: readonly string[] }
    numbers: readonly string[]
    emptyIsAbsent?: readonly string[]
  },
): Record<string, unknown> {
  const entries = header.flatMap((name, index): [string, unknown][] => {
    const cell = cells[index] ?? ''
    const mayBeEmpty = format.columns.optional?.includes(name) || format.emptyIsAbsent?.includes(name)
    if (cell === '' && mayBeEmpty) return []
    return [[name, format.numbers.includes(name) && NUMBER.test(cell) ? Number(cell) : cell]]
  })
  return Object.fromEntries(entries)
}
