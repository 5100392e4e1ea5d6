import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ShopAccount } from '../../connectors/channels/channel.ts'
import { mallConnector } from '../../connectors/channels/mall/index.ts'
import { RateLimitedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { WechatRefusal } from '../../connectors/wechat/answer.ts'
import { callWechat } from '../../connectors/wechat/call.ts'
import { createMiniProgram, type ShippingInfo } from '../../connectors/wechat/mini-program.ts'
import { createWechatToken } from '../../connectors/wechat/token.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'
import { WECHAT_APP_ID } from '../../simulator/platforms/wechat/index.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { mallShop } from '../support/pushing-shops.ts'

const SEED = 'wechat'
const CALM = { gatewayTimeout: 0, rateLimited: 0, cut: 0, cutAfterEffect: 0, tokenExpired: 0, garbage: 0 }

describe('WeChat, told what its mini-program’s payments were sent with', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())
  afterEach(() => {
    simulator.mischief('wechat', CALM)
    simulator.mischief('mall', CALM)
  })

  const app = () => ({
    gatewayUrl: `${simulator.url}/wechat`,
    appId: WECHAT_APP_ID,
    appSecret: appSecretOf(SEED, 'wechat', WECHAT_APP_ID),
  })
  const shop = (): ShopAccount => {
    const account = mallShop(simulator.url, SEED)
    const { appId, appSecret, gatewayUrl } = app()
    const credentials = {
      ...account.credentials,
      wechatAppId: appId,
      wechatAppSecret: appSecret,
      wechatGatewayUrl: gatewayUrl,
    }
    return { ...account, credentials: mallConnector.credentials.parse(credentials) }
  }

  let orders = 0
  const paid = (change: { lines?: number; title?: string } = {}) => {
    orders += 1
    const orderId = `M-${orders}`
    const line = (at: number) => ({
      lineId: `${orderId}-${at}`,
      itemId: 'I1',
      skuId: `S${at}`,
      outerSkuId: '',
      title: change.title ?? '龙井茶 🍵',
      quantity: 1,
      unitPriceCents: 100,
      paidCents: 100,
    })
    simulator.market.place({
      platform: 'mall',
      platformShopId: 'mall-east',
      orderId,
      buyerId: 'openid-1',
      receiver: {
        name: '张三丰',
        phone: '13812345678',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        address: '文一西路969号',
      },
      freightCents: 0,
      lines: Array.from({ length: change.lines ?? 1 }, (_, at) => line(at)),
    })
    return simulator.market.pay('mall', orderId)
  }
  const ship = (orderId: string, waybillNumber: string, lineIds: string[] = []) =>
    mallConnector.client(shop()).ship({
      platformOrderId: orderId,
      courier: 'sf',
      waybillNumber,
      lines: lineIds.map((platformLineId) => ({ platformLineId, quantity: 1 })),
      operationId: waybillNumber,
    })
  const known = async (transactionId: string | null) => {
    const token = createWechatToken(app())
    const answer = await callWechat(app(), token, '/wxa/sec/order/get_order', {
      transaction_id: transactionId,
    })
    return answer.order
  }
  const infoOf = (order: ReturnType<typeof paid>, change: Partial<ShippingInfo> = {}): ShippingInfo => ({
    transactionId: order.paymentId ?? '',
    openId: order.buyerId,
    courier: 'sf',
    waybillNumber: 'SF1',
    description: '龙井茶×1',
    receiverPhone: '13812345678',
    part: null,
    ...change,
  })

  it('hears of a shipment after the mall, once, with a phone that is masked', async () => {
    const order = paid({ title: '很长的名字'.repeat(60) })
    expect(await ship(order.orderId, 'SF1')).toBe('shipped')
    expect(await known(order.paymentId)).toMatchObject({
      order_state: '2',
      shipping: {
        shipping_list: [
          { tracking_no: 'SF1', express_company: 'SF', contact: { receiver_contact: '138****5678' } },
        ],
      },
    })
    expect(await ship(order.orderId, 'SF1')).toBe('already_shipped')
  })

  it('hears of it at the next attempt when it was away at the first, or its answer was lost', async () => {
    for (const fate of ['gatewayTimeout', 'cut', 'cutAfterEffect'] as const) {
      const order = paid()
      simulator.mischief('wechat', { [fate]: 1 })
      await expect(ship(order.orderId, `SF-${fate}`)).rejects.toThrow(UnreachableError)
      simulator.mischief('wechat', CALM)
      expect(await ship(order.orderId, `SF-${fate}`)).toBe('already_shipped')
      expect(await known(order.paymentId)).toMatchObject({
        shipping: { shipping_list: [{ tracking_no: `SF-${fate}` }] },
      })
    }
  })

  it('hears of each parcel, and which one is the last', async () => {
    const order = paid({ lines: 2 })
    const [first = '', second = ''] = order.lines.map(({ lineId }) => lineId)
    await ship(order.orderId, 'SF-A', [first])
    expect(await known(order.paymentId)).toMatchObject({ order_state: '1' })
    await ship(order.orderId, 'SF-B', [second])
    expect(await known(order.paymentId)).toMatchObject({
      order_state: '2',
      shipping: { shipping_list: [{ tracking_no: 'SF-A' }, { tracking_no: 'SF-B' }] },
    })
  })

  it('takes one correction, refuses the next, and that it was told the same is a success', async () => {
    const order = paid()
    const { uploadShippingInfo: tell } = createMiniProgram(app())
    expect(await tell(infoOf(order))).toBe('uploaded')
    expect(await tell(infoOf(order))).toBe('known')
    expect(await tell(infoOf(order, { waybillNumber: 'SF2' }))).toBe('uploaded')
    await expect(tell(infoOf(order, { waybillNumber: 'SF3' }))).rejects.toMatchObject({ errcode: '10060003' })
    expect(await tell(infoOf(order, { waybillNumber: 'SF2', description: '别的' }))).toBe('known')
  })

  it('refuses what it does not know, in words that quote nothing', async () => {
    const { uploadShippingInfo: tell } = createMiniProgram(app())
    for (const change of [{ transactionId: '404' }, { openId: 'someone-else' }, { courier: 'pigeon' }]) {
      const refused = tell(infoOf(paid(), change))
      await expect(refused).rejects.toThrow(WechatRefusal)
      await expect(refused).rejects.toThrow(/^wechat \/wxa\/sec\/order\/upload_shipping_info: \d+$/)
    }
  })

  it('is asked for a token once, and for a new one when that is refused', async () => {
    const token = createWechatToken(app())
    const first = await token.get()
    simulator.mischief('wechat', { gatewayTimeout: 1 })
    expect(await token.get()).toBe(first)
    simulator.mischief('wechat', { ...CALM, tokenExpired: 1 })
    await expect(callWechat(app(), token, '/wxa/sec/order/get_order', {})).rejects.toThrow(UnreachableError)
    simulator.mischief('wechat', CALM)
    const { uploadShippingInfo: tell } = createMiniProgram(app())
    expect(await tell(infoOf(paid()))).toBe('uploaded')
    expect(await token.get()).not.toBe(first)
  })

  it('gives another token before the old one ends', async () => {
    let atMs = 0
    const token = createWechatToken(app(), () => atMs)
    await token.get()
    simulator.mischief('wechat', { gatewayTimeout: 1 })
    atMs = 6_800_000
    await expect(token.get()).resolves.toMatch(/./)
    atMs = 6_900_001
    await expect(token.get()).rejects.toThrow(UnreachableError)
  })

  it('gives none for a wrong secret, and asks for patience', async () => {
    const wrong = createWechatToken({ ...app(), appSecret: 'wrong' })
    await expect(wrong.get()).rejects.toMatchObject({ errcode: '40125' })
    simulator.mischief('wechat', { rateLimited: 1 })
    await expect(createWechatToken(app()).get()).rejects.toThrow(RateLimitedError)
    simulator.mischief('wechat', { ...CALM, garbage: 1 })
    await expect(createWechatToken(app()).get()).rejects.toThrow(UnreachableError)
  })

  it('is told nothing where the shop has no mini-program', async () => {
    const order = paid()
    const { wechatAppId: _, ...credentials } = shop().credentials
    const other = mallConnector.client({ ...shop(), credentials })
    const shipment = { courier: 'sf', waybillNumber: 'SF9', lines: [], operationId: 'SF9' }
    expect(await other.ship({ platformOrderId: order.orderId, ...shipment })).toBe('shipped')
    expect(await known(order.paymentId)).toMatchObject({ order_state: '1' })
  })
})
