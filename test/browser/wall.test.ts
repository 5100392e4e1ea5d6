import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { barriers, PATIENCE_MS, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()
const FULL_HD = { width: 1_920, height: 1_080 }
const UHD = { width: 3_840, height: 2_160 }
/** Characters that are read from five metres on a screen of 1.2 m: about as many millimetres as pixels by 1.6. */
const READABLE_SHARE = 1 / 100

test.each([FULL_HD, UHD])(
  'at $width × $height all of it is on the screen, large enough to be read',
  async (viewport) => {
    const { page, complaints } = await browser.open({ as: 'ops', viewport })
    await page.goto('/wall?skus=SKU-0001,SKU-0002')
    await page.getByRole('rowheader').nth(1).waitFor()
    const map = page.getByRole('img', { name: /杭州余杭仓/ })
    await map.waitFor()
    await map.locator('canvas').first().waitFor()
    const { scrolls, smallest } = await page.evaluate(() => {
      const texts = [...document.querySelectorAll('.wall th, .wall td, .wall li, .wall h2')]
      return {
        scrolls: document.documentElement.scrollHeight > window.innerHeight,
        smallest: Math.min(...texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize))),
      }
    })
    expect(scrolls).toBe(false)
    expect(smallest).toBeGreaterThanOrEqual(viewport.width * READABLE_SHARE)
    expect(await barriers(page)).toEqual([])
    expect(complaints).toEqual([])
  },
)

/** How many orders the wall says came in the last hour. */
async function ordersShown(page: Page): Promise<number> {
  return Number(/\d+/.exec(await page.getByText(/近一小时 \d+ 单/).innerText())?.[0])
}

test('a new order is on the wall by itself', async () => {
  const { page } = await browser.open({ as: 'ops', viewport: FULL_HD })
  await page.goto('/wall')
  await page.getByText('● 实时').waitFor()
  const before = await ordersShown(page)
  await placeOrder()
  await expect.poll(() => ordersShown(page), { timeout: PATIENCE_MS }).toBeGreaterThan(before)
})

test('where the orders of the last hour cannot be counted the wall says so, and not that there were none; asked again, it counts them', async () => {
  await placeOrder()
  const { page } = await browser.open({ as: 'ops', viewport: FULL_HD })
  let isAway = true
  await page.route('**/v1/orders/rate?*', (route) => (isAway ? route.abort() : route.continue()))
  await page.goto('/wall')
  const rate = page.getByRole('region', { name: /每分钟新订单/ })
  await rate.getByRole('alert').waitFor()
  expect(await rate.getByText(/近一小时/).count()).toBe(0)
  expect(await barriers(page)).toEqual([])
  isAway = false
  await rate.getByRole('button', { name: '重试' }).click()
  expect(await ordersShown(page)).toBeGreaterThan(0)
})

test('before a wall nobody presses anything: where the orders of the last hour could not be counted, half a minute later they are by themselves', async () => {
  await placeOrder()
  const { page } = await browser.open({ as: 'ops', viewport: FULL_HD })
  let isAway = true
  await page.route('**/v1/orders/rate?*', (route) => (isAway ? route.abort() : route.continue()))
  // The page's own, which goes as ours does until it is put ahead.
  await page.clock.install()
  await page.goto('/wall')
  const rate = page.getByRole('region', { name: /每分钟新订单/ })
  await rate.getByRole('alert').waitFor()
  isAway = false
  await page.clock.fastForward('00:31')
  expect(await ordersShown(page)).toBeGreaterThan(0)
})

const EVENTS_A_STREAM = 5_000
const STREAMS = 6
/** Of the page's heap and of its elements, for what browsers keep and give back when they please. */
const SLACK_BYTES = 6 * 1_024 * 1_024

/** What the page holds once everything that nobody wants any more is gone. */
async function heapOf(page: Page): Promise<{ bytes: number; elements: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  const elements = await page.evaluate(() => document.querySelectorAll('*').length)
  return { bytes: usedSize, elements }
}

test('tens of thousands of events leave the wall as large as it was', async () => {
  const { page } = await browser.open({ as: 'ops', viewport: FULL_HD })
  let streams = 0
  // Each connection brings a storm and ends; the browser comes back for the next one at once.
  await page.route('**/v1/events', (route) => {
    streams += 1
    const at = new Date().toISOString()
    const order = (index: number) =>
      JSON.stringify({
        orderId: `${streams}-${index}`,
        field: 'status',
        oldValue: null,
        newValue: 'reserved',
        at,
      })
    const events = Array.from(
      { length: EVENTS_A_STREAM },
      (_, index) => `event: order\ndata: ${order(index)}\n\n`,
    )
    return route.fulfill({ contentType: 'text/event-stream', body: `retry: 100\n\n${events.join('')}` })
  })
  await page.goto('/wall')
  const untilStreams = (count: number) =>
    expect.poll(() => streams, { timeout: PATIENCE_MS }).toBeGreaterThan(count)
  await page.getByRole('rowheader').first().waitFor()
  await page
    .getByRole('img', { name: /杭州余杭仓/ })
    .locator('canvas')
    .first()
    .waitFor()
  const loading = page.getByRole('status').filter({ hasText: '正在加载' })
  await expect.poll(() => loading.count()).toBe(0)
  const atFirst = streams
  await untilStreams(atFirst + 2)
  const early = await heapOf(page)
  await untilStreams(atFirst + 2 + STREAMS)
  const late = await heapOf(page)
  expect(late.bytes).toBeLessThan(early.bytes + SLACK_BYTES)
  expect(late.elements).toBeLessThan(early.elements + 50)
  // Counted at once, drawn every few seconds.
  await expect.poll(() => ordersShown(page), { timeout: PATIENCE_MS }).toBeGreaterThan(EVENTS_A_STREAM)
})
