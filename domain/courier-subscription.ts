/** Kuaidi100 takes so many subscriptions of one waybill in a month … */
const TIMES_A_MONTH = 4
const MONTH_MS = 31 * 86_400_000
/** … and none within half an hour of the last one's end. */
const REST_AFTER_END_MS = 30 * 60_000
/** What was asked and never answered is asked again after this; repeating it does no harm. */
const UNANSWERED_MS = 60_000
/** A refusal may have been our own wrong key. */
const AFTER_REFUSAL_MS = 6 * 3_600_000

export type SubscriptionRecord = { state: string; askedAgoMs: number; endedAgoMs: number | null }

/**
 * Whether a parcel should be subscribed now, by what was asked before, the newest first: `repeat` the last question,
 * whose answer is not known, or ask `anew`.
 */
export function decideSubscription(records: SubscriptionRecord[]): 'anew' | 'repeat' | 'no' {
  const [last] = records
  if (!last) return 'anew'
  if (last.state === 'active') return 'no'
  if (last.state === 'asked') return last.askedAgoMs >= UNANSWERED_MS ? 'repeat' : 'no'
  const lately = records.filter(({ askedAgoMs }) => askedAgoMs < MONTH_MS).length
  if (lately >= TIMES_A_MONTH) return 'no'
  if (last.state === 'refused') return last.askedAgoMs >= AFTER_REFUSAL_MS ? 'anew' : 'no'
  return (last.endedAgoMs ?? 0) >= REST_AFTER_END_MS ? 'anew' : 'no'
}
