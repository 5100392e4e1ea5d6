import { Client, Connection } from '@temporalio/client'
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry'
import type { Config } from '../../contracts/config.ts'
import type { Sealer } from './codec.ts'
import { createDataConverter } from './data-converter.ts'

/** A client that connects when it is first used, so that a process starts while Temporal is away. */
export function createTemporalClient(
  config: Pick<Config, 'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE'>,
  sealer: Sealer,
): Client {
  return new Client({
    connection: Connection.lazy({ address: config.TEMPORAL_ADDRESS }),
    namespace: config.TEMPORAL_NAMESPACE,
    dataConverter: createDataConverter(sealer),
    interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  })
}
