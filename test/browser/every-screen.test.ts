import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { fillScreens, isLoaded, SCREENS } from './screens.ts'
import { barriers, HUB_URL, useBrowser } from './support.ts'

const browser = useBrowser()
/** JavaScript of the first screen, packed by gzip as it is served to whoever knows no better. */
const FIRST_SCREEN_BYTES = 300_000

let paths: ReadonlyMap<string, string>
beforeAll(async () => {
  paths = await fillScreens(browser.open)
})

test.each(SCREENS.map((screen) => [screen.name, screen] as const))(
  '%s: nothing keeps somebody from using it, no error, no other host is asked',
  async (name, { path, as }) => {
    const { page, complaints, hosts } = await browser.open({ as })
    await page.goto(paths.get(name) ?? path)
    await isLoaded(page)
    expect(await barriers(page)).toEqual([])
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(HUB_URL).host])
    // The library's styles were made when the console was built.
    expect(await page.locator('style[data-css-hash]').count()).toBe(0)
  },
)

test('the page to sign in keeps nobody out', async () => {
  const { page, complaints } = await browser.open()
  await page.goto('/')
  await page.getByLabel('密码').waitFor()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test.each([
  ['of the overview', 'ops', '/'],
  ['of the orders', 'ops', '/orders'],
  ['of the approvals', 'ops', '/approvals'],
  ['to sign in', undefined, '/'],
] as const)('the first screen %s needs at most 300 kB of JavaScript', async (_name, as, path) => {
  const { page } = await browser.open(as ? { as } : {})
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  // With what it shows: whatever it still asks for by then is of the first screen, too.
  await expect.poll(() => page.locator('[aria-busy="true"], .ant-spin-spinning').count()).toBe(0)
  const sizes = await Promise.all([...scripts].map((url) => gzipBytesOf(page, url)))
  expect(sizes.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(FIRST_SCREEN_BYTES)
})

test.each([
  ['the overview', 'ops', '/', ['/v1/orders/counts', '/v1/work-items/counts']],
  ['the orders', 'ops', '/orders', ['/v1/orders']],
  ['some of the orders', 'ops', '/orders?status=paid', ['/v1/orders']],
  ['the approvals', 'team_lead', '/approvals', ['/v1/approval-inbox', '/v1/approval-inbox/counts']],
  [
    'some of the approvals',
    'team_lead',
    '/approvals?sort=newest',
    ['/v1/approval-inbox', '/v1/approval-inbox/counts'],
  ],
] as const)(
  '%s ask once for what they begin with, while their code is fetched',
  async (_name, as, path, first) => {
    const { page } = await browser.open({ as })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(path)
    await isLoaded(page)
    expect(asked.filter((each) => first.some((wanted) => wanted === each)).sort()).toEqual([...first].sort())
    expect(asked.filter((each) => each === '/v1/session')).toHaveLength(1)
    const fetched = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry.toJSON())
        .map(({ name, startTime, responseEnd }) => ({
          path: new URL(name).pathname,
          startTime,
          responseEnd,
        })),
    )
    const begunAt = (isMeant: (path: string) => boolean) =>
      Math.min(...fetched.filter(({ path }) => isMeant(path)).map(({ startTime }) => startTime))
    // Named by the page's answer: nothing waits for the first file to be read.
    const main = fetched.find(({ path }) => path.startsWith('/assets/index-'))
    expect(begunAt((path) => /\/(overview|orders|approvals)-page-.*js$/.test(path))).toBeLessThan(
      main?.responseEnd,
    )
    expect(begunAt((path) => path === '/v1/session')).toBeLessThan(main?.responseEnd)
    if (!path.includes('?')) expect(begunAt((path) => path === first[0])).toBeLessThan(main?.responseEnd)
  },
)

test('each file that the page begins with is run in a turn of its own', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/')
  const files = (selector: string, attribute: string) =>
    page.locator(selector).evaluateAll((all, name) => all.map((each) => each.getAttribute(name)), attribute)
  const scripts = await files('body > script[type="module"][async]', 'src')
  const preloaded = await files('head > link[rel="modulepreload"]', 'href')
  expect(scripts.length).toBeGreaterThan(3)
  expect(preloaded).toEqual(expect.arrayContaining(scripts))
  // The one that begins comes last; what it imports has been run by then.
  expect(scripts.at(-1)).toContain('/assets/index-')
  expect(await page.locator('script[type="module"]:not([async])').count()).toBe(0)
})

/** How many bytes of a file go over the wire to somebody who takes gzip. */
async function gzipBytesOf(page: Page, url: string): Promise<number> {
  const answer = await page.request.get(url, { headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers()['content-encoding'], url).toBe('gzip')
  return Number(answer.headers()['content-length'])
}

test('each number of the overview opens the list behind it', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/')
  await page.getByRole('link', { name: /待付款/ }).click()
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('reserved')
})
