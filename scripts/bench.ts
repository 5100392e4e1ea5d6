import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, figureTable, jsonLine } from '../bench/figure.ts'
import { measureAbnormal } from '../bench/figures/abnormal.ts'
import { measureAllocation } from '../bench/figures/allocation.ts'
import { measureAudit } from '../bench/figures/audit.ts'
import { measureBoard } from '../bench/figures/board.ts'
import { measureCheckout } from '../bench/figures/checkout.ts'
import { measureCheckoutHttp } from '../bench/figures/checkout-http.ts'
import { measureConsole } from '../bench/figures/console.ts'
import { measureCustomers } from '../bench/figures/customers.ts'
import { measureDataFlow } from '../bench/figures/data-flow.ts'
import { measureDecisions } from '../bench/figures/decisions.ts'
import { measureEvents } from '../bench/figures/events.ts'
import { measureExports } from '../bench/figures/exports.ts'
import { measureGrowth } from '../bench/figures/growth.ts'
import { measureHealthScore } from '../bench/figures/health-score.ts'
import { measureOrders } from '../bench/figures/orders.ts'
import { measurePushGrowth } from '../bench/figures/push-growth.ts'
import { measurePushToApplied } from '../bench/figures/push-to-applied.ts'
import { measurePushes } from '../bench/figures/pushes.ts'
import { measureReconciliation } from '../bench/figures/reconciliation.ts'
import { measureReplenishment } from '../bench/figures/replenishment.ts'
import { measureReplenishmentNight } from '../bench/figures/replenishment-night.ts'
import { measureReservations } from '../bench/figures/reservation.ts'
import { measureStartLatency } from '../bench/figures/start-latency.ts'
import { measureStatement } from '../bench/figures/statement.ts'
import { type BenchOptions, benchHelp, type FigureName, parseBenchOptions } from '../bench/options.ts'
import { Stage } from '../bench/stage.ts'
import { endHelpers } from './parts/cache.ts'
import { UsageError } from './parts/flags.ts'
import { elapsed, type Print, print } from './parts/progress.ts'
import { onStopRequest } from './parts/stop-request.ts'

/** By convention what a shell reports for a command that Ctrl-C ended. */
const interruptedExitCode = 130

/** The measurements in their order; orders and cpu come out of the same rounds, console and lighthouse of one hub. */
const measurements: {
  names: FigureName[]
  measure: (stage: Stage, say: Print, options: BenchOptions) => Promise<Figure[]>
}[] = [
  { names: ['allocation'], measure: measureAllocation },
  { names: ['reservation'], measure: measureReservations },
  { names: ['checkout'], measure: measureCheckout },
  { names: ['checkout-http'], measure: measureCheckoutHttp },
  { names: ['pushes'], measure: measurePushes },
  { names: ['push-to-applied'], measure: measurePushToApplied },
  {
    names: ['push-growth'],
    measure: (stage, say, { inboxRows }) => measurePushGrowth(stage, say, inboxRows),
  },
  { names: ['board'], measure: measureBoard },
  { names: ['exports'], measure: (stage, _say, { requests }) => measureExports(stage, requests) },
  {
    names: ['reconciliation'],
    measure: (stage, _say, { orders }) => measureReconciliation(stage, orders),
  },
  { names: ['statement'], measure: measureStatement },
  { names: ['growth'], measure: measureGrowth },
  { names: ['decisions'], measure: measureDecisions },
  { names: ['abnormal'], measure: measureAbnormal },
  { names: ['audit'], measure: measureAudit },
  {
    names: ['customers'],
    measure: (stage, _say, { orders }) => measureCustomers(stage, orders),
  },
  {
    names: ['health-score'],
    measure: (stage, _say, { orders }) => measureHealthScore(stage, orders),
  },
  {
    names: ['replenishment'],
    measure: (stage, say, { articles }) => measureReplenishment(stage, say, articles),
  },
  {
    names: ['replenishment-night'],
    measure: (stage, say, { orders }) => measureReplenishmentNight(stage, say, orders),
  },
  { names: ['console', 'lighthouse'], measure: measureConsole },
  { names: ['data-flow'], measure: (stage, _say, { orders }) => measureDataFlow(stage, orders) },
  { names: ['events'], measure: measureEvents },
  { names: ['start-latency'], measure: measureStartLatency },
  { names: ['orders', 'cpu'], measure: measureOrders },
]

async function main(): Promise<number> {
  const options = parseBenchOptions(process.argv.slice(2))
  const { json, help } = options
  if (help) {
    print(benchHelp)
    return 0
  }
  // Lines for people must not stand between those for programs.
  const say: Print = json ? (line) => console.error(line) : print
  // The benchmark fills and loads what it measures; it never does that to servers that somebody else runs.
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL', 'REDIS_URL', 'TEMPORAL_ADDRESS']) {
    delete process.env[name]
  }
  process.env.LOG_LEVEL = 'warn'
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-bench-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another user when we are root
  const stopping = new AbortController()
  void onStopRequest({
    stop: async () => {
      say('Stopping …')
      stopping.abort()
      endHelpers()
    },
    force: async () => process.exit(interruptedExitCode), // the exit hook ends the servers
  })
  const stage = new Stage({ folder, out: say, signal: stopping.signal })
  try {
    const figures = await measureAll(stage, options, say)
    if (json) for (const figure of figures) print(jsonLine(figure))
    else print(`\n${figureTable(figures)}`)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return interruptedExitCode
    console.error(error instanceof Error ? error.message : error)
    return 1
  } finally {
    // Lives that are cut off in the middle complain while the servers under them stop; what matters has been said.
    process.on('uncaughtException', () => undefined)
    process.on('unhandledRejection', () => undefined)
    await stage.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAll(stage: Stage, options: BenchOptions, say: Print): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { names: own, measure } of measurements) {
    const asked = own.filter((name) => options.names.includes(name))
    if (asked.length === 0) continue
    say(`Measuring ${asked.join(' and ')} …`)
    const startedAt = Date.now()
    const measured = await measure(stage, say, options)
    figures.push(
      ...measured.filter(({ name }) => own.length === 1 || asked.some((one) => name.startsWith(one))),
    )
    say(`  done in ${elapsed(startedAt)}`)
  }
  return figures
}

try {
  process.exit(await main())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(error instanceof UsageError ? 2 : 1)
}
