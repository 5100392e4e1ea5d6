import type { Platform } from '../../domain/channel-order.ts'
import type { ChannelConnector } from './channel.ts'
import { doudianConnector } from './doudian/index.ts'
import { jdConnector } from './jd/index.ts'
import { mallConnector } from './mall/index.ts'
import { pinduoduoConnector } from './pinduoduo/index.ts'
import { taobaoConnector } from './taobao/index.ts'

/** The connectors, by platform. A new channel is a folder here and a line in this table. */
export const CHANNEL_CONNECTORS: Partial<Record<Platform, ChannelConnector>> = {
  doudian: doudianConnector,
  mall: mallConnector,
  taobao: taobaoConnector,
  jd: jdConnector,
  pinduoduo: pinduoduoConnector,
}
