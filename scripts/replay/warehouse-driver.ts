import { setTimeout as delay } from 'node:timers/promises'
import { pickTaskEventAnswer, pickTaskPage } from '../../contracts/pick-tasks.ts'
import { HubRefusal } from './hub-client.ts'
import { pages } from './prepare.ts'
import { countOne, hasStalled, inParallel, noteMove, type Run, sendFor } from './run-state.ts'

const packingAtOnce = 8
/** A warehouse looks at its screen this often while there is nothing to do. */
const defaultPauseMs = 500

/** Packs the run's pick tasks as they come, until every order is packed; tasks of other orders stay untouched. */
export async function packOrders(run: Run): Promise<void> {
  const { client, signal, state, pauseMs = defaultPauseMs } = run
  while (!signal.aborted) {
    const own: { pickTaskId: string; orderId: string }[] = []
    const query = new URLSearchParams({ state: 'open', sort: 'oldest', limit: '200' })
    for await (const task of pages(client, '/v1/pick-tasks', query, pickTaskPage)) {
      if (state.orderIds.has(task.orderId)) own.push(task)
      if (signal.aborted) return
    }
    await inParallel(own, packingAtOnce, signal, (task) => pack(run, task))
    if (own.length > 0) continue
    const isDone =
      state.isPlacingDone && [...state.orderIds].every((orderId) => state.packedOrderIds.has(orderId))
    if (isDone || hasStalled(run)) return
    await delay(pauseMs, undefined, { signal })
  }
}

async function pack(
  run: Run,
  { pickTaskId, orderId }: { pickTaskId: string; orderId: string },
): Promise<void> {
  const event = {
    type: 'packed',
    eventId: `replay-${pickTaskId}`,
    waybillNumber: `RP${pickTaskId.replaceAll('-', '').toUpperCase()}`,
    courier: 'sim',
  }
  const path = `/v1/pick-tasks/${pickTaskId}/events`
  try {
    await sendFor(run, 'ops', path, `packed-${pickTaskId}`, event, pickTaskEventAnswer)
  } catch (error) {
    if (!(error instanceof HubRefusal)) throw error
    // Somebody withdrew the task in between; the table at the end shows what became of the order.
    countOne(run.state.sent.refused, `packing: ${error.code}`)
  }
  run.state.packedOrderIds.add(orderId)
  noteMove(run.state)
}
