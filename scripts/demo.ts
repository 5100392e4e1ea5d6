import { randomInt } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createPrng } from '../simulator/people.ts'
import { keepRestocking, loadCatalogue } from './demo/catalogue.ts'
import { streamChannelOrders } from './demo/channels.ts'
import { tellCustomers } from './demo/customers.ts'
import { createOutside } from './demo/outside.ts'
import { createPatientHub } from './demo/patient-hub.ts'
import { type Scenario, scenarioOf } from './demo/scenarios.ts'
import type { Shop } from './demo/shop.ts'
import { watchStates } from './demo/watch.ts'
import { createHubClient, type HubAccess, HubRefusal } from './parts/hub-client.ts'
import { type Print, print } from './parts/progress.ts'
import { demoLife, shortenDeadlines } from './parts/short-deadlines.ts'

export interface DemoOptions extends HubAccess {
  /** Where the simulated outside world listens. */
  simulator: string
  /** Where it is remembered which deadlines held before. */
  dataDir: string
  signal: AbortSignal
  ordersPerMinute?: number
  out?: Print
}

/** Three a second: lively, and little for the hub. */
const defaultOrdersPerMinute = 180
/** Orders that are looked after at once; while the hub is away no more are begun. */
const mostAtOnce = 400

/**
 * Streams realistic orders over HTTP until the signal, so that within a minute there are orders in every state.
 * Shortens the deadlines of new orders meanwhile, and puts them back at the end if the hub is still there.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { signal, simulator, ordersPerMinute = defaultOrdersPerMinute, out = print } = options
  // Hundreds of orders wait for this one signal at once; that is no leak.
  setMaxListeners(0, signal)
  const hub = createPatientHub(options, signal)
  const prng = createPrng(randomInt(2 ** 32))
  try {
    const restoreDeadlines = await shortenDeadlines(
      hub,
      options.dataDir,
      demoLife,
      'demo: a whole life within a minute',
    )
    await tellCustomers(hub)
    const catalogue = await loadCatalogue(hub)
    const outside = createOutside(simulator, signal)
    const counts = { placed: 0, soldOut: 0 }
    const shop: Shop = { hub, outside, catalogue, prng, signal, counts }
    out(`\nDemo: ${ordersPerMinute} orders a minute; 15 s to pay, 25 s to return. Ctrl-C ends it.`)
    const startedAt = Date.now()
    const parts = [
      streamOrders(shop, ordersPerMinute, out),
      streamChannelOrders(hub, { simulator, skuIds: catalogue.skus.map(({ id }) => id), signal }),
      watchStates(shop, startedAt, out),
      outside.keepRough(),
      keepRestocking(hub, prng, signal),
    ].map((part) => part.catch(unlessStopped(signal)))
    await Promise.all(parts)
    out(`Demo: ${counts.placed} orders placed, ${counts.soldOut} refused because the goods were gone.`)
    if (!(await restoreDeadlines(createHubClient(options))))
      out('The hub was gone before the demo’s short deadlines could be taken back; the next start does it.')
  } catch (error) {
    unlessStopped(signal)(error)
  }
}

/** What a stop interrupts is no failure. */
function unlessStopped(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error
  }
}

async function streamOrders(shop: Shop, ordersPerMinute: number, out: Print): Promise<void> {
  const { prng, signal } = shop
  const running = new Set<Promise<void>>()
  const told = new Set<string>()
  for (let index = 0; !signal.aborted; index += 1) {
    if (running.size >= mostAtOnce) await Promise.race(running)
    const scenario = scenarioOf(index, prng)
    const order = scenario(shop)
      .catch((error: unknown) => {
        if (!signal.aborted) tellOnce(told, scenario, error, out)
      })
      .finally(() => running.delete(order))
    running.add(order)
    // Customers do not come like clockwork.
    await delay((60_000 / ordersPerMinute) * (0.5 + prng()), undefined, { signal })
  }
}

/** Each kind of failure is worth one line; the next order is not kept waiting. */
function tellOnce(told: Set<string>, scenario: Scenario, error: unknown, out: Print): void {
  const kind = `${scenario.name} ${error instanceof HubRefusal ? error.code : String(error)}`
  if (told.has(kind)) return
  told.add(kind)
  out(`  ${scenario.name}: ${error instanceof Error ? error.message : String(error)}`)
}
