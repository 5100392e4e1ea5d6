import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPromotionCommands } from '../../connectors/temporal/promotion-commands.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { findPromotion, findPromotionStanding } from '../../store/promotion-queries.ts'
import { closePromotion, createPromotion } from '../../store/promotions.ts'
import { adjustStock } from '../../store/stock.ts'
import { PromotionStarter } from '../../workers/promotion-starter.ts'
import { promotionWorkflowId } from '../../workflows/messages.ts'
import { keepWorkflowHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** Promotions of a second or two on a real Temporal server; SKUs of their own keep tests apart that run at once. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
  await publishPolicy(hub.db, {
    kind: 'promotion',
    document: { maxSharePercent: 100, maxDurationDays: 31, maxSkus: 10, retrySeconds: 0.3 },
    author: 'test',
    reason: 'test',
  })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

async function addSku(units: number): Promise<string> {
  const skuId = `SKU-${uuid()}`
  await hub.db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1, weight_grams: 1 })
    .execute()
  await receive(skuId, units)
  return skuId
}

function receive(skuId: string, quantityDelta: number) {
  return hub.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
      operationId: uuid(),
      operator: 'test',
      reason: 'test',
    }),
  )
}

async function plan(skuId: string, quantity: number, times: { inMs?: number; forMs?: number } = {}) {
  const { inMs = 0, forMs = 60_000 } = times
  const promotionId = uuid()
  const startsAtMs = Date.now() + inMs
  const endsAtMs = startsAtMs + forMs
  await hub.inTransaction((tx) =>
    createPromotion(tx, {
      promotionId,
      createdBy: 'ops',
      body: {
        name: '双十一',
        startsAt: new Date(startsAtMs).toISOString(),
        endsAt: new Date(endsAtMs).toISOString(),
        quotas: [{ skuId, channel: 'mall', quantity }],
        stockExpected: true,
      },
    }),
  )
  return { promotionId, startsAtMs, endsAtMs }
}

const view = (promotionId: string) => findPromotion(hub.db, promotionId)
const untilState = (promotionId: string, state: string) =>
  hub.until(`the promotion to be ${state}`, async () => {
    const found = await view(promotionId)
    return found?.state === state ? found : null
  })
const reserved = async (skuId: string) => (await hub.stock(skuId, 'WH-HZ')).reserved
const handle = (promotionId: string) => hub.client.workflow.getHandle(promotionWorkflowId(promotionId))
const commands = () =>
  createPromotionCommands(hub.client, {
    standing: (promotionId) => findPromotionStanding(hub.db, promotionId),
    answerOf: (command) => closePromotion(hub.db, command),
  })
const close = (promotionId: string, to: 'ended' | 'cancelled', requestId = uuid()) =>
  commands().close(promotionId, { requestId, to, operator: 'ops', reason: 'enough' })

test.concurrent('it is held at its start and given back at its end, neither a moment early', async () => {
  const skuId = await addSku(10)
  const { promotionId, startsAtMs, endsAtMs } = await plan(skuId, 7, { inMs: 500, forMs: 3_000 })
  const ended = await untilState(promotionId, 'ended')
  expect(Date.parse(ended.startedAt ?? '')).toBeGreaterThanOrEqual(startsAtMs)
  expect(Date.parse(ended.closedAt ?? '')).toBeGreaterThanOrEqual(endsAtMs)
  const ledger = await hub.db
    .selectFrom('stock_ledger')
    .select('reserved_delta')
    .where('sku_id', '=', skuId)
    .where('kind', '=', 'promotion_hold')
    .orderBy('id')
    .execute()
  expect(ledger.map((row) => row.reserved_delta)).toEqual([7, -7])
  expect(await handle(promotionId).result()).toEqual({ state: 'ended' })
  await keepWorkflowHistory(hub, promotionWorkflowId(promotionId), 'promotion-ended')
})

test.concurrent('cancelled while it runs: the caller’s answer says that the units are free, and repeating it says the same', async () => {
  const skuId = await addSku(10)
  const { promotionId } = await plan(skuId, 7)
  await untilState(promotionId, 'running')
  const requestId = uuid()
  expect(await close(promotionId, 'cancelled', requestId)).toEqual({ accepted: true })
  expect(await reserved(skuId)).toBe(0)
  await handle(promotionId).result()
  expect(await close(promotionId, 'cancelled', requestId)).toEqual({ accepted: true })
  expect(await close(promotionId, 'cancelled')).toMatchObject({ code: 'promotion-closed' })
  await keepWorkflowHistory(hub, promotionWorkflowId(promotionId), 'promotion-cancelled')
})

test.concurrent('ended early while it runs; before its start that is refused and it goes on waiting', async () => {
  const skuId = await addSku(10)
  const { promotionId } = await plan(skuId, 7, { inMs: 60_000 })
  expect(await close(promotionId, 'ended')).toMatchObject({ code: 'promotion-not-running' })
  expect(await view(promotionId)).toMatchObject({ state: 'scheduled' })
  await hub.db.updateTable('promotion').set({ starts_at: new Date() }).where('id', '=', promotionId).execute()
  // Refused once more, but after every command the workflow asks what is due.
  expect(await close(promotionId, 'ended')).toMatchObject({ code: 'promotion-not-running' })
  await untilState(promotionId, 'running')
  expect(await close(promotionId, 'ended')).toEqual({ accepted: true })
  expect(await view(promotionId)).toMatchObject({ state: 'ended', closedBy: 'ops' })
  await handle(promotionId).result()
  await keepWorkflowHistory(hub, promotionWorkflowId(promotionId), 'promotion-ended-early')
})

test.concurrent('too little at its start is a work item; it tries again and starts when the units have come', async () => {
  const skuId = await addSku(3)
  const { promotionId } = await plan(skuId, 5)
  const items = () =>
    hub.db.selectFrom('work_item').select(['state', 'occurrences']).where('key', '=', promotionId).execute()
  await hub.until('a second try', async () => (await items()).some((item) => item.occurrences >= 2))
  expect(await reserved(skuId)).toBe(0)
  await receive(skuId, 2)
  await untilState(promotionId, 'running')
  expect(await items()).toMatchObject([{ state: 'resolved' }])
  await close(promotionId, 'cancelled')
  await handle(promotionId).result()
  await keepWorkflowHistory(hub, promotionWorkflowId(promotionId), 'promotion-held-late')
})

test.concurrent('a promotion whose workflow was terminated is carried on by a new one', async () => {
  const skuId = await addSku(10)
  const { promotionId } = await plan(skuId, 7)
  await untilState(promotionId, 'running')
  await handle(promotionId).terminate('test')
  // Another process: it has not seen this promotion yet.
  await new PromotionStarter({ db: hub.db, client: hub.client, taskQueue: hub.taskQueue }).runOnce()
  expect(await close(promotionId, 'ended')).toEqual({ accepted: true })
  expect(await handle(promotionId).result()).toEqual({ state: 'ended' })
  expect(await reserved(skuId)).toBe(0)
})

test('its end passes while no worker runs: whoever comes back gives the units back, once', async () => {
  const skuId = await addSku(10)
  const { promotionId, endsAtMs } = await plan(skuId, 7, { forMs: 3_000 })
  await untilState(promotionId, 'running')
  await hub.stopWorker()
  await hub.until('the end to pass', async () => Date.now() > endsAtMs)
  await hub.startWorker()
  await untilState(promotionId, 'ended')
  expect(await reserved(skuId)).toBe(0)
})
