import chineseDays from 'chinese-days'
import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { ChangeAnomalyPolicy } from '../contracts/policies/change-anomaly.ts'
import type { ListWorkingDaysQuery, WorkingDayBody, WorkingDayView } from '../contracts/working-days.ts'
import { chinaTimeOf, type WorkingCalendar } from '../domain/working-time.ts'
import type { Db, Tx } from './database.ts'
import { dayAndUuid, Keyset, type Page } from './paging.ts'
import { openWorkItem, resolveOtherWorkItems } from './work-items.ts'

const NEW_YEARS_DAY = '元旦'

/**
 * Days of the official calendar of China with its make-up days (调休). A year that the package does not know yet has
 * weekends and no holidays.
 */
function officialDay(day: string): { kind: 'work' | 'rest'; name: string | null } {
  // "National Day,国庆节,3" on a day that is special, "Friday" on one that is not.
  const { work, name } = chineseDays.getDayDetail(day)
  return { kind: work ? 'work' : 'rest', name: name.split(',')[1] ?? null }
}

/** Whether the holidays of a year are known. New Year's Day is one of them in each year that is. */
export function knowsHolidays(year: number): boolean {
  return officialDay(`${year}-01-01`).name === NEW_YEARS_DAY
}

const KIND = 'holidays_unknown'
/** The official calendar is published in November: whoever keeps the hub has had a month by then. */
const LAST_MONTH = '12'

/**
 * Tells a person when the holidays of this year or, from December on, of the next one are neither in the package nor
 * entered for all stores by somebody; settles it when they are. Once a year of the calendar, however often it is asked.
 */
export async function raiseUnknownHolidays(db: Db, now: Date): Promise<void> {
  const { day } = chinaTimeOf(now.getTime())
  const year = Number(day.slice(0, 4))
  const years = day.slice(5, 7) === LAST_MONTH ? [year, year + 1] : [year]
  const unknown = years.filter((each) => !knowsHolidays(each))
  const entered = unknown.length > 0 ? await yearsEntered(db, unknown) : []
  const missing = unknown.filter((each) => !entered.includes(each)).map(String)
  for (const key of missing) {
    const known = await db
      .selectFrom('work_item')
      .select('id')
      .where('kind', '=', KIND)
      .where('key', '=', key)
      .executeTakeFirst()
    if (!known) await openWorkItem(db, { kind: KIND, key, orderId: null, detail: { year: key } })
  }
  await resolveOtherWorkItems(db, {
    kind: KIND,
    stillOpen: missing,
    resolution: 'the holidays are known now',
  })
}

/** Of these years, those with a day off that somebody has entered for all stores. */
async function yearsEntered(db: Db, years: number[]): Promise<number[]> {
  const { rows } = await sql<{ year: number }>`
    select year from unnest(${years}::int[]) as year
    where exists (select from working_day where store_id is null and kind = 'rest'
      and day >= make_date(year, 1, 1) and day < make_date(year + 1, 1, 1))`.execute(db)
  return rows.map((row) => row.year)
}

/** The calendar of all stores between two days (both counted): what somebody has said comes before the official one. */
export async function readWorkingCalendar(
  db: Db | Tx,
  rule: NonNullable<ChangeAnomalyPolicy['offHours']>,
  period: { from: string; to: string },
): Promise<WorkingCalendar> {
  const rows = await db
    .selectFrom('working_day')
    .select(['store_id', sql<string>`day::text`.as('day'), 'kind', 'name'])
    .where('day', '>=', sql<string>`${period.from}::date`)
    .where('day', '<=', sql<string>`${period.to}::date`)
    .execute()
  const said = new Map(rows.map((row) => [`${row.day} ${row.store_id ?? ''}`, row]))
  return (storeId, day) => {
    const opening = rule.openingByStore[storeId] ?? rule.opening
    const own = said.get(`${day} ${storeId}`) ?? said.get(`${day} `)
    if (own) return { kind: own.kind, name: own.name, opening }
    const official = officialDay(day)
    return { ...official, kind: rule.restDaysCount ? official.kind : 'work', opening }
  }
}

/** One page of what was said otherwise, by day. */
export async function listWorkingDays(db: Db, query: ListWorkingDaysQuery): Promise<Page<WorkingDayView>> {
  const keyset = new Keyset('working-days', query, dayAndUuid)
  const after = keyset.after(query.cursor)
  const isNewest = query.sort === 'newest'
  let select = db
    .selectFrom('working_day')
    .select(['id', 'store_id', sql<string>`day::text`.as('day'), 'kind', 'name', 'changed_by', 'changed_at'])
    .orderBy('working_day.day', isNewest ? 'desc' : 'asc')
    .orderBy('id', isNewest ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.storeId) select = select.where('store_id', '=', query.storeId)
  if (query.from) select = select.where('working_day.day', '>=', sql<string>`${query.from}::date`)
  if (query.to) select = select.where('working_day.day', '<=', sql<string>`${query.to}::date`)
  if (query.kind) select = select.where('kind', '=', query.kind)
  if (after) {
    const comparison = isNewest ? sql`<` : sql`>`
    select = select.where(
      sql<boolean>`(working_day.day, id) ${comparison} (${after[0]}::date, ${after[1]}::uuid)`,
    )
  }
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.day, row.id],
    (row) => ({
      storeId: row.store_id,
      day: row.day,
      kind: row.kind,
      name: row.name,
      changedBy: row.changed_by,
      changedAt: row.changed_at.toISOString(),
    }),
  )
}

/** Says what a day is to a store, or to all of them. @throws ProblemError `unknown-store` */
export async function putWorkingDay(tx: Tx, { storeId, day, kind, name }: WorkingDayBody, operator: string) {
  if (storeId !== null) {
    const store = await tx.selectFrom('store').select('id').where('id', '=', storeId).executeTakeFirst()
    if (!store) throw new ProblemError('unknown-store', `there is no store ${storeId}`)
  }
  await tx
    .insertInto('working_day')
    .values({ store_id: storeId, day: sql`${day}::date`, kind, name, changed_by: operator })
    .onConflict((conflict) =>
      conflict
        .constraint('working_day_once')
        .doUpdateSet({ kind, name, changed_by: operator, changed_at: sql`clock_timestamp()` }),
    )
    .execute()
}

/** The official calendar holds again. */
export async function removeWorkingDay(tx: Tx, day: string, storeId: string | null): Promise<void> {
  await sql`delete from working_day where day = ${day}::date and store_id is not distinct from ${storeId}`.execute(
    tx,
  )
}
