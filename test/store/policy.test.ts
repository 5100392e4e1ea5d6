import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { POLICIES, POLICY_KINDS } from '../../contracts/policies/index.ts'
import { currentPolicy } from '../../store/policy.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let app: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  app = new pg.Client({ connectionString: database.appUrl })
  await app.connect()
})
afterAll(async () => {
  await app.end()
  await database.destroy()
})

const publish = (holdTtlSeconds: number) =>
  publishPolicy(database.db, {
    kind: 'reservation',
    document: { ...POLICIES.reservation.initial, holdTtlSeconds },
    author: 'test',
    reason: 'test',
  })

test.each(POLICY_KINDS)('%s holds with its built-in document before anybody publishes one', async (kind) => {
  const { schema, initial } = POLICIES[kind]
  expect(schema.parse(initial)).toEqual(initial)
  expect(await currentPolicy(database.db, kind)).toEqual({ version: 0, document: initial })
})

test('a document from before its kind learnt a field is read with the default of that field', async () => {
  await app.query(`
    insert into policy (kind, version, document, author, reason, state, publisher, published_at)
    values ('reservation', 1, '{"holdTtlSeconds": 77}', 'x', 'x', 'published', 'x', now())`)
  const { document } = await currentPolicy(database.db, 'reservation')
  expect(document).toEqual({ holdTtlSeconds: 77, rules: [] })
})

test('of many who publish at once, each gets a version and exactly one version stays in force', async () => {
  const versions = await Promise.all(Array.from({ length: 8 }, (_, index) => publish(100 + index)))
  expect(new Set(versions).size).toBe(8)
  const { rows } = await app.query(
    "select version from policy where kind = 'reservation' and state = 'published'",
  )
  expect(rows).toEqual([{ version: Math.max(...versions) }])
})

test('what was published once can never be changed, not even with the rights of the application', async () => {
  const version = await publish(200)
  const change = (set: string) =>
    app.query(`update policy set ${set} where kind = 'reservation' and version = $1`, [version])
  for (const set of [
    `document = '{"holdTtlSeconds": 1}'`,
    `author = 'somebody else'`,
    'published_at = now()',
    'version = version + 1000',
    `state = 'draft', published_at = null, publisher = null`,
  ]) {
    await expect(change(set), set).rejects.toMatchObject({ code: '23514', constraint: 'policy_immutable' })
  }
  await publish(201)
  await expect(change(`state = 'published', retired_at = null`)).rejects.toMatchObject({
    constraint: 'policy_immutable',
  })
})

test('no second version of a kind can be in force', async () => {
  const version = (await publish(300)) + 1
  const insert = app.query(
    `insert into policy (kind, version, document, author, reason, state, publisher, published_at)
     values ('reservation', $1, '{}', 'x', 'x', 'published', 'x', now())`,
    [version],
  )
  await expect(insert).rejects.toMatchObject({ code: '23505', constraint: 'policy_one_published' })
})

test('a publish takes effect in another process within two seconds', async () => {
  await publish(400)
  const child = fork(join(import.meta.dirname, '../support/policy-reader.ts'), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, READER_DATABASE_URL: database.appUrl },
  })
  try {
    const said = async (seconds: number): Promise<number> => {
      for (;;) {
        const [message] = await once(child, 'message')
        if (message === seconds) return performance.now()
      }
    }
    await said(400)
    const heard = said(401)
    await publish(401)
    const publishedAt = performance.now()
    expect((await heard) - publishedAt).toBeLessThan(2_000)
  } finally {
    child.kill()
  }
})

test('an answer is at most a second old, also after all connections were lost', async () => {
  let nowMs = 0
  const policies = new Policies({ now: () => nowMs })
  const ttl = async () => (await policies.current(database.db, 'reservation')).document.holdTtlSeconds
  await publish(500)
  expect(await ttl()).toBe(500)
  await publish(501)
  nowMs = 999
  expect(await ttl()).toBe(500)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and pid <> $1',
    [(await app.query('select pg_backend_pid() as pid')).rows[0]?.pid],
  )
  await owner.end()
  nowMs = 1_000
  // A query on a connection that has just ended fails, as every other query of the process does then.
  await vi.waitFor(async () => expect(await ttl()).toBe(501), { timeout: 10_000, interval: 20 })
})

test('whoever asks again within the second asks no database', async () => {
  const policies = new Policies({ now: () => 0 })
  const first = await policies.current(database.db, 'reservation')
  await publish(600)
  expect(await policies.current(database.db, 'reservation')).toBe(first)
  policies.expire()
  expect((await policies.current(database.db, 'reservation')).document.holdTtlSeconds).toBe(600)
})

test('a document of a newer release that this one cannot read leaves the last one in force, and is reported once', async () => {
  const unreadable: string[] = []
  let nowMs = 0
  const policies = new Policies({ now: () => nowMs, onUnreadable: (kind) => unreadable.push(kind) })
  await publish(700)
  await policies.current(database.db, 'reservation')
  await app.query(
    `update policy set state = 'retired', retired_at = now() where kind = 'reservation' and state = 'published'`,
  )
  await app.query(`
    insert into policy (kind, version, document, author, reason, state, publisher, published_at)
    select 'reservation', max(version) + 1, '{"fromTheFuture": true}', 'x', 'x', 'published', 'x', now()
    from policy where kind = 'reservation'`)
  for (const later of [1_000, 2_000, 3_000]) {
    nowMs = later
    expect((await policies.current(database.db, 'reservation')).document.holdTtlSeconds).toBe(700)
  }
  expect(unreadable).toEqual(['reservation'])
  await expect(new Policies().current(database.db, 'reservation')).rejects.toThrow('fromTheFuture')
})
