import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type PlaceOrderBody, placedOrder } from '../../contracts/orders.ts'
import { paymentAnswer } from '../../contracts/payments.ts'
import { ORDER_STATUSES } from '../../domain/order-state.ts'
import { createPrng, randomAddress, randomMobile, randomName } from '../../simulator/people.ts'
import { HubRefusal } from '../parts/hub-client.ts'
import type { OrderChange } from '../parts/order-changes.ts'
import type { RetailOrder } from './invoice-orders.ts'
import { skuIdOf } from './prepare.ts'
import { addOrder } from './report.ts'
import { returnOrders } from './return-driver.ts'
import {
  countOne,
  inParallel,
  isStuck,
  noteMove,
  noteStatus,
  type Run,
  sendFor,
  untilSo,
} from './run-state.ts'

/** Checkouts in flight at once: enough to keep two cores busy, far below what the API sheds load at. */
const checkoutsAtOnce = 16
/**
 * Orders on their way to the customer at once: more would only wait inside the hub, and whoever asks it for an
 * answer (a return) would wait behind them. Far more than what is on its way at the rate of two cores.
 */
const mostUnderWay = 400
/** How often it is looked whether the run is stuck. */
const watchMs = 500

/**
 * Plays customers and after-sales staff until every order has ended and every return is settled, until nothing moves
 * any more, or until the signal; warehouse and couriers are the simulator's. What came of it is in `run.state`.
 */
export async function driveRun(run: Run): Promise<void> {
  if (run.signal.aborted) return
  const over = new AbortController()
  const signal = AbortSignal.any([run.signal, over.signal])
  setMaxListeners(0, signal) // a place at the counter for each
  const together: Run = { ...run, signal }
  const changes = await run.openChanges(signal)
  const play = async () => {
    await Promise.all([placeOrders(together), returnOrders(together)])
    await untilSo(together, () => run.state.endedOrderIds.size >= run.state.placed.size)
  }
  const parts = [
    play().finally(() => over.abort()),
    followOrders(together, changes),
    watch(together, over),
  ].map((part) =>
    part.catch((error: unknown) => {
      // One that fails must end the others, or the run would go on without it.
      over.abort()
      // What a stop interrupts is no failure.
      if (!isAbort(error)) throw error
    }),
  )
  const outcomes = await Promise.allSettled(parts)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

async function followOrders({ storeId, state }: Run, changes: AsyncIterable<OrderChange>): Promise<void> {
  for await (const change of changes) {
    const status = change.field === 'status' && ORDER_STATUSES.find((known) => known === change.newValue)
    if (status && change.storeId === storeId) noteStatus(state, change.orderId, status)
  }
}

async function watch(run: Run, over: AbortController): Promise<void> {
  while (!run.signal.aborted) {
    await delay(watchMs, undefined, { signal: run.signal })
    if (!isStuck(run)) continue
    run.state.hasStalled = true
    over.abort()
  }
}

async function placeOrders(run: Run): Promise<void> {
  const { selection, speed, signal, state } = run
  const startedAt = Date.now()
  const firstSeconds = selection.orders[0]?.atSeconds ?? 0
  await inParallel(selection.orders, checkoutsAtOnce, signal, async (order) => {
    const dueAt = speed === null ? 0 : startedAt + ((order.atSeconds - firstSeconds) * 1_000) / speed
    const waitMs = dueAt - Date.now()
    if (waitMs > 0) {
      state.quietUntil = Math.max(state.quietUntil, dueAt)
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
    await untilSo(run, () => state.placed.size - state.arrivedOrderIds.size < mostUnderWay)
    if (signal.aborted) return
    await placeAndPay(run, order)
    state.fileSeconds = Math.max(state.fileSeconds, order.atSeconds)
    state.placedWithinMs = Date.now() - state.startedAt
    noteMove(state)
  })
  if (signal.aborted) return
  state.isPlacingDone = true
  noteMove(state)
}

async function placeAndPay(run: Run, order: RetailOrder): Promise<void> {
  const { state, runId } = run
  const body = toOrderBody(order, run)
  const placed = await sendFor(run, 'mall', '/v1/orders', order.key, body, placedOrder).catch(
    (error: unknown) => {
      if (!(error instanceof HubRefusal)) throw error
      countOne(state.sent.refused, error.code)
      return undefined
    },
  )
  if (!placed) return
  state.placed.set(order.key, { orderId: placed.orderId, source: order })
  addOrder(state.sent, order)
  const payment = {
    paymentId: `replay-${runId}-${order.key}`,
    amountCents: placed.amountCents,
    method: 'card',
    paidAt: new Date().toISOString(),
  }
  const path = `/v1/orders/${placed.orderId}/payments`
  await sendFor(run, 'payments', path, `${order.key}-payment`, payment, paymentAnswer)
}

/**
 * The order as a checkout. The file has no names and addresses: each customer number gets an invented person at an
 * address in China, the same in every run.
 */
function toOrderBody(order: RetailOrder, { storeId, runId }: Run): PlaceOrderBody {
  const prng = createPrng(Number(order.customerId ?? order.invoice))
  const { divisionCode, address } = randomAddress(prng)
  return {
    storeId,
    channel: 'mall',
    externalOrderId: `${runId}-${order.key}`,
    contact: { name: randomName(prng), phone: randomMobile(prng), divisionCode, address },
    lines: order.lines.map(({ stockCode, quantity, pricePence }) => ({
      skuId: skuIdOf(stockCode),
      quantity,
      unitPriceCents: pricePence,
    })),
    freightCents: 0,
  }
}
