import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { page } from '../../contracts/common.ts'
import { skuView, storeView } from '../../contracts/master-data.ts'
import { stockLevelView } from '../../contracts/stock.ts'
import { type Prng, pick, randomInteger, type SkuChoice, type StoreChoice } from '../../simulator/people.ts'
import type { HubClient } from '../parts/hub-client.ts'
import { pages } from '../parts/pages.ts'

/** What there is to buy, read from the hub. */
export interface Catalogue {
  skus: SkuChoice[]
  stores: StoreChoice[]
  /** Pairs of SKUs that no warehouse has both of: an order of the two needs two parcels. */
  apart: [SkuChoice, SkuChoice][]
}

const all = (more: Record<string, string> = {}) => new URLSearchParams({ limit: '200', ...more })
const skuPage = page(skuView)
const storePage = page(storeView)
const levelPage = page(stockLevelView.pick({ skuId: true, warehouseId: true, available: true }))

/** Goods of the merchant only: what a replay of foreign orders has left behind is no part of the demo. */
const ownSku = /^SKU-/
const ownStore = /^ST-/
const enoughPairs = 200

/** Reads articles, stores and stock. Throws if nothing has been seeded. */
export async function loadCatalogue(client: HubClient): Promise<Catalogue> {
  const skus = (await collect(pages(client, '/v1/skus', all({ active: 'true' }), skuPage))).filter(({ id }) =>
    ownSku.test(id),
  )
  const stores = (await collect(pages(client, '/v1/stores', all({ active: 'true' }), storePage))).filter(
    ({ id }) => ownStore.test(id),
  )
  if (skus.length === 0 || stores.length === 0)
    throw new Error('The hub has no articles or no stores to show')
  const levels = await collect(pages(client, '/v1/stock', all(), levelPage))
  return { skus, stores, apart: findApart(skus, levels) }
}

/** Pairs of SKUs that are in stock, but in no warehouse together. */
export function findApart(
  skus: readonly SkuChoice[],
  levels: readonly { skuId: string; warehouseId: string; available: number }[],
): [SkuChoice, SkuChoice][] {
  const places = new Map<string, Set<string>>()
  for (const { skuId, warehouseId, available } of levels) {
    if (available <= 0) continue
    places.set(skuId, (places.get(skuId) ?? new Set()).add(warehouseId))
  }
  const inStock = skus.filter(({ id }) => places.has(id))
  const pairs: [SkuChoice, SkuChoice][] = []
  for (const [index, one] of inStock.entries()) {
    for (const other of inStock.slice(index + 1)) {
      const isTogether = [...(places.get(one.id) ?? [])].some((place) => places.get(other.id)?.has(place))
      if (!isTogether) pairs.push([one, other])
      if (pairs.length === enoughPairs) return pairs
    }
  }
  return pairs
}

/** Rarely enough for hot articles to run out in between, and to stay so for a while. */
const restockMs = 90_000
const deliveriesAtOnce = 10

/** Goods keep coming in where they have run low, so that a long demo does not end with empty shelves. */
export async function keepRestocking(client: HubClient, prng: Prng, signal: AbortSignal): Promise<void> {
  for (;;) {
    await delay(restockMs, undefined, { signal })
    const path = `/v1/stock?${all({ atOrBelowSafety: 'true', sort: 'available' })}`
    const { items } = await client.send({ as: 'ops', method: 'GET', path, answer: levelPage })
    const low = items.filter(({ skuId }) => ownSku.test(skuId))
    for (let count = 0; count < deliveriesAtOnce && low.length > 0; count += 1) {
      const level = pick(prng, low)
      low.splice(low.indexOf(level), 1)
      await client.send({
        as: 'ops',
        method: 'POST',
        path: '/v1/stock/adjustments',
        body: {
          skuId: level.skuId,
          warehouseId: level.warehouseId,
          quantityDelta: randomInteger(prng, 20, 60),
          reason: 'demo: goods received',
        },
        idempotencyKey: randomUUID(),
        answer: stockLevelView,
      })
    }
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}
