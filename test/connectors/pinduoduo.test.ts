import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pinduoduoAccount } from '../../connectors/channels/pinduoduo/account.ts'
import { createPinduoduoClient } from '../../connectors/channels/pinduoduo/client.ts'
import { createPopCall } from '../../connectors/channels/pinduoduo/gateway.ts'
import { pinduoduoConnector } from '../../connectors/channels/pinduoduo/index.ts'
import { channelOrderOf, popOrder } from '../../connectors/channels/pinduoduo/map.ts'
import { withRequests } from '../../connectors/channels/pinduoduo/refunds.ts'
import { messagePath, signPop } from '../../connectors/channels/pinduoduo/sign.ts'
import { checkConformance } from '../../connectors/conformance.ts'
import { conformanceVector } from '../../connectors/conformance-vector.ts'
import { RefusedError, TokenExpiredError, UnreachableError } from '../../connectors/outside-errors.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { oddText } from '../support/odd-text.ts'
import { MALL, pinduoduoOrder, pinduoduoShop, SEED } from '../support/pinduoduo.ts'
import { channelSuite } from './channel-suite.ts'

const documented = {
  access_token: 'asd78172s8ds9a921j9qqwda12312w1w21211',
  client_id: '1',
  data_type: 'XML',
  order_status: '1',
  page: '1',
  page_size: '10',
  timestamp: '1480411125',
  type: 'pdd.order.number.list.get',
}

describe('signatures of POP', () => {
  it('are the documented value, and another when one character of a name, a value or the secret is', () => {
    const signed = 'E4DE3ED21002510DED352819E7AE6775'
    expect(signPop(documented, 'testSecret')).toBe(signed)
    expect(signPop({ ...documented, sign: 'anything' }, 'testSecret')).toBe(signed)
    expect(signPop(documented, 'testSecreu')).not.toBe(signed)
    for (const [name, value] of Object.entries(documented)) {
      const { [name]: _, ...others } = { ...documented } as Record<string, string>
      expect(signPop({ ...others, [name]: `${value.slice(0, -1)}~` }, 'testSecret')).not.toBe(signed)
      expect(signPop({ ...others, [`${name.slice(0, -1)}~`]: value }, 'testSecret')).not.toBe(signed)
    }
  })

  it('are of nested values’ JSON', () => {
    const nested = { list: [{ sku_id: '1', count: 2 }] }
    expect(signPop({ ...documented, ...nested }, 's')).toBe(
      signPop({ ...documented, list: '[{"sku_id":"1","count":2}]' }, 's'),
    )
  })

  it('are checked by conformance vectors, connections by path, address or digest', () => {
    const run = (change: object) =>
      checkConformance(conformanceVector.parse({ id: 'a', system: 'pdd', secret: 'testSecret', ...change }))
        .ok
    const expected = 'E4DE3ED21002510DED352819E7AE6775'
    expect(run({ kind: 'request-sign', input: { params: documented }, expected })).toBe(true)
    expect(run({ kind: 'request-sign', input: documented, expected })).toBe(true)
    expect(run({ kind: 'request-sign', input: documented, secret: 'another', expected })).toBe(false)
    // base64(hex(md5("1" + "1700000000000" + "testSecret"))), computed with openssl.
    const digest = 'YTBmOWNmNWJhYTRhNzNjODMxM2EzMzM3YmUxNzgwMDQ='
    const path = `/message/1/1700000000000/${encodeURIComponent(digest)}`
    expect(messagePath('1', '1700000000000', 'testSecret')).toBe(path)
    const input = { client_id: '1', ms: '1700000000000' }
    expect(run({ kind: 'message-path', input, expected: path })).toBe(true)
    expect(
      run({ kind: 'message-path', input: { params: { ...input, ms: 1700000000000 } }, expected: path }),
    ).toBe(true)
    expect(run({ kind: 'ws-path', input, expected: `wss://message-api.pinduoduo.com${path}` })).toBe(true)
    expect(run({ kind: 'message-digest', input, expected: digest })).toBe(true)
    expect(run({ kind: 'message-path', input, expected: path.replace('1700', '1701') })).toBe(false)
  })
})

describe('an order of Pinduoduo in the hub’s words', () => {
  const item = { goods_id: '7', sku_id: '8', goods_price: '10.1', goods_count: '3' }
  const order = (change: object = {}) =>
    channelOrderOf(
      popOrder.parse({
        order_sn: '261111-1',
        order_status: '1',
        confirm_status: '1',
        group_status: '1',
        refund_status: '1',
        risk_control_status: '0',
        created_time: '2026-11-11 00:00:00',
        updated_at: '2026-11-11 00:00:01',
        pay_time: '2026-11-11 00:00:01',
        pay_amount: '33.1',
        discount_amount: '0',
        postage: '2.8',
        item_list: [item],
        ...change,
      }),
    )

  it.each([
    [{ confirm_status: '0', pay_time: '' }, 'unpaid'],
    [{ confirm_status: '0' }, 'paid'],
    [{}, 'paid'],
    [{ order_status: '2' }, 'shipped'],
    [{ order_status: '3' }, 'delivered'],
    [{ order_status: '3', receive_time: '2026-11-12 00:00:00' }, 'completed'],
    [{ confirm_status: '2' }, 'closed'],
    [{ refund_status: '4' }, 'closed'],
    [{ order_status: '2', refund_status: '4' }, 'closed'],
    [{ order_status: '9' }, null],
    [{ confirm_status: '7' }, null],
    [{ order_status: null, confirm_status: null }, null],
  ])('%j is %s', (change, status) => {
    expect(order(change).status).toBe(status)
  })

  it.each([
    ['1', 'none'],
    ['2', 'open'],
    ['3', 'open'],
    ['4', 'done'],
    ['17', 'open'],
    [undefined, 'none'],
  ])('refund_status %s is %s', (refund_status, refund) => {
    expect(order({ refund_status }).lines[0]?.refund).toBe(refund)
  })

  it.each([
    [{ risk_control_status: '1' }, true],
    [{ risk_control_status: '2' }, true],
    [{ group_status: '0' }, true],
    [{ group_status: '2' }, true],
    [{}, false],
  ])('with %j shipping is forbidden: %s', (change, forbidden) => {
    expect(order(change).shippingForbidden).toBe(forbidden)
  })

  it('keeps all numbers of its status', () => {
    expect(order({ order_status: '9' }).rawStatus).toBe(
      'order_status=9 confirm_status=1 refund_status=1 group_status=1 risk_control_status=0',
    )
  })

  it('shares a discount of the order by what the lines cost, to the cent', () => {
    const item_list = [
      item,
      { ...item, sku_id: '9', goods_price: 0.01, goods_count: '1' },
      { ...item, goods_count: '1' },
    ].map((entry) => ({ ...entry, goods_price: String(entry.goods_price) }))
    const shared = order({ item_list, discount_amount: '10.00', pay_amount: '33.21' })
    expect(shared.lines.map(({ amountCents }) => amountCents)).toEqual([2_280, 1, 760])
    expect(shared.lines.map(({ platformLineId }) => platformLineId)).toEqual([
      '261111-1:8',
      '261111-1:9',
      '261111-1:8:2',
    ])
  })

  it('leaves amounts that do not add up as they are', () => {
    const sum = ({ lines, freightCents }: ReturnType<typeof order>) =>
      lines.reduce((cents, line) => cents + line.amountCents, freightCents)
    expect(sum(order())).toBe(3_310)
    expect(order({ pay_amount: '0.01' }).amountCents).toBe(1)
    expect(sum(order({ pay_amount: '0.01' }))).toBe(3_310)
    expect(sum(order({ discount_amount: '99.00' }))).toBe(3_310)
  })
})

channelSuite({
  connector: pinduoduoConnector,
  seed: SEED,
  shop: (url) => pinduoduoShop({ url }),
  secretName: 'appSecret',
  statuses: {
    unpaid: 'unpaid',
    paid: 'paid',
    part_shipped: 'shipped',
    shipped: 'shipped',
    received: 'delivered',
    finished: 'completed',
    closed_unpaid: 'closed',
    closed_refunded: 'closed',
  },
  orderId: (number) => `261111-${number}`,
  lineId: (orderId, at) => `${orderId}:${1_712_345_678_901_230_000n + BigInt(at)}`,
  discountsOrders: true,
  shipsParts: false,
})

describe('a shop at Pinduoduo, over HTTP', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  /** An app of its own for each test, because the platform limits the calls of each. */
  let apps = 0
  const client = (options: Record<string, string> = {}, now?: () => Date) =>
    createPinduoduoClient(pinduoduoShop(simulator, { appKey: `app${++apps}`, ...options }), now)
  const placed = (change: Parameters<typeof pinduoduoOrder>[0] = {}) =>
    simulator.market.place(pinduoduoOrder(change))
  const paid = () => simulator.market.pay('pinduoduo', placed().orderId)
  const withMischief = async (rates: Parameters<Simulator['mischief']>[1], act: () => Promise<void>) => {
    simulator.mischief('pinduoduo', rates)
    try {
      await act()
    } finally {
      simulator.mischief('pinduoduo', Object.fromEntries(Object.keys(rates).map((name) => [name, 0])))
    }
  }
  const shipmentOf = (platformOrderId: string, waybillNumber = 'SF1234567890') => ({
    platformOrderId,
    courier: 'sf',
    waybillNumber,
    lines: [],
    operationId: waybillNumber,
  })

  it('signs so that any text survives the form and the platform’s own check', async () => {
    await fc.assert(
      fc.asyncProperty(oddText, async (text) => {
        const call = createPopCall(
          pinduoduoAccount(pinduoduoShop(simulator, { appKey: `property${++apps}` })),
        )
        const refused = call('pdd.order.information.get', '', {
          order_sn: '1',
          memo: text,
          nested: { [text]: text },
        })
        await expect(refused).rejects.toMatchObject({ code: '50001' })
      }),
      { numRuns: 60 },
    )
  })

  it('is refused with a wrong secret, and when its clock is more than ten minutes off', async () => {
    await expect(client({ appSecret: 'another' }).fetchOrder('1')).rejects.toThrow(RefusedError)
    await expect(client({ appSecret: 'another' }).fetchOrder('1')).rejects.toMatchObject({ code: '20004' })
    const late = client({}, () => new Date(Date.now() - 11 * 60_000))
    await expect(late.fetchOrder('1')).rejects.toMatchObject({ code: '10010' })
    await expect(client({}, () => new Date(Date.now() + 9 * 60_000)).fetchOrder('1')).resolves.toBeNull()
  })

  it('reads an order as the market has it: ids beyond 2^53, cents, times of Beijing, masks and ciphertext', async () => {
    const order = placed()
    const fetched = await client().fetchOrder(order.orderId)
    expect(fetched?.order).toEqual({
      platformOrderId: order.orderId,
      status: 'unpaid',
      rawStatus: 'order_status=1 confirm_status=0 refund_status=1 group_status=0 risk_control_status=0',
      createdAt: expect.stringMatching(/\+08:00$/),
      modifiedAt: expect.stringMatching(/\+08:00$/),
      paidAt: null,
      payUntil: null,
      shipUntil: null,
      buyerId: null,
      paymentId: null,
      amountCents: 3_310,
      freightCents: 330,
      refundedCents: 0,
      lines: [
        {
          platformLineId: order.orderId,
          platformSkuId: '9007199254740993456',
          outerSkuId: 'TEA-1',
          title: '普洱茶 🍵 1号 & + % =',
          quantity: 3,
          amountCents: 2_980,
          refund: 'none',
        },
      ],
      receiver: {
        name: '李**',
        phone: '*******5678',
        province: '四川省',
        city: '成都市',
        district: '武侯区',
        address: '天府大***',
        ciphertext: {
          receiver_name: expect.stringMatching(/^~.+~$/),
          receiver_phone: expect.stringMatching(/^~.+~$/),
          address: expect.stringMatching(/^~.+~$/),
          open_address_id: expect.any(String),
        },
      },
      buyerRemark: order.remark,
      shippingForbidden: true,
      waybills: [],
    })
    expect(Math.abs(Date.parse(fetched?.order.createdAt ?? '') - order.createdAtMs)).toBeLessThan(1_000)
    expect(fetched?.raw).toContain('"sku_id":9007199254740993456')
    expect(fetched?.raw).not.toContain('李四光')
  })

  it('follows an order through every status, and knows no order of another shop', async () => {
    const { market } = simulator
    const { orderId } = placed()
    const shop = client()
    const known = async () => (await shop.fetchOrder(orderId))?.order
    market.pay('pinduoduo', orderId)
    expect(await known()).toMatchObject({
      status: 'paid',
      paymentId: `PAY${orderId}`,
      shippingForbidden: false,
      shipUntil: expect.stringMatching(/\+08:00$/),
    })
    market.ship('pinduoduo', orderId, {
      courier: 'sto',
      waybillNumber: 'ST0001',
      lineIds: [],
      operationId: 'a',
    })
    expect(await known()).toMatchObject({
      status: 'shipped',
      waybills: [{ courier: 'sto', waybillNumber: 'ST0001', platformLineIds: [orderId] }],
    })
    market.receive('pinduoduo', orderId)
    expect((await known())?.status).toBe('delivered')
    market.finish('pinduoduo', orderId)
    expect((await known())?.status).toBe('completed')
    for (const { orderId: id } of [placed(), paid()]) {
      market.close('pinduoduo', id)
      expect((await shop.fetchOrder(id))?.order.status).toBe('closed')
    }
    expect(await client({ platformShopId: '999' }).fetchOrder(orderId)).toBeNull()
    expect(await shop.fetchOrder('404')).toBeNull()
  })

  it('says why money is asked back, by the goods that the request names, and is refused a window of its own above half an hour', async () => {
    const { market } = simulator
    const [line] = pinduoduoOrder().lines
    if (!line) throw new Error('an order of the test has a line')
    const [tea, cup] = ['9007199254740993456', '9007199254740993457'].map((skuId, at) => ({
      ...line,
      ...{ skuId, lineId: `line ${at}`, refund: 'none' as const },
    }))
    if (!tea || !cup) throw new Error('there are two')
    const { orderId } = market.pay('pinduoduo', placed({ lines: [tea, cup] }).orderId)
    const shop = client()
    const reasons = async (id: string) =>
      (await shop.fetchOrder(id))?.order.lines.map(({ refund, refundReason }) => [refund, refundReason])
    expect(await reasons(orderId)).toEqual([
      ['none', undefined],
      ['none', undefined],
    ])
    market.amend('pinduoduo', orderId, 'refund', {
      lines: [tea, { ...cup, refund: 'open', refundReason: '收到商品少件/破损/污渍等' }],
    })
    // Of an order as a whole it says that something is asked back, and of what only in the request.
    expect(await reasons(orderId)).toEqual([
      ['open', undefined],
      ['open', '收到商品少件/破损/污渍等'],
    ])
    const single = paid()
    market.amend('pinduoduo', single.orderId, 'refund', {
      lines: single.lines.map((each) => ({ ...each, refund: 'open', refundReason: '其他原因' })),
    })
    expect(await reasons(single.orderId)).toEqual([['open', '其他原因']])

    const call = createPopCall(pinduoduoAccount(pinduoduoShop(simulator, { appKey: `app${++apps}` })))
    const ask = (change: Record<string, string>) =>
      call('pdd.refund.list.increment.get', 'refund_increment_get_response', {
        ...{ order_sn: orderId, after_sales_type: '1', after_sales_status: '1' },
        ...{ start_updated_at: '1794326400', end_updated_at: '1794328200', page: '1', page_size: '100' },
        ...change,
      })
    await ask({})
    for (const wrong of [
      { start_updated_at: '1794326399' },
      { page_size: '101' },
      { after_sales_status: 'all' },
    ]) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: '10000' })
    }
  })

  it('has a refund without a reason where the request is of another kind or of another order, or cannot be read', async () => {
    const [known] = [await client().fetchOrder(paid().orderId)]
    if (!known) throw new Error('the order is there')
    const order = {
      ...known.order,
      lines: known.order.lines.map((line) => ({ ...line, refund: 'open' as const })),
    }
    const asked = async (request: object) => {
      const body = {
        refund_list: [{ order_sn: order.platformOrderId, after_sale_reason: '质量问题', ...request }],
      }
      const told = await withRequests(async () => ({ body, raw: '' }), order, 'paid')
      return told.lines.map(({ refundReason }) => refundReason)
    }
    expect(await asked({ after_sales_type: '2' })).toEqual(['质量问题'])
    for (const request of [
      { after_sales_type: '4' },
      { order_sn: 'another' },
      { after_sale_reason: null },
      { after_sale_reason: ['质量问题'] },
      { updated_time: 'yesterday' },
    ]) {
      expect(await asked(request)).toEqual([undefined])
    }
  })

  it('reads a window of hours in pieces that the platform gives', async () => {
    const end = Date.now() - 400_000
    const own = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, now: () => atMs })
    let atMs = end - 3 * 3_600_000
    try {
      const ids = Array.from({ length: 40 }, () => {
        atMs += 250_000
        return own.market.place(pinduoduoOrder()).orderId
      })
      const shop = createPinduoduoClient(pinduoduoShop(own), () => new Date(atMs))
      const window = { from: new Date(end - 3 * 3_600_000), to: new Date(end) }
      atMs = end + 400_000
      const found: string[] = []
      for await (const page of shop.changedOrders(window)) {
        found.push(...page.map(({ platformOrderId }) => platformOrderId))
      }
      expect([...new Set(found)].sort()).toEqual(ids.sort())
    } finally {
      await own.close()
    }
  })

  it('is refused a window that ends within three minutes, and one with more than half an hour or 100 a page', async () => {
    const now = Math.floor(Date.now() / 1_000)
    const pull = async (from: number, to: number) => {
      const changed: unknown[] = []
      const window = { from: new Date(from * 1_000), to: new Date(to * 1_000) }
      for await (const page of client().changedOrders(window)) changed.push(...page)
      return changed
    }
    await expect(pull(now - 600, now - 100)).rejects.toThrow(RefusedError)
    expect(await pull(now - 86_400 - 9_000, now - 86_400)).toEqual([])
    const call = createPopCall(pinduoduoAccount(pinduoduoShop(simulator)))
    const ask = (change: object) =>
      call('pdd.order.number.list.increment.get', 'order_sn_increment_get_response', {
        start_updated_at: String(now - 4_000),
        end_updated_at: String(now - 3_000),
        order_status: '5',
        refund_status: '5',
        is_lucky_flag: '0',
        ...change,
      })
    await ask({})
    await expect(ask({ page_size: '101' })).rejects.toMatchObject({ code: '10000' })
    await expect(ask({ end_updated_at: String(now - 2_000) })).rejects.toMatchObject({ code: '10000' })
  })

  it('sends a parcel once: again is already shipped, also when the first answer was lost', async () => {
    const shop = client()
    const { orderId } = paid()
    const call = createPopCall(pinduoduoAccount(pinduoduoShop(simulator)))
    const send = () =>
      call('pdd.logistics.online.send', 'logistics_online_send_response', {
        order_sn: orderId,
        logistics_id: '44',
        tracking_number: 'SF1234567890',
      })
    await withMischief({ cutAfterEffect: 1 }, async () => {
      await expect(send()).rejects.toThrow(UnreachableError)
    })
    expect(await shop.ship(shipmentOf(orderId))).toBe('already_shipped')
    expect(simulator.market.find('pinduoduo', orderId)?.shipments).toHaveLength(1)
    await expect(shop.ship(shipmentOf(orderId, 'SF9999999999'))).rejects.toThrow(RefusedError)
    const another = paid().orderId
    expect(await shop.ship(shipmentOf(another))).toBe('shipped')
    expect(await shop.ship(shipmentOf(another))).toBe('already_shipped')
    await expect(shop.ship({ ...shipmentOf(paid().orderId), courier: 'pigeon' })).rejects.toThrow(
      RefusedError,
    )
    await expect(shop.ship(shipmentOf(placed().orderId))).rejects.toThrow(RefusedError)
    await expect(shop.ship(shipmentOf('404'))).rejects.toThrow(RefusedError)
  })

  it('never asks to send what the platform examines', async () => {
    const { orderId } = paid()
    simulator.market.amend('pinduoduo', orderId, 'changed', { shippingForbidden: true })
    const shop = client()
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({ status: 'paid', shippingForbidden: true })
    await expect(shop.ship(shipmentOf(orderId))).rejects.toThrow(/forbids to ship/)
    expect(simulator.market.find('pinduoduo', orderId)?.shipments).toEqual([])
    simulator.market.amend('pinduoduo', orderId, 'changed', { shippingForbidden: false })
    expect(await shop.ship(shipmentOf(orderId))).toBe('shipped')
  })

  it('publishes quantities absolutely, of SKUs and of goods that have none', async () => {
    const shop = client()
    await shop.publishQuantity({ platformItemId: '681', platformSkuId: '5123', quantity: 7 })
    await shop.publishQuantity({ platformItemId: '681', platformSkuId: '5123', quantity: 0 })
    await shop.publishQuantity({ platformItemId: '682', platformSkuId: '682', quantity: 3 })
    expect(simulator.market.quantityShown('pinduoduo', MALL, '5123')).toBe(0)
    expect(simulator.market.quantityShown('pinduoduo', MALL, '682')).toBe(3)
    const bad = shop.publishQuantity({ platformItemId: 'x', platformSkuId: '1', quantity: 1 })
    await expect(bad).rejects.toThrow(RefusedError)
  })

  it('has no way to a new token where the app is given none, and no way back to an old one', async () => {
    expect(client({ refreshToken: '' }).refreshToken).toBeNull()
    const shop = client({ platformShopId: '88' })
    expect(await shop.refreshToken?.()).toMatchObject({ appSecret: expect.any(String) })
    await expect(shop.refreshToken?.()).rejects.toThrow(RefusedError)
    await expect(shop.fetchOrder('1')).rejects.toThrow(TokenExpiredError)
  })
})
