import { CancelledFailure } from '@temporalio/activity'
import { MockActivityEnvironment } from '@temporalio/testing'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReplenishmentActivities, planBatch } from '../../activities/replenishment.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { beginRun } from '../../store/replenishment-runs.ts'
import { openTestStore, type TestStore } from '../store/support.ts'

let store: TestStore
let activities: ReturnType<typeof createReplenishmentActivities>
const day = chinaTimeOf(Date.now()).day
beforeAll(async () => {
  store = await openTestStore()
  activities = createReplenishmentActivities({ db: store.db, heavyForecasters: [] })
  // More than one batch.
  for (let count = 0; count < 130; count += 1) await store.addSku({ 'WH-HZ': 5 })
})
afterAll(() => store.close())

const runOf = (id: string) =>
  store.db
    .selectFrom('replenishment_run')
    .select(['state', 'skus_done', 'skus'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

test('a night takes the ledger and works out every SKU, and says after each batch how far it is', async () => {
  const environment = new MockActivityEnvironment()
  const progress: unknown[] = []
  environment.on('heartbeat', (details: object) => progress.push({ ...details }))
  const { rows }: { rows: number } = await environment.run(activities.takeDemand)
  expect(rows).toBeGreaterThanOrEqual(130)
  const runId = uuid()
  const result = await environment.run(activities.planReplenishment, { runId, day })
  expect(result).toEqual({ skus: 130, levels: 130, ended: 'done' })
  expect(progress).toEqual([{ rows }, { skus: 100, levels: 100 }, { skus: 130, levels: 130 }])
  expect(await runOf(runId)).toEqual({ state: 'done', skus: 130, skus_done: 130 })
})

test('whoever waits hears of a long batch level by level; one that is no longer wanted ends there and leaves nothing', async () => {
  const runId = uuid()
  const run = await beginRun(store.db, { id: runId, day, policyVersion: 0 })
  if (!run) throw new Error('the run was just begun')
  const paced = (stillHere: () => void) => planBatch(store.db, run, [], { stillHere, breathMs: 0, wordMs: 0 })
  let words = 0
  const unwanted = paced(() => {
    words += 1
    if (words === 40) throw new Error('no longer wanted')
  })
  await expect(unwanted).rejects.toThrow('no longer wanted')
  expect(await runOf(runId)).toMatchObject({ state: 'running', skus_done: 0 })
  words = 0
  const wanted = paced(() => {
    words += 1
  })
  expect(await wanted).toMatchObject({ levels: 100 })
  expect(words).toBe(100)
  expect(await runOf(runId)).toMatchObject({ skus_done: 100 })
})

test('a night that is cancelled ends after its batch, as cancelled, and is not gone on with', async () => {
  const environment = new MockActivityEnvironment()
  environment.on('heartbeat', () => environment.cancel())
  const runId = uuid()
  const run = environment.run(activities.planReplenishment, { runId, day })
  await expect(run).rejects.toBeInstanceOf(CancelledFailure)
  expect(await runOf(runId)).toMatchObject({ state: 'cancelled', skus_done: 100 })
  const again = await new MockActivityEnvironment().run(activities.planReplenishment, { runId, day })
  expect(again).toEqual({ skus: 0, levels: 0, ended: 'cancelled' })
})

test('a night whose worker died is gone on with after its last batch', async () => {
  const runId = uuid()
  const dying = new MockActivityEnvironment()
  dying.on('heartbeat', () => {
    throw new Error('the process died')
  })
  await expect(dying.run(activities.planReplenishment, { runId, day })).rejects.toThrow('died')
  expect(await runOf(runId)).toMatchObject({ state: 'running', skus_done: 100 })
  const result = await new MockActivityEnvironment().run(activities.planReplenishment, { runId, day })
  expect(result).toEqual({ skus: 30, levels: 30, ended: 'done' })
  expect(await runOf(runId)).toMatchObject({ state: 'done', skus_done: 130 })
})
