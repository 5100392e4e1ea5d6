import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createCustomerActivities } from '../../activities/customers.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { ensureCustomersSchedule } from '../../connectors/temporal/customers-schedule.ts'
import { chinaDayNumber } from '../../domain/customer-segment.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { type CustomerStore, openCustomerStore } from '../store/customer-support.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const id = `customers-${uuid()}`
/** What time it is for the schedule's turns. */
let now = new Date('2026-03-31T23:59:59+08:00')
let store: CustomerStore
let client: Client
let stop: () => Promise<void>

beforeAll(async () => {
  store = await openCustomerStore()
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
    activities: createCustomerActivities({ db: store.db, now: () => now }),
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

test('a turn counts new orders, and grades everybody once a day of China by its own clock', async () => {
  const orderId = await store.ordered({ phone: '13700000001' }, '2026-03-01T10:00:00+08:00')
  await ensureCustomersSchedule(client, { taskQueue, id })
  const schedule = client.schedule.getHandle(id)
  await schedule.pause('turns are asked for')
  const graded = (day: string) =>
    vi.waitFor(
      async () => {
        await schedule.trigger()
        const state = await store.db
          .selectFrom('customer_state')
          .select(['graded_on', 'graded_until', 'refreshed_at'])
          .executeTakeFirstOrThrow()
        expect(state).toMatchObject({
          graded_on: chinaDayNumber(Date.parse(`${day}T12:00:00+08:00`)),
          graded_until: null,
          refreshed_at: now,
        })
      },
      { timeout: 30_000, interval: 500 },
    )
  await graded('2026-03-31')
  expect(await store.customerOf(orderId)).toMatchObject({ orders: 1, recency_score: 1 })
  now = new Date('2026-04-01T00:00:00+08:00')
  await graded('2026-04-01')
})
