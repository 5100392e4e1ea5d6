import { sql } from 'kysely'
import type { DataFlowPolicy } from '../contracts/policies/data-flow.ts'
import { breakPointsOf, type FlowFigures } from '../domain/flow-break-points.ts'
import { OWN_TARGETS } from '../domain/flow-manual-steps.ts'
import { type Flow, type FlowEdge, flowEdgesOf, parseEdgeId } from '../domain/flow-map.ts'
import type { ManualStep } from '../domain/flow-steps.ts'
import type { Db, Tx } from './database.ts'
import { type OutsideSystems, readFlowConfiguration } from './flow-configuration.ts'
import { countSettled, type MinuteCount, writeMinutes, writeSamples } from './flow-counts.ts'
import { type KnownEdge, readFigures } from './flow-figures.ts'
import { recordIncidents } from './flow-incidents.ts'
import { readManualSteps } from './flow-manual-steps.ts'
import {
  type CourierStanding,
  courierStandings,
  deliveryStandings,
  type FlowStanding,
  messageStandings,
  notificationStandings,
  purchaseStanding,
  shopStandings,
  statementStandings,
  subscriptionStandings,
  warehouseStandings,
} from './flow-standings.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** A minute is counted once more until it has been over for so long: what commits late is in it then. */
const FINAL_AFTER_MS = MINUTE_MS
/**
 * So far back one round counts at most: after a longer pause the minutes between are left out, so that it never begins
 * with reading a day. The first round of a hub begins there, too.
 */
const COUNTED_BACK_MS = 15 * MINUTE_MS
/** With a longer pause nobody knows how the backlogs came to what they are. */
const PAUSE_MS = 2 * MINUTE_MS
/** For how long minutes are kept, and an edge that nobody configures any more and nothing flows on. */
const KEPT_MS = 2 * DAY_MS

/**
 * The database's time, by which everything is counted, if nobody has looked for so long; null while somebody has. Of
 * several processes the others need not even read. A look that lies far ahead was taken before the clock was set back.
 */
export async function dueWatch(db: Db, everySeconds: number): Promise<Date | null> {
  const { rows } = await sql<{ now: Date }>`
    select clock_timestamp() as now from flow_state
    where checked_at is null or checked_at < clock_timestamp() - make_interval(secs => ${everySeconds})
      or checked_at > clock_timestamp() + make_interval(secs => ${PAUSE_MS / 1_000})`.execute(db)
  return rows[0]?.now ?? null
}

type WatchRound = { breakPoints: number }

/**
 * Looks at every flow once: counts what was settled since, reads what waits, judges each edge, and writes down how it
 * stands and what became of its incidents. One process at a time does it; all of it commits together.
 *
 * @param input.now by the database's clock
 * @returns null while another process does it, or where one has done it since `now`
 */
export async function watchFlows(
  db: Db,
  input: { outside: OutsideSystems; policy: { version: number; document: DataFlowPolicy }; now: Date },
): Promise<WatchRound | null> {
  const { outside, policy, now } = input
  // Read beside the turn: what the queues hold is as of now for whoever has it.
  const standings = await readStandings(db, outside)
  const manualSteps = await readManualSteps(db)
  return db.transaction().execute(async (tx) => {
    const turn = await takeTurn(tx, now)
    if (!turn) return null
    const counted = await countSettled(tx, turn)
    await writeMinutes(tx, counted)
    await writeSamples(tx, floorToMinute(now), samplesOf(standings.byEdge))
    const known = await knownEdges(tx, counted)
    const edges = await readEdges(tx, { outside, standings, manualSteps, known, now })
    const { document: rules } = policy
    const figures = await readFigures(tx, {
      edgeIds: edges.map(({ id }) => id),
      standings: standings.byEdge,
      manualSteps,
      known,
      now,
      watchedSince: turn.watchedSince,
      windowMinutes: rules.windowMinutes,
    })
    const found = edges.flatMap((edge) => {
      const own = figures.get(edge.id)
      return own && edge.isConfigured ? breakPointsOf(edge, own, rules, now.getTime()) : []
    })
    await writeEdges(tx, edges, { figures, manualSteps, now })
    await recordIncidents(tx, { found, figures, rules, policyVersion: policy.version, now })
    await endTurn(tx, { turn, now, policyVersion: policy.version })
    return { breakPoints: found.length }
  })
}

/** How every edge stands by what waits, and the couriers that have parcels under way. */
type Standings = { byEdge: Map<string, FlowStanding>; couriers: CourierStanding[] }

async function readStandings(db: Db, outside: OutsideSystems): Promise<Standings> {
  const channels = await db.selectFrom('store').select('channel').distinct().execute()
  const targets = [...OWN_TARGETS, ...outside.listingChannels, ...channels.map((row) => row.channel)]
  const couriers = await courierStandings(db)
  const all: FlowStanding[] = [
    ...(await shopStandings(db)),
    ...(await messageStandings(db)),
    ...(await deliveryStandings(db, [...new Set(targets)])),
    ...(await subscriptionStandings(db)),
    ...(await notificationStandings(db)),
    ...(await warehouseStandings(db)),
    await purchaseStanding(db),
    ...(await statementStandings(db)),
    ...couriers,
  ]
  return { byEdge: new Map(all.map((standing) => [standing.edgeId, standing])), couriers }
}

type Turn = { from: Date; to: Date; finalUntil: Date; watchedSince: Date }

/** The turn of this round, and what it has to count; null where another process has it, or has had it since. */
async function takeTurn(tx: Tx, now: Date): Promise<Turn | null> {
  const state = await tx
    .selectFrom('flow_state')
    .select(['counted_until', 'watched_since', 'checked_at'])
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!state) return null
  const sinceMs = state.checked_at ? now.getTime() - state.checked_at.getTime() : Number.POSITIVE_INFINITY
  if (sinceMs < 0 && sinceMs >= -PAUSE_MS) return null
  const isPaused = Math.abs(sinceMs) > PAUSE_MS
  const earliest = now.getTime() - COUNTED_BACK_MS
  const countedUntil = state.counted_until?.getTime() ?? earliest
  // What was counted until later than now was counted by a clock that has been set back.
  const begin = countedUntil > now.getTime() ? earliest : Math.max(earliest, countedUntil)
  const from = floorToMinute(new Date(begin))
  const finalUntil = floorToMinute(new Date(now.getTime() - FINAL_AFTER_MS))
  return {
    from,
    to: now,
    finalUntil: finalUntil > from ? finalUntil : from,
    watchedSince: isPaused || !state.watched_since ? now : state.watched_since,
  }
}

async function endTurn(
  tx: Tx,
  { turn, now, policyVersion }: { turn: Turn; now: Date; policyVersion: number },
): Promise<void> {
  await tx
    .updateTable('flow_state')
    .set((eb) => ({
      counted_until: turn.finalUntil,
      watched_since: turn.watchedSince,
      checked_at: now,
      round: eb('round', '+', 1),
      policy_version: policyVersion,
    }))
    .execute()
  await tx
    .deleteFrom('flow_minute')
    .where('minute', '<', new Date(now.getTime() - KEPT_MS))
    .execute()
}

function samplesOf(standings: ReadonlyMap<string, FlowStanding>) {
  return [...standings.values()].map(({ edgeId, backlog = 0, succeededNow = 0, failedNow = 0 }) => ({
    edgeId,
    backlog,
    succeeded: succeededNow,
    failed: failedNow,
  }))
}

/** The edges that are on the map, with the newest success of each, those just counted included. */
async function knownEdges(tx: Tx, counted: readonly MinuteCount[]): Promise<Map<string, KnownEdge>> {
  const rows = await tx.selectFrom('flow_edge').select(['id', 'first_seen_at', 'last_success_at']).execute()
  const edges = new Map<string, KnownEdge>(
    rows.map((row) => [
      row.id,
      {
        firstSeenAtMs: row.first_seen_at.getTime(),
        lastSuccessAtMs: row.last_success_at?.getTime() ?? null,
      },
    ]),
  )
  for (const { edgeId, lastSuccessAt } of counted) {
    if (!lastSuccessAt) continue
    const atMs = lastSuccessAt.getTime()
    const edge = edges.get(edgeId) ?? { firstSeenAtMs: atMs, lastSuccessAtMs: null }
    edges.set(edgeId, { ...edge, lastSuccessAtMs: Math.max(atMs, edge.lastSuccessAtMs ?? 0) })
  }
  return edges
}

type Read = {
  outside: OutsideSystems
  standings: Standings
  manualSteps: readonly ManualStep[]
  known: ReadonlyMap<string, KnownEdge>
  now: Date
}

/** What is configured, and what flowed in the last two days, or waits, although it is not. */
async function readEdges(tx: Tx, { outside, standings, manualSteps, known, now }: Read): Promise<FlowEdge[]> {
  const configuration = await readFlowConfiguration(tx, outside, standings.couriers)
  const recentMs = now.getTime() - KEPT_MS
  const ids = new Set([
    ...[...known].flatMap(([id, { lastSuccessAtMs }]) => ((lastSuccessAtMs ?? 0) > recentMs ? [id] : [])),
    ...[...standings.byEdge.values()].flatMap(({ edgeId, backlog = 0 }) => (backlog > 0 ? [edgeId] : [])),
    ...manualSteps.map(({ edgeId }) => edgeId),
  ])
  const channelOf = await readChannels(tx)
  const seen = [...ids].flatMap((id) => {
    const parsed = parseEdgeId(id)
    return parsed ? [{ ...parsed, channel: channelOf(parsed.flow, parsed.key) }] : []
  })
  return flowEdgesOf(configuration, seen)
}

/** The channel of a shop, a store or a platform: also of those that are out of service. */
async function readChannels(tx: Tx): Promise<(flow: Flow, key: string) => string | null> {
  const shops = await tx
    .selectFrom('shop')
    .innerJoin('store', 'store.id', 'shop.store_id')
    .select(['shop.id', 'shop.platform', 'store.channel'])
    .execute()
  const stores = await tx.selectFrom('store').select(['id', 'channel']).execute()
  const ofShop = new Map(shops.map(({ id, channel }) => [id, channel]))
  const ofStore = new Map(stores.map(({ id, channel }) => [id, channel]))
  const ofPlatform = new Map(shops.map(({ platform, channel }) => [platform, channel]))
  return (flow, key) => {
    const names = flow === 'stock_out' ? ofStore : flow === 'messages' ? ofPlatform : ofShop
    return names.get(key) ?? null
  }
}

/** Writes down how each edge stands; what is on the map no more goes. */
async function writeEdges(
  tx: Tx,
  edges: readonly FlowEdge[],
  {
    figures,
    manualSteps,
    now,
  }: { figures: ReadonlyMap<string, FlowFigures>; manualSteps: readonly ManualStep[]; now: Date },
): Promise<void> {
  const instantOf = (ms: number | null | undefined) => (ms ? new Date(ms).toISOString() : null)
  const rows = edges.map((edge) => {
    const own = figures.get(edge.id)
    return {
      id: edge.id,
      flow: edge.flow,
      key: edge.key,
      from_system: edge.from,
      to_system: edge.to,
      title: edge.title,
      interval_seconds: edge.intervalSeconds,
      age_target_seconds: edge.ageTargetSeconds,
      is_configured: edge.isConfigured,
      figures: own,
      manual_steps: manualSteps.filter(({ edgeId }) => edgeId === edge.id),
      last_success_at: instantOf(own?.lastSuccessAtMs),
      first_seen_at: instantOf(own?.firstSeenAtMs ?? now.getTime()),
    }
  })
  await sql`
    insert into flow_edge (id, flow, key, from_system, to_system, title, interval_seconds, age_target_seconds,
      is_configured, figures, manual_steps, last_success_at, first_seen_at, checked_at)
    select edge.*, ${now}::timestamptz from json_to_recordset(${JSON.stringify(rows)}::json) as edge (id text, flow text,
      key text, from_system text, to_system text, title text, interval_seconds float8, age_target_seconds float8,
      is_configured boolean, figures jsonb, manual_steps jsonb, last_success_at timestamptz, first_seen_at timestamptz)
    on conflict (id) do update set from_system = excluded.from_system, to_system = excluded.to_system,
      title = excluded.title, interval_seconds = excluded.interval_seconds,
      age_target_seconds = excluded.age_target_seconds, is_configured = excluded.is_configured,
      figures = excluded.figures, manual_steps = excluded.manual_steps, last_success_at = excluded.last_success_at,
      checked_at = excluded.checked_at`.execute(tx)
  await tx.deleteFrom('flow_edge').where('checked_at', '<>', now).execute()
}

function floorToMinute(at: Date): Date {
  return new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS)
}
