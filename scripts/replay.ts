import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './parts/flags.ts'
import { print, withProgress } from './parts/progress.ts'
import { readRunInfo } from './parts/run-file.ts'
import { onStopRequest } from './parts/stop-request.ts'
import { type Classification, classify, invoiceKinds, lineBuckets } from './replay/classify.ts'
import { attribution, dataset, obtainDataset, readDataset } from './replay/dataset.ts'
import { driveRun } from './replay/drive.ts'
import { createHubClient, type HubAccess } from './replay/hub-client.ts'
import { parseReplayOptions, type ReplayOptions, replayHelp } from './replay/options.ts'
import { prepareMasterData, readStockTotals } from './replay/prepare.ts'
import { progressLine, showProgress } from './replay/progress-bar.ts'
import { checksOf, reportOf, table, volumeOf } from './replay/report.ts'
import { createRunState } from './replay/run-state.ts'
import { type Selection, selectDays } from './replay/selection.ts'
import { awaitHubTotals } from './replay/totals.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** By convention what a shell reports for a command that Ctrl-C ended. */
const interruptedExitCode = 130

/** Reads and sorts the whole file; a window alone could not tell which sale a return belongs to. */
async function loadClassification(): Promise<Classification> {
  const path = await obtainDataset()
  const lines = await withProgress(`Reading ${attribution}`, () => readDataset(path))
  const classification = classify(lines)
  const invoices = Object.values(classification.invoices).reduce((sum, count) => sum + count, 0)
  if (lines.length !== dataset.lines || invoices !== dataset.invoices) {
    throw new Error(
      `the file has ${lines.length} lines and ${invoices} invoices, not what it is known to have`,
    )
  }
  return classification
}

function fileTable({ lines, invoices, notGoods }: Classification): string {
  const codes = [...notGoods].sort(([, a], [, b]) => b.lines - a.lines)
  return [
    '',
    'The file (values in pence)',
    table([
      ['', 'lines', 'units', 'value'],
      ...lineBuckets.map((bucket) => [bucket, lines[bucket].lines, lines[bucket].units, lines[bucket].pence]),
      ['all lines', dataset.lines, '', ''],
    ]),
    '',
    table([
      ...invoiceKinds.map((kind) => [`invoices: ${kind}`, invoices[kind]]),
      ['all invoices', dataset.invoices],
    ]),
    '',
    `  not goods, by code: ${codes.map(([code, { lines }]) => `${code} ${lines}`).join(', ')}`,
    '',
  ].join('\n')
}

/**
 * Replays the selected days through a running hub and prints the report. Resolves with the exit code: 0 when the
 * hub's totals equal the file's, 1 when they differ, 130 when it was interrupted.
 */
export async function replay(options: ReplayOptions, info: HubAccess): Promise<number> {
  const stopping = new AbortController()
  const stopRequested = onStopRequest({
    stop: async () => stopping.abort(),
    force: async () => process.exit(interruptedExitCode),
  })
  // It resolves at the first Ctrl-C; this function ends by itself then.
  void stopRequested
  print(`Real orders: ${attribution}`)
  const classification = await loadClassification()
  print(fileTable(classification))
  const selection = selectDays(classification, options)
  if (selection.orders.length === 0) {
    print(
      `There are no orders in the ${options.days} day(s) from ${options.fromDay}; the file covers 2009-12-01 to 2011-12-09.`,
    )
    return 0
  }
  return stopping.signal.aborted
    ? interruptedExitCode
    : run(options, info, classification, selection, stopping.signal)
}

async function run(
  { speed, fromDay, days }: ReplayOptions,
  info: HubAccess,
  { articles }: Classification,
  selection: Selection,
  signal: AbortSignal,
): Promise<number> {
  const client = createHubClient(info)
  const runId = new Date().toISOString().replace(/\D/g, '').slice(0, 17)
  const { orders, returns, unitsOfEarlierOrders } = selection
  print(
    `Replaying ${days} day(s) from ${fromDay}: ${orders.length} orders and ${returns.length} returns of them, run ${runId}.`,
  )
  if (unitsOfEarlierOrders > 0)
    print(`${unitsOfEarlierOrders} units came back in these days from orders before them; they stay out.`)
  const { storeId, skus, units } = await withProgress('Preparing articles and stock', () =>
    prepareMasterData(client, { runId, orders, articles }),
  )
  print(`Store ${storeId}, ${skus} articles, stock for ${units} units in each of three warehouses.`)
  const before = await readStockTotals(client)
  const state = createRunState()
  const startedAt = Date.now()
  const endProgress = showProgress(() => progressLine(state, selection))
  try {
    await driveRun({ client, runId, storeId, selection, speed, signal, state })
  } finally {
    endProgress()
  }
  const seconds = (Date.now() - startedAt) / 1_000
  // A run that was interrupted can only be held against what it had sent.
  const expected = signal.aborted ? state.sent : volumeOf(orders, returns)
  const totals = await awaitHubTotals(client, { storeId, before, expected })
  print(reportOf(state.sent, expected, totals))
  print(
    `${state.sent.orders} orders in ${seconds.toFixed(0)} s, ${(state.sent.orders / seconds).toFixed(1)} per second.`,
  )
  if (signal.aborted) {
    print('Interrupted: the table covers what had been sent by then.')
    return interruptedExitCode
  }
  return checksOf(expected, totals).every(({ file, hub }) => file === hub) ? 0 : 1
}

async function main(): Promise<number> {
  const options = parseReplayOptions(process.argv.slice(2))
  if (options.help) {
    print(replayHelp)
    return 0
  }
  const info = readRunInfo(join(root, '.data'))
  if (!info)
    throw new UsageError(
      'No running hub was found (.data/run.json): start it first with npm start, then run this again.',
    )
  return replay(options, info)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exit(await main())
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
