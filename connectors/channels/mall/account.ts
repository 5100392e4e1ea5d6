import { z } from 'zod'
import type { ShopAccount } from '../channel.ts'

/** 24 to 64 bytes, as Standard Webhooks demand. */
const webhookSecret = z.string().refine((text) => {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const { length } = Buffer.from(base64, 'base64')
  return length >= 24 && length <= 64
}, 'whsec_ and Base64 of 24 to 64 bytes')

export const mallCredentials = z.strictObject({
  /** Signs both ways. */
  secret: webhookSecret,
  /** Still taken, and still signed with, while the other side changes to the new one. */
  previousSecret: z.union([z.literal(''), webhookSecret]).default(''),
  /** The mini-program that takes the payments; empty where none does. */
  wechatAppId: z.string().max(64).default(''),
  wechatAppSecret: z.string().max(128).default(''),
  wechatGatewayUrl: z.url().default('https://api.weixin.qq.com'),
})

/** The secrets of a shop, the one to use first. */
export function secretsOf({ credentials }: ShopAccount): string[] {
  const { secret = '', previousSecret = '' } = credentials
  return [secret, previousSecret].filter((text) => text !== '')
}
