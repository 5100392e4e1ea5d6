import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { differenceDetail, differencePage, runView } from '../../contracts/reconciliation.ts'
import { settlementFileView } from '../../contracts/settlements.ts'
import type { Role } from '../../domain/role.ts'
import { SettlementReader } from '../../workers/settlement-reader.ts'
import { testRunner } from '../support/reconciliation.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let mine: { orderId: string; amountCents: number; version: number }
const logger = pino({ level: 'silent' })

beforeAll(async () => {
  api = await createTestApi()
  mine = (await placeOrder(api)).json()
  const theirs = (await placeOrder(api, { storeId: 'ST-2' })).json()
  for (const { orderId, amountCents } of [mine, theirs]) {
    await post('payments', `/orders/${orderId}/payments`, {
      ...{ paymentId: `PAY-${orderId}`, amountCents, method: 'wechat' },
      paidAt: new Date(Date.now() - 8 * 86_400_000).toISOString(),
    })
  }
})
afterAll(() => api.close())

const post = (who: Role | 'payments', path: string, payload: object, key: string = uuid()) =>
  api.as(who, { method: 'POST', url: `/v1${path}`, headers: { 'idempotency-key': key }, payload })
const day = (ago: number) =>
  new Date(Date.now() + 8 * 3_600_000 - ago * 86_400_000).toISOString().slice(0, 10)
const asked = () => ({ counterpart: 'finance', from: day(10), to: day(1) })

function upload(
  who: Role,
  contents: string | Buffer,
  options: { account?: string; field?: string; key?: string } = {},
) {
  const { account = 'wechat', field = 'file', key = uuid() } = options
  const boundary = 'part-of-a-form'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n`
  return api.as(who, {
    method: 'POST',
    url: `/v1/settlement-files?account=${account}`,
    headers: { 'idempotency-key': key, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      Buffer.from(head),
      Buffer.from(contents),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  })
}
async function work() {
  const { db } = api.database
  const reader = new SettlementReader({ db, files: api.deps.files, logger })
  while ((await reader.runOnce()) > 0);
  const runner = testRunner(db)
  while ((await runner.runOnce()) > 0);
}

test('a statement is uploaded once, read in the background, and says what became of it', async () => {
  const statement = `流水号,类型,支付单号,金额,结算时间\nL-1,收款,PAY-${mine.orderId},${(mine.amountCents + 100) / 100},${day(8)} 12:00:00\n`
  const key = uuid()
  const sent = await upload('finance', statement, { key })
  expect(sent.statusCode).toBe(202)
  const { fileId } = settlementFileView.parse(sent.json())
  expect((await upload('finance', statement, { key })).json()).toEqual(sent.json())
  expect((await upload('finance', statement)).json().code).toBe('settlement-known')
  await work()
  const read = await api.as('finance', { url: `/v1/settlement-files/${fileId}` })
  expect(read.json()).toMatchObject({ state: 'accepted', newLines: 1, uploadedBy: 'finance' })
  const list = await api.as('regional_director', { url: '/v1/settlement-files?state=accepted' })
  expect(list.json().items).toHaveLength(1)
  const trail = await api.rows("select subject_id from audit_entry where action = 'settlement.uploaded'")
  expect(trail).toEqual([{ subject_id: fileId }])
})

test('what is no form with one file is refused and leaves nothing', async () => {
  for (const refused of [
    await upload('finance', '', {}),
    await upload('finance', 'x', { field: 'other' }),
    await upload('finance', 'x', { account: 'two%20words' }),
  ]) {
    expect(refused.json().code).toBe('invalid-request')
  }
  const old = await upload('finance', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]))
  expect(old.json().code).toBe('unsupported-media-type')
  expect((await post('finance', '/settlement-files?account=a', {})).json().code).toBe(
    'unsupported-media-type',
  )
  for await (const { key } of api.deps.files.list('settlements/')) expect(key).toBe('nothing')
})

test('a run is asked for once, shows how far it is, and is listed with what it came to', async () => {
  const key = uuid()
  const sent = await post('finance', '/reconciliations', asked(), key)
  expect(sent.statusCode).toBe(202)
  expect((await post('finance', '/reconciliations', asked(), key)).json()).toEqual(sent.json())
  expect((await post('finance', '/reconciliations', asked())).json().code).toBe('reconciliation-running')
  const { runId } = runView.parse(sent.json())
  await work()
  const read = await api.as('finance', { url: `/v1/reconciliations/${runId}` })
  expect(read.json()).toMatchObject({ state: 'done', progress: { percent: 100 }, result: { differences: 2 } })
  const list = await api.as('finance', { url: '/v1/reconciliations?counterpart=finance&state=done' })
  expect(list.json().items).toMatchObject([{ runId, requestedBy: 'finance' }])
  const cancelled = await api.as('finance', { method: 'DELETE', url: `/v1/reconciliations/${runId}` })
  expect(cancelled.json().state).toBe('done')
  expect((await post('finance', `/reconciliations/${runId}/resume`, {})).json().code).toBe(
    'reconciliation-wrong-state',
  )
})

test.each([
  [{ counterpart: 'bank' }],
  [{ from: '2026-11-02', to: '2026-11-01' }],
  [{ from: '2026-01-01', to: '2026-11-01' }],
  [{ from: '2026-02-30' }],
])('what cannot be compared is refused: %j', async (change) => {
  expect((await post('finance', '/reconciliations', { ...asked(), ...change })).json().code).toBe(
    'invalid-request',
  )
})

const differences = async (who: Role) =>
  differencePage.parse((await api.as(who, { url: '/v1/reconciliation-differences' })).json()).items

test('a difference shows both sides, its order and what to do; whoever sees one region sees no other', async () => {
  const [missing, wrong] = (await differences('finance')).sort((one, other) =>
    one.kind < other.kind ? 1 : -1,
  )
  expect(missing).toMatchObject({ kind: 'missing_there', storeId: 'ST-2', there: null, state: 'open' })
  expect(wrong).toMatchObject({
    kind: 'amount',
    storeId: 'ST-1',
    valueDifference: 100,
    atStakeCents: 100,
    ageDays: 8,
  })
  expect(await differences('regional_director')).toMatchObject([{ storeId: 'ST-1' }])
  const url = `/v1/reconciliation-differences/${missing?.differenceId}`
  expect((await api.as('regional_director', { url })).json().code).toBe('reconciliation-difference-not-found')
  const detail = await api.as('finance', { url: `/v1/reconciliation-differences/${wrong?.differenceId}` })
  expect(differenceDetail.parse(detail.json())).toMatchObject({
    order: { orderId: mine.orderId, amountCents: mine.amountCents, logUrl: `/v1/orders/${mine.orderId}/log` },
    suggestion: { zh: expect.stringContaining('改单') },
    moves: [],
  })
})

test('deciding opens a change request with it, or neither; the next decision names what it has seen', async () => {
  const [wrong] = (await differences('finance')).filter(({ kind }) => kind === 'amount')
  const path = `/reconciliation-differences/${wrong?.differenceId}/decisions`
  const change = {
    ...{ decision: 'request_change', version: wrong?.version, reason: '财务多收 1 元' },
    ...{ orderVersion: 999, change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] } },
    reasonCode: 'price_error',
  }
  expect((await post('finance', path, change)).json().code).toBe('change-order-changed')
  const current = (await api.as('finance', { url: `/v1/orders/${mine.orderId}` })).json().version
  const opened = await post('finance', path, { ...change, orderVersion: current })
  expect(opened.json()).toMatchObject({ state: 'change_requested', moves: [{ to: 'change_requested' }] })
  const { changeId } = differenceDetail.parse(opened.json())
  expect(await api.rows('select order_id, applicant from change_request where id = $1', [changeId])).toEqual([
    { order_id: mine.orderId, applicant: 'finance' },
  ])
  const accept = { decision: 'accept', reason: '已核实', version: 1 }
  expect((await post('finance', path, accept)).json().code).toBe('reconciliation-difference-settled')
  const accepted = await post('finance', path, { ...accept, version: 2 })
  expect(accepted.json()).toMatchObject({ state: 'accepted', version: 3 })
  expect(
    await api.rows(
      "select new_value, reason from audit_entry where action = 'reconciliation.decided' order by id",
    ),
  ).toMatchObject([
    { new_value: { state: 'change_requested', changeId } },
    { new_value: 'accepted', reason: '已核实' },
  ])
})
