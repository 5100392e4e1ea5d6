import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tx } from '../../store/database.ts'
import { adjustStock } from '../../store/stock.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
let base: string
beforeAll(async () => {
  api = await createTestApi()
  base = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.close())

type Level = { skuId: string; warehouseId: string; total: number; available: number; level: string }
type Event = { id: string | undefined; name: string; data: Level }

/** A reader of the stream that can wait for events and stop like a browser that is closed. */
async function listen(query = '', lastEventId?: string) {
  const stopping = new AbortController()
  const events: Event[] = []
  let id = lastEventId
  const response = await fetch(`${base}/v1/stock/events${query}`, {
    headers: {
      authorization: `Bearer ${api.keys.ops}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: stopping.signal,
  })
  const read = (async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const own = /^id: (.+)$/m.exec(block)?.[1]
        id = own ?? id
        const [name, data] = [/^event: (.+)$/m.exec(block)?.[1], /^data: (.+)$/m.exec(block)?.[1]]
        if (name && data) events.push({ id: own, name, data: JSON.parse(data) })
      }
    }
  })()
  await expect.poll(() => id, { timeout: 10_000 }).toBeDefined()
  return {
    events,
    lastEventId: () => id,
    /** Waits until the latest event of a SKU has so many units in all. */
    until: (skuId: string, total: number) =>
      expect
        .poll(() => events.findLast((event) => event.data.skuId === skuId)?.data.total, { timeout: 10_000 })
        .toBe(total),
    close: async () => {
      stopping.abort()
      await read.catch(() => undefined) // aborted on purpose
    },
  }
}

const adjustIn = (tx: Tx, skuId: string, quantityDelta: number) =>
  adjustStock(tx, {
    adjustments: [{ skuId, warehouseId: 'WH-1', quantityDelta }],
    operationId: uuid(),
    operator: 'test',
    reason: 'test',
  })
const adjust = (skuId: string, quantityDelta: number) =>
  api.database.db.transaction().execute((tx) => adjustIn(tx, skuId, quantityDelta))

/** A SKU of its own for each test. */
async function newSku(units: number): Promise<string> {
  const skuId = `SKU-${uuid()}`
  await api.rows(
    `insert into sku (id, name, category, standard_price_cents, weight_grams) values ($1, '桌', '家具', 100, 1)`,
    [skuId],
  )
  await adjust(skuId, units)
  return skuId
}

test('a level that moved arrives as it stands, once however often it moved in between', async () => {
  const skuId = await newSku(10)
  const stream = await listen()
  await api.database.db.transaction().execute(async (tx) => {
    for (let times = 0; times < 10; times += 1) await adjustIn(tx, skuId, -1)
  })
  await stream.until(skuId, 0)
  expect(stream.events.filter((event) => event.data.skuId === skuId)).toMatchObject([
    { name: 'level', data: { skuName: '桌', warehouseId: 'WH-1', total: 0, available: 0, level: 'out' } },
  ])
  await stream.close()
})

test('a transaction that commits late is not skipped although others were told before', async () => {
  const [slow, fast] = [await newSku(1), await newSku(1)]
  const stream = await listen()
  const open = await api.database.db.startTransaction().execute()
  await adjustIn(open, slow, 1)
  await adjust(fast, 1)
  await open.commit().execute()
  await stream.until(slow, 2)
  await stream.until(fast, 2)
  await stream.close()
})

test('what commits while the stream is being opened is told: the place it begins at is final', async () => {
  const skuId = await newSku(1)
  const open = await api.database.db.startTransaction().execute()
  await adjustIn(open, skuId, 1)
  await adjust(await newSku(1), 1)
  const opening = listen()
  await api.rows('select pg_sleep(0.1)')
  await open.commit().execute()
  const stream = await opening
  // Either it is told, or it had committed before the stream said from where on it tells.
  await adjust(skuId, 1)
  await stream.until(skuId, 3)
  await stream.close()
})

test('Last-Event-ID resumes with all that moved meanwhile', async () => {
  const [first, second] = [await newSku(1), await newSku(1)]
  const stream = await listen()
  await adjust(first, 1)
  await stream.until(first, 2)
  await stream.close()
  await adjust(second, 1)
  await adjust(second, 1)
  const resumed = await listen('', stream.lastEventId())
  await resumed.until(second, 3)
  expect(resumed.events.filter((event) => event.data.skuId === first)).toEqual([])
  await resumed.close()
})

test('whoever missed too much is told to read the board again, and goes on from now', async () => {
  const skuId = await newSku(1)
  const stream = await listen()
  const lastEventId = stream.lastEventId()
  await stream.close()
  await api.rows(
    `select setval(pg_get_serial_sequence('stock_ledger', 'id'), (select max(id) + 200000 from stock_ledger))`,
  )
  await adjust(skuId, 1)
  const resumed = await listen('', lastEventId)
  await expect.poll(() => resumed.events.map((event) => event.name), { timeout: 10_000 }).toEqual(['reset'])
  await adjust(skuId, 1)
  await resumed.until(skuId, 3)
  await resumed.close()
})

test('a filter narrows to a SKU, a warehouse or a region', async () => {
  const [wanted, other] = [await newSku(1), await newSku(1)]
  const [bySku, elsewhere] = [await listen(`?skuId=${wanted}`), await listen('?warehouseId=WH-9')]
  await adjust(other, 1)
  await adjust(wanted, 1)
  await bySku.until(wanted, 2)
  expect(new Set(bySku.events.map((event) => event.data.skuId))).toEqual(new Set([wanted]))
  expect(elsewhere.events).toEqual([])
  await Promise.all([bySku.close(), elsewhere.close()])
})

test('a Last-Event-ID that is none of ours is refused', async () => {
  const response = await api.as('ops', {
    method: 'GET',
    url: '/v1/stock/events',
    headers: { 'last-event-id': '1-2' },
  })
  expect(response.json()).toMatchObject({ code: 'invalid-cursor' })
})
