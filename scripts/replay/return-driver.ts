import { setTimeout as delay } from 'node:timers/promises'
import { returnAnswer } from '../../contracts/returns.ts'
import { type HubCaller, HubRefusal } from '../parts/hub-client.ts'
import { addReturn } from './report.ts'
import type { RetailReturn } from './return-matching.ts'
import { countOne, inParallel, noteMove, type PlacedOrder, type Run, sendFor } from './run-state.ts'

const ordersAtOnce = 4
/** How often it is looked who has got a parcel; it costs the hub nothing. */
const lookMs = 100

/** The returns of one order, as far as they have come. */
interface Waiting {
  orderKey: string
  toAskFor: RetailReturn[]
  asked: { entry: RetailReturn; returnId: string }[]
}

/**
 * Carries out the returns. Each is asked for as soon as its order has arrived, which keeps the order open whatever
 * its after-sales window is, and settled when the file's cancellation is due: that is the credit note, the last step.
 * What cannot be carried out is counted with its reason.
 */
export async function returnOrders(run: Run): Promise<void> {
  const { selection, signal, state } = run
  const waiting = new Map<string, Waiting>()
  for (const entry of selection.returns) {
    const known = waiting.get(entry.orderKey) ?? { orderKey: entry.orderKey, toAskFor: [], asked: [] }
    known.toAskFor.push(entry)
    waiting.set(entry.orderKey, known)
  }
  while (waiting.size > 0 && !signal.aborted) {
    await inParallel([...waiting.values()], ordersAtOnce, signal, async (order) => {
      await advance(run, order)
      if (order.toAskFor.length + order.asked.length === 0) waiting.delete(order.orderKey)
    })
    if (waiting.size > 0) await delay(lookMs, undefined, { signal }).catch(() => undefined)
  }
  const left = [...waiting.values()].reduce(
    (sum, { toAskFor, asked }) => sum + toAskFor.length + asked.length,
    0,
  )
  if (left > 0) giveUp(run, state.hasStalled ? 'its order did not arrive' : 'stopped before', left)
}

function giveUp({ state }: Run, reason: string, count: number): void {
  countOne(state.sent.returnsLeft, reason, count)
  state.returnsOver += count
}

/** Does what can be done now for the returns of one order, one after the other. */
async function advance(run: Run, order: Waiting): Promise<void> {
  const { state, signal, speed } = run
  const placed = state.placed.get(order.orderKey)
  if (!placed) {
    if (state.isPlacingDone) giveUp(run, 'the hub refused the order', order.toAskFor.splice(0).length)
    return
  }
  if (!state.arrivedOrderIds.has(placed.orderId)) return
  for (let [entry] = order.toAskFor; entry && !signal.aborted; [entry] = order.toAskFor) {
    order.toAskFor.shift()
    const returnId = await askFor(run, placed, entry)
    if (returnId !== undefined) order.asked.push({ entry, returnId })
  }
  const isDue = ({ atSeconds }: RetailReturn) =>
    speed === null || state.isPlacingDone || atSeconds <= state.fileSeconds
  for (let [next] = order.asked; next && isDue(next.entry) && !signal.aborted; [next] = order.asked) {
    order.asked.shift()
    await settle(run, placed, next)
  }
}

const keyOf = ({ invoice, orderKey }: RetailReturn) => `${invoice}-${orderKey}`

async function askFor(run: Run, { orderId }: PlacedOrder, entry: RetailReturn): Promise<string | undefined> {
  const body = { lines: entry.lines, reason: `${entry.invoice} in the file` }
  const path = `/v1/orders/${orderId}/returns`
  const asked = await unlessRefused(run, () => sendFor(run, 'mall', path, keyOf(entry), body, returnAnswer))
  return asked?.returnId
}

async function settle(
  run: Run,
  { orderId, source }: PlacedOrder,
  { entry, returnId }: { entry: RetailReturn; returnId: string },
): Promise<void> {
  const step = (as: HubCaller, name: string, content: object) => {
    const path = `/v1/orders/${orderId}/returns/${returnId}/${name}`
    return sendFor(run, as, path, `${keyOf(entry)}-${name}`, content, returnAnswer)
  }
  const lines = entry.lines.map(({ lineNumber, quantity }) => ({
    lineNumber,
    restocked: quantity,
    writtenOff: 0,
  }))
  const settled = await unlessRefused(run, async () => {
    // No system may approve a return: a person does.
    await step('reviewer', 'decisions', { decision: 'approve' })
    await step('ops', 'receipt', {})
    return step('ops', 'inspection', { lines })
  })
  if (!settled) return
  addReturn(run.state.sent, entry, source)
  run.state.returnsOver += 1
  noteMove(run.state)
}

/** A refusal is counted; the table at the end shows it. */
async function unlessRefused<Answer>(run: Run, work: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HubRefusal)) throw error
    giveUp(run, error.code, 1)
    return undefined
  }
}
