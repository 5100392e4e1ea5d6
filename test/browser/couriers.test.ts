import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { keepCourierPush } from '../../store/courier-pushes.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import {
  ask,
  barriers,
  DATABASE_URL,
  PATIENCE_MS,
  pay,
  placeOrder,
  SIMULATOR_URL,
  tellSimulator,
  useBrowser,
} from './support.ts'

const browser = useBrowser()
let db: Db
beforeAll(() => {
  db = createDatabase(DATABASE_URL, 2)
})
afterAll(() => db?.destroy())
const order = z.object({
  parcels: z.array(z.object({ courier: z.string(), waybillNumber: z.string(), state: z.string() })),
})

/** An order's parcel that has just left, and stays under way for good. */
async function sendParcel() {
  const placed = await placeOrder()
  await pay(placed)
  const parcels = async () => order.parse(await ask('ops', 'GET', `/v1/orders/${placed.orderId}`)).parcels
  await expect.poll(async () => (await parcels()).length, { timeout: PATIENCE_MS }).toBe(1)
  const [parcel] = await parcels()
  if (!parcel) throw new Error('the parcel is gone')
  const occurredAt = new Date().toISOString()
  const scan = { eventId: 'collected', state: 'shipped', description: '已揽收', occurredAt }
  const answer = await fetch(`${SIMULATOR_URL}/control/parcels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ waybillNumber: parcel.waybillNumber, scans: [scan] }),
  })
  expect(answer.status).toBe(200)
  return { ...parcel, orderId: placed.orderId }
}

/** SF is asked; of the others' parcels news are pushed. */
async function sendPushedParcel() {
  for (;;) {
    const parcel = await sendParcel()
    if (parcel.courier !== 'sf') return parcel
  }
}

test('a courier shows how well it is heard, a parcel that is under way with it, and what was pushed of that', async () => {
  const { courier, waybillNumber, orderId } = await sendPushedParcel()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/couriers')
  await page.getByRole('link', { name: courier, exact: true }).click()
  await page.getByRole('heading', { name: `快递 ${courier}`, level: 1 }).waitFor()
  await page.getByText('快递100').first().waitFor()
  const find = async (list: string) => {
    const box = page.getByRole('region', { name: list }).first()
    await box.getByRole('searchbox', { name: '运单号' }).fill(waybillNumber)
    await box.getByRole('searchbox', { name: '运单号' }).press('Enter')
    return box
  }
  const parcels = await find('在途包裹')
  await parcels.getByRole('link', { name: orderId.slice(-12) }).waitFor()
  expect(await barriers(page)).toEqual([])

  await page.getByText('推送消息', { exact: true }).click()
  await find('推送消息')
  // Pushed by now or in a moment; the log is not live.
  await expect
    .poll(
      async () => {
        await page.reload()
        const log = page.getByRole('region', { name: '推送消息' }).first()
        await log.getByRole('table').waitFor()
        return log.getByText('已识别').count()
      },
      { timeout: PATIENCE_MS, interval: 2_000 },
    )
    .toBeGreaterThan(0)
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('whoever follows a link to what a courier pushed, which is not theirs, is told so and whose it is, and asks for nothing of it; without the link nothing is said of it', async () => {
  const { courier } = await sendPushedParcel()
  const { page, complaints } = await browser.open({ as: 'team_lead' })
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(answer.url())
  })
  await page.goto(`/couriers/${courier}?log=messages`)
  const log = page.getByRole('region', { name: '推送消息', exact: true })
  await log.getByText('可查看此页面的角色：运营 / 管理员', { exact: true }).waitFor()
  expect(await log.getByRole('table').count()).toBe(0)
  expect(await barriers(page)).toEqual([])
  await page.goto(`/couriers/${courier}`)
  await page.getByRole('region', { name: '接入配置', exact: true }).waitFor()
  expect(await page.getByText('没有权限查看此页面').count()).toBe(0)
  expect(refused).toEqual([])
  expect(complaints).toEqual([])
})

/** A push of Kuaidi100's that was verified and kept, and that no parcel is known for. */
async function pushUnknown(waybillNumber: string): Promise<void> {
  const data = [{ ftime: '2026-11-11 09:00:00', context: '离开【上海转运中心】' }]
  const lastResult = { nu: waybillNumber, com: 'yuantong', state: '0', data }
  await db.transaction().execute((tx) =>
    keepCourierPush(tx, {
      source: 'kuaidi100',
      messageId: uuid(),
      waybillNumber,
      param: JSON.stringify({ status: 'polling', message: '', lastResult }),
      receivedAt: new Date(),
      traceParent: null,
    }),
  )
}

/** An order that is packed by us, under a waybill of our own. */
async function packUnder(waybillNumber: string): Promise<string> {
  const before = await tellSimulator({ pickingSeconds: 80_000 })
  try {
    const placed = await placeOrder()
    await pay(placed)
    const tasks = async () =>
      z
        .object({ items: z.array(z.object({ pickTaskId: z.string() })) })
        .parse(await ask('ops', 'GET', `/v1/pick-tasks?orderId=${placed.orderId}&state=open`)).items
    await expect.poll(async () => (await tasks()).length, { timeout: PATIENCE_MS }).toBe(1)
    const [task] = await tasks()
    const packed = { type: 'packed', eventId: uuid(), courier: 'yto', waybillNumber }
    await ask('warehouse', 'POST', `/v1/pick-tasks/${task?.pickTaskId}/events`, packed)
    return placed.orderId
  } finally {
    await tellSimulator(before)
  }
}

test('a push that came before its parcel was known is set aside with its reason, and is applied once it is read again', async () => {
  const waybillNumber = `YT${Date.now()}`
  await pushUnknown(waybillNumber)
  // A courier is known by its parcels.
  await packUnder(`${waybillNumber}0`)
  const { page, complaints } = await browser.open({ as: 'ops' })
  const parcels = async (orderId: string) =>
    order.parse(await ask(page, 'GET', `/v1/orders/${orderId}`)).parcels
  const row = page
    .getByRole('region', { name: '推送消息' })
    .first()
    .getByRole('row', { name: new RegExp(waybillNumber) })
  /** The log is not live. */
  const untilRow = (says: string) =>
    expect
      .poll(
        async () => {
          await page.reload()
          await row.waitFor()
          return row.innerText()
        },
        { timeout: PATIENCE_MS, interval: 2_000 },
      )
      .toContain(says)
  await page.goto(`/couriers/yto?log=messages&waybillNumber=${waybillNumber}`)
  await untilRow('已搁置')
  await row.getByText(`no parcel has the number ${waybillNumber}`).waitFor()

  const orderId = await packUnder(waybillNumber)
  await expect
    .poll(async () => (await parcels(orderId)).map((parcel) => parcel.waybillNumber), {
      timeout: PATIENCE_MS,
    })
    .toEqual([waybillNumber])
  expect(await parcels(orderId)).not.toMatchObject([{ state: 'in_transit' }])
  await row.getByRole('button', { name: '重新识别' }).click()
  await untilRow('已识别')
  await row.getByRole('link', { name: orderId.slice(-12) }).waitFor()
  expect(await row.getByRole('button', { name: '重新识别' }).count()).toBe(0)
  await expect
    .poll(() => parcels(orderId), { timeout: PATIENCE_MS })
    .toMatchObject([{ courier: 'yto', waybillNumber, state: 'in_transit' }])
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})
