import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { HintStream } from './hint-stream.ts'

/** Longer than a disk takes to be sure; a platform waits longer still. */
const COMMAND_MS = 2_000

/**
 * A connection for the overflow of the intake: it fails at once while Redis is away and comes back by itself. Nothing
 * is sent twice over a reconnect, because then nobody could say what the new connection's Redis has.
 */
export function connectStreamRedis(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  // Said once by the stream's own check; without a listener the event would end the process.
  redis.on('error', (error: Error) => logger.debug({ reason: error.message }, 'redis is away'))
  return redis
}

/** The overflow over that connection, which logs when it may and when it may not be relied on. */
export function openHintStream(redis: Redis, logger: Logger): HintStream {
  return new HintStream(redis, {
    onChange: (problem) => {
      if (problem === null) logger.info('redis counts as durable: pushes overflow into it')
      else logger.warn({ problem }, 'redis does not count as durable: pushes go into the database alone')
    },
  })
}
