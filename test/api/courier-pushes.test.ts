import { afterAll, beforeAll, expect, test } from 'vitest'
import { KUAIDI100_ACCEPTED } from '../../connectors/couriers/kuaidi100/receive.ts'
import { saltOf, signPush } from '../../connectors/couriers/kuaidi100/sign.ts'
import { createDatabase } from '../../store/database.ts'
import { createTestApi, type TestApi } from './support.ts'

const SALT_KEY = 'what the salts of subscriptions are made from'
let api: TestApi
beforeAll(async () => {
  api = await createTestApi({ config: { KUAIDI100_SALT_KEYS: [SALT_KEY] } })
})
afterAll(() => api.close())

const paramOf = (nu: string, context = '已揽收') =>
  JSON.stringify({
    status: 'polling',
    message: '',
    lastResult: { nu, com: 'yuantong', state: '0', data: [{ ftime: '2026-11-11 09:00:00', context }] },
  })
const formOf = (param: string, number: string) =>
  new URLSearchParams({ param, sign: signPush(param, saltOf(number, SALT_KEY)) }).toString()
const push = (payload: string | Buffer, courier = 'kuaidi100', app = api.app) =>
  app.inject({
    method: 'POST',
    url: `/v1/webhooks/couriers/${courier}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    payload,
  })
const inbox = () =>
  api.rows(
    `select source, state, type, order_key, body from inbox join inbox_body as body on body.inbox_id = inbox.id
      where source = 'kuaidi100' order by inbox.id`,
  )

test('a push is in the inbox when it is acknowledged, in Kuaidi100’s exact words, and once however often it comes', async () => {
  const form = formOf(paramOf('YT1'), 'YT1')
  for (let times = 0; times < 3; times += 1) {
    const answer = await push(form)
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe(KUAIDI100_ACCEPTED)
    expect(answer.body).toBe('{"result":true,"returnCode":"200","message":"成功"}')
  }
  expect(await inbox()).toEqual([
    {
      source: 'kuaidi100',
      state: 'unread',
      type: 'courier.push',
      order_key: 'waybill:YT1',
      body: { param: paramOf('YT1'), waybillNumber: 'YT1' },
    },
  ])
})

test('without the database nothing is acknowledged: 503, and when to come again', async () => {
  const nowhere = createDatabase('postgresql://nobody@127.0.0.1:1/nothing', 2)
  const { app } = await createTestApi({ config: { KUAIDI100_SALT_KEYS: [SALT_KEY] }, deps: { db: nowhere } })
  try {
    const answer = await push(formOf(paramOf('YT2'), 'YT2'), 'kuaidi100', app)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.body).not.toContain('成功')
  } finally {
    await app.close()
    await nowhere.destroy()
  }
})

test('what is not signed for its parcel is refused, kept nowhere, and told so in words that make it come again', async () => {
  const before = (await inbox()).length
  const param = paramOf('YT3')
  const sign = signPush(param, saltOf('YT3', SALT_KEY))
  const wrong: [string, number][] = [
    [formOf(param, 'YT4'), 401],
    [new URLSearchParams({ param: paramOf('YT3', '已揽収'), sign }).toString(), 401],
    [new URLSearchParams({ param, sign: '' }).toString(), 401],
    [new URLSearchParams({ param }).toString(), 400],
    [new URLSearchParams({ sign }).toString(), 400],
    [`${formOf(param, 'YT3')}&sign=${sign}`, 400],
    ['', 400],
    ['{"param":"x"}', 400],
    [formOf('['.repeat(10_000), 'YT3'), 400],
    [formOf(`${param}\0`, 'YT3'), 400],
  ]
  for (const [form, status] of wrong) {
    const answer = await push(form)
    expect([form.slice(0, 60), answer.statusCode]).toEqual([form.slice(0, 60), status])
    expect(answer.json()).toMatchObject({ result: false })
  }
  const broken = Buffer.concat([Buffer.from('param=%FF%FE&sign='), Buffer.from([0xff])])
  expect((await push(broken)).statusCode).toBe(400)
  expect((await push(`param=${'x'.repeat(10 * 1024 * 1024)}`)).statusCode).toBe(413)
  expect(await inbox()).toHaveLength(before)
})

test('couriers that do not push to us are not there, and neither is Kuaidi100 without its keys', async () => {
  expect((await push(formOf(paramOf('YT5'), 'YT5'), 'sf')).statusCode).toBe(404)
  const bare = await createTestApi()
  try {
    expect((await push(formOf(paramOf('YT5'), 'YT5'), 'kuaidi100', bare.app)).statusCode).toBe(404)
  } finally {
    await bare.close()
  }
})
