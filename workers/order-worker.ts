import {
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry'
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import type { Activities } from '../activities/index.ts'
import type { Sealer } from '../connectors/temporal/codec.ts'
import { createDataConverter } from '../connectors/temporal/data-converter.ts'
import type { Config } from '../contracts/config.ts'
import type { WorkflowBundle } from './workflow-bundle.ts'

export const DEPLOYMENT_NAME = 'order-hub'

/** A workflow in memory costs about 0.3 MiB; what does not fit is replayed from its history when it moves again. */
const CACHED_WORKFLOWS = 2_000
/** Long enough for an activity's HTTP call to end by itself; after this a roll-out goes on without it. */
const SHUTDOWN_GRACE = '10s'

/**
 * How long workflow code may run without yielding before the SDK cuts it off. The default of 5 s counts the wall
 * clock: on a starved machine an innocent replay is cut off, and that ends the whole worker. The option exists but is
 * left out of the published type.
 */
const unpublishedOptions: object = { isolateExecutionTimeout: '2m' }

export type OrderWorkerOptions = {
  config: Pick<Config, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TASK_QUEUE'>
  payloadKeys: Sealer
  connection: NativeConnection
  activities: Activities
  /** Null: it runs activities only. */
  bundle: WorkflowBundle | null
  /** Whether the worker is a version of the deployment. A versioned worker gets no work until it is made current. */
  versioned: boolean
  /** For tests: 0 replays every workflow at every task. */
  cachedWorkflows?: number
  /** For tests: of how many workflows a worker that dies loses the task in hand. */
  concurrentWorkflowTasks?: number
  /** For tests: how many activities it loses. 0: it runs none but those within its workflow tasks. */
  concurrentActivities?: number
}

/** The worker that runs orders: workflows from the bundle, activities over the given dependencies. */
export function createOrderWorker(options: OrderWorkerOptions): Promise<Worker> {
  return createWorker(options)
}

/** The same worker for any workflows: what the benchmark's reference runs on. */
export async function createWorker(
  options: Omit<OrderWorkerOptions, 'activities'> & { activities: object },
): Promise<Worker> {
  const { config } = options
  return Worker.create({
    connection: options.connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: config.TEMPORAL_TASK_QUEUE,
    ...(options.bundle ? { workflowBundle: { code: options.bundle.code } } : {}),
    activities: options.activities,
    dataConverter: createDataConverter(options.payloadKeys),
    ...unpublishedOptions,
    maxCachedWorkflows: options.cachedWorkflows ?? CACHED_WORKFLOWS,
    ...inHand(options),
    shutdownGraceTime: SHUTDOWN_GRACE,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    ...versioning(options),
    interceptors: {
      activity: [
        (context) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(context),
          outbound: new OpenTelemetryActivityOutboundInterceptor(context),
        }),
      ],
    },
  })
}

/** What it takes at once, where that is limited. */
function inHand({
  concurrentWorkflowTasks,
  concurrentActivities,
}: Pick<OrderWorkerOptions, 'concurrentWorkflowTasks' | 'concurrentActivities'>): Pick<
  WorkerOptions,
  'maxConcurrentWorkflowTaskExecutions' | 'maxConcurrentActivityTaskExecutions' | 'enableNonLocalActivities'
> {
  return {
    ...(concurrentWorkflowTasks === undefined
      ? {}
      : { maxConcurrentWorkflowTaskExecutions: concurrentWorkflowTasks }),
    ...(concurrentActivities ? { maxConcurrentActivityTaskExecutions: concurrentActivities } : {}),
    enableNonLocalActivities: concurrentActivities !== 0,
  }
}

function versioning({
  versioned,
  bundle,
}: Pick<OrderWorkerOptions, 'versioned' | 'bundle'>): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (!versioned || !bundle) return {}
  return {
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT_NAME, buildId: bundle.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  }
}
