import type { ShopAccount } from '../../connectors/channels/channel.ts'
import { mallConnector } from '../../connectors/channels/mall/index.ts'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import { DOUDIAN_APP_KEY } from '../../simulator/platforms/doudian/index.ts'
import { MALL_APP_KEY } from '../../simulator/platforms/mall/index.ts'
import { mallSecretOf } from '../../simulator/platforms/mall/signature.ts'

/** A shop at the simulator's Doudian, with the secret and the tokens that it has there. */
export function doudianShop(simulatorUrl: string, seed: string, platformShopId = '4463798'): ShopAccount {
  return {
    shopId: `doudian-${platformShopId}`,
    platformShopId,
    appKey: DOUDIAN_APP_KEY,
    gatewayUrl: `${simulatorUrl}/doudian`,
    pushUrl: null,
    credentials: {
      appSecret: appSecretOf(seed, 'doudian', DOUDIAN_APP_KEY),
      ...new Tokenbook(seed, 'doudian').tokensOf(platformShopId),
      signMethod: 'hmac-sha256',
    },
  }
}

/** A shop of the simulator's mall. */
export function mallShop(simulatorUrl: string, seed: string, platformShopId = 'mall-east'): ShopAccount {
  return {
    shopId: `mall-${platformShopId}`,
    platformShopId,
    appKey: MALL_APP_KEY,
    gatewayUrl: `${simulatorUrl}/mall/hub`,
    pushUrl: null,
    credentials: mallConnector.credentials.parse({ secret: mallSecretOf(seed, MALL_APP_KEY) }),
  }
}
