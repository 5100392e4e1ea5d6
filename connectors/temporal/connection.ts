import { readFileSync } from 'node:fs'
import type { TLSConfig } from '@temporalio/client'
import type { Config } from '../../contracts/config.ts'

export type TemporalAddress = Pick<
  Config,
  | 'TEMPORAL_ADDRESS'
  | 'TEMPORAL_TLS_CA'
  | 'TEMPORAL_TLS_CERT'
  | 'TEMPORAL_TLS_KEY'
  | 'TEMPORAL_TLS_SERVER_NAME'
  | 'TEMPORAL_API_KEY'
>

/** What both of the SDK's connections take: the client's and the worker's. */
export type TemporalConnectionOptions = { address: string; tls?: TLSConfig; apiKey?: string }

/**
 * How to reach Temporal. TLS is on as soon as one of its settings is there, or an API key, which must never travel in
 * clear.
 *
 * @throws Error when a file cannot be read, naming it
 */
export function temporalConnectionOptions(config: TemporalAddress): TemporalConnectionOptions {
  const {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TLS_CA: ca,
    TEMPORAL_TLS_CERT: cert,
    TEMPORAL_TLS_KEY: key,
    TEMPORAL_TLS_SERVER_NAME: serverName,
    TEMPORAL_API_KEY: apiKey,
  } = config
  if ([ca, cert, key, serverName, apiKey].every((setting) => setting === undefined)) return { address }
  const tls: TLSConfig = {
    ...(ca === undefined ? {} : { serverRootCACertificate: readFileSync(ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: readFileSync(cert), key: readFileSync(key) } }),
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
  }
  return { address, tls, ...(apiKey === undefined ? {} : { apiKey }) }
}
