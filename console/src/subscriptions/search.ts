import type { z } from 'zod/mini'
import { EVENT_DELIVERY_STATES, SUBSCRIPTION_STATES } from '../../../domain/event-delivery.ts'
import { flag, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const subscriptionsSearch = searchOf(() => ({
  ...paging,
  state: oneOf(SUBSCRIPTION_STATES),
  failing: flag,
  sort: oneOf(['newest', 'oldest', 'name']),
}))
export type SubscriptionsSearch = z.output<typeof subscriptionsSearch>

/** What of a subscription's delivery log is shown, and which delivery is open. */
export const subscriptionSearch = searchOf(() => ({
  ...paging,
  state: oneOf(EVENT_DELIVERY_STATES),
  type: words,
  sort: oneOf(['newest', 'oldest']),
  delivery: words,
}))
export type SubscriptionSearch = z.output<typeof subscriptionSearch>
