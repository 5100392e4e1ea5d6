import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { type Activities, createActivities } from '../../activities/index.ts'
import { createCourierGateway } from '../../connectors/couriers/gateway.ts'
import { createCouriers } from '../../connectors/couriers/registry.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { createPaymentProvider } from '../../connectors/payment/provider.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { createDatabase } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createOrderWorker } from '../../workers/order-worker.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import type { CrashPoint } from './crash-points.ts'
import { TEST_PAYLOAD_KEYS } from './keys.ts'

/** A worker process that kills itself at given points of given orders, each once in all its lives. */
const settings = JSON.parse(process.env.CRASHING_WORKER ?? '{}') as {
  databaseUrl: string
  simulatorUrl: string
  outsideSecret: string
  temporalAddress: string
  taskQueue: string
  bundlePath: string
  /** Where points and the marks of crashes that have happened are kept. */
  folder: string
}

const calls = new Map<string, number>()

function orderOf(request: unknown): string {
  const text = JSON.stringify(request)
  return /"orderId":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? ''
}

/** The file is written by the test while orders are placed. */
function pointOf(orderId: string): CrashPoint | null {
  const file = join(settings.folder, `${orderId}.point`)
  return existsSync(file) ? (JSON.parse(readPoint(file)) as CrashPoint) : null
}

function readPoint(file: string): string {
  return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8')
}

function dieIfPlanned(orderId: string, activity: string, call: number, when: 'before' | 'after'): void {
  const point = pointOf(orderId)
  if (point?.activity !== activity || point.call !== call || point.when !== when) return
  const mark = join(settings.folder, `${orderId}.crashed`)
  if (existsSync(mark)) return
  writeFileSync(mark, '')
  process.kill(process.pid, 'SIGKILL')
}

function crashing(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    async (request: unknown) => {
      const orderId = orderOf(request)
      const key = `${orderId}/${name}`
      const call = (calls.get(key) ?? 0) + 1
      calls.set(key, call)
      dieIfPlanned(orderId, name, call, 'before')
      // Each activity takes one request; the pairs come from the object itself.
      const result = await (run as (request: unknown) => Promise<unknown>)(request)
      dieIfPlanned(orderId, name, call, 'after')
      return result
    },
  ])
  return Object.fromEntries(wrapped) as Activities
}

Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } })
const outside = createOutsideHttp(settings.simulatorUrl, settings.outsideSecret)
const worker = await createOrderWorker({
  config: { TEMPORAL_NAMESPACE: 'default', TEMPORAL_TASK_QUEUE: settings.taskQueue },
  payloadKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
  connection: await NativeConnection.connect({ address: settings.temporalAddress }),
  bundle: await readWorkflowBundle(settings.bundlePath),
  versioned: false,
  activities: crashing(
    createActivities({
      db: createDatabase(settings.databaseUrl, 5),
      paymentProvider: createPaymentProvider(outside),
      couriers: createCouriers({ gateway: createCourierGateway(outside) }),
      dataKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
      wmsReader: new WmsReader(),
      connectors: {},
      shopLimiter: { take: async () => undefined },
    }),
  ),
})
process.once('SIGTERM', () => worker.shutdown())
await worker.run()
process.exit(0)
