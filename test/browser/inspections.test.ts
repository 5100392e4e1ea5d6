import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { POLICIES } from '../../contracts/policies/index.ts'
import { picture } from './picture.ts'
import { ask, barriers, PHONE, pay, placeOrder, SIMULATOR_URL, useBrowser } from './support.ts'

const browser = useBrowser()
/** From checkout over picking and the courier to the door. */
const ARRIVAL_MS = 120_000
/** Not far from the address of `placeOrder`. */
const PLACE = { latitude: 31.2304, longitude: 121.5447, accuracy: 12 }

const pace = z.object({ pickingSeconds: z.number(), deliverySeconds: z.number() })
const tell = (behaviour: object) =>
  fetch(`${SIMULATOR_URL}/control/behaviour`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(behaviour),
  })
/** Fixed for each order when it is placed: couriers are asked often for ours, and as ever for those of others. */
const orderLife = POLICIES['order-life'].initial
const setOrderLife = (document: typeof orderLife) =>
  ask('ops', 'PUT', '/v1/policies/order-life', { document, reason: '浏览器测试' })
let before: z.output<typeof pace>
let orderId: string
beforeAll(async () => {
  before = pace.parse(await (await fetch(`${SIMULATOR_URL}/control/behaviour`)).json())
  await tell({ pickingSeconds: 1, deliverySeconds: 1 })
  await setOrderLife({ ...orderLife, trackingIntervalSeconds: 1 })
  // Of such an amount the built-in policy has every one inspected.
  const placed = await placeOrder({ unitPriceCents: 2_500_000 })
  await pay(placed)
  orderId = placed.orderId
})
afterAll(async () => {
  await tell(before)
  await setOrderLife(orderLife)
})

const inspections = z.object({ items: z.array(z.object({ inspectionId: z.string() })) })
async function untilDrawn(page: Page): Promise<string> {
  const find = async () =>
    inspections.parse(await ask(page, 'GET', `/v1/inspections?orderId=${orderId}`)).items[0]?.inspectionId
  await expect.poll(find, { timeout: ARRIVAL_MS }).toBeDefined()
  return (await find()) ?? ''
}

/** A photograph that needs more than one part: noise does not compress. */
const photograph = () =>
  sharp(randomBytes(1_600 * 1_200 * 3), { raw: { width: 1_600, height: 1_200, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()

test('an inspection is filled in without a network, and the hub has its pictures and its result once', async () => {
  const { page, complaints } = await browser.open({ as: 'inspector', viewport: PHONE })
  const context = page.context()
  await context.grantPermissions(['geolocation'])
  await context.setGeolocation(PLACE)
  const inspectionId = await untilDrawn(page)
  const parts: string[] = []
  page.on('request', (request) => {
    const part = /\/parts\/(\d+)$/.exec(request.url())?.[1]
    if (part !== undefined) parts.push(part)
  })

  await page.goto('/')
  await page.getByRole('heading', { level: 1, name: '稽查' }).waitFor()
  expect(await page.getByRole('link', { name: '订单' }).count()).toBe(0)
  await page.locator(`a[href$="${inspectionId}"]`).click()
  await page.getByText('世纪大道100号').waitFor()
  await page.getByRole('button', { name: '提交稽查结果' }).click()
  await page.getByRole('alert').getByText('请填写收货人真实存在').waitFor()
  expect(await barriers(page)).toEqual([])

  await context.setOffline(true)
  await page.getByText('网络中断').waitFor()
  const question = (label: string) => page.locator('.question', { hasText: label })
  await question('收货人真实存在').getByText('是', { exact: true }).click()
  const goods = question('货物已收到且数量相符')
  await goods.getByText('是', { exact: true }).click()
  await question('货物状况').getByText('完好').click()
  const buffer = await photograph()
  expect(buffer.length).toBeGreaterThan(1_024 * 1_024)
  await goods.locator('input[type=file]').setInputFiles({ name: 'goods.jpg', mimeType: 'image/jpeg', buffer })
  await goods.getByText('待上传').waitFor()
  const field = page.getByRole('img', { name: /签名区/ })
  await field.scrollIntoViewIfNeeded()
  const pad = await field.boundingBox()
  if (!pad) throw new Error('there is nowhere to sign')
  await page.mouse.move(pad.x + 20, pad.y + 20)
  await page.mouse.down()
  await page.mouse.move(pad.x + 120, pad.y + 60, { steps: 5 })
  await page.mouse.up()
  await page.getByRole('button', { name: '确认签名' }).click()
  await page.getByText('已签名').waitFor()
  await page.getByRole('button', { name: '获取位置' }).click()
  await page.getByText('精度约 12 米').waitFor()
  await picture(page, 'inspection-phone', page.getByText('已签名'))
  await page.getByRole('button', { name: '提交稽查结果' }).click()
  await page.getByText('结果已保存在本机').waitFor()
  await page.getByText('网络中断，已暂存 3 项').waitFor()

  // The network is back, but not for long: the second part is lost once.
  let isLost = false
  await page.route('**/parts/2', (route) => {
    if (isLost) return route.continue()
    isLost = true
    return route.abort()
  })
  await context.setOffline(false)
  await page.getByText('未发现问题').waitFor()
  expect(isLost).toBe(true)
  expect(parts.filter((part) => part === '1')).toHaveLength(2) // of the photograph, and of the signature
  expect(await ask(page, 'GET', `/v1/inspections/${inspectionId}`)).toMatchObject({
    state: 'passed',
    waitingPhotos: [],
    photos: [
      { kind: 'photo', field: 'goodsReceived', isInResult: true },
      { kind: 'signature', isInResult: true },
    ],
    result: { place: { state: 'near', by: 'device' } },
  })
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
}, 420_000)

test('others look at an inspection and cannot fill it in', async () => {
  const { page } = await browser.open({ as: 'ops', viewport: PHONE })
  await page.goto('/inspections?everybody=true&state=all')
  await page.locator('.pick-card').first().click()
  await page.getByRole('heading', { name: '订单与收货人' }).waitFor()
  expect(await page.getByRole('button', { name: '提交稽查结果' }).count()).toBe(0)
})
