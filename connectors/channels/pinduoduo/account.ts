import { z } from 'zod'
import type { ShopAccount } from '../channel.ts'

const secret = z.string().min(1).max(512)

/** What a shop at Pinduoduo needs, sealed in the database. */
export const pinduoduoCredentials = z.strictObject({
  /** The app's `client_secret`. */
  appSecret: secret,
  accessToken: secret,
  /** Empty: the merchant authorises the app again by hand. */
  refreshToken: z.string().max(512).default(''),
})

/** A shop with its credentials read. */
export type PinduoduoAccount = Pick<ShopAccount, 'shopId' | 'platformShopId' | 'appKey' | 'gatewayUrl'> &
  z.output<typeof pinduoduoCredentials>

/** @throws z.ZodError for credentials that are not of this platform; it names fields, never values */
export function pinduoduoAccount(shop: ShopAccount): PinduoduoAccount {
  const { shopId, platformShopId, appKey, gatewayUrl, credentials } = shop
  return { shopId, platformShopId, appKey, gatewayUrl, ...pinduoduoCredentials.parse(credentials) }
}
