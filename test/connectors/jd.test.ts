import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jdAccount } from '../../connectors/channels/jd/account.ts'
import { createJdClient } from '../../connectors/channels/jd/client.ts'
import { createJosCall } from '../../connectors/channels/jd/gateway.ts'
import { jdConnector } from '../../connectors/channels/jd/index.ts'
import { channelOrderOf, josOrder } from '../../connectors/channels/jd/map.ts'
import { withServiceBills } from '../../connectors/channels/jd/refunds.ts'
import { signJos } from '../../connectors/channels/jd/sign.ts'
import { checkConformance } from '../../connectors/conformance.ts'
import { conformanceVector } from '../../connectors/conformance-vector.ts'
import { RefusedError, TokenExpiredError, UnreachableError } from '../../connectors/outside-errors.ts'
import { isToBeSent } from '../../domain/channel-placing.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { jdOrder, jdShop, SEED } from '../support/jd.ts'
import { oddText } from '../support/odd-text.ts'
import { channelSuite } from './channel-suite.ts'

const documented = {
  '360buy_param_json':
    '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"200","start_date":null}',
  access_token: 'yourtoken',
  app_key: 'yourappkey',
  method: 'jingdong.pop.order.search',
  timestamp: '2021-05-07 09:20:39.683+0800',
  v: '2.0',
}

describe('signatures of JOS', () => {
  it('are the documented value, and another when one character of a name, a value or the secret is', () => {
    const signed = 'D70825340F4084360B9362B60DFD7930'
    expect(signJos(documented, 'yourappSecret')).toBe(signed)
    expect(signJos({ ...documented, sign: 'anything' }, 'yourappSecret')).toBe(signed)
    expect(signJos(documented, 'yourappSecreu')).not.toBe(signed)
    for (const [name, value] of Object.entries(documented)) {
      const { [name]: _, ...others } = { ...documented } as Record<string, string>
      expect(signJos({ ...others, [name]: `${value.slice(0, -1)}~` }, 'yourappSecret')).not.toBe(signed)
      expect(signJos({ ...others, [`${name.slice(0, -1)}~`]: value }, 'yourappSecret')).not.toBe(signed)
    }
  })

  it('are checked by conformance vectors, parameters in either place', () => {
    const run = (change: object) =>
      checkConformance(
        conformanceVector.parse({
          id: 'a',
          system: 'jd-jos',
          kind: 'request-sign',
          secret: 'yourappSecret',
          expected: 'D70825340F4084360B9362B60DFD7930',
          ...change,
        }),
      ).ok
    expect(run({ input: { params: documented } })).toBe(true)
    expect(run({ input: { ...documented, base_string: 'anything' } })).toBe(true)
    expect(run({ input: documented, secret: { app_secret: 'yourappSecret' } })).toBe(true)
    expect(run({ input: { ...documented, v: '2.1' } })).toBe(false)
  })
})

describe('an order of JD in the hub’s words', () => {
  const item = { skuId: '8', jdPrice: '50.05', itemTotal: '2' }
  const order = (change: object = {}) =>
    channelOrderOf(
      josOrder.parse({
        orderId: '9007199254740993123',
        orderState: 'WAIT_SELLER_STOCK_OUT',
        orderStartTime: '2026-11-11 00:00:00',
        modified: '2026-11-11 00:00:01',
        paymentConfirmTime: '2026-11-11 00:00:01',
        orderPayment: '106.10',
        freightPrice: '6.00',
        sellerDiscount: '0.00',
        itemInfoList: [item],
        ...change,
      }),
    )

  it.each([
    ['NOT_PAY', 'unpaid'],
    ['WAIT_SELLER_STOCK_OUT', 'paid'],
    ['WAIT_SELLER_DELIVERY', 'paid'],
    ['WAIT_SEND_CODE', 'paid'],
    ['WAIT_GOODS_RECEIVE_CONFIRM', 'shipped'],
    ['SEND_TO_DISTRIBUTION_CENER', 'shipped'],
    ['DISTRIBUTION_CENTER_RECEIVED', 'shipped'],
    ['DELIVERY_RETURN', 'shipped'],
    ['RECEIPTS_CONFIRM', 'delivered'],
    ['FINISHED_L', 'completed'],
    ['TRADE_CANCELED', 'closed'],
    ['LOCKED', 'paid'],
    ['PAUSE', 'paid'],
    ['POP_ORDER_PAUSE', 'paid'],
    ['WAIT_FOR_DRONE', null],
  ])('%s is %s', (orderState, status) => {
    const read = order({ orderState })
    expect(read).toMatchObject({ status, rawStatus: orderState })
    expect(read.shippingForbidden).toBe(['LOCKED', 'PAUSE', 'POP_ORDER_PAUSE'].includes(orderState))
  })

  it.each([
    ['1-货到付款', true],
    ['1', true],
    ['4-在线支付', false],
    ['10-其他', false],
    ['', false],
  ])('paid by %s without a pay time it is to be sent: %s', (payType, isSent) => {
    expect(isToBeSent(order({ payType, paymentConfirmTime: '0001-01-01 00:00:00' }))).toBe(isSent)
  })

  it('is stopped at whatever it was: unpaid, paid or sent', () => {
    const locked = (change: object) => order({ orderState: 'LOCKED', ...change }).status
    expect(locked({ paymentConfirmTime: '0001-01-01 00:00:00' })).toBe('unpaid')
    expect(locked({})).toBe('paid')
    expect(locked({ waybill: 'SF1', logisticsId: '467' })).toBe('shipped')
  })

  it.each([
    ['WAIT_SELLER_STOCK_OUT', '2026-11-11 00:00:01', 'none'],
    ['LOCKED', '2026-11-11 00:00:01', 'open'],
    ['DELIVERY_RETURN', '2026-11-11 00:00:01', 'open'],
    ['TRADE_CANCELED', '2026-11-11 00:00:01', 'done'],
    ['TRADE_CANCELED', '0001-01-01 00:00:00', 'none'],
  ])('of %s, paid at %s, the money back is %s', (orderState, paymentConfirmTime, refund) => {
    expect(order({ orderState, paymentConfirmTime }).lines[0]?.refund).toBe(refund)
  })

  it('takes year 1 for never, and a balance for money', () => {
    expect(order({ paymentConfirmTime: '0001-01-01 00:00:00' }).paidAt).toBeNull()
    expect(order().paidAt).toBe('2026-11-11T00:00:01+08:00')
    expect(order({ orderPayment: '100.10', balanceUsed: '6.00' }).amountCents).toBe(10_610)
  })

  it('keeps the division apart from the street', () => {
    const consigneeInfo = { province: '广东', city: '深圳市', county: '南山区', town: '粤海街道' }
    const at = (fullAddress: string) => order({ consigneeInfo: { ...consigneeInfo, fullAddress } }).receiver
    expect(at('广东深圳市南山区粤海街道科技园路1号')).toMatchObject({
      province: '广东',
      city: '深圳市',
      district: '南山区',
      address: '粤海街道科技园路1号',
    })
    expect(at('科技园路1号').address).toBe('粤海街道科技园路1号')
  })

  it('names the path of what it does not understand, never the value', () => {
    const parsed = josOrder.safeParse({ orderId: '1', orderState: 'X', orderPayment: 'secret-value' })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain('orderPayment')
    expect(JSON.stringify(parsed.error?.issues)).not.toContain('secret-value')
  })
})

channelSuite({
  connector: jdConnector,
  seed: SEED,
  shop: (url) => jdShop({ url }),
  secretName: 'appSecret',
  statuses: {
    unpaid: 'unpaid',
    paid: 'paid',
    part_shipped: 'shipped',
    shipped: 'shipped',
    received: 'shipped',
    finished: 'completed',
    closed_unpaid: 'closed',
    closed_refunded: 'closed',
  },
  lineId: (orderId, at) => `${orderId}:${1_712_345_678_901_230_000n + BigInt(at)}`,
  discountsOrders: true,
  shipsParts: false,
})

describe('a shop at JD, over HTTP', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  /** An app of its own for each test, because the platform limits the calls of each. */
  let apps = 0
  const client = (options: Record<string, string> = {}, now?: () => Date) =>
    createJdClient(jdShop(simulator, { appKey: `app${++apps}`, ...options }), now)
  const placed = () => simulator.market.place(jdOrder())
  const paid = () => simulator.market.pay('jd', placed().orderId)
  const shipmentOf = (platformOrderId: string, waybillNumber = 'JDX000000001') => ({
    platformOrderId,
    courier: 'jd',
    waybillNumber,
    lines: [],
    operationId: waybillNumber,
  })

  it('signs so that any text survives the form and the platform’s own check', async () => {
    await fc.assert(
      fc.asyncProperty(oddText, async (text) => {
        const call = createJosCall(jdAccount(jdShop(simulator, { appKey: `property${++apps}` })))
        const answer = await call('jingdong.pop.order.get', { order_id: '1', memo: text, [text]: text })
        expect(answer.raw).toContain('10400001')
      }),
      { numRuns: 60 },
    )
  })

  it('is refused with a wrong secret, and when its clock is more than ten minutes off', async () => {
    await expect(client({ appSecret: 'another' }).fetchOrder('1')).rejects.toThrow(RefusedError)
    await expect(client({ appSecret: 'another' }).fetchOrder('1')).rejects.toMatchObject({ code: '12' })
    const late = client({}, () => new Date(Date.now() - 11 * 60_000))
    await expect(late.fetchOrder('1')).rejects.toMatchObject({ code: '8' })
    await expect(client({}, () => new Date(Date.now() + 9 * 60_000)).fetchOrder('1')).resolves.toBeNull()
  })

  it('reads an order as the market has it: ids beyond 2^53, cents, times of Beijing, masks and ciphertext', async () => {
    const order = placed()
    const fetched = await client().fetchOrder(order.orderId)
    expect(fetched?.order).toEqual({
      platformOrderId: order.orderId,
      status: 'unpaid',
      rawStatus: 'NOT_PAY',
      createdAt: expect.stringMatching(/\+08:00$/),
      modifiedAt: expect.stringMatching(/\+08:00$/),
      paidAt: null,
      payUntil: null,
      shipUntil: null,
      buyerId: 'open-id-1',
      paymentId: null,
      amountCents: 10_599,
      freightCents: 600,
      refundedCents: 0,
      lines: [
        {
          platformLineId: order.orderId,
          platformSkuId: '9007199254740993456',
          outerSkuId: 'TEA-1',
          title: '乌龙茶 🍵 1号 & + % =',
          quantity: 2,
          amountCents: 9_999,
          refund: 'none',
        },
      ],
      receiver: {
        name: '王**',
        phone: '*******5678',
        province: '广东',
        city: '深圳市',
        district: '南山区',
        address: '科技园***',
        ciphertext: { oaid: expect.stringMatching(/^\S{40,}$/) },
      },
      buyerRemark: order.remark,
      shippingForbidden: false,
      waybills: [],
    })
    expect(fetched?.raw).toContain(`"orderId":${order.orderId}`)
    expect(fetched?.raw).not.toContain('王五一')
    expect(await client({ platformShopId: '999' }).fetchOrder(order.orderId)).toBeNull()
  })

  it('is refused windows above a month, more than 100 a page, states that there are not, and numbers that are no texts', async () => {
    const call = createJosCall(jdAccount(jdShop(simulator)))
    const ask = (change: object) =>
      call('jingdong.pop.order.search', {
        start_date: '2026-11-01 00:00:00',
        end_date: '2026-11-02 00:00:00',
        order_state: 'NOT_PAY',
        optional_fields: 'orderId',
        page: '1',
        page_size: '100',
        ...change,
      })
    await ask({})
    for (const wrong of [
      { page_size: '101' },
      { start_date: '2026-09-01 00:00:00' },
      { end_date: '2026-10-01 00:00:00' },
      { order_state: 'NOT_PAID' },
      { page: 1 },
    ]) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: '11' })
    }
  })

  it('never asks to send what the platform has stopped', async () => {
    const { orderId } = paid()
    simulator.market.amend('jd', orderId, 'refund', {
      lines: jdOrder().lines.map((line) => ({ ...line, refund: 'open' as const })),
    })
    const shop = client()
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({
      status: 'paid',
      rawStatus: 'LOCKED',
      shippingForbidden: true,
    })
    await expect(shop.ship(shipmentOf(orderId))).rejects.toThrow(/forbids to ship/)
    simulator.market.amend('jd', orderId, 'changed', { shippingForbidden: true })
    await expect(shop.ship(shipmentOf(orderId))).rejects.toThrow(/forbids to ship/)
    expect(simulator.market.find('jd', orderId)?.shipments).toEqual([])
  })

  it('says why money is asked back, by the ware that the service bill names, and is refused more than 50 a page', async () => {
    const { market } = simulator
    const [line] = jdOrder().lines
    if (!line) throw new Error('an order of the test has a line')
    const lineOf = (at: number) => ({
      ...line,
      ...{
        skuId: String(9_007_199_254_740_993_400n + BigInt(at)),
        lineId: `line ${at}`,
        refund: 'none' as const,
      },
    })
    const lines = Array.from({ length: 60 }, (_, at) => lineOf(at))
    const { orderId } = market.pay('jd', market.place(jdOrder({ lines })).orderId)
    const shop = client()
    const reasons = async () =>
      (await shop.fetchOrder(orderId))?.order.lines.map(({ refundReason }) => refundReason) ?? []
    expect(new Set(await reasons())).toEqual(new Set([undefined]))
    // More than one page of bills, of which the last is on the second.
    market.amend('jd', orderId, 'refund', {
      lines: lines.map((each, at) => ({ ...each, refund: 'open', refundReason: `质量问题 ${at}` })),
    })
    expect(await reasons()).toEqual(lines.map((_, at) => `质量问题 ${at}`))

    const call = createJosCall(jdAccount(jdShop(simulator, { appKey: `app${++apps}` })))
    const ask = (change: Record<string, string>) =>
      call('jingdong.asc.serviceAndRefund.view', { orderId, pageNumber: '1', pageSize: '50', ...change })
    await ask({})
    for (const wrong of [{ pageSize: '51' }, { pageNumber: '0' }, { orderId: 'none' }]) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: '11' })
    }
  })

  it('has a refund without a reason where the bill is another order’s or cannot be read, or the platform says no', async () => {
    const known = josOrder.parse({
      ...{ orderId: '71', orderState: 'LOCKED', orderPayment: '1.00', orderStartTime: '2026-11-01 00:00:00' },
      ...{ modified: '2026-11-01 00:00:00', paymentConfirmTime: '2026-11-01 00:00:00' },
      itemInfoList: ['1', '2'].map((skuId) => ({
        skuId,
        wareId: `9${skuId}`,
        jdPrice: '1.00',
        itemTotal: '1',
      })),
    })
    const asked = async (bill: object | null, result: object = {}) => {
      const data = [
        { sameOrderServiceBill: bill && { orderId: '71', wareId: '2', applyReason: '发错货', ...bill } },
      ]
      const body = { pageResult: { success: true, totalCount: '1', data, ...result } }
      const told = await withServiceBills(async () => ({ body, raw: '' }), channelOrderOf(known), known)
      return told.lines.map(({ refundReason }) => refundReason)
    }
    expect(await asked({})).toEqual([undefined, '发错货'])
    expect(await asked({ wareId: '91' })).toEqual(['发错货', undefined])
    const none = [undefined, undefined]
    expect(await asked(null)).toEqual(none)
    for (const bill of [{ orderId: '72' }, { wareId: '3' }, { applyReason: null }, { applyReason: {} }]) {
      expect(await asked(bill)).toEqual(none)
    }
    expect(await asked({}, { success: false, code: '10001', msg: 'no' })).toEqual(none)
    expect(await asked({}, { data: null })).toEqual(none)
  })

  it('is told carriers by their numbers, and refused other couriers and second waybills', async () => {
    const shop = client()
    for (const courier of ['sf', 'yto', 'zto', 'sto', 'yunda', 'ems', 'deppon', 'jd']) {
      const { orderId } = paid()
      expect(await shop.ship({ ...shipmentOf(orderId), courier })).toBe('shipped')
      expect((await shop.fetchOrder(orderId))?.order.waybills).toEqual([
        { courier, waybillNumber: 'JDX000000001', platformLineIds: [orderId] },
      ])
      await expect(shop.ship({ ...shipmentOf(orderId, 'JDX000000002'), courier })).rejects.toThrow(
        RefusedError,
      )
    }
    await expect(shop.ship({ ...shipmentOf(paid().orderId), courier: 'pigeon' })).rejects.toThrow(
      RefusedError,
    )
  })

  it('takes the platform’s own trouble for an outage, and an answer to another question, too', async () => {
    const call = createJosCall(jdAccount(jdShop(simulator)))
    await expect(call('jingdong.pop.order.nothing', {})).rejects.toThrow(RefusedError)
    simulator.mischief('jd', { garbage: 1 })
    await expect(call('jingdong.pop.order.get', {})).rejects.toThrow(UnreachableError)
    simulator.mischief('jd', { garbage: 0 })
  })

  it('has no way to a new token where the app is given none, and no way back to an old one', async () => {
    expect(client({ refreshToken: '' }).refreshToken).toBeNull()
    const shop = client({ platformShopId: '88' })
    expect(await shop.refreshToken?.()).toMatchObject({ appSecret: expect.any(String) })
    await expect(shop.refreshToken?.()).rejects.toThrow(RefusedError)
    await expect(shop.fetchOrder('1')).rejects.toThrow(TokenExpiredError)
  })
})
