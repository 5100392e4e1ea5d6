import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { PullResult } from '../../activities/channel-pull.ts'
import { PullSchedules } from '../../connectors/temporal/channel-schedules.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const prefix = `channel-pull-${uuid()}/`
const pulled: string[] = []
let client: Client
let schedules: PullSchedules
let stop: () => Promise<void>

const fakes = {
  pullShop: async ({ shopId }: { shopId: string }): Promise<PullResult> => {
    pulled.push(shopId)
    const tries = pulled.filter((id) => id === shopId).length
    if (shopId === 'S-shaky' && tries === 1) return { ok: false, outcome: 'rate-limited', failures: 1 }
    if (shopId === 'S-refused') return { ok: false, outcome: 'refused', failures: tries }
    const isCaughtUp = tries >= 3
    return { ok: true, windows: 1, hints: 1, isCaughtUp }
  },
}

beforeAll(async () => {
  const config = {
    TEMPORAL_ADDRESS: required('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: taskQueue,
  }
  const payloadKeys = KeyRing.parse(TEST_PAYLOAD_KEYS)
  client = createTemporalClient(config, payloadKeys)
  schedules = new PullSchedules(client, { taskQueue, prefix })
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS })
  const bundle = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
  const worker = await createWorker({
    config,
    connection,
    payloadKeys,
    bundle,
    versioned: false,
    activities: fakes,
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await connection.close()
  }
})
afterAll(async () => {
  await schedules.sync([])
  await stop()
  await client.connection.close()
})

const schedule = (shopId: string) => client.schedule.getHandle(`${prefix}${shopId}`)

test('a turn goes on until the shop is caught up', async () => {
  const result = await client.workflow.execute('channelPull', {
    taskQueue,
    workflowId: uuid(),
    args: [{ shopId: 'S-long' }],
  })
  expect(result).toMatchObject({ isCaughtUp: true })
  expect(pulled.filter((shopId) => shopId === 'S-long')).toHaveLength(3)
})

test('a call that failed is made again within the turn; a refusal is left to the next', async () => {
  const turn = (shopId: string) =>
    client.workflow.execute('channelPull', { taskQueue, workflowId: uuid(), args: [{ shopId }] })
  expect(await turn('S-shaky')).toMatchObject({ ok: true, isCaughtUp: true })
  expect(await turn('S-refused')).toMatchObject({ ok: false, outcome: 'refused' })
  expect(pulled.filter((shopId) => shopId === 'S-refused')).toHaveLength(1)
})

test('each shop in service has its schedule, with a new interval when that changes, and a pause by a person stays', async () => {
  await schedules.sync([
    { shopId: 'S-1', everySeconds: 3_600 },
    { shopId: 'S-2', everySeconds: 3_600 },
  ])
  await schedule('S-1').pause('by a person')
  await new PullSchedules(client, { taskQueue, prefix }).sync([
    { shopId: 'S-1', everySeconds: 7_200 },
    { shopId: 'S-2', everySeconds: 3_600 },
  ])
  const described = await schedule('S-1').describe()
  expect(described.state.paused).toBe(true)
  expect(described.spec.intervals?.map(({ every }) => every)).toEqual([7_200_000])
  await schedule('S-2').trigger()
  await vi.waitFor(() => expect(pulled).toContain('S-2'), { timeout: 20_000 })
})

test('a shop that leaves loses its schedule, whichever worker sees it first', async () => {
  const other = new PullSchedules(client, { taskQueue, prefix })
  await other.sync([{ shopId: 'S-1', everySeconds: 7_200 }])
  await schedules.sync([{ shopId: 'S-1', everySeconds: 7_200 }])
  await expect(schedule('S-2').describe()).rejects.toThrow()
  // A server that lost its data has none; it is made again.
  await schedule('S-1').delete()
  schedules.forget()
  await schedules.sync([{ shopId: 'S-1', everySeconds: 7_200 }])
  expect((await schedule('S-1').describe()).action).toMatchObject({ workflowType: 'channelPull' })
})
