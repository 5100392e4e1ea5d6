import { createServer, type Socket } from 'node:net'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterEach, expect, test } from 'vitest'
import { createDatabase } from '../../store/database.ts'
import { required } from '../support/database.ts'
import { createTestApi, placeOrder, redisAt, type TestApi } from './support.ts'

let api: TestApi | undefined
const redises: ReturnType<typeof redisAt>[] = []
afterEach(async () => {
  await api?.close()
  api = undefined
  for (const redis of redises.splice(0)) redis.disconnect()
})

const connect = (url: string) => {
  const redis = redisAt(url)
  redis.on('error', () => undefined) // what a test takes away is expected to be away
  redises.push(redis)
  return redis
}
const whoAmI = (caller: 'mall' | 'ops') => api?.as(caller, { url: '/v1/session' })

test('above the limit a caller gets 429 with Retry-After, and other callers are not touched', async () => {
  const redis = connect(required('TEST_REDIS_URL'))
  await redis.connect().catch(() => undefined)
  await expect.poll(() => redis.status).toBe('ready')
  const stale = await redis.keys('order-hub/rate/*')
  if (stale.length > 0) await redis.del(stale)
  api = await createTestApi({ redis, config: { RATE_LIMIT_PER_MINUTE: 5 } })
  const statuses: (number | undefined)[] = []
  for (let index = 0; index < 6; index += 1) statuses.push((await whoAmI('mall'))?.statusCode)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  const refused = await whoAmI('mall')
  expect(refused?.json().code).toBe('too-many-requests')
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
  expect((await whoAmI('ops'))?.statusCode).toBe(200)
  expect((await redis.keys('order-hub/rate/*')).length).toBeGreaterThan(0)
})

test('Redis refusing connections lets everybody in', async () => {
  api = await createTestApi({ redis: connect('redis://127.0.0.1:1'), config: { RATE_LIMIT_PER_MINUTE: 1 } })
  for (let index = 0; index < 4; index += 1) expect((await whoAmI('mall'))?.statusCode).toBe(200)
})

test('Redis that accepts and never answers lets everybody in', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  api = await createTestApi({
    redis: connect(`redis://127.0.0.1:${port}`),
    config: { RATE_LIMIT_PER_MINUTE: 1 },
  })
  for (let index = 0; index < 3; index += 1) expect((await whoAmI('mall'))?.statusCode).toBe(200)
  for (const redis of redises) redis.disconnect()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
})

test('without Redis the limit is counted in the process', async () => {
  api = await createTestApi({ config: { RATE_LIMIT_PER_MINUTE: 2 } })
  const statuses = [await whoAmI('mall'), await whoAmI('mall'), await whoAmI('mall')].map(
    (each) => each?.statusCode,
  )
  expect(statuses).toEqual([200, 200, 429])
})

test('health checks are not limited', async () => {
  api = await createTestApi({ config: { RATE_LIMIT_PER_MINUTE: 1 } })
  for (let index = 0; index < 5; index += 1) expect((await api.app.inject('/healthz')).statusCode).toBe(200)
})

test('the database away is 503 with Retry-After, in words of the catalogue', async () => {
  const away = createDatabase('postgresql://hub_app:x@127.0.0.1:1/none', 2)
  api = await createTestApi({ deps: { db: away } })
  const response = await api.as('mall', { url: '/v1/skus' })
  expect([response.statusCode, response.json().code]).toEqual([503, 'unavailable'])
  expect(response.headers['retry-after']).toBe('3')
  expect(response.body).not.toContain('ECONNREFUSED')
  await away.destroy()
})

test('a lock that is not granted in time is 503 and leaves the operation to be repeated', async () => {
  api = await createTestApi()
  const { db } = api.database
  const rival = await db.startTransaction().execute()
  await sql`select 1 from stock_level for update`.execute(rival)
  const key = uuid()
  const refused = await placeOrder(api, {}, key)
  expect([refused.statusCode, refused.json().code]).toEqual([503, 'unavailable'])
  await rival.commit().execute()
  expect((await placeOrder(api, {}, key)).statusCode).toBe(201)
})

test('answers carry the security headers', async () => {
  api = await createTestApi()
  const { headers } = await api.app.inject('/healthz')
  expect(headers['content-security-policy']).toBe("default-src 'none'")
  expect(headers['x-content-type-options']).toBe('nosniff')
})
