import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDoudianClient } from '../../connectors/channels/doudian/client.ts'
import { callGateway } from '../../connectors/channels/doudian/gateway.ts'
import { doudianConnector } from '../../connectors/channels/doudian/index.ts'
import { doudianOrder } from '../../connectors/channels/doudian/map.ts'
import { receiveDoudianPush } from '../../connectors/channels/doudian/receive.ts'
import { paramJson, signEvent, signRequest } from '../../connectors/channels/doudian/sign.ts'
import { RefusedError, TokenExpiredError } from '../../connectors/outside-errors.ts'
import { isToBeSent } from '../../domain/channel-placing.ts'
import { expectedSign } from '../../simulator/platforms/doudian/signature.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { doudianShop } from '../support/pushing-shops.ts'
import { channelSuite } from './channel-suite.ts'

const SEED = 'doudian'
const shop = doudianShop('http://127.0.0.1', SEED)
const SECRET = shop.credentials.appSecret ?? ''

describe('signatures of Doudian', () => {
  it('sorts the keys of `param_json` at every depth, keeps every digit, and escapes nothing', () => {
    expect(
      paramJson({ z: [{ b: 1.0, a: '<&>' }], a: 3_612_345_678_901_234_567n, m: { y: true, x: null } }),
    ).toBe('{"a":3612345678901234567,"m":{"x":null,"y":true},"z":[{"a":"<&>","b":1}]}')
  })

  it('signs so that any text survives the query, the body and the platform’s own check', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (text, secret) => {
        const body = Buffer.from(paramJson({ text }))
        for (const method of ['hmac-sha256', 'md5'] as const) {
          const params = { app_key: '7', method: 'order.orderDetail', timestamp: '1800000000', v: '2' }
          const sign = signRequest({ ...params, param_json: body.toString() }, secret, method)
          const query = new URLSearchParams({ ...params, access_token: text, sign_method: method })
          expect(sign).toBe(expectedSign(new URLSearchParams(query.toString()), body, secret))
        }
      }),
    )
  })

  it('differ when one part of a call does, but for the token and the name of the method of signing', () => {
    const call = { app_key: '7', method: 'a.b', param_json: '{}', timestamp: '1800000000', v: '2' }
    const signed = signRequest(call, 'secret')
    for (const [name, value] of Object.entries(call)) {
      expect(signRequest({ ...call, [name]: `${value}~` }, 'secret')).not.toBe(signed)
    }
    expect(signRequest(call, 'secreu')).not.toBe(signed)
    expect(signRequest({ ...call, access_token: 'x', sign_method: 'md5', sign: 'x' }, 'secret')).toBe(signed)
  })
})

describe('an order of Doudian that is paid on delivery', () => {
  const order = (change: object) =>
    doudianOrder.parse({
      order_id: '6912345678901234567',
      order_status: '2',
      create_time: '1794326400',
      update_time: '1794326401',
      pay_time: '0',
      order_expire_time: '1800',
      pay_type: '0',
      pay_amount: '1000',
      post_amount: '0',
      sku_order_list: [],
      ...change,
    })

  it('is to be sent once it is released, although nothing is paid', () => {
    expect(isToBeSent(order({}))).toBe(true)
    expect(isToBeSent(order({ pay_type: '1' }))).toBe(false)
  })

  it('is not confused with one that is not paid yet, of which the platform says the same', () => {
    expect(order({ order_status: '1' }).cashOnDelivery).toBeUndefined()
  })
})

describe('a push of Doudian', () => {
  const receive = (content: unknown) => {
    const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
    const headers = { 'app-id': shop.appKey, 'event-sign': signEvent(shop.appKey, body, SECRET) }
    return receiveDoudianPush(
      { headers, query: {}, body, receivedAt: new Date() },
      { shopsOfApp: async () => [shop] },
    )
  }
  const hintsOf = async (content: unknown) => {
    const outcome = await receive(content)
    return outcome.outcome === 'accepted' ? outcome.hints : []
  }
  const data = `{"p_id":6912345678901234567,"shop_id":${shop.platformShopId},"update_time":1794326401}`

  it('holds many messages, and is answered with exactly the words that the platform waits for', async () => {
    const outcome = await receive([
      { tag: '100', msg_id: 'm1', data },
      { tag: '102', msg_id: 'm2', data },
    ])
    expect(outcome).toMatchObject({
      outcome: 'accepted',
      reply: { status: 200, body: '{"code":0,"msg":"success"}' },
      hints: [
        {
          messageId: 'm1',
          type: '100',
          platformOrderId: '6912345678901234567',
          shopId: shop.shopId,
          isKnown: true,
          occurredAt: new Date('2026-11-11T00:00:01+08:00'),
        },
        { messageId: 'm2', type: '102' },
      ],
    })
  })

  it('may hold its data as an object with ids that no double holds', async () => {
    const [hint] = await hintsOf(`[{"tag":"101","msg_id":"m","data":${data}}]`)
    expect(hint).toMatchObject({ platformOrderId: '6912345678901234567', isKnown: true })
  })

  it('that tests the address is acknowledged', async () => {
    expect(await hintsOf([{ tag: '0', msg_id: '0', data: '2026-11-11' }])).toMatchObject([
      { type: '0', platformOrderId: null, isKnown: true },
    ])
  })

  it.each([
    ['an unknown tag', { tag: '987', msg_id: 'm', data }, '6912345678901234567'],
    ['data that is no JSON', { tag: '100', msg_id: 'm', data: 'p_id=1' }, null],
    ['no data', { tag: '100', msg_id: 'm' }, null],
    ['no order', { tag: '100', msg_id: 'm', data: `{"shop_id":${shop.platformShopId}}` }, null],
    ['no tag and no id', { data }, '6912345678901234567'],
    ['a text for a message', 'hello', null],
    ['null for a message', null, null],
  ])('with %s is kept, to be looked at', async (_, message, platformOrderId) => {
    const [hint, second] = await hintsOf([message, { tag: '100', msg_id: 'good', data }])
    expect(hint).toMatchObject({ isKnown: false, platformOrderId, raw: JSON.stringify(message) })
    expect(hint?.messageId).not.toBe('')
    expect(second).toMatchObject({ messageId: 'good', isKnown: true })
  })

  it('with no messages or with far too many is refused', async () => {
    expect(await receive([])).toMatchObject({ outcome: 'refused', reply: { status: 400 } })
    const many = Array.from({ length: 1_001 }, () => ({ tag: '0' }))
    expect(await receive(many)).toMatchObject({ outcome: 'refused', reply: { status: 400 } })
  })
})

describe('an order of Doudian in the hub’s words', () => {
  const order = (change: object = {}) =>
    doudianOrder.parse({
      order_id: '6912345678901234567',
      order_status: '2',
      create_time: '1794326400',
      update_time: '1794326401',
      pay_amount: '2990',
      post_amount: '0',
      sku_order_list: [],
      ...change,
    })

  it.each([
    ['1', 'unpaid', false],
    ['105', 'paid', true],
    ['2', 'paid', false],
    ['101', 'part_shipped', false],
    ['3', 'shipped', false],
    ['4', 'closed', false],
    ['5', 'completed', false],
    ['77', null, false],
  ])('status %s is %s', (order_status, status, shippingForbidden) => {
    expect(order({ order_status })).toMatchObject({ status, rawStatus: order_status, shippingForbidden })
  })

  it.each([
    ['0', '0', 'none'],
    ['1', '6', 'open'],
    ['1', '7', 'open'],
    ['1', '11', 'open'],
    ['', '13', 'open'],
    ['', '29', 'open'],
    ['3', '12', 'done'],
    ['', '53', 'done'],
    ['4', '28', 'none'],
    ['', '27', 'none'],
    ['', '51', 'none'],
    ['', '14', 'none'],
    ['', '999', 'open'],
  ])('refund status %s with after-sale status %s is %s', (refund_status, after_sale_status, refund) => {
    const line = { order_id: '1', sku_id: '2', item_num: '1', pay_amount: '1' }
    const sku_order_list = [{ ...line, after_sale_info: { refund_status, after_sale_status } }]
    expect(order({ sku_order_list }).lines).toMatchObject([{ refund }])
  })

  it('takes the deadline of payment as a time or as seconds from the creation', () => {
    expect(order({ order_expire_time: '1800' }).payUntil).toBe('2026-11-11T00:30:00+08:00')
    expect(order({ order_expire_time: '1794328200' }).payUntil).toBe('2026-11-11T00:30:00+08:00')
    expect(order({ order_expire_time: '0' }).payUntil).toBeNull()
  })

  it('names the path of what it does not understand, never the value', () => {
    const parsed = doudianOrder.safeParse({ order_id: '1', pay_amount: 'secret-value' })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain('pay_amount')
    expect(JSON.stringify(parsed.error?.issues)).not.toContain('secret-value')
  })
})

channelSuite({
  connector: doudianConnector,
  seed: SEED,
  shop: (url) => doudianShop(url, SEED),
  secretName: 'appSecret',
  statuses: {
    unpaid: 'unpaid',
    paid: 'paid',
    part_shipped: 'part_shipped',
    shipped: 'shipped',
    received: 'completed',
    finished: 'completed',
    closed_unpaid: 'closed',
    closed_refunded: 'closed',
  },
  shipsParts: true,
  signedPush: ({ appKey }, body) => ({
    'app-id': appKey,
    'event-sign': signEvent(appKey, body, SECRET),
  }),
})

describe('a shop at Doudian, over HTTP', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  let orders = 0
  const paid = () => {
    orders += 1
    const orderId = String(6_912_345_678_901_239_000n + BigInt(orders * 10))
    const line = (at: number) => ({
      ...{
        lineId: String(BigInt(orderId) + BigInt(at)),
        itemId: '36',
        skuId: `17${at}`,
        outerSkuId: `TEA-${at}`,
      },
      ...{ title: '龙井茶', quantity: 1, unitPriceCents: 1_000, paidCents: 1_000 },
    })
    simulator.market.place({
      ...{
        platform: 'doudian',
        platformShopId: account().platformShopId,
        orderId,
        buyerId: 'b',
        freightCents: 0,
      },
      receiver: {
        ...{ name: '张三丰', phone: '13812345678', province: '浙江省', city: '杭州市', district: '西湖区' },
        address: '文一西路969号',
      },
      lines: [line(1), line(2)],
    })
    return simulator.market.pay('doudian', orderId)
  }
  const account = () => doudianShop(simulator.url, SEED)

  it('says why money is asked back of each line, in the words that its buyer chose', async () => {
    const order = paid()
    const client = createDoudianClient(account())
    const lines = async () =>
      (await client.fetchOrder(order.orderId))?.order.lines.map(({ refund, refundReason }) => [
        refund,
        refundReason,
      ])
    expect(await lines()).toEqual([
      ['none', undefined],
      ['none', undefined],
    ])
    const [first, second] = order.lines
    if (!first || !second) throw new Error('an order of the test has two lines')
    simulator.market.amend('doudian', order.orderId, 'refund', {
      lines: [first, { ...second, refund: 'open', refundReason: '商品破损/污渍' }],
    })
    expect(await lines()).toEqual([
      ['none', undefined],
      ['open', '商品破损/污渍'],
    ])
    simulator.market.close('doudian', order.orderId)
    expect(await lines()).toEqual([
      ['done', '七天无理由退换货'],
      ['done', '商品破损/污渍'],
    ])
  })

  it('has no requests of another shop’s order, and is refused more than 100 a page and a wrong signature', async () => {
    const order = paid()
    simulator.market.amend('doudian', order.orderId, 'refund', {
      lines: order.lines.map((line) => ({ ...line, refund: 'open' })),
    })
    const list = (shop = account(), change: { size?: number } = {}) =>
      callGateway(shop, {
        method: 'afterSale.List',
        params: { order_id: order.orderId, page: 0, size: 100, ...change },
      })
    expect((await list()).data).toMatchObject({ total: '2' })
    expect((await list(doudianShop(simulator.url, SEED, '99'))).data).toMatchObject({ total: '0', items: [] })
    await expect(list(account(), { size: 101 })).rejects.toMatchObject({
      subCode: 'isv.parameter-invalid:10001',
    })
    const wrong = { ...account(), credentials: { ...account().credentials, appSecret: 'another' } }
    await expect(list(wrong)).rejects.toThrow(RefusedError)
    simulator.mischief('doudian', { tokenExpired: 1 })
    await expect(createDoudianClient(account()).fetchOrder(order.orderId)).rejects.toThrow(TokenExpiredError)
    simulator.mischief('doudian', { tokenExpired: 0 })
  })
})
