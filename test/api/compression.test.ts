import { gunzipSync } from 'node:zlib'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const GZIP = { 'accept-encoding': 'gzip, br' }
const policies = (headers: Record<string, string> = {}) =>
  api.as('ops', { url: '/v1/policies?limit=100', headers })

test('a long answer is packed for whoever takes that, and says the same', async () => {
  const plain = await policies()
  const packed = await policies(GZIP)
  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip'])
  expect(JSON.parse(gunzipSync(packed.rawPayload).toString())).toEqual(plain.json())
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
})

test('whatever keeps answers on the way keeps packed and plain ones apart', async () => {
  expect(String((await policies(GZIP)).headers.vary)).toContain('accept-encoding')
})

test('a short answer is sent as it is', async () => {
  const { statusCode, headers } = await api.as('ops', { url: '/v1/session', headers: GZIP })
  expect([statusCode, headers['content-encoding']]).toEqual([200, undefined])
})

test('a packed body is not read: its size says nothing of what is in it', async () => {
  const response = await api.as('ops', {
    method: 'POST',
    url: '/v1/exports',
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json', 'idempotency-key': uuid() },
    payload: Buffer.from([0x1f, 0x8b, 0x08, 0]),
  })
  expect(response.statusCode).toBe(400)
})
