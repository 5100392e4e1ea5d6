import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endHelpers } from './parts/cache.ts'
import { defaultApiPort } from './parts/flags.ts'
import { print, withProgress } from './parts/progress.ts'
import { type UsableHub, useOrStartHub } from './parts/seeded-hub.ts'
import { onStopRequest } from './parts/stop-request.ts'
import { type Classification, classify, sumOfDays } from './replay/classify.ts'
import { attribution, dataset, obtainDataset, readDataset } from './replay/dataset.ts'
import { parseReplayOptions, type ReplayOptions, replayHelp } from './replay/options.ts'
import { type RunOutcome, runReplay } from './replay/run.ts'
import { selectDays } from './replay/selection.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** By convention 130 is what a shell reports for a command that Ctrl-C ended. */
const exitCodes: Record<RunOutcome, number> = { equal: 0, different: 1, interrupted: 130 }

/** Reads and sorts the whole file; a window alone could not tell which sale a return belongs to. */
async function loadClassification(signal: AbortSignal): Promise<Classification> {
  const path = await obtainDataset()
  const lines = await withProgress(`Reading ${dataset.lines} lines`, () => readDataset(path, signal))
  const classification = classify(lines)
  const { invoices } = sumOfDays(classification.days.values())
  const count = Object.values(invoices).reduce((sum, number) => sum + number, 0)
  if (lines.length !== dataset.lines || count !== dataset.invoices) {
    throw new Error(`the file has ${lines.length} lines and ${count} invoices, not what it is known to have`)
  }
  return classification
}

/**
 * Replays the selected days through the hub of a data folder, started for it unless it runs, and prints the report.
 * Resolves with the exit code: 0 when the hub's totals equal the file's, 1 when they differ, 130 when it was
 * interrupted.
 */
export async function replay(options: ReplayOptions, dataDir: string): Promise<number> {
  const stopping = new AbortController()
  const { signal } = stopping
  let hub: UsableHub | undefined
  // Stopping is nothing but ending early: the way out below is the same for both.
  void onStopRequest({
    stop: async () => {
      print('\nStopping …')
      stopping.abort()
      endHelpers()
    },
    force: async () => {
      print('Ending everything now')
      await hub?.kill()
      process.exit(exitCodes.interrupted) // whatever is still starting is killed with us
    },
  })
  try {
    print(`Real orders: ${attribution}`)
    const classification = await loadClassification(signal)
    const selection = selectDays(classification, options)
    const { orders, returns } = selection
    if (orders.length === 0) {
      print(
        `There are no orders in the ${options.days} day(s) from ${options.fromDay}; the file covers 2009-12-01 to 2011-12-09.`,
      )
      return 0
    }
    hub = await useOrStartHub({ root, dataDir, apiPort: defaultApiPort, signal })
    signal.throwIfAborted()
    print(
      `Replaying ${options.days} day(s) from ${options.fromDay}: ${orders.length} orders, ${returns.length} returns.`,
    )
    return exitCodes[
      await runReplay(hub.info, classification, selection, { speed: options.speed, dataDir, signal })
    ]
  } catch (error) {
    // Interrupted before the first order: there is nothing to show.
    if (signal.aborted) return exitCodes.interrupted
    throw error
  } finally {
    await hub?.end()
  }
}

async function main(): Promise<number> {
  const options = parseReplayOptions(process.argv.slice(2))
  if (!options.help) return replay(options, join(root, '.data'))
  print(replayHelp)
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exit(await main())
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
