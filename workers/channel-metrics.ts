import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Platform } from '../domain/channel-order.ts'
import type { Db } from '../store/database.ts'
import { activeShops, type LagTargets } from '../store/shop-queries.ts'
import type { FetchOutcome } from './channel-fetch.ts'

/** `targets`: what feeds are expected to keep now; people may change it. */
type Feeds = { db: Db; targets: () => Promise<LagTargets> }

/** What the intake of the channels does and how far behind it is, shop by shop. */
export function channelMetrics(registry: Registry, options: Feeds) {
  const registers = [registry]
  const fetches = new Counter({
    name: 'hub_channel_fetches_total',
    help: 'Orders fetched from the platforms, by what became of them',
    labelNames: ['platform', 'outcome'],
    registers,
  })
  const hints = new Counter({
    name: 'hub_channel_fetched_hints_total',
    help: 'Hints that these fetches answered, or put back',
    labelNames: ['platform', 'outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'hub_channel_fetch_seconds',
    help: 'From the claim of an order to its commit',
    labelNames: ['platform'],
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  lagGauges(registry, options)
  return (outcome: FetchOutcome, of: { platform: Platform; hints: number; seconds: number }) => {
    const { platform } = of
    fetches.inc({ platform, outcome })
    hints.inc({ platform, outcome }, of.hints)
    seconds.observe({ platform }, of.seconds)
  }
}

function lagGauges(registry: Registry, { db, targets }: Feeds): void {
  const registers = [registry]
  const labelNames = ['shop', 'platform', 'way'] as const
  const target = new Gauge({
    name: 'hub_channel_lag_target_seconds',
    help: 'What the feed is expected to keep',
    labelNames,
    registers,
  })
  const waiting = new Gauge({
    name: 'hub_channel_hints_waiting',
    help: 'Hints whose order is to be fetched',
    labelNames: ['shop', 'platform'],
    registers,
  })
  new Gauge({
    name: 'hub_channel_lag_seconds',
    help: 'How long a change at the platform may have gone unseen by this way',
    labelNames,
    registers,
    // One question for all three.
    async collect() {
      for (const gauge of [this, target, waiting]) gauge.reset()
      for (const { id: shop, platform, push, pull, hintsWaiting } of await activeShops(db, await targets())) {
        waiting.set({ shop, platform }, hintsWaiting)
        for (const [way, feed] of [
          ['push', push],
          ['pull', pull],
        ] as const) {
          if (!feed) continue
          target.set({ shop, platform, way }, feed.lagTargetSeconds)
          if (feed.lagSeconds !== null) this.set({ shop, platform, way }, feed.lagSeconds)
        }
      }
    },
  })
}
