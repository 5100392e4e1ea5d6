import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHubClient } from '../../scripts/parts/hub-client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function hubThat(answer: RequestListener): Promise<{ api: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return { api: `http://127.0.0.1:${address.port}`, seen }
}

const clientOf = (api: string) =>
  createHubClient({
    api,
    apiKeys: { mall: 'key-of-mall', payments: 'key-of-payments', ops: 'key-of-ops' },
    accounts: [{ user: 'admin', password: 'secret', role: 'admin' }],
  })
const answer = z.object({ ok: z.boolean() })
const post = {
  as: 'mall',
  method: 'POST',
  path: '/v1/orders',
  body: { a: 1 },
  idempotencyKey: 'k1',
  answer,
} as const

describe('the hub client', () => {
  test('repeats a request that found the hub full or the connection cut, with the same key', async () => {
    let count = 0
    const { api, seen } = await hubThat((request, response) => {
      count += 1
      if (count === 1) response.writeHead(503, { 'retry-after': '0' }).end('{}')
      else if (count === 2) request.socket.destroy()
      else response.end('{"ok":true}')
    })
    expect(await clientOf(api).send(post)).toEqual({ ok: true })
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1', 'k1'])
    expect(seen[0]?.headers.authorization).toBe('Bearer key-of-mall')
  })

  test('does not repeat what was refused, and says why it was', async () => {
    const { api, seen } = await hubThat((_, response) => {
      response.writeHead(409).end('{"code":"insufficient-stock","detail":"2 missing"}')
    })
    await expect(clientOf(api).send(post)).rejects.toMatchObject({
      name: 'HubRefusal',
      status: 409,
      code: 'insufficient-stock',
      message: 'POST /v1/orders was answered 409 insufficient-stock: 2 missing',
    })
    expect(seen).toHaveLength(1)
  })

  test('sends text as CSV', async () => {
    const { api, seen } = await hubThat((_, response) => response.end('{"ok":true}'))
    await clientOf(api).send({ ...post, body: 'a,b\n' })
    expect(seen[0]?.headers['content-type']).toBe('text/csv')
  })

  test('signs the reviewer in once and shows the session from then on', async () => {
    const { api, seen } = await hubThat((request, response) => {
      if (request.url === '/v1/session')
        response.setHeader('set-cookie', 'order_hub_session=abc; Path=/; HttpOnly')
      response.end('{"ok":true}')
    })
    const client = clientOf(api)
    await Promise.all([client.send({ ...post, as: 'reviewer' }), client.send({ ...post, as: 'reviewer' })])
    expect(seen.map(({ url }) => url)).toEqual(['/v1/session', '/v1/orders', '/v1/orders'])
    expect(seen[2]?.headers).toMatchObject({ cookie: 'order_hub_session=abc', 'x-order-hub': '1' })
    expect(seen[2]?.headers.authorization).toBeUndefined()
  })

  test('signs in anew when the session is over, once', async () => {
    let signIns = 0
    const { api, seen } = await hubThat((request, response) => {
      if (request.url === '/v1/session') {
        signIns += 1
        response.setHeader('set-cookie', `order_hub_session=${signIns}; Path=/`).end('{}')
      } else if (request.headers.cookie === 'order_hub_session=2') response.end('{"ok":true}')
      else response.writeHead(401).end('{"code":"unauthenticated"}')
    })
    const client = clientOf(api)
    expect(await client.send({ ...post, as: 'reviewer' })).toEqual({ ok: true })
    expect(seen.map(({ url }) => url)).toEqual(['/v1/session', '/v1/orders', '/v1/session', '/v1/orders'])
    signIns = 5
    const other = clientOf(api)
    await expect(other.send({ ...post, as: 'reviewer' })).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(signIns).toBe(7)
  })

  test('a sign-in that finds the hub full is tried again, one with a wrong password is not', async () => {
    const answers = [503, 200, 401]
    const { api, seen } = await hubThat((request, response) => {
      if (request.url !== '/v1/session') return response.end('{"ok":true}')
      response.writeHead(answers.shift() ?? 500).end('{"code":"invalid-credentials"}')
    })
    expect(await clientOf(api).send({ ...post, as: 'reviewer' })).toEqual({ ok: true })
    await expect(clientOf(api).send({ ...post, as: 'reviewer' })).rejects.toMatchObject({ status: 401 })
    expect(seen.map(({ url }) => url)).toEqual(['/v1/session', '/v1/session', '/v1/orders', '/v1/session'])
  })

  test('an answer of another shape is an error, not a guess', async () => {
    const { api } = await hubThat((_, response) => response.end('{"ok":"yes"}'))
    await expect(clientOf(api).send(post)).rejects.toThrow()
  })
})
