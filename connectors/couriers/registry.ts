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

/**
 * A courier's own interface before the service that knows many, and that before the merchant's gateway, which is left
 * with every courier that nobody else knows.
 */
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
    const { source, wantsPhone } =
      (courier === 'sf' ? followers.sf : undefined) ??
      (KUAIDI100_COURIERS.includes(courier) ? followers.kuaidi100 : undefined) ??
      followers.gateway
    return { ...source, wantsPhone: wantsPhone(courier) }
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
