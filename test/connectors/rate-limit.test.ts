import { Redis } from 'ioredis'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RateLimitedError } from '../../connectors/outside-errors.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { connectRedis } from '../../connectors/redis.ts'
import { required } from '../support/database.ts'

const silent = { info: () => undefined, warn: () => undefined }
const clients: Redis[] = []
beforeAll(async () => {
  clients.push(new Redis(required('TEST_REDIS_URL')), new Redis(required('TEST_REDIS_URL')))
  await Promise.all(clients.map((client) => client.ping()))
})
afterAll(() => {
  for (const client of clients) client.disconnect()
})

/** How many of the calls that begin at once may go ahead. */
async function granted(limits: { take: () => Promise<void> }[], calls: number): Promise<number> {
  const outcomes = await Promise.allSettled(
    Array.from({ length: calls }, (_, index) => limits[index % limits.length]?.take()),
  )
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RateLimitedError)
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

test('two processes share one limit', async () => {
  const name = `test/${uuid()}`
  const limits = clients.map((redis) => new CallLimits(redis).of(name, 10))
  // The second may end between two of them, and another ten be free.
  expect([10, 20]).toContain(await granted(limits, 40))
})

test('without Redis each process keeps to half of the limit by itself, at once', async () => {
  const gone = connectRedis('redis://127.0.0.1:1', silent)
  try {
    const startedAt = performance.now()
    expect(await granted([new CallLimits(gone).of('test', 10)], 20)).toBe(5)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  } finally {
    gone.disconnect()
  }
})
