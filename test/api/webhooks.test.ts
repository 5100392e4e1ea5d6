import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IntakeUnavailableError } from '../../store/durable-intake.ts'
import { createFakeChannel, signPush } from '../support/fake-channel.ts'
import { createTestApi, type TestApi } from './support.ts'

const SECRET = 'secret-of-the-app'
const fake = createFakeChannel()
let api: TestApi
/** What happens after a push was verified and before it is answered. */
let beforeAccept: () => Promise<void> = async () => undefined

beforeAll(async () => {
  api = await createTestApi({ deps: { connectors: { doudian: fake.connector } } })
  const { intake } = api.deps
  const accept = intake.accept.bind(intake)
  intake.accept = async (hints) => {
    await beforeAccept()
    return accept(hints)
  }
  await api.rows(
    `insert into store (id, name, channel, region) values ('DY-1', '抖音一店', 'douyin', '华东')`,
  )
  for (const [id, platformShopId] of [
    ['S-1', '101'],
    ['S-2', '102'],
  ]) {
    const credentials = { appSecret: SECRET, accessToken: 't' }
    const payload = { id, storeId: 'DY-1', platform: 'doudian', platformShopId, appKey: 'app-1', credentials }
    await api.as('ops', { method: 'POST', url: '/v1/shops', payload })
  }
  await api.as('ops', { method: 'PATCH', url: '/v1/shops/S-2', payload: { active: false } })
})
afterAll(() => api.close())

const message = (changes: Record<string, unknown> = {}) => ({
  id: uuid(),
  type: '100',
  shop: '101',
  orderId: '6917116789712345678',
  ...changes,
})
const push = (body: string | Buffer, headers: Record<string, string> = {}, channel = 'doudian') =>
  api.app.inject({
    method: 'POST',
    url: `/v1/webhooks/${channel}`,
    headers: {
      'app-id': 'app-1',
      sign: signPush(body, SECRET),
      'content-type': 'application/json',
      ...headers,
    },
    payload: body,
  })
const inbox = (id: string) =>
  api.rows('select state, shop, order_key, trace_parent from inbox where source_event_id = $1', [id])
const count = async () => Number((await api.rows('select count(*) as count from inbox'))[0]?.count)

test('a push is answered in the platform’s words only after it is in the inbox', async () => {
  const sent = message()
  let wasThere = -1
  beforeAccept = async () => {
    wasThere = (await inbox(sent.id)).length
  }
  const reply = await push(JSON.stringify([sent]), {
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  })
  beforeAccept = async () => undefined
  expect([reply.statusCode, reply.headers['content-type'], reply.body]).toEqual([
    200,
    expect.stringContaining('application/json'),
    '{"code":0,"msg":"success"}',
  ])
  expect(wasThere).toBe(0)
  expect(await inbox(sent.id)).toMatchObject([
    { state: 'hint', shop: 'S-1', order_key: 'doudian/S-1/6917116789712345678' },
  ])
})

test('a push that came before is acknowledged and changes nothing', async () => {
  const body = JSON.stringify([message()])
  await push(body)
  const before = await count()
  expect((await push(body)).statusCode).toBe(200)
  expect(await count()).toBe(before)
})

test('a push that could not be kept is a 503 with Retry-After, and is kept when it comes again', async () => {
  const sent = message()
  beforeAccept = async () => {
    throw new IntakeUnavailableError('nowhere')
  }
  const refused = await push(JSON.stringify([sent]))
  beforeAccept = async () => undefined
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '3'])
  expect(await inbox(sent.id)).toEqual([])
  await push(JSON.stringify([sent]))
  expect(await inbox(sent.id)).toHaveLength(1)
})

test('any content type and none is taken: the signature is of the bytes', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=gbk']) {
    const sent = message()
    expect((await push(JSON.stringify([sent]), { 'content-type': type })).statusCode).toBe(200)
    expect(await inbox(sent.id)).toHaveLength(1)
  }
})

test('messages of a shop out of service, an unknown shop or an unknown type are acknowledged and kept', async () => {
  const sent = [
    message({ shop: '102' }),
    message({ shop: '999' }),
    message({ type: 'unknown-9', orderId: null }),
  ]
  expect((await push(JSON.stringify(sent))).statusCode).toBe(200)
  const states = await Promise.all(sent.map(async ({ id }) => (await inbox(id))[0]?.state))
  expect(states).toEqual(['dismissed', 'set_aside', 'set_aside'])
  const items = await api.rows(`select kind, key from work_item where kind like 'unknown%' order by kind`)
  expect(items).toEqual([
    { kind: 'unknown_channel_message', key: 'S-1/unknown-9' },
    { kind: 'unknown_shop', key: 'doudian/100' },
  ])
})

const body = JSON.stringify([message()])
test.each<[string, () => ReturnType<typeof push>, number]>([
  ['no signature', () => push(body, { sign: '' }), 401],
  ['a wrong signature', () => push(body, { sign: 'f'.repeat(64) }), 401],
  [
    'a signature of other bytes',
    () => push(body.replace('100', '101'), { sign: signPush(body, SECRET) }),
    401,
  ],
  ['another app', () => push(body, { 'app-id': 'app-9' }), 401],
  ['no app', () => push(body, { 'app-id': '' }), 401],
  ['10 MB', () => push(Buffer.alloc(10 * 1024 * 1024, 0x20)), 413],
  [
    'a body that is no JSON of a stranger',
    () => push('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', { sign: '' }),
    401,
  ],
  ['no UTF-8 of a stranger', () => push(Buffer.from([0xff, 0xfe]), { sign: '' }), 401],
  ['an empty body', () => push('', { sign: '' }), 401],
  ['a platform that does not push', () => push(body, {}, 'jd'), 404],
  ['a platform that nobody knows', () => push(body, {}, 'nobody'), 404],
])('%s is refused and leaves nothing behind', async (_, send, status) => {
  const before = await count()
  expect((await send()).statusCode).toBe(status)
  expect(await count()).toBe(before)
  expect((await api.app.inject('/healthz')).statusCode).toBe(200)
})

test('pushes are not counted as calls of one caller, and pass by what only people and browsers need', async () => {
  const [pushed, asked] = [await push('[]'), await api.app.inject('/v1/session')]
  for (const header of ['x-ratelimit-limit', 'content-security-policy']) {
    expect([header, pushed.headers[header]]).toEqual([header, undefined])
    expect(asked.headers[header], header).toBeDefined()
  }
})

test('pushes are measured by platform and outcome', async () => {
  await push('[]')
  const metrics = (await api.as('ops', { url: '/metrics' })).body
  expect(metrics).toContain('hub_pushes_total{platform="doudian",outcome="refused"}')
  expect(metrics).toMatch(/hub_push_acknowledgement_seconds_count\{platform="doudian"\} \d+/)
})

test('neither secret nor body of a push is logged', () => {
  expect(api.log.join('')).not.toContain(SECRET)
  expect(api.log.join('')).not.toContain('6917116789712345678')
})
