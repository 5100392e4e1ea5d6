import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { expect } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { OPEN_PICK_TASK_STATES } from '../../domain/order-state.ts'
import type { TransferEvent } from '../../domain/transfer.ts'
import { createCheckouts } from '../../store/checkout.ts'
import {
  askReservation,
  decideCancellation,
  reserveAgain,
  settleShortage,
  waitForStock,
} from '../../store/order-steps.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { advancePromotion } from '../../store/promotions.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { adjustStock } from '../../store/stock.ts'
import { createCount, decideCount, submitCount } from '../../store/stock-counts.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { serveWaiting } from '../../store/stock-waits.ts'
import { applyTransferEvent, requestTransfer, reserveTransfer } from '../../store/transfers.ts'
import { applySnapshots, approveJump, type WmsReading } from '../../store/wms-snapshots.ts'
import { arrive, change, expectPresalesSound, openPresale } from './presale-support.ts'
import { openPromotions } from './promotion-support.ts'
import {
  ORDERS_FOR,
  type OrderStanding,
  type OrderStep,
  type PromotionStep,
  SKUS,
  type Step,
  TRANSFERS_FOR,
  type TransferStanding,
  type TransferStep,
  WAREHOUSES,
} from './stock-steps.ts'
import { newTurns, openTestStore, type TestStore } from './support.ts'

export type StockWorld = Awaited<ReturnType<typeof openStockWorld>>

/** A store with two channels and warehouses, where transfers are approved by themselves. */
export async function openStockWorld() {
  const store = await openTestStore()
  const promotions = await openPromotions(store)
  await publishPolicy(store.db, { kind: 'transfer', document: TRANSFERS, author: 'test', reason: 'test' })
  return { store, promotions, newRound: () => newRound(store, promotions) }
}

const TRANSFERS = {
  ...POLICIES.transfer.initial,
  sourcing: { ...POLICIES.transfer.initial.sourcing, minimumCoverDays: 0 },
  approval: {
    ...POLICIES.transfer.initial.approval,
    automatic: { maxQuantity: 1_000, maxValueCents: 100_000_000, crossRegion: true },
  },
}
const SNAPSHOT_RULES = {
  fallsAt: 'pack',
  timing: { clockToleranceMs: 0, reportDelayMs: 0 },
  mayRaise: true,
  plausible: { units: 3, share: 0.5 },
} as const

const AFTER: Partial<Record<OrderStep, OrderStanding>> = {
  pay: 'paid',
  pick: 'picking',
  pack: 'packed',
  expire: 'ended',
  cancel: 'cancelled',
  again: 'paid',
  wait: 'waiting',
}
const AFTER_TRANSFER: Record<TransferStep, TransferStanding> = {
  hold: 'held',
  dispatch: 'moving',
  receive: 'moving',
  'bring back': 'called off',
  lose: 'moving',
  'call off': 'called off',
}

type Promotions = Awaited<ReturnType<typeof openPromotions>>

/** Fresh articles, and what is done to them. `take` returns whether there was anything to do. */
async function newRound(store: TestStore, promotions: Promotions) {
  const { db } = store
  const skus = [
    await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 }),
    await store.addSku({ 'WH-HZ': 3, 'WH-GZ': 2 }),
    await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 0 }),
  ]
  const presaleId = await openPresale(db, skus[SKUS - 1] ?? '', 8)
  const checkouts = createCheckouts(db, { ...store, answerOf: () => ({ status: 201, response: null }) })
  const reservations = createReservations(db)
  const orders: { order: PlacedOrder; standing: OrderStanding }[] = []
  const transfers: { transferId: string; standing: TransferStanding }[] = []
  const promoted: string[] = []
  const counts: string[] = []
  const readings: (WmsReading & { warehouseId: string })[] = []
  const paid = new Set<string>()
  const returned = new Set<string>()
  /** An order's workflow does one thing after another. */
  const inTurn = newTurns()
  const skuOf = (index: number) => skus[index] ?? ''
  const warehouseOf = (index: number) => WAREHOUSES[index] ?? ''
  const chosen = <Entry>(from: readonly Entry[], index: number): Entry | undefined =>
    from[index % Math.max(1, from.length)]

  async function buy(each: Extract<Step, { do: 'buy' }>): Promise<boolean> {
    const wanted = [...new Set([each.sku, each.other ?? each.sku])]
    const lines = wanted.map((index) => ({ skuId: skuOf(index), quantity: each.quantity }))
    if (!each.grouped) return keep(await promotions.tryBuy(each.channel, lines))
    const input = store.checkoutInput(lines)
    const body = { ...input.body, channel: each.channel, storeId: each.channel === 'jd' ? 'JD' : 'MALL' }
    const requestKey = { caller: 'test', key: uuid(), requestHash: Buffer.alloc(32) }
    const answer = await checkouts.place({ ...input, body, requestKey })
    return 'result' in answer && keep(answer.result)
  }

  function keep(result: Awaited<ReturnType<Promotions['tryBuy']>>): boolean {
    if (result.ok) orders.push({ order: result.order, standing: 'placed' })
    return result.ok
  }

  const liveHolds = async ({ orderId }: PlacedOrder) =>
    (await store.holds(orderId)).filter(({ state }) => state === 'held' || state === 'confirmed')

  async function takeOrder(what: OrderStep, order: PlacedOrder): Promise<boolean> {
    const { orderId } = order
    const tasks = await store.tasks(orderId)
    switch (what) {
      case 'pay':
        if (paid.has(orderId)) return false
        paid.add(orderId)
        return (await store.pay(order)).outcome === 'accepted'
      case 'pick': {
        const confirmed = (await store.holds(orderId)).filter(({ state }) => state === 'confirmed')
        if (tasks.length > 0 || confirmed.length === 0) return false
        await store.openTasks(orderId, placesOf(confirmed))
        return true
      }
      case 'pack': {
        const task = tasks.find(isOpen)
        if (!task) return false
        await store.report(task.id, { type: 'packed', courier: 'sim', waybillNumber: uuid() })
        return true
      }
      case 'return': {
        // Once a parcel, and no more than it sent.
        const task = tasks.find(({ id, state }) => state === 'packed' && !returned.has(id))
        if (!task) return false
        returned.add(task.id)
        await settleReturn(order, task)
        return true
      }
      case 'expire':
        await endTime(orderId)
        return true
      case 'ask':
        await askReservation(db, { orderId, paidInFull: false, operationId: uuid() })
        return true
      case 'cancel': {
        const operationId = `${orderId}/cancel`
        const { refusal } = await decideCancellation(db, {
          ...{ orderId, mayCancelPaid: true, operationId, operator: 'test' },
        })
        return refusal === null
      }
      case 'again':
      case 'wait': {
        // Only an order whose goods are gone asks again, or waits.
        if (tasks.length > 0 || (await liveHolds(order)).length > 0) return false
        const { placed } = await store.firstState(orderId)
        if (what === 'again') {
          const again = await reserveAgain(reservations, { placed, operationId: `${orderId}/again` })
          return again.allocations !== null
        }
        await waitForStock(db, placed)
        return true
      }
    }
  }

  /** As time does: nobody is in the middle of anything. */
  async function endTime(orderId: string): Promise<void> {
    const held = (await store.holds(orderId)).map((hold) => hold.sku_id)
    await store.inTransaction(async (tx) => {
      await lockStock(tx, held)
      for (const table of ['presale_hold', 'reservation'] as const) {
        await sql`update ${sql.table(table)} set expires_at = clock_timestamp() - interval '1 millisecond'
          where order_id = ${orderId}`.execute(tx)
      }
    })
  }

  async function settleReturn({ orderId }: PlacedOrder, task: Task): Promise<void> {
    const lines = task.lines.map(({ lineNumber, skuId, quantity }) => ({
      fulfilmentId: task.id,
      warehouseId: task.warehouse_id,
      lineNumber,
      skuId,
      restocked: quantity - 1,
      writtenOff: 1,
    }))
    await store.commit(orderId, [{ kind: 'settle_return', returnId: uuid(), lines }], { status: 'returned' })
  }

  /** The warehouse misses units; the order gets what there is elsewhere. */
  async function missUnits({ orderId }: PlacedOrder, quantity: number): Promise<boolean> {
    const task = (await store.tasks(orderId)).find(isOpen)
    const [line] = task?.lines ?? []
    if (!task || !line) return false
    const { lineNumber, skuId } = line
    await store.report(task.id, { type: 'short', lines: [{ lineNumber, quantityMissing: quantity }] })
    const { placed } = await store.firstState(orderId)
    const { allocations } = await settleShortage(db, {
      placed,
      lines: [{ lineNumber, skuId, quantity }],
      warehouseId: task.warehouse_id,
      operationId: uuid(),
    })
    if (allocations.length > 0) await store.openTasks(orderId, allocations)
    return true
  }

  /** What an approved change does: its first line gets another quantity, by the difference. */
  async function changeOrder(order: PlacedOrder, quantity: number): Promise<boolean> {
    const [first, ...others] = linesOf(await liveHolds(order))
    if (!first || (await store.tasks(order.orderId)).length > 0) return false
    return (await change(db, order, [{ ...first, quantity }, ...others])).ok
  }

  /** What somebody reads off shelf or WMS: what is there by the books, and how far that is wrong. */
  async function lookAt(each: { sku: number; warehouse: number; delta: number }) {
    const warehouseId = warehouseOf(each.warehouse)
    const { rows } = await sql<{ units: number; at: Date }>`
      select greatest(0, total - shipped + ${each.delta}::int) as units, clock_timestamp() as at
      from stock_level where sku_id = ${skuOf(each.sku)} and warehouse_id = ${warehouseId}`.execute(db)
    return { skuId: skuOf(each.sku), warehouseId, units: rows[0]?.units ?? 0, at: rows[0]?.at ?? new Date() }
  }

  async function takeTransfer(each: Extract<Step, { do: 'transfer' }>, transferId: string): Promise<boolean> {
    const { what, quantity } = each
    if (what === 'hold') return (await reserveTransfer(db, transferId)).status === 'reserved'
    const event = transferEvent(what, quantity)
    const input = { transferId, eventId: uuid(), event, operator: 'test' }
    return (await store.inTransaction((tx) => applyTransferEvent(tx, input))).ok
  }

  async function takePromotion(what: PromotionStep, index: number): Promise<boolean> {
    const promotionId = chosen(promoted, index)
    if (!promotionId) return false
    if (what === 'call off') await promotions.close(promotionId)
    if (what === 'end') await promotions.endTimeOf(promotionId)
    // Half of the time nobody is there to notice an end.
    if (what === 'advance' || (what === 'end' && index % 2 === 0)) await advancePromotion(db, promotionId)
    return true
  }

  async function take(each: Step): Promise<boolean> {
    switch (each.do) {
      case 'buy':
        return buy(each)
      case 'order':
      case 'short':
      case 'change': {
        const what = each.do === 'order' ? each.what : each.do
        const isFor = (standing: OrderStanding) => ORDERS_FOR[what].includes(standing)
        const entry = chosen(
          orders.filter(({ standing }) => isFor(standing)),
          each.at,
        )
        if (!entry) return false
        const { order } = entry
        return inTurn(order.orderId, async () => {
          if (!isFor(entry.standing)) return false
          if (each.do !== 'order') {
            return each.do === 'short' ? missUnits(order, each.quantity) : changeOrder(order, each.quantity)
          }
          const hadEffect = await takeOrder(each.what, order)
          if (hadEffect) entry.standing = AFTER[each.what] ?? entry.standing
          return hadEffect
        })
      }
      case 'serve':
        return (await serveWaiting(db, skuOf(each.sku), 10)) > 0
      case 'adjust': {
        const adjustments = [
          { skuId: skuOf(each.sku), warehouseId: warehouseOf(each.warehouse), quantityDelta: each.delta },
        ]
        const by = { operationId: uuid(), operator: 'test', reason: 'test' }
        return (await store.inTransaction((tx) => adjustStock(tx, { adjustments, ...by }))).ok
      }
      case 'count': {
        const { skuId, warehouseId, units } = await lookAt(each)
        const body = { warehouseId, blind: true, lines: [{ skuId, quantityCounted: units }] }
        const countId = await store.inTransaction(async (tx) => {
          const id = await createCount(tx, body, 'counter')
          await submitCount(tx, id, 'counter')
          return id
        })
        return counts.push(countId) > 0
      }
      case 'decide count': {
        const [countId] = counts.splice(each.at % Math.max(1, counts.length), 1)
        if (!countId) return false
        const decision = each.approve ? 'approve' : 'reject'
        await store.inTransaction((tx) => decideCount(tx, countId, { decision, reason: 'test' }, 'manager'))
        return true
      }
      case 'read WMS': {
        const { skuId, warehouseId, units, at } = await lookAt(each)
        return readings.push({ skuId, warehouseId, onHand: units, asOf: each.timed ? at : null }) > 0
      }
      case 'apply reading': {
        // Mostly the newest ones; now and then one that has been overtaken.
        const reading = chosen(readings.slice(-3).reverse(), each.at)
        if (!reading) return false
        const { warehouseId } = reading
        const input = { warehouseId, readings: [reading], rules: SNAPSHOT_RULES, operationId: uuid() }
        return (await applySnapshots(db, input)).changed > 0
      }
      case 'approve jump': {
        const jump = {
          skuId: skuOf(each.sku),
          warehouseId: warehouseOf(each.warehouse),
          rules: SNAPSHOT_RULES,
        }
        const by = { operator: 'ops', operationId: uuid() }
        return (await store.inTransaction((tx) => approveJump(tx, { ...jump, ...by }))) === 'done'
      }
      case 'ask for transfer': {
        const wish = {
          skuId: skuOf(each.sku),
          destinationId: warehouseOf(each.warehouse),
          quantity: each.quantity,
        }
        const by = { transferId: uuid(), eventId: uuid(), operator: 'mei', reason: 'test' }
        const { transferId } = await store.inTransaction((tx) => requestTransfer(tx, { ...wish, ...by }))
        return transfers.push({ transferId, standing: 'asked' }) > 0
      }
      case 'transfer': {
        const entry = chosen(
          transfers.filter(({ standing }) => TRANSFERS_FOR[each.what].includes(standing)),
          each.at,
        )
        if (!entry) return false
        const hadEffect = await takeTransfer(each, entry.transferId)
        if (hadEffect) entry.standing = AFTER_TRANSFER[each.what]
        return hadEffect
      }
      case 'promote': {
        const quotas = (['mall', 'jd'] as const).map((channel) => ({
          skuId: skuOf(each.sku),
          channel,
          quantity: each[channel],
        }))
        const promotionId = await promotions.plan(quotas, { stockExpected: true })
        promoted.push(promotionId)
        return (await advancePromotion(db, promotionId)).state === 'running'
      }
      case 'move quota': {
        const promotionId = chosen(promoted, each.at)
        if (!promotionId) return false
        const skuId = (await promotions.view(promotionId)).quotas[0]?.skuId ?? ''
        await promotions.move(promotionId, skuId, each.quantity, each.back ? ['jd', 'mall'] : ['mall', 'jd'])
        return true
      }
      case 'promotion':
        return takePromotion(each.what, each.at)
      case 'arrive':
        await arrive(db, presaleId, each.quantity)
        return true
    }
  }

  /** What must hold at every moment, whoever is in the middle of what. */
  async function expectRules(): Promise<void> {
    await promotions.expectAllSound()
    await expectPresalesSound(db)
    expect(await brokenMovements(skus)).toEqual([])
  }

  /**
   * Movements that promised units while others were missing, or that raised a shortfall without a physical fact. A quota
   * that changes hands is two movements and no new promise.
   */
  async function brokenMovements(skuIds: readonly string[]) {
    const { rows } = await sql`
      select * from (
        select id, kind, reserved_delta, shortfall_delta, kind = 'promotion_hold' and order_id is null and
            sum(reserved_delta) over (partition by sku_id, warehouse_id, operation_id, kind) = 0 as is_move,
          sum(shortfall_delta) over (partition by sku_id, warehouse_id order by id)::int as shortfall
        from stock_ledger where sku_id = any(${skuIds}::text[])
      ) as moved
      where shortfall < 0 or (reserved_delta > 0 and shortfall > 0 and not is_move)
        or (shortfall_delta > 0 and kind not in ('adjust', 'count', 'snapshot'))`.execute(db)
    return rows
  }

  const movements = async (): Promise<string[]> =>
    (
      await db
        .selectFrom('stock_ledger')
        .select('kind')
        .distinct()
        .where('sku_id', 'in', skus)
        .orderBy('kind')
        .execute()
    ).map((row) => row.kind)

  return { skus, take, expectRules, movements }
}

function transferEvent(what: Exclude<TransferStep, 'hold'>, quantity: number): TransferEvent {
  const units = { legNumber: 1, quantity }
  switch (what) {
    case 'dispatch':
      return { type: 'dispatched', ...units }
    case 'receive':
      return { type: 'received', ...units, at: 'destination' }
    case 'bring back':
      return { type: 'received', ...units, at: 'source' }
    case 'lose':
      return { type: 'lost', ...units, reason: 'fell off' }
    case 'call off':
      return { type: 'cancelled', reason: 'not needed' }
  }
}

type Task = Awaited<ReturnType<TestStore['tasks']>>[number]
type Hold = Awaited<ReturnType<TestStore['holds']>>[number]

const isOpen = ({ state }: Task) => OPEN_PICK_TASK_STATES.some((open) => open === state)

/** Units by line and warehouse, from whatever source each was drawn. */
function placesOf(holds: readonly Hold[]) {
  return summed(
    holds.map(({ line_number, sku_id: skuId, warehouse_id: warehouseId, quantity }) => ({
      ...{ lineNumber: line_number ?? 0, skuId, warehouseId, quantity },
    })),
    ({ lineNumber, warehouseId }) => `${lineNumber}/${warehouseId}`,
  )
}

function linesOf(holds: readonly Hold[]) {
  return summed(
    holds.map(({ line_number, sku_id: skuId, quantity }) => ({
      lineNumber: line_number ?? 0,
      skuId,
      quantity,
    })),
    ({ lineNumber }) => String(lineNumber),
  )
}

function summed<Entry extends { quantity: number }>(
  entries: Entry[],
  keyOf: (entry: Entry) => string,
): Entry[] {
  const sums = new Map<string, Entry>()
  for (const entry of entries) {
    const known = sums.get(keyOf(entry))
    sums.set(keyOf(entry), { ...entry, quantity: entry.quantity + (known?.quantity ?? 0) })
  }
  return [...sums.values()]
}
