import { v7 as uuid } from 'uuid'
import { beforeAll, expect, test } from 'vitest'
import { ask, barriers, connectShops, PATIENCE_MS, SIMULATOR_URL, useBrowser } from './support.ts'

const browser = useBrowser()
const SHOP = 'SHOP-DOUYIN'
beforeAll(connectShops)

/** A buyer's order at the platform, of which the hub hears by a push or, at the latest, by the next pull. */
async function buyAtPlatform(): Promise<string> {
  const orderId = `6${Date.now()}`
  const answer = await fetch(`${SIMULATOR_URL}/control/market/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ platform: 'doudian', platformShopId: '4463798', orderId, buyerId: 'buyer-of-the-tests' },
      ...{ freightCents: 0 },
      receiver: {
        ...{ name: '王小明', phone: '13800138000', province: '上海市', city: '上海市', district: '浦东新区' },
        ...{ address: '世纪大道100号' },
      },
      lines: [
        {
          ...{ lineId: `${orderId}1`, itemId: '68000000001', skuId: '51000000001', outerSkuId: '' },
          ...{ title: '商品', quantity: 1, unitPriceCents: 19_900, paidCents: 19_900 },
        },
      ],
    }),
  })
  if (!answer.ok) throw new Error(`the platform took no order: ${await answer.text()}`)
  return orderId
}

test('a shop shows how well it is heard and what it sent, and an order of it is fetched once more', async () => {
  const orderId = await buyAtPlatform()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/shops')
  await page.getByRole('link', { name: SHOP }).click()
  await page.getByRole('region', { name: '拉取' }).getByText('最近成功').first().waitFor()
  const log = page.getByRole('region', { name: '消息日志' }).first()
  await log.getByRole('searchbox', { name: '渠道单号' }).fill(orderId)
  await log.getByRole('searchbox', { name: '渠道单号' }).press('Enter')
  // Heard of by now or in a moment; the log is not live.
  await expect
    .poll(
      async () => {
        await page.reload()
        await log.getByRole('table').waitFor()
        return log.getByRole('button', { name: '重新拉取订单' }).count()
      },
      { timeout: PATIENCE_MS, interval: 2_000 },
    )
    .toBeGreaterThan(0)
  await log.getByRole('button', { name: '重新拉取订单' }).first().click()
  await log.getByText('已提交').first().waitFor()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('whoever follows a link to a log of a shop that is not theirs is told so and whose it is, asks for nothing of it, and finds what is', async () => {
  const { page, complaints } = await browser.open({ as: 'team_lead' })
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(answer.url())
  })
  for (const [log, title] of [
    ['messages', '消息日志'],
    ['deliveries', '推送日志'],
  ] as const) {
    await page.goto(`/shops/${SHOP}?log=${log}`)
    const section = page.getByRole('region', { name: title, exact: true })
    await section.getByText('可查看此页面的角色：运营 / 管理员', { exact: true }).waitFor()
    expect(await section.getByRole('table').count()).toBe(0)
  }
  expect(await barriers(page)).toEqual([])
  await page.getByLabel('日志类型').getByText('平台订单').click()
  await page.getByRole('heading', { name: '平台订单' }).waitFor()
  expect(await page.getByText('没有权限查看此页面').count()).toBe(0)
  expect(refused).toEqual([])
  expect(complaints).toEqual([])
})

test('credentials are written without being shown, and what is wrong with a connection is said', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto(`/shops/${SHOP}`)
  await page.getByRole('button', { name: '测试连接' }).click()
  await page.getByText('连接正常').waitFor()
  await page.getByRole('button', { name: '更换凭据' }).click()
  expect(await page.getByLabel('appSecret').inputValue()).toBe('')
  expect(await page.getByLabel('appSecret').getAttribute('type')).toBe('password')
  expect(await page.getByRole('button', { name: '保存凭据' }).isDisabled()).toBe(true)
})

test('another system is subscribed, changed, tried, given a new secret, and its delivery is sent once more', async () => {
  const name = `ERP ${uuid()}`
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/subscriptions')
  await page.getByRole('button', { name: '新建订阅' }).click()
  const form = page.getByRole('dialog', { name: '新建订阅' })
  await form.getByLabel('名称').fill(name)
  // Nobody listens there: what is sent fails, and is tried again.
  await form.getByLabel('接收地址').fill('http://127.0.0.1:9/hook')
  await form.getByLabel('事件类型').fill('order.paid')
  await page.getByTitle('(order.paid)').click()
  // What was chosen from is in the way as long as it is open.
  await form.getByLabel('名称').click()
  await form.getByRole('button', { name: '新建订阅' }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()

  await page.getByRole('button', { name: '修改订阅' }).click()
  const changes = page.getByRole('dialog', { name: '修改订阅' })
  await changes.getByLabel('接收地址').fill('http://127.0.0.1:9/another')
  await changes.getByRole('button', { name: '修改订阅' }).click()
  await page.getByRole('region', { name: '订阅信息' }).getByText('http://127.0.0.1:9/another').waitFor()

  await page.getByRole('button', { name: '显示密钥' }).click()
  await expect.poll(() => page.locator('code.secret').count()).toBe(1)
  await page.getByRole('button', { name: '更换密钥' }).click()
  await page.getByRole('tooltip').getByRole('button', { name: '更换密钥' }).click()
  await expect.poll(() => page.locator('code.secret').count()).toBe(2)

  await page.getByRole('button', { name: '发送测试事件' }).click()
  await page.getByRole('button', { name: 'subscription.test' }).first().click()
  const delivery = page.getByRole('dialog', { name: '推送详情' })
  await delivery.getByRole('button', { name: '再次推送' }).click()
  await delivery.getByText('webhook-id').waitFor()
  // While it is on its way the button is paler than what anybody has to read.
  await expect.poll(() => delivery.locator('.ant-btn-loading').count()).toBe(0)
  await expect.poll(() => new URL(page.url()).searchParams.get('delivery')).toBeTruthy()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
  const id = new URL(page.url()).pathname.split('/').at(-1)
  await ask(page, 'DELETE', `/v1/subscriptions/${id}`)
})
