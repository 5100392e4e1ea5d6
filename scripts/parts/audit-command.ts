import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { AuditReport, Head } from '../../store/audit-check.ts'
import {
  exportAuditChain,
  parseHead,
  parseHeads,
  verifyAuditChain,
  verifyAuditExport,
} from '../../store/audit-records.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import { describeFinding, describeReport } from './audit-report.ts'
import { UsageError } from './flags.ts'
import { readRunInfo } from './run-file.ts'

const help = `npm run audit:verify -- [--file EXPORT] [--heads FILE] [--head DAY:SEQUENCE:HASH]…
npm run audit -- verify | export --out EXPORT

  verify         goes along the whole chain; ends with 0 if every entry is what was sealed, 1 if not, and names those that
                 are not
  --file EXPORT  verifies an export, without the database
  --heads FILE   heads that were kept elsewhere, one in a line, as the items of GET /v1/audit/heads or as events audit.head;
                 without them whoever has all rights over the database could have written the chain anew
  --head …       one such head, as often as there are: 2026-11-27:812:3f0c…
  export         writes the whole chain to a file that can be verified anywhere

Looks at the hub that runs from this clone, or at DATABASE_URL. Changes nothing.`

const dataDir = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.data')

/** Carries a command out. Returns the exit code: 0, or 1 when the chain is not what was sealed. */
export async function runAudit(args: string[], print: (line: string) => void): Promise<number> {
  const options = parse(args)
  switch (options.command) {
    case 'help':
      print(help)
      return 0
    case 'export':
      return withDatabase(async (db) => {
        print(`${await writeExport(db, options.out)} lines written to ${options.out}`)
        return 0
      })
    case 'verify': {
      const { file, heads, head } = options
      const published = [...(heads ? parseHeads(await readFile(heads, 'utf8')) : []), ...head]
      const report = file
        ? await verifyAuditExport(createInterface({ input: createReadStream(file) }), published)
        : await withDatabase((db) => verifyAuditChain(db, published))
      return tell(report, print)
    }
  }
}

function tell(report: AuditReport, print: (line: string) => void): number {
  for (const finding of report.findings) print(describeFinding(finding))
  for (const line of describeReport(report)) print(line)
  return report.found === 0 ? 0 : 1
}

async function writeExport(db: Db, path: string): Promise<number> {
  // Never over a file that is there: it may be the only one that tells the difference.
  const file = await open(path, 'wx', 0o600)
  try {
    let lines = 0
    const stream = file.createWriteStream({ autoClose: false })
    for await (const line of exportAuditChain(db)) {
      lines += 1
      if (!stream.write(line)) await new Promise<void>((resolve) => stream.once('drain', () => resolve()))
    }
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject)
      stream.end(() => resolve())
    })
    await file.sync()
    return lines
  } finally {
    await file.close()
  }
}

async function withDatabase<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const url = process.env.DATABASE_URL ?? readRunInfo(dataDir)?.postgres
  if (!url) throw new UsageError('No hub runs from this clone. Start it with npm start, or set DATABASE_URL.')
  const db = createDatabase(url, 1)
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

type Options =
  | { command: 'help' }
  | { command: 'export'; out: string }
  | { command: 'verify'; file: string | undefined; heads: string | undefined; head: Head[] }

function parse(args: string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        heads: { type: 'string' },
        head: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { file, heads, out } = values
    const head = values.head.map(headOf)
    const [command, ...others] = positionals
    if (values.help || command === undefined) return { command: 'help' }
    if (command === 'verify' && others.length === 0 && out === undefined) {
      return { command, file, heads, head }
    }
    if (command === 'export' && others.length === 0 && out && !file && !heads && head.length === 0)
      return { command, out }
  } catch (error) {
    if (error instanceof UsageError) throw error
    // Falls through to the one line below.
  }
  throw new UsageError(
    `npm run audit takes verify, or export --out FILE, not "${args.join(' ')}". See npm run audit -- --help`,
  )
}

function headOf(text: string): Head {
  const head = parseHead(text)
  if (!head)
    throw new UsageError(`--head takes DAY:SEQUENCE:HASH, such as 2026-11-27:812:3f0c…, not "${text}"`)
  return head
}
