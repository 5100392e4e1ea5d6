import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPool } from '../../store/database.ts'
import { createInboxNotice, listenToInbox } from '../../store/inbox-notice.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const logger = pino({ level: 'silent' })
let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

test('50 pokes at once are one notice, and a later poke is another', async () => {
  const pool = createPool(store.appUrl, 1)
  const query = vi.spyOn(pool, 'query')
  let heard = 0
  const hear = () => {
    heard += 1
  }
  const stop = listenToInbox(store.appUrl, hear, logger)
  // Whoever begins to listen looks once for what came in before.
  await until('the listener to be there', async () => heard === 1)
  const notice = createInboxNotice(pool, logger)
  for (let poke = 0; poke < 50; poke += 1) notice.poke()
  await until('the notice', async () => heard === 2)
  notice.poke()
  await until('the next notice', async () => heard === 3)
  expect(query.mock.calls).toEqual([['notify hub_inbox'], ['notify hub_inbox']])
  await stop()
  await pool.end()
})
