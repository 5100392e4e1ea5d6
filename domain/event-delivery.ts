export const SUBSCRIPTION_STATES = ['active', 'paused', 'disabled', 'deleted'] as const
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number]

/**
 * `exhausted`: every try failed, a person may replay it. `superseded`: a newer event of the same kind said it all.
 * `cancelled`: its subscription was deleted.
 */
export const EVENT_DELIVERY_STATES = ['pending', 'delivered', 'exhausted', 'superseded', 'cancelled'] as const
export type EventDeliveryState = (typeof EVENT_DELIVERY_STATES)[number]

/** Before each try of an event, counted from the one before it: the schedule of Standard Webhooks. */
const RETRY_DELAYS_SECONDS = [
  5,
  5 * 60,
  30 * 60,
  2 * 3600,
  5 * 3600,
  10 * 3600,
  14 * 3600,
  20 * 3600,
  24 * 3600,
]
/** The first try and one after each delay: about 75 hours. */
export const EVENT_ATTEMPTS = RETRY_DELAYS_SECONDS.length + 1
/** A later try comes up to this much later than planned, so that what failed together does not come back together. */
const JITTER = 0.1
/** So many failures in a row, of whatever events, and the endpoint is taken for down: it is only probed. */
export const FAILURES_UNTIL_DOWN = 3
const FIRST_THROTTLE_SECONDS = 5
const LAST_THROTTLE_SECONDS = 5 * 60
/** What a receiver may ask for at most; a day is the longest delay of the schedule, too. */
const LONGEST_RETRY_AFTER_SECONDS = 24 * 3600
/** An endpoint that has not taken anything for so long is disabled. */
export const DISABLED_AFTER_SECONDS = 5 * 24 * 3600

/** What became of one try. `status` is null where there was no answer at all. */
export type EventAttempt = {
  status: number | null
  /** As the receiver said in Retry-After, in seconds from now. */
  retryAfterSeconds: number | null
}

/** How the endpoint has been doing before this try. */
export type EndpointHealth = {
  /** Tries of any event that failed one after another. */
  consecutiveFailures: number
  /** Since when nothing has succeeded, in seconds; null where the last try succeeded. */
  failingForSeconds: number | null
}

export type AttemptVerdict =
  | { outcome: 'delivered' }
  /** The receiver says that it no longer wants anything. */
  | { outcome: 'gone' }
  /** Nothing has arrived for days: the event stays pending, the endpoint is disabled. */
  | { outcome: 'unreachable' }
  | {
      outcome: 'retry' | 'exhausted'
      /** When the event is due again; null when it is not. */
      retryInSeconds: number | null
      /** For how long nothing at all is sent to this endpoint. */
      throttleSeconds: number | null
    }

/**
 * What follows from one try of an event: 2xx is success, 410 the end of the subscription, everything else a failure,
 * redirections too. 429, 502, 503, 504 and no answer at all are about the endpoint and not about the event, so that the
 * whole endpoint is left alone for a while; so is one that fails whatever it is sent.
 *
 * @param attempt.number which try of this event it was, from 1
 * @param jitter between 0 and 1
 */
export function judgeAttempt(
  attempt: EventAttempt & { number: number },
  health: EndpointHealth,
  jitter: number,
): AttemptVerdict {
  const { status, number, retryAfterSeconds } = attempt
  if (status !== null && status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status === 410) return { outcome: 'gone' }
  if ((health.failingForSeconds ?? 0) >= DISABLED_AFTER_SECONDS) return { outcome: 'unreachable' }
  const failures = health.consecutiveFailures + 1
  const asked = retryAfterSeconds === null ? null : Math.min(retryAfterSeconds, LONGEST_RETRY_AFTER_SECONDS)
  const isBusy = status === null || status === 429 || (status >= 502 && status <= 504)
  const pause = Math.min(LAST_THROTTLE_SECONDS, FIRST_THROTTLE_SECONDS * 2 ** Math.min(failures - 1, 10))
  const throttleSeconds = isBusy ? (asked ?? pause) : failures >= FAILURES_UNTIL_DOWN ? pause : null
  const delay = RETRY_DELAYS_SECONDS[number - 1]
  if (delay === undefined) return { outcome: 'exhausted', retryInSeconds: null, throttleSeconds }
  const planned = delay * (1 + JITTER * jitter)
  return { outcome: 'retry', retryInSeconds: Math.max(planned, asked ?? 0), throttleSeconds }
}
