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

test('without anybody to ask a night asks for nothing', async () => {
  await store.db.updateTable('reconciliation_run').set({ state: 'cancelled', leased_until: null }).execute()
  const { requestReconciliations } = createReconciliationActivities({ db: store.db, reconciled: [] })
  expect(await requestReconciliations()).toEqual({ started: 0 })
})
