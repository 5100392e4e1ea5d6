import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../../scripts/parts/ports.ts'
import { type RedisPart, startRedis } from '../../scripts/parts/redis.ts'
import { KeyRing } from '../../store/keyring.ts'
import { createShop } from '../../store/shops.ts'
import { openTestStore, type TestStore } from '../store/support.ts'
import { required } from '../support/database.ts'

/**
 * The real API process under a storm of signed Doudian pushes. It is killed with SIGKILL in the middle, and so is
 * Redis while the inbox is locked and everything overflows. Whatever was acknowledged must be in the inbox at the end.
 */
const APP = { key: '7000000000000000001', secret: 'secret-of-the-app' }
/** Of a process that is compiled as it starts, on a machine that does other things. */
const START_MS = 60_000
const secret = (letter: string) => `k1:${Buffer.alloc(32, letter).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'hub-pushed-'))
let store: TestStore
let redis: RedisPart
let port: number
let api: ChildProcess | null = null
let channels: ChildProcess | null = null

beforeAll(async () => {
  store = await openTestStore()
  redis = await startRedis({ dataDir: folder })
  port = await freePort()
  await sql`insert into store (id, name, channel, region) values ('DY', '抖音店', 'douyin', '华东')`.execute(
    store.db,
  )
  const body = {
    id: 'S-1',
    storeId: 'DY',
    platform: 'doudian' as const,
    platformShopId: '4463798',
    appKey: APP.key,
    gatewayUrl: 'http://127.0.0.1:1',
    pushUrl: null,
    pullFrom: new Date(),
    credentials: { appSecret: APP.secret, accessToken: '', refreshToken: '', signMethod: 'hmac-sha256' },
  }
  await store.inTransaction((tx) =>
    createShop(tx, KeyRing.parse(secret('d')), { body, operator: 'test', channel: 'douyin' }),
  )
})
afterAll(async () => {
  for (const child of [api, channels]) child?.kill('SIGKILL')
  await redis.kill()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

function startChild(path: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, '../..', path)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: store.appUrl,
      REDIS_URL: redis.url,
      TEMPORAL_ADDRESS: required('TEST_TEMPORAL_ADDRESS'),
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      DATA_KEYS: secret('d'),
      PAYLOAD_KEYS: secret('p'),
      SESSION_SECRET: 's'.repeat(48),
      OUTSIDE_SECRET: 'o'.repeat(48),
      PDA_URL: 'http://127.0.0.1:1',
      PAYMENT_URL: 'http://127.0.0.1:1',
      COURIER_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'fatal',
    },
  })
}

async function startApi(): Promise<void> {
  api = startChild('api/main.ts')
  const isUp = () => fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.ok)
  await vi.waitFor(async () => expect(await isUp()).toBe(true), { timeout: START_MS, interval: 50 })
}

/** Returns the message's id once it was acknowledged; the platform sends what was not again. */
async function push(): Promise<string | null> {
  const id = uuid()
  const data = JSON.stringify({ p_id: '6917116789712345678', shop_id: '4463798', update_time: 1_800_000_000 })
  const body = JSON.stringify([{ tag: '101', msg_id: id, data }])
  const sign = createHash('md5').update(`${APP.key}${body}${APP.secret}`).digest('hex')
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/webhooks/doudian`, {
      method: 'POST',
      headers: { 'app-id': APP.key, 'event-sign': sign },
      body,
    })
    return (await response.text()) === '{"code":0,"msg":"success"}' ? id : null
  } catch {
    return null // killed before it could answer
  }
}

async function storm(pushes: number, whenAcknowledged: number, then: () => Promise<void>): Promise<string[]> {
  const acknowledged: string[] = []
  let disaster: Promise<void> | null = null
  const sender = async () => {
    while (started < pushes) {
      started += 1
      const id = await push()
      if (id) acknowledged.push(id)
      if (acknowledged.length >= whenAcknowledged) disaster ??= then()
    }
  }
  let started = 0
  await Promise.all(Array.from({ length: 32 }, sender))
  await disaster
  return acknowledged
}

async function missingOf(ids: string[]): Promise<number> {
  const { rows } = await sql<{ found: number }>`
    select count(*)::int as found from inbox where source_event_id = any(${ids}::text[])`.execute(store.db)
  return ids.length - (rows[0]?.found ?? 0)
}

function untilNoneIsMissing(ids: string[]): Promise<void> {
  return vi.waitFor(async () => expect(await missingOf(ids)).toBe(0), { timeout: START_MS, interval: 50 })
}

test('SIGKILL of the API right after its acknowledgements loses none of them', async () => {
  await startApi()
  const acknowledged = await storm(600, 200, async () => {
    api?.kill('SIGKILL')
  })
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)
  // On a busy machine some of them have overflowed into Redis.
  channels = startChild('workers/channels.ts')
  await untilNoneIsMissing(acknowledged)
})

test('SIGKILL of Redis and of the API, while the inbox is locked and pushes overflow, loses none of them', async () => {
  await startApi()
  // The database hangs: nobody may write into the inbox until this transaction ends.
  const lock = await store.begin()
  await sql`lock table inbox in share mode`.execute(lock)
  const acknowledged = await storm(400, 150, async () => {
    process.kill(redis.pid() ?? 0, 'SIGKILL')
    api?.kill('SIGKILL')
  })
  expect(acknowledged.length).toBeGreaterThanOrEqual(150)
  // They are in Redis, and nowhere else.
  expect(await missingOf(acknowledged)).toBe(acknowledged.length)
  await lock.rollback().execute()
  if (api && api.exitCode === null && api.signalCode === null) await once(api, 'exit')
  await untilNoneIsMissing(acknowledged)
})
