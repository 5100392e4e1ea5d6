import { setTimeout as delay } from 'node:timers/promises'
import { createPlatformsOutside } from '../double11/outside.ts'
import type { HubClient } from '../parts/hub-client.ts'
import { platformSkuOf, SAMPLE_SHOPS, seedShops } from '../seed-shops.ts'

/** A buyer every two seconds over all platforms: enough to see them come in. */
const ORDERS_A_MINUTE = 30
const MINUTE_MS = 60_000
const RETRY_MS = 5_000

/** Connects the sample shops, and lets people buy on the platforms until the signal. */
export async function streamChannelOrders(
  hub: HubClient,
  options: { simulator: string; skuIds: readonly string[]; signal: AbortSignal },
): Promise<void> {
  const { simulator, skuIds, signal } = options
  await seedShops(hub, { simulator, skuIds })
  const outside = createPlatformsOutside(simulator)
  while (!signal.aborted) {
    const began = await outside
      .rush({
        seed: String(Date.now()),
        orders: ORDERS_A_MINUTE,
        seconds: MINUTE_MS / 1000,
        remarks: 1,
        shops: SAMPLE_SHOPS.map(({ platform, platformShopId }, index) => ({
          platform,
          platformShopId,
          // Seconds since the epoch make the orders of each minute new ones.
          orderPrefix: `${Math.floor(Date.now() / 1000)}${index}`,
          skus: skuIds.map((skuId) => ({ ...platformSkuOf(skuId), title: skuId, unitPriceCents: 4_900 })),
        })),
      })
      .then(
        () => true,
        () => false, // the simulator is being started again, or the last minute is not quite over
      )
    await delay(began ? MINUTE_MS : RETRY_MS, undefined, { signal })
  }
}
