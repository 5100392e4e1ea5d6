import { setTimeout as delay } from 'node:timers/promises'
import { type PlaceOrderBody, placedOrder } from '../../contracts/orders.ts'
import { paymentAnswer } from '../../contracts/payments.ts'
import { createPrng, randomAddress, randomMobile, randomName } from '../../simulator/people.ts'
import { HubRefusal } from './hub-client.ts'
import type { RetailOrder } from './invoice-orders.ts'
import { skuIdOf } from './prepare.ts'
import { addOrder } from './report.ts'
import { returnOrders } from './return-driver.ts'
import { countOne, inParallel, noteMove, type Run, sendFor } from './run-state.ts'
import { packOrders } from './warehouse-driver.ts'

/** Checkouts in flight at once: enough to keep two cores busy, far below what the API sheds load at. */
const checkoutsAtOnce = 16

/**
 * Plays customers, warehouse and after-sales staff until every order is packed and every return settled, until
 * nothing moves any more, or until the signal. What came of it is in `run.state`.
 */
export async function driveRun(run: Run): Promise<void> {
  // One that fails must end the others, or the run would go on without its warehouse.
  const failed = new AbortController()
  const together: Run = { ...run, signal: AbortSignal.any([run.signal, failed.signal]) }
  const parts = [placeOrders(together), packOrders(together), returnOrders(together)].map((part) =>
    part.catch((error: unknown) => {
      failed.abort()
      // What a stop interrupts is no failure.
      if (!run.signal.aborted && !isAbort(error)) throw error
    }),
  )
  const outcomes = await Promise.allSettled(parts)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

async function placeOrders(run: Run): Promise<void> {
  const { selection, speed, signal, state } = run
  const startedAt = Date.now()
  const firstSeconds = selection.orders[0]?.atSeconds ?? 0
  await inParallel(selection.orders, checkoutsAtOnce, signal, async (order) => {
    const dueAt = speed === null ? 0 : startedAt + ((order.atSeconds - firstSeconds) * 1_000) / speed
    const waitMs = dueAt - Date.now()
    if (waitMs > 0) await delay(waitMs, undefined, { signal })
    await placeAndPay(run, order)
    state.fileSeconds = Math.max(state.fileSeconds, order.atSeconds)
    noteMove(state)
  })
  if (signal.aborted) return
  noteMove(state)
  state.isPlacingDone = true
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
  state.orderIds.add(placed.orderId)
  addOrder(state.sent, order)
  const payment = {
    paymentId: `replay-${runId}-${order.key}`,
    amountCents: placed.amountCents,
    method: 'card',
    paidAt: new Date().toISOString(),
  }
  const path = `/v1/orders/${placed.orderId}/payments`
  await sendFor(run, 'mall', path, `${order.key}-payment`, payment, paymentAnswer)
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
