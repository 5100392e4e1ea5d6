import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeyRing } from '../../store/keyring.ts'
import { currentBuildId, ReplayRefusedError, takeOver } from '../../workers/deployment.ts'
import { readWorkflowBundle, type WorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

/**
 * Roll-out: an old version of the worker is current and has open orders; a new one comes up beside it, proves that
 * it can replay them, takes over, and the orders go on.
 */
let hub: TestHub
let oldBundle: WorkflowBundle
beforeAll(async () => {
  oldBundle = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
  hub = await startTestHub({ withoutWorker: true, namespace: `versioning-${Date.now()}` })
})
afterAll(() => hub.close())

const logger = pino({ level: 'silent' })
const payloadKeys = KeyRing.parse(TEST_PAYLOAD_KEYS)

/** The same program under another build id, as after a change that replays well. */
function nextVersion(bundle: WorkflowBundle, change = ''): WorkflowBundle {
  return {
    code: `${bundle.code}${change}`,
    buildId: `${bundle.buildId.slice(0, 12)}-${change === '' ? 'new' : 'bad'}`,
  }
}

async function takingOver(bundle: WorkflowBundle): Promise<void> {
  await takeOver(hub.client, bundle, { payloadKeys, logger, signal: new AbortController().signal })
}

test('a versioned worker gets no work before its version is current, and open orders move to a new version', async () => {
  const old = await hub.startVersion(oldBundle)
  const order = await hub.placeOrder()
  expect(await currentBuildId(hub.client)).toBeNull()
  await takingOver(oldBundle)
  expect(await currentBuildId(hub.client)).toBe(oldBundle.buildId)
  await hub.pay(order)
  const [task] = await hub.untilTasks(order.orderId)

  const newBundle = nextVersion(oldBundle)
  const fresh = await hub.startVersion(newBundle)
  await takingOver(newBundle)
  expect(await currentBuildId(hub.client)).toBe(newBundle.buildId)
  await old.stop()
  hub.scans(await hub.pack(task?.id ?? ''), ['in_transit', 'delivered'])
  await hub.untilClosed(order.orderId)
  expect((await hub.row(order.orderId)).status).toBe('completed')
  await fresh.stop()
})

test('a version that cannot replay an open order does not take over, and the current one goes on', async () => {
  const current = (await currentBuildId(hub.client)) ?? ''
  const serving = await hub.startVersion({ ...nextVersion(oldBundle), buildId: current })
  const order = await hub.placeOrder()
  await hub.pay(order)
  const [task] = await hub.untilTasks(order.orderId)

  const broken = {
    code: oldBundle.code
      .replaceAll("'commitOrder'", "'commitSomethingElse'")
      .replaceAll('.commitOrder', '.commitSomethingElse'),
    buildId: 'broken',
  }
  expect(broken.code).not.toBe(oldBundle.code)
  const candidate = await hub.startVersion(broken)
  await expect(takingOver(broken)).rejects.toThrow(ReplayRefusedError)
  expect(await currentBuildId(hub.client)).toBe(current)
  await candidate.stop()
  hub.scans(await hub.pack(task?.id ?? ''), ['delivered'])
  await hub.untilClosed(order.orderId)
  await serving.stop()
})
