import { sql } from 'kysely'
import { z } from 'zod'
import type {
  ChangeStatistics,
  ChangeStatisticsQuery,
  StatisticsFilters,
} from '../contracts/change-reports.ts'
import {
  type ChangeFigures,
  type ChangeFiguresRow,
  compareMonths,
  daysBegun,
  type StatisticKey,
  sumOf,
} from '../domain/change-statistics.ts'
import { chinaTimeOf, monthBounds, previousMonth } from '../domain/working-time.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { Keyset } from './paging.ts'

/** Requests of earlier months are settled by now; those of these may still be applied or rejected. */
const MONTHS_REFRESHED = 3

/**
 * Counts the requests of the last months anew. One transaction: whoever reads sees a month whole, as it was or as it is.
 *
 * @returns how many rows there are now
 */
export async function refreshChangeStatistics(db: Db, now: Date): Promise<number> {
  const months = [chinaTimeOf(now.getTime()).month]
  while (months.length < MONTHS_REFRESHED) months.push(previousMonth(months.at(-1) ?? ''))
  return db.transaction().execute(async (tx) => {
    // Two refreshes at once would both find the months empty.
    await sql`select pg_advisory_xact_lock(hashtextextended('change-statistics', 0))`.execute(tx)
    let rows = 0
    for (const month of months) {
      const { from, to } = monthBounds(month)
      await sql`delete from change_statistic where month = ${`${month}-01`}::date`.execute(tx)
      const { numAffectedRows } = await sql`
        insert into change_statistic (month, store_id, applicant, type, requests, applied, rejected, difference_cents,
          concession_cents)
        select ${`${month}-01`}::date, store_id, applicant, type, count(*), count(*) filter (where status = 'applied'),
          count(*) filter (where status = 'rejected'),
          coalesce(sum(difference_cents) filter (where status = 'applied'), 0),
          coalesce(sum(concession_cents) filter (where status = 'applied'), 0)
        from change_request where created_at >= ${from} and created_at < ${to}
        group by store_id, applicant, type`.execute(tx)
      rows += Number(numAffectedRows ?? 0)
    }
    return rows
  })
}

const COLUMNS: Record<StatisticKey, string> = { store: 'store_id', person: 'applicant', type: 'type' }
/** Keys come from people and systems: more than a page of cursors can be, never more than these. */
const cursor = z.tuple([z.string().max(300)])

/** One page of a month beside the month before, with where the requests behind each figure are. */
export async function readChangeStatistics(
  db: Db,
  query: ChangeStatisticsQuery,
  scope: Scope,
  now: Date,
): Promise<ChangeStatistics> {
  const { rows, ...report } = await compareStatistics(db, query, scope, now)
  const keyset = new Keyset('change-statistics', query, cursor)
  const after = keyset.after(query.cursor)
  const first = after ? rows.findIndex(({ key }) => key === after[0]) + 1 : 0
  const { items, nextCursor } = keyset.page(
    rows.slice(first, first + query.limit + 1),
    query.limit,
    ({ key }) => [key],
    (row) => ({ ...row, requestsUrl: requestsUrl(query, report.month, row.key) }),
  )
  return { ...report, items, nextCursor }
}

/** The same whole, as an export wants it. */
export async function compareStatistics(
  db: Db,
  filters: StatisticsFilters,
  scope: Scope,
  now: Date,
): Promise<Omit<ChangeStatistics, 'items' | 'nextCursor'> & { rows: ChangeFiguresRow[] }> {
  const month = filters.month ?? chinaTimeOf(now.getTime()).month
  const past = previousMonth(month)
  const [present, before] = await Promise.all([
    figuresOf(db, month, filters, scope),
    figuresOf(db, past, filters, scope),
  ])
  const days = daysBegun(month, now.getTime())
  const refreshedAt = present.refreshedAt ?? before.refreshedAt
  return {
    month,
    previousMonth: past,
    by: filters.by,
    total: { now: sumOf(present.figures.values()), before: sumOf(before.figures.values()) },
    refreshedAt: refreshedAt?.toISOString() ?? null,
    rows: compareMonths(present.figures, before.figures, { days, sort: filters.sort }),
  }
}

async function figuresOf(
  db: Db,
  month: string,
  { by, storeId, applicant, type }: StatisticsFilters,
  scope: Scope,
): Promise<{ figures: Map<string, ChangeFigures>; refreshedAt: Date | null }> {
  const { rows } = await sql<{
    key: string
    requests: number
    applied: number
    rejected: number
    differenceCents: number
    concessionCents: number
    refreshedAt: Date
  }>`select ${sql.ref(COLUMNS[by])} as key, sum(requests)::int as requests, sum(applied)::int as applied,
      sum(rejected)::int as rejected, sum(difference_cents)::bigint as "differenceCents",
      sum(concession_cents)::bigint as "concessionCents", min(refreshed_at) as "refreshedAt"
    from change_statistic
    where month = ${`${month}-01`}::date and ${inScope(scope, 'store_id')}
      and (${storeId ?? null}::text is null or store_id = ${storeId ?? null})
      and (${applicant ?? null}::text is null or applicant = ${applicant ?? null})
      and (${type ?? null}::text is null or type = ${type ?? null})
    group by 1`.execute(db)
  return {
    figures: new Map(
      rows.map(({ key, refreshedAt: _, ...row }) => [
        key,
        {
          ...row,
          differenceCents: Number(row.differenceCents),
          concessionCents: Number(row.concessionCents),
        },
      ]),
    ),
    refreshedAt: rows.reduce<Date | null>(
      (oldest, { refreshedAt }) => (oldest && oldest < refreshedAt ? oldest : refreshedAt),
      null,
    ),
  }
}

/** The list of requests, cut as the figure is. */
function requestsUrl(filters: StatisticsFilters, month: string, key: string): string {
  const { from, to } = monthBounds(month)
  const { by } = filters
  const said = {
    storeId: by === 'store' ? key : filters.storeId,
    applicant: by === 'person' ? key : filters.applicant,
    type: by === 'type' ? key : filters.type,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, value)
  query.set('createdFrom', from.toISOString())
  query.set('createdTo', to.toISOString())
  return `/v1/change-requests?${query}`
}
