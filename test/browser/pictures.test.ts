import { beforeAll, describe, test } from 'vitest'
import { arePicturesWanted, picture } from './picture.ts'
import {
  ask,
  askForDiscount,
  connectShops,
  measureMonth,
  PHONE,
  pay,
  placeOrder,
  untilChange,
  useBrowser,
} from './support.ts'

const browser = useBrowser()
const FULL_HD = { width: 1_920, height: 1_080 }
const TALL = { width: 1_440, height: 1_200 }
const REDUCTIONS_CENTS = [500, 1_000, 1_500, 2_000]
const STORES = ['ST-MALL-EAST', 'ST-MALL-SOUTH', 'ST-MALL-NORTH', 'ST-MALL-WEST']
const DIVISIONS = ['310115', '440106', '110105', '330106', '510104']
/** Of which there are enough. */
const SKUS = ['SKU-0001', 'SKU-0002', 'SKU-0004', 'SKU-0005', 'SKU-0007', 'SKU-0009', 'SKU-0010']
const ORDERS = 24

/** What a morning brings, for lists that would be empty otherwise; two of three are paid at once. */
async function sell(): Promise<void> {
  for (let index = 0; index < ORDERS; index += 1) {
    const placed = await ask('mall', 'POST', '/v1/orders', {
      ...{ storeId: STORES[index % STORES.length], channel: 'mall' },
      contact: {
        ...{ name: '示例顾客', phone: '13800138000', address: '示例路 1 号', remark: '' },
        divisionCode: DIVISIONS[index % DIVISIONS.length],
      },
      lines: [
        {
          skuId: SKUS[index % SKUS.length],
          quantity: 1 + (index % 3),
          unitPriceCents: 3_990 + 700 * index,
        },
      ],
    })
    const [orderId, amountCents] = [String(placed.orderId), Number(placed.amountCents)]
    if (index % 3 > 0) await pay({ orderId, amountCents })
  }
}

// Only when wanted: every-screen and each screen's own test walk the same pages, and see what these would only show.
describe.skipIf(!arePicturesWanted)('pictures of the guide', () => {
  let changeId = ''
  beforeAll(async () => {
    await connectShops()
    await measureMonth()
    await sell()
    const { page: clerk } = await browser.open({ as: 'clerk' })
    for (const reductionCents of REDUCTIONS_CENTS) {
      ;({ changeId } = await askForDiscount(clerk, reductionCents))
      await untilChange(clerk, changeId, ({ status }) => status === 'in_approval')
    }
  })

  test('the overview', async () => {
    const { page } = await browser.open({ as: 'ops' })
    await page.goto('/')
    await picture(page, 'overview', page.getByRole('link', { name: /待付款/ }))
  })

  test('the list of orders', async () => {
    const { page } = await browser.open({ as: 'ops' })
    await page.goto('/orders')
    await picture(page, 'orders', page.locator('tr.row-opens').nth(10))
  })

  test('one order', async () => {
    const placed = await placeOrder({ quantity: 2 })
    await pay(placed)
    const { page } = await browser.open({ as: 'ops', viewport: TALL })
    await page.goto(`/orders/${placed.orderId}`)
    const parcels = page.getByRole('region', { name: '包裹' })
    await parcels
      .getByText(/运输中|已签收/)
      .first()
      .waitFor()
    await picture(page, 'order', page.getByRole('region', { name: '商品与库存' }))
  })

  test.each([
    ['approvals', TALL],
    ['approvals-phone', PHONE],
  ])('%s', async (name, viewport) => {
    const { page } = await browser.open({ as: 'team_lead', viewport })
    await page.goto(`/approvals/${changeId}`)
    await picture(page, name, page.getByRole('button', { name: '同意' }))
  })

  test('a change that is asked for', async () => {
    const { orderId } = await placeOrder({ quantity: 2 })
    const { page } = await browser.open({ as: 'clerk', viewport: TALL })
    await page.goto(`/orders/${orderId}/change?type=price`)
    await page.getByLabel('第 1 行 单价').fill('179')
    await page.getByLabel('原因说明').fill('客户反映包装破损，协商让利')
    const preview = page.getByRole('region', { name: '影响预览' })
    await preview.getByRole('row', { name: '订单金额' }).getByText('¥358.00').waitFor()
    await picture(page, 'change-request', preview.getByRole('region', { name: '审批流程' }).getByText(/时限/))
  })

  test('the health score', async () => {
    const { page } = await browser.open({ as: 'ops', viewport: TALL })
    await page.goto('/reports/health')
    const trend = page.getByRole('region', { name: '趋势' })
    await picture(page, 'health', trend.locator('canvas'))
  })

  test('the stock matrix', async () => {
    const { page } = await browser.open({ as: 'ops' })
    await page.goto('/stock')
    const matrix = page.getByRole('region', { name: '商品与仓库矩阵' })
    await picture(page, 'stock', matrix.getByRole('row', { name: /SKU-0001/ }))
  })

  test('the wall', async () => {
    const { page } = await browser.open({ as: 'ops', viewport: FULL_HD })
    await page.goto('/wall?skus=SKU-0001,SKU-0002,SKU-0003,SKU-0004')
    await page.getByText('● 实时').waitFor()
    await page.getByRole('rowheader').nth(3).waitFor()
    await picture(page, 'wall', page.getByRole('img', { name: /杭州余杭仓/ }).locator('canvas'))
  })

  test('the way of an approval', async () => {
    const { page } = await browser.open({ as: 'ops', viewport: TALL })
    await page.goto('/policies/approval-route')
    const route = page.getByRole('figure', { name: '审批路线图' })
    await route.getByText('自动批准').scrollIntoViewIfNeeded()
    await picture(page, 'approval-route', route.getByText('区域总监'))
  })

  test('the proposal of a transfer', async () => {
    const { page } = await browser.open({ as: 'ops', viewport: TALL })
    await page.goto('/stock/transfers/new')
    const sku = page.getByRole('combobox', { name: '商品', exact: true })
    await sku.click()
    await sku.fill('SKU-0001')
    await page.locator('.ant-select-item-option', { hasText: 'SKU-0001' }).first().click()
    await page.getByRole('combobox', { name: '调入仓', exact: true }).click()
    await page.getByTitle('上海青浦仓', { exact: true }).click()
    await page.getByLabel('数量').fill('3')
    await picture(
      page,
      'transfer',
      page.getByRole('img', { name: /调拨路线：.*上海青浦仓/ }).locator('canvas'),
    )
  })
})
