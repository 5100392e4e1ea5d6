import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporalConnectionOptions } from '../../connectors/temporal/connection.ts'

const TEMPORAL_ADDRESS = 'temporal.example.com:7233'
let folder: string
const path = (name: string) => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-hub-test-'))
  for (const name of ['ca', 'cert', 'key']) writeFileSync(path(name), `PEM of ${name}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('without settings Temporal is spoken to in clear, as on one machine', () => {
  expect(temporalConnectionOptions({ TEMPORAL_ADDRESS })).toEqual({ address: TEMPORAL_ADDRESS })
})

test('files, name and API key reach the connection as the SDK wants them', () => {
  const options = temporalConnectionOptions({
    TEMPORAL_ADDRESS,
    TEMPORAL_TLS_CA: path('ca'),
    TEMPORAL_TLS_CERT: path('cert'),
    TEMPORAL_TLS_KEY: path('key'),
    TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
    TEMPORAL_API_KEY: 'secret',
  })
  expect(options).toEqual({
    address: TEMPORAL_ADDRESS,
    apiKey: 'secret',
    tls: {
      serverRootCACertificate: Buffer.from('PEM of ca'),
      clientCertPair: { crt: Buffer.from('PEM of cert'), key: Buffer.from('PEM of key') },
      serverNameOverride: 'temporal.internal',
    },
  })
})

test.each([
  ['TEMPORAL_TLS_CA', () => path('ca')],
  ['TEMPORAL_TLS_SERVER_NAME', () => 'temporal.internal'],
  ['TEMPORAL_API_KEY', () => 'secret'],
])('%s alone turns TLS on: nothing that was meant to be secret travels in clear', (name, value) => {
  const options = temporalConnectionOptions({ TEMPORAL_ADDRESS, [name]: value() })
  expect(options.tls).toBeDefined()
})

test('a file that is not there is named', () => {
  expect(() => temporalConnectionOptions({ TEMPORAL_ADDRESS, TEMPORAL_TLS_CA: path('nowhere') })).toThrow(
    'nowhere',
  )
})
