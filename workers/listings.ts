import type { MallGateway } from '../connectors/mall/gateway.ts'
import { listingMessage } from '../contracts/listings.ts'
import { type DeliveryFailure, type DueDelivery, failedDeliveryItem } from '../store/delivery-queue.ts'
import { listingKey } from '../store/listing-plan.ts'
import { settleListingDelivery } from '../store/listings.ts'
import { type DeliveryTarget, retryDelayMs } from './delivery-sender.ts'

/** About a minute: who only asks for patience is raised no sooner. */
const ATTEMPTS_BEFORE_ALARM = 8

/**
 * The own mall's stores. A change that lowers what a store shows and does not arrive is raised at once, one work item a
 * store, because customers order meanwhile what is not there; it is tried on without end, and the item closes itself when the
 * store confirms. One that the mall refuses waits for a person.
 */
export function mallTarget(gateway: MallGateway): DeliveryTarget {
  return {
    name: 'mall',
    deliver: async (db, delivery) => {
      const message = listingMessage.parse(delivery.payload)
      const answer = await gateway.showListing({ ...message, operationId: delivery.operationId })
      await settleListingDelivery(db, delivery, message, answer)
    },
    afterFailure: listingFailure,
  }
}

/** What follows when a store was not told what to show. */
export function listingFailure(
  delivery: DueDelivery,
  { error, isRefusal, retryAfterMs }: { error: string; isRefusal: boolean; retryAfterMs: number | null },
): DeliveryFailure {
  if (isRefusal) return { error, retryInMs: null, workItem: itemOf(delivery, error, true) }
  const isPatience = retryAfterMs !== null && delivery.attempts < ATTEMPTS_BEFORE_ALARM
  return {
    error,
    retryInMs: retryAfterMs ?? retryDelayMs(delivery),
    workItem: isPatience ? null : itemOf(delivery, error, false),
  }
}

function itemOf(delivery: DueDelivery, error: string, isRefusal: boolean): DeliveryFailure['workItem'] {
  const { storeId, skuId, version, quantity, lowers } = listingMessage.parse(delivery.payload)
  if (!lowers) return isRefusal ? failedDeliveryItem(delivery, error) : null
  return {
    kind: 'delisting_failed',
    // A store that does not answer is one problem, however many listings wait for it.
    key: isRefusal ? listingKey(storeId, skuId) : storeId,
    detail: { storeId, skuId, version, quantity, attempts: delivery.attempts, reason: error },
  }
}
