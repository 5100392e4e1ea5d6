import { parseArgs } from 'node:util'
import { UsageError } from '../parts/flags.ts'

export const double11Help = `npm run double11 -- [--orders N] [--seconds N] [--remarks N] [--seed TEXT] [--keep]

  A peak as on Double-11: orders over every channel within a minute, each pushed many times, while the database pool is
  small, an outside system that listens to events is down, one platform answers 504, and Redis and a worker are killed.
  At the end every order on the platforms is compared with the hub, one by one; ends with 0 only if none differs.

  --orders N    orders, 3000 unless told otherwise
  --seconds N   within so many seconds, 60
  --remarks N   changes of no consequence of each order, 6; all are pushed
  --seed TEXT   the same seed gives the same orders
  --keep        leaves the data in .double11/ to look at; where something differs it is left anyway`

export type Double11Options = {
  orders: number
  seconds: number
  remarks: number
  seed: string
  keep: boolean
}

/** @throws UsageError */
export function parseDouble11Options(args: string[]): Double11Options | 'help' {
  const flags = readFlags(args)
  if (flags.help) return 'help'
  const whole = (name: string, text: string, most: number) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new UsageError(`--${name} must be a whole number from 1 to ${most}`)
    }
    return value
  }
  return {
    orders: whole('orders', flags.orders, 100_000),
    seconds: whole('seconds', flags.seconds, 3_600),
    remarks: whole('remarks', flags.remarks, 50),
    seed: flags.seed,
    keep: flags.keep,
  }
}

function readFlags(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        orders: { type: 'string', default: '3000' },
        seconds: { type: 'string', default: '60' },
        remarks: { type: 'string', default: '6' },
        seed: { type: 'string', default: 'double-11' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${double11Help}`)
  }
}
