import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../../store/database.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

const SECRETS = ['n'.repeat(32), 'o'.repeat(32)]
const config = { SMS_PROVIDER: 'aliyun', SMS_REPORT_SECRETS: SECRETS } as const
let api: TestApi
beforeAll(async () => {
  api = await createTestApi({ config: { ...config, SMS_REPORT_SOURCES: '127.0.0.0/8,203.0.113.7' } })
})
afterAll(() => api.close())

type Change = { secret?: string; provider?: string; from?: string; app?: TestApi['app'] }
function push(payload: string | Buffer | object, change: Change = {}) {
  const { secret = SECRETS[0], provider = 'aliyun', from = '127.0.0.1', app = api.app } = change
  return app.inject({
    method: 'POST',
    url: `/v1/webhooks/sms/${provider}/${secret}`,
    remoteAddress: from,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  })
}
const report = (id: string, success = true) => ({
  phone_number: '13812341234',
  success,
  err_code: success ? 'DELIVERED' : 'MOBILE_NOT_ON_SERVICE',
  biz_id: 'B1',
  out_id: id,
})

async function sent(): Promise<string> {
  const { orderId } = (await placeOrder(api)).json()
  await api.rows(
    `insert into pick_task (id, order_id, warehouse_id, state, lines) values ($1::text, $1::uuid, 'WH-1', 'packed', '[]')`,
    [orderId],
  )
  await api.rows(
    `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state)
      values ($1::text, $1::uuid, $1::text, 'sf', $1::text, 'shipped')`,
    [orderId],
  )
  const [row] = await api.rows(
    `insert into notification (event, way, parcel_id, order_id, policy_version, template_id, parameters, state, attempts,
        sending_at, settled_at, provider)
      values ('shipped', 'sms', $1::text, $1::uuid, 0, 'SMS_1', '[]', 'sent', 1, now(), now(), 'aliyun') returning id`,
    [orderId],
  )
  return String(row?.id)
}
const stateOf = async (id: string) =>
  (await api.rows('select state from notification where id = $1', [id]))[0]?.state

test('reports are in force when they are acknowledged, in the provider’s exact words, however often they come', async () => {
  const [arrived, lost] = [await sent(), await sent()]
  for (let times = 0; times < 2; times += 1) {
    const answer = await push([report(arrived), report(lost, false), report('of another system')])
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe('{"code":0,"msg":"接收成功"}')
  }
  expect([await stateOf(arrived), await stateOf(lost)]).toEqual(['delivered', 'undelivered'])
})

test('an older secret still lets reports in; a wrong one, another provider and a foreign network are told that nothing is here', async () => {
  const id = await sent()
  const wrong: Change[] = [
    { secret: 'x'.repeat(32) },
    { secret: SECRETS[0]?.slice(1) ?? '' },
    { provider: 'tencent' },
    { provider: 'constructor' },
    { from: '198.51.100.9' },
  ]
  for (const change of wrong) {
    const refused = await push([report(id)], change)
    expect([change, refused.statusCode, refused.json().code]).toEqual([change, 404, 'not-found'])
  }
  expect(await stateOf(id)).toBe('sent')
  expect((await push([report(id)], { secret: SECRETS[1] ?? '', from: '203.0.113.7' })).statusCode).toBe(200)
  expect(await stateOf(id)).toBe('delivered')
})

test('what is no list of reports is refused in the provider’s words and changes nothing; it comes again', async () => {
  const id = await sent()
  for (const body of ['', '{', JSON.stringify(report(id)), '['.repeat(10_000), Buffer.from([0xff, 0x5b])]) {
    const refused = await push(body)
    expect([refused.statusCode, refused.json().code]).toEqual([400, 1])
  }
  expect((await push('x'.repeat(1024 * 1024 + 1))).statusCode).toBe(413)
  expect(await stateOf(id)).toBe('sent')
})

test('neither the secret nor a number is logged', async () => {
  await push([report(await sent(), false)])
  await push('no list')
  const lines = api.log.join('\n')
  expect(lines).not.toContain(SECRETS[0])
  expect(lines).not.toContain('13812341234')
})

test('without a secret of its own the route is not there; without the database nothing is acknowledged', async () => {
  const closed = await createTestApi({ config: { SMS_PROVIDER: 'aliyun' } })
  const away = await createTestApi({
    config,
    deps: { db: createDatabase('postgresql://nobody@127.0.0.1:1/nothing', 2) },
  })
  try {
    expect((await push([], { app: closed.app })).statusCode).toBe(404)
    expect((await push([report(randomUUID())], { app: away.app })).statusCode).toBe(503)
  } finally {
    await closed.close()
    await away.close()
  }
})
