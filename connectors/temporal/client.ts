import { Client, Connection } from '@temporalio/client'
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry'
import type { Config } from '../../contracts/config.ts'
import type { Sealer } from './codec.ts'
import { type TemporalAddress, temporalConnectionOptions } from './connection.ts'
import { createDataConverter } from './data-converter.ts'

/** A client that connects when it is first used, so that a process starts while Temporal is away. */
export function createTemporalClient(
  config: TemporalAddress & Pick<Config, 'TEMPORAL_NAMESPACE'>,
  sealer: Sealer,
): Client {
  return new Client({
    connection: Connection.lazy(temporalConnectionOptions(config)),
    namespace: config.TEMPORAL_NAMESPACE,
    dataConverter: createDataConverter(sealer),
    interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  })
}
