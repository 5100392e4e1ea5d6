import { createServer, type Server } from 'node:http'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WmsReader } from '../../connectors/wms/reader.ts'
import { sampleWmsMapping } from '../../scripts/seed-wms.ts'
import { WmsBooks } from '../../simulator/wms-books.ts'
import { WMS_WAREHOUSES } from '../../simulator/wms-tables.ts'
import { required } from '../support/database.ts'

/** The part of the hub that the warehouses' systems ask: its stock at the beginning, and what was entered since. */
const movements: object[] = []
let hub: Server
let books: WmsBooks
const reader = new WmsReader()
const url = new URL(required('TEST_MARIADB_URL'))
const readerPassword = 'reader-of-the-tests'

async function dropAll() {
  const connection = await createConnection({ uri: url.href })
  for (const { database } of Object.values(WMS_WAREHOUSES))
    await connection.query(`DROP DATABASE IF EXISTS ${database}`)
  await connection.query("DROP USER IF EXISTS hub_reader@'%'")
  await connection.end()
}

beforeAll(async () => {
  await dropAll()
  hub = createServer((request, response) => {
    const stock = { items: [{ skuId: 'SKU-1', total: 105, shipped: 5 }], nextCursor: null }
    const entered = { items: movements, latestMovementId: 7 }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url?.startsWith('/v1/stock') ? stock : entered))
  })
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
  books = openBooks()
})
afterAll(async () => {
  await books.close()
  await reader.close()
  hub.close()
  await dropAll()
})

function openBooks(): WmsBooks {
  const address = hub.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return new WmsBooks({
    url: url.href,
    readerPassword,
    hubApi: `http://127.0.0.1:${port}`,
    apiKey: 'key',
    log: () => undefined,
  })
}

/** What the hub would read by the sample mapping. */
async function onHand(warehouseId: string): Promise<Record<string, number>> {
  const mapping = sampleWmsMapping().warehouses[warehouseId]
  if (!mapping) throw new Error(`${warehouseId} is not mapped`)
  const connection = {
    host: url.hostname,
    port: Number(url.port),
    database: mapping.connection.replace('-', '_'),
    user: 'hub_reader',
    password: readerPassword,
    tls: 'verify' as const,
    certificateAuthority: required('TEST_MARIADB_CA'),
  }
  const limits = { rows: 1_000, seconds: 5, megabytes: 1 }
  const { rows, bad } = await reader.read(warehouseId, connection, mapping, { cursor: null, limits })
  expect(bad).toEqual([])
  return Object.fromEntries(rows.map(({ skuId, onHand }) => [skuId, onHand]))
}

test('the sample mapping reads every warehouse as the simulator keeps it, and says at which step its number falls', async () => {
  const mapping = sampleWmsMapping()
  expect(Object.keys(mapping.warehouses).sort()).toEqual(Object.keys(WMS_WAREHOUSES).sort())
  for (const [warehouseId, { fallsAt }] of Object.entries(WMS_WAREHOUSES)) {
    await vi.waitFor(async () => expect(await onHand(warehouseId)).toEqual({ 'SKU-1': 100 }), {
      timeout: 20_000,
    })
    expect(mapping.warehouses[warehouseId]?.onHandFallsAt).toBe(fallsAt)
    expect(books.fallsAt(warehouseId)).toBe(fallsAt)
  }
})

describe.each(['WH-HZ', 'WH-SH', 'WH-GZ'])('in the shape of %s', (warehouseId) => {
  const book = (key: string, delta: number) =>
    books.book({ key: `${warehouseId}/${key}`, warehouseId, lines: [{ skuId: 'SKU-1', delta }] })

  test('a step is booked once, however often it is told, and undone only if it was made', async () => {
    await book('pick', -60)
    await book('pick', -60)
    expect(await onHand(warehouseId)).toEqual({ 'SKU-1': 40 })
    const back = { key: `${warehouseId}/back`, warehouseId, lines: [{ skuId: 'SKU-1', delta: 10 }] }
    await books.undo(`${warehouseId}/never`, back)
    expect(await onHand(warehouseId)).toEqual({ 'SKU-1': 40 })
    await books.undo(`${warehouseId}/pick`, back)
    await books.undo(`${warehouseId}/pick`, back)
    expect(await onHand(warehouseId)).toEqual({ 'SKU-1': 50 })
  })
})

test.each(['WH-FS', 'WH-ZZ', 'WH-TJ'])(
  'picked in %s before the office has entered it: once it is entered, what is left is there',
  async (warehouseId) => {
    const book = (key: string, delta: number) =>
      books.book({ key: `${warehouseId}/${key}`, warehouseId, lines: [{ skuId: 'SKU-LATE', delta }] })
    await book('pick', -5)
    await book('enter', 20)
    await book('pick again', -3)
    expect(await onHand(warehouseId)).toMatchObject({ 'SKU-LATE': 12 })
  },
)

test('what the office enters is booked once, also over a restart, and a new article begins to be listed', async () => {
  movements.push(
    { movementId: 8, skuId: 'SKU-1', warehouseId: 'WH-BJ', quantityDelta: -30 },
    { movementId: 9, skuId: 'SKU-NEW', warehouseId: 'WH-BJ', quantityDelta: 12 },
  )
  const entered = { 'SKU-1': 70, 'SKU-NEW': 12 }
  await vi.waitFor(async () => expect(await onHand('WH-BJ')).toEqual(entered), { timeout: 10_000 })
  await books.close()
  movements.push({ movementId: 10, skuId: 'SKU-NEW', warehouseId: 'WH-BJ', quantityDelta: -2 })
  books = openBooks()
  const after = { 'SKU-1': 70, 'SKU-NEW': 10 }
  await vi.waitFor(async () => expect(await onHand('WH-BJ')).toEqual(after), { timeout: 10_000 })
})
