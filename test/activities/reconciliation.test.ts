import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReconciliationActivities } from '../../activities/reconciliation.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { listRuns } from '../../store/reconciliation-runs.ts'
import { openTestStore, type TestStore } from '../store/support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const runs = async () =>
  (await listRuns(store.db, { limit: 50, sort: 'oldest' })).items.map((run) => [run.counterpart, run.origin])

test('a night asks once for each comparison that the policy wants and that somebody can be asked for', async () => {
  const { requestReconciliations } = createReconciliationActivities({
    db: store.db,
    reconciled: ['finance', 'crm', 'erp', 'logistics'],
  })
  const { initial } = POLICIES.reconciliation
  await publishPolicy(store.db, {
    kind: 'reconciliation',
    document: { ...initial, crm: { ...initial.crm, daily: false } },
    author: 'test',
    reason: 'test',
  })
  // No shop, no mapped warehouse, no CRM wanted, and couriers' bills only where the policy says so.
  expect(await requestReconciliations()).toEqual({ started: 2 })
  expect(await requestReconciliations()).toEqual({ started: 0 })
  expect((await runs()).sort()).toEqual([
    ['erp', 'schedule'],
    ['finance', 'schedule'],
  ])
  const [run] = (await listRuns(store.db, { limit: 1, sort: 'newest', counterpart: 'finance' })).items
  expect(run?.to).toBe(chinaTimeOf(Date.now() - 86_400_000).day)
})

test('a night compares the days of China before it by its own clock, also over the end of a year', async () => {
  await store.db.updateTable('reconciliation_run').set({ state: 'cancelled', leased_until: null }).execute()
  let now = new Date('2098-12-31T15:59:59Z')
  const { requestReconciliations } = createReconciliationActivities({
    ...{ db: store.db, reconciled: ['finance'], now: () => now },
  })
  const { days } = POLICIES.reconciliation.initial.finance
  const newest = async () => (await listRuns(store.db, { limit: 1, sort: 'newest' })).items[0]
  expect(await requestReconciliations()).toEqual({ started: 1 })
  expect(await newest()).toMatchObject({ from: dayBefore('2098-12-31', days), to: '2098-12-30' })
  await store.db.updateTable('reconciliation_run').set({ state: 'cancelled', leased_until: null }).execute()
  // A second later it is another year in China.
  now = new Date('2098-12-31T16:00:00Z')
  expect(await requestReconciliations()).toEqual({ started: 1 })
  expect(await newest()).toMatchObject({ from: dayBefore('2099-01-01', days), to: '2098-12-31' })
})

const dayBefore = (day: string, days: number) =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)

test('without anybody to ask a night asks for nothing', async () => {
  await store.db.updateTable('reconciliation_run').set({ state: 'cancelled', leased_until: null }).execute()
  const { requestReconciliations } = createReconciliationActivities({ db: store.db, reconciled: [] })
  expect(await requestReconciliations()).toEqual({ started: 0 })
})
