import { setTimeout as delay } from 'node:timers/promises'
import { returnAnswer } from '../../contracts/returns.ts'
import { type HubCaller, HubRefusal } from '../parts/hub-client.ts'
import { addReturn } from './report.ts'
import type { RetailReturn } from './return-matching.ts'
import { countOne, inParallel, noteMove, type PlacedOrder, type Run, sendFor } from './run-state.ts'

/** Asking has lanes of its own: it must happen within the after-sales window, settling may take its time. */
const askedAtOnce = 8
const settledAtOnce = 4
/** How often it is looked who has got a parcel; it costs the hub nothing. */
const lookMs = 100

/** A return that the hub has accepted. */
interface Asked {
  entry: RetailReturn
  returnId: string
  placed: PlacedOrder
}

/**
 * Carries out the returns. Each is asked for as soon as its order has arrived, which keeps the order open whatever
 * its after-sales window is, and settled when the file's cancellation is due: that is the credit note, the last step.
 * What cannot be carried out is counted with its reason.
 */
export async function returnOrders(run: Run): Promise<void> {
  const { state, signal } = run
  const toAsk = new Map<string, RetailReturn[]>()
  for (const entry of run.selection.returns) {
    const known = toAsk.get(entry.orderKey)
    if (known) known.push(entry)
    else toAsk.set(entry.orderKey, [entry])
  }
  const toSettle = new Set<Asked>()
  const rounds = async (isOver: () => boolean, round: () => Promise<void>) => {
    while (!isOver() && !signal.aborted) {
      await round()
      await delay(lookMs, undefined, { signal }).catch(() => undefined)
    }
  }
  let hasAskedForAll = false
  const asking = rounds(
    () => toAsk.size === 0,
    () => askForWhatArrived(run, toAsk, toSettle),
  ).then(() => {
    hasAskedForAll = true
  })
  const settling = rounds(
    () => hasAskedForAll && toSettle.size === 0,
    () => settleWhatIsDue(run, toSettle),
  )
  await Promise.all([asking, settling])
  const left = [...toAsk.values()].flat().length + toSettle.size
  if (left > 0) giveUp(run, state.hasStalled ? 'its order did not arrive' : 'stopped before', left)
}

function giveUp({ state }: Run, reason: string, count: number): void {
  countOne(state.sent.returnsLeft, reason, count)
  state.returnsOver += count
}

async function askForWhatArrived(
  run: Run,
  toAsk: Map<string, RetailReturn[]>,
  toSettle: Set<Asked>,
): Promise<void> {
  const { state, signal } = run
  const ready: { placed: PlacedOrder; entries: RetailReturn[] }[] = []
  for (const [orderKey, entries] of toAsk) {
    const placed = state.placed.get(orderKey)
    if (!placed && !state.isPlacingDone) continue
    if (placed && !state.arrivedOrderIds.has(placed.orderId)) continue
    if (placed) ready.push({ placed, entries })
    else {
      giveUp(run, 'the hub refused the order', entries.length)
      toAsk.delete(orderKey)
    }
  }
  await inParallel(ready, askedAtOnce, signal, async ({ placed, entries }) => {
    for (let [entry] = entries; entry && !signal.aborted; [entry] = entries) {
      const returnId = await askFor(run, placed, entry)
      entries.shift()
      if (returnId !== undefined) toSettle.add({ entry, returnId, placed })
    }
    if (entries.length === 0) toAsk.delete(placed.source.key)
  })
}

async function settleWhatIsDue(run: Run, toSettle: Set<Asked>): Promise<void> {
  const { state, signal, speed } = run
  const isDue = ({ entry }: Asked) =>
    speed === null || state.isPlacingDone || entry.atSeconds <= state.fileSeconds
  await inParallel([...toSettle].filter(isDue), settledAtOnce, signal, async (asked) => {
    toSettle.delete(asked)
    await settle(run, asked)
  })
}

const keyOf = ({ invoice, orderKey }: RetailReturn) => `${invoice}-${orderKey}`

async function askFor(run: Run, { orderId }: PlacedOrder, entry: RetailReturn): Promise<string | undefined> {
  const body = { lines: entry.lines, reason: `${entry.invoice} in the file` }
  const path = `/v1/orders/${orderId}/returns`
  const asked = await unlessRefused(run, () => sendFor(run, 'mall', path, keyOf(entry), body, returnAnswer))
  return asked?.returnId
}

async function settle(run: Run, { entry, returnId, placed: { orderId, source } }: Asked): Promise<void> {
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
