import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { NativeConnection, Worker } from '@temporalio/worker'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { expect, vi } from 'vitest'
import { type Activities, createActivities } from '../../activities/index.ts'
import { createCourierGateway } from '../../connectors/couriers/gateway.ts'
import { createKuaidi100 } from '../../connectors/couriers/kuaidi100/client.ts'
import { createCouriers } from '../../connectors/couriers/registry.ts'
import { createSf } from '../../connectors/couriers/sf/client.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { createPaymentProvider } from '../../connectors/payment/provider.ts'
import { createPdaGateway } from '../../connectors/pda/gateway.ts'
import { startTelemetry } from '../../connectors/telemetry.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { createDataConverter } from '../../connectors/temporal/data-converter.ts'
import {
  createOrderChangeCommands,
  type OrderChangeCommands,
} from '../../connectors/temporal/order-change-commands.ts'
import { createOrderCommands } from '../../connectors/temporal/order-commands.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import type { PlacedOrder } from '../../contracts/orders.ts'
import type { PaymentAnswer } from '../../contracts/payments.ts'
import type { PickTaskEventBody } from '../../contracts/pick-tasks.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { OrderState } from '../../domain/order.ts'
import type { OrderStatus } from '../../domain/order-state.ts'
import { COURIER_ACCOUNTS } from '../../simulator/platforms/courier-accounts.ts'
import { startSimulator } from '../../simulator/server.ts'
import { orderRecords } from '../../store/change-preview.ts'
import { checkout } from '../../store/checkout.ts'
import type { Tx } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { findOrderStanding } from '../../store/order-queries.ts'
import { recordPayment } from '../../store/payments.ts'
import { recordPickTaskEvent } from '../../store/pick-tasks.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { CHANGES, TRANSFERS } from '../../workers/carried.ts'
import { CourierPushes } from '../../workers/courier-pushes.ts'
import { DeliverySender, pdaTarget } from '../../workers/delivery-sender.ts'
import { Loop } from '../../workers/loop.ts'
import { OrderRelay } from '../../workers/order-relay.ts'
import { createOrderWorker } from '../../workers/order-worker.ts'
import { PromotionStarter } from '../../workers/promotion-starter.ts'
import { Reconcile } from '../../workers/reconcile.ts'
import { RowCarrier } from '../../workers/row-carrier.ts'
import { readWorkflowBundle, type WorkflowBundle } from '../../workers/workflow-bundle.ts'
import { orderWorkflowId, stateQuery } from '../../workflows/messages.ts'
import { createTestDatabase, required } from './database.ts'
import { simulatedErp } from './erp.ts'
import { TEST_PAYLOAD_KEYS } from './keys.ts'

/** What the salts of subscriptions are made from. */
export const TEST_SALT_KEY = 'what the salts of subscriptions are made from'
const SECRET = 'the-outside-secret-of-the-tests-0123456789'
/** Generous: the machine may be busy; a test that waits this long has failed. */
const PATIENCE_MS = 30_000
const LOOK_AGAIN_MS = 25

/** Short deadlines, so that a whole life passes in a second or two. */
export const QUICK_LIFE: PolicyDocument<'order-life'> = {
  trackingIntervalSeconds: 0.2,
  afterSalesWindowSeconds: 1,
  latePaymentWindowSeconds: 1,
  parcelSilenceSeconds: 600,
}

export type TestHubOptions = {
  life?: Partial<PolicyDocument<'order-life'>>
  /** How long stock is held for payment. */
  holdTtlSeconds?: number
  /** Wraps the activities, to fail or kill at one exact point. */
  activities?: (activities: Activities) => Activities
  /**
   * Whether every workflow of the file is played once more at its end, from its history: a step that is not the same the
   * second time shows. A worker that caches none would show it, too, but loses local activities that are under way.
   */
  replays?: boolean
  /** Whether a decision on a change counts that only types a name. */
  trustsTemporalCli?: boolean
  /** Stands for the orders, to refuse or fail at one exact point. */
  orderChanges?: OrderChangeCommands
  /** A Temporal namespace of its own, made if need be: deployments are named once in a namespace. */
  namespace?: string
  /** The test runs workers of its own. */
  withoutWorker?: boolean
  /** Where Kuaidi100 pushes to; with it and SF's own interface parcels of real couriers are followed. */
  courierCallbackUrl?: string
  /** How long the test may wait for one thing, in ms. */
  patienceMs?: number
  /** The pause between two looks of a test or a loop, in ms: longer where many lives are waited for at once. */
  lookAgainMs?: number
}

export type TestHub = Awaited<ReturnType<typeof startTestHub>>

/**
 * A hub of its own for one test file: database, worker, relay and outside world, on the shared servers. Two
 * warehouses (`WH-HZ` in Hangzhou, `WH-GZ` in Guangzhou), SKUs `SKU-A`, `SKU-B` with 100 units in each.
 */
export async function startTestHub(options: TestHubOptions = {}) {
  const database = await createTestDatabase()
  const { db } = database
  const simulator = await startSimulator({
    secret: SECRET,
    courierPushes: { lookEveryMs: LOOK_AGAIN_MS, retryAfterMs: LOOK_AGAIN_MS },
  })
  const taskQueue = `test-${uuid()}`
  const config = {
    TEMPORAL_ADDRESS: required('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: options.namespace ?? 'default',
    TEMPORAL_TASK_QUEUE: taskQueue,
  }
  const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)
  const client = createTemporalClient(config, keyRing)
  if (options.namespace) await createNamespace(client, options.namespace)
  const logger = pino({ level: 'silent' })
  const outside = createOutsideHttp(simulator.url, SECRET)
  await seedCatalogue()
  const origin = { author: 'test', reason: 'test' }
  await publishPolicy(db, { kind: 'order-life', document: { ...QUICK_LIFE, ...options.life }, ...origin })
  const { holdTtlSeconds = 60, lookAgainMs = LOOK_AGAIN_MS } = options
  await publishPolicy(db, {
    kind: 'reservation',
    document: { ...POLICIES.reservation.initial, holdTtlSeconds },
    ...origin,
  })
  const policies = new Policies()

  const activities = createActivities({
    db,
    paymentProvider: createPaymentProvider(outside),
    couriers: createCouriers({
      gateway: createCourierGateway(outside),
      ...(options.courierCallbackUrl === undefined ? {} : realCouriers(options.courierCallbackUrl)),
    }),
    senderPhoneTail: '8000',
    dataKeys: keyRing,
    wmsReader: new WmsReader(),
    connectors: {},
    erp: simulatedErp(simulator.url),
    reconciled: [],
    callLimits: { take: async () => undefined },
    heavyForecasters: [],
    orderChanges: options.orderChanges ?? createOrderChangeCommands(client, orderRecords(db)),
    trustsTemporalCli: options.trustsTemporalCli ?? false,
  })

  /** Kuaidi100 and SF of the outside world. */
  function realCouriers(callbackUrl: string) {
    const { customer, key } = COURIER_ACCOUNTS.kuaidi100
    const { partnerId, checkWord } = COURIER_ACCOUNTS.sf
    const baseUrl = `${simulator.url}/kuaidi100`
    const limits = { saltKeys: [TEST_SALT_KEY], queriesPerSecond: 1 }
    return {
      kuaidi100: createKuaidi100({ baseUrl, customer, key, callbackUrl, ...limits }),
      sf: createSf({ url: `${simulator.url}/sf/std/service`, partnerId, checkWord }),
    }
  }

  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS })
  const bundle = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
  const telemetry = startTelemetry('test', undefined)

  async function startWorker(version?: WorkflowBundle) {
    const worker = await createOrderWorker({
      config,
      connection,
      payloadKeys: keyRing,
      bundle: version ?? bundle,
      versioned: version !== undefined,
      activities: options.activities?.(activities) ?? activities,
    })
    const finished = worker.run()
    return {
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown()
        await finished
      },
    }
  }

  async function replayAll(): Promise<void> {
    const histories = client.workflow.list({ query: `TaskQueue = '${taskQueue}'` }).intoHistories()
    const replaying = { workflowBundle: { code: bundle.code }, dataConverter: createDataConverter(keyRing) }
    const played: string[] = []
    for await (const { workflowId, error } of Worker.runReplayHistories(replaying, histories))
      played.push(error ? `${workflowId}: ${error.message}` : 'the same')
    // None at all would be as good as not looked at.
    expect(new Set(played)).toEqual(new Set(['the same']))
  }

  const relay = new OrderRelay({
    db,
    client,
    taskQueue,
    logger,
    owner: `relay-${uuid()}`,
    orphanLimitMs: 300,
  })
  const sender = new DeliverySender({ db, target: pdaTarget(createPdaGateway(outside)) })
  const reconcile = new Reconcile({ db, client, taskQueue, logger })
  const transferCarrier = new RowCarrier(TRANSFERS, { db, client, taskQueue, logger })
  const changeCarrier = new RowCarrier(CHANGES, { db, client, taskQueue, logger })
  const promotionStarter = new PromotionStarter({ db, client, taskQueue })
  const courierPushes = new CourierPushes({ db, logger, onNews: () => undefined })
  const newLoops = () => [
    new Loop('courier-pushes', { round: () => courierPushes.runOnce(), idleMs: lookAgainMs, logger }),
    new Loop('relay', { round: () => relay.runOnce(), idleMs: lookAgainMs, logger }),
    new Loop('delivery', { round: () => sender.runOnce(), idleMs: lookAgainMs, logger }),
    new Loop('transfers', { round: () => transferCarrier.runOnce(), idleMs: lookAgainMs, logger }),
    new Loop('change-requests', { round: () => changeCarrier.runOnce(), idleMs: lookAgainMs, logger }),
    new Loop('promotions', { round: () => promotionStarter.runOnce(), idleMs: lookAgainMs, logger }),
  ]
  let loops = newLoops()
  for (const loop of loops) loop.start()
  let worker = options.withoutWorker ? { stop: async () => {} } : await startWorker()

  async function seedCatalogue() {
    const place = { region: '华东', longitude: 0, latitude: 0 }
    await db
      .insertInto('warehouse')
      .values([
        {
          ...place,
          id: 'WH-HZ',
          name: '杭州仓',
          division_code: '330106',
          longitude: 120.13,
          latitude: 30.26,
        },
        {
          ...place,
          id: 'WH-GZ',
          name: '广州仓',
          division_code: '440106',
          longitude: 113.36,
          latitude: 23.12,
        },
      ])
      .execute()
    await db
      .insertInto('store')
      .values({ id: 'MALL', name: '商城', channel: 'mall', region: '华东' })
      .execute()
    const skus = ['SKU-A', 'SKU-B']
    await db
      .insertInto('sku')
      .values(
        skus.map((id) => ({ id, name: id, category: '测试', standard_price_cents: 1000, weight_grams: 100 })),
      )
      .execute()
    const levels = skus.flatMap((skuId) => ['WH-HZ', 'WH-GZ'].map((warehouseId) => ({ skuId, warehouseId })))
    await db
      .insertInto('stock_level')
      .values(levels.map((level) => ({ sku_id: level.skuId, warehouse_id: level.warehouseId, total: 100 })))
      .execute()
  }

  const inTransaction = <Result>(work: (tx: Tx) => Promise<Result>) => db.transaction().execute(work)

  async function placeOrder(
    lines: { skuId: string; quantity: number }[] = [{ skuId: 'SKU-A', quantity: 2 }],
    orderId: string = uuid(),
    address = '文三路 1 号',
  ): Promise<PlacedOrder> {
    const result = await inTransaction((tx) =>
      checkout(
        tx,
        { keyRing, policies },
        {
          orderId,
          placedBy: 'system:mall',
          traceParent: null,
          body: {
            storeId: 'MALL',
            channel: 'mall',
            contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address },
            lines: lines.map((line) => ({ ...line, unitPriceCents: 1_000 })),
            freightCents: 500,
          },
        },
      ),
    )
    if (!result.ok) throw result.problem
    return result.order
  }

  function pay(
    order: PlacedOrder,
    amountCents = order.amountCents,
    paymentId: string = uuid(),
  ): Promise<PaymentAnswer> {
    const body = { paymentId, amountCents, method: 'wechat' as const, paidAt: new Date().toISOString() }
    return inTransaction((tx) =>
      recordPayment(tx, { orderId: order.orderId, body, operator: 'system:payments', traceParent: null }),
    )
  }

  function report(
    pickTaskId: string,
    body: DistributiveOmit<PickTaskEventBody, 'eventId'> & { eventId?: string },
  ) {
    return inTransaction((tx) =>
      recordPickTaskEvent(tx, {
        pickTaskId,
        body: { eventId: uuid(), ...body } as PickTaskEventBody,
        operator: 'system:warehouse',
        traceParent: null,
      }),
    )
  }

  async function pack(pickTaskId: string, courier = 'sim'): Promise<string> {
    const waybillNumber = `WB-${uuid()}`
    // The courier says nothing until the test makes it speak.
    scans(waybillNumber, [])
    await report(pickTaskId, { type: 'packed', waybillNumber, courier })
    return waybillNumber
  }

  /** What the courier shows of a parcel from now on; each state once, a second apart. */
  function scans(
    waybillNumber: string,
    states: ('in_transit' | 'refused' | 'delivered' | 'returned' | 'lost')[],
  ): void {
    const start = Date.now() - 60_000
    simulator.script(
      waybillNumber,
      states.map((state, index) => ({
        eventId: `${waybillNumber}-${index}`,
        state,
        description: state,
        occurredAt: new Date(start + index * 1_000).toISOString(),
      })),
    )
  }

  const row = (orderId: string) =>
    db.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirstOrThrow()
  const tasks = (orderId: string) =>
    db.selectFrom('pick_task').selectAll().where('order_id', '=', orderId).orderBy('id').execute()

  async function until<Result>(
    what: string,
    look: () => Promise<Result | null | undefined | false>,
  ): Promise<Result> {
    return vi.waitFor(
      async () => {
        const found = await look()
        if (found === null || found === undefined || found === false) throw new Error(`waited for ${what}`)
        return found
      },
      { timeout: options.patienceMs ?? PATIENCE_MS, interval: lookAgainMs },
    )
  }

  return {
    ...database,
    keyRing,
    policies,
    simulator,
    outsideSecret: SECRET,
    taskQueue,
    client,
    relay,
    reconcile,
    transferCarrier,
    changeCarrier,
    commands: createOrderCommands(client, (orderId) => findOrderStanding(db, orderId)),
    changes: createOrderChangeCommands(client, orderRecords(db)),
    placeOrder,
    pay,
    report,
    pack,
    scans,
    row,
    tasks,
    until,
    inTransaction,
    untilStatus: (orderId: string, status: OrderStatus) =>
      until(`${orderId} to be ${status}`, async () => {
        const found = await row(orderId)
        return found.status === status ? found : null
      }),
    untilClosed: (orderId: string) =>
      until(`${orderId} to close`, async () => (await row(orderId)).closed_at !== null),
    /** The first open pick tasks of an order, once there are as many as asked for. */
    untilTasks: (orderId: string, count = 1) =>
      until(`${count} pick tasks of ${orderId}`, async () => {
        const found = (await tasks(orderId)).filter((task) => task.state === 'created')
        return found.length >= count ? found : null
      }),
    state: (orderId: string): Promise<OrderState> =>
      client.workflow.getHandle(orderWorkflowId(orderId)).query(stateQuery),
    history: (orderId: string) => client.workflow.getHandle(orderWorkflowId(orderId)).fetchHistory(),
    log: async (orderId: string) => {
      const rows = await db
        .selectFrom('operation_log')
        .selectAll()
        .where('order_id', '=', orderId)
        .orderBy('id')
        .execute()
      return rows.filter((entry) => entry.field === 'status').map((entry) => entry.new_value)
    },
    refunds: (orderId: string) =>
      db.selectFrom('refund').selectAll().where('order_id', '=', orderId).orderBy('id').execute(),
    workItems: (orderId: string) =>
      db
        .selectFrom('work_item')
        .selectAll()
        .where('order_id', '=', orderId)
        .where('state', '=', 'open')
        .execute(),
    stock: (skuId: string, warehouseId: string) =>
      db
        .selectFrom('stock_level')
        .selectAll()
        .where('sku_id', '=', skuId)
        .where('warehouse_id', '=', warehouseId)
        .executeTakeFirstOrThrow(),
    startVersion: (version: WorkflowBundle) => startWorker(version),
    stopWorker: () => worker.stop(),
    startWorker: async () => {
      worker = await startWorker()
    },
    stopRelay: async () => {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
    startRelay: () => {
      loops = newLoops()
      for (const loop of loops) loop.start()
    },
    close: async () => {
      await Promise.all(loops.map((loop) => loop.stop()))
      await worker.stop()
      if (options.replays) await replayAll()
      await Promise.all([connection.close(), client.connection.close(), simulator.close(), telemetry.stop()])
      await database.destroy()
    },
  }
}

/** A namespace with the search attributes that orders carry, ready for use. */
async function createNamespace(client: Client, namespace: string): Promise<void> {
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: proto.google.protobuf.Duration.fromObject({ seconds: 86_400 }),
  })
  const attributes = {
    OrderStatus: 2,
    Channel: 2,
    StoreId: 2,
    NeedsAttention: 5,
    Warehouse: 7,
    ChangeStatus: 2,
  }
  await vi.waitFor(
    () => client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes: attributes }),
    { timeout: PATIENCE_MS, interval: LOOK_AGAIN_MS },
  )
  await vi.waitFor(
    async () => {
      const known = await client.connection.operatorService.listSearchAttributes({ namespace })
      if (!('Warehouse' in (known.customAttributes ?? {})))
        throw new Error('search attributes are not there yet')
    },
    { timeout: PATIENCE_MS, interval: LOOK_AGAIN_MS },
  )
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
