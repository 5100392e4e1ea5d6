import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, orderBody, PASSWORD, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let isTemporalReady = true
beforeAll(async () => {
  api = await createTestApi({
    deps: {
      temporalReady: async () => {
        if (!isTemporalReady) throw new Error('away')
        return true
      },
    },
  })
})
afterAll(() => api.close())

test('no personal data and no secret reaches the log, whatever goes wrong', async () => {
  const externalOrderId = `EXT-${uuid()}`
  const { orderId } = (await placeOrder(api, { externalOrderId })).json()
  await placeOrder(api, { externalOrderId })
  await placeOrder(api, {
    contact: { name: '欧阳晓明', phone: 'not a phone', divisionCode: '1', address: '文一西路' },
  })
  await api.as('clerk', { url: `/v1/orders/${orderId}` })
  await api.as('clerk', { url: `/v1/orders?externalOrderId=${externalOrderId}` })
  await api.app.inject({
    method: 'POST',
    url: '/v1/session',
    payload: { userName: 'clerk', password: 'wrong-secret' },
  })
  await api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': uuid(), 'content-type': 'application/json' },
    payload: JSON.stringify(orderBody()).slice(0, -3),
  })
  // A bug in the middle of a checkout, with the customer's row in the database's own error.
  await api.rows(`alter table contact add constraint test_bug check (division_code <> '330110') not valid`)
  expect((await placeOrder(api)).statusCode).toBe(500)
  await api.rows('alter table contact drop constraint test_bug')
  const log = api.log.join('')
  expect(log).toContain('test_bug')
  for (const secret of [
    '欧阳晓明',
    '13812341234',
    '文一西路',
    '放门卫处',
    externalOrderId,
    PASSWORD,
    'wrong-secret',
  ]) {
    expect(log, secret).not.toContain(secret)
  }
  for (const secret of Object.values(api.keys)) expect(log).not.toContain(secret)
  expect(log).not.toMatch(/order_hub_session|127\.0\.0\.1/)
})

test('a failure on our side is a 500 without its text, and the log has it under the same request id', async () => {
  api.commands.answer = async () => {
    throw new Error('secret inner workings')
  }
  const { orderId } = (await placeOrder(api)).json()
  const response = await api.as('mall', {
    method: 'POST',
    url: `/v1/orders/${orderId}/cancellation`,
    headers: { 'idempotency-key': uuid(), 'x-request-id': 'find-me' },
    payload: { reason: 'x' },
  })
  expect(response.statusCode).toBe(500)
  expect(response.body).not.toContain('inner workings')
  const line = api.log.find((entry) => entry.includes('inner workings'))
  expect(JSON.parse(line ?? '{}').requestId).toBe('find-me')
})

test('the request’s traceparent goes into the inbox row', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const response = await api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': uuid(), traceparent },
    payload: orderBody(),
  })
  const rows = await api.rows('select trace_parent from inbox where order_key = $1', [
    response.json().orderId,
  ])
  expect(String(rows[0]?.trace_parent)).toContain('0af7651916cd43dd8448eb211c80319c')
})

test('a request id that could harm a log is replaced', async () => {
  const response = await api.app.inject({ url: '/healthz', headers: { 'x-request-id': 'a b\u0007' } })
  expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

test('/readyz is red while Temporal is away, and /healthz is not', async () => {
  expect((await api.app.inject('/readyz')).statusCode).toBe(200)
  isTemporalReady = false
  const red = await api.app.inject('/readyz')
  expect([red.statusCode, red.json()]).toEqual([503, { database: true, temporal: false }])
  expect((await api.app.inject('/healthz')).statusCode).toBe(200)
  expect((await placeOrder(api)).statusCode, 'checkouts do not need Temporal').toBe(201)
  isTemporalReady = true
})

test('/metrics measures by route, never by path', async () => {
  await api.as('mall', { url: `/v1/orders/${uuid()}` })
  const text = (await api.as('ops', { url: '/metrics' })).body
  expect(text).toContain(
    'hub_http_request_duration_seconds_count{method="GET",route="/v1/orders/:orderId",status="404"}',
  )
  expect(text).toContain('hub_http_problems_total{code="order-not-found"}')
})

test('the OpenAPI document is 3.1 and describes every route with its callers and failures', async () => {
  const document = (await api.app.inject('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  const place = document.paths['/v1/orders'].post
  expect(Object.keys(place.responses)).toEqual(expect.arrayContaining(['201', '4XX', '5XX']))
  expect(place.description).toContain('mall')
  expect(place.requestBody.content['application/json'].schema.properties.lines.maxItems).toBe(200)
  expect(place.parameters).toContainEqual(
    expect.objectContaining({ in: 'header', name: 'Idempotency-Key', required: true }),
  )
  expect(Object.keys(document.paths).length).toBeGreaterThan(25)
  // Who sets up a platform or a courier looks here for what to enter there.
  for (const path of ['/v1/webhooks/{channel}', '/v1/webhooks/couriers/{courier}']) {
    expect(document.paths[path]?.post, path).toMatchObject({ tags: ['webhooks'], security: [] })
  }
})

test('/docs reads the document without asking anybody outside', async () => {
  const page = await api.app.inject('/docs/')
  expect(page.statusCode).toBe(200)
  const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(assets.length).toBeGreaterThan(2)
  for (const asset of assets) {
    expect(asset).not.toMatch(/^(https?:)?\/\//)
    const url = new URL(asset, 'http://hub/docs/').pathname
    expect([asset, (await api.app.inject(url)).statusCode]).toEqual([asset, 200])
  }
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")
  expect(page.headers['content-security-policy']).not.toContain('http')
})

test('the codec opens payloads for signed-in ops, from the origin of Temporal Web only', async () => {
  const origin = 'http://127.0.0.1:8233'
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"你好"') }
  const [sealed] = await api.deps.codec.encode([plain])
  const encode = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64')
  const payload = {
    payloads: [
      {
        metadata: Object.fromEntries(
          Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [name, encode(value)]),
        ),
        data: encode(sealed?.data),
      },
    ],
  }
  const ask = async (headers: Record<string, string>) =>
    api.app.inject({ method: 'POST', url: '/codec/decode', headers, payload })
  const cookie = await api.signIn('ops')
  const opened = await ask({ cookie, origin, 'x-namespace': 'default' })
  expect(Buffer.from(opened.json().payloads[0].data, 'base64').toString()).toBe('"你好"')
  expect(opened.headers['access-control-allow-origin']).toBe(origin)
  expect(opened.headers['access-control-allow-credentials']).toBe('true')
  expect((await ask({ cookie, origin: 'http://evil.example' })).statusCode).toBe(403)
  expect((await ask({ cookie: await api.signIn('clerk'), origin })).statusCode).toBe(403)
  expect((await ask({ origin })).statusCode).toBe(401)
  const preflight = await api.app.inject({
    method: 'OPTIONS',
    url: '/codec/decode',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-namespace',
    },
  })
  expect(preflight.statusCode).toBe(204)
  expect(preflight.headers['access-control-allow-headers']).toContain('x-namespace')
  const [first] = payload.payloads
  const broken = { payloads: [{ ...first, data: encode(Buffer.alloc(64)) }] }
  const refused = await api.app.inject({
    method: 'POST',
    url: '/codec/decode',
    headers: { cookie, origin },
    payload: broken,
  })
  expect([refused.statusCode, refused.json().code]).toEqual([400, 'invalid-request'])
})

test('other routes allow no other origin', async () => {
  const response = await api.app.inject({
    method: 'OPTIONS',
    url: '/v1/orders',
    headers: { origin: 'http://127.0.0.1:8233', 'access-control-request-method': 'POST' },
  })
  expect(response.headers['access-control-allow-origin']).toBeUndefined()
})

test('what is not HTTP gets a problem', async () => {
  const { connect } = await import('node:net')
  const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }))
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toContain('HTTP/1.1 400')
  expect(answer).toContain('application/problem+json')
})
