import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPromotionCommands } from '../../connectors/temporal/promotion-commands.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { TransferEvent } from '../../domain/transfer.ts'
import type { TransferStatus } from '../../domain/transfer-state.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { findPromotion, findPromotionStanding } from '../../store/promotion-queries.ts'
import { closePromotion, createPromotion } from '../../store/promotions.ts'
import { adjustStock } from '../../store/stock.ts'
import { applyTransferEvent, readTransfer, requestTransfer } from '../../store/transfers.ts'
import { promotionWorkflowId, transferWorkflowId } from '../../workflows/messages.ts'
import { answering, before, type CrashPoint } from '../support/crash-points.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { startCrashingWorkers } from '../support/worker-crashes.ts'

/**
 * The worker dies by SIGKILL at every point where a transfer or a promotion waits for something, once in one of them
 * each, while the others are on their way. Each has its own SKU, whose ledger tells what was done and how often.
 */
let hub: TestHub
let workers: ReturnType<typeof startCrashingWorkers>

beforeAll(async () => {
  hub = await startTestHub({ withoutWorker: true, patienceMs: 300_000, holdTtlSeconds: 3_600 })
  const origin = { author: 'test', reason: 'test' }
  const document = { maxSharePercent: 100, maxDurationDays: 31, maxSkus: 10, retrySeconds: 0.5 }
  await publishPolicy(hub.db, { kind: 'promotion', document, ...origin })
  workers = startCrashingWorkers(hub)
})
afterAll(async () => {
  workers.stop()
  await hub.close()
})

const publishDeadlines = (decisionSeconds: number) => {
  const { initial } = POLICIES.transfer
  return publishPolicy(hub.db, {
    kind: 'transfer',
    document: {
      ...initial,
      sourcing: { ...initial.sourcing, minimumCoverDays: 0 },
      approval: {
        automatic: { maxQuantity: 0, maxValueCents: 0, crossRegion: false },
        steps: [{ maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['ops'] }],
      },
      deadlines: { decisionSeconds, dispatchSeconds: 3_600, receiptSeconds: 3_600 },
    },
    author: 'test',
    reason: 'test',
  })
}

const receive = (skuId: string, warehouseId: string, quantityDelta: number) =>
  hub.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId, quantityDelta }],
      operationId: uuid(),
      operator: 'test',
      reason: 'first stock',
    }),
  )
async function addSku(warehouseId: string, units: number): Promise<string> {
  const skuId = `SKU-${uuid()}`
  await hub.db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1, weight_grams: 1 })
    .execute()
  await receive(skuId, warehouseId, units)
  return skuId
}
/** Everything that was done with a SKU after it came in, in order. */
async function movements(skuId: string) {
  const rows = await hub.db
    .selectFrom('stock_ledger')
    .select(['kind', 'total_delta', 'reserved_delta'])
    .where('sku_id', '=', skuId)
    .where('kind', '<>', 'receive')
    .orderBy('id')
    .execute()
  return rows.map((row) => [row.kind, row.total_delta, row.reserved_delta])
}
const workItems = async (kind: string, id: string) => {
  const rows = await hub.db.selectFrom('work_item').select(['kind', 'key', 'state', 'detail']).execute()
  return rows.filter((row) => row.kind === kind && (row.key === id || row.detail.transferId === id))
}
/** Nothing more happens in a life before its worker has died, where that is at this moment. */
const untilCrashed = (id: string, point: CrashPoint, answers: string) =>
  point.answers === answers
    ? hub.until(`${id} to crash`, async () => workers.isReached(id))
    : Promise.resolve(true)

/** Asks for ten units at Hangzhou, which Guangzhou has. */
async function ask(point: CrashPoint) {
  const skuId = await addSku('WH-GZ', 10)
  const transferId = uuid()
  workers.plan(transferId, point)
  await hub.inTransaction((tx) =>
    requestTransfer(tx, {
      transferId,
      eventId: uuid(),
      skuId,
      destinationId: 'WH-HZ',
      quantity: 10,
      operator: 'mei',
      reason: 'test',
    }),
  )
  return { skuId, transferId }
}
const statusIs = (status: TransferStatus) => `"status":"${status}"`
async function apply(transferId: string, event: TransferEvent): Promise<void> {
  const result = await hub.inTransaction((tx) =>
    applyTransferEvent(tx, { transferId, eventId: uuid(), event, operator: 'test' }),
  )
  if (!result.ok) throw new Error(result.detail)
}
const approve = (transferId: string) =>
  apply(transferId, {
    type: 'decided',
    decision: 'approve',
    operator: 'wang',
    role: 'ops',
    proposalNumber: 1,
    note: '',
  })
const untilStatus = (transferId: string, status: TransferStatus) =>
  hub.until(`${transferId} to be ${status}`, async () => {
    const state = await readTransfer(hub.db, transferId)
    return state?.status === status ? state : null
  })
/** The one run of the workflow has come to the end of the row. */
async function expectTransferEnd(transferId: string, status: TransferStatus): Promise<void> {
  const { version } = await untilStatus(transferId, status)
  const handle = hub.client.workflow.getHandle(transferWorkflowId(transferId))
  expect(await handle.result()).toEqual({ status, version })
}

async function liveReceived(point: CrashPoint): Promise<void> {
  const { skuId, transferId } = await ask(point)
  await untilCrashed(transferId, point, statusIs('requested'))
  await approve(transferId)
  await untilStatus(transferId, 'reserved')
  await apply(transferId, { type: 'dispatched', legNumber: 1, quantity: 10 })
  await untilCrashed(transferId, point, statusIs('dispatched'))
  await apply(transferId, { type: 'received', legNumber: 1, quantity: 10, at: 'destination' })
  await expectTransferEnd(transferId, 'received')
  expect(await movements(skuId)).toEqual([
    ['reserve', 0, 10],
    ['transfer_out', -10, -10],
    ['transfer_in', 10, 0],
  ])
}

async function liveUndecided(point: CrashPoint): Promise<void> {
  const { skuId, transferId } = await ask(point)
  await expectTransferEnd(transferId, 'cancelled')
  expect(await movements(skuId)).toEqual([])
  expect(await workItems('transfer_overdue', transferId)).toHaveLength(1)
}

async function liveSoldOut(point: CrashPoint): Promise<void> {
  const { skuId, transferId } = await ask(point)
  await hub.placeOrder([{ skuId, quantity: 5 }])
  await approve(transferId)
  await expectTransferEnd(transferId, 'unsourced')
  expect(await movements(skuId)).toEqual([['reserve', 0, 5]])
  expect(await workItems('transfer_sold_out', transferId)).toHaveLength(1)
}

const stateIs = (state: string) => `"state":"${state}"`
const handleOf = (promotionId: string) => hub.client.workflow.getHandle(promotionWorkflowId(promotionId))
const untilState = (promotionId: string, state: string) =>
  hub.until(`${promotionId} to be ${state}`, async () => {
    const found = await findPromotion(hub.db, promotionId)
    return found?.state === state
  })
/** Five of ten units, or as many as told, for the mall. */
async function planPromotion(
  point: CrashPoint,
  times: { inMs?: number; forMs?: number } = {},
  units = 10,
): Promise<{ skuId: string; promotionId: string }> {
  const skuId = await addSku('WH-HZ', units)
  const promotionId = uuid()
  workers.plan(promotionId, point)
  const startsAtMs = Date.now() + (times.inMs ?? 0)
  await hub.inTransaction((tx) =>
    createPromotion(tx, {
      promotionId,
      createdBy: 'ops',
      body: {
        name: '双十一',
        startsAt: new Date(startsAtMs).toISOString(),
        endsAt: new Date(startsAtMs + (times.forMs ?? 3_600_000)).toISOString(),
        quotas: [{ skuId, channel: 'mall', quantity: 5 }],
        stockExpected: true,
      },
    }),
  )
  return { skuId, promotionId }
}
/** A caller whose worker dies repeats the command under the same id, as the API tells it to. */
async function close(promotionId: string, to: 'ended' | 'cancelled'): Promise<void> {
  const commands = createPromotionCommands(hub.client, {
    standing: (id) => findPromotionStanding(hub.db, id),
    answerOf: (command) => closePromotion(hub.db, command),
  })
  const command = { requestId: uuid(), to, operator: 'ops', reason: 'enough' }
  const answer = await hub.until('an answer', () => commands.close(promotionId, command).catch(() => null))
  expect(answer).toEqual({ accepted: true })
  expect(await handleOf(promotionId).result()).toEqual({ state: to })
}
const HELD_AND_BACK = [
  ['promotion_hold', 0, 5],
  ['promotion_hold', 0, -5],
]

async function liveScheduled(point: CrashPoint): Promise<void> {
  const { skuId, promotionId } = await planPromotion(point, { inMs: 3_600_000 })
  await untilCrashed(promotionId, point, stateIs('scheduled'))
  await close(promotionId, 'cancelled')
  expect(await movements(skuId)).toEqual([])
}

async function liveClosed(point: CrashPoint, to: 'ended' | 'cancelled'): Promise<void> {
  const { skuId, promotionId } = await planPromotion(point)
  await untilCrashed(promotionId, point, stateIs('running'))
  await untilState(promotionId, 'running')
  await close(promotionId, to)
  expect(await movements(skuId)).toEqual(HELD_AND_BACK)
}

async function liveToItsEnd(point: CrashPoint): Promise<void> {
  const { skuId, promotionId } = await planPromotion(point, { forMs: 15_000 })
  await untilState(promotionId, 'ended')
  expect(await handleOf(promotionId).result()).toEqual({ state: 'ended' })
  // Where no worker lived in the meantime it never began.
  const moved = await movements(skuId)
  expect(moved).toEqual(moved.length === 0 ? [] : HELD_AND_BACK)
}

async function liveHeldLate(point: CrashPoint): Promise<void> {
  const { skuId, promotionId } = await planPromotion(point, {}, 3)
  await untilCrashed(promotionId, point, stateIs('scheduled'))
  await receive(skuId, 'WH-HZ', 2)
  await untilState(promotionId, 'running')
  await close(promotionId, 'ended')
  expect(await movements(skuId)).toEqual(HELD_AND_BACK)
  expect(await workItems('promotion_not_held', promotionId)).toMatchObject([{ state: 'resolved' }])
}

test('a worker killed at every point of a transfer’s and a promotion’s life moves every unit once and tells people once', async () => {
  await publishDeadlines(1)
  const undecided = [
    liveUndecided(before('passTransferDeadline')),
    liveUndecided(answering('passTransferDeadline', statusIs('cancelled'))),
  ]
  await hub.until('the requests', async () => {
    const rows = await hub.db.selectFrom('transfer').select('id').execute()
    return rows.length === undecided.length
  })
  await publishDeadlines(3_600)
  await Promise.all([
    ...undecided,
    liveReceived(before('readTransfer')),
    liveReceived(answering('readTransfer', statusIs('requested'))),
    liveReceived(answering('readTransfer', statusIs('approved'))),
    liveReceived(before('reserveTransfer')),
    liveReceived(answering('reserveTransfer', statusIs('reserved'))),
    liveReceived(answering('readTransfer', statusIs('dispatched'))),
    liveReceived(answering('readTransfer', statusIs('received'))),
    liveSoldOut(answering('reserveTransfer', statusIs('unsourced'))),
    liveScheduled(before('advancePromotion')),
    liveScheduled(answering('advancePromotion', stateIs('scheduled'))),
    liveClosed(answering('advancePromotion', stateIs('running')), 'cancelled'),
    liveClosed(before('closePromotion'), 'cancelled'),
    liveClosed(answering('closePromotion', '"accepted":true'), 'ended'),
    liveToItsEnd(answering('advancePromotion', stateIs('ended'))),
    liveHeldLate(answering('advancePromotion', stateIs('scheduled'))),
  ])
  expect(workers.unreached()).toEqual([])
  expect(workers.crashes()).toBeGreaterThanOrEqual(3)
  expect(await hub.reconcile.checkStock()).toBe(0)
}, 420_000)
