import type { Writable } from 'node:stream'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** A rate limit that takes longer than this is not worth waiting for. */
const COMMAND_MS = 200

/** A client that fails at once while Redis is away and comes back by itself. */
export function connectRedis(url: string, logger: Pick<Logger, 'info' | 'warn'>): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ reason: error.message }, 'redis is away: rate limits are not shared')
    away = true
  })
  redis.on('connect', () => gatherWrites(redis.stream))
  redis.on('ready', () => {
    if (away) logger.info('redis is back')
    away = false
  })
  return redis
}

/**
 * What is asked in one turn of the event loop is sent in one piece, at its end: every request asks twice, and a call of the
 * system for each question costs more than the question.
 */
function gatherWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  let isGathering = false
  const gathering = (...args: unknown[]): boolean => {
    if (!isGathering) {
      isGathering = true
      stream.cork()
      setImmediate(() => {
        isGathering = false
        stream.uncork()
      })
    }
    return write(...args)
  }
  // One function stands for all overloads: it passes on what it is given.
  stream.write = gathering as typeof stream.write
}
