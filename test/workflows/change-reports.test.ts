import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import {
  ensureReconciliationSchedule,
  ensureReportSchedule,
} from '../../connectors/temporal/report-schedules.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const id = `change-reports-${uuid()}`
let looks = 0
let counts = 0
let nights = 0
const nightly = `reconciliation-${uuid()}`
let client: Client
let stop: () => Promise<void>

beforeAll(async () => {
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
    activities: {
      detectChangeAnomalies: async () => ({ added: ++looks }),
      refreshChangeStatistics: async () => ({ rows: ++counts }),
      requestReconciliations: async () => ({ started: ++nights }),
    },
  })
  const finished = worker.run()
  stop = async () => {
    worker.shutdown()
    await finished
    await client.schedule.getHandle(id).delete()
    await client.schedule.getHandle(nightly).delete()
    await Promise.all([client.connection.close(), connection.close()])
  }
})
afterAll(() => stop())

test('the schedule is made once, every ten minutes, brought up to date afterwards, stays paused, and a turn looks and counts', async () => {
  await ensureReportSchedule(client, { taskQueue: 'elsewhere', id })
  await client.schedule.getHandle(id).pause('by a person')
  await ensureReportSchedule(client, { taskQueue, id })
  const schedule = await client.schedule.getHandle(id).describe()
  expect(schedule.state.paused).toBe(true)
  expect(schedule.action).toMatchObject({ workflowType: 'changeReports', taskQueue })
  // Every ten minutes, one turn after the other; after an outage one turn makes good for all that were missed.
  expect(schedule.spec.intervals?.map(({ every }) => every)).toEqual([600_000])
  expect(schedule.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 })
  await client.schedule.getHandle(id).trigger()
  await vi.waitFor(() => expect([looks, counts]).toEqual([1, 1]), { timeout: 20_000 })
})

test('comparisons are asked for by a schedule of their own, at night in China', async () => {
  await ensureReconciliationSchedule(client, { taskQueue, id: nightly })
  const schedule = await client.schedule.getHandle(nightly).describe()
  expect(schedule.spec).toMatchObject({ timezone: 'Asia/Shanghai' })
  expect(schedule.action).toMatchObject({ workflowType: 'reconciliation', taskQueue })
  await client.schedule.getHandle(nightly).trigger()
  await vi.waitFor(() => expect(nights).toBe(1), { timeout: 20_000 })
})
