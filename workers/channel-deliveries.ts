import { z } from 'zod'
import { callShop, type TurnLimits, takeTurn } from '../connectors/channels/calls.ts'
import type { ChannelClient, ChannelConnectors } from '../connectors/channels/channel.ts'
import { RefusedError, UnreachableError } from '../connectors/outside-errors.ts'
import { listingMessage } from '../contracts/listings.ts'
import { readShopQuantities, SHIP_DELIVERY } from '../store/channel-writeback.ts'
import type { Db } from '../store/database.ts'
import { type DueDelivery, failedDeliveryItem, markDelivered } from '../store/delivery-queue.ts'
import type { KeyRing } from '../store/keyring.ts'
import { LISTING_DELIVERY } from '../store/listing-plan.ts'
import { settleListingDelivery } from '../store/listings.ts'
import type { ShopAccounts } from '../store/shop-accounts.ts'
import { tokenStore } from '../store/shop-tokens.ts'
import { type DeliveryTarget, retryDelayMs } from './delivery-sender.ts'
import { listingFailure } from './listings.ts'

const shipMessage = z.object({
  shopId: z.string(),
  platformOrderId: z.string(),
  courier: z.string(),
  waybillNumber: z.string(),
  lines: z.array(z.object({ platformLineId: z.string(), quantity: z.int() })),
})

/** About a day: a platform that is down for longer needs a person to enter the waybill there. */
const SHIP_ATTEMPTS_BEFORE_ALARM = 280

type Deps = { keyRing: KeyRing; shops: ShopAccounts; connectors: ChannelConnectors; callLimits: TurnLimits }

/** The shops of one channel: they are told waybills, and what to show. */
export function channelTarget(channel: string, deps: Deps): DeliveryTarget {
  return {
    name: channel,
    deliver: async (db, delivery) => {
      if (delivery.kind === SHIP_DELIVERY) return ship(db, deps, delivery)
      if (delivery.kind === LISTING_DELIVERY) return publish(db, deps, delivery)
      throw new RefusedError(0, `nobody knows what ${delivery.kind} is for a shop`)
    },
    afterFailure: (delivery, failure) => {
      if (delivery.kind === LISTING_DELIVERY) return listingFailure(delivery, failure)
      const { error, isRefusal, retryAfterMs } = failure
      const hopeless = isRefusal || delivery.attempts >= SHIP_ATTEMPTS_BEFORE_ALARM
      return hopeless
        ? { error, retryInMs: null, workItem: failedDeliveryItem(delivery, error) }
        : { error, retryInMs: retryAfterMs ?? retryDelayMs(delivery), workItem: null }
    },
  }
}

/** Tells the platform a waybill; that it knows it already is as good. */
async function ship(db: Db, deps: Deps, delivery: DueDelivery): Promise<void> {
  const { shopId, ...shipment } = shipMessage.parse(delivery.payload)
  await call(db, deps, shopId, (client) => client.ship({ ...shipment, operationId: delivery.operationId }))
  await markDelivered(db, delivery.id)
}

/** Shows the store's quantity at all its shops; the store has confirmed once the last one has. */
async function publish(db: Db, deps: Deps, delivery: DueDelivery): Promise<void> {
  const message = listingMessage.parse(delivery.payload)
  for (const { shopId, ...listing } of await readShopQuantities(db, message.storeId, message.skuId)) {
    await call(db, deps, shopId, (client) => client.publishQuantity(listing))
  }
  const { version, quantity } = message
  await settleListingDelivery(db, delivery, message, { version, quantity, at: new Date().toISOString() })
}

async function call<Result>(
  db: Db,
  { keyRing, shops, connectors, callLimits }: Deps,
  shopId: string,
  work: (client: ChannelClient) => Promise<Result>,
): Promise<Result> {
  const shop = await shops.find(shopId)
  const connector = shop && connectors[shop.platform]
  if (!shop || !connector) throw new UnreachableError(`shop ${shopId} is not connected`)
  return callShop(connector, shop, tokenStore(db, keyRing), async (client) => {
    await takeTurn(callLimits, connector, shopId)
    return work(client)
  })
}
