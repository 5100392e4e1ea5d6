import type { Flow, FlowEdge } from './flow-map.ts'

/** What can be wrong with a flow, the plainest first. */
export const BREAK_KINDS = ['disconnected', 'no_success', 'error_rate', 'backlog_growing', 'stale'] as const
export type BreakKind = (typeof BREAK_KINDS)[number]

/** Each is null where the rule is off. */
type BreakThresholds = {
  /** So many intervals without a success, while one was due, … */
  noSuccessIntervals: number | null
  /** … where this is the interval of what does not run by the clock: how soon what waits should be through. */
  usualIntervalSeconds: number
  /** So many percent of at least so many tries failed. */
  errorRate: { percent: number; minimumTries: number } | null
  /** At least so much waits, and so many percent more than before. */
  backlogGrowth: { minimum: number; percent: number } | null
  /** What it brings, or what waits, is older than so many times its target. */
  staleTimes: number | null
}
/** Of one flow: what is left out is as usual. */
type OwnThresholds = { [Rule in keyof BreakThresholds]?: BreakThresholds[Rule] | undefined }
/** The policy `data-flow`. */
export type DataFlowRules = {
  /** Rates, errors and growth are those of so many minutes. */
  windowMinutes: number
  usual: BreakThresholds
  byFlow: Readonly<Partial<Record<Flow, OwnThresholds | undefined>>>
  /** An incident is over when its rule has been kept for so long. */
  closeAfterSeconds: number
}

/** How a flow stands. Whatever is null is not known of a flow of its kind. Times are ms since the epoch. */
export type FlowFigures = {
  /** Successes and failed tries in the window. */
  succeeded: number
  failed: number
  windowMinutes: number
  latencyMeanMs: number | null
  latencyMaxMs: number | null
  /** What waits, and whether only so much of it was counted. */
  backlog: number
  isBacklogCapped: boolean
  /** The backlog of each minute of the window that was watched, the oldest first. */
  backlogByMinute: readonly number[]
  oldestWaitingSeconds: number | null
  /** What waits after a try that failed. */
  retrying: number
  /** Distinct orders in what waits. */
  ordersWaiting: number
  lastSuccessAtMs: number | null
  /** Since when the edge is on the map. */
  firstSeenAtMs: number
  /** How old what it brings is. */
  ageSeconds: number | null
  /** False: the other side is disconnected, refuses the credentials, or was switched off after failures. */
  isConnected: boolean
  /** Successes a minute over the last day, of a feed that is silent: orders that nobody has heard of yet are guessed from it. */
  usualPerMinute: number
  /** Open work items of it, and the orders that these hold up. */
  manualSteps: number
  ordersHeld: number
}

/** A flow that is broken, and by which figure. Limits and figures are in the unit of their kind. */
export type BreakPoint = {
  edgeId: string
  kind: BreakKind
  /** `no_success` and `stale` in seconds, `error_rate` in percent, `backlog_growing` in messages; `disconnected` in seconds. */
  measured: number
  limit: number
  ordersAffected: number
}

type Judged = Pick<FlowEdge, 'id' | 'flow' | 'intervalSeconds' | 'ageTargetSeconds'>

/** What is wrong with an edge: at most one break point of each kind. */
export function breakPointsOf(
  edge: Judged,
  figures: FlowFigures,
  rules: DataFlowRules,
  nowMs: number,
): BreakPoint[] {
  const thresholds = thresholdsOf(edge.flow, rules)
  const found: Record<BreakKind, Measured | null> = {
    disconnected: figures.isConnected ? null : { measured: secondsSinceSuccess(figures, nowMs), limit: 0 },
    no_success: noSuccess(edge, figures, thresholds, nowMs),
    error_rate: errorRate(figures, thresholds),
    backlog_growing: backlogGrowth(figures, thresholds),
    stale: staleness(edge, figures, thresholds),
  }
  return BREAK_KINDS.flatMap((kind) => {
    const measured = found[kind]
    if (!measured) return []
    const affected = ordersAffected(edge.flow, figures, kind, nowMs)
    return [{ edgeId: edge.id, kind, ...measured, ordersAffected: affected }]
  })
}

/** The worst first: by orders affected, then by kind, then by edge. */
export function rankBreakPoints<Point extends Pick<BreakPoint, 'edgeId' | 'kind' | 'ordersAffected'>>(
  points: readonly Point[],
): Point[] {
  return points.toSorted(
    (a, b) =>
      b.ordersAffected - a.ordersAffected ||
      BREAK_KINDS.indexOf(a.kind) - BREAK_KINDS.indexOf(b.kind) ||
      (a.edgeId < b.edgeId ? -1 : a.edgeId > b.edgeId ? 1 : 0),
  )
}

/** The thresholds that hold for a flow: its own before the usual ones. */
export function thresholdsOf(
  flow: Flow,
  { usual, byFlow }: Pick<DataFlowRules, 'usual' | 'byFlow'>,
): BreakThresholds {
  const own = byFlow[flow]
  if (!own) return usual
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  return { ...usual, ...Object.fromEntries(given) }
}

type Measured = { measured: number; limit: number }

/**
 * By the clock: nothing succeeded for so many intervals. Of what does not run by the clock nothing is expected while
 * nothing waits: the oldest that waits has done so for as long, and nothing succeeded meanwhile.
 */
function noSuccess(
  { intervalSeconds }: Judged,
  figures: FlowFigures,
  { noSuccessIntervals, usualIntervalSeconds }: BreakThresholds,
  nowMs: number,
): Measured | null {
  if (noSuccessIntervals === null) return null
  const limit = noSuccessIntervals * (intervalSeconds ?? usualIntervalSeconds)
  const since = secondsSinceSuccess(figures, nowMs)
  const measured = intervalSeconds === null ? Math.min(since, figures.oldestWaitingSeconds ?? 0) : since
  return measured > limit ? { measured, limit } : null
}

/** What is tried again counts as failed: while the other side is away nothing else is there to be counted. */
function errorRate(figures: FlowFigures, { errorRate: rule }: BreakThresholds): Measured | null {
  if (!rule) return null
  const failed = figures.failed + figures.retrying
  const tries = figures.succeeded + failed
  if (tries === 0 || tries < rule.minimumTries) return null
  const measured = (100 * failed) / tries
  return measured >= rule.percent ? { measured, limit: rule.percent } : null
}

/** Minutes that it takes to tell growth from a wave. */
const GROWTH_MINUTES = 4

/** The second half of the window holds so much more than the first, and it is not falling again. */
function backlogGrowth(
  { backlog, backlogByMinute: samples }: FlowFigures,
  { backlogGrowth: rule }: BreakThresholds,
): Measured | null {
  if (!rule || samples.length < GROWTH_MINUTES || backlog < rule.minimum) return null
  const middle = Math.floor(samples.length / 2)
  const [before, after] = [meanOf(samples.slice(0, middle)), meanOf(samples.slice(middle))]
  const limit = before * (1 + rule.percent / 100)
  return after > limit && backlog >= after ? { measured: backlog, limit } : null
}

/** What a feed brings is too old; of what has no target, what waits is. */
function staleness(
  { ageTargetSeconds }: Judged,
  { ageSeconds, oldestWaitingSeconds }: FlowFigures,
  { staleTimes, usualIntervalSeconds, noSuccessIntervals }: BreakThresholds,
): Measured | null {
  if (staleTimes === null) return null
  const isFeed = ageTargetSeconds !== null
  const measured = (isFeed ? ageSeconds : oldestWaitingSeconds) ?? 0
  const limit = staleTimes * (ageTargetSeconds ?? usualIntervalSeconds * (noSuccessIntervals ?? 1))
  return measured > limit ? { measured, limit } : null
}

/** Flows that bring orders: of what they do not bring, nothing waits in the hub. */
const BRINGS_ORDERS: ReadonlySet<Flow> = new Set(['orders_pushed', 'orders_pulled'])
const IS_SILENT: ReadonlySet<BreakKind> = new Set(['disconnected', 'no_success', 'stale'])

/** Orders in what waits, those that work items hold up, and, of a feed that is silent, what it usually brings in that time. */
function ordersAffected(flow: Flow, figures: FlowFigures, kind: BreakKind, nowMs: number): number {
  const known = figures.ordersWaiting + figures.ordersHeld
  if (!BRINGS_ORDERS.has(flow) || !IS_SILENT.has(kind)) return known
  return known + Math.round((figures.usualPerMinute * secondsSinceSuccess(figures, nowMs)) / 60)
}

function secondsSinceSuccess({ lastSuccessAtMs, firstSeenAtMs }: FlowFigures, nowMs: number): number {
  return Math.max(0, (nowMs - (lastSuccessAtMs ?? firstSeenAtMs)) / 1_000)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
