import { assertNever } from './assert-never.ts'
import type { OrderEvent, OrderState } from './order.ts'

/**
 * Names an event by what it is, not by when it was applied. A worker that dies in the middle of a step leaves
 * commits behind that its successor does not know of, and the successor may apply the same events in other batches
 * or in another order: by this key the database writes what follows from each event once.
 */
export function eventKey(state: OrderState, event: OrderEvent): string {
  switch (event.type) {
    case 'payment_received':
    case 'fulfilment_packed':
    case 'fulfilment_short':
    case 'presale_arrived':
    case 'presale_given_up':
    case 'stock_granted':
    case 'channel_closed':
    case 'refund_retry_requested':
    case 'attention_cleared':
    case 'check_released':
    case 'parcel_silent':
    case 'unknown_fact':
      return `inbox/${event.inboxId}`
    case 'cancel_requested':
    case 'return_requested':
    case 'return_decided':
    case 'return_received':
    case 'return_inspected':
    case 'change_hold_requested':
    case 'change_prepare_requested':
    case 'change_commit_requested':
    case 'change_release_requested':
      return `request/${event.requestId}`
    case 'change_hold_decided':
      return `change/${event.number}/hold`
    case 'change_prepared':
      return `change/${event.number}/prepare/${event.tries}`
    case 'change_settled':
      return `change/${event.number}/settle`
    case 'deadline_reached':
      return `deadline/${state.status}/${event.atMs}`
    case 'reservation_checked':
      return `reservation/${event.answer}`
    case 'reserved_again':
      return `reserved-again/${state.reserveAgainTries}`
    case 'presale_due':
      return `presale-due/${event.lineNumber ?? 'all'}`
    case 'cancellation_decided':
      return `cancellation/${state.cancellation?.requestId}`
    case 'shortage_settled':
      return `shortage/${event.shortageId}`
    case 'order_checked':
      return `check/${event.number}`
    case 'refund_settled':
      return `refund/${event.refundId}/${event.tries}`
    case 'parcel_news':
      return `parcel/${event.parcelId}/${event.state}`
    case 'tracking_gave_up':
      return `tracking/${event.parcelId}/${state.parcels.find((parcel) => parcel.parcelId === event.parcelId)?.state}`
    default:
      return assertNever(event)
  }
}
