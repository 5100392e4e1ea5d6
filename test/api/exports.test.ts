import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportJob, exportJobPage } from '../../contracts/exports.ts'
import { ExportMaker } from '../../workers/export-loop.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let mine: string
let theirs: string
beforeAll(async () => {
  api = await createTestApi()
  mine = (await placeOrder(api)).json().orderId
  theirs = (await placeOrder(api, { storeId: 'ST-2' })).json().orderId
})
afterAll(() => api.close())

const filters = { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' }
const now = () => ({
  from: new Date(Date.now() - 86_400_000).toISOString(),
  to: new Date(Date.now() + 60_000).toISOString(),
})
const ask = (role: 'clerk' | 'finance' | 'admin', payload: object, key: string = uuid()) =>
  api.as(role, { method: 'POST', url: '/v1/exports', headers: { 'idempotency-key': key }, payload })
const make = async () => {
  const maker = new ExportMaker({
    db: api.database.db,
    files: api.deps.files,
    logger: pino({ level: 'silent' }),
  })
  while ((await maker.runOnce()) > 0);
}

test('an export in the background holds what its asker may see, and is handed to nobody else', async () => {
  const asked = await ask('clerk', { kind: 'operation-log', format: 'csv', filters: now() })
  expect(asked.statusCode).toBe(202)
  const { exportId } = exportJob.parse(asked.json())
  expect((await api.as('clerk', { url: `/v1/exports/${exportId}/file` })).json().code).toBe(
    'export-not-ready',
  )
  await make()
  const file = await api.as('clerk', { url: `/v1/exports/${exportId}/file` })
  expect(file.statusCode).toBe(200)
  expect(file.headers['content-disposition']).toBe('attachment; filename="operation-log.csv"')
  expect(Number(file.headers['content-length'])).toBe(file.rawPayload.length)
  expect(file.body).toContain(mine)
  expect(file.body).not.toContain(theirs)
  for (const path of ['', '/file']) {
    expect((await api.as('finance', { url: `/v1/exports/${exportId}${path}` })).json().code).toBe(
      'export-not-found',
    )
  }
  expect((await api.as('finance', { method: 'DELETE', url: `/v1/exports/${exportId}` })).json().code).toBe(
    'export-not-found',
  )
  const trail = await api.rows(
    'select action, new_value from audit_entry where subject_id = $1 order by id',
    [exportId],
  )
  expect(trail).toMatchObject([
    { action: 'export.requested', new_value: { kind: 'operation-log' } },
    { action: 'export.downloaded', new_value: { format: 'csv' } },
  ])
})

test('orders are exported by the filters of their list: those and no others', async () => {
  const paid = (await placeOrder(api)).json().orderId
  await api.rows("update orders set status = 'paid' where id = $1", [paid])
  const fileOf = async (chosen: object) => {
    const asked = await ask('clerk', { kind: 'orders', format: 'csv', filters: chosen })
    const { exportId } = exportJob.parse(asked.json())
    await make()
    return (await api.as('clerk', { url: `/v1/exports/${exportId}/file` })).body
  }
  const all = await fileOf({})
  expect([all.includes(mine), all.includes(paid), all.includes(theirs)]).toEqual([true, true, false])
  const some = await fileOf({ status: 'paid', needsAttention: false, channel: 'mall' })
  expect([some.includes(mine), some.includes(paid)]).toEqual([false, true])
  expect(some.split('\n')[0]).toContain('orderId,externalOrderId,channel')
  const named = await fileOf({ orderIds: [mine, theirs] })
  expect([named.includes(mine), named.includes(paid), named.includes(theirs)]).toEqual([true, false, false])
  for (const orderIds of [[], ['x'], Array.from({ length: 201 }, () => mine)]) {
    const refused = await ask('clerk', { kind: 'orders', format: 'csv', filters: { orderIds } })
    expect(refused.statusCode).toBe(400)
  }
  expect((await ask('clerk', { kind: 'orders', format: 'csv', filters: { status: 'x' } })).statusCode).toBe(
    400,
  )
})

test('the same key asks once', async () => {
  const key = uuid()
  const body = { kind: 'audit', format: 'xlsx', filters: {} }
  const [first, again] = [await ask('finance', body, key), await ask('finance', body, key)]
  expect(again.json()).toEqual(first.json())
  const mineOnly = exportJobPage.parse((await api.as('finance', { url: '/v1/exports' })).json())
  expect(mineOnly.items.filter((job) => job.exportId === first.json().exportId)).toHaveLength(1)
})

test('a list of exports is filtered by kind and state, and sorted either way', async () => {
  const idsOf = async (filter: string) => {
    const { items } = exportJobPage.parse((await api.as('admin', { url: `/v1/exports?${filter}` })).json())
    return items.map(({ exportId }) => exportId)
  }
  const [log, audit] = [
    (await ask('admin', { kind: 'operation-log', format: 'csv', filters: now() })).json().exportId,
    (await ask('admin', { kind: 'audit', format: 'csv', filters: {} })).json().exportId,
  ]
  expect(await idsOf('')).toEqual([audit, log])
  expect(await idsOf('sort=oldest')).toEqual([log, audit])
  expect(await idsOf('kind=audit')).toEqual([audit])
  await api.as('admin', { method: 'DELETE', url: `/v1/exports/${log}` })
  expect(await idsOf('state=cancelled')).toEqual([log])
  expect(await idsOf('state=waiting&kind=operation-log')).toEqual([])
})

test('who may not read the audit trail may not export it either', async () => {
  expect((await ask('clerk', { kind: 'audit', format: 'csv', filters: {} })).json().code).toBe('forbidden')
  expect((await api.as('clerk', { url: '/v1/audit/export' })).json().code).toBe('forbidden')
})

test('at once, the log and the trail come as CSV or XLSX by the same filters', async () => {
  const query = new URLSearchParams({ ...now(), orderId: theirs })
  const log = await api.as('finance', { url: `/v1/operation-log/export?${query}&format=xlsx` })
  expect(log.headers['content-type']).toContain('spreadsheetml.sheet')
  expect(log.rawPayload.subarray(0, 2).toString()).toBe('PK')
  const trail = await api.as('finance', { url: '/v1/audit/export?action=session.signed_in' })
  const [header, ...lines] = trail.body.split('\r\n').filter(Boolean)
  expect(header).toMatch(/^\uFEFFid,at,actor,action,/)
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.every((line) => line.includes('session.signed_in'))).toBe(true)
})

test.each([
  {},
  { kind: 'kings', format: 'csv', filters: {} },
  { kind: 'audit', format: 'pdf', filters: {} },
  { kind: 'audit', format: 'csv', filters: { wrong: 1 } },
  { kind: 'operation-log', format: 'csv', filters: {} },
  { kind: 'operation-log', format: 'csv', filters: { ...filters, to: '2021-01-01T00:00:00Z' } },
])('what cannot be meant is refused: %j', async (body) => {
  expect((await ask('finance', body)).json().code).toBe('invalid-request')
})
