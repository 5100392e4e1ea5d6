import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const send = (path: string, csv: string | Buffer, headers: Record<string, string> = {}) =>
  api.as('ops', {
    method: 'POST',
    url: path,
    headers: { 'content-type': 'text/csv', ...headers },
    payload: csv,
  })
const HEADER = 'id,name,category,standardPriceCents,weightGrams'
const skus = (count: number, prefix: string) =>
  [
    HEADER,
    ...Array.from({ length: count }, (_, index) => `${prefix}-${index},商品 ${index},日用,${index},10`),
  ].join('\n')
const allSkus = () => api.rows('select id, name, standard_price_cents from sku order by id')

test('a dry run reports what would happen and writes nothing', async () => {
  const before = await allSkus()
  const response = await send(
    '/v1/skus/import?dryRun=true',
    `${HEADER}\nNEW-1,新品,日用,5,5\nSKU-1,改名,日用,1,1`,
  )
  expect(response.json()).toEqual({ dryRun: true, rows: 2, created: 1, changed: 1, unchanged: 0, errors: [] })
  expect(await allSkus()).toEqual(before)
})

test('importing a file again changes nothing and says so', async () => {
  const csv = skus(10, 'AGAIN')
  expect((await send('/v1/skus/import', csv)).json()).toMatchObject({ rows: 10, created: 10, unchanged: 0 })
  expect((await send('/v1/skus/import', csv)).json()).toMatchObject({
    rows: 10,
    created: 0,
    changed: 0,
    unchanged: 10,
  })
  const renamed = csv.replace('商品 3,', '改名,')
  expect((await send('/v1/skus/import', renamed)).json()).toMatchObject({ changed: 1, unchanged: 9 })
})

test('one faulty line keeps the whole file out, and every fault is named by its line', async () => {
  const before = await allSkus()
  const csv = `${HEADER}\nGOOD-1,好,日用,1,1\nBAD 1,坏,日用,1,1\nBAD-2,坏,日用,-1,1\nBAD-3,坏,日用,1.5,1\nBAD-4,坏,日用,abc,1\nBAD-5,坏\nGOOD-1,好,日用,1,1`
  const refused = await send('/v1/skus/import', csv)
  expect([refused.statusCode, refused.json().code]).toEqual([400, 'invalid-request'])
  const dry = (await send('/v1/skus/import?dryRun=true', csv)).json()
  expect(dry.errors.map((error: { line: number; field: string }) => [error.line, error.field])).toEqual([
    [3, 'id'],
    [4, 'standardPriceCents'],
    [5, 'standardPriceCents'],
    [6, 'standardPriceCents'],
    [7, ''],
    [8, ''],
  ])
  expect(refused.json().report.errors).toEqual(dry.errors)
  expect(await allSkus()).toEqual(before)
})

test('quotes, line breaks in quotes, CRLF and a byte order mark are read as RFC 4180 says', async () => {
  const csv = `\ufeff${HEADER}\r\n"RFC-1","带""引号"", 逗号",日用,1,1\r\n`
  expect((await send('/v1/skus/import', csv)).json()).toMatchObject({ created: 1 })
  expect(await api.rows("select name from sku where id = 'RFC-1'")).toEqual([{ name: '带"引号", 逗号' }])
})

test.each([
  ['an empty file', ''],
  ['a missing column', 'id,name\nA,b'],
  ['an unknown column', `${HEADER},colour\n`],
  ['a column twice', `${HEADER},name\n`],
  ['an unclosed quote', `${HEADER}\n"A,b,c,1,1`],
])('%s is malformed-csv', async (_, csv) => {
  const response = await send('/v1/skus/import', csv)
  expect([response.statusCode, response.json().code]).toEqual([400, 'malformed-csv'])
})

test('a file that is not UTF-8 is malformed-csv, JSON is 415, 9 MB is 413', async () => {
  const gbk = Buffer.concat([
    Buffer.from(`${HEADER}\nG-1,`),
    Buffer.from([0xd6, 0xd0]),
    Buffer.from(',x,1,1'),
  ])
  expect((await send('/v1/skus/import', gbk)).json().code).toBe('malformed-csv')
  expect((await send('/v1/skus/import', '{}', { 'content-type': 'application/json' })).statusCode).toBe(415)
  expect((await send('/v1/skus/import', 'x'.repeat(9 * 1024 * 1024))).statusCode).toBe(413)
})

test('4,985 SKUs go in as one file', async () => {
  expect((await send('/v1/skus/import', skus(4_985, 'BIG'))).json()).toMatchObject({ created: 4_985 })
})

test('an unknown division of a warehouse is named by its line', async () => {
  const csv = 'id,name,divisionCode,longitude,latitude,region\nW-9,仓,999999,120,30,华东'
  const dry = (await send('/v1/warehouses/import?dryRun=true', csv)).json()
  expect(dry.errors).toMatchObject([{ line: 2, field: 'divisionCode' }])
})

test('the sample catalogue goes in, and again without a change', async () => {
  const folder = join(import.meta.dirname, '../../scripts/seed')
  for (const name of ['warehouses', 'skus', 'stores']) {
    const csv = await readFile(join(folder, `${name}.csv`), 'utf8')
    const first = await send(`/v1/${name}/import`, csv)
    expect([name, first.statusCode, first.json().errors]).toEqual([name, 200, []])
    expect((await send(`/v1/${name}/import`, csv)).json()).toMatchObject({ created: 0, changed: 0 })
  }
  const stock = await readFile(join(folder, 'stock.csv'), 'utf8')
  const url = '/v1/stock/adjustments/import'
  expect((await send(`${url}?dryRun=true`, stock)).json().errors).toEqual([])
  const key = uuid()
  const first = await send(url, stock, { 'idempotency-key': key })
  expect(first.statusCode).toBe(200)
  const total = await api.rows('select sum(total) from stock_level')
  const again = await send(url, stock, { 'idempotency-key': key })
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(await api.rows('select sum(total) from stock_level')).toEqual(total)
})

test('master data is created, changed in part, found and listed', async () => {
  const body = { id: 'ONE', name: '一', category: '日用', standardPriceCents: 1, weightGrams: 2 }
  const created = await api.as('ops', { method: 'POST', url: '/v1/skus', payload: body })
  expect(created.json()).toMatchObject({ ...body, active: true })
  const again = await api.as('ops', { method: 'POST', url: '/v1/skus', payload: body })
  expect([again.statusCode, again.json().code]).toEqual([409, 'already-exists'])
  const changed = await api.as('ops', {
    method: 'PATCH',
    url: '/v1/skus/ONE',
    payload: { active: false, name: '壹' },
  })
  expect(changed.json()).toMatchObject({ ...body, name: '壹', active: false })
  expect((await api.as('clerk', { url: '/v1/skus/ONE' })).json()).toEqual(changed.json())
  const found = (
    await api.as('clerk', { url: `/v1/skus?active=false&search=${encodeURIComponent('壹')}` })
  ).json()
  expect(found.items.map((item: { id: string }) => item.id)).toEqual(['ONE'])
  for (const payload of [{}, { id: 'TWO' }, { price: 1 }]) {
    expect((await api.as('ops', { method: 'PATCH', url: '/v1/skus/ONE', payload })).statusCode).toBe(400)
  }
  expect(
    (await api.as('ops', { method: 'PATCH', url: '/v1/skus/NONE', payload: { name: 'x' } })).statusCode,
  ).toBe(404)
})

test.each(['id', 'newest'])('the list sorted by %s shows every SKU once', async (sort) => {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = `/v1/stores?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`
    const page = (await api.as('mall', { url })).json()
    seen.push(...page.items.map((item: { id: string }) => item.id))
    cursor = page.nextCursor
  }
  const order = sort === 'id' ? 'id' : 'created_at desc, id desc'
  expect(seen).toEqual((await api.rows(`select id from store order by ${order}`)).map((row) => row.id))
})
