import { parseArgs } from 'node:util'
import { UsageError } from '../parts/flags.ts'

export interface ReplayOptions {
  fromDay: string
  days: number
  /** How many times faster than the file's own time; null: as fast as the hub answers. */
  speed: number | null
  /** At most this many orders. */
  limit: number
  help: boolean
}

export const replayHelp = `npm run replay [-- options]

  --from DAY   first day to replay, 2009-12-01 to 2011-12-09 (default 2010-01-04)
  --days N     how many days (default 1)
  --speed X    X times faster than it happened, or max (default max)
  --limit N    at most N orders
  --help       this text

Replays real orders of a British gift shop: invoices become orders, cancellations become returns of the latest
earlier sale. Prices are taken 1:1, a penny as a fen. Deadlines are short meanwhile, and parcels arrive in seconds.
Uses the hub that runs from this clone, or starts one and stops it at the end; data stays in .data/.
Ctrl-C stops, and shows what came of the orders so far; pressing it again does not wait.
Ends with 0 if the hub's totals equal the file's, 1 if not, 130 after Ctrl-C.`

/** Flags of `npm run replay`; throws a UsageError that says what is wrong in one line. */
export function parseReplayOptions(args: string[]): ReplayOptions {
  const values = parse(args)
  return {
    fromDay: parseDay(values.from),
    days: parseCount('--days', values.days),
    speed: parseSpeed(values.speed),
    limit: values.limit === undefined ? Number.POSITIVE_INFINITY : parseCount('--limit', values.limit),
    help: values.help,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: false,
      options: {
        from: { type: 'string', default: '2010-01-04' },
        days: { type: 'string', default: '1' },
        speed: { type: 'string', default: 'max' },
        limit: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error)
    throw new UsageError(`${reason}. See npm run replay -- --help`)
  }
}

function parseDay(value: string): string {
  const date = new Date(`${value}T00:00:00Z`)
  // JavaScript rolls 2010-02-30 over into March, so the day must survive the way back.
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === value
  if (!isDay) throw new UsageError(`--from takes a day such as 2010-01-04, not "${value}".`)
  return value
}

function parseCount(flag: string, value: string): number {
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new UsageError(`${flag} takes a whole number from 1, not "${value}".`)
}

function parseSpeed(value: string): number | null {
  if (value === 'max') return null
  const speed = Number(value)
  if (Number.isFinite(speed) && speed > 0) return speed
  throw new UsageError(`--speed takes a number above 0 or max, not "${value}".`)
}
