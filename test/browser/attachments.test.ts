import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { PDF, picture } from '../support/pictures.ts'
import { ask, barriers, placeOrder, untilChange, useBrowser } from './support.ts'

const browser = useBrowser()

/** A clerk in front of the form of a lower price, all of it filled in. */
async function openForm() {
  const { orderId } = await placeOrder()
  const visit = await browser.open({ as: 'clerk' })
  await visit.page.goto(`/orders/${orderId}/change`)
  await visit.page.getByLabel('第 1 行 单价').fill('179')
  await visit.page.getByLabel('原因说明').fill('包装破损，见照片')
  return { ...visit, orderId }
}

test('what an applicant attaches is seen by the approver beside the request, small and large, and a PDF is read', async () => {
  const { page, complaints } = await openForm()
  await page.getByLabel('附件').setInputFiles([
    { name: '破损.jpg', mimeType: 'image/jpeg', buffer: await picture('jpeg') },
    { name: '检测报告.pdf', mimeType: 'application/pdf', buffer: PDF },
  ])
  await expect.poll(() => page.getByText('正在上传').count()).toBe(0)
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const changeId = page.url().split('/').at(-1) ?? ''
  await untilChange(page, changeId, ({ status }) => status === 'in_approval')

  const lead = await browser.open({ as: 'team_lead' })
  await lead.page.goto(`/approvals/${changeId}`)
  const evidence = lead.page.getByRole('region', { name: '附件' })
  const small = evidence.getByRole('img', { name: /-1\.jpg$/ })
  const isDrawn = () =>
    small.evaluate((shown) => (shown as unknown as { naturalWidth: number }).naturalWidth > 0)
  await expect.poll(isDrawn).toBe(true)
  const download = lead.page.waitForEvent('download')
  await evidence.getByRole('link', { name: /-2\.pdf/ }).click()
  expect(await text(await (await download).createReadStream())).toContain('%PDF')
  await small.click()
  await lead.page.locator('.ant-image-preview-img').waitFor()
  expect(complaints).toEqual([])
  expect(lead.complaints).toEqual([])
})

test('a request is not sent without a file that is still on its way or did not arrive, until that is sent or taken off', async () => {
  const { page, orderId } = await openForm()
  await page.route('/v1/attachments', (route) => route.abort(), { times: 1 })
  await page
    .getByLabel('附件')
    .setInputFiles({ name: '破损.jpg', mimeType: 'image/jpeg', buffer: await picture('jpeg') })
  await page.getByRole('button', { name: '重试' }).waitFor()
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.getByText('附件尚未全部上传').waitFor()
  expect(await ask(page, 'GET', `/v1/change-requests?orderId=${orderId}`)).toMatchObject({ items: [] })
  await page.getByRole('button', { name: '重试' }).click()
  await page.getByText('附件尚未全部上传').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const change = await ask(page, 'GET', `/v1/change-requests/${page.url().split('/').at(-1)}`)
  expect(change.attachments).toMatchObject([{ fileName: expect.stringMatching(/-1\.jpg$/) }])
})

test('more files than a request may have are not taken, and that is said', async () => {
  const { page } = await openForm()
  const buffer = await picture('jpeg')
  const names = Array.from({ length: 11 }, (_, index) => `照片${index}.jpg`)
  await page.getByLabel('附件').setInputFiles(names.map((name) => ({ name, mimeType: 'image/jpeg', buffer })))
  await page.getByText('最多 10 个附件').waitFor()
  await page.getByText('照片9.jpg').waitFor()
  expect(await page.getByText('照片10.jpg').count()).toBe(0)
})
