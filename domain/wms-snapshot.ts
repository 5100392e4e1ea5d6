/** The step at which a warehouse's own system takes units off its on-hand quantity. */
export type OnHandFallsAt = 'pick' | 'pack' | 'dispatch'

/** What a WMS says about one SKU: units on hand, and since when that number holds by its own clock. */
export type WmsSnapshot = { onHand: number; asOfMs: number | null }

/**
 * Something the hub knows that an on-hand quantity may or may not show yet.
 *
 * `ship`: units the hub counts as shipped, since it heard of the packing. `pick`: units of a task that is being picked
 * and that the hub still counts as on hand. `other`: units that came (positive) or went (negative) in the hub's books.
 */
export type HubFact =
  | { kind: 'ship'; units: number; heardAtMs: number; pickedAtMs: number | null; leftAtMs: number | null }
  | { kind: 'pick'; units: number; state: 'created' | 'started' | 'picked'; pickedAtMs: number | null }
  | { kind: 'other'; units: number; heardAtMs: number }

/** How far the clocks and reports of a warehouse may be off, in ms. */
export type WmsTiming = {
  /** Between the clock of the WMS and the hub's, and between a step and its booking in the WMS. */
  clockToleranceMs: number
  /** Within this time the hub hears of what happened in the warehouse. */
  reportDelayMs: number
}

/** The fewest and the most units that the hub's own on-hand number (total − shipped) may stand for. */
export type OnHandRange = { least: number; most: number }

/**
 * Carries an on-hand quantity from the WMS's own time to now: `total := on_hand(T) + shipped(T)`, and what moved since.
 *
 * What certainly was shown at T changes nothing, what certainly was not is applied, and where the clocks cannot tell
 * (or a report may still be on its way) the range stays open: raising goes by its lower end, lowering by its upper one.
 * Units that came in by the hub's books are never certain, or goods entered on both sides would be counted twice.
 *
 * Without a time only the upper end means something: whatever the age of the number, no more than that was there.
 */
export function onHandRange(
  snapshot: WmsSnapshot,
  facts: readonly HubFact[],
  fallsAt: OnHandFallsAt,
  timing: WmsTiming,
): OnHandRange {
  const { onHand, asOfMs } = snapshot
  let least = asOfMs === null ? 0 : onHand
  let most = onHand
  for (const fact of facts) {
    const [low, high] = asOfMs === null ? undated(fact) : missing(fact, fallsAt, placeIn(asOfMs, timing))
    if (asOfMs !== null) least += low
    most += high
  }
  least = Math.max(0, least)
  return { least, most: Math.max(least, most) }
}

type Range = readonly [number, number]
const NONE: Range = [0, 0]

function undated(fact: HubFact): Range {
  return fact.kind === 'pick' && fact.state !== 'created' ? [0, fact.units] : NONE
}

/** Whether a moment of the hub's clock lies before or after the snapshot, or too near to tell. */
type Place = (atMs: number) => 'before' | 'after' | 'near'

function placeIn(asOfMs: number, { clockToleranceMs, reportDelayMs }: WmsTiming): Place {
  return (atMs) => {
    if (atMs <= asOfMs - clockToleranceMs) return 'before'
    return atMs > asOfMs + reportDelayMs + clockToleranceMs ? 'after' : 'near'
  }
}

/** By how much the snapshot's number differs from the hub's because of this fact: at least, and at most. */
function missing(fact: HubFact, fallsAt: OnHandFallsAt, place: Place): Range {
  switch (fact.kind) {
    case 'ship':
      return ranged(-fact.units, isShipStillCounted(fact, fallsAt, place))
    case 'pick':
      return ranged(fact.units, isPickTakenOff(fact, fallsAt, place))
    case 'other': {
      if (place(fact.heardAtMs) === 'before') return NONE
      if (fact.units > 0) return [0, fact.units]
      return place(fact.heardAtMs) === 'after' ? [fact.units, fact.units] : [fact.units, 0]
    }
  }
}

function ranged(units: number, isMissing: boolean | 'perhaps'): Range {
  if (isMissing === 'perhaps') return [Math.min(0, units), Math.max(0, units)]
  return isMissing ? [units, units] : NONE
}

/** Whether shipped units are still in the WMS's number at its time. */
function isShipStillCounted(
  fact: Extract<HubFact, { kind: 'ship' }>,
  fallsAt: OnHandFallsAt,
  place: Place,
): boolean | 'perhaps' {
  const heard = place(fact.heardAtMs)
  switch (fallsAt) {
    case 'pack':
      return heard === 'near' ? 'perhaps' : heard === 'after'
    case 'pick': {
      if (heard === 'before') return false
      if (fact.pickedAtMs === null) return 'perhaps'
      const picked = place(fact.pickedAtMs)
      return picked === 'near' ? 'perhaps' : picked === 'after'
    }
    case 'dispatch':
      // Packed is not dispatched: the units are in the number until the parcel has been seen on its way.
      if (fact.leftAtMs !== null && place(fact.leftAtMs) === 'before') return false
      return heard === 'after' ? true : 'perhaps'
  }
}

/** Whether units that are still to be packed are already off the WMS's number at its time. */
function isPickTakenOff(
  fact: Extract<HubFact, { kind: 'pick' }>,
  fallsAt: OnHandFallsAt,
  place: Place,
): boolean | 'perhaps' {
  if (fallsAt === 'dispatch' || fact.state === 'created') return false
  // Packed a moment ago perhaps, and the report is on its way.
  if (fallsAt === 'pack') return fact.state === 'picked' ? 'perhaps' : false
  if (fact.pickedAtMs === null) return 'perhaps'
  const picked = place(fact.pickedAtMs)
  return picked === 'near' ? 'perhaps' : picked === 'before'
}

export type SnapshotVerdict =
  /** Nothing to do. Not settled: the range was open, and the same snapshot may say more a little later. */
  | { kind: 'unchanged'; isSettled: boolean }
  /** The hub's on-hand number (total − shipped) becomes this. */
  | { kind: 'set'; onHand: number; isSettled: boolean }
  /** Too far from what the hub believes to be taken without a person. */
  | { kind: 'implausible'; onHand: number }

/**
 * What becomes of the hub's on-hand number (total − shipped) by a snapshot. It is raised only by a snapshot whose time
 * can be trusted and that is not stale, and never above what is certainly there; lowered, never below what may be
 * there.
 */
export function judgeSnapshot(input: {
  current: number
  range: OnHandRange
  mayRaise: boolean
  /** Changes of more than both of these are implausible; null: a person has agreed, or the level is new. */
  plausible: { units: number; share: number } | null
}): SnapshotVerdict {
  const { current, range, mayRaise, plausible } = input
  const isSettled = range.least === range.most
  const onHand = Math.min(Math.max(current, mayRaise ? range.least : 0), range.most)
  if (onHand === current) return { kind: 'unchanged', isSettled }
  if (plausible && Math.abs(onHand - current) > Math.max(plausible.units, plausible.share * current))
    return { kind: 'implausible', onHand }
  return { kind: 'set', onHand, isSettled }
}

/** Whether the time that a WMS gives for a row can be believed, by the clocks of both sides. */
export function isTrustworthy(
  asOfMs: number,
  read: { atMs: number; clockSkewMs: number | null },
  { clockToleranceMs }: WmsTiming,
): boolean {
  if (read.clockSkewMs === null || Math.abs(read.clockSkewMs) > clockToleranceMs) return false
  return asOfMs <= read.atMs + clockToleranceMs
}
