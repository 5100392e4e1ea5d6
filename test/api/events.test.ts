import { sql, type Transaction } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../store/schema.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
let base: string
beforeAll(async () => {
  api = await createTestApi()
  base = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.close())

type Event = { id: string; data: { orderId: string; storeId: string; field: string; newValue: string } }

/** A reader of the stream that can wait for events and stop like a browser that is closed. */
function listen(headers: Record<string, string>, query = '') {
  const stopping = new AbortController()
  const events: Event[] = []
  const opened = fetch(`${base}/v1/events${query}`, { headers, signal: stopping.signal })
  const read = opened.then(async (response) => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const id = /^id: (.+)$/m.exec(block)?.[1]
        const data = /^data: (.+)$/m.exec(block)?.[1]
        if (id && data) events.push({ id, data: JSON.parse(data) })
      }
    }
  })
  return {
    events,
    opened,
    until: (count: number) =>
      expect.poll(() => events.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count),
    close: async () => {
      stopping.abort()
      await read.catch(() => undefined) // aborted on purpose
    },
  }
}

const ops = () => ({ authorization: `Bearer ${api.keys.ops}` })
const write = (tx: Transaction<Database>, newValue: string, storeId = 'ST-1', orderId: string = uuid()) =>
  tx
    .insertInto('operation_log')
    .values({
      order_id: orderId,
      store_id: storeId,
      version: 1,
      field: 'test',
      new_value: newValue,
      operator: 'test',
      source: 'test',
    })
    .execute()
const writeNow = (newValue: string, storeId?: string, orderId?: string) =>
  api.database.db.transaction().execute((tx) => write(tx, newValue, storeId, orderId))
const values = (events: Event[]) => events.map((event) => event.data.newValue)

test('what commits after the stream was opened arrives, in commit order', async () => {
  const stream = listen(ops())
  expect((await stream.opened).headers.get('content-type')).toContain('text/event-stream')
  for (const value of ['a', 'b', 'c']) await writeNow(value)
  await stream.until(3)
  expect(values(stream.events)).toEqual(['a', 'b', 'c'])
  await stream.close()
})

test('a transaction that commits late is not skipped: readers see it although later ids were visible first', async () => {
  const stream = listen(ops())
  await stream.opened
  const slow = await api.database.db.startTransaction().execute()
  await write(slow, 'slow')
  await writeNow('fast')
  // A poll or two happens while the first transaction is still open.
  await api.rows('select pg_sleep(1.2)')
  expect(values(stream.events)).toEqual([])
  await slow.commit().execute()
  await stream.until(2)
  expect(values(stream.events)).toEqual(['slow', 'fast'])
  await stream.close()
})

test('Last-Event-ID resumes exactly after it, also across transactions that committed out of order', async () => {
  const first = listen(ops())
  await first.opened
  await writeNow('one')
  await first.until(1)
  await first.close()
  const slow = await api.database.db.startTransaction().execute()
  await write(slow, 'two')
  await writeNow('three')
  await slow.commit().execute()
  const lastEventId = first.events.at(-1)?.id ?? ''
  const second = listen({ ...ops(), 'last-event-id': lastEventId })
  await second.until(2)
  await writeNow('four')
  await second.until(3)
  expect(values(second.events)).toEqual(['two', 'three', 'four'])
  await second.close()
})

test('a reader whose connection is lost before its first event resumes where it began', async () => {
  const first = await fetch(`${base}/v1/events`, { headers: ops() })
  const greeting = new TextDecoder().decode((await first.body?.getReader().read())?.value)
  const lastEventId = /^id: (.+)$/m.exec(greeting)?.[1] ?? ''
  await writeNow('in between')
  const second = listen({ ...ops(), 'last-event-id': lastEventId })
  await second.until(1)
  expect(values(second.events)).toEqual(['in between'])
  await second.close()
})

test('a reader far behind catches up through thousands of events while new ones come in', async () => {
  const first = listen(ops())
  await first.opened
  await writeNow('start')
  await first.until(1)
  const lastEventId = first.events.at(-1)?.id ?? ''
  await sql`
    insert into operation_log (order_id, store_id, version, field, new_value, operator, source)
    select ${uuid()}, 'ST-1', 1, 'test', n::text, 'test', 'test' from generate_series(1, 1800) as n`.execute(
    api.database.db,
  )
  const late = listen({ ...ops(), 'last-event-id': lastEventId })
  await writeNow('end')
  await late.until(1_801)
  await first.until(1_802)
  expect(values(late.events)).toEqual([...Array.from({ length: 1_800 }, (_, n) => String(n + 1)), 'end'])
  await Promise.all([first.close(), late.close()])
})

test('people hear of their stores or region only, and a filter narrows to one order', async () => {
  const orderId = uuid()
  const clerk = listen({ cookie: await api.signIn('clerk') })
  const director = listen({ cookie: await api.signIn('regional_director') })
  const one = listen(ops(), `?orderId=${orderId}`)
  await Promise.all([clerk.opened, director.opened, one.opened])
  await writeNow('other store', 'ST-2')
  await writeNow('other order', 'ST-1')
  await writeNow('mine', 'ST-1', orderId)
  await Promise.all([clerk.until(2), director.until(2), one.until(1)])
  expect(values(clerk.events)).toEqual(['other order', 'mine'])
  expect(values(director.events)).toEqual(['other order', 'mine'])
  expect(values(one.events)).toEqual(['mine'])
  await Promise.all([clerk.close(), director.close(), one.close()])
})

test.each(['x', '1', '1-', '-1', '99999999999999999999-1', '1-2-3'])(
  'the Last-Event-ID %s is refused',
  async (id) => {
    const response = await fetch(`${base}/v1/events`, { headers: { ...ops(), 'last-event-id': id } })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { code: string }).code).toBe('invalid-cursor')
  },
)

test('closing the server ends the streams instead of waiting for them', async () => {
  const other = await createTestApi()
  const url = await other.app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${url}/v1/events`, {
    headers: { authorization: `Bearer ${other.keys.ops}` },
  })
  const ended = response.text()
  await other.close()
  expect(await ended).toContain('retry:')
})
