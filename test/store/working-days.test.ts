import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { detectAnomalies } from '../../store/change-anomalies.ts'
import { putWorkingDay, raiseUnknownHolidays, removeWorkingDay } from '../../store/working-days.ts'
import { openTestStore } from './support.ts'

/** No package knows the holidays of these years for a while. */
const YEAR = 2096
const NOVEMBER = new Date(`${YEAR - 1}-11-30T23:59:59+08:00`)
/** The same moment in November by UTC. */
const DECEMBER = new Date(`${YEAR - 1}-12-01T00:00:00+08:00`)
const NEXT_YEAR = new Date(`${YEAR}-02-01T12:00:00+08:00`)

let store: Awaited<ReturnType<typeof openTestStore>>
beforeAll(async () => {
  store = await openTestStore()
})
/** Each test has work of its own. */
afterEach(() => store.db.updateTable('work_item').set({ kind: 'bodies_kept', key: sql`id::text` }).execute())
afterAll(() => store.close())

const items = () =>
  store.db
    .selectFrom('work_item')
    .select(['key', 'state', 'occurrences'])
    .where('kind', '=', 'holidays_unknown')
    .orderBy('key')
    .execute()
const rest = (year: number, storeId: string | null) =>
  store.inTransaction((tx) =>
    putWorkingDay(tx, { storeId, day: `${year}-01-01`, kind: 'rest', name: '元旦' }, 'admin'),
  )

test('in December the next year without holidays is a person’s work, once however often it is looked at', async () => {
  await rest(YEAR - 1, null)
  await raiseUnknownHolidays(store.db, NOVEMBER)
  expect(await items()).toEqual([])
  await raiseUnknownHolidays(store.db, DECEMBER)
  await raiseUnknownHolidays(store.db, DECEMBER)
  expect(await items()).toEqual([{ key: String(YEAR), state: 'open', occurrences: 1 }])
})

test('a year that has begun without holidays is one, too', async () => {
  await raiseUnknownHolidays(store.db, NEXT_YEAR)
  expect(await items()).toEqual([{ key: String(YEAR), state: 'open', occurrences: 1 }])
})

test('days off of one store are not the year’s; once entered for all stores the item closes itself', async () => {
  await raiseUnknownHolidays(store.db, DECEMBER)
  await rest(YEAR, 'MALL')
  await raiseUnknownHolidays(store.db, DECEMBER)
  expect(await items()).toMatchObject([{ state: 'open' }])
  await rest(YEAR, null)
  await raiseUnknownHolidays(store.db, DECEMBER)
  expect(await items()).toMatchObject([{ key: String(YEAR), state: 'resolved' }])
  await store.inTransaction((tx) => removeWorkingDay(tx, `${YEAR}-01-01`, null))
})

test('a year whose holidays the package knows is nobody’s work', async () => {
  await raiseUnknownHolidays(store.db, new Date('2025-12-15T12:00:00+08:00'))
  expect(await items()).toEqual([])
})

test('whoever looks for anomalies looks for it, too', async () => {
  await detectAnomalies(store.db, DECEMBER)
  expect(await items()).toMatchObject([{ key: String(YEAR) }])
})
