import type { ChannelConnector } from '../../../connectors/channels/channel.ts'
import { mallConnector } from '../../../connectors/channels/mall/index.ts'
import { signSixth } from './sign.ts'

/**
 * A channel that the product has never heard of. It speaks the contract of the mall, so that only what makes a channel a channel
 * is its own: its names, its limits, its checks.
 */
export const sixthConnector: ChannelConnector = {
  ...mallConnector,
  platform: 'sixth',
  channel: 'sixth-stores',
  conformance: { 'sixth/sign': ({ input, secret }) => signSixth(String(input.text), String(secret)) },
}
