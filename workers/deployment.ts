import { type Client, isGrpcServiceError } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import type { Sealer } from '../connectors/temporal/codec.ts'
import { createDataConverter } from '../connectors/temporal/data-converter.ts'
import { DEPLOYMENT_NAME } from './order-worker.ts'
import type { WorkflowBundle } from './workflow-bundle.ts'

const GRPC_NOT_FOUND = 5
const POLL_MS = 200
const REGISTRATION_TIMEOUT_MS = 60_000
/** Open orders and promotions whose histories the new code must be able to replay before it takes over. */
const REPLAYED_HISTORIES = 50

/** The new code cannot carry an open order on: it must not take over. */
export class ReplayRefusedError extends Error {
  override readonly name = 'ReplayRefusedError'
}

/** The version that gets new and continuing work, or null while there is none (a new or emptied server). */
export async function currentBuildId(client: Client): Promise<string | null> {
  try {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: client.options.namespace,
      deploymentName: DEPLOYMENT_NAME,
    })
    return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? null
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND) return null
    throw error
  }
}

/**
 * Makes a running worker's version current: waits until the server knows it, replays histories of open orders with
 * the new code, and only then lets it take over. Until this returns, the old version goes on serving every order.
 *
 * @throws ReplayRefusedError when an open order cannot be replayed
 */
export async function takeOver(
  client: Client,
  bundle: WorkflowBundle,
  options: { payloadKeys: Sealer; logger: Logger; signal: AbortSignal },
): Promise<void> {
  if ((await currentBuildId(client)) === bundle.buildId) return
  await untilRegistered(client, bundle.buildId, options.signal)
  const replayed = await replayOpenOrders(client, bundle, options.payloadKeys)
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace: client.options.namespace,
    deploymentName: DEPLOYMENT_NAME,
    buildId: bundle.buildId,
    identity: client.options.identity,
    ignoreMissingTaskQueues: true,
  })
  options.logger.info({ buildId: bundle.buildId, replayed }, 'this version is current now')
}

async function untilRegistered(client: Client, buildId: string, signal: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + REGISTRATION_TIMEOUT_MS
  while (!signal.aborted) {
    try {
      await client.workflowService.describeWorkerDeploymentVersion({
        namespace: client.options.namespace,
        deploymentVersion: { deploymentName: DEPLOYMENT_NAME, buildId },
      })
      return
    } catch (error) {
      if (Date.now() > giveUpAt) throw error
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
}

async function replayOpenOrders(
  client: Client,
  bundle: WorkflowBundle,
  payloadKeys: Sealer,
): Promise<number> {
  let replayed = 0
  for await (const open of client.workflow.list({
    query: "ExecutionStatus = 'Running' AND WorkflowType IN ('order', 'promotion', 'transfer')",
  })) {
    if (replayed >= REPLAYED_HISTORIES) break
    const history = await client.workflow.getHandle(open.workflowId, open.runId).fetchHistory()
    try {
      await Worker.runReplayHistory(
        { workflowBundle: { code: bundle.code }, dataConverter: createDataConverter(payloadKeys) },
        history,
        open.workflowId,
      )
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ReplayRefusedError(`${open.workflowId} cannot be replayed: ${reason}`)
    }
    replayed += 1
  }
  return replayed
}
