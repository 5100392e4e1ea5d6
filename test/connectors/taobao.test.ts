import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { taobaoAccount } from '../../connectors/channels/taobao/account.ts'
import { createTaobaoClient } from '../../connectors/channels/taobao/client.ts'
import { createTopCall } from '../../connectors/channels/taobao/gateway.ts'
import { taobaoConnector } from '../../connectors/channels/taobao/index.ts'
import { channelOrderOf, TRADE_FIELDS, topTrade } from '../../connectors/channels/taobao/map.ts'
import { withTradeRefunds } from '../../connectors/channels/taobao/refunds.ts'
import { SIGN_METHODS, signHandshake, signTop } from '../../connectors/channels/taobao/sign.ts'
import { checkConformance } from '../../connectors/conformance.ts'
import { conformanceVector } from '../../connectors/conformance-vector.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../../connectors/outside-errors.ts'
import { isToBeSent } from '../../domain/channel-placing.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { SEED, SELLER, taobaoOrder, taobaoShop } from '../support/taobao.ts'
import { channelSuite } from './channel-suite.ts'

const documented = {
  app_key: '12345678',
  fields: 'num_iid,title,nick,price,num',
  format: 'json',
  method: 'taobao.item.seller.get',
  num_iid: '11223344',
  session: 'test',
  sign_method: 'md5',
  timestamp: '2016-01-01 12:00:00',
  v: '2.0',
}

describe('signatures of TOP', () => {
  const ofRfc = (method: 'hmac' | 'hmac-sha256', length: number) =>
    signTop({ Hi: ' There' }, Buffer.alloc(length, 0x0b), method)

  it('are the documented and the RFCs’ values', () => {
    expect(signTop(documented, 'helloworld', 'md5')).toBe('66987CB115214E59E6EC978214934FB8')
    expect(ofRfc('hmac', 16)).toBe('9294727A3638BB1C13F48EF8158BFC9D')
    expect(ofRfc('hmac-sha256', 20)).toBe('B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7')
    expect(signHandshake({ appKey: '1', groupName: 'default', timestamp: '1447061800000' }, 'secret')).toBe(
      signTop({ app_key: '1', group_name: 'default', timestamp: '1447061800000' }, 'secret', 'md5'),
    )
  })

  it.each(SIGN_METHODS)('%s differ when one character of a name, a value or the secret does', (method) => {
    const signed = signTop(documented, 'helloworld', method)
    for (const [name, value] of Object.entries(documented)) {
      expect(signTop({ ...documented, [name]: `${value.slice(0, -1)}~` }, 'helloworld', method)).not.toBe(
        signed,
      )
      const { [name]: _, ...others } = { ...documented } as Record<string, string>
      expect(signTop({ ...others, [`${name.slice(0, -1)}~`]: value }, 'helloworld', method)).not.toBe(signed)
    }
    expect(signTop(documented, 'helloworle', method)).not.toBe(signed)
    expect(signTop({ ...documented, empty: '', sign: 'anything' }, 'helloworld', method)).toBe(signed)
  })

  it('are checked by conformance vectors, the method told by a parameter or by the algorithm', () => {
    const vector = (change: object) =>
      checkConformance(
        conformanceVector.parse({
          id: 'a',
          system: 'taobao-top',
          kind: 'request-sign',
          input: { params: { Hi: ' There' } },
          secret: { hex: '0b'.repeat(20) },
          expected: 'B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7',
          ...change,
        }),
      ).ok
    expect(vector({ algorithm: 'sign_method=hmac-sha256: UPPER(HEX(HMAC-SHA256(key=secret, …)))' })).toBe(
      true,
    )
    expect(vector({ algorithm: 'sign_method=hmac: UPPER(HEX(HMAC-MD5(key=secret, …)))' })).toBe(false)
    expect(vector({ algorithm: 'MD5' })).toBe(false)
    const byParameter = { ...documented, sign_method: 'hmac-sha256' }
    const expected = signTop(byParameter, 'helloworld', 'hmac-sha256')
    expect(vector({ input: { params: byParameter }, secret: 'helloworld', expected })).toBe(true)
    expect(vector({ input: byParameter, secret: 'helloworld', expected })).toBe(true)
    const handshake = { app_key: '1', group_name: 'default', timestamp: '1447061800000' }
    expect(
      vector({
        kind: 'tmc-handshake',
        input: handshake,
        secret: 'secret',
        expected: signHandshake({ appKey: '1', groupName: 'default', timestamp: '1447061800000' }, 'secret'),
      }),
    ).toBe(true)
  })
})

describe('a trade of Taobao in the hub’s words', () => {
  const line = { oid: '2', num_iid: '3', num: '1', payment: '11.00', status: 'WAIT_BUYER_PAY' }
  const trade = (change: object = {}) =>
    channelOrderOf(
      topTrade.parse({
        tid: '3001234567890123456',
        status: 'WAIT_BUYER_PAY',
        payment: '11.00',
        post_fee: '1.00',
        created: '2026-11-11 00:00:00',
        modified: '2026-11-11 00:00:01',
        orders: { order: [line] },
        ...change,
      }),
    )

  it.each([
    ['TRADE_NO_CREATE_PAY', 'unpaid'],
    ['WAIT_BUYER_PAY', 'unpaid'],
    ['PAY_PENDING', 'unpaid'],
    ['WAIT_PRE_AUTH_CONFIRM', 'unpaid'],
    ['PAID_FORBID_CONSIGN', 'paid'],
    ['WAIT_SELLER_SEND_GOODS', 'paid'],
    ['SELLER_CONSIGNED_PART', 'part_shipped'],
    ['WAIT_BUYER_CONFIRM_GOODS', 'shipped'],
    ['TRADE_BUYER_SIGNED', 'delivered'],
    ['TRADE_FINISHED', 'completed'],
    ['TRADE_CLOSED', 'closed'],
    ['TRADE_CLOSED_BY_TAOBAO', 'closed'],
    ['WAIT_FOR_DRONE', null],
  ])('%s is %s', (rawStatus, status) => {
    const order = trade({ status: rawStatus })
    expect(order).toMatchObject({ status, rawStatus })
    expect(order.shippingForbidden).toBe(rawStatus === 'PAID_FORBID_CONSIGN')
  })

  it('is to be sent without a pay time where the buyer pays on delivery, and only there', () => {
    const released = { status: 'WAIT_SELLER_SEND_GOODS' }
    expect(isToBeSent(trade({ ...released, type: 'cod' }))).toBe(true)
    expect(isToBeSent(trade({ ...released, type: 'fixed' }))).toBe(false)
    expect(isToBeSent(trade({ type: 'cod' }))).toBe(false)
    expect(isToBeSent(trade({ status: 'TRADE_CLOSED_BY_TAOBAO', type: 'cod' }))).toBe(false)
    expect(TRADE_FIELDS.split(',')).toContain('type')
  })

  it.each([
    [undefined, 'none'],
    ['NO_REFUND', 'none'],
    ['CLOSED', 'none'],
    ['WAIT_SELLER_AGREE', 'open'],
    ['WAIT_BUYER_RETURN_GOODS', 'open'],
    ['WAIT_SELLER_CONFIRM_GOODS', 'open'],
    ['SELLER_REFUSE_BUYER', 'open'],
    ['SUCCESS', 'done'],
    ['SOMETHING_NEW', 'open'],
  ])('a line’s refund %s is %s', (refund_status, refund) => {
    const order = trade({ orders: { order: [refund_status ? { ...line, refund_status } : line] } })
    expect(order.lines[0]?.refund).toBe(refund)
  })

  it('takes the freight out of a single line’s payment, and shared discounts out of several lines’', () => {
    expect(trade().lines[0]?.amountCents).toBe(1_000)
    const order = [
      { ...line, payment: '9.00', divide_order_fee: '7.50' },
      { ...line, oid: '4', payment: '3.00', part_mjz_discount: '0.50' },
    ]
    expect(trade({ orders: { order } }).lines.map(({ amountCents }) => amountCents)).toEqual([750, 250])
  })

  it('does not send a line that was closed while its trade goes on', () => {
    const order = [
      { ...line, status: 'TRADE_CLOSED_BY_TAOBAO' },
      { ...line, oid: '4' },
    ]
    expect(trade({ orders: { order } }).lines).toMatchObject([
      { refund: 'done', amountCents: 0 },
      { refund: 'none', amountCents: 1_100 },
    ])
    const refunded = [
      { ...line, status: 'TRADE_CLOSED' },
      { ...line, oid: '4' },
    ]
    expect(trade({ orders: { order: refunded } }).lines).toMatchObject([
      { refund: 'done', amountCents: 1_100 },
      { refund: 'none' },
    ])
    const all = trade({ status: 'TRADE_CLOSED_BY_TAOBAO', orders: { order: [order[0], order[0]] } })
    expect(all.lines).toMatchObject([{ refund: 'none', amountCents: 1_100 }, { refund: 'none' }])
  })

  it('names the path of what it does not understand, never the value', () => {
    const parsed = topTrade.safeParse({ tid: '1', status: 'X', payment: 'secret-value' })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain('payment')
    expect(JSON.stringify(parsed.error?.issues)).not.toContain('secret-value')
  })
})

channelSuite({
  connector: taobaoConnector,
  seed: SEED,
  shop: (url) => taobaoShop({ url }),
  secretName: 'appSecret',
  statuses: {
    unpaid: 'unpaid',
    paid: 'paid',
    part_shipped: 'part_shipped',
    shipped: 'shipped',
    received: 'delivered',
    finished: 'completed',
    closed_unpaid: 'closed',
    closed_refunded: 'closed',
  },
  shipsParts: true,
})

describe('a shop at Taobao, over HTTP', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  /** An app of its own for each test, because the platform limits the calls of each. */
  let apps = 0
  const client = (options: Parameters<typeof taobaoShop>[1] = {}, now?: () => Date) =>
    createTaobaoClient(taobaoShop(simulator, { appKey: `app${++apps}`, ...options }), now)
  const placed = (change: Parameters<typeof taobaoOrder>[0] = {}) =>
    simulator.market.place(taobaoOrder(change))
  const paid = () => simulator.market.pay('taobao', placed().orderId)
  const withMischief = async (rates: Parameters<Simulator['mischief']>[1], act: () => Promise<void>) => {
    simulator.mischief('taobao', rates)
    try {
      await act()
    } finally {
      simulator.mischief('taobao', Object.fromEntries(Object.keys(rates).map((name) => [name, 0])))
    }
  }

  it('signs so that any text survives the form and the platform’s own check', async () => {
    const special = fc.constantFrom(
      '+',
      '%',
      '&',
      '=',
      '中文',
      '🍵',
      ' ',
      '%2B',
      'é',
      '\u0000',
      '\ud83c',
      "'()*~!",
    )
    const value = fc.array(fc.oneof(special, fc.string({ unit: 'binary' })), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(...SIGN_METHODS), async (parts, signMethod) => {
        const call = createTopCall(
          taobaoAccount(taobaoShop(simulator, { appKey: `property${++apps}`, signMethod })),
        )
        const refused = call('taobao.trade.fullinfo.get', { fields: 'tid', tid: '1', memo: parts.join('') })
        await expect(refused).rejects.toMatchObject({ subCode: 'isv.trade-not-exist' })
      }),
      { numRuns: 60 },
    )
  })

  it.each(SIGN_METHODS)('is refused with a wrong secret under %s', async (signMethod) => {
    const stranger = client({ signMethod, appSecret: 'another' } as Parameters<typeof taobaoShop>[1])
    await expect(stranger.fetchOrder('1')).rejects.toThrow(RefusedError)
    await expect(stranger.fetchOrder('1')).rejects.toMatchObject({ subCode: 'isv.invalid-signature' })
  })

  it('is refused when its clock is more than ten minutes off', async () => {
    const late = client({}, () => new Date(Date.now() - 11 * 60_000))
    await expect(late.fetchOrder('1')).rejects.toMatchObject({ subCode: 'isv.invalid-timestamp' })
    await expect(client({}, () => new Date(Date.now() + 9 * 60_000)).fetchOrder('1')).resolves.toBeNull()
  })

  it('reads an order as the market has it: ids of 19 digits, cents, times of Beijing, masks and ciphertext', async () => {
    const order = placed()
    const fetched = await client().fetchOrder(order.orderId)
    expect(fetched?.order).toEqual({
      platformOrderId: order.orderId,
      status: 'unpaid',
      rawStatus: 'WAIT_BUYER_PAY',
      createdAt: expect.stringMatching(/\+08:00$/),
      modifiedAt: expect.stringMatching(/\+08:00$/),
      paidAt: null,
      payUntil: expect.stringMatching(/\+08:00$/),
      shipUntil: null,
      buyerId: 'AAH-buyer-1',
      paymentId: null,
      amountCents: 6_707,
      freightCents: 800,
      refundedCents: 0,
      lines: order.lines.map(({ lineId, skuId, outerSkuId, title, quantity, paidCents }) => ({
        platformLineId: lineId,
        platformSkuId: skuId,
        outerSkuId,
        title,
        quantity,
        amountCents: paidCents,
        refund: 'none',
      })),
      receiver: {
        name: '张**',
        phone: '*******5678',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        address: '文一西***',
        ciphertext: { oaid: expect.stringMatching(/^\S{40,}$/) },
      },
      buyerRemark: order.remark,
      shippingForbidden: false,
      waybills: [],
    })
    expect(Math.abs(Date.parse(fetched?.order.createdAt ?? '') - order.createdAtMs)).toBeLessThan(1_000)
    expect(fetched?.raw).toContain(`"tid":${order.orderId}`)
    expect(fetched?.raw).not.toContain('张三丰')
  })

  it('follows an order through every status, and knows no order of another shop', async () => {
    const { market } = simulator
    const { orderId } = placed()
    const shop = client()
    const status = async () => (await shop.fetchOrder(orderId))?.order.status
    market.pay('taobao', orderId)
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({
      status: 'paid',
      paymentId: `PAY${orderId}`,
    })
    market.amend('taobao', orderId, 'changed', { shippingForbidden: true })
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({ status: 'paid', shippingForbidden: true })
    market.amend('taobao', orderId, 'changed', { shippingForbidden: false })
    const parcel = {
      courier: 'sf',
      waybillNumber: 'SF1',
      lineIds: [`${BigInt(orderId) + 1n}`],
      operationId: 'a',
    }
    market.ship('taobao', orderId, parcel)
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({
      status: 'part_shipped',
      waybills: [{ courier: 'sf', waybillNumber: 'SF1', platformLineIds: parcel.lineIds }],
    })
    market.ship('taobao', orderId, { ...parcel, waybillNumber: 'SF2', lineIds: [], operationId: 'b' })
    expect(await status()).toBe('shipped')
    market.receive('taobao', orderId)
    expect(await status()).toBe('delivered')
    market.finish('taobao', orderId)
    expect(await status()).toBe('completed')
    const [unpaidId, paidId] = [placed().orderId, paid().orderId]
    market.close('taobao', unpaidId)
    market.close('taobao', paidId)
    expect((await shop.fetchOrder(unpaidId))?.order).toMatchObject({
      status: 'closed',
      rawStatus: 'TRADE_CLOSED_BY_TAOBAO',
    })
    expect((await shop.fetchOrder(paidId))?.order).toMatchObject({
      rawStatus: 'TRADE_CLOSED',
      lines: [{ refund: 'done' }, { refund: 'done' }],
    })
    expect(await client({ platformShopId: '999' }).fetchOrder(orderId)).toBeNull()
    expect(await shop.fetchOrder('404')).toBeNull()
  })

  it('says why money is asked back of each line, asks that of none without a refund, and goes without what is not told', async () => {
    const { market } = simulator
    const order = paid()
    const [first, second] = order.lines
    if (!first || !second) throw new Error('an order of the test has two lines')
    const shop = client()
    const lines = async () =>
      (await shop.fetchOrder(order.orderId))?.order.lines.map(({ refund, refundReason }) => [
        refund,
        refundReason,
      ])
    expect(await lines()).toEqual([
      ['none', undefined],
      ['none', undefined],
    ])
    market.amend('taobao', order.orderId, 'refund', {
      lines: [{ ...first, refund: 'open', refundReason: '商品破损/包装问题' }, second],
    })
    expect(await lines()).toEqual([
      ['open', '商品破损/包装问题'],
      ['none', undefined],
    ])
    const strange = topTrade.parse({
      ...{ tid: '1', status: 'WAIT_SELLER_SEND_GOODS', payment: '1.00', post_fee: '0.00' },
      ...{ created: '2026-11-01 00:00:00', modified: '2026-11-01 00:00:00' },
      orders: {
        order: [
          { oid: '1', num_iid: '1', num: '1', payment: '1.00', refund_id: '404', refund_status: 'SUCCESS' },
        ],
      },
    })
    const call = createTopCall(taobaoAccount(taobaoShop(simulator, { appKey: `app${++apps}` })))
    const known = channelOrderOf(strange)
    expect(await withTradeRefunds(call, known, strange)).toEqual(known)
  })

  it('asks for no window that the platform refuses, and gets nothing for an empty one', async () => {
    const pull = async (hours: number) => {
      const changed: unknown[] = []
      const to = new Date(Date.now() - 90 * 86_400_000)
      const window = { from: new Date(to.getTime() - hours * 3_600_000), to }
      for await (const page of client().changedOrders(window)) changed.push(...page)
      return changed
    }
    await expect(pull(25)).rejects.toThrow(RefusedError)
    expect(await pull(6)).toEqual([])
  })

  it('sends a parcel once: again is already shipped, also when the first answer was lost', async () => {
    const shop = client()
    const { orderId } = paid()
    const shipment = {
      platformOrderId: orderId,
      courier: 'sf',
      waybillNumber: 'SF1234567890',
      lines: [],
      operationId: 'op-1',
    }
    await withMischief({ cutAfterEffect: 1 }, async () => {
      await expect(shop.ship(shipment)).rejects.toThrow(UnreachableError)
    })
    expect(await shop.ship(shipment)).toBe('already_shipped')
    expect(simulator.market.find('taobao', orderId)?.shipments).toHaveLength(1)
    await expect(shop.ship({ ...shipment, waybillNumber: 'SF9999999999' })).rejects.toThrow(RefusedError)
    await expect(shop.ship({ ...shipment, courier: 'pigeon' })).rejects.toThrow(RefusedError)
    await expect(shop.ship({ ...shipment, platformOrderId: placed().orderId })).rejects.toThrow(RefusedError)
    await expect(shop.ship({ ...shipment, platformOrderId: '404' })).rejects.toThrow(RefusedError)
  })

  it('splits an order into parcels by its lines, each sent once', async () => {
    const shop = client()
    const { orderId, lines } = paid()
    const [first, second] = lines.map(({ lineId, quantity }) => ({ platformLineId: lineId, quantity }))
    if (!first || !second) throw new Error('an order of two lines')
    const parcel = (line: typeof first, waybillNumber: string) => ({
      platformOrderId: orderId,
      courier: 'yto',
      waybillNumber,
      lines: [line],
      operationId: waybillNumber,
    })
    expect(await shop.ship(parcel(first, 'YT0001'))).toBe('shipped')
    expect(simulator.market.find('taobao', orderId)?.status).toBe('part_shipped')
    expect(await shop.ship(parcel(first, 'YT0001'))).toBe('already_shipped')
    await expect(shop.ship(parcel(first, 'YT0003'))).rejects.toThrow(RefusedError)
    expect(await shop.ship(parcel(second, 'YT0002'))).toBe('shipped')
    expect((await shop.fetchOrder(orderId))?.order).toMatchObject({
      status: 'shipped',
      waybills: [{ waybillNumber: 'YT0001' }, { waybillNumber: 'YT0002' }],
    })
    expect(await shop.ship({ ...parcel(first, 'YT0001'), lines: [first] })).toBe('already_shipped')
  })

  it('publishes quantities absolutely, of SKUs and of items that have none', async () => {
    const shop = client()
    await shop.publishQuantity({ platformItemId: '681', platformSkuId: '5123', quantity: 7 })
    await shop.publishQuantity({ platformItemId: '681', platformSkuId: '5123', quantity: 0 })
    await shop.publishQuantity({ platformItemId: '682', platformSkuId: '682', quantity: 3 })
    expect(simulator.market.quantityShown('taobao', SELLER, '5123')).toBe(0)
    expect(simulator.market.quantityShown('taobao', SELLER, '682')).toBe(3)
    const bad = shop.publishQuantity({ platformItemId: 'x', platformSkuId: '1', quantity: 1 })
    await expect(bad).rejects.toThrow(RefusedError)
  })

  it('is told to be patient when it calls too often', async () => {
    const atMs = Date.now()
    const own = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, now: () => atMs })
    try {
      const shop = createTaobaoClient(taobaoShop(own))
      const calls = await Promise.allSettled(Array.from({ length: 102 }, () => shop.fetchOrder('1')))
      const errors = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []))
      expect(errors).toEqual([expect.any(RateLimitedError), expect.any(RateLimitedError)])
      expect(errors[0]).toMatchObject({ retryAfterMs: 1_000 })
    } finally {
      await own.close()
    }
  })

  it('has no way to a new token where the app is given none, and no way back to an old one', async () => {
    const credentials = { ...taobaoShop(simulator).credentials, refreshToken: '' }
    expect(createTaobaoClient({ ...taobaoShop(simulator), credentials }).refreshToken).toBeNull()
    const account = taobaoShop(simulator, { appKey: 'refreshing', platformShopId: '88' })
    const shop = createTaobaoClient(account)
    expect(await shop.refreshToken?.()).toMatchObject({ appSecret: account.credentials.appSecret })
    await expect(shop.refreshToken?.()).rejects.toThrow(RefusedError)
    await expect(shop.fetchOrder('1')).rejects.toThrow(TokenExpiredError)
  })
})
