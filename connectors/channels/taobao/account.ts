import { z } from 'zod'
import type { ShopAccount } from '../channel.ts'
import { SIGN_METHODS, type SignMethod } from './sign.ts'

const secret = z.string().min(1).max(512)

/** What a shop at Taobao or Tmall needs, sealed in the database. */
export const taobaoCredentials = z.strictObject({
  appSecret: secret,
  /** The merchant's session key. */
  accessToken: secret,
  /** Only apps of the service market have one; empty: the session key is of fixed length and renewed by hand. */
  refreshToken: z.string().max(512).default(''),
  signMethod: z.enum(SIGN_METHODS).default('hmac-sha256'),
  /** The message group that the shop's messages go to (`taobao.tmc.group.add`). */
  messageGroup: z.string().min(1).max(64).default('default'),
})

/** A shop with its credentials read. */
export type TaobaoAccount = {
  shopId: string
  platformShopId: string
  appKey: string
  gatewayUrl: string
  appSecret: string
  accessToken: string
  refreshToken: string
  signMethod: SignMethod
  messageGroup: string
}

/** @throws z.ZodError for credentials that are not of this platform; it names fields, never values */
export function taobaoAccount(shop: ShopAccount): TaobaoAccount {
  const { shopId, platformShopId, appKey, gatewayUrl, credentials } = shop
  return { shopId, platformShopId, appKey, gatewayUrl, ...taobaoCredentials.parse(credentials) }
}
