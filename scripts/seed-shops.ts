import { z } from 'zod'
import type { Platform } from '../domain/channel-order.ts'
import { appSecretOf, SIMULATOR_SEED, Tokenbook } from '../simulator/platforms/accounts.ts'
import { DOUDIAN_APP_KEY } from '../simulator/platforms/doudian/index.ts'
import { MALL_APP_KEY } from '../simulator/platforms/mall/index.ts'
import { mallSecretOf } from '../simulator/platforms/mall/signature.ts'
import type { HubClient } from './parts/hub-client.ts'
import { HubRefusal } from './parts/hub-client.ts'

/** A shop of the sample merchant at one platform of the simulated outside. */
export type SampleShop = {
  id: string
  storeId: string
  platform: Platform
  platformShopId: string
  appKey: string
  /** Behind the simulator's origin. */
  gateway: string
  /** Of a platform whose messages come over a connection that the hub opens. */
  push: string | null
}

export const SAMPLE_SHOPS: readonly SampleShop[] = [
  {
    id: 'SHOP-TMALL',
    storeId: 'ST-TM-FLAG',
    platform: 'taobao',
    platformShopId: '2200000001',
    appKey: '34500001',
    gateway: '/taobao/router/rest',
    push: '/taobao/tmc',
  },
  {
    id: 'SHOP-JD',
    storeId: 'ST-JD-SELF',
    platform: 'jd',
    platformShopId: '1000101',
    appKey: 'jd-app-0001',
    gateway: '/jd/routerjson',
    push: null,
  },
  {
    id: 'SHOP-PDD',
    storeId: 'ST-PDD-HOME',
    platform: 'pinduoduo',
    platformShopId: '8800001',
    appKey: 'pdd-app-0001',
    gateway: '/pinduoduo/api/router',
    push: '/pinduoduo',
  },
  {
    id: 'SHOP-DOUYIN',
    storeId: 'ST-DY-LIVE',
    platform: 'doudian',
    platformShopId: '4463798',
    appKey: DOUDIAN_APP_KEY,
    gateway: '/doudian',
    push: null,
  },
  {
    id: 'SHOP-MINI',
    storeId: 'ST-MALL-WEST',
    platform: 'mall',
    platformShopId: 'mini-1',
    appKey: MALL_APP_KEY,
    gateway: '/mall/hub',
    push: null,
  },
]

/** What a SKU of a sample shop is called at its platform. */
export function platformSkuOf(skuId: string): { itemId: string; skuId: string } {
  const number = skuId.replace(/\D/g, '')
  return { itemId: `6800000${number}`, skuId: `5100000${number}` }
}

function credentialsOf({ platform, platformShopId, appKey }: SampleShop): Record<string, string> {
  if (platform === 'mall') return { secret: mallSecretOf(SIMULATOR_SEED, appKey) }
  const { accessToken, refreshToken } = new Tokenbook(SIMULATOR_SEED, platform).tokensOf(platformShopId)
  return { appSecret: appSecretOf(SIMULATOR_SEED, platform, appKey), accessToken, refreshToken }
}

/** Connects the sample shops and maps SKUs one to one. Again it only tells the hub where the outside listens now. */
export async function seedShops(
  hub: HubClient,
  options: { simulator: string; skuIds: readonly string[] },
): Promise<void> {
  for (const shop of SAMPLE_SHOPS) await connectShop(hub, shop, options.simulator)
  const rows = SAMPLE_SHOPS.flatMap((shop) =>
    options.skuIds.map((skuId) => {
      const there = platformSkuOf(skuId)
      return [shop.id, there.skuId, skuId, '1', there.itemId].join(',')
    }),
  )
  const csv = ['shopId,platformSkuId,skuId,quantity,platformItemId', ...rows].join('\n')
  await hub.send({
    as: 'ops',
    method: 'POST',
    path: '/v1/sku-mappings/import',
    body: csv,
    answer: z.unknown(),
  })
}

async function connectShop(hub: HubClient, shop: SampleShop, simulator: string): Promise<void> {
  const { id, storeId, platform, platformShopId, appKey, gateway, push } = shop
  const addresses = {
    gatewayUrl: `${simulator}${gateway}`,
    ...(push === null ? {} : { pushUrl: `${simulator.replace(/^http/, 'ws')}${push}` }),
  }
  const credentials = credentialsOf(shop)
  try {
    const body = { id, storeId, platform, platformShopId, appKey, ...addresses, credentials }
    await hub.send({ as: 'ops', method: 'POST', path: '/v1/shops', body, answer: z.unknown() })
  } catch (error) {
    if (!(error instanceof HubRefusal && error.code === 'already-exists')) throw error
    await hub.send({
      as: 'ops',
      method: 'PATCH',
      path: `/v1/shops/${id}`,
      body: { ...addresses, credentials },
      answer: z.unknown(),
    })
  }
}
