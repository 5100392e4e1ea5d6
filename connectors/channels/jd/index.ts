import type { ChannelConnector } from '../channel.ts'
import { jdCredentials } from './account.ts'
import { createJdClient } from './client.ts'
import { JD_CHECKS } from './conformance.ts'
import { GATEWAY_URL } from './gateway.ts'

/** JD, of merchants who ship themselves (POP). It pushes nothing: what changes is pulled every minute. */
export const jdConnector: ChannelConnector = {
  platform: 'jd',
  channel: 'jd',
  conformance: JD_CHECKS,
  credentials: jdCredentials,
  defaultGatewayUrl: GATEWAY_URL,
  defaultPushUrl: null,
  limits: {
    callsPerSecond: 50,
    pullWindowSeconds: 6 * 60 * 60,
    pullOverlapSeconds: 300,
    pullDelaySeconds: 5,
    pullEverySeconds: 60,
    lagTargetSeconds: 150,
  },
  client: (shop) => createJdClient(shop),
  receivePush: null,
  listen: null,
}
