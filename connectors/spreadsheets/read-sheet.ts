import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { CsvError, parse } from 'csv-parse'
import { streamXlsxRows } from 'hucre/xlsx'
import type { ExportFormat } from '../../contracts/exports.ts'

/** A cell as it was read: of CSV always text, of XLSX what the sheet holds; a formula is its last result. */
export type SheetCell = string | number | boolean | Date | null
/** `line`: as people count them, from 1. */
export type SheetRow = { line: number; cells: SheetCell[] }

/** Encodings that spreadsheets of this country write, in the order in which they are tried. */
const ENCODINGS = ['utf-8', 'gb18030'] as const
const BYTE_ORDER_MARKS = [
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const
export type SheetEncoding = (typeof ENCODINGS)[number] | (typeof BYTE_ORDER_MARKS)[number]['encoding']

/** Of a workbook: its texts are in memory while it is read. */
const MOST_XLSX_BYTES = 64 * 1024 * 1024
const MOST_RECORD_CHARACTERS = 256 * 1024
/** From so much of a file is told what stands between its cells. */
const LOOKED_AT_CHARACTERS = 8_192

/** The file as a whole cannot be read. */
export class UnreadableSheetError extends Error {
  override readonly name = 'UnreadableSheetError'
  readonly reason: 'encoding' | 'broken' | 'too-large'

  constructor(reason: UnreadableSheetError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/**
 * The rows of a file, read as they are taken. CSV takes no more memory than a row; a workbook as much as its texts.
 *
 * @param open reads the file from its beginning; CSV is read twice, because only all of it says how it is encoded
 * @throws UnreadableSheetError
 */
export async function readSheet(
  format: ExportFormat,
  open: () => Promise<Readable>,
): Promise<{ encoding: SheetEncoding | null; rows: AsyncGenerator<SheetRow> }> {
  if (format === 'xlsx') return { encoding: null, rows: xlsxRows(await open()) }
  const encoding = await encodingOf(open)
  return { encoding, rows: csvRows(await open(), encoding) }
}

/** What a text file is encoded in. @throws UnreadableSheetError where it is in nothing that is known */
async function encodingOf(open: () => Promise<Readable>): Promise<SheetEncoding> {
  for (const encoding of ENCODINGS) {
    const found = await isEncodedIn(await open(), encoding)
    if (found) return found
  }
  throw new UnreadableSheetError('encoding', 'the file is neither UTF-8 nor GB18030')
}

async function isEncodedIn(
  source: Readable,
  encoding: (typeof ENCODINGS)[number],
): Promise<SheetEncoding | null> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let isFirst = true
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (isFirst) {
        const marked = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, at) => chunk[at] === byte))
        if (marked) return marked.encoding
        isFirst = false
      }
      decoder.decode(chunk, { stream: true })
    }
    decoder.decode()
    return encoding
  } catch (error) {
    // `fatal` throws a TypeError where a lenient decoder would put replacement characters.
    if (error instanceof TypeError) return null
    throw error
  } finally {
    source.destroy()
  }
}

async function* csvRows(source: Readable, encoding: SheetEncoding): AsyncGenerator<SheetRow> {
  const texts = decoded(source, encoding)
  const first = await texts.next()
  const beginning = first.done ? '' : first.value
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
    delimiter: delimiterOf(beginning),
    max_record_size: MOST_RECORD_CHARACTERS,
  })
  const feed = Readable.from(
    (async function* () {
      yield beginning
      yield* texts
    })(),
  )
  feed.once('error', (error) => parser.destroy(error))
  parser.once('close', () => feed.destroy())
  try {
    for await (const { info, record } of feed.pipe(parser) as AsyncIterable<{
      info: { lines: number }
      record: string[]
    }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableSheetError('broken', error.message, { cause: error })
    throw error
  }
}

async function* decoded(source: Readable, encoding: SheetEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const chunk of source as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** A comma unless there is none: what spreadsheets call "text" has tabs. */
function delimiterOf(beginning: string): string {
  const looked = beginning.slice(0, LOOKED_AT_CHARACTERS)
  return [',', '\t', ';'].find((each) => looked.includes(each)) ?? ','
}

async function* xlsxRows(source: Readable): AsyncGenerator<SheetRow> {
  let bytes = 0
  const limited = source.map((chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MOST_XLSX_BYTES) {
      throw new UnreadableSheetError('too-large', `a workbook may have ${MOST_XLSX_BYTES} bytes; send CSV`)
    }
    return chunk
  })
  const file = await buffer(limited)
  try {
    for await (const { index, values } of streamXlsxRows(new Uint8Array(file))) {
      yield { line: index + 1, cells: values.map(cellOf) }
    }
  } catch (error) {
    // The reader's errors are all about the file; it has several classes of them.
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnreadableSheetError('broken', reason, { cause: error })
  }
}

function cellOf(value: unknown): SheetCell {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value
  return String(value)
}
