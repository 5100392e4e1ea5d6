import { join } from 'node:path'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { startTelemetry } from '../connectors/telemetry.ts'
import { createTemporalClient } from '../connectors/temporal/client.ts'
import { KeyRing } from '../store/keyring.ts'
import { takeOver } from '../workers/deployment.ts'
import { startHealthServer } from '../workers/health-server.ts'
import { createWorker } from '../workers/order-worker.ts'
import { startProcess } from '../workers/process.ts'
import { buildWorkflowBundle } from '../workers/workflow-bundle.ts'
import { createReferenceActivities } from './reference-activities.ts'

/**
 * The process that runs the reference workflow: everything as in workers/worker.ts (settings, encryption, tracing
 * hooks, versioning), with another bundle and activities that do nothing.
 */
const { config, logger, signal, stopRequested } = startProcess('reference-worker')
Runtime.install({
  logger: { ...silent(), warn: (message) => logger.warn(message), error: (message) => logger.error(message) },
})
const telemetry = startTelemetry('reference-worker', config.OTEL_EXPORTER_OTLP_ENDPOINT)
const root = join(import.meta.dirname, '..')
const bundle = await buildWorkflowBundle(
  join(import.meta.dirname, 'reference-workflow.ts'),
  join(root, 'workflows/interceptors.ts'),
)
const payloadKeys = KeyRing.parse(config.PAYLOAD_KEYS)
let isCurrent = false
const health = await startHealthServer({
  host: config.METRICS_HOST,
  port: config.METRICS_PORT,
  isReady: () => isCurrent,
})
const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS })
const worker = await createWorker({
  config,
  payloadKeys,
  connection,
  bundle,
  versioned: true,
  activities: createReferenceActivities(Number(process.env.BENCH_DRIVER_PORT)),
})
const running = worker.run()
const client = createTemporalClient(config, payloadKeys)
await takeOver(client, bundle, { payloadKeys, logger, signal })
isCurrent = true
await Promise.race([stopRequested, running])
if (worker.getState() === 'RUNNING') worker.shutdown()
await running
await Promise.all([client.connection.close(), connection.close(), health.close(), telemetry.stop()])
process.exit(0)

function silent() {
  const ignore = () => undefined
  return { log: ignore, trace: ignore, debug: ignore, info: ignore }
}
