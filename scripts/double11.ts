import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { createDatabase, type Db } from '../store/database.ts'
import {
  type Backlog,
  type Figures,
  judge,
  readBacklog,
  readFigures,
  shopsPulledBefore,
  type Verdict,
} from './double11/judge.ts'
import { parseScrape, quantileMs, type Scrape, total } from './double11/metrics.ts'
import { type Double11Options, double11Help, parseDouble11Options } from './double11/options.ts'
import { createPlatformsOutside, type PlatformCounts, type SeenOrder } from './double11/outside.ts'
import { connectOrderWorkflows } from './double11/workflows.ts'
import { defaultApiPort, UsageError } from './parts/flags.ts'
import { type Hub, resetData } from './parts/hub.ts'
import { createHubClient, type HubClient } from './parts/hub-client.ts'
import { elapsed, print } from './parts/progress.ts'
import { loadSecrets } from './parts/secrets.ts'
import { startSeededHub } from './parts/seeded-hub.ts'
import { onStopRequest } from './parts/stop-request.ts'
import { platformSkuOf, SAMPLE_SHOPS, seedShops } from './seed-shops.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Beside `.data`: the play begins with an empty hub and must not touch anybody's. */
const dataDir = join(root, '.double11')

/** Connections per process: what the incident's hub ran out of, and fewer. */
const SMALL_POOL = '4'
/** What a platform waits for before it sends a message again; minutes in real life. */
const REDELIVER_SECONDS = '10'
const SKUS = 40
const UNITS_A_SKU = 20_000
/** Nobody listens there. */
const DEAD_LISTENER = 'http://127.0.0.1:59999/events'
/** The platform that answers 504, from when to when, as shares of the rush. */
const FAILING = { platform: 'pinduoduo', from: 0.15, to: 0.5 }
const REDIS_DIES_AT = 0.3
const WORKER_DIES_AT = 0.6
/** On the way of every push and call, all the time. */
const ROUGH_WAYS = {
  lost: 0.01,
  doubled: 0.1,
  reordered: 0.2,
  late: 0.05,
  delayMs: 2_000,
  slow: 0.02,
  slowMs: 1_000,
  cut: 0.002,
  cutAfterEffect: 0.01,
  garbage: 0.005,
  rateLimited: 0.01,
  tokenExpired: 0.002,
  regressed: 0.01,
}
const LOOK_AGAIN_MS = 1_000
/** Quiet for so many looks in a row: nothing is on its way any more. */
const QUIET_LOOKS = 5
/** More than the slowest machine needs; who needs longer does not come to rest. */
const REST_WITHIN_MS = 45 * 60_000

type Outside = ReturnType<typeof createPlatformsOutside>

async function main(): Promise<number> {
  const options = parseDouble11Options(process.argv.slice(2))
  if (options === 'help') {
    print(double11Help)
    return 0
  }
  const stopping = new AbortController()
  let hub: Hub | undefined
  void onStopRequest({
    stop: async () => {
      print('\nStopping …')
      stopping.abort()
    },
    force: async () => {
      await hub?.kill()
      process.exit(130)
    },
  })
  await resetData(dataDir)
  process.env.DATABASE_POOL_SIZE = SMALL_POOL
  process.env.SIMULATOR_REDELIVER_SECONDS = REDELIVER_SECONDS
  hub = await startSeededHub({ root, dataDir, apiPort: defaultApiPort, signal: stopping.signal })
  let ended = 130
  try {
    ended = await play(hub, options, stopping.signal)
    return ended
  } catch (error) {
    if (stopping.signal.aborted) return ended
    throw error
  } finally {
    await hub.stop()
    if (options.keep || ended === 1) print(`The data is left in ${basename(dataDir)}/.`)
    else await resetData(dataDir)
  }
}

async function play(hub: Hub, options: Double11Options, signal: AbortSignal): Promise<number> {
  const { info } = hub
  const client = createHubClient(info)
  const outside = createPlatformsOutside(info.simulator)
  const db = createDatabase(info.postgres, 2)
  const { payloadKeys } = loadSecrets(join(dataDir, 'secrets.json'))
  const workflows = connectOrderWorkflows(info.temporal, payloadKeys)
  try {
    await prepare(client, info.simulator)
    const startedAt = Date.now()
    print(`\n${options.orders} orders over ${SAMPLE_SHOPS.length} platforms within ${options.seconds} s …`)
    await beginRush(outside, options)
    await Promise.all([
      spoil(outside, info.pids, options.seconds * 1000, signal),
      untilRushIsOver(outside, signal),
    ])
    print(`The rush is over (${elapsed(startedAt)}); the hub works off what is left.`)
    const overAt = Date.now()
    const hasDrained = await untilRest(() => readBacklog(db, workflows), outside, signal)
    const drainSeconds = (Date.now() - overAt) / 1000
    print(`Nothing is on its way (${drainSeconds.toFixed(0)} s). What was lost is found by the next pulls …`)
    const isPulled = await untilPulled(db, outside, signal)
    const isAtRest = await untilRest(() => readBacklog(db, workflows), outside, signal)
    const pullSeconds = (Date.now() - overAt) / 1000
    const seen = await outside.orders()
    const [verdict, figures, ofApi, fetches] = await Promise.all([
      judge(db, seen),
      readFigures(db),
      scrape(new URL('/metrics', info.api), info.apiKeys.ops),
      scrape(info.metrics.channels).then((of) => total(of, 'hub_channel_fetches_total')),
    ])
    const counts = await Promise.all(
      SAMPLE_SHOPS.map(async ({ platform }) => ({ platform, ...(await outside.counts(platform)) })),
    )
    const backlog = await readBacklog(db, workflows)
    report({ seen, verdict, figures, scrape: ofApi, fetches, counts, backlog, drainSeconds, pullSeconds })
    const agrees = verdict.lost.length + verdict.wrong.length === 0
    return agrees && hasDrained && isPulled && isAtRest ? 0 : 1
  } finally {
    await workflows.close()
    await db.destroy()
  }
}

/** Shops, mappings, enough goods, and a listener to events that never answers. */
async function prepare(client: HubClient, simulator: string): Promise<void> {
  const skuIds = skus()
  for (const skuId of skuIds) {
    await client.send({
      as: 'ops',
      method: 'POST',
      path: '/v1/stock/adjustments',
      idempotencyKey: `double11-${skuId}`,
      body: { skuId, warehouseId: 'WH-HZ', quantityDelta: UNITS_A_SKU, reason: 'Double-11' },
      answer: z.unknown(),
    })
  }
  await seedShops(client, { simulator, skuIds })
  await client.send({
    as: 'ops',
    method: 'POST',
    path: '/v1/subscriptions',
    idempotencyKey: 'double11-dead-listener',
    body: { name: 'a listener that is down', url: DEAD_LISTENER, eventTypes: ['order.*'] },
    answer: z.unknown(),
  })
}

function skus(): string[] {
  return Array.from({ length: SKUS }, (_, index) => `SKU-${String(index + 1).padStart(4, '0')}`)
}

async function beginRush(
  outside: Outside,
  { seed, orders, seconds, remarks }: Double11Options,
): Promise<void> {
  for (const { platform } of SAMPLE_SHOPS) await outside.mischief(platform, ROUGH_WAYS)
  await outside.rush({
    seed,
    orders,
    seconds,
    remarks,
    shops: SAMPLE_SHOPS.map(({ platform, platformShopId }, index) => ({
      platform,
      platformShopId,
      orderPrefix: `30012345${index + 1}`,
      skus: skus().map((skuId, position) => ({
        ...platformSkuOf(skuId),
        title: skuId,
        unitPriceCents: 990 + position * 100,
      })),
    })),
  })
}

/** What goes wrong in the middle of it. */
async function spoil(
  outside: Outside,
  pids: Readonly<Record<string, number>>,
  rushMs: number,
  signal: AbortSignal,
): Promise<void> {
  const at = async (share: number, act: () => unknown) => {
    await delay(share * rushMs, undefined, { signal })
    await act()
  }
  const kill = (name: string) => {
    const pid = pids[name]
    if (pid === undefined) return print(`  ${name} is not ours to kill`)
    print(`  ${name} is killed`)
    process.kill(pid, 'SIGKILL')
  }
  await Promise.all([
    at(FAILING.from, () => {
      print(`  ${FAILING.platform} answers 504`)
      return outside.mischief(FAILING.platform, { gatewayTimeout: 1 })
    }),
    at(FAILING.to, () => {
      print(`  ${FAILING.platform} answers again`)
      return outside.mischief(FAILING.platform, { gatewayTimeout: 0 })
    }),
    at(REDIS_DIES_AT, () => kill('redis')),
    at(WORKER_DIES_AT, () => kill('worker')),
  ])
}

async function untilRushIsOver(outside: Outside, signal: AbortSignal): Promise<void> {
  while (!(await outside.isRushOver())) await delay(LOOK_AGAIN_MS, undefined, { signal })
}

/** Waits until nothing is on its way: no push, no hint, no message, no waybill, no pick task. @returns whether it came to that */
async function untilRest(
  look: () => Promise<Backlog>,
  outside: Outside,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + REST_WITHIN_MS
  let saidAt = 0
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const backlog = await look()
    const pushes = await Promise.all(
      SAMPLE_SHOPS.map(async ({ platform }) => (await outside.counts(platform)).pending),
    )
    const pending = pushes.reduce((sum, count) => sum + count, 0)
    const rest = Object.values(backlog).reduce((sum, count) => sum + count, pending)
    quiet = rest === 0 ? quiet + 1 : 0
    if (Date.now() > deadline) {
      print('It does not come to rest; what there is now is compared.')
      return false
    }
    if (Date.now() - saidAt > 10_000) {
      saidAt = Date.now()
      print(
        `  pushes ${pending}, hints ${backlog.hints}, messages ${backlog.messages}, deliveries ${backlog.deliveries}, pick tasks ${backlog.waiting}, in workflows ${backlog.underWay}`,
      )
    }
    await delay(LOOK_AGAIN_MS, undefined, { signal })
  }
  return true
}

/** Waits until every shop has been pulled beyond the last change: pushes that were lost are found then. @returns whether it was */
async function untilPulled(db: Db, outside: Outside, signal: AbortSignal): Promise<boolean> {
  const lastChangeMs = Math.max(0, ...(await outside.orders()).map((order) => order.modifiedAtMs))
  const deadline = Date.now() + REST_WITHIN_MS
  while (Date.now() < deadline) {
    const behind = await shopsPulledBefore(db, new Date(lastChangeMs))
    if (behind.length === 0) return true
    await delay(LOOK_AGAIN_MS, undefined, { signal })
  }
  print('Some shops were not pulled in time.')
  return false
}

async function scrape(url: string | URL, key?: string): Promise<Scrape> {
  const response = await fetch(url, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new Error(`/metrics: ${response.status}`)
  return parseScrape(await response.text())
}

function report(result: {
  seen: readonly SeenOrder[]
  verdict: Verdict
  figures: Figures
  scrape: Scrape
  fetches: number
  counts: ({ platform: string } & PlatformCounts)[]
  backlog: Backlog
  drainSeconds: number
  pullSeconds: number
}): void {
  const { seen, verdict, figures, scrape, fetches, counts, backlog, drainSeconds, pullSeconds } = result
  const sum = (name: 'pushes' | 'calls' | 'pending') => counts.reduce((all, entry) => all + entry[name], 0)
  const ms = (share: number) => {
    const value = quantileMs(scrape, 'hub_push_acknowledgement_seconds', share)
    return value === null ? 'none' : `≤ ${value} ms`
  }
  const rows: [string, string | number][] = [
    ['orders on the platforms', seen.length],
    ['pushes sent (without doubles)', sum('pushes')],
    ['pushes acknowledged', sum('pushes') - sum('pending')],
    ['… over HTTP, doubles too', total(scrape, 'hub_pushes_total', 'outcome="accepted"')],
    ['hints kept, each once', figures.hints],
    ['fetches of orders', fetches],
    ['calls to the platforms, of every kind', sum('calls')],
    ['signals of payment, stock and platform', figures.signals],
    ['… an order', figures.orders === 0 ? 0 : (figures.signals / figures.orders).toFixed(2)],
    ['orders that agree', verdict.applied],
    ['pushes pending', sum('pending')],
    ['hints and messages pending', backlog.hints + backlog.messages + backlog.underWay],
    ['orders lost', verdict.lost.length],
    ['orders with a wrong status', verdict.wrong.length],
    ['acknowledgement p50', ms(0.5)],
    ['acknowledgement p99', ms(0.99)],
    ['time to drain after the rush', `${drainSeconds.toFixed(0)} s`],
    ['until pulls had found what was lost', `${pullSeconds.toFixed(0)} s`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  print('')
  for (const [name, value] of rows) print(`  ${name.padEnd(width)}  ${value}`)
  for (const { platform, pushes, calls } of counts) print(`    ${platform}: ${pushes} pushes, ${calls} calls`)
  for (const line of [...verdict.lost, ...verdict.wrong].slice(0, 20)) print(`  ✗ ${line}`)
  print(
    verdict.lost.length + verdict.wrong.length === 0
      ? '\nEvery order on the platforms agrees with the hub.'
      : '\nThe hub and the platforms do not agree.',
  )
}

try {
  process.exit(await main())
} catch (error) {
  console.error(error instanceof UsageError || !(error instanceof Error) ? String(error) : error.stack)
  process.exit(error instanceof UsageError ? 2 : 1)
}
