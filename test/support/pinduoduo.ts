import type { ShopAccount } from '../../connectors/channels/channel.ts'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import type { NewMarketOrder } from '../../simulator/platforms/market.ts'
import type { Simulator } from '../../simulator/server.ts'

export const SEED = 'pinduoduo'
export const MALL = '683412345'

/** A shop at the simulator's Pinduoduo, with the secret and the tokens that it has there. */
export function pinduoduoShop(
  simulator: Pick<Simulator, 'url'>,
  { appKey = 'client', platformShopId = MALL, ...rest }: Record<string, string> = {},
): ShopAccount {
  return {
    shopId: `shop-${platformShopId}`,
    platformShopId,
    appKey,
    gatewayUrl: `${simulator.url}/pinduoduo/api/router`,
    pushUrl: `${simulator.url.replace('http', 'ws')}/pinduoduo`,
    credentials: {
      appSecret: appSecretOf(SEED, 'pinduoduo', appKey),
      ...new Tokenbook(SEED, 'pinduoduo').tokensOf(platformShopId),
      ...rest,
    },
  }
}

let orders = 0

/** An order of one line whose ids exceed 2^53. */
export function pinduoduoOrder(change: Partial<NewMarketOrder> = {}): NewMarketOrder {
  orders += 1
  const orderId = `261111-${String(100_000_000_000_000 + orders)}`
  return {
    platform: 'pinduoduo',
    platformShopId: MALL,
    orderId,
    buyerId: 'nobody says',
    receiver: {
      name: '李四光',
      phone: '13912345678',
      province: '四川省',
      city: '成都市',
      district: '武侯区',
      address: '天府大道一段1号',
    },
    freightCents: 330,
    lines: [
      {
        lineId: orderId,
        itemId: '9007199254740993123',
        skuId: '9007199254740993456',
        outerSkuId: 'TEA-1',
        title: '普洱茶 🍵 1号 & + % =',
        quantity: 3,
        unitPriceCents: 1_010,
        paidCents: 2_980,
      },
    ],
    remark: '请用+号袋 100% & 谢谢=',
    ...change,
  }
}
