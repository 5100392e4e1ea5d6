import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * The log of a process. Requests are logged by route and id, never with bodies, headers, queries or addresses; of an
 * error only what cannot hold a customer's data. A database error's `detail` and parameters quote rows: left out.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { process: 'api' },
    serializers: { err: describeError, error: describeError, req: () => undefined, res: () => undefined },
  }
  return destination ? pino(options, destination) : pino(options)
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'not an error object' }
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    type: error.name,
    message: error.message,
    code: text('code'),
    constraint: text('constraint'),
    table: text('table'),
    stack: error.stack,
  }
}
