import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { TransferEvent } from '../../domain/transfer.ts'
import type { TransferStatus } from '../../domain/transfer-state.ts'
import { markCarried } from '../../store/carrying.ts'
import { KeyRing } from '../../store/keyring.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { adjustStock } from '../../store/stock.ts'
import { applyTransferEvent, readTransfer, requestTransfer } from '../../store/transfers.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { transferNewsSignal, transferWorkflowId } from '../../workflows/messages.ts'
import { required } from '../support/database.ts'
import { keepWorkflowHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

/**
 * Transfers with their workflow on a real Temporal server; SKUs of their own keep the tests apart. No workflow stays in
 * memory: each task replays what was before it.
 */
let hub: TestHub
const STEPS: PolicyDocument<'transfer'> = {
  ...POLICIES.transfer.initial,
  sourcing: { ...POLICIES.transfer.initial.sourcing, minimumCoverDays: 0 },
  approval: {
    automatic: { maxQuantity: 3, maxValueCents: 1_000_000, crossRegion: true },
    steps: [{ maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['ops'] }],
  },
  deadlines: { decisionSeconds: 60, dispatchSeconds: 60, receiptSeconds: 60 },
}
const publish = (deadlines: Partial<typeof STEPS.deadlines> = {}) =>
  publishPolicy(hub.db, {
    kind: 'transfer',
    document: { ...STEPS, deadlines: { ...STEPS.deadlines, ...deadlines } },
    author: 'test',
    reason: 'test',
  })

beforeAll(async () => {
  hub = await startTestHub({ replays: true })
  await publish()
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

async function addSku(units: Record<string, number>): Promise<string> {
  const skuId = `SKU-${uuid()}`
  await hub.db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1, weight_grams: 1 })
    .execute()
  await hub.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: Object.entries(units).map(([warehouseId, quantityDelta]) => ({
        skuId,
        warehouseId,
        quantityDelta,
      })),
      operationId: uuid(),
      operator: 'test',
      reason: 'test',
    }),
  )
  return skuId
}

/** Asks for ten units at Hangzhou, which Guangzhou has. */
async function ask(options: { quantity?: number; skuId?: string } = {}) {
  const skuId = options.skuId ?? (await addSku({ 'WH-GZ': 10 }))
  const transferId = uuid()
  await hub.inTransaction((tx) =>
    requestTransfer(tx, {
      transferId,
      eventId: uuid(),
      skuId,
      destinationId: 'WH-HZ',
      quantity: options.quantity ?? 10,
      operator: 'mei',
      reason: 'test',
    }),
  )
  return { skuId, transferId }
}
const apply = async (transferId: string, event: TransferEvent, eventId: string = uuid()) => {
  const result = await hub.inTransaction((tx) =>
    applyTransferEvent(tx, { transferId, eventId, event, operator: 'test' }),
  )
  if (!result.ok) throw new Error(result.detail)
}
const decision = (choice: 'approve' | 'reject', proposalNumber = 1): TransferEvent => ({
  type: 'decided',
  decision: choice,
  operator: 'wang',
  role: 'ops',
  proposalNumber,
  note: '',
})
const dispatched = (quantity: number): TransferEvent => ({ type: 'dispatched', legNumber: 1, quantity })
const received = (quantity: number, at: 'destination' | 'source' = 'destination'): TransferEvent => ({
  type: 'received',
  legNumber: 1,
  quantity,
  at,
})
const cancelled: TransferEvent = { type: 'cancelled', reason: 'test' }

const untilStatus = (transferId: string, status: TransferStatus) =>
  hub.until(`the transfer to be ${status}`, async () => {
    const state = await readTransfer(hub.db, transferId)
    return state?.status === status ? state : null
  })
/** A transfer whose workflow has held its units. */
async function held() {
  const asked = await ask()
  await apply(asked.transferId, decision('approve'))
  await untilStatus(asked.transferId, 'reserved')
  return asked
}
const handle = (transferId: string) => hub.client.workflow.getHandle(transferWorkflowId(transferId))
/** A request that ends before anybody carried it never gets a workflow, and needs none. */
const untilStarted = (transferId: string) =>
  hub.until('the workflow to start', () =>
    handle(transferId)
      .describe()
      .catch(() => null),
  )
/** Temporal has taken all news of it. */
const untilTold = (transferId: string) =>
  hub.until('it to be told', async () => {
    const row = await hub.db
      .selectFrom('transfer')
      .selectAll()
      .where('id', '=', transferId)
      .executeTakeFirstOrThrow()
    return row.carried_version === row.version
  })
/** The workflow has come to the same end as the row. */
async function expectEnd(transferId: string, status: TransferStatus, name: string) {
  const { version } = await untilStatus(transferId, status)
  await hub.until(
    'the workflow to end',
    async () => (await handle(transferId).describe()).status.name !== 'RUNNING',
  )
  expect(await handle(transferId).result()).toEqual({ status, version })
  await keepWorkflowHistory(hub, transferWorkflowId(transferId), `transfer-${name}`)
}
/** A worker to which every transfer's history is one that its program could not have made. */
async function startStranger() {
  const { code } = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
  const connection = await NativeConnection.connect({ address: required('TEST_TEMPORAL_ADDRESS') })
  const worker = await createWorker({
    config: { TEMPORAL_NAMESPACE: 'default', TEMPORAL_TASK_QUEUE: hub.taskQueue },
    payloadKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
    connection,
    bundle: { code: code.replaceAll('readTransfer', 'readSomethingElse'), buildId: 'stranger' },
    versioned: false,
    activities: {},
  })
  const finished = worker.run()
  return {
    stop: async () => {
      worker.shutdown()
      await finished
      await connection.close()
    },
  }
}
const onHand = async (skuId: string, warehouseId: string) => {
  const { total, reserved } = await hub.stock(skuId, warehouseId)
  return { total, reserved }
}
const workItems = (transferId: string) =>
  hub.until('a work item', async () => {
    const rows = await hub.db.selectFrom('work_item').select(['kind', 'detail']).execute()
    const found = rows.filter((row) => row.detail.transferId === transferId).map((row) => row.kind)
    return found.length > 0 ? found : null
  })

describe('from request to end', () => {
  test('approved, held by the workflow, dispatched, received', async () => {
    const { transferId, skuId } = await held()
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 10, reserved: 10 })
    await apply(transferId, dispatched(10))
    await apply(transferId, received(10))
    await expectEnd(transferId, 'received', 'received')
    expect(await onHand(skuId, 'WH-HZ')).toEqual({ total: 10, reserved: 0 })
  })

  test('so small that the policy needs nobody: held without a decision', async () => {
    const { transferId } = await ask({ quantity: 3 })
    await untilStatus(transferId, 'reserved')
    await apply(transferId, dispatched(3))
    await apply(transferId, received(3))
    await expectEnd(transferId, 'received', 'approved-by-policy')
  })

  test('rejected: nothing is ever held', async () => {
    const { transferId, skuId } = await ask()
    await untilStarted(transferId)
    await apply(transferId, decision('reject'))
    await expectEnd(transferId, 'rejected', 'rejected')
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 10, reserved: 0 })
  })

  test('dispatched and received in parts, one part lost', async () => {
    const { transferId, skuId } = await held()
    await apply(transferId, dispatched(6))
    await apply(transferId, received(2))
    await apply(transferId, dispatched(4))
    await apply(transferId, { type: 'lost', legNumber: 1, quantity: 3, reason: 'fell off' })
    await apply(transferId, received(5))
    await expectEnd(transferId, 'closed_with_loss', 'parts-and-loss')
    expect(await onHand(skuId, 'WH-HZ')).toEqual({ total: 7, reserved: 0 })
    expect(await workItems(transferId)).toEqual(['transfer_loss'])
  })
})

describe('cancelled', () => {
  test('while it waits for a decision', async () => {
    const { transferId } = await ask()
    await untilStarted(transferId)
    await apply(transferId, cancelled)
    await expectEnd(transferId, 'cancelled', 'cancelled-when-requested')
  })

  test('when it is approved and no worker has held anything yet: nothing is held afterwards', async () => {
    const { transferId, skuId } = await ask()
    await hub.stopWorker()
    await apply(transferId, decision('approve'))
    await apply(transferId, cancelled)
    await hub.startWorker()
    await expectEnd(transferId, 'cancelled', 'cancelled-when-approved')
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 10, reserved: 0 })
  })

  test('when the units are held: they are free again', async () => {
    const { transferId, skuId } = await held()
    await apply(transferId, cancelled)
    await expectEnd(transferId, 'cancelled', 'cancelled-when-reserved')
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 10, reserved: 0 })
  })

  test('on the way: called back and received at the source', async () => {
    const { transferId, skuId } = await held()
    await apply(transferId, dispatched(8))
    await apply(transferId, cancelled)
    await untilStatus(transferId, 'returning')
    await apply(transferId, received(8, 'source'))
    await expectEnd(transferId, 'cancelled', 'called-back')
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 10, reserved: 0 })
  })

  test('after a part has arrived: the rest comes back', async () => {
    const { transferId, skuId } = await held()
    await apply(transferId, dispatched(10))
    await apply(transferId, received(4))
    await apply(transferId, cancelled)
    await apply(transferId, received(6, 'source'))
    await expectEnd(transferId, 'closed_short', 'part-called-back')
    expect([await onHand(skuId, 'WH-HZ'), await onHand(skuId, 'WH-GZ')]).toMatchObject([
      { total: 4 },
      { total: 6 },
    ])
  })
})

describe('sold out between approval and hold', () => {
  test('and nothing elsewhere: it ends, and a person is told', async () => {
    const { transferId, skuId } = await ask()
    await hub.placeOrder([{ skuId, quantity: 5 }])
    await apply(transferId, decision('approve'))
    await expectEnd(transferId, 'unsourced', 'sold-out')
    expect(await workItems(transferId)).toEqual(['transfer_sold_out'])
  })

  test('but to be had elsewhere: a second proposal is decided on, then held there', async () => {
    const warehouse = {
      id: 'WH-SZ',
      name: '深圳仓',
      division_code: '440306',
      longitude: 114.05,
      latitude: 22.55,
      region: '华南',
    }
    await hub.db.insertInto('warehouse').values(warehouse).execute()
    const skuId = await addSku({ 'WH-GZ': 10 })
    const { transferId } = await ask({ skuId })
    await hub.placeOrder([{ skuId, quantity: 5 }])
    await hub.db
      .insertInto('stock_level')
      .values({ sku_id: skuId, warehouse_id: 'WH-SZ', total: 10 })
      .execute()
    await apply(transferId, decision('approve'))
    await hub.until(
      'another proposal',
      async () => (await readTransfer(hub.db, transferId))?.proposalNumber === 2,
    )
    expect(await workItems(transferId)).toEqual(['transfer_sold_out'])
    await apply(transferId, decision('approve', 2))
    await untilStatus(transferId, 'reserved')
    expect(await onHand(skuId, 'WH-SZ')).toEqual({ total: 10, reserved: 10 })
    await apply(transferId, cancelled)
    await expectEnd(transferId, 'cancelled', 'proposed-again')
  })
})

describe('too late', () => {
  test('nobody decides: it is cancelled and a person is told', async () => {
    await publish({ decisionSeconds: 0.3 })
    const { transferId } = await ask()
    await expectEnd(transferId, 'cancelled', 'undecided')
    expect(await workItems(transferId)).toEqual(['transfer_overdue'])
  })

  test('neither dispatched nor received in time: a person is told of each, and it goes on', async () => {
    await publish({ dispatchSeconds: 0.3, receiptSeconds: 0.3 })
    const { transferId } = await held()
    const overdue = (count: number) =>
      hub.until(`${count} work items`, async () => (await workItems(transferId)).length === count)
    await overdue(1)
    await apply(transferId, dispatched(10))
    await overdue(2)
    await apply(transferId, received(10))
    await expectEnd(transferId, 'received', 'overdue')
    await publish()
  })
})

describe('messages and outages', () => {
  test('every message twice, and unknown ones: everything happens once', async () => {
    const { transferId, skuId } = await ask()
    const signal = (version: number) => handle(transferId).signal(transferNewsSignal, { version })
    const twice = async (event: TransferEvent, after: TransferStatus) => {
      const eventId = uuid()
      for (let time = 0; time < 2; time += 1) await apply(transferId, event, eventId)
      const { version } = await untilStatus(transferId, after)
      for (let time = 0; time < 2; time += 1) await signal(version)
    }
    await hub.until(
      'the workflow',
      async () => (await handle(transferId).describe()).status.name === 'RUNNING',
    )
    await signal(1)
    await signal(1_000_000)
    await handle(transferId).signal('nonsense', { any: 'thing' })
    await twice(decision('approve'), 'reserved')
    await twice(dispatched(10), 'dispatched')
    await twice(received(4), 'partially_received')
    await apply(transferId, received(6))
    await expectEnd(transferId, 'received', 'every-message-again')
    expect(await onHand(skuId, 'WH-HZ')).toEqual({ total: 10, reserved: 0 })
    expect(await onHand(skuId, 'WH-GZ')).toEqual({ total: 0, reserved: 0 })
  })

  test('what was acknowledged while nothing carried it is carried afterwards', async () => {
    await hub.stopRelay()
    const { transferId } = await ask()
    await apply(transferId, decision('approve'))
    await expect(handle(transferId).describe()).rejects.toThrow('not found')
    hub.startRelay()
    await untilStatus(transferId, 'reserved')
    await apply(transferId, cancelled)
    await untilStatus(transferId, 'cancelled')
  })

  test('a transfer whose workflow was lost gets another one and goes on', async () => {
    const { transferId } = await ask()
    await untilTold(transferId)
    await handle(transferId).terminate('lost')
    expect(await hub.transferCarrier.checkWorkflows()).toBe(1)
    await apply(transferId, decision('approve'))
    await untilStatus(transferId, 'reserved')
    await apply(transferId, cancelled)
    await hub.until(
      'the workflow to end',
      async () => (await handle(transferId).describe()).status.name === 'COMPLETED',
    )
    expect(await hub.transferCarrier.checkWorkflows()).toBe(0)
  })

  test('one that skipped what Temporal took for it is begun anew and goes on; one that heard everything runs on', async () => {
    const [deaf, well] = [await ask(), await ask()]
    for (const { transferId } of [deaf, well]) await untilTold(transferId)
    const runs = () =>
      Promise.all([deaf, well].map(async ({ transferId }) => (await handle(transferId).describe()).runId))
    const before = await runs()
    await hub.stopRelay()
    await apply(deaf.transferId, decision('approve'))
    // Told, as far as its row knows.
    const { version } = await untilStatus(deaf.transferId, 'approved')
    await markCarried(hub.db, 'transfer', deaf.transferId, version)
    expect(await hub.transferCarrier.checkHeard(60_000)).toBe(0)
    expect(await hub.transferCarrier.checkHeard(0)).toBe(1)
    hub.startRelay()
    await untilStatus(deaf.transferId, 'reserved')
    await untilTold(deaf.transferId)
    expect(await hub.transferCarrier.checkHeard(0)).toBe(0)
    const after = await runs()
    expect(after[0]).not.toBe(before[0])
    expect(after[1]).toBe(before[1])
    await apply(deaf.transferId, cancelled)
    await apply(well.transferId, cancelled)
  })

  test('one whose history cannot be replayed is begun anew and goes on, although nothing has failed yet', async () => {
    const { transferId } = await ask()
    await untilTold(transferId)
    const { runId } = await handle(transferId).describe()
    await hub.stopRelay()
    await hub.stopWorker()
    const stranger = await startStranger()
    await hub.until(
      'it to be found',
      async () => (await hub.transferCarrier.checkHeard(0).catch(() => 0)) === 1,
    )
    await stranger.stop()
    await hub.startWorker()
    hub.startRelay()
    await apply(transferId, decision('approve'))
    await untilStatus(transferId, 'reserved')
    expect((await handle(transferId).describe()).runId).not.toBe(runId)
    await apply(transferId, cancelled)
  })

  test('a workflow that was started for no transfer fails by itself', async () => {
    const transferId = uuid()
    await hub.client.workflow.start('transfer', {
      taskQueue: hub.taskQueue,
      workflowId: transferWorkflowId(transferId),
      args: [{ transferId }],
    })
    await expect(handle(transferId).result()).rejects.toThrow()
  })
})
