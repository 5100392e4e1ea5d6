import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, barriers, PATIENCE_MS, pay, placeOrder, SIMULATOR_URL, useBrowser } from './support.ts'

const browser = useBrowser()
const order = z.object({ parcels: z.array(z.object({ courier: z.string(), waybillNumber: z.string() })) })

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
