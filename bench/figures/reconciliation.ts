import type { RunView } from '../../contracts/reconciliation.ts'
import { type Figure, growthFigures, memoryFigures } from '../figure.ts'
import { inOwnProcess } from '../own-process.ts'
import { type Compared, fillBooks, WRONG_EVERY } from '../reconciled-books.ts'
import type { ReconcilingSettings } from '../reconciling-process.ts'
import type { Stage } from '../stage.ts'

/** What is measured at least. */
const ORDERS = 100_000
/** Beside a tenth: memory that grew with the lines would be ten times as much. */
const PART = 10
/** What the design allows for both sides of 100,000, in seconds. */
const ALLOWED_SECONDS = 60
const MOST_GROWTH = 1.5

/**
 * As many payments as settled lines, and as many orders as a platform has, of which some differ: how long a run takes, and how
 * far memory rises, beside a tenth, each size in a process of its own.
 *
 * @param most orders; fewer than 100,000 count as those
 */
export async function measureReconciliation(stage: Stage, most: number): Promise<Figure[]> {
  const orders = Math.max(ORDERS, most)
  return [...(await measureWith(stage, 'finance', orders)), ...(await measureWith(stage, 'channel', orders))]
}

async function measureWith(stage: Stage, counterpart: Compared, orders: number): Promise<Figure[]> {
  const few = await measure(stage, counterpart, Math.floor(orders / PART))
  const all = await measure(stage, counterpart, orders)
  const name = counterpart === 'finance' ? 'reconciliation' : `reconciliation-${counterpart}`
  const named = orders === ORDERS ? name : `${name}-1e${Math.round(Math.log10(orders))}`
  const growth = { times: PART, aimAtMost: MOST_GROWTH, against: 'a tenth of the orders' }
  const [time, cpu] = growthFigures(named, all.time, few.time, growth)
  const withinSeconds = { valueAtMost: (ALLOWED_SECONDS * orders) / ORDERS }
  return [
    ...(time ? [{ ...time, aim: withinSeconds }] : []),
    ...(cpu ? [cpu] : []),
    ...memoryFigures(named, all.memory, few.memory, 'a tenth of the orders'),
  ]
}

async function measure(stage: Stage, counterpart: Compared, orders: number) {
  const database = await stage.freshDatabase(`hub_bench_reconciliation_${counterpart}_${orders}`)
  await fillBooks(database, counterpart, orders)
  stage.check()
  const settings: ReconcilingSettings = { url: database.appUrl, counterpart, orders }
  const measured = await inOwnProcess<RunView>('reconciling-process.ts', settings, stage.signal)
  const run = measured.result
  const wrong = Math.floor(orders / WRONG_EVERY)
  const isRight = run.state === 'done' && run.result.pairs === orders - wrong && run.result.opened === wrong
  if (!isRight) throw new Error(`the run is not what was filled in: ${JSON.stringify(run)}`)
  return measured
}
