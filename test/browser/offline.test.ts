import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { afterEach, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { ask, barriers, HUB_URL, PATIENCE_MS, PHONE, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()

/** Once the worker answers for the page, and has kept what it has to. */
const isKept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready
    return navigator.serviceWorker.controller !== null
  })
const untilKept = (page: Page) => expect.poll(() => isKept(page), { timeout: PATIENCE_MS }).toBe(true)

/** Every address that this browser keeps an answer of, and all of their text. */
const keptIn = (page: Page) =>
  page.evaluate(async () => {
    const kept: { path: string; text: string }[] = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const { url } of await cache.keys()) {
        const answer = await cache.match(url)
        kept.push({ path: new URL(url).pathname, text: (await answer?.text()) ?? '' })
      }
    }
    return kept
  })

test.each([
  ['picking on a handheld', 'ops', '/picking', '拣货作业', { width: 360, height: 640 }],
  ['approvals on a phone', 'team_lead', '/approvals', '审批', PHONE],
] as const)(
  '%s can be loaded anew without a network, says so, and goes on when it is back',
  async (_name, as, path, title, viewport) => {
    const { page, complaints } = await browser.open({ as, viewport, keepsFiles: true })
    await page.goto(path)
    const heading = page.getByRole('heading', { level: 1, name: title })
    await heading.waitFor()
    await untilKept(page)
    await page.context().setOffline(true)
    await page.reload()
    await heading.waitFor()
    await page.getByRole('status').getByText('当前离线').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.context().setOffline(false)
    await page.getByRole('button', { name: '退出登录' }).waitFor()
    await heading.waitFor()
    expect(complaints).toEqual([])
  },
)

test('the browser keeps files of the console and no answer of the API, also after signing out', async () => {
  const { orderId } = await placeOrder()
  const { page } = await browser.open({ as: 'clerk', keepsFiles: true })
  const clerk = z.object({ accountId: z.string() }).parse(await ask(page, 'GET', '/v1/session'))
  await page.goto('/')
  await untilKept(page)
  await page.goto(`/orders/${orderId}`)
  await page.getByText('世纪大道').waitFor()
  await page.goto('/approvals')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('密码').waitFor()

  const kept = await keptIn(page)
  const strange = kept.filter(
    ({ path }) => !/^\/(assets\/[\w.-]+|icon[\w.-]+|manifest\.webmanifest)?$/.test(path),
  )
  expect(kept.map(({ path }) => path)).toContain('/')
  expect(strange).toEqual([])
  const personal = ['世纪大道', orderId, clerk.accountId]
  const telling = kept.filter(({ text }) => personal.some((word) => text.includes(word)))
  expect(telling.map(({ path }) => path)).toEqual([])
  const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))
  expect(personal.filter((word) => stored.includes(word))).toEqual([])
})

test('a browser finds nothing that keeps it from installing the console', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-installed-'))
  // Not in a private window, which installs nothing.
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: inject('chromium'),
    args: ['--no-sandbox'],
    baseURL: HUB_URL,
  })
  try {
    const page = await context.newPage()
    await page.goto('/')
    await page.getByLabel('密码').waitFor()
    await untilKept(page)
    const devtools = await context.newCDPSession(page)
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    expect(installabilityErrors).toEqual([])
    const manifest = await devtools.send('Page.getAppManifest')
    expect(manifest.errors).toEqual([])
    const { icons } = JSON.parse(manifest.data ?? '{}') as {
      icons: { src: string; sizes: string; purpose: string }[]
    }
    expect(icons).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sizes: '192x192', purpose: 'any' }),
        expect.objectContaining({ sizes: '512x512', purpose: 'any' }),
        expect.objectContaining({ sizes: '512x512', purpose: 'maskable' }),
      ]),
    )
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

let released: Server | undefined
afterEach(() => {
  released?.closeAllConnections()
  released?.close()
  released = undefined
})

/** The hub behind a front that can release another build: another page, another worker, and no file of the old one by its old name. */
async function frontOf(
  gone: RegExp,
): Promise<{ url: string; release: () => void; pagesServed: () => number }> {
  let isNew = false
  let pages = 0
  released = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const { accept = '*/*', cookie = '' } = request.headers
    const answer = await fetch(new URL(path, HUB_URL), { headers: { accept, cookie } })
    const type = answer.headers.get('content-type') ?? ''
    // Whoever has the new page asks by new names; here they are the old ones, found again.
    const isGone = isNew && pages === 0 && gone.test(path)
    response.writeHead(isGone ? 404 : answer.status, { 'content-type': type })
    if (isGone || /event-stream/.test(type)) return response.end()
    const body = Buffer.from(await answer.arrayBuffer())
    if (!isNew) return response.end(body)
    if (path === '/sw.js')
      return response.end(body.toString().replaceAll(/version:(["'`])\w+\1/g, 'version:"released"'))
    if (!type.startsWith('text/html')) return response.end(body)
    pages += 1
    response.end(body.toString().replace('<html ', '<html data-release="new" '))
  })
  await new Promise<void>((resolve) => released?.listen(0, '127.0.0.1', resolve))
  const { port } = released.address() as AddressInfo // a TCP server's
  const release = () => {
    isNew = true
  }
  return { url: `http://127.0.0.1:${port}`, release, pagesServed: () => pages }
}

test('a page of an older build that misses a file begins anew with the new build, which takes its place', async () => {
  const front = await frontOf(/\/assets\/orders-page-/)
  const { page } = await browser.open({ as: 'ops', keepsFiles: true })
  await page.goto(`${front.url}/`)
  await page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
  await untilKept(page)
  front.release()
  await page.locator('[data-screen="orders"] a').click()
  await page.getByRole('heading', { level: 1, name: '订单' }).waitFor()
  expect(await page.locator('html').getAttribute('data-release')).toBe('new')
  await expect
    .poll(() => page.evaluate(() => caches.keys()), { timeout: PATIENCE_MS })
    .toEqual(['order-hub-released'])
  // And without a network it is the new one that opens.
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('当前离线').waitFor()
  expect(await page.locator('html').getAttribute('data-release')).toBe('new')
})

test('a file that is missing for good is said to be, after one new beginning', async () => {
  const { page } = await browser.open({ as: 'ops' })
  let tries = 0
  await page.route('**/assets/orders-page-*', (route) => {
    tries += 1
    return route.fulfill({ status: 404 })
  })
  await page.goto('/')
  await page.locator('[data-screen="orders"] a').click()
  await page.getByRole('alert').getByText('页面出错').waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined)
  expect(tries).toBeLessThanOrEqual(4)
})
