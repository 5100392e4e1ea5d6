import { z } from 'zod'
import type { ChannelConnectors } from '../connectors/channels/channel.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { PolicyKind } from '../contracts/policies/index.ts'

/** The channels on which stores can sell: those of the connectors. */
export function channelsOf(connectors: ChannelConnectors): string[] {
  return [...new Set(Object.values(connectors).map(({ channel }) => channel))].toSorted()
}

/**
 * Refuses channels that no connector serves, because nothing could be sold there; by the fields that name them.
 *
 * @throws ProblemError `invalid-request`
 */
export function refuseUnknownChannels(
  connectors: ChannelConnectors,
  named: Readonly<Record<string, string | undefined>>,
): void {
  const known = channelsOf(connectors)
  const fields = Object.entries(named).flatMap(([field, channel]) =>
    channel === undefined || known.includes(channel)
      ? []
      : [{ field, message: `must be one of ${known.join(', ')}` }],
  )
  if (fields.length > 0) throw new ProblemError('invalid-request', undefined, { fields })
}

const named = z.object({
  bufferUnitsByChannel: z.record(z.string(), z.unknown()).catch({}),
  orderChannels: z.array(z.string()).catch([]),
})

/** The channels that a policy's document names, by their fields. */
export function channelsInPolicy(kind: PolicyKind, document: object): Record<string, string> {
  const { bufferUnitsByChannel, orderChannels } = named.parse(document)
  const fields: [string, string][] =
    kind === 'safety-stock'
      ? Object.keys(bufferUnitsByChannel).map((name) => [`document.bufferUnitsByChannel.${name}`, name])
      : kind === 'notification'
        ? orderChannels.map((name, index) => [`document.orderChannels.${index}`, name])
        : []
  return Object.fromEntries(fields)
}
