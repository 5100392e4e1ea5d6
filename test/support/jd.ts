import type { ShopAccount } from '../../connectors/channels/channel.ts'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import type { NewMarketOrder } from '../../simulator/platforms/market.ts'
import type { Simulator } from '../../simulator/server.ts'

export const SEED = 'jd'
const VENDER = '10192837'

/** A shop at the simulator's JD, with the secret and the tokens that it has there. */
export function jdShop(
  simulator: Pick<Simulator, 'url'>,
  { appKey = 'JOS-APP', platformShopId = VENDER, ...rest }: Record<string, string> = {},
): ShopAccount {
  return {
    shopId: `shop-${platformShopId}`,
    platformShopId,
    appKey,
    gatewayUrl: `${simulator.url}/jd/routerjson`,
    pushUrl: null,
    credentials: {
      appSecret: appSecretOf(SEED, 'jd', appKey),
      ...new Tokenbook(SEED, 'jd').tokensOf(platformShopId),
      ...rest,
    },
  }
}

let orders = 0

/** An order of one line whose ids exceed 2^53. */
export function jdOrder(change: Partial<NewMarketOrder> = {}): NewMarketOrder {
  orders += 1
  const orderId = String(9_007_199_254_740_993_000n + BigInt(orders))
  return {
    platform: 'jd',
    platformShopId: VENDER,
    orderId,
    buyerId: 'open-id-1',
    receiver: {
      name: '王五一',
      phone: '13712345678',
      province: '广东',
      city: '深圳市',
      district: '南山区',
      address: '科技园路1号',
    },
    freightCents: 600,
    lines: [
      {
        lineId: orderId,
        itemId: '10012345678901',
        skuId: '9007199254740993456',
        outerSkuId: 'TEA-1',
        title: '乌龙茶 🍵 1号 & + % =',
        quantity: 2,
        unitPriceCents: 5_005,
        paidCents: 9_999,
      },
    ],
    remark: '请用+号袋 100% & 谢谢=',
    ...change,
  }
}
