import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWecomToken } from '../../connectors/wecom/token.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { wecomTokenShelf } from '../../store/wecom-token.ts'
import { takeTurn } from '../../store/wecom-turns.ts'
import { CALM, WECOM, WECOM_SECRET, wecomApp, wecomControl } from '../support/wecom.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let simulator: Simulator
beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET })
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})
afterEach(() => simulator.mischief('wecom', CALM))

const shelf = () => wecomTokenShelf(store.db, store.keyRing, WECOM)
const process = () => createWecomToken(wecomApp(simulator.url), shelf())
const tokensGiven = async () => (await wecomControl(simulator.url).state()).tokensGiven

test('eight processes that start at once ask WeCom for one token, and for one more when it is refused', async () => {
  const processes = Array.from({ length: 8 }, process)
  const tokens = await Promise.all(processes.map((each) => each.get()))
  expect(new Set(tokens).size).toBe(1)
  expect(await tokensGiven()).toBe(1)
  const [refused] = tokens
  // Whoever asks gets another one now.
  simulator.mischief('wecom', { tokenExpired: 1 })
  await Promise.all(processes.map((each) => each.get(refused)))
  expect(await tokensGiven()).toBe(2)
})

test('a token that nobody can read from the table is opened by the next process without asking', async () => {
  const given = await tokensGiven()
  const token = await process().get()
  expect(await tokensGiven()).toBe(given)
  const { rows } = await sql<{ row: string }>`select wecom_token::text as row from wecom_token`.execute(
    store.db,
  )
  expect(JSON.stringify(rows)).not.toContain(token)
  expect(JSON.stringify(rows)).not.toContain(Buffer.from(token).toString('hex'))
})

test('who died while asking is waited for no longer than a call may take', async () => {
  const [known] = (await store.db.selectFrom('wecom_token').select('ends_at').execute()) ?? []
  const token = await process().get()
  expect(await shelf().claim(token)).toBe(true)
  expect(await shelf().claim(token)).toBe(false)
  await sql`update wecom_token set asking_until = clock_timestamp() - interval '1 ms'`.execute(store.db)
  expect(await shelf().claim(token)).toBe(true)
  await shelf().giveUp()
  // A good token that nobody refused is not asked for again.
  expect(await shelf().claim(null)).toBe(false)
  expect(known?.ends_at).toBeInstanceOf(Date)
})

test('a turn is one caller’s of ten at once, and says to the others how long to wait', async () => {
  const waits = await Promise.all(Array.from({ length: 10 }, () => takeTurn(store.db, 'somebody', 4_000)))
  expect(waits.filter((wait) => wait === 0)).toHaveLength(1)
  for (const wait of waits.filter((each) => each > 0)) expect(wait).toBeLessThanOrEqual(4_000)
  expect(await takeTurn(store.db, 'somebody-else', 4_000)).toBe(0)
  await sql`update wecom_turn set next_at = clock_timestamp()`.execute(store.db)
  expect(await takeTurn(store.db, 'somebody', 4_000)).toBe(0)
})
