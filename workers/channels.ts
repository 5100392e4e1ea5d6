import { Kysely, PostgresDialect } from 'kysely'
import { v7 as uuid } from 'uuid'
import { lagTargetsOf } from '../connectors/channels/calls.ts'
import { CHANNEL_CONNECTORS } from '../connectors/channels/registry.ts'
import { CallLimits } from '../connectors/rate-limit.ts'
import { startTelemetry } from '../connectors/telemetry.ts'
import { createPool } from '../store/database.ts'
import { DurableIntake } from '../store/durable-intake.ts'
import { connectStreamRedis, openHintStream } from '../store/hint-stream-connection.ts'
import { createInboxNotice, listenToInbox } from '../store/inbox-notice.ts'
import { KeyRing } from '../store/keyring.ts'
import { Policies } from '../store/policy-cache.ts'
import type { Database } from '../store/schema.ts'
import { ShopAccounts } from '../store/shop-accounts.ts'
import { ChannelConnections } from './channel-connections.ts'
import { ChannelFetch } from './channel-fetch.ts'
import { channelMetrics } from './channel-metrics.ts'
import { startHealthServer } from './health-server.ts'
import { Loop } from './loop.ts'
import { OverflowConsumer } from './overflow-consumer.ts'
import { startProcess } from './process.ts'

/**
 * The process between the platforms and the inbox: keeps the long connections, moves what overflowed into the inbox,
 * and makes orders of hints. Any number may run; leases divide the work.
 */
const { config, logger, stopRequested } = startProcess('channels')
const telemetry = startTelemetry('channels', config.OTEL_EXPORTER_OTLP_ENDPOINT)
const owner = `channels-${uuid()}`
const pool = createPool(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
const keyRing = KeyRing.parse(config.DATA_KEYS)
const shops = new ShopAccounts(db, keyRing, {
  onUnreadable: (shopId, error) =>
    logger.error({ shopId, err: error }, 'the credentials of a shop cannot be opened: it is left out'),
})
const redis = config.REDIS_URL ? connectStreamRedis(config.REDIS_URL, logger) : null
const stream = redis && openHintStream(redis, logger)
const notice = createInboxNotice(pool, logger)

/** Between rounds with nothing to do. Notices and finished fetches wake the first at once. */
const IDLE_MS = { fetch: 500, overflow: 500, connections: 4_000 } as const

const startedAtMs = Date.now()
/** Not ready when orders have not been claimed for this long. */
const READY_WITHIN_MS = 30_000
const health = await startHealthServer({
  host: config.METRICS_HOST,
  port: config.METRICS_PORT,
  isReady: () =>
    fetchLoop.lastSuccessMs > startedAtMs && Date.now() - fetchLoop.lastSuccessMs < READY_WITHIN_MS,
})
const policies = new Policies()
const fetch = new ChannelFetch({
  db,
  connectors: CHANNEL_CONNECTORS,
  shops,
  keyRing,
  policies,
  callLimits: new CallLimits(redis),
  logger,
  owner,
  onApplied: () => notice.poke(),
  onRoom: () => fetchLoop.wake(),
  onOutcome: channelMetrics(health.registry, {
    db,
    targets: async () => {
      const { document } = await policies.current(db, 'health-score')
      return lagTargetsOf(CHANNEL_CONNECTORS, document.syncTargetSeconds)
    },
  }),
})
const fetchLoop = new Loop('channel-fetch', { round: () => fetch.runOnce(), idleMs: IDLE_MS.fetch, logger })
const connections = new ChannelConnections({
  db,
  connectors: CHANNEL_CONNECTORS,
  shops,
  intake: new DurableIntake(db, { stream, onWritten: () => fetchLoop.wake() }),
  logger,
  owner,
})
const loops = [
  fetchLoop,
  new Loop('channel-connections', {
    round: () => connections.runOnce(),
    idleMs: IDLE_MS.connections,
    logger,
  }),
]
if (stream) {
  const consumer = new OverflowConsumer({ db, stream, name: owner, logger })
  const round = async () => {
    const moved = redis?.status === 'ready' ? await consumer.runOnce() : 0
    if (moved > 0) fetchLoop.wake()
    return moved
  }
  loops.push(new Loop('intake-overflow', { round, idleMs: IDLE_MS.overflow, logger }))
}

for (const loop of loops) loop.start()
const stopListening = listenToInbox(config.DATABASE_URL, () => fetchLoop.wake(), logger)
await stopRequested
await stopListening()
await connections.stop()
await Promise.all(loops.map((loop) => loop.stop()))
await fetch.settled()
await Promise.all([db.destroy(), health.close(), telemetry.stop()])
redis?.disconnect()
