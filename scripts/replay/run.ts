import { createHubClient, type HubClient } from '../parts/hub-client.ts'
import { openOrderChanges } from '../parts/order-changes.ts'
import { print, withProgress } from '../parts/progress.ts'
import type { RunInfo } from '../parts/run-file.ts'
import { replayLife, replayLifeWithoutReturns, shortenDeadlines } from '../parts/short-deadlines.ts'
import type { Classification } from './classify.ts'
import { driveRun } from './drive.ts'
import type { ReplayOptions } from './options.ts'
import { quickenOutside } from './outside.ts'
import { prepareMasterData, readStockTotals } from './prepare.ts'
import { progressLine, showProgress } from './progress-bar.ts'
import { checksOf, fileReport, reportOf, volumeOf } from './report.ts'
import { createRunState, type RunState } from './run-state.ts'
import type { Selection } from './selection.ts'
import { awaitHubTotals } from './totals.ts'

/** Payments and refunds reach the lists a moment after their answer; longer than this is a difference. */
const settleMs = 60_000
/** What cannot agree any more need not be waited for. */
const settleIncompleteMs = 5_000
/** Whoever presses Ctrl-C wants to see the table, even if a payment is still on its way. */
const settleInterruptedMs = 15_000

export type RunOutcome = 'equal' | 'different' | 'interrupted'

/** Replays a selection through a hub and prints the report. */
export async function runReplay(
  hub: RunInfo,
  { articles }: Classification,
  selection: Selection,
  { speed, dataDir, signal }: Pick<ReplayOptions, 'speed'> & { dataDir: string; signal: AbortSignal },
): Promise<RunOutcome> {
  const client = createHubClient(hub)
  const runId = new Date().toISOString().replace(/\D/g, '').slice(0, 17)
  const { orders, returns } = selection
  const prepare = () => prepareMasterData(client, { runId, orders, articles })
  const { storeId, skus, units } = await withProgress('Preparing articles and stock', prepare)
  print(`Store ${storeId}, ${skus} articles, stock for ${units} units in each of three warehouses.`)
  const before = await readStockTotals(client)
  const state = createRunState()
  const openChanges = (until: AbortSignal) => openOrderChanges(hub, until)
  const seconds = await timed(() =>
    inShortTime({ hub, client, dataDir, withReturns: returns.length > 0 }, () =>
      withBar(state, selection, () =>
        driveRun({ client, openChanges, runId, storeId, selection, speed, signal, state }),
      ),
    ),
  )
  // A run that was interrupted can only be held against what it had sent.
  const expected = signal.aborted ? state.sent : volumeOf(orders, returns)
  const returnOrderIds = [...new Set(returns.map(({ orderKey }) => orderKey))]
    .map((orderKey) => state.placed.get(orderKey)?.orderId)
    .filter((orderId) => orderId !== undefined)
  const query = { storeId, before, returnOrderIds }
  const isIncomplete = state.sent.refused.size + state.sent.returnsLeft.size > 0
  const withinMs = signal.aborted ? settleInterruptedMs : isIncomplete ? settleIncompleteMs : settleMs
  const count = () => awaitHubTotals(client, query, expected, withinMs)
  const totals = await withProgress("Reading the hub's totals", count)
  print(fileReport(selection.file, selection.unitsOfEarlierOrders))
  print(reportOf(state.sent, expected, totals, signal.aborted ? 'not yet' : 'DIFFERENT'))
  print(speedLine(state, seconds))
  if (state.hasStalled) print('Nothing had moved for minutes; what was left was not waited for.')
  if (signal.aborted) {
    print('Interrupted: the table covers what had been sent by then.')
    return 'interrupted'
  }
  return checksOf(expected, totals).every(({ file, hub: found }) => file === found) ? 'equal' : 'different'
}

/** Short deadlines and quick parcels while the work goes on. */
async function inShortTime(
  {
    hub,
    client,
    dataDir,
    withReturns,
  }: { hub: RunInfo; client: HubClient; dataDir: string; withReturns: boolean },
  work: () => Promise<void>,
): Promise<void> {
  const restoreOutside = await quickenOutside(hub.simulator)
  try {
    const life = withReturns ? replayLife : replayLifeWithoutReturns
    const restoreDeadlines = await shortenDeadlines(client, dataDir, life, 'replay of real orders')
    try {
      await work()
    } finally {
      if (!(await restoreDeadlines(client)))
        print(
          'The hub was gone before the short deadlines of the replay could be taken back; the next start does it.',
        )
    }
  } finally {
    await restoreOutside()
  }
}

async function withBar(state: RunState, selection: Selection, work: () => Promise<void>): Promise<void> {
  const end = showProgress(() => progressLine(state, selection))
  try {
    await work()
  } finally {
    end()
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1_000
}

function speedLine(state: RunState, seconds: number): string {
  const { sent, placed, arrivedOrderIds, placedWithinMs, arrivedWithinMs } = state
  const rate = (count: number, ms: number) => (ms === 0 ? '–' : (count / (ms / 1_000)).toFixed(1))
  const lines = [...placed.values()].reduce((sum, { source }) => sum + source.lines.length, 0)
  return (
    `${sent.orders} orders with ${lines} lines in ${seconds.toFixed(0)} s: ${rate(sent.orders, placedWithinMs)} checkouts a second, ` +
    `${rate(arrivedOrderIds.size, arrivedWithinMs)} orders a second from checkout to the customer's door.`
  )
}
