import { Kysely, PostgresDialect, sql } from 'kysely'
import type pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalAnswer } from '../../api/plugins/idempotency.ts'
import { decisionsOf, SharedReasons } from '../../store/allocation-decisions.ts'
import {
  type CheckoutAnswer,
  type CheckoutCall,
  type CheckoutInput,
  checkoutAll,
  createCheckouts,
} from '../../store/checkout.ts'
import { createDatabase, createPool, type Db, sendLast, type Tx } from '../../store/database.ts'
import { GROUP_LIMITS, GroupCommit, type GroupLimits, QueueFullError } from '../../store/group-commit.ts'
import type { ReserveRequest } from '../../store/reservation.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import type { Database } from '../../store/schema.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { expectSound, newRandom, openTestStore, type TestStore, until, withHands } from './support.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore(16)
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

/** Requests in the names of orders that exist; each is an operation of its own. */
async function newRequests(lines: { skuId: string; quantity: number }[][]): Promise<ReserveRequest[]> {
  const skuId = await store.addSku({ 'WH-HZ': lines.length })
  const orderIds = await store.inTransaction(async (tx) => {
    const inputs = lines.map(() => store.checkoutInput([{ skuId, quantity: 1 }]))
    await checkoutAll(tx, store, inputs)
    return inputs.map((input) => input.orderId)
  })
  return lines.map((demand, index) => ({
    orderId: orderIds[index] ?? '',
    channel: 'mall',
    divisionCode: '330106',
    demand: demand.map((line, position) => ({ lineNumber: 100 + position, ...line })),
    expiresAt: new Date(Date.now() + 600_000),
    operationId: uuid(),
    confirmed: false,
    operator: 'test',
  }))
}

const held = async (skuId: string) => {
  const { rows } = await sql<{ units: number }>`
    select coalesce(sum(quantity), 0)::int as units from reservation
    where sku_id = ${skuId} and state in ('held', 'confirmed')`.execute(store.db)
  return rows[0]?.units ?? 0
}

/** What a group of words does: notes its members, and fails for those that begin with "bad". */
function newWords(limits: Partial<GroupLimits> = {}, run?: (tx: Tx, words: string[]) => Promise<void>) {
  const groups: string[][] = []
  const commit = new GroupCommit<string, string>(
    store.db,
    {
      keysOf: (word) => [word.split('/')[1] ?? word],
      linesOf: (word) => Number(word.split('/')[2] ?? 1),
      run: async (tx, words) => {
        groups.push(words)
        await run?.(tx, words)
        const bad = words.find((word) => word.startsWith('bad'))
        if (bad) throw new Error(bad)
        return { results: words.map((word) => word.toUpperCase()) }
      },
    },
    { ...GROUP_LIMITS, ...limits },
  )
  return { groups, say: (word: string) => commit.submit(word) }
}

describe('a group', () => {
  test('calls that arrive together share one transaction, and each gets its own answer', async () => {
    const { groups, say } = newWords()
    expect(await Promise.all(['a', 'b', 'c'].map(say))).toEqual(['A', 'B', 'C'])
    expect(groups).toEqual([['a', 'b', 'c']])
  })

  test('one that fails fails nobody else, and hears its own error', async () => {
    const { groups, say } = newWords()
    const answers = await Promise.allSettled(['a', 'bad 1', 'b', 'bad 2', 'c'].map(say))
    expect(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message)),
    ).toEqual(['A', 'bad 1', 'B', 'bad 2', 'C'])
    expect(groups.slice(1).every((group) => group.length === 1)).toBe(true)
  })

  test('nobody is told of success when the statement that went with the commit failed', async () => {
    const commit = new GroupCommit<string, string>(store.db, {
      keysOf: (word) => [word],
      linesOf: () => 1,
      run: async (tx, words) => {
        const ids = words.map((word) => `with-commit/${word}`)
        await sql`insert into stock_operation (id, result) select id, '{}' from unnest(${ids}::text[]) as id`.execute(
          tx,
        )
        const fails = words.some((word) => word.startsWith('bad'))
        return { results: words, ...(await sendLast(tx, sql`select 1 / ${fails ? 0 : 1}::int`)) }
      },
    })
    const answers = await Promise.allSettled(['a', 'bad', 'c'].map((word) => commit.submit(word)))
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const kept = await store.db
      .selectFrom('stock_operation')
      .select('id')
      .where('id', 'like', 'with-commit/%')
      .orderBy('id')
      .execute()
    expect(kept.map((row) => row.id)).toEqual(['with-commit/a', 'with-commit/c'])
  })

  test('members with a key in common go in the order in which they came, whatever their group', async () => {
    const { groups, say } = newWords({ members: 2 })
    const words = ['1/x', '2/y', '3/x', '4/x', '5/y', '6/z']
    await Promise.all(words.map(say))
    const order = groups.flat()
    for (const key of ['x', 'y', 'z']) {
      const ofKey = (list: string[]) => list.filter((word) => word.endsWith(`/${key}`))
      expect(ofKey(order)).toEqual(ofKey(words))
    }
  })

  test('whoever is answered and comes again at once joins those who waited meanwhile in one group', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    const { groups, say } = newWords({ groups: 1 }, () => gate)
    const again = ['a/x', 'b/x'].map(async (word) => {
      await say(word)
      await say(`${word}/1/again`)
    })
    await until('the first group', async () => groups.length === 1)
    const waiting = say('c/x')
    open()
    await Promise.all([...again, waiting])
    expect(groups).toEqual([
      ['a/x', 'b/x'],
      ['c/x', 'a/x/1/again', 'b/x/1/again'],
    ])
  })

  test('a group takes no more members and lines than allowed, and a huge member runs alone beside it', async () => {
    const { groups, say } = newWords({ members: 3, lines: 10, linesAlone: 8 })
    await Promise.all(['a/1/4', 'b/2/4', 'c/3/4', 'd/4/1', 'huge/5/9', 'e/6/1', 'f/7/1', 'g/8/1'].map(say))
    for (const group of groups) {
      const lines = group.map((word) => Number(word.split('/')[2]))
      expect(group.length).toBeLessThanOrEqual(3)
      expect(group.length === 1 || lines.reduce((sum, count) => sum + count, 0) <= 10).toBe(true)
    }
    expect(groups).toContainEqual(['huge/5/9'])
  })

  test('whoever comes when too many wait is told so at once, and nothing is done for them', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    const { groups, say } = newWords({ waiting: 2, groups: 1 }, () => gate)
    const first = say('first/x')
    await until('the first group to run', async () => groups.length === 1)
    const second = [say('second/x'), say('third/x')]
    await expect(say('fourth/x')).rejects.toBeInstanceOf(QueueFullError)
    open()
    expect(await Promise.all([first, ...second])).toEqual(['FIRST/X', 'SECOND/X', 'THIRD/X'])
    expect(groups.flat()).not.toContain('fourth/x')
  })
})

describe('reservations in groups', () => {
  test('first come, first served: of thirty callers for ten units the first ten get them', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 })
    const requests = await newRequests(Array.from({ length: 30 }, () => [{ skuId, quantity: 1 }]))
    const { reserve } = createReservations(store.db, { ...GROUP_LIMITS, members: 7 })
    const results = await Promise.all(requests.map(reserve))
    expect(results.map((result) => result.ok)).toEqual(Array.from({ length: 30 }, (_, index) => index < 10))
    expect(await held(skuId)).toBe(10)
  })

  test('a group whose first members are written while the others are decided is one: served in turn, and failed together', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 20, 'WH-GZ': 30 })
    const requests = await newRequests(Array.from({ length: 60 }, () => [{ skuId, quantity: 1 }]))
    // The last but one names an order that there is not: found out when all the others are written.
    const [strange] = requests.splice(58, 1)
    if (!strange) throw new Error('no request')
    const { reserve } = createReservations(store.db)
    const results = await Promise.allSettled([
      ...requests.slice(0, 45).map(reserve),
      reserve({ ...strange, orderId: uuid() }),
      ...requests.slice(45).map(reserve),
    ])
    const [failed] = results.splice(45, 1)
    expect(failed).toMatchObject({
      status: 'rejected',
      reason: { message: 'a hold names an order that does not exist' },
    })
    const served = results.map((result) => result.status === 'fulfilled' && result.value.ok)
    expect(served).toEqual(Array.from({ length: 59 }, (_, index) => index < 50))
    expect(await held(skuId)).toBe(50)
  })

  test('orders whose plan is the same one keep its reasons once, and show them all the same', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 50, 'WH-GZ': 50 })
    const requests = await newRequests(Array.from({ length: 4 }, () => [{ skuId, quantity: 1 }]))
    const { reserve } = createReservations(store.db)
    const [first, second, ...together] = requests
    if (!first || !second) throw new Error('no requests')
    await reserve(first)
    await reserve(second)
    await Promise.all(together.map(reserve))
    const rows = await store.db
      .selectFrom('allocation_decision')
      .select(['order_id', 'same_as_order', 'explanation'])
      .where(
        'operation_id',
        'in',
        requests.map((request) => request.operationId),
      )
      .execute()
    const told = rows.filter((row) => row.explanation !== null)
    expect(told.map((row) => row.order_id)).toEqual([first.orderId])
    expect(rows.filter((row) => row.same_as_order === first.orderId)).toHaveLength(3)
    const texts = await Promise.all(
      requests.map(async ({ orderId, operationId }) => {
        const all = await store.inTransaction((tx) => decisionsOf(tx, orderId))
        return all.find((decision) => decision.operationId === operationId)?.text.en
      }),
    )
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toMatch(/^杭州仓: \d+ km, has it/)
  })

  test('reasons of a transaction that failed, or that nobody knows to be committed yet, are named by no other', async () => {
    const shared = new SharedReasons()
    const explanation = { chosen: [], rejected: [] } as never
    const decision = (orderId: string) => ({
      orderId,
      operationId: `${orderId}/op`,
      policyVersion: 0,
      explanation,
    })
    expect(shared.placeOf(decision('A'))).toBeNull()
    expect(shared.placeOf(decision('B'))).toBeNull()
    shared.settle('A/op', false)
    expect(shared.placeOf(decision('C'))).toBeNull()
    shared.settle('B/op', true)
    expect(shared.placeOf(decision('D'))).toMatchObject({ orderId: 'B' })
    // Decided anew after a failure, it names another one itself, and cannot be named.
    expect(shared.placeOf(decision('C'))).toMatchObject({ orderId: 'B' })
    shared.settle('C/op', true)
    expect(shared.placeOf(decision('E'))).toMatchObject({ orderId: 'B' })
  })

  test('a member is refused for want of units only, not for what a refused neighbour wanted', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const requests = await newRequests([3, 4, 2].map((quantity) => [{ skuId, quantity }]))
    const { reserve } = createReservations(store.db)
    const results = await Promise.all(requests.map(reserve))
    expect(results.map((result) => result.ok)).toEqual([true, false, true])
    expect(results[1]).toMatchObject({ shortages: [{ skuId, requested: 4, available: 2 }] })
  })

  test('the same operation again, also in the same group, has one effect and one result', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const [request] = await newRequests([[{ skuId, quantity: 2 }]])
    if (!request) throw new Error('no request')
    const { reserve } = createReservations(store.db)
    const results = await Promise.all([reserve(request), reserve(request)])
    results.push(await reserve(request), await createReservations(store.db).reserve(request))
    for (const result of results) expect(result).toEqual(results[0])
    expect(await held(skuId)).toBe(2)
  })

  test('a row that somebody keeps locked holds up nobody who does not want it', async () => {
    const [locked, free] = [await store.addSku({ 'WH-HZ': 5 }), await store.addSku({ 'WH-HZ': 5 })]
    const requests = await newRequests([
      [{ skuId: locked, quantity: 1 }],
      [{ skuId: free, quantity: 1 }],
      [{ skuId: free, quantity: 1 }],
    ])
    const { reserve } = createReservations(store.db, { ...GROUP_LIMITS, lockMs: 50 })
    const rival = await store.begin()
    await lockStock(rival, [locked])
    const [blocked, ...others] = requests.map(reserve)
    expect((await Promise.all(others)).map((result) => result.ok)).toEqual([true, true])
    const late = await newRequests([[{ skuId: free, quantity: 1 }]])
    expect((await Promise.all(late.map(reserve))).map((result) => result.ok)).toEqual([true])
    await rival.commit().execute()
    expect(await blocked).toMatchObject({ ok: true })
  })

  test('statements planned while a table was empty never read it from end to end', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const requests = await newRequests([[{ skuId, quantity: 1 }], [{ skuId, quantity: 1 }]])
    const owner = createDatabase(store.ownerUrl, 1)
    const scans = async () => {
      const { rows } = await sql<{ relname: string; seq_scan: number }>`
        select relname, seq_scan from pg_stat_user_tables
        where relname in ('stock_operation', 'reservation', 'stock_level', 'stock_wait_line', 'orders') order by 1`.execute(
        owner,
      )
      return rows
    }
    const own = createDatabase(store.appUrl, 1)
    const groups = createReservations(own)
    const before = await scans()
    expect(await Promise.all(requests.map(groups.reserve))).toMatchObject([{ ok: true }, { ok: true }])
    // A connection counts what it has read at its end at the latest.
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(own)
    await own.destroy()
    await until('the connection to end', async () => {
      const left = await sql`select from pg_stat_activity where pid = ${rows[0]?.pid ?? 0}`.execute(owner)
      return left.rows.length === 0
    })
    expect(await scans()).toEqual(before)
    await owner.destroy()
  })

  test('a hold that ends while a group waits for the locks is sold by that group', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order([{ skuId, quantity: 1 }])
    const [request] = await newRequests([[{ skuId, quantity: 1 }]])
    if (!request) throw new Error('no request')
    const rival = await store.begin()
    await lockStock(rival, [skuId])
    const { reserve } = createReservations(store.db)
    const waiting = reserve(request)
    await store.endTimeOf(first.orderId)
    await rival.commit().execute()
    expect(await waiting).toMatchObject({ ok: true })
    expect(await store.holds(first.orderId)).toMatchObject([{ state: 'expired' }])
  })

  test.each([
    ['before the server heard of it', 'before'],
    ['after the server had carried it out', 'after'],
  ] as const)(
    'a connection that breaks at the commit, %s: each is told what is true, and has one effect',
    async (_, moment) => {
      const skuId = await store.addSku({ 'WH-HZ': 4 })
      const requests = await newRequests(Array.from({ length: 6 }, () => [{ skuId, quantity: 1 }]))
      const broken = breakingAtCommit(store.appUrl, moment)
      const { reserve } = createReservations(broken.db)
      const results = await Promise.all(requests.map(reserve))
      expect(results.map((result) => result.ok)).toEqual([true, true, true, true, false, false])
      expect(await held(skuId)).toBe(4)
      expect(broken.broke()).toBe(1)
      await broken.db.destroy()
    },
  )
})

describe('checkouts in groups', () => {
  test.each([
    ['with', uuid()],
    ['without', undefined],
  ])(
    'a commit still under way on the server when its connection has broken is one order, and its caller hears of it, %s an external id',
    async (_, externalOrderId) => {
      const skuId = await store.addSku({ 'WH-HZ': 4 })
      const input = store.checkoutInput([{ skuId, quantity: 1 }], externalOrderId)
      const { orderId } = input
      const broken = breakingAtCommit(store.appUrl, 'meanwhile')
      const answer = newCheckouts(broken.db).place(callOf(input))
      await untilSomebodyWaits()
      await broken.land()
      expect(await answer).toMatchObject({
        standing: { kind: 'answered', answer: { response: { orderId } } },
      })
      expect(await held(skuId)).toBe(1)
      expect(await store.row(orderId)).toMatchObject({ status: 'reserved' })
      await broken.db.destroy()
    },
  )

  test('10,000 orders of several lines in any order through four processes sell every unit once, and the server sees no deadlock', async () => {
    const random = newRandom('10,000 orders')
    const skuIds = await Promise.all(
      Array.from({ length: 12 }, () => store.addSku({ 'WH-HZ': 1_400, 'WH-GZ': 1_400 })),
    )
    const orders = Array.from({ length: 10_000 }, () =>
      random
        .shuffle(skuIds)
        .slice(0, random.between(2, 6))
        .map((skuId) => ({ skuId, quantity: 1 })),
    )
    await lookForDeadlocksAtOnce()
    const processes = Array.from({ length: 4 }, newProcess)
    const shares = await Promise.all(
      processes.map(async (db, share) => {
        const { place } = newCheckouts(db, { members: 12 })
        const own = orders.filter((_, index) => index % processes.length === share)
        const answers = await withHands(48, own, (lines) => place(callOf(store.checkoutInput(lines))))
        return own.filter((_, index) => isGranted(answers[index]))
      }),
    )
    const granted = shares.flat()
    await Promise.all(processes.map((db) => db.destroy()))
    expect(granted.length).toBeGreaterThan(orders.length / 2)
    for (const skuId of skuIds) {
      expect(await held(skuId)).toBe(granted.flat().filter((line) => line.skuId === skuId).length)
    }
    // A group that is a deadlock's victim is tried again, so nobody but the server would tell of it.
    expect(await deadlocks()).toBe(0)
    await expectSound(store.db)
  }, 240_000)
})

const newCheckouts = (db: Db, limits: Partial<GroupLimits> = {}) =>
  createCheckouts(db, {
    ...store,
    limits: { ...GROUP_LIMITS, ...limits },
    answerOf: (result) =>
      result.ok ? { status: 201, response: result.order } : refusalAnswer(result.problem),
  })
const callOf = (input: CheckoutInput): CheckoutCall => ({
  ...input,
  requestKey: { caller: 'mall', key: input.orderId, requestHash: Buffer.from(input.orderId) },
})
const isGranted = (answer: CheckoutAnswer | undefined) =>
  answer !== undefined && 'result' in answer && answer.result.ok

const PROCESS = 'one of four processes'

/** Connections of its own, as another process has them. */
function newProcess(): Db {
  const url = new URL(store.appUrl)
  url.searchParams.set('application_name', PROCESS)
  return createDatabase(url.href, 6)
}

/** Before a group gives up on its locks, as it otherwise would: that would hide a deadlock. */
async function lookForDeadlocksAtOnce(): Promise<void> {
  const owner = createDatabase(store.ownerUrl, 1)
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(owner)
  await sql`alter database ${sql.id(rows[0]?.name ?? '')} set deadlock_timeout = '5ms'`.execute(owner)
  await owner.destroy()
}

/** Deadlocks in this database. A connection has told of its own when it has ended. */
async function deadlocks(): Promise<number> {
  await until('the connections of the processes to end', async () => {
    const { rows } = await sql`select 1 from pg_stat_activity where application_name = ${PROCESS}`.execute(
      store.db,
    )
    return rows.length === 0
  })
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(store.db)
  return rows[0]?.deadlocks ?? Number.NaN
}

const untilSomebodyWaits = () =>
  until('somebody to wait for a lock', async () => {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())
        as waiting`.execute(store.db)
    return rows[0]?.waiting
  })

/**
 * A database whose first commit loses its connection before the server has heard of it, after the server has carried
 * it out, or while the server is at it: until `land`.
 */
function breakingAtCommit(url: string, moment: 'before' | 'after' | 'meanwhile') {
  const pool = createPool(url, 4)
  let broken = 0
  let land = async () => {}
  const breaking = (client: pg.PoolClient): pg.PoolClient => {
    const query = client.query.bind(client)
    // Only the call that Kysely makes for a commit is looked at; every other one passes through unchanged.
    client.query = (async (...args: Parameters<typeof query>) => {
      const [text] = args as unknown as [string | { text: string }]
      const statement = typeof text === 'string' ? text : text.text
      if (statement === 'commit' && broken === 0) {
        broken += 1
        if (moment === 'after') await query('commit')
        if (moment === 'before') await query('rollback')
        if (moment === 'meanwhile') land = landLater(client, query)
        throw new Error('Connection terminated unexpectedly')
      }
      return query(...args)
    }) as unknown as typeof client.query
    return client
  }
  const db: Db = new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: { connect: async () => breaking(await pool.connect()), end: () => pool.end() },
    }),
  })
  return { db, broke: () => broken, land: () => land() }
}

/** Keeps a transaction open past its caller's end, who believes to have rolled it back, until the returned commits it. */
function landLater(client: pg.PoolClient, query: (text: string) => Promise<unknown>): () => Promise<void> {
  const release = client.release.bind(client)
  client.query = (async () => undefined) as unknown as typeof client.query
  client.release = () => undefined
  return async () => {
    await query('commit')
    release()
  }
}
