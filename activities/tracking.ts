import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { Waybill } from '../connectors/couriers/courier.ts'
import type { CourierFollower, Couriers } from '../connectors/couriers/registry.ts'
import { RateLimitedError, UnreachableError } from '../connectors/outside-errors.ts'
import type { ParcelState } from '../domain/order-state.ts'
import { phoneTailOf } from '../store/contacts.ts'
import { claimSubscription, settleSubscription } from '../store/courier-subscriptions.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import {
  claimPoll,
  type ParcelNews,
  readParcel,
  recordPollFailure,
  recordScans,
  reportSilence,
  schedulePoll,
} from '../store/parcels.ts'

export type TrackingRequest = {
  orderId: string
  parcelId: string
  courier: string
  waybillNumber: string
  /** The state that the order already knows; only news beyond it wakes the workflow. */
  known: ParcelState
  intervalMs: number
  /** After so long without any scan the order is told; absent in orders from before it was recorded. */
  silenceMs?: number
}

/** A failing courier is asked again after 1, 2, 4 … seconds, but never less often than a working one. */
const FIRST_RETRY_MS = 1_000
/** An attempt may begin so much before its time: clocks differ, and waiting again would cost an attempt. */
const EARLY_MS = 100
/** Polls of a source that takes several numbers in one call happen at common moments, at most so far apart. */
const COMMON_MOMENT_MS = 10_000
const DEFAULT_SILENCE_MS = 48 * 3_600_000

type TrackingDeps = {
  db: Db
  couriers: Couriers
  dataKeys: KeyRing
  /** Of the phone that parcels are sent with; without it the receiver's is read. */
  senderPhoneTail?: string | undefined
}

/** Longer than a call takes: so long the other orders of a shared waybill leave the asking to the one that has begun. */
const CLAIM_MS = 20_000

/** With the parcel in whose row it is written when the waybill is asked about: its own, unless it is shared. */
type Following = TrackingRequest & { mainParcelId: string }

/** Following a parcel to its end. */
export function createTrackingActivities(deps: TrackingDeps) {
  return {
    /**
     * Looks what is known of a parcel, and asks its courier where nothing was heard for an interval. News that decides
     * something is the result; "no news" and a failed call are retryable failures that say when to ask again, so that
     * waiting for a parcel costs no history.
     */
    trackParcel: async (request: TrackingRequest): Promise<ParcelNews> => {
      const { intervalMs } = request
      const parcel = await readParcel(deps.db, request.parcelId)
      const { state, occurredAt, dueInMs, mainParcelId } = parcel
      // A push was faster, or an attempt whose worker died had stored it.
      if (state !== request.known) return { state, occurredAt }
      const earlyMs = Math.min(EARLY_MS, intervalMs / 2)
      if (dueInMs > earlyMs && dueInMs <= intervalMs) throw askAgain('heard of lately', dueInMs)
      const claimMs = Math.min(intervalMs, CLAIM_MS)
      if (parcel.isShared && !(await claimPoll(deps.db, mainParcelId, { earlyMs, claimMs })))
        throw askAgain('another order in the parcel asks', claimMs)
      return follow(deps, { ...request, mainParcelId })
    },
  }
}

async function follow(deps: TrackingDeps, request: Following): Promise<ParcelNews> {
  const { courier, waybillNumber, intervalMs } = request
  const follower = deps.couriers(courier)
  try {
    const phoneTail = follower.wantsPhone
      ? (deps.senderPhoneTail ?? (await phoneTailOf(deps.db, deps.dataKeys, request.orderId)))
      : null
    const waybill = { courier, waybillNumber, phoneTail }
    // The first news of a parcel that is pushed comes by itself; it is asked about when that stays away.
    if (await subscribe(deps, follower, request, waybill)) return await noNews(deps, request, intervalMs)
    return await poll(deps, follower, request, waybill)
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error
    return failed(deps, request, error)
  }
}

async function poll(
  { db, ...deps }: TrackingDeps,
  follower: CourierFollower,
  request: Following,
  waybill: Waybill,
): Promise<ParcelNews> {
  const { parcelId, intervalMs, known } = request
  const scans = await follower.track(waybill)
  const { state, occurredAt } = await db
    .transaction()
    .execute((tx) => recordScans(tx, { parcelId, source: follower.source, scans, way: 'poll' }))
  if (state !== known) return { state, occurredAt }
  return noNews({ db, ...deps }, request, follower.isBatched ? toCommonMoment(intervalMs) : intervalMs)
}

/** Asks the courier to push, where it does and that is not arranged yet. Returns whether it was arranged just now. */
async function subscribe(
  { db }: TrackingDeps,
  { source, subscribe: ask }: CourierFollower,
  { mainParcelId: parcelId }: Following,
  waybill: Waybill,
): Promise<boolean> {
  if (!ask) return false
  const number = await claimSubscription(db, parcelId, source)
  if (number === null) return false
  try {
    const answer = await ask(waybill)
    await settleSubscription(db, { parcelId, number }, 'active', answer)
    return true
  } catch (error) {
    // One call that waits for its time-out is all that an attempt has time for; the next one polls.
    if (error instanceof UnreachableError) throw error
    if (error instanceof RateLimitedError) return false
    const reason = error instanceof Error ? error.message : String(error)
    await settleSubscription(db, { parcelId, number }, 'refused', reason)
    return false
  }
}

async function noNews({ db }: TrackingDeps, request: Following, delayMs: number): Promise<never> {
  const { mainParcelId, intervalMs } = request
  await schedulePoll(db, mainParcelId, { inMs: delayMs, intervalMs })
  await tellSilence(db, request)
  throw askAgain('no news', delayMs)
}

async function failed({ db }: TrackingDeps, request: Following, error: unknown): Promise<never> {
  const { mainParcelId: parcelId, intervalMs } = request
  const reason = error instanceof Error ? error.message : String(error)
  // Too many others are asking: nothing is wrong with this courier.
  if (error instanceof RateLimitedError) {
    const delayMs = Math.min(intervalMs, error.retryAfterMs)
    await schedulePoll(db, parcelId, { inMs: delayMs, intervalMs })
    throw askAgain(reason, delayMs)
  }
  const failures = await recordPollFailure(db, { ...request, parcelId }, reason)
  const delayMs = Math.min(intervalMs, FIRST_RETRY_MS * 2 ** (failures - 1))
  await schedulePoll(db, parcelId, { inMs: delayMs, intervalMs })
  await tellSilence(db, request)
  throw askAgain(`call ${failures} in a row failed: ${reason}`, delayMs)
}

async function tellSilence(db: Db, { parcelId, silenceMs = DEFAULT_SILENCE_MS }: TrackingRequest) {
  await db
    .transaction()
    .execute((tx) => reportSilence(tx, { parcelId, silenceMs, detail: 'no scan for too long' }))
}

/** Shortens an interval so that it ends when others of the same source end, too. */
function toCommonMoment(intervalMs: number): number {
  const gridMs = Math.min(COMMON_MOMENT_MS, intervalMs / 2)
  return intervalMs - ((Date.now() + intervalMs) % gridMs)
}

function askAgain(message: string, nextRetryDelayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'AskAgain',
    nextRetryDelay: Math.max(1, Math.round(nextRetryDelayMs)),
    category: ApplicationFailureCategory.BENIGN,
  })
}
