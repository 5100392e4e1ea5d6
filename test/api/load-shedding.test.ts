import { afterEach, expect, test } from 'vitest'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

/** Often, so that no test waits; long enough for the loop's delay to be measured several times in between. */
const SAMPLE_MS = 100

/** Asks until the process has read itself and the answer is the expected one. */
const untilStatus = async (started: TestApi, status: number, meanwhile: () => void = () => undefined) => {
  await expect
    .poll(
      async () => {
        meanwhile()
        return (await started.as('mall', { url: '/v1/session' })).statusCode
      },
      { timeout: 10_000, interval: 20 },
    )
    .toBe(status)
}

/** Nothing else runs in this process for so long, as with a huge body or a slow regular expression. */
function holdEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a heap above its limit refuses new work with 503 and Retry-After, writes nothing, and still tells how it is', async () => {
  api = await createTestApi({
    deps: { pressureLimits: { maxHeapUsedBytes: 1, maxEventLoopDelayMs: 60_000, sampleMs: SAMPLE_MS } },
  })
  await untilStatus(api, 503)
  const refused = await placeOrder(api)
  expect([refused.statusCode, refused.json().code]).toEqual([503, 'overloaded'])
  expect(refused.headers['content-type']).toContain('application/problem+json')
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(await api.rows('select id from orders')).toEqual([])
  expect(await api.rows('select key from idempotency_key')).toEqual([])
  // Whoever restarts processes must not take a busy one for a dead one, and must see why it refuses.
  for (const url of ['/healthz', '/readyz', '/metrics'])
    expect((await api.as('ops', { url })).statusCode, url).toBe(200)
})

test('an event loop that is held up refuses new work, and accepts it again when it has caught up', async () => {
  const pressureLimits = { maxEventLoopDelayMs: 150, sampleMs: SAMPLE_MS }
  api = await createTestApi({ deps: { pressureLimits } })
  await untilStatus(api, 503, () => holdEventLoop(400))
  await untilStatus(api, 200)
})
