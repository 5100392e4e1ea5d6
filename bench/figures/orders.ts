import type { Client } from '@temporalio/client'
import { type LoopResult, measureClosedLoop } from '../closed-loop.ts'
import { cpuMilliseconds } from '../cpu-time.ts'
import type { Figure } from '../figure.ts'
import { REFERENCE_EVENTS } from '../reference-workflow.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

/** More than two processors can work off at once, so that the servers are busy and not the clock. */
const CONCURRENCY = 64
const ROUNDS = 3
const WARM_UP_MS = 15_000
const WINDOW_MS = 15_000
/** Other programs with more than this share of the machine make a figure worthless. */
const TOLERATED_FOREIGN = 0.1
/** Histories that are counted after each round. */
const COUNTED = 25

type Life = { live: () => Promise<string> }

/**
 * Orders and reference workflows in turns, on the same Temporal server, each with its own worker process. The medians
 * of the rounds give the rates and the processor time for each.
 */
export async function measureOrders(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const hub = await stage.hub()
  const reference = await stage.reference()
  const orders: LoopResult[] = []
  const references: LoopResult[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    references.push(await runRound(stage, reference, hub.temporalPid, exactly(REFERENCE_EVENTS)))
    orders.push(
      await runRound(stage, hub, hub.temporalPid, (counts) => say(`  events an order: ${mean(counts)}`)),
    )
    say(
      `  round ${round} of ${ROUNDS}: ${text(orders.at(-1))} orders, ${text(references.at(-1))} reference workflows`,
    )
  }
  const foreign = Math.max(...[...orders, ...references].map((result) => result.foreign))
  const isDisturbed = foreign > TOLERATED_FOREIGN
  if (isDisturbed)
    say(
      `  other programs had up to ${(foreign * 100).toFixed(0)} % of the machine: close them and measure again`,
    )
  const middle = (results: LoopResult[], of: (result: LoopResult) => number) => median(results.map(of))
  const figure = (name: string, unit: string, of: (result: LoopResult) => number): Figure => ({
    name,
    value: middle(orders, of),
    unit,
    baseline: middle(references, of),
    against: `reference workflow of ${REFERENCE_EVENTS} events`,
  })
  return [
    {
      ...figure('orders', 'orders/s', (result) => result.perSecond),
      // Two programs that starve alike look alike fast: such a run neither meets nor misses the aim.
      ...(isDisturbed ? {} : { aim: { atLeast: 0.7 } }),
    },
    figure('cpu-worker', 'ms/order', ({ growth }) => growth[0] ?? Number.NaN),
    figure('cpu-temporal', 'ms/order', ({ growth }) => growth[1] ?? Number.NaN),
  ]
}

async function runRound(
  stage: Stage,
  part: { life: Life; client: Client; workerPid: () => number },
  temporalPid: () => number,
  judge: (eventCounts: number[]) => void,
): Promise<LoopResult> {
  const ended: string[] = []
  const result = await measureClosedLoop(
    async () => {
      ended.push(await part.life.live())
    },
    {
      concurrency: CONCURRENCY,
      warmUpMs: WARM_UP_MS,
      windowMs: WINDOW_MS,
      signal: stage.signal,
      sample: () => [cpuMilliseconds(part.workerPid()), cpuMilliseconds(temporalPid())],
    },
  )
  stage.check()
  const every = Math.max(1, Math.floor(ended.length / COUNTED))
  judge(
    await countEvents(
      part.client,
      ended.filter((_, index) => index % every === 0),
    ),
  )
  return result
}

async function countEvents(client: Client, workflowIds: string[]): Promise<number[]> {
  const counts: number[] = []
  for (const id of workflowIds) counts.push((await client.workflow.getHandle(id).describe()).historyLength)
  return counts
}

/** The middle one: on a busy machine a task may time out and leave three events more in its own history. */
function exactly(expected: number): (counts: number[]) => void {
  return (counts) => {
    if (median(counts) !== expected)
      throw new Error(`reference workflows made ${median(counts)} events and not ${expected}`)
  }
}

function mean(counts: number[]): string {
  return (counts.reduce((sum, count) => sum + count, 0) / counts.length).toFixed(1)
}

function text(result: LoopResult | undefined): string {
  return `${result?.perSecond.toFixed(1)}/s (${result?.completed})`
}
