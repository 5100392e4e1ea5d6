import { z } from 'zod'
import type { ShopAccount } from '../channel.ts'

const secret = z.string().min(1).max(512)

/** What a shop at JD needs, sealed in the database. */
export const jdCredentials = z.strictObject({
  appSecret: secret,
  accessToken: secret,
  /** Empty: the merchant authorises the app again by hand. */
  refreshToken: z.string().max(512).default(''),
  signer: z.enum(['md5']).default('md5'),
})

/** A shop with its credentials read. */
export type JdAccount = Pick<ShopAccount, 'shopId' | 'platformShopId' | 'appKey' | 'gatewayUrl'> &
  z.output<typeof jdCredentials>

/** @throws z.ZodError for credentials that are not of this platform; it names fields, never values */
export function jdAccount(shop: ShopAccount): JdAccount {
  const { shopId, platformShopId, appKey, gatewayUrl, credentials } = shop
  return { shopId, platformShopId, appKey, gatewayUrl, ...jdCredentials.parse(credentials) }
}
