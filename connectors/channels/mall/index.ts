import type { ChannelConnector } from '../channel.ts'
import { mallCredentials } from './account.ts'
import { createMallClient } from './client.ts'
import { MALL_CHECKS } from './conformance.ts'
import { receiveMallPush } from './receive.ts'

/** The merchant's own mall, as a channel. */
export const mallConnector: ChannelConnector = {
  platform: 'mall',
  channel: 'mall',
  conformance: MALL_CHECKS,
  credentials: mallCredentials,
  // Every merchant's mall is somewhere else.
  defaultGatewayUrl: 'https://mall.invalid/hub',
  defaultPushUrl: null,
  limits: {
    callsPerSecond: 50,
    pullWindowSeconds: 86_400,
    pullOverlapSeconds: 60,
    pullDelaySeconds: 2,
    pullEverySeconds: 60,
    lagTargetSeconds: 60,
  },
  client: createMallClient,
  receivePush: receiveMallPush,
  listen: null,
}
