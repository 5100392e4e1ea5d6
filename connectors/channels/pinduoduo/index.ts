import type { ChannelConnector } from '../channel.ts'
import { pinduoduoCredentials } from './account.ts'
import { createPinduoduoClient } from './client.ts'
import { PINDUODUO_CHECKS } from './conformance.ts'
import { GATEWAY_URL } from './gateway.ts'
import { listenToMessages, MESSAGES_URL } from './listen.ts'

export const pinduoduoConnector: ChannelConnector = {
  platform: 'pinduoduo',
  channel: 'pinduoduo',
  conformance: PINDUODUO_CHECKS,
  credentials: pinduoduoCredentials,
  defaultGatewayUrl: GATEWAY_URL,
  defaultPushUrl: MESSAGES_URL,
  limits: {
    callsPerSecond: 50,
    pullWindowSeconds: 30 * 60,
    pullOverlapSeconds: 300,
    // The platform demands three minutes; its clock and ours need not agree to the second.
    pullDelaySeconds: 190,
    pullEverySeconds: 60,
    // Of pulls; what is pushed comes within a minute.
    lagTargetSeconds: 300,
  },
  client: (shop) => createPinduoduoClient(shop),
  receivePush: null,
  listen: (shop, listener) => listenToMessages(shop, listener),
}
