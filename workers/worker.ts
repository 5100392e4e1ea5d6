import { NativeConnection, Runtime } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import { CHANNEL_CONNECTORS } from '../connectors/channels/registry.ts'
import { reconciledWith } from '../connectors/counterparts.ts'
import { courierSources, createCouriers } from '../connectors/couriers/registry.ts'
import { createErp } from '../connectors/erp/registry.ts'
import { augursForecasters } from '../connectors/forecasting/augurs.ts'
import { createOutsideHttp } from '../connectors/outside-http.ts'
import { createPaymentProvider } from '../connectors/payment/provider.ts'
import { CallLimits } from '../connectors/rate-limit.ts'
import { connectRedis } from '../connectors/redis.ts'
import { startTelemetry } from '../connectors/telemetry.ts'
import { type PulledShop, PullSchedules } from '../connectors/temporal/channel-schedules.ts'
import { createTemporalClient } from '../connectors/temporal/client.ts'
import { temporalConnectionOptions } from '../connectors/temporal/connection.ts'
import { ensureCustomersSchedule } from '../connectors/temporal/customers-schedule.ts'
import { ensureHealthSchedule } from '../connectors/temporal/health-schedule.ts'
import { createOrderChangeCommands } from '../connectors/temporal/order-change-commands.ts'
import {
  ensureReconciliationSchedule,
  ensureReplenishmentSchedules,
  ensureReportSchedule,
} from '../connectors/temporal/report-schedules.ts'
import { ensureWmsSchedules } from '../connectors/temporal/wms-schedules.ts'
import { WmsReader } from '../connectors/wms/reader.ts'
import { SEASON_DAYS } from '../domain/replenishment.ts'
import { orderRecords } from '../store/change-preview.ts'
import { createDatabase } from '../store/database.ts'
import { KeyRing } from '../store/keyring.ts'
import { currentPolicy } from '../store/policy.ts'
import { ShopAccounts } from '../store/shop-accounts.ts'
import type { OpenShop } from '../store/shops.ts'
import { currentBuildId, ReplayRefusedError, takeOver } from './deployment.ts'
import { startHealthServer } from './health-server.ts'
import { Loop } from './loop.ts'
import { createOrderWorker } from './order-worker.ts'
import { startProcess } from './process.ts'
import { readWorkflowBundle } from './workflow-bundle.ts'

/**
 * The process that runs orders' workflows and activities. It polls first, proves that it can replay the open
 * orders, and then makes its version current. Ended by SIGTERM: finishes what it has begun, takes nothing new.
 */
const { config, logger, signal, stopRequested } = startProcess('worker')
if (!config.WORKFLOW_BUNDLE) {
  logger.fatal('WORKFLOW_BUNDLE must name the workflow bundle (dist/workflow-bundle.js after a build)')
  process.exit(2)
}

// Once, before any connection: Temporal's core logs through our logger.
Runtime.install({
  telemetryOptions: config.TEMPORAL_METRICS_ADDRESS
    ? { metrics: { prometheus: { bindAddress: config.TEMPORAL_METRICS_ADDRESS } } }
    : {},
  logger: {
    log: (level, message) => logger.info({ level }, message),
    trace: (message) => logger.trace(message),
    debug: (message) => logger.debug(message),
    info: (message) => logger.info(message),
    warn: (message, meta) => logger.warn(logged(meta), message),
    error: (message, meta) => logger.error(logged(meta), message),
  },
})
/** Of Temporal's log attributes only those that say which order and what failed; never payloads. */
function logged(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  const error = meta?.error
  return {
    workflowId: meta?.workflowId,
    activityType: meta?.activityType,
    attempt: meta?.attempt,
    reason: error instanceof Error ? `${error.name}: ${error.message}` : undefined,
  }
}

const telemetry = startTelemetry('worker', config.OTEL_EXPORTER_OTLP_ENDPOINT)
const payloadKeys = KeyRing.parse(config.PAYLOAD_KEYS)
const db = createDatabase(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
const bundle = await readWorkflowBundle(config.WORKFLOW_BUNDLE)
let isCurrent = false
const health = await startHealthServer({
  host: config.METRICS_HOST,
  port: config.METRICS_PORT,
  isReady: () => isCurrent,
})

const connection = await connectPatiently()
const wmsReader = new WmsReader()
const dataKeys = KeyRing.parse(config.DATA_KEYS)
/** Counts the calls of each shop and courier for all processes together. */
const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null
const client = createTemporalClient(config, payloadKeys)
const worker = await createOrderWorker({
  config,
  connection,
  payloadKeys,
  bundle,
  versioned: true,
  activities: createActivities({
    db,
    paymentProvider: createPaymentProvider(createOutsideHttp(config.PAYMENT_URL, config.OUTSIDE_SECRET)),
    couriers: createCouriers(courierSources(config), redis),
    senderPhoneTail: config.SENDER_PHONE_TAIL,
    dataKeys,
    wmsReader,
    connectors: CHANNEL_CONNECTORS,
    erp: createErp(config, {
      mapping: async () => (await currentPolicy(db, 'erp-mapping')).document,
      redis,
    }),
    reconciled: reconciledWith(config),
    callLimits: new CallLimits(redis),
    heavyForecasters: augursForecasters(SEASON_DAYS),
    orderChanges: createOrderChangeCommands(client, orderRecords(db)),
    trustsTemporalCli: config.TRUST_TEMPORAL_CLI,
  }),
})
const running = worker.run()
/** A server that lost its data has no current version any more; looked at this often. */
const DEPLOYMENT_CHECK_MS = 5_000
let tookOver = false
let hasSchedules = false
const shops = new ShopAccounts(db, dataKeys)
const pullSchedules = new PullSchedules(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
const deployment = new Loop('deployment', {
  idleMs: DEPLOYMENT_CHECK_MS,
  logger,
  round: async () => {
    // Once at the start; later only where nobody is current, so that an old version never takes its place back.
    if (!tookOver || (await currentBuildId(client)) === null) {
      isCurrent = false
      await takeOver(client, bundle, { payloadKeys, logger, signal }).catch(giveUpIfRefused)
      tookOver = true
      isCurrent = true
      hasSchedules = false
      pullSchedules.forget()
    }
    // Orders do not wait for these: they go on while the schedules cannot be made.
    if (!hasSchedules) {
      await ensureWmsSchedules(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
      await ensureReportSchedule(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
      await ensureCustomersSchedule(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
      await ensureHealthSchedule(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
      await ensureReconciliationSchedule(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
      await ensureReplenishmentSchedules(client, { taskQueue: config.TEMPORAL_TASK_QUEUE })
    }
    hasSchedules = true
    await pullSchedules.sync(pulledShops(await shops.all()))
    return 0
  },
})
function pulledShops(known: ReadonlyMap<string, OpenShop>): PulledShop[] {
  return [...known.values()].flatMap(({ shopId, platform, active }) => {
    const connector = CHANNEL_CONNECTORS[platform]
    return active && connector ? [{ shopId, everySeconds: connector.limits.pullEverySeconds }] : []
  })
}
function giveUpIfRefused(error: unknown): never {
  if (error instanceof ReplayRefusedError) {
    logger.fatal({ reason: error.message }, 'this version cannot take over; the current one goes on')
    process.exitCode = 1
    if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  throw error
}
deployment.start()
await Promise.race([stopRequested, running])
if (worker.getState() === 'RUNNING') worker.shutdown()
await running
await deployment.stop()
await Promise.all([
  client.connection.close(),
  connection.close(),
  wmsReader.close(),
  redis?.disconnect(),
  db.destroy(),
  health.close(),
  telemetry.stop(),
])

/** Temporal may come up after us. */
async function connectPatiently(): Promise<NativeConnection> {
  // Outside the loop: a certificate that cannot be read does not mend itself.
  const options = temporalConnectionOptions(config)
  for (;;) {
    try {
      return await NativeConnection.connect(options)
    } catch (error) {
      if (signal.aborted) process.exit(0)
      logger.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'Temporal is not reachable yet',
      )
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}
