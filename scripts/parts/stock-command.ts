import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createDatabase } from '../../store/database.ts'
import { auditStock, type StockDifference } from '../../store/stock-audit.ts'
import { UsageError } from './flags.ts'
import { readRunInfo } from './run-file.ts'

const help = `npm run stock -- verify | diff [--sku SKU]

  verify       rebuilds every counter from the ledger and the live holds; ends with 0 if all agree, 1 if not
  diff         the same, and shows each level that differs: what it says, what the ledger says, what is held
  --sku SKU    one SKU only

Looks at the hub that runs from this clone, or at DATABASE_URL. Changes nothing.`

/** More differences than anybody reads; the first ones say enough. */
const SHOWN = 200
const cloneData = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.data')

/**
 * Carries a command out. Returns the exit code: 0, or 1 when counters, ledger and live holds do not agree.
 *
 * @param hub where it looks: a database, or else the hub that runs on this data folder
 * @throws UsageError when it does not know the command, or there is no hub
 */
export async function runStock(
  args: string[],
  print: (line: string) => void,
  hub: { databaseUrl?: string | undefined; dataDir: string } = {
    databaseUrl: process.env.DATABASE_URL,
    dataDir: cloneData,
  },
): Promise<number> {
  const { command, sku } = parse(args)
  if (command === 'help') {
    print(help)
    return 0
  }
  const url = hub.databaseUrl ?? readRunInfo(hub.dataDir)?.postgres
  if (!url) throw new UsageError('No hub runs from this clone. Start it with npm start, or set DATABASE_URL.')
  const db = createDatabase(url, 1)
  try {
    const { levels, differences } = await auditStock(db, {
      ...(sku === undefined ? {} : { skuId: sku }),
      limit: command === 'diff' ? SHOWN : 1,
    })
    if (differences.length === 0) {
      print(`${levels} stock levels: counters, ledger and live holds agree.`)
      return 0
    }
    if (command === 'diff') for (const difference of differences) print(lineOf(difference))
    else print('Counters, ledger and live holds do not agree; npm run stock -- diff shows where.')
    return 1
  } finally {
    await db.destroy()
  }
}

/** One level that differs, counter by counter. */
function lineOf({ skuId, warehouseId, counters, ledger, held }: StockDifference): string {
  const names = ['total', 'shipped', 'reserved', 'shortfall'] as const
  const parts = names
    .filter((name) => counters[name] !== ledger[name])
    .map((name) => `${name} ${counters[name]}, ledger ${ledger[name]}`)
  if (counters.reserved !== held) parts.push(`reserved ${counters.reserved}, held ${held}`)
  return `${skuId} in ${warehouseId}: ${parts.join('; ')}`
}

function parse(args: string[]): { command: 'verify' | 'diff' | 'help'; sku: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { sku: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    })
    const [command, ...others] = positionals
    if (values.help || command === undefined) return { command: 'help', sku: undefined }
    if ((command === 'verify' || command === 'diff') && others.length === 0)
      return { command, sku: values.sku }
  } catch {
    // Falls through to the one line below.
  }
  throw new UsageError(
    `npm run stock takes verify or diff, not "${args.join(' ')}". See npm run stock -- --help`,
  )
}
