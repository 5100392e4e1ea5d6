import type { Redis } from 'ioredis'
import type { Config } from '../../contracts/config.ts'
import { createOutsideHttp } from '../outside-http.ts'
import { CallLimits } from '../rate-limit.ts'
import { inBatches } from './batches.ts'
import type { CourierSource, Scan, Waybill } from './courier.ts'
import { createCourierGateway } from './gateway.ts'
import { createKuaidi100 } from './kuaidi100/client.ts'
import { KUAIDI100_COURIERS } from './kuaidi100/map.ts'
import { createSf } from './sf/client.ts'

/** How the parcels of one courier are followed: its source, within the limits of all processes together. */
export type CourierFollower = {
  /** The source's name. */
  source: string
  wantsPhone: boolean
  /** Whether questions that come at the same moment share a call. */
  isBatched: boolean
  track: (waybill: Waybill) => Promise<Scan[]>
  subscribe: CourierSource['subscribe']
}

/** Who is asked about the parcels of a courier, by the hub's code of it. */
export type Couriers = (courier: string) => CourierFollower

export type CourierSources = {
  gateway: CourierSource
  sf?: CourierSource
  kuaidi100?: CourierSource
}

/** Followers of each courier's parcels, by its source. */
export function createCouriers(sources: CourierSources, redis: Redis | null = null): Couriers {
  const { gateway, sf, kuaidi100 } = sources
  const callLimits = new CallLimits(redis)
  const follow = (source: CourierSource) => followerOf(source, callLimits)
  const followers = {
    gateway: follow(gateway),
    sf: sf && follow(sf),
    kuaidi100: kuaidi100 && follow(kuaidi100),
  }
  return (courier) => {
    const { source, wantsPhone } = followers[sourceOf(courier, sources)] ?? followers.gateway
    return { ...source, wantsPhone: wantsPhone(courier) }
  }
}

/**
 * A courier's own interface before the service that knows many, and that before the merchant's gateway, which is left
 * with every courier that nobody else knows.
 */
function sourceOf(courier: string, { sf, kuaidi100 }: CourierSources): keyof CourierSources {
  if (courier === 'sf' && sf) return 'sf'
  return kuaidi100 && KUAIDI100_COURIERS.includes(courier) ? 'kuaidi100' : 'gateway'
}

/** How a courier's parcels are followed, for whoever wants to know; nothing of it is secret. */
export type CourierConnection = {
  source: keyof CourierSources
  sourceUrl: string
  /** Whether news of its parcels are pushed to us. */
  pushes: boolean
  callsPerSecond: number
  waybillsPerCall: number
}

/** The same choice as `createCouriers` makes by this configuration. */
export function courierConnections(config: Config): (courier: string) => CourierConnection {
  const sources = courierSources(config)
  const urls = { gateway: config.COURIER_URL, sf: config.SF_URL, kuaidi100: config.KUAIDI100_URL }
  return (courier) => {
    const source = sourceOf(courier, sources)
    const { origin, pathname } = new URL(urls[source])
    const { limits, subscribe } = sources[source] ?? sources.gateway
    const { callsPerSecond, waybillsPerCall } = limits
    return {
      source,
      sourceUrl: `${origin}${pathname}`,
      pushes: subscribe !== null,
      callsPerSecond,
      waybillsPerCall,
    }
  }
}

function followerOf(source: CourierSource, callLimits: CallLimits) {
  const { name, limits, wantsPhone, subscribe } = source
  const calls = callLimits.of(`courier/${name}`, limits.callsPerSecond)
  const subscriptions = callLimits.of(`courier/${name}/subscribe`, limits.subscriptionsPerSecond)
  const limited = async (waybill: Waybill) => {
    await subscriptions.take()
    return subscribe?.(waybill) ?? 'subscribed'
  }
  return {
    wantsPhone,
    source: {
      source: name,
      isBatched: limits.waybillsPerCall > 1,
      track: inBatches(source, calls),
      subscribe: subscribe && limited,
    },
  }
}

/** The sources that the configuration names. */
export function courierSources(config: Config): CourierSources {
  const { KUAIDI100_CUSTOMER: customer, KUAIDI100_KEY: key, SF_PARTNER_ID: partnerId } = config
  const { SF_CHECK_WORD: checkWord } = config
  return {
    gateway: createCourierGateway(createOutsideHttp(config.COURIER_URL, config.OUTSIDE_SECRET)),
    ...(partnerId && checkWord ? { sf: createSf({ url: config.SF_URL, partnerId, checkWord }) } : {}),
    ...(customer && key
      ? {
          kuaidi100: createKuaidi100({
            baseUrl: config.KUAIDI100_URL,
            customer,
            key,
            callbackUrl: config.KUAIDI100_CALLBACK_URL ?? null,
            saltKeys: config.KUAIDI100_SALT_KEYS ?? [],
            queriesPerSecond: config.KUAIDI100_QUERIES_PER_SECOND,
          }),
        }
      : {}),
  }
}
