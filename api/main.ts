import { fileURLToPath } from 'node:url'
import { Kysely, PostgresDialect } from 'kysely'
import { v7 as uuid } from 'uuid'
import { CHANNEL_CONNECTORS } from '../connectors/channels/registry.ts'
import { openFiles } from '../connectors/files/open-files.ts'
import { connectRedis } from '../connectors/redis.ts'
import { startTelemetry } from '../connectors/telemetry.ts'
import { createTemporalClient } from '../connectors/temporal/client.ts'
import { PayloadCryptoCodec } from '../connectors/temporal/codec.ts'
import { createOrderCommands } from '../connectors/temporal/order-commands.ts'
import { createPromotionCommands } from '../connectors/temporal/promotion-commands.ts'
import { hasWorkers } from '../connectors/temporal/readiness.ts'
import { WmsReader } from '../connectors/wms/reader.ts'
import { readConfig, redactConfig } from '../contracts/config.ts'
import { createPool } from '../store/database.ts'
import { DurableIntake } from '../store/durable-intake.ts'
import { connectStreamRedis, openHintStream } from '../store/hint-stream-connection.ts'
import { createInboxNotice } from '../store/inbox-notice.ts'
import { KeyRing } from '../store/keyring.ts'
import { findOrderStanding } from '../store/order-queries.ts'
import { Policies } from '../store/policy-cache.ts'
import { findPromotionStanding } from '../store/promotion-queries.ts'
import { closePromotion } from '../store/promotions.ts'
import type { Database } from '../store/schema.ts'
import { ShopAccounts } from '../store/shop-accounts.ts'
import { createChangeCardDecisions } from './change-card-decisions.ts'
import { createLogger } from './logger.ts'
import { buildServer } from './server.ts'

/** What is still being answered at a stop gets this long. */
const STOP_MS = 15_000

/** The API process: `node dist/api.js`. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = createLogger(config.LOG_LEVEL)
  logger.info({ config: redactConfig(config) }, 'api starts')
  const telemetry = startTelemetry('api', config.OTEL_EXPORTER_OTLP_ENDPOINT)
  const pool = createPool(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null
  const payloadKeys = KeyRing.parse(config.PAYLOAD_KEYS)
  const temporal = createTemporalClient(config, payloadKeys)
  const wmsReader = new WmsReader()
  const keyRing = KeyRing.parse(config.DATA_KEYS)

  const notice = createInboxNotice(pool, logger)
  const intakeRedis = config.REDIS_URL ? connectStreamRedis(config.REDIS_URL, logger) : null

  const app = await buildServer({
    config,
    db,
    redis,
    orderCommands: createOrderCommands(temporal, (orderId) => findOrderStanding(db, orderId)),
    promotionCommands: createPromotionCommands(temporal, {
      standing: (promotionId) => findPromotionStanding(db, promotionId),
      answerOf: (command) => closePromotion(db, command),
    }),
    keyRing,
    policies: new Policies({
      onUnreadable: (kind, error) =>
        logger.error({ kind, err: error }, 'a published policy cannot be read: the one before goes on'),
    }),
    connectors: CHANNEL_CONNECTORS,
    shops: new ShopAccounts(db, keyRing, {
      onUnreadable: (shopId, error) =>
        logger.error({ shopId, err: error }, 'the credentials of a shop cannot be opened: it is left out'),
    }),
    files: await openFiles(config),
    intake: new DurableIntake(db, {
      stream: intakeRedis && openHintStream(intakeRedis, logger),
      onWritten: () => notice.poke(),
    }),
    wmsReader,
    codec: new PayloadCryptoCodec(payloadKeys),
    cardDecisions: createChangeCardDecisions({ db, keyRing, notice }),
    notice,
    clock: { now: () => new Date() },
    ids: { next: () => uuid() },
    logger,
    temporalReady: () => hasWorkers(temporal, config.TEMPORAL_TASK_QUEUE),
    // Built beside this process's own file.
    consoleDir: fileURLToPath(new URL('./console', import.meta.url)),
    poolUsage: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  })

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'api stops: no new requests, those under way are answered')
    setTimeout(() => process.exit(1), STOP_MS).unref()
    await app.close()
    await Promise.allSettled([temporal.connection.close(), db.destroy(), telemetry.stop(), wmsReader.close()])
    redis?.disconnect()
    intakeRedis?.disconnect()
    logger.info('api stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        logger.error({ err: error }, 'api did not stop cleanly')
        process.exit(1)
      })
    })
  }
  const address = await app.listen({ host: config.API_HOST, port: config.API_PORT })
  logger.info({ address }, 'api listens')
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
