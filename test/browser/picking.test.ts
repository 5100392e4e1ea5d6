import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { picture } from './picture.ts'
import { ask, barriers, PATIENCE_MS, pay, placeOrder, tellSimulator, useBrowser } from './support.ts'

const browser = useBrowser()
/** As small as warehouses' handhelds are. */
const PDA = { width: 360, height: 640 }
const SKU = 'SKU-0001'

let before: Awaited<ReturnType<typeof tellSimulator>>
beforeAll(async () => {
  // The simulated staff leaves what comes now to us.
  before = await tellSimulator({ pickingSeconds: 80_000 })
})
afterAll(() => tellSimulator(before))

const tasks = z.object({
  items: z.array(z.object({ pickTaskId: z.string(), state: z.string(), warehouseId: z.string() })),
})
const tasksOf = async (page: Page, orderId: string, state = 'open') =>
  tasks.parse(await ask(page, 'GET', `/v1/pick-tasks?orderId=${orderId}&state=${state}`)).items

/** Two units of one article that wait to be picked. */
async function openTask(page: Page): Promise<{ orderId: string; pickTaskId: string }> {
  const placed = await placeOrder({ quantity: 2 })
  await pay(placed)
  await expect
    .poll(async () => (await tasksOf(page, placed.orderId)).length, { timeout: PATIENCE_MS })
    .toBe(1)
  const [task] = await tasksOf(page, placed.orderId)
  return { orderId: placed.orderId, pickTaskId: task?.pickTaskId ?? '' }
}

/** As a scanner does: it types, faster than anybody, and presses Enter. */
async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
}

/** What sounded: oscillators that were started, by their pitch. */
const heard = (page: Page) => page.evaluate(() => Reflect.get(window, 'heard') as number[]) // written below
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const pitches: number[] = []
    Reflect.set(window, 'heard', pitches)
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (when?: number) {
      pitches.push(this.frequency.value)
      start.call(this, when)
    }
  })
}

test('a task is picked scan by scan and packed, through a loss of the network, and the hub has each step once', async () => {
  const { page, complaints } = await browser.open({ as: 'ops', viewport: PDA })
  const { orderId, pickTaskId } = await openTask(page)
  await listen(page)
  const reports: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/events'))
      reports.push(String(request.postDataJSON().type))
  })
  await page.goto('/picking')
  await page.getByRole('heading', { level: 1, name: '拣货作业' }).waitFor()
  expect(await barriers(page)).toEqual([])
  await page.goto(`/picking/${orderId}/${pickTaskId}`)
  const lines = page.getByRole('list', { name: '商品与库存' })
  await lines.getByText('0 / 2').waitFor()

  await scan(page, 'SKU-0002')
  await page.getByRole('alert').getByText('扫错商品').waitFor()
  expect(await heard(page)).toEqual([220, 220])
  await scan(page, SKU)
  await lines.getByText('1 / 2').waitFor()
  expect(await heard(page)).toEqual([220, 220, 1_760])
  await expect
    .poll(async () => (await tasksOf(page, orderId))[0]?.state, { timeout: PATIENCE_MS })
    .toBe('started')

  await picture(page, 'picking-phone', page.getByText('已全部上传'))
  await page.context().setOffline(true)
  await page.getByText('网络中断').waitFor()
  await scan(page, SKU)
  await lines.getByText('2 / 2').waitFor()
  await page.getByRole('button', { name: '拣货完成' }).click()
  const waybill = `SF${Date.now()}`
  await page.getByLabel('扫描或输入运单号').waitFor()
  await scan(page, waybill)
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '打包完成' }).click()
  await page.getByText('网络中断，已暂存 2 项').waitFor()
  expect(reports).not.toContain('packed')

  await page.context().setOffline(false)
  await page.getByText('已打包完成').waitFor()
  await page.getByText('已全部上传').waitFor()
  expect((await tasksOf(page, orderId, 'packed')).map((task) => task.pickTaskId)).toEqual([pickTaskId])
  const shipments = await ask(page, 'GET', `/v1/shipments?orderId=${orderId}`)
  expect(shipments).toMatchObject({ items: [{ courier: 'sf', waybillNumber: waybill }] })
  expect(reports.filter((type) => type === 'packed')).toHaveLength(1)
  expect(complaints).toEqual([])
})

test('what was scanned before the page was loaded anew is still there, and the answer that was lost does not count twice', async () => {
  const { page } = await browser.open({ as: 'ops', viewport: PDA })
  const { orderId, pickTaskId } = await openTask(page)
  // The hub hears the first report; its answer does not come back.
  let isLost = false
  await page.route('**/v1/pick-tasks/*/events', async (route) => {
    if (isLost) return route.continue()
    isLost = true
    await route.fetch()
    await route.abort()
  })
  await page.goto(`/picking/${orderId}/${pickTaskId}`)
  const lines = page.getByRole('list', { name: '商品与库存' })
  await lines.getByText('0 / 2').waitFor()
  await scan(page, SKU)
  await lines.getByText('1 / 2').waitFor()
  await page.reload()
  await lines.getByText('1 / 2').waitFor()
  await page.getByText('已全部上传').waitFor()
  await scan(page, SKU)
  await page.getByRole('button', { name: '拣货完成' }).click()
  await expect
    .poll(async () => (await tasksOf(page, orderId))[0]?.state, { timeout: PATIENCE_MS })
    .toBe('picked')
  expect(isLost).toBe(true)
})

test('what the hub refuses is said, and can be put right', async () => {
  const { page } = await browser.open({ as: 'ops', viewport: PDA })
  const { orderId, pickTaskId } = await openTask(page)
  const taken = await openTask(page)
  const waybillNumber = `SF${Date.now()}`
  await ask(page, 'POST', `/v1/pick-tasks/${taken.pickTaskId}/events`, {
    type: 'packed',
    eventId: uuid(),
    courier: 'sf',
    waybillNumber,
  })
  await page.goto(`/picking/${orderId}/${pickTaskId}`)
  const lines = page.getByRole('list', { name: '商品与库存' })
  await lines.getByText('0 / 2').waitFor()
  for (const picked of ['1 / 2', '2 / 2']) {
    await scan(page, SKU)
    await lines.getByText(picked).waitFor()
  }
  await page.getByRole('button', { name: '拣货完成' }).click()
  await page.getByLabel('扫描或输入运单号').fill(waybillNumber)
  await page.getByRole('button', { name: '打包完成' }).click()
  await page.getByRole('alert').getByText(waybillNumber).waitFor()
  await page.getByLabel('扫描或输入运单号').fill(`${waybillNumber}9`)
  await page.getByRole('button', { name: '打包完成' }).click()
  await page.getByText('已打包完成').waitFor()
})
