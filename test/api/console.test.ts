import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Role } from '../../domain/role.ts'
import { createDatabase } from '../../store/database.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
const folder = mkdtempSync(join(tmpdir(), 'hub-console-'))
const consoleDir = join(folder, 'console')
beforeAll(async () => {
  await mkdir(join(consoleDir, 'assets'), { recursive: true })
  await writeFile(join(consoleDir, 'index.html'), '<!doctype html><title>the console</title>')
  await writeFile(
    join(consoleDir, 'first-screens.json'),
    JSON.stringify({
      '/': { files: '</assets/overview.js>; rel=modulepreload', asks: ['/v1/counts'] },
      '/orders': { files: '</assets/orders.js>; rel=modulepreload', asks: ['/v1/orders'] },
      '/approvals/*': { files: '</assets/approval.js>; rel=modulepreload', asks: [] },
    }),
  )
  await writeFile(join(consoleDir, 'icon.svg'), '<svg/>')
  await writeFile(join(consoleDir, 'manifest.webmanifest'), '{}')
  await writeFile(join(consoleDir, 'sw.js'), 'self.skipWaiting()')
  await writeFile(join(consoleDir, 'assets', 'main-abc123.js'), 'export {}')
  await writeFile(join(consoleDir, 'assets', 'main-abc123.js.br'), 'compressed')
  api = await createTestApi({ deps: { consoleDir } })
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

const open = (url: string, headers: Record<string, string> = { accept: 'text/html,*/*;q=0.8' }) =>
  api.app.inject({ url, headers })

test('every address of the console opens its one page, which is asked for anew each time', async () => {
  for (const url of ['/', '/orders', '/orders/0192f0c1?kind=log', '/approvals/x', '/link']) {
    const response = await open(url)
    expect([url, response.statusCode, response.body]).toEqual([
      url,
      200,
      expect.stringContaining('the console'),
    ])
    expect(response.headers['cache-control']).toBe('no-cache')
  }
})

test('a page names the files of the screen that it opens, to whoever need not sign in first', async () => {
  const namedBy = async (url: string, cookie?: string) =>
    (await open(url, { accept: 'text/html', ...(cookie === undefined ? {} : { cookie }) })).headers.link
  const who = '</v1/session>; rel=preload; as=fetch; crossorigin'
  const session = 'order_hub_session=whatever'
  expect(await namedBy('/', session)).toBe(`${who}, </assets/overview.js>; rel=modulepreload`)
  expect(await namedBy('/orders?status=paid', session)).toBe(`${who}, </assets/orders.js>; rel=modulepreload`)
  expect(await namedBy('/approvals/0192f0c1', session)).toBe(
    `${who}, </assets/approval.js>; rel=modulepreload`,
  )
  expect(await namedBy('/approvals/0192f0c1/more', session)).toBe(who)
  expect(await namedBy('/stock', session)).toBe(who)
  expect(await namedBy('/orders')).toBeUndefined()
})

test('a page names what its screen asks to whoever may see the answer, where its address does not ask for something else', async () => {
  const isNamed = async (role: Role, url: string) => {
    const { headers } = await api.as(role, { url, headers: { accept: 'text/html' } })
    return String(headers.link).includes('</v1/orders>; rel=preload')
  }
  expect(await isNamed('clerk', '/orders')).toBe(true)
  expect(await isNamed('clerk', '/orders?status=paid')).toBe(false)
  expect(await isNamed('inspector', '/orders')).toBe(false)
})

test('a page may run scripts from files of its own only, and stands in nobody’s frame', async () => {
  const policy = String((await open('/orders')).headers['content-security-policy'])
  const directives = new Map(policy.split('; ').map((directive) => [directive.split(' ')[0], directive]))
  expect(directives.get('default-src')).toBe("default-src 'none'")
  expect(directives.get('script-src')).toBe("script-src 'self'")
  expect(directives.get('connect-src')).toBe("connect-src 'self'")
  expect(directives.get('frame-ancestors')).toBe("frame-ancestors 'none'")
})

test('files with a hash in their name are kept for ever, compressed for whoever takes that', async () => {
  const plain = await open('/assets/main-abc123.js', {})
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const small = await open('/assets/main-abc123.js', { 'accept-encoding': 'br' })
  expect([small.headers['content-encoding'], small.body]).toEqual(['br', 'compressed'])
  expect(String(small.headers['content-type'])).toContain('javascript')
})

test('who asks for a file is not looked up: each is there while the database is away', async () => {
  const away = createDatabase('postgres://nobody@127.0.0.1:1/nothing', 1)
  const lost = await createTestApi({ deps: { consoleDir, db: away } })
  onTestFinished(async () => {
    await lost.close()
    await away.destroy()
  })
  const cookie = 'order_hub_session=whatever'
  const statusOf = async (url: string) =>
    (await lost.app.inject({ url, headers: { accept: 'text/html', cookie } })).statusCode
  for (const url of ['/assets/main-abc123.js', '/icon.svg', '/manifest.webmanifest', '/sw.js'])
    expect([url, await statusOf(url)]).toEqual([url, 200])
})

test('a service worker of this build is asked for at every visit, and may ask nobody else', async () => {
  const { statusCode, headers } = await open('/sw.js', { accept: '*/*' })
  expect([statusCode, headers['cache-control']]).toEqual([200, 'no-cache'])
  expect(String(headers['content-type'])).toContain('javascript')
  expect(String(headers['content-security-policy'])).toContain("connect-src 'self'")
})

test('what is unknown to the API stays a problem, also for a browser', async () => {
  for (const url of ['/v1/nothing', '/codec/nothing', '/assets/nothing.js'])
    expect([url, (await open(url)).statusCode]).toEqual([url, expect.toSatisfy((status) => status >= 400)])
  expect((await open('/v1/nothing')).json()).toMatchObject({ code: 'not-found' })
})

test('no path leads out of the folder of the console', async () => {
  await writeFile(join(folder, 'outside.txt'), 'secret')
  for (const way of ['../..', '..%2f..', '%2e%2e/%2e%2e', '..\\..', '%252e%252e/..']) {
    const { statusCode, body } = await open(`/assets/${way}/outside.txt`, {})
    expect([way, statusCode, body]).toEqual([
      way,
      expect.toSatisfy((status) => status >= 400),
      expect.not.stringContaining('secret'),
    ])
  }
})

test('a program that asks for a path that is not there is told so, and a wrong method is told apart', async () => {
  expect((await open('/nothing', { accept: '*/*' })).json()).toMatchObject({ code: 'not-found' })
  expect((await open('/assets/nothing.js', {})).json()).toMatchObject({ code: 'not-found' })
  const wrong = await api.app.inject({ method: 'PUT', url: '/v1/orders' })
  expect(wrong.json()).toMatchObject({ code: 'method-not-allowed' })
  const read = await open('/v1/change-requests/x/decisions')
  expect(read.json()).toMatchObject({ code: 'method-not-allowed' })
})

test('people are told where Temporal Web is, systems are not', async () => {
  const told = (await api.as('clerk', { url: '/v1/console' })).json()
  expect(told).toEqual({ temporalWeb: { origin: 'http://127.0.0.1:8233', namespace: 'default' } })
  expect((await api.as('mall', { url: '/v1/console' })).statusCode).toBe(403)
})

test('without a built console the API answers as ever', async () => {
  const bare = await createTestApi()
  expect((await bare.app.inject({ url: '/', headers: { accept: 'text/html' } })).statusCode).toBe(404)
  await bare.close()
})
