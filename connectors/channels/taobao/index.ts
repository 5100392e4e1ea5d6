import type { ChannelConnector } from '../channel.ts'
import { taobaoCredentials } from './account.ts'
import { createTaobaoClient } from './client.ts'
import { TAOBAO_CHECKS } from './conformance.ts'
import { listenTmc, TMC_URL } from './listen.ts'

/** Taobao and Tmall: one platform, one protocol. */
export const taobaoConnector: ChannelConnector = {
  platform: 'taobao',
  channel: 'taobao',
  conformance: TAOBAO_CHECKS,
  credentials: taobaoCredentials,
  defaultGatewayUrl: 'https://eco.taobao.com/router/rest',
  defaultPushUrl: TMC_URL,
  limits: {
    callsPerSecond: 50,
    pullWindowSeconds: 6 * 60 * 60,
    pullOverlapSeconds: 300,
    pullDelaySeconds: 5,
    pullEverySeconds: 60,
    lagTargetSeconds: 60,
  },
  client: (shop) => createTaobaoClient(shop),
  receivePush: null,
  listen: (shop, listener) => listenTmc(shop, listener),
}
