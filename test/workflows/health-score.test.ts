import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createHealthScoreActivities } from '../../activities/health-score.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { ensureHealthSchedule } from '../../connectors/temporal/health-schedule.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { type HealthStore, openHealthStore } from '../store/health-support.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const id = `health-score-${uuid()}`
/** What time it is for the schedule's turns. */
let now = new Date('2025-06-30T23:59:59+08:00')
let store: HealthStore
let client: Client
let stop: () => Promise<void>

beforeAll(async () => {
  store = await openHealthStore()
  const config = {
    TEMPORAL_ADDRESS: required('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: taskQueue,
  }
  const payloadKeys = KeyRing.parse(TEST_PAYLOAD_KEYS)
  client = createTemporalClient(config, payloadKeys)
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS })
  const worker = await createWorker({
    config,
    connection,
    payloadKeys,
    bundle: await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE')),
    versioned: false,
    activities: createHealthScoreActivities({
      db: store.db,
      connectors: CHANNEL_CONNECTORS,
      now: () => now,
    }),
  })
  const finished = worker.run()
  stop = async () => {
    worker.shutdown()
    await finished
    await client.schedule.getHandle(id).delete()
    await Promise.all([client.connection.close(), connection.close(), store.close()])
  }
})
afterAll(() => stop())

const figures = () =>
  store.db
    .selectFrom('health_figure')
    .select(['grain', 'starts_at', 'measured', 'missed'])
    .orderBy('grain')
    .execute()

test('the schedule is made once and stays paused, and its turn sums the hours that are over by its own clock', async () => {
  await store.counted('2025-06-30T23:30:00+08:00', [{ book: 10, counted: 9 }])
  await ensureHealthSchedule(client, { taskQueue: 'elsewhere', id })
  const schedule = client.schedule.getHandle(id)
  await schedule.pause('by a person')
  await ensureHealthSchedule(client, { taskQueue, id })
  expect((await schedule.describe()).state.paused).toBe(true)
  const turns = (count: number) =>
    vi.waitFor(
      async () => {
        // Of two turns that are asked for within a second, or during a turn, the second is none.
        await schedule.trigger()
        const { counted_until: until } = await store.db
          .selectFrom('health_state')
          .select('counted_until')
          .executeTakeFirstOrThrow()
        expect(until?.getTime()).toBe(count)
      },
      { timeout: 20_000, interval: 500 },
    )
  await turns(Date.parse('2025-06-30T23:00:00+08:00'))
  expect(await figures()).toEqual([])
  now = new Date('2025-07-01T00:00:00+08:00')
  await turns(now.getTime())
  expect(await figures()).toEqual([
    { grain: 'day', starts_at: new Date('2025-06-30T00:00:00+08:00'), measured: 10, missed: 1 },
    { grain: 'hour', starts_at: new Date('2025-06-30T23:00:00+08:00'), measured: 10, missed: 1 },
  ])
})
