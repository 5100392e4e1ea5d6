import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RedisPart, startRedis } from '../../scripts/parts/redis.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import { DurableIntake, IntakeUnavailableError } from '../../store/durable-intake.ts'
import { QueueFullError } from '../../store/group-commit.ts'
import { HintStream } from '../../store/hint-stream.ts'
import { HintWriter } from '../../store/hint-writer.ts'
import { type IncomingHint, inboxHintOf, insertHints } from '../../store/intake.ts'
import { resolveWorkItem } from '../../store/work-items.ts'
import { OverflowConsumer } from '../../workers/overflow-consumer.ts'
import { required } from '../support/database.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const logger = pino({ level: 'silent' })
let store: TestStore
const clients: { disconnect: () => void }[] = []
const databases: Db[] = []

beforeAll(async () => {
  store = await openTestStore()
  await sql`insert into store (id, name, channel, region) values ('DY', '抖音店', 'douyin', '华东')`.execute(
    store.db,
  )
  await sql`
    insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
    values ('S-1', 'DY', 'doudian', '1', 'app', 'https://gateway.invalid', 'k', '', 'test')`.execute(store.db)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect()
})
afterAll(async () => {
  await Promise.all(databases.map((db) => db.destroy()))
  await store.close()
})

const hint = (changes: Partial<IncomingHint> = {}): IncomingHint => ({
  platform: 'doudian',
  shopId: 'S-1',
  messageId: uuid(),
  type: '100',
  platformOrderId: '6917116789712345678',
  occurredAt: new Date(),
  isKnown: true,
  raw: '{"p_id":6917116789712345678}',
  receivedAt: new Date(),
  traceParent: null,
  isFollowed: true,
  ...changes,
})
const rowOf = async (messageId: string) => {
  const { rows } = await sql<{ state: string; order_key: string; type: string; body: unknown }>`
    select state, order_key, type, body from inbox left join inbox_body on inbox_body.inbox_id = inbox.id
      and inbox_body.received_at = inbox.received_at
    where source_event_id = ${messageId}`.execute(store.db)
  return rows
}
const itemsOf = async (kind: string) => {
  const { rows } = await sql<{ id: string; key: string; occurrences: number }>`
    select id, key, occurrences from work_item where kind = ${kind} and state = 'open' order by key`.execute(
    store.db,
  )
  return rows
}

/** A database that nobody listens at. */
function databaseAway(): Db {
  const db = createDatabase('postgresql://nobody@127.0.0.1:1/none', 2)
  databases.push(db)
  return db
}

async function stream(
  url = required('TEST_REDIS_URL'),
  options: ConstructorParameters<typeof HintStream>[1] = {},
): Promise<{ redis: Redis; stream: HintStream }> {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    retryStrategy: () => 20,
  })
  redis.on('error', () => undefined)
  clients.push(redis)
  const made = new HintStream(redis, { key: `test/${uuid()}`, ...options })
  await new Promise((resolve) => redis.once('ready', resolve))
  await made.checked()
  return { redis, stream: made }
}

describe('a hint in the inbox', () => {
  test('is there once with its very message, however often and however many at once bring it', async () => {
    const sent = hint()
    const row = inboxHintOf(sent)
    expect(await insertHints(store.db, [row, row])).toBe(1)
    await Promise.all([1, 2, 3].map(() => insertHints(store.db, [row, inboxHintOf(hint())])))
    expect(await rowOf(sent.messageId)).toEqual([
      {
        state: 'hint',
        order_key: 'doudian/S-1/6917116789712345678',
        type: '100',
        body: { raw: '{"p_id":6917116789712345678}' },
      },
    ])
  })

  test('of another shop with the same message id is another hint', async () => {
    const messageId = uuid()
    await insertHints(store.db, [
      inboxHintOf(hint({ messageId })),
      inboxHintOf(hint({ messageId, shopId: 'S-9' })),
    ])
    expect(await rowOf(messageId)).toHaveLength(2)
  })

  test.each<[string, Partial<IncomingHint>]>([
    ['NUL bytes', { raw: 'a\u0000b', type: 'a\u0000b' }],
    ['lone surrogates', { raw: '\ud800', messageId: `\udfff${uuid()}` }],
    ['an endless message id and type', { messageId: 'x'.repeat(5_000) + uuid(), type: 'y'.repeat(5_000) }],
    ['a time that no calendar has', { occurredAt: new Date(Number.NaN) }],
    ['a time of the year 200,000', { occurredAt: new Date(Date.UTC(200_000, 1)) }],
    ['a text of JSON escapes', { raw: '"\\u0000"' }],
  ])('with %s is kept, and nothing else fails with it', async (_, changes) => {
    const bad = hint(changes)
    const good = hint()
    expect(await insertHints(store.db, [inboxHintOf(bad), inboxHintOf(good)])).toBe(2)
    expect(await rowOf(good.messageId)).toHaveLength(1)
    const [row] = await rowOf(inboxHintOf(bad).sourceEventId)
    const body = row?.body as { raw?: string; escaped?: string }
    expect(body.escaped ? JSON.parse(body.escaped) : body.raw).toBe(bad.raw)
  })

  test.each<[string, Partial<IncomingHint>, string, string | null]>([
    ['of an unknown shop', { shopId: null }, 'set_aside', 'unknown_shop'],
    [
      'of an unknown type without order',
      { isKnown: false, platformOrderId: null },
      'set_aside',
      'unknown_channel_message',
    ],
    ['of an unknown type with an order', { isKnown: false }, 'hint', 'unknown_channel_message'],
    [
      'with an order id that cannot be one',
      { platformOrderId: '订单 1' },
      'set_aside',
      'unknown_channel_message',
    ],
    ['that is a test', { platformOrderId: null }, 'dismissed', null],
    ['that is a test of nobody’s shop', { platformOrderId: null, shopId: null }, 'dismissed', null],
    ['of a shop out of service', { isFollowed: false }, 'dismissed', null],
  ])('%s is kept as it deserves, and raised once a shop and type', async (name, changes, state, kind) => {
    const type = `type ${name}`
    const sent = [hint({ ...changes, type }), hint({ ...changes, type })]
    await insertHints(store.db, sent.map(inboxHintOf))
    await insertHints(store.db, [inboxHintOf(hint({ ...changes, type }))])
    for (const { messageId } of sent) expect(await rowOf(messageId)).toMatchObject([{ state }])
    if (kind === null) return
    const items = (await itemsOf(kind)).filter(({ key }) => key.endsWith(type))
    expect(items).toMatchObject([{ occurrences: 2 }])
    // A repetition is no new occurrence.
    await insertHints(store.db, sent.map(inboxHintOf))
    expect((await itemsOf(kind)).find(({ key }) => key.endsWith(type))?.occurrences).toBe(2)
    // Whoever resolves it has dealt with what was kept.
    const [item] = items
    if (!item || state !== 'set_aside') return
    await store.inTransaction((tx) => resolveWorkItem(tx, item.id, { resolution: 'seen', operator: 'test' }))
    for (const { messageId } of sent) expect(await rowOf(messageId)).toMatchObject([{ state: 'dismissed' }])
  })
})

describe('pushes that arrive together', () => {
  test('share statements, and each returns only after its own hints are committed', async () => {
    const written: number[] = []
    const writer = new HintWriter(store.db, { onWritten: (hints) => written.push(hints.length) })
    const sent = Array.from({ length: 300 }, () => [hint(), hint()])
    await Promise.all(
      sent.map(async (hints) => {
        await writer.submit(hints.map(inboxHintOf))
        for (const { messageId } of hints.slice(0, 1)) expect(await rowOf(messageId)).toHaveLength(1)
      }),
    )
    expect(written.reduce((sum, count) => sum + count, 0)).toBe(600)
    expect(written.length).toBeLessThan(20)
  })

  test('beyond what may wait are refused at once', async () => {
    const writer = new HintWriter(store.db, { limits: { waitingHints: 2 } })
    const first = writer.submit([inboxHintOf(hint()), inboxHintOf(hint())])
    await expect(writer.submit([inboxHintOf(hint())])).rejects.toThrow(QueueFullError)
    await first
    await writer.submit([inboxHintOf(hint())])
  })

  test('are not refused for one among them that the database cannot take', async () => {
    const writer = new HintWriter(store.db)
    const bad = { ...inboxHintOf(hint()), type: 'a\u0000b' }
    const good = hint()
    const results = await Promise.allSettled([writer.submit([bad]), writer.submit([inboxHintOf(good)])])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await rowOf(good.messageId)).toHaveLength(1)
  })
})

describe('the overflow', () => {
  test('takes pushes while the database is away, and the consumer brings them into the inbox once', async () => {
    const { stream: overflow } = await stream()
    const intake = new DurableIntake(databaseAway(), { stream: overflow })
    const sent = hint()
    expect(await intake.accept([sent])).toBe('overflow')
    expect(await intake.accept([sent])).toBe('overflow')
    expect(await overflow.length()).toBe(2)
    const consumer = new OverflowConsumer({ db: store.db, stream: overflow, name: 'a', logger })
    await until('the stream to be empty', async () => {
      await consumer.runOnce()
      return (await overflow.length()) === 0
    })
    expect(await rowOf(sent.messageId)).toMatchObject([{ state: 'hint' }])
  })

  test('takes what the database has too many of', async () => {
    const { stream: overflow } = await stream()
    const intake = new DurableIntake(store.db, { stream: overflow, limits: { waitingHints: 1 } })
    const ways = await Promise.all([intake.accept([hint()]), intake.accept([hint()])])
    expect(ways).toEqual(['inbox', 'overflow'])
  })

  test.each([
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'allkeys-lru'],
  ])('is not used where Redis says %s %s, also after a reconnect', async (setting, value) => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-intake-'))
    const part = await startRedis({ dataDir: folder })
    try {
      const { redis, stream: overflow } = await stream(part.url)
      expect(overflow.isDurable).toBe(true)
      await redis.config('SET', setting, value)
      redis.disconnect(true)
      await new Promise((resolve) => redis.once('ready', resolve))
      await overflow.checked()
      expect(overflow.isDurable).toBe(false)
      const intake = new DurableIntake(databaseAway(), { stream: overflow })
      await expect(intake.accept([hint()])).rejects.toThrow(IntakeUnavailableError)
    } finally {
      await part.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('is bounded by refusing: what was acknowledged is never trimmed', async () => {
    const { stream: overflow } = await stream(undefined, { limits: { entries: 2 } })
    const intake = new DurableIntake(databaseAway(), { stream: overflow })
    await intake.accept([hint()])
    await intake.accept([hint()])
    await expect(intake.accept([hint()])).rejects.toThrow(IntakeUnavailableError)
    expect(await overflow.length()).toBe(2)
    const { stream: small } = await stream(undefined, { limits: { bytes: 100 } })
    await expect(small.append([inboxHintOf(hint())])).rejects.toThrow(QueueFullError)
  })

  test('with database and Redis both away nothing is acknowledged', async () => {
    const intake = new DurableIntake(databaseAway(), { stream: null })
    await expect(intake.accept([hint()])).rejects.toThrow(IntakeUnavailableError)
  })

  test('what a dead consumer took is taken over, and an entry is deleted only after the commit', async () => {
    const { stream: overflow } = await stream()
    const sent = hint()
    await overflow.append([inboxHintOf(sent)])
    const dead = new OverflowConsumer({ db: databaseAway(), stream: overflow, name: 'dead', logger })
    // The first look makes the group, the second takes the entry and fails to write it.
    await dead.runOnce()
    await expect(dead.runOnce()).rejects.toThrow()
    expect(await overflow.length()).toBe(1)
    const heir = new OverflowConsumer({ db: store.db, stream: overflow, name: 'heir', logger, silentMs: 0 })
    await until('the entry to be taken over', async () => (await heir.runOnce()) > 0)
    expect([await overflow.length(), await rowOf(sent.messageId)]).toMatchObject([0, [{ state: 'hint' }]])
  })

  test('an entry that nobody can read is set aside and raised, and the others go on', async () => {
    const { redis, stream: overflow } = await stream(undefined, { key: `test/${uuid()}` })
    const key = `test/${uuid()}`
    await redis.xadd(key, '*', 'hints', '{"not": "ours"}')
    const broken = new HintStream(redis, { key })
    const sent = hint()
    await broken.checked()
    await broken.append([inboxHintOf(sent)])
    const consumer = new OverflowConsumer({ db: store.db, stream: broken, name: 'a', logger })
    await until('both to be moved', async () => {
      await consumer.runOnce()
      return (await broken.length()) === 0
    })
    expect(await rowOf(sent.messageId)).toMatchObject([{ state: 'hint' }])
    expect((await itemsOf('unknown_channel_message')).map(({ key: name }) => name)).toContain(
      'intake/unreadable',
    )
    expect(await overflow.length()).toBe(0)
  })

  test('SIGKILL of Redis right after the acknowledgements loses none of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-intake-'))
    const part: RedisPart = await startRedis({ dataDir: folder })
    try {
      const { redis, stream: overflow } = await stream(part.url)
      const intake = new DurableIntake(databaseAway(), { stream: overflow })
      const acknowledged: string[] = []
      const send = async () => {
        const sent = hint()
        await intake.accept([sent])
        acknowledged.push(sent.messageId)
      }
      // The kill falls among pushes that are still being answered.
      const sending = Promise.allSettled(Array.from({ length: 400 }, send))
      await until('some acknowledgements', async () => acknowledged.length > 50)
      const revived = new Promise((resolve) => redis.once('ready', resolve))
      process.kill(part.pid() ?? 0, 'SIGKILL')
      await sending
      await revived
      await overflow.checked()
      const consumer = new OverflowConsumer({ db: store.db, stream: overflow, name: 'a', logger })
      await until('the stream to be empty', async () => {
        await consumer.runOnce()
        return (await overflow.length()) === 0
      })
      const { rows } = await sql<{ found: number }>`
        select count(*)::int as found from inbox where source_event_id = any(${acknowledged}::text[])`.execute(
        store.db,
      )
      expect(acknowledged.length).toBeGreaterThan(50)
      expect(rows[0]?.found).toBe(acknowledged.length)
    } finally {
      await part.kill()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
