import { parseArgs } from 'node:util'

export interface StartFlags {
  demo: boolean
  reset: boolean
  help: boolean
  /** Port of the API. */
  port: number
}

export const defaultApiPort = 8080

export const startHelp = `npm start [-- options]

  --demo      afterwards stream realistic orders over HTTP
  --reset     begin anew: clears everything in .data/ first
  --port N    port of the API (default ${defaultApiPort}; a busy one: the next free one)
  --help      this text

Set DATABASE_URL, REDIS_URL or TEMPORAL_ADDRESS to use servers that already run.
Ctrl-C stops everything that was started; pressing it again does not wait.`

/** A mistake in the command line: shown as one line, without a stack. */
export class UsageError extends Error {}

/** Flags of `npm start`; throws a UsageError that says what is wrong in one line. */
export function parseStartFlags(args: string[]): StartFlags {
  const { values } = parse(args)
  const port = values.port === undefined ? defaultApiPort : Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port takes a number from 1 to 65535, not "${values.port}".`)
  }
  return { demo: values.demo, reset: values.reset, help: values.help, port }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: false,
      options: {
        demo: { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string' },
      },
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${reason}. See npm start -- --help`)
  }
}
