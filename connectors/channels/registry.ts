import type { ChannelConnector, ChannelConnectors } from './channel.ts'
import { doudianConnector } from './doudian/index.ts'
import { jdConnector } from './jd/index.ts'
import { mallConnector } from './mall/index.ts'
import { pinduoduoConnector } from './pinduoduo/index.ts'
import { taobaoConnector } from './taobao/index.ts'

/** Every channel is a line here and a folder beside it: nothing else in the product names one. */
export const CHANNEL_CONNECTORS: ChannelConnectors = byPlatform([
  doudianConnector,
  mallConnector,
  taobaoConnector,
  jdConnector,
  pinduoduoConnector,
])

/** @throws Error when two are of one platform, or a name is none that the database takes */
export function byPlatform(connectors: readonly ChannelConnector[]): ChannelConnectors {
  const table = new Map<string, ChannelConnector>()
  for (const connector of connectors) {
    for (const name of [connector.platform, connector.channel]) {
      if (!/^[a-z][a-z0-9_-]{0,31}$/.test(name)) throw new Error(`${name} is no name of a channel`)
    }
    if (table.has(connector.platform)) throw new Error(`there are two connectors of ${connector.platform}`)
    table.set(connector.platform, connector)
  }
  return Object.fromEntries(table)
}
