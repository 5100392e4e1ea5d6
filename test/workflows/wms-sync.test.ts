import type { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { DueWarehouse, SyncResult } from '../../activities/wms-sync.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { ensureWmsSchedules } from '../../connectors/temporal/wms-schedules.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

const taskQueue = `test-${uuid()}`
const ids = { due: `wms-sync-${uuid()}`, compare: `wms-full-compare-${uuid()}` }
const done: DueWarehouse[] = []
let client: Client
let stop: () => Promise<void>

const fakes = {
  claimDueWarehouses: async ({ full }: { full: boolean }): Promise<DueWarehouse[]> =>
    ['WH-1', 'WH-DOWN', 'WH-BROKEN', 'WH-2'].map((warehouseId) => ({ warehouseId, full })),
  syncWarehouse: async (warehouse: DueWarehouse): Promise<SyncResult> => {
    if (warehouse.warehouseId === 'WH-DOWN') return { ok: false, code: 'unreachable', failures: 1 }
    if (warehouse.warehouseId === 'WH-BROKEN') throw new Error('the database is away')
    done.push(warehouse)
    return { ok: true, rows: 1, changed: 0, quarantined: 0, bad: 0 }
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
  for (const id of Object.values(ids)) await client.schedule.getHandle(id).delete()
  await stop()
  await client.connection.close()
})

test('a warehouse that is down, or whose reading breaks off, keeps none of the others from theirs', async () => {
  const result = await client.workflow.execute('wmsSync', {
    taskQueue,
    workflowId: uuid(),
    args: [{ full: false }],
  })
  expect(result).toEqual({
    'WH-1': { ok: true, rows: 1, changed: 0, quarantined: 0, bad: 0 },
    'WH-2': { ok: true, rows: 1, changed: 0, quarantined: 0, bad: 0 },
    'WH-DOWN': { ok: false, code: 'unreachable', failures: 1 },
    'WH-BROKEN': expect.stringContaining('ActivityFailure'),
  })
})

test('the schedules are made once, brought up to date afterwards, stay paused, and the nightly one compares everything', async () => {
  await ensureWmsSchedules(client, { taskQueue: 'elsewhere', ids })
  await client.schedule.getHandle(ids.due).pause('by a person')
  await ensureWmsSchedules(client, { taskQueue, ids })
  const due = await client.schedule.getHandle(ids.due).describe()
  expect(due.state.paused).toBe(true)
  expect(due.action).toMatchObject({ workflowType: 'wmsSync', taskQueue })
  const compare = await client.schedule.getHandle(ids.compare).describe()
  expect(compare.spec.timezone).toBe('Asia/Shanghai')
  expect(compare.info.nextActionTimes[0]?.toISOString()).toMatch(/T18:30:00/)
  done.length = 0
  await client.schedule.getHandle(ids.compare).trigger()
  await vi.waitFor(
    () =>
      // Side by side: which of them is first is nobody's business.
      expect(done.toSorted((a, b) => a.warehouseId.localeCompare(b.warehouseId))).toEqual([
        { warehouseId: 'WH-1', full: true },
        { warehouseId: 'WH-2', full: true },
      ]),
    {
      timeout: 20_000,
    },
  )
})
