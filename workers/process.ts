import { pino } from 'pino'
import { type Config, readConfig, redactConfig } from '../contracts/config.ts'

/** Configuration, log and stop signal of a long-running process, the same for all of them. */
export function startProcess(name: string) {
  const config = readConfigOrExit()
  const logger = pino({ level: config.LOG_LEVEL, base: { process: name } })
  logger.info({ config: redactConfig(config) }, `${name} starts`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  const stopRequested = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return { config, logger, signal: stopping.signal, stopRequested }
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}
