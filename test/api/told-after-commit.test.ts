import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPool } from '../../store/database.ts'
import { createInboxNotice, listenToInbox } from '../../store/inbox-notice.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openTestApi, placeOrder, seedForOrders, type TestApi } from './support.ts'

/** Whoever is told of an order, in every way there is: the relays by their notice, screens by both streams. */
const HELD_BACK = 'HELD-BACK-'
const DOOMED = 'DOOMED-'
const logger = pino({ level: 'silent' })

let database: TestDatabase
let api: TestApi
let notices = 0
const hear = () => {
  notices += 1
}
const closing: (() => Promise<unknown>)[] = []
let stock: { text: () => string }
let events: { text: () => string }

beforeAll(async () => {
  database = await createTestDatabase()
  const keys = await seedForOrders(database)
  const pool = createPool(database.appUrl, 1)
  api = await openTestApi(database, keys, { deps: { notice: createInboxNotice(pool, logger) } })
  closing.push(
    () => api.close(),
    () => pool.end(),
  )
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  // At the very end of a transaction, when all is written and nothing is committed.
  await api.rows(`
    create function at_commit() returns trigger language plpgsql as $$ begin
      if new.external_order_id like '${DOOMED}%' then raise exception 'it was not to be'; end if;
      if new.external_order_id like '${HELD_BACK}%' then
        perform set_config('lock_timeout', '0', true), pg_advisory_xact_lock(42);
      end if;
      return null;
    end $$`)
  await api.rows(`create constraint trigger at_commit after insert on orders
    deferrable initially deferred for each row execute function at_commit()`)
  closing.unshift(listenToInbox(database.ownerUrl, hear, logger))
  stock = await listen(`${base}/v1/stock/events`)
  events = await listen(`${base}/v1/events`)
  // Whoever begins to listen looks once.
  await vi.waitFor(() => expect(notices).toBe(1), { timeout: 20_000 })
})
afterAll(async () => {
  for (const close of closing) await close()
  await database.destroy()
})

async function listen(url: string): Promise<{ text: () => string }> {
  const stopping = new AbortController()
  let text = ''
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${api.keys.ops}` },
    signal: stopping.signal,
  })
  const read = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
  })()
  read.catch(() => undefined) // ended on purpose
  closing.unshift(async () => stopping.abort())
  await vi.waitFor(() => expect(text).toContain('id: '), { timeout: 20_000 })
  return { text: () => text }
}

const buy = (skuId: string, externalOrderId: string) =>
  placeOrder(api, { externalOrderId, lines: [{ skuId, quantity: 1, unitPriceCents: 100 }] })
const units = async (skuId: string) =>
  (await api.rows('select reserved from stock_level where sku_id = $1', [skuId]))[0]?.reserved
/** Events of this article or order that were told. */
const told = (what: string) => [stock, events].map((stream) => stream.text().split(what).length - 1)

test('nobody is told of a reservation before its commit: neither the relays nor the streams of stock and of orders', async () => {
  const holder = await database.db.startTransaction().execute()
  await sql`select pg_advisory_xact_lock(42)`.execute(holder)
  const before = notices
  const waiting = buy('SKU-1', `${HELD_BACK}${uuid()}`)
  const isCommitting = async () =>
    (await api.rows(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).length > 0
  await expect.poll(isCommitting, { timeout: 20_000 }).toBe(true)

  // Somebody else's order passes it and is told in all ways, so that whoever listens has looked.
  const other = (await buy('SKU-2', uuid())).json().orderId
  await expect.poll(() => notices, { timeout: 20_000 }).toBe(before + 1)
  expect(await units('SKU-1')).toBe(0)
  expect(told('"SKU-1"')).toEqual([0, 0])

  await holder.rollback().execute()
  const response = await waiting
  expect(response.statusCode).toBe(201)
  const { orderId } = response.json()
  await expect.poll(() => notices, { timeout: 20_000 }).toBe(before + 2)
  await expect.poll(() => told('"SKU-1"')[0], { timeout: 20_000 }).toBe(1)
  await expect.poll(() => told(orderId)[1], { timeout: 20_000 }).toBeGreaterThan(0)
  await expect.poll(() => told(other)[1], { timeout: 20_000 }).toBeGreaterThan(0)
  expect(notices).toBe(before + 2)
})

test('nobody is ever told of a reservation that was rolled back, not even one that failed at its commit', async () => {
  const before = { notices, reserved: await units('SKU-1'), stock: told('"SKU-1"')[0] }
  const failed = await buy('SKU-1', `${DOOMED}${uuid()}`)
  expect(failed.statusCode).toBe(500)
  expect(await units('SKU-1')).toBe(before.reserved)

  // The next order of the same article is the next that anybody hears of.
  const { orderId } = (await buy('SKU-1', uuid())).json()
  await expect.poll(() => told(orderId)[1], { timeout: 20_000 }).toBeGreaterThan(0)
  await expect.poll(() => told('"SKU-1"')[0], { timeout: 20_000 }).toBe((before.stock ?? 0) + 1)
  expect(notices).toBe(before.notices + 1)
  expect(events.text()).not.toContain(DOOMED)
  const inbox = await api.rows(`select count(*)::int as count from inbox where type = 'order.placed'`)
  const orders = await api.rows('select count(*)::int as count from orders')
  expect(inbox).toEqual(orders)
})
