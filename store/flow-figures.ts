import { sql } from 'kysely'
import type { FlowFigures } from '../domain/flow-break-points.ts'
import type { ManualStep } from '../domain/flow-steps.ts'
import type { Tx } from './database.ts'
import type { FlowStanding } from './flow-standings.ts'

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

type WindowSums = {
  edgeId: string
  succeeded: number
  failed: number
  latencySumMs: number
  latencyMaxMs: number
  /** By minutes before now, of those that have a row. */
  backlogs: Record<string, number>
}

/** What the last minutes of every edge sum up to. */
async function readWindow(tx: Tx, now: Date, minutes: number): Promise<Map<string, WindowSums>> {
  const { rows } = await sql<WindowSums>`
    select edge_id as "edgeId", sum(succeeded)::int as succeeded, sum(failed)::int as failed,
      sum(latency_sum_ms)::bigint as "latencySumMs", max(latency_max_ms)::bigint as "latencyMaxMs",
      json_object_agg((extract(epoch from date_trunc('minute', ${now}::timestamptz) - minute) / 60)::int, backlog)
        as backlogs
    from flow_minute where minute > ${new Date(now.getTime() - minutes * MINUTE_MS)} and minute <= ${now}
    group by edge_id`.execute(tx)
  return new Map(rows.map((row) => [row.edgeId, row]))
}

/** Successes a minute of the last day, of the edges named: each is read by itself, by its own minutes. */
async function readUsualRates(tx: Tx, edgeIds: readonly string[], now: Date): Promise<Map<string, number>> {
  if (edgeIds.length === 0) return new Map()
  const { rows } = await sql<{ edgeId: string; rate: number }>`
    select edge_id as "edgeId", past.rate from unnest(${edgeIds}::text[]) as edge_id cross join lateral (
      select coalesce(sum(succeeded), 0)::float8 / ${DAY_MINUTES} as rate from flow_minute
      where flow_minute.edge_id = edge_id.edge_id
        and minute > ${new Date(now.getTime() - DAY_MINUTES * MINUTE_MS)}::timestamptz
    ) as past`.execute(tx)
  return new Map(rows.map(({ edgeId, rate }) => [edgeId, rate]))
}

export type KnownEdge = { firstSeenAtMs: number; lastSuccessAtMs: number | null }

/**
 * The figures of every edge: its last minutes, how it stands, and what is done by hand.
 *
 * @param known edges that are on the map already
 * @param watchedSince the backlogs of minutes before it were not looked at
 */
export async function readFigures(
  tx: Tx,
  input: {
    edgeIds: readonly string[]
    standings: ReadonlyMap<string, FlowStanding>
    manualSteps: readonly ManualStep[]
    known: ReadonlyMap<string, KnownEdge>
    now: Date
    watchedSince: Date
    windowMinutes: number
  },
): Promise<Map<string, FlowFigures>> {
  const { edgeIds, standings, known, now, watchedSince, windowMinutes } = input
  const window = await readWindow(tx, now, windowMinutes)
  const lastSuccesses = new Map(
    edgeIds.map((id) => [
      id,
      newestOf(standings.get(id)?.lastSuccessAt?.getTime(), known.get(id)?.lastSuccessAtMs),
    ]),
  )
  // Only feeds of orders are judged by what they usually bring, and only those that have been silent for a while.
  const silent = edgeIds.filter(
    (id) => id.startsWith('orders_') && (lastSuccesses.get(id) ?? 0) < now.getTime() - MINUTE_MS,
  )
  const usual = await readUsualRates(tx, silent, now)
  const watchedMinutes = Math.min(windowMinutes, minutesBetween(watchedSince, now))
  return new Map(
    edgeIds.map((id) => {
      const standing = standings.get(id)
      const sums = window.get(id)
      const steps = input.manualSteps.filter(({ edgeId }) => edgeId === id)
      const backlog = standing?.backlog ?? 0
      const byMinute = Array.from({ length: watchedMinutes }, (_, index) => {
        const ago = watchedMinutes - 1 - index
        return ago === 0 ? backlog : (sums?.backlogs[String(ago)] ?? 0)
      })
      const figures: FlowFigures = {
        succeeded: sums?.succeeded ?? 0,
        failed: sums?.failed ?? 0,
        windowMinutes,
        latencyMeanMs: sums && sums.succeeded > 0 ? Math.round(sums.latencySumMs / sums.succeeded) : null,
        latencyMaxMs: sums && sums.succeeded > 0 ? sums.latencyMaxMs : null,
        backlog,
        isBacklogCapped: standing?.isBacklogCapped ?? false,
        backlogByMinute: byMinute,
        oldestWaitingSeconds: secondsBetween(standing?.oldestWaitingAt, now),
        retrying: standing?.retrying ?? 0,
        ordersWaiting: standing?.ordersWaiting ?? 0,
        lastSuccessAtMs: lastSuccesses.get(id) ?? null,
        firstSeenAtMs: known.get(id)?.firstSeenAtMs ?? now.getTime(),
        ageSeconds: standing?.ageSeconds ?? null,
        isConnected: standing?.isConnected ?? true,
        usualPerMinute: usual.get(id) ?? 0,
        manualSteps: steps.reduce((sum, { items }) => sum + items, 0),
        ordersHeld: steps.reduce((sum, { orders }) => sum + orders, 0),
      }
      return [id, figures]
    }),
  )
}

function newestOf(...times: (number | null | undefined)[]): number | null {
  const known = times.filter((time) => time !== null && time !== undefined)
  return known.length === 0 ? null : Math.max(...known)
}

function secondsBetween(from: Date | null | undefined, to: Date): number | null {
  return from ? Math.max(0, (to.getTime() - from.getTime()) / 1_000) : null
}

/** Minutes that a period touches, its first and its last one included. */
function minutesBetween(from: Date, to: Date): number {
  const minuteOf = (at: Date) => Math.floor(at.getTime() / MINUTE_MS)
  return Math.max(0, minuteOf(to) - minuteOf(from) + 1)
}
