import { z } from 'zod'
import type { ChannelConnector } from '../channel.ts'
import { createDoudianClient } from './client.ts'
import { DOUDIAN_CHECKS } from './conformance.ts'
import { receiveDoudianPush } from './receive.ts'

const HOUR_SECONDS = 3_600

/** 抖店. */
export const doudianConnector: ChannelConnector = {
  platform: 'doudian',
  channel: 'douyin',
  conformance: DOUDIAN_CHECKS,
  credentials: z.strictObject({
    appSecret: z.string().min(1),
    /** Empty: the hub asks for the first one by itself, as a self-built app may. */
    accessToken: z.string(),
    refreshToken: z.string(),
    signMethod: z.enum(['hmac-sha256', 'md5']).default('hmac-sha256'),
  }),
  defaultGatewayUrl: 'https://openapi-fxg.jinritemai.com',
  defaultPushUrl: null,
  limits: {
    callsPerSecond: 50,
    pullWindowSeconds: HOUR_SECONDS,
    pullOverlapSeconds: 300,
    pullDelaySeconds: 10,
    pullEverySeconds: 60,
    lagTargetSeconds: 60,
  },
  client: createDoudianClient,
  receivePush: receiveDoudianPush,
  listen: null,
}
