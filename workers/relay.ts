import { sql } from 'kysely'
import { Gauge } from 'prom-client'
import { v7 as uuid } from 'uuid'
import { CHANNEL_CONNECTORS } from '../connectors/channels/registry.ts'
import { crmOf, financeOf } from '../connectors/counterparts.ts'
import { createCourierBills } from '../connectors/couriers/bills.ts'
import { createErp } from '../connectors/erp/registry.ts'
import { openFiles } from '../connectors/files/open-files.ts'
import { createOutsideHttp } from '../connectors/outside-http.ts'
import { createPdaGateway } from '../connectors/pda/gateway.ts'
import { CallLimits } from '../connectors/rate-limit.ts'
import { connectRedis } from '../connectors/redis.ts'
import { startTelemetry } from '../connectors/telemetry.ts'
import { createTemporalClient } from '../connectors/temporal/client.ts'
import { WmsReader } from '../connectors/wms/reader.ts'
import { unsealedAuditEntries } from '../store/audit-sealing.ts'
import { createDatabase } from '../store/database.ts'
import { countOpenBreakPoints, secondsSinceFlowsChecked } from '../store/flow-queries.ts'
import { listenToInbox } from '../store/inbox-notice.ts'
import { KeyRing } from '../store/keyring.ts'
import { dropOldBodies, tidy } from '../store/maintenance.ts'
import { currentPolicy } from '../store/policy.ts'
import { Policies } from '../store/policy-cache.ts'
import { raisePresaleGoodsInStock } from '../store/presale-goods.ts'
import { raiseUnpaidSupplements } from '../store/supplements.ts'
import { AttachmentTidier } from './attachment-tidier.ts'
import { AuditSealer } from './audit-sealer.ts'
import { CHANGES, TRANSFERS } from './carried.ts'
import { CourierPushes } from './courier-pushes.ts'
import { createDataFlowLoop } from './data-flow.ts'
import { DelegationTurns } from './delegation-turns.ts'
import { DeliverySender, pdaTarget } from './delivery-sender.ts'
import { createEventLoops } from './event-loops.ts'
import { ExportMaker } from './export-loop.ts'
import { startHealthServer } from './health-server.ts'
import { Inspections } from './inspections.ts'
import { createListingLoops } from './listing-loops.ts'
import { Loop } from './loop.ts'
import { createNotificationLoops } from './notification-loops.ts'
import { OrderRelay } from './order-relay.ts'
import { startProcess } from './process.ts'
import { PromotionStarter } from './promotion-starter.ts'
import { Reconcile } from './reconcile.ts'
import { ReconciliationRunner } from './reconciliation-runner.ts'
import { RowCarrier } from './row-carrier.ts'
import { SettlementReader } from './settlement-reader.ts'
import { StockAlerts } from './stock-alerts.ts'
import { WaitingOrders } from './waiting-orders.ts'
import { createWecomLoops } from './wecom-loops.ts'

/**
 * The process between database and Temporal: carries messages to orders, sends what is queued for the outside,
 * compares both sides, and keeps month partitions ahead. Any number may run; leases and row locks divide the work.
 */
const { config, logger, stopRequested } = startProcess('relay')
const telemetry = startTelemetry('relay', config.OTEL_EXPORTER_OTLP_ENDPOINT)
const db = createDatabase(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null
const client = createTemporalClient(config, KeyRing.parse(config.PAYLOAD_KEYS))
const taskQueue = config.TEMPORAL_TASK_QUEUE

const relay = new OrderRelay({ db, client, taskQueue, logger, owner: `relay-${uuid()}` })
const sender = new DeliverySender({
  db,
  target: pdaTarget(createPdaGateway(createOutsideHttp(config.PDA_URL, config.OUTSIDE_SECRET))),
})
const reconcile = new Reconcile({ db, client, taskQueue, logger })
const policies = new Policies()
const stockAlerts = new StockAlerts({ db, policies })
const inspections = new Inspections({ db, policies, logger })
const transferCarrier = new RowCarrier(TRANSFERS, { db, client, taskQueue, logger })
const changeCarrier = new RowCarrier(CHANGES, { db, client, taskQueue, logger })
const keyRing = KeyRing.parse(config.DATA_KEYS)
const delegationTurns = new DelegationTurns({ db, keyRing })
const auditSealer = new AuditSealer({ db, logger })
const files = await openFiles(config)
const exportMaker = new ExportMaker({ db, files, logger })
const settlementReader = new SettlementReader({ db, files, logger })
const wmsReader = new WmsReader()
const reconciliations = new ReconciliationRunner({
  db,
  logger,
  finance: financeOf(config),
  crm: crmOf(config),
  erp: createErp(config, { mapping: async () => (await currentPolicy(db, 'erp-mapping')).document, redis }),
  courierBills: createCourierBills(createOutsideHttp(config.COURIER_URL, config.OUTSIDE_SECRET)),
  connectors: CHANNEL_CONNECTORS,
  callLimits: new CallLimits(redis),
  dataKeys: keyRing,
  wmsReader,
})
const daysKept = config.ATTACHMENT_RETENTION_DAYS
const attachmentTidier = new AttachmentTidier({ db, files, keyRing, logger, daysKept })
const waitingOrders = new WaitingOrders({ db, keyRing })
const promotionStarter = new PromotionStarter({ db, client, taskQueue })

/** An upload that takes longer has died. */
const DAY_MS = 24 * 60 * 60_000

/**
 * Between rounds with nothing to do. Notices wake the first two, transfers and change requests at once; these are for lost notices
 * and retries.
 */
const IDLE_MS = {
  relay: 500,
  delivery: 500,
  couriers: 500,
  promotions: 1_000,
  stockAlerts: 1_000,
  inspections: 2_000,
  waitingOrders: 500,
  transfers: 500,
  audit: 1_000,
  exports: 1_000,
  settlements: 1_000,
  reconciliations: 1_000,
  changes: 500,
  delegations: 1_000,
  reconcile: 10_000,
  maintenance: 60 * 60_000,
} as const

const courierPushes = new CourierPushes({ db, logger, onNews: () => relayLoop.wake() })
const relayLoop = new Loop('relay', { round: () => relay.runOnce(), idleMs: IDLE_MS.relay, logger })
const courierLoop = new Loop('courier-pushes', {
  round: () => courierPushes.runOnce(),
  idleMs: IDLE_MS.couriers,
  logger,
})
const transferLoop = new Loop('transfers', {
  round: () => transferCarrier.runOnce(),
  idleMs: IDLE_MS.transfers,
  logger,
})
const changeLoop = new Loop('change-requests', {
  round: () => changeCarrier.runOnce(),
  idleMs: IDLE_MS.changes,
  logger,
})
const events = createEventLoops({ db, config, logger })
const loops = [
  relayLoop,
  new Loop('delivery', { round: () => sender.runOnce(), idleMs: IDLE_MS.delivery, logger }),
  transferLoop,
  changeLoop,
  new Loop('delegations', { round: () => delegationTurns.runOnce(), idleMs: IDLE_MS.delegations, logger }),
  courierLoop,
  new Loop('promotions', { round: () => promotionStarter.runOnce(), idleMs: IDLE_MS.promotions, logger }),
  new Loop('waiting-orders', { round: () => waitingOrders.serve(), idleMs: IDLE_MS.waitingOrders, logger }),
  new Loop('held-orders', { round: () => waitingOrders.placeHeld(), idleMs: IDLE_MS.waitingOrders, logger }),
  new Loop('stock-alerts', { round: () => stockAlerts.runOnce(), idleMs: IDLE_MS.stockAlerts, logger }),
  new Loop('inspections', { round: () => inspections.runOnce(), idleMs: IDLE_MS.inspections, logger }),
  new Loop('audit-sealer', { round: () => auditSealer.runOnce(), idleMs: IDLE_MS.audit, logger }),
  new Loop('exports', { round: () => exportMaker.runOnce(), idleMs: IDLE_MS.exports, logger }),
  new Loop('settlements', {
    round: () => settlementReader.runOnce(),
    idleMs: IDLE_MS.settlements,
    logger,
  }),
  new Loop('reconciliations', {
    round: () => reconciliations.runOnce(),
    idleMs: IDLE_MS.reconciliations,
    logger,
  }),
  new Loop('reconcile', {
    round: async () => {
      await reconcile.checkStock()
      await raisePresaleGoodsInStock(db)
      await raiseUnpaidSupplements(db)
      await reconcile.runOnce()
      await reconcile.checkWorkflows()
      await transferCarrier.checkWorkflows()
      await changeCarrier.checkWorkflows()
      // Last: these wait for workers, and say so where there are none.
      await reconcile.checkMessages()
      await transferCarrier.checkHeard()
      await changeCarrier.checkHeard()
      return 0
    },
    idleMs: IDLE_MS.reconcile,
    logger,
  }),
  new Loop('maintenance', {
    round: async () => {
      await tidy(db)
      const months = await dropOldBodies(db, config.INBOX_BODY_MONTHS)
      for (const month of months) {
        if (month.dropped) logger.info(month, 'bodies of old messages dropped')
        else logger.warn(month, 'bodies of old messages are still needed: the month is kept')
      }
      await attachmentTidier.runOnce()
      await settlementReader.tidy(new Date(Date.now() - DAY_MS))
      return 0
    },
    idleMs: IDLE_MS.maintenance,
    logger,
  }),
  ...createListingLoops({ db, config, keyRing, callLimits: new CallLimits(redis), logger }),
  ...createNotificationLoops({ db, config, keyRing, logger }),
  ...createWecomLoops({ db, config, keyRing, logger }),
  createDataFlowLoop({ db, config, connectors: CHANNEL_CONNECTORS, policies, logger }),
  ...events.loops,
]

const startedAtMs = Date.now()
/** Not ready when the relay has not finished a round for this long. */
const READY_WITHIN_MS = 30_000
const health = await startHealthServer({
  host: config.METRICS_HOST,
  port: config.METRICS_PORT,
  isReady: () =>
    loops.every(
      (loop, index) =>
        index > 1 || (loop.lastSuccessMs > startedAtMs && Date.now() - loop.lastSuccessMs < READY_WITHIN_MS),
    ),
})
new Gauge({
  name: 'hub_inbox_backlog',
  help: 'Messages in the inbox that no workflow has heard yet',
  registers: [health.registry],
  async collect() {
    const { rows } = await sql<{
      count: number
    }>`select count(*) as count from inbox where state in ('pending', 'waiting')`.execute(db)
    this.set(rows[0]?.count ?? 0)
  },
})

new Gauge({
  name: 'hub_audit_unsealed',
  help: 'Entries of the audit trail that have no place in its chain yet',
  registers: [health.registry],
  async collect() {
    this.set(await unsealedAuditEntries(db))
  },
})

new Gauge({
  name: 'hub_flow_break_points',
  help: 'Flows between systems that are broken, each rule of each counted',
  registers: [health.registry],
  async collect() {
    this.set(await countOpenBreakPoints(db))
  },
})

new Gauge({
  name: 'hub_flow_checked_seconds',
  help: 'Seconds since the flows between systems were looked at',
  registers: [health.registry],
  async collect() {
    this.set(await secondsSinceFlowsChecked(db))
  },
})

for (const loop of loops) loop.start()
const stopListening = listenToInbox(
  config.DATABASE_URL,
  () => [...loops.slice(0, 2), transferLoop, changeLoop, courierLoop].forEach((loop) => void loop.wake()),
  logger,
)
await stopRequested
await stopListening()
await Promise.all(loops.map((loop) => loop.stop()))
await events.finish()
redis?.disconnect()
await Promise.all([
  client.connection.close(),
  wmsReader.close(),
  db.destroy(),
  health.close(),
  telemetry.stop(),
])
