import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { CourierGateway, Scan } from '../connectors/courier/gateway.ts'
import type { ParcelState } from '../domain/order-state.ts'
import type { Db } from '../store/database.ts'
import { recordPollFailure, recordScans } from '../store/parcels.ts'

export type TrackingRequest = {
  orderId: string
  parcelId: string
  courier: string
  waybillNumber: string
  /** The state that the order already knows; only news beyond it wakes the workflow. */
  known: ParcelState
  intervalMs: number
}

/** A failing courier is asked again after 1, 2, 4 … seconds, but never less often than a working one. */
const FIRST_RETRY_MS = 1_000

/** Following a parcel to its end. */
export function createTrackingActivities(deps: { db: Db; courierGateway: CourierGateway }) {
  return {
    /**
     * Asks the courier once. News that decides something is the result; "no news" and a failed call are retryable
     * failures that say when to ask again, so that waiting for a parcel costs no history.
     */
    trackParcel: async (request: TrackingRequest): Promise<{ state: ParcelState; occurredAt: string }> => {
      const { parcelId, intervalMs } = request
      let scans: Scan[]
      try {
        scans = await deps.courierGateway.track(request)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const failures = await recordPollFailure(deps.db, request, reason, intervalMs)
        throw askAgain(
          `call ${failures} in a row failed: ${reason}`,
          Math.min(intervalMs, FIRST_RETRY_MS * 2 ** (failures - 1)),
        )
      }
      const reached = await recordScans(deps.db, parcelId, scans, intervalMs)
      if (reached.state === request.known) throw askAgain('no news', intervalMs)
      return reached
    },
  }
}

function askAgain(message: string, nextRetryDelayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'AskAgain',
    nextRetryDelay: nextRetryDelayMs,
    category: ApplicationFailureCategory.BENIGN,
  })
}
