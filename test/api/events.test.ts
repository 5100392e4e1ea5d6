import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { sql, type Transaction } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { EVENT_STREAM_LIMITS, type EventStreamLimits } from '../../api/event-stream.ts'
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

/** Until the server has noticed, too. */
const untilConnected = ({ app }: TestApi, count: number) =>
  expect
    .poll(() => promisify(app.server.getConnections.bind(app.server))(), { timeout: 20_000, interval: 20 })
    .toBe(count)

/** A reader that sees the bytes and may stop reading. */
async function connectTo(url: string, key: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET /v1/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${key}\r\n\r\n`)
  const [greeting] = await once(socket, 'data')
  return { socket, greeting: String(greeting) }
}

test('a reader who hung up is not waited for at a stop', async () => {
  const other = await createTestApi()
  const url = await other.app.listen({ host: '127.0.0.1', port: 0 })
  const { socket } = await connectTo(url, other.keys.ops)
  socket.end()
  await untilConnected(other, 0)
  // Browsers and pools open connections ahead of time; as long as there is one, the server waits for what it answers.
  const idle = connect(Number(new URL(url).port), '127.0.0.1')
  await untilConnected(other, 1)
  const startedAt = performance.now()
  await other.close()
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  idle.destroy()
})

describe('limits of the streams', () => {
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code
  /** A server of its own with small limits, and where it listens. */
  async function startLimited(eventStreamLimits: Partial<EventStreamLimits>) {
    const limited = await createTestApi({ deps: { eventStreamLimits } })
    onTestFinished(() => limited.close())
    const url = await limited.app.listen({ host: '127.0.0.1', port: 0 })
    const open = (headers: Record<string, string>) => fetch(`${url}/v1/events`, { headers })
    const of = (system: 'mall' | 'ops') => ({ authorization: `Bearer ${limited.keys[system]}` })
    return { limited, url, open, of }
  }

  test('a caller has so many streams and no more; the others keep theirs, and a closed one makes room', async () => {
    const { open, of } = await startLimited({ maxStreamsPerCaller: 1 })
    const first = await open(of('ops'))
    const refused = await open(of('ops'))
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'too-many-streams'])
    expect((await open(of('mall'))).status).toBe(200)
    await first.body?.cancel()
    await expect.poll(async () => (await open(of('ops'))).status).toBe(200)
  })

  test('all callers together have so many streams and no more: 503 with Retry-After', async () => {
    const { open, of } = await startLimited({ maxStreams: 1 })
    expect((await open(of('mall'))).status).toBe(200)
    const refused = await open(of('ops'))
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'overloaded'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('of streams that are opened at the same moment none slips past the limit', async () => {
    const { open, of } = await startLimited({ maxStreamsPerCaller: 2 })
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await open(of('ops'))).status))
    expect(statuses.sort()).toEqual([200, 200, 429, 429, 429, 429, 429, 429])
  })

  test('a stream on which nothing happens beats often enough to outlive every idle time-out', async () => {
    expect(EVENT_STREAM_LIMITS.heartbeatMs).toBeLessThanOrEqual(api.app.server.timeout / 2)
    const { open, of } = await startLimited({ heartbeatMs: 10 })
    const reader = (await open(of('ops'))).body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (text.split(': still here\n\n').length < 4) text += (await reader?.read())?.value
    await reader?.cancel()
  })

  test('a stream ends after its time, whole, so that whoever reads it is asked again who it is', async () => {
    const { open, of } = await startLimited({ streamMs: 10 })
    expect(await (await open(of('ops'))).text()).toMatch(/^retry: 2000\nid: \d+-\d+\n\n$/)
  })

  test('a reader that does not read is cut off, and resumes where it stopped without a gap', async () => {
    const { limited, url, of } = await startLimited({})
    const { socket, greeting } = await connectTo(url, limited.keys.ops)
    socket.pause()
    // More than the sockets of both sides and the limit hold between them.
    const count = 16_000
    await sql`
      insert into operation_log (order_id, store_id, version, field, new_value, operator, source)
      select ${uuid()}, 'ST-1', 1, 'test', n || repeat('x', 1000), 'test', 'test' from generate_series(1, ${sql.lit(count)}) as n`.execute(
      limited.database.db,
    )
    await untilConnected(limited, 0)
    socket.on('error', () => undefined) // cut off, as it should be
    let received = greeting
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.resume()
    await once(socket, 'close')

    const seen: number[] = []
    let lastId = /^id: (.+)$/m.exec(received)?.[1] ?? ''
    const take = (text: string) => {
      for (const [, id = '', value] of text.matchAll(
        /^id: (\S+)\nevent: order\ndata: .*"newValue":"(\d+)x.*\n\n/gm,
      )) {
        seen.push(Number(value))
        lastId = id
      }
    }
    // The chunks of HTTP lie between events, never within one.
    take(received)
    expect(seen.length).toBeLessThan(count)
    // As a browser does: again and again with the last id, should it fall behind once more.
    while (seen.length < count) {
      const response = await fetch(`${url}/v1/events`, { headers: { ...of('ops'), 'last-event-id': lastId } })
      let rest = ''
      try {
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const end = (rest + chunk).lastIndexOf('\n\n') + 2
          take((rest + chunk).slice(0, end))
          rest = (rest + chunk).slice(end)
          if (seen.length >= count) break
        }
      } catch {
        // cut off again: the next round goes on from there
      }
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  })
})
