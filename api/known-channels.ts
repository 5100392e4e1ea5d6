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
  shipWithinSeconds: z.record(z.string(), z.unknown()).catch({}),
})

/** The channels that a policy's document names, by their fields. */
export function channelsInPolicy(kind: PolicyKind, document: object): Record<string, string> {
  const { bufferUnitsByChannel, orderChannels, shipWithinSeconds } = named.parse(document)
  switch (kind) {
    case 'safety-stock':
      return keysOf('bufferUnitsByChannel', bufferUnitsByChannel)
    case 'notification':
      return Object.fromEntries(orderChannels.map((name, index) => [`document.orderChannels.${index}`, name]))
    case 'health-score':
      return keysOf('shipWithinSeconds', shipWithinSeconds)
    default:
      return {}
  }
}

/** The names that a field of a document has entries of, by where they are. */
function keysOf(field: string, entries: object): Record<string, string> {
  return Object.fromEntries(Object.keys(entries).map((name) => [`document.${field}.${name}`, name]))
}

const platformsNamed = z.object({ syncTargetSeconds: z.record(z.string(), z.unknown()).catch({}) })

/**
 * Refuses platforms that no connector talks to, in a policy's document.
 *
 * @throws ProblemError `invalid-request`
 */
export function refuseUnknownPlatforms(
  connectors: ChannelConnectors,
  kind: PolicyKind,
  document: object,
): void {
  if (kind !== 'health-score') return
  const { syncTargetSeconds } = platformsNamed.parse(document)
  const known = Object.keys(connectors).toSorted()
  const fields = Object.entries(keysOf('syncTargetSeconds', syncTargetSeconds)).flatMap(
    ([field, platform]) =>
      known.includes(platform) ? [] : [{ field, message: `must be one of ${known.join(', ')}` }],
  )
  if (fields.length > 0) throw new ProblemError('invalid-request', undefined, { fields })
}
