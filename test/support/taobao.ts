import type { ShopAccount } from '../../connectors/channels/channel.ts'
import type { SignMethod } from '../../connectors/channels/taobao/sign.ts'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import type { NewMarketOrder } from '../../simulator/platforms/market.ts'
import type { Simulator } from '../../simulator/server.ts'

export const SEED = 'taobao'
export const SELLER = '2206543210987'

/** A shop at the simulator's Taobao, with the secret and the tokens that it has there. */
export function taobaoShop(
  simulator: Pick<Simulator, 'url'>,
  { appKey = '12345678', platformShopId = SELLER, signMethod = 'hmac-sha256' as SignMethod, ...rest } = {},
): ShopAccount {
  return {
    shopId: `shop-${platformShopId}`,
    platformShopId,
    appKey,
    gatewayUrl: `${simulator.url}/taobao/router/rest`,
    pushUrl: `${simulator.url.replace('http', 'ws')}/taobao/tmc`,
    credentials: {
      appSecret: appSecretOf(SEED, 'taobao', appKey),
      ...new Tokenbook(SEED, 'taobao').tokensOf(platformShopId),
      signMethod,
      ...rest,
    },
  }
}

let orders = 0

/** An order of two lines whose ids exceed 2^53. */
export function taobaoOrder(change: Partial<NewMarketOrder> = {}): NewMarketOrder {
  orders += 1
  const orderId = String(3_001_234_567_890_120_000n + BigInt(orders * 10))
  const line = (at: number, paidCents: number) => ({
    lineId: String(BigInt(orderId) + BigInt(at)),
    itemId: `68${at}123456789`,
    skuId: `512345678901${at}`,
    outerSkuId: `TEA-${at}`,
    title: `龙井茶 🍵 ${at}号 & + % =`,
    quantity: at,
    unitPriceCents: 2_000,
    paidCents,
  })
  return {
    platform: 'taobao',
    platformShopId: SELLER,
    orderId,
    buyerId: 'AAH-buyer-1',
    receiver: {
      name: '张三丰',
      phone: '13812345678',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '文一西路969号',
    },
    freightCents: 800,
    lines: [line(1, 1_907), line(2, 4_000)],
    remark: '请用+号袋 100% & 谢谢=',
    ...change,
  }
}
