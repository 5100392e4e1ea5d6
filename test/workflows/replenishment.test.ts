import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { ensureReplenishmentSchedules } from '../../connectors/temporal/report-schedules.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const id = `replenishment-${uuid()}`
const done: string[] = []
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
      takeDemand: async () => {
        done.push('demand')
        return { rows: 1 }
      },
      planReplenishment: async ({ day }: { day: string }) => {
        done.push(`plan ${day}`)
        return { skus: 1, levels: 1, ended: 'done' }
      },
      sendPurchases: async () => ({ sent: done.push('send') }),
      raiseOverduePurchases: async () => ({ raised: done.push('late') }),
    },
  })
  const finished = worker.run()
  stop = async () => {
    worker.shutdown()
    await finished
    for (const name of [id, `${id}-purchases`]) await client.schedule.getHandle(name).delete()
    await Promise.all([client.connection.close(), connection.close()])
  }
})
afterAll(() => stop())

test('a night takes the demand first, and is for the day in China on which it was started', async () => {
  await ensureReplenishmentSchedules(client, { taskQueue, id })
  const schedule = client.schedule.getHandle(id)
  const { spec } = await schedule.describe()
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 3 }], minute: [{ start: 30 }] }])
  const before = chinaTimeOf(Date.now()).day
  await schedule.trigger()
  await vi.waitFor(() => expect(done.filter((step) => !/send|late/.test(step))).toHaveLength(2), {
    timeout: 20_000,
  })
  const [first, second = ''] = done.filter((step) => !/send|late/.test(step))
  expect(first).toBe('demand')
  expect([`plan ${before}`, `plan ${chinaTimeOf(Date.now()).day}`]).toContain(second)
})

test('a day may be named, and a turn for purchases tells the ERP and looks for what is late', async () => {
  const options = { taskQueue, workflowId: uuid() }
  await client.workflow.execute('replenishment', { ...options, args: [{ day: '2026-02-28' }] })
  expect(done).toContain('plan 2026-02-28')
  await client.schedule.getHandle(`${id}-purchases`).trigger()
  await vi.waitFor(() => expect(done).toEqual(expect.arrayContaining(['send', 'late'])), { timeout: 20_000 })
})
