import { setTimeout as delay } from 'node:timers/promises'
import { orderDetail } from '../../contracts/orders.ts'
import { returnAnswer } from '../../contracts/returns.ts'
import { type HubCaller, HubRefusal } from './hub-client.ts'
import { addReturn } from './report.ts'
import type { RetailReturn } from './return-matching.ts'
import {
  countOne,
  hasStalled,
  inParallel,
  noteMove,
  type PlacedOrder,
  type Run,
  sendFor,
} from './run-state.ts'

const ordersAtOnce = 4
/** Deliveries take minutes; asking more often would only load the hub. */
const defaultPauseMs = 2_000

const statusOnly = orderDetail.pick({ status: true })

/**
 * Carries out the returns, each when its time in the file has come and its order is delivered. What cannot be
 * carried out is counted with its reason.
 */
export async function returnOrders(run: Run): Promise<void> {
  const { selection, signal, state, pauseMs = defaultPauseMs } = run
  const waiting = groupByOrder(selection.returns)
  while (waiting.size > 0) {
    await inParallel([...waiting], ordersAtOnce, signal, async ([orderKey, queue]) => {
      if (await advance(run, orderKey, queue)) waiting.delete(orderKey)
    })
    if (waiting.size === 0) return
    if (signal.aborted || hasStalled(run)) break
    await delay(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  for (const queue of waiting.values()) {
    countOne(
      state.sent.returnsLeft,
      signal.aborted ? 'stopped before' : 'order not delivered in time',
      queue.length,
    )
  }
}

function groupByOrder(returns: readonly RetailReturn[]): Map<string, RetailReturn[]> {
  const groups = new Map<string, RetailReturn[]>()
  for (const entry of returns) {
    const group = groups.get(entry.orderKey)
    if (group) group.push(entry)
    else groups.set(entry.orderKey, [entry])
  }
  return groups
}

/** Works off what is due of one order's returns, one after the other. True when nothing of them is left. */
async function advance(run: Run, orderKey: string, queue: RetailReturn[]): Promise<boolean> {
  const { state, signal } = run
  const placed = state.placed.get(orderKey)
  if (!placed) {
    if (!state.isPlacingDone) return false
    countOne(state.sent.returnsLeft, 'the hub refused the order', queue.length)
    return true
  }
  for (let [next] = queue; next && !signal.aborted; [next] = queue) {
    const isDue = state.isPlacingDone || next.atSeconds <= state.fileSeconds
    if (!isDue || !(await canReturn(run, placed, queue))) return queue.length === 0
    queue.shift()
    await carryOut(run, placed, next)
    state.returnsDone += 1
    noteMove(state)
  }
  return queue.length === 0
}

/** Has the customer got the goods? An order that ended before takes its returns off the queue. */
async function canReturn(
  { client, state, signal }: Run,
  { orderId }: PlacedOrder,
  queue: RetailReturn[],
): Promise<boolean> {
  const { status } = await client.send({
    as: 'ops',
    method: 'GET',
    path: `/v1/orders/${orderId}`,
    answer: statusOnly,
    signal,
  })
  if (status === 'delivered' || status === 'returning') return true
  const isOver = ['completed', 'cancelled', 'expired', 'returned', 'lost'].includes(status)
  if (isOver) countOne(state.sent.returnsLeft, `the order was ${status}`, queue.splice(0).length)
  return false
}

async function carryOut(run: Run, { orderId, source }: PlacedOrder, entry: RetailReturn): Promise<void> {
  const { sent } = run.state
  const path = `/v1/orders/${orderId}/returns`
  const key = `${entry.invoice}-${entry.orderKey}`
  try {
    const body = { lines: entry.lines, reason: `${entry.invoice} in the file` }
    const { returnId } = await sendFor(run, 'mall', path, key, body, returnAnswer)
    const step = (as: HubCaller, name: string, content: object) =>
      sendFor(run, as, `${path}/${returnId}/${name}`, `${key}-${name}`, content, returnAnswer)
    // No system may approve a return: a person does.
    await step('reviewer', 'decisions', { decision: 'approve' })
    await step('ops', 'receipt', {})
    const lines = entry.lines.map(({ lineNumber, quantity }) => ({
      lineNumber,
      restocked: quantity,
      writtenOff: 0,
    }))
    await step('ops', 'inspection', { lines })
  } catch (error) {
    if (!(error instanceof HubRefusal)) throw error
    countOne(sent.returnsLeft, error.code)
    return
  }
  addReturn(sent, entry, source)
}
