import { type RawBuilder, sql } from 'kysely'
import type { HealthFilters } from '../contracts/health-score.ts'
import type { HealthScorePolicy } from '../contracts/policies/health-score.ts'
import type { HealthGrain, HealthPeriod } from '../domain/health-period.ts'
import {
  HEALTH_COMPONENTS,
  type HealthComponent,
  type HealthDimension,
  type HealthScore,
  type HealthSums,
} from '../domain/health-score.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { currentPolicy } from './policy.ts'

export type SumsByComponent = Partial<Record<HealthComponent, HealthSums>>

const DIMENSION_COLUMNS: Record<HealthDimension, string> = {
  channel: 'channel',
  store: 'store_id',
  warehouse: 'warehouse_id',
}

/** How fresh the figures are, and what judges them. */
export type HealthStanding = {
  rules: HealthScorePolicy
  policyVersion: number
  countedUntil: Date | null
  refreshedAt: Date | null
}

/** Where the figures stand, and the policy in force. */
export async function healthStanding(db: Db): Promise<HealthStanding> {
  const { document: rules, version: policyVersion } = await currentPolicy(db, 'health-score')
  const state = await db
    .selectFrom('health_state')
    .select(['counted_until', 'refreshed_at'])
    .executeTakeFirstOrThrow()
  return { rules, policyVersion, countedUntil: state.counted_until, refreshedAt: state.refreshed_at }
}

/** What of the standing is told with every figure. */
export function freshnessOf({ countedUntil, refreshedAt, policyVersion }: HealthStanding) {
  return {
    countedUntil: countedUntil?.toISOString() ?? null,
    refreshedAt: refreshedAt?.toISOString() ?? null,
    policyVersion,
  }
}

/** Which rows filters and scope let through; what has no store is its warehouse's region's. */
export function healthRowsOf(filters: HealthFilters, scope: Scope): RawBuilder<boolean> {
  const { channel = null, storeId = null, warehouseId = null } = filters
  return sql`(${channel}::text is null or channel = ${channel}) and (${storeId}::text is null or store_id = ${storeId})
    and (${warehouseId}::text is null or warehouse_id = ${warehouseId}) and ${visibleTo(scope)}`
}

function visibleTo(scope: Scope): RawBuilder<boolean> {
  if (scope.kind === 'all') return sql`true`
  const ofRegion =
    scope.kind === 'region'
      ? sql`warehouse_id in (select id from warehouse where region = ${scope.region})`
      : sql`false`
  return sql`((store_id <> '' and ${inScope(scope, 'store_id')}) or (store_id = '' and ${ofRegion}))`
}

type SumRow = HealthSums & { component: HealthComponent; key: string }
type FigurePeriod = HealthPeriod & { grain: HealthGrain }

/** The sums of a period, by component. */
export async function sumsOf(
  db: Db | Tx,
  period: FigurePeriod,
  rows: RawBuilder<boolean>,
): Promise<SumsByComponent> {
  const [sums = {}] = (await readSums(db, period, rows, sql`''`)).values()
  return sums
}

/** The same by channel, store or warehouse, where there is one. */
export async function sumsByDimension(
  db: Db,
  period: FigurePeriod,
  rows: RawBuilder<boolean>,
  dimension: HealthDimension,
): Promise<Map<string, SumsByComponent>> {
  const column = sql.ref(DIMENSION_COLUMNS[dimension])
  return readSums(db, period, sql`${rows} and ${column} <> ''`, column)
}

/** The same by the hours or days that the figures are of; in ms since the epoch. */
export async function sumsByStart(
  db: Db | Tx,
  period: FigurePeriod,
  rows: RawBuilder<boolean>,
): Promise<Map<number, SumsByComponent>> {
  const startsAtMs = sql`(extract(epoch from starts_at) * 1000)::bigint::text`
  const byText = await readSums(db, period, rows, startsAtMs)
  return new Map([...byText].map(([key, sums]) => [Number(key), sums]))
}

async function readSums(
  db: Db | Tx,
  { grain, fromMs, toMs }: FigurePeriod,
  condition: RawBuilder<boolean>,
  key: RawBuilder<unknown>,
): Promise<Map<string, SumsByComponent>> {
  const { rows } = await sql<SumRow>`
    select component, ${key} as key, sum(measured)::bigint as measured, sum(missed)::bigint as missed,
      sum(outcomes)::bigint as outcomes, sum(missed_outcomes)::bigint as "missedOutcomes"
    from health_figure
    where grain = ${grain === 'hour' ? 'hour' : 'day'} and starts_at >= ${new Date(fromMs)}
      and starts_at < ${new Date(toMs)} and ${condition}
    group by 1, 2`.execute(db)
  const found = new Map<string, SumsByComponent>()
  for (const { component, key: name, ...sums } of rows) {
    found.set(name, { ...found.get(name), [component]: sums })
  }
  return found
}

/** Adds sums up, component by component. */
export function addSums(all: readonly SumsByComponent[]): SumsByComponent {
  const total: SumsByComponent = {}
  for (const component of HEALTH_COMPONENTS) {
    const found = all.flatMap((sums) => sums[component] ?? [])
    if (found.length === 0) continue
    const sum = (figure: keyof HealthSums) => found.reduce((so, each) => so + each[figure], 0)
    total[component] = {
      measured: sum('measured'),
      missed: sum('missed'),
      outcomes: sum('outcomes'),
      missedOutcomes: sum('missedOutcomes'),
    }
  }
  return total
}

/** The score in the digits that mean something. */
export function shownScore({ score, band, knownWeight }: HealthScore) {
  return { score: score === null ? null : rounded(score), band, knownWeight }
}

/** Two digits behind the point, and no zero below zero. */
export function rounded(points: number): number {
  return Math.round(points * 100) / 100 + 0
}
