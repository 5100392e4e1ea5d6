import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { type Activities, createActivities } from '../../activities/index.ts'
import { createCourierGateway } from '../../connectors/couriers/gateway.ts'
import { createCouriers } from '../../connectors/couriers/registry.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { createPaymentProvider } from '../../connectors/payment/provider.ts'
import { createTemporalClient } from '../../connectors/temporal/client.ts'
import { createOrderChangeCommands } from '../../connectors/temporal/order-change-commands.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { orderRecords } from '../../store/change-preview.ts'
import { createDatabase } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createOrderWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import type { CrashPoint } from './crash-points.ts'
import { simulatedErp } from './erp.ts'
import { TEST_PAYLOAD_KEYS } from './keys.ts'
import type { WorkerPart } from './worker-crashes.ts'

/** A worker process that kills itself at given points of given lives, each once. */
const settings = JSON.parse(process.env.CRASHING_WORKER ?? '{}') as {
  databaseUrl: string
  simulatorUrl: string
  outsideSecret: string
  temporalAddress: string
  taskQueue: string
  bundlePath: string
  /** Where points and the marks of crashes that have happened are kept. */
  folder: string
  /** What this one runs. */
  part: WorkerPart
}

/** Whose lives a call belongs to: a change is one, and its order another. An operation is named after its order. */
function idsOf(request: unknown): string[] {
  const named = /"(?:order|transfer|promotion|change|operation)Id":"([0-9a-f-]{36})/g
  const ids = (JSON.stringify(request) ?? '').matchAll(named)
  return [...new Set([...ids].map(([, id = '']) => id))]
}

/** The file is written by the test while lives are under way. */
function pointOf(id: string): CrashPoint | null {
  const file = join(settings.folder, `${id}.point`)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CrashPoint) : null
}

/** Dies where it was told to, if this is the call; calls are counted over all lives of the worker. */
function dieIfPlanned(id: string, moment: Pick<CrashPoint, 'activity' | 'when'>, answer = ''): void {
  const point = pointOf(id)
  const { activity, when } = moment
  if (point?.activity !== activity || point.when !== when || !answer.includes(point.answers ?? '')) return
  const calls = join(settings.folder, `${id}.calls`)
  const mark = join(settings.folder, `${id}.crashed`)
  if (existsSync(mark)) return
  appendFileSync(calls, '.')
  if (statSync(calls).size !== point.call) return
  writeFileSync(mark, '')
  process.kill(process.pid, 'SIGKILL')
}

function crashing(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    async (request: unknown) => {
      const ids = idsOf(request)
      // The pairs come from the object itself, and each activity takes one request.
      const activity = name as CrashPoint['activity']
      for (const id of ids) dieIfPlanned(id, { activity, when: 'before' })
      const result = await (run as (request: unknown) => Promise<unknown>)(request)
      for (const id of ids) dieIfPlanned(id, { activity, when: 'after' }, JSON.stringify(result) ?? '')
      return result
    },
  ])
  return Object.fromEntries(wrapped) as Activities
}

/** What a change says to its order goes over Temporal. */
const db = createDatabase(settings.databaseUrl, 5)
const orderChanges = createOrderChangeCommands(
  createTemporalClient(
    { TEMPORAL_ADDRESS: settings.temporalAddress, TEMPORAL_NAMESPACE: 'default' },
    KeyRing.parse(TEST_PAYLOAD_KEYS),
  ),
  orderRecords(db),
)

Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } })
const outside = createOutsideHttp(settings.simulatorUrl, settings.outsideSecret)
const worker = await createOrderWorker({
  config: { TEMPORAL_NAMESPACE: 'default', TEMPORAL_TASK_QUEUE: settings.taskQueue },
  payloadKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
  connection: await NativeConnection.connect({ address: settings.temporalAddress }),
  bundle: settings.part === 'activities' ? null : await readWorkflowBundle(settings.bundlePath),
  versioned: false,
  // A death loses the workflow tasks in hand: of one workflow only. Temporal gives a task that was lost several times in a
  // row ever longer, 90 s at the eighth attempt, so lives that share every death seem to hang.
  cachedWorkflows: 0,
  concurrentWorkflowTasks: 1,
  ...(settings.part === 'all' ? {} : { concurrentActivities: settings.part === 'activities' ? 1 : 0 }),
  activities: crashing(
    createActivities({
      db,
      paymentProvider: createPaymentProvider(outside),
      couriers: createCouriers({ gateway: createCourierGateway(outside) }),
      dataKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
      wmsReader: new WmsReader(),
      connectors: {},
      erp: simulatedErp(settings.simulatorUrl),
      reconciled: [],
      callLimits: { take: async () => undefined },
      heavyForecasters: [],
      orderChanges,
      trustsTemporalCli: false,
    }),
  ),
})
process.once('SIGTERM', () => worker.shutdown())
await worker.run()
process.exit(0)
