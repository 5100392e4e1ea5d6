import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type {
  ChannelConnector,
  ChannelShipment,
  Hint,
  ShopAccount,
} from '../../connectors/channels/channel.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../../connectors/outside-errors.ts'
import type { ChannelOrderStatus } from '../../domain/channel-order.ts'
import type { MarketOrder, MarketStatus, NewMarketOrder } from '../../simulator/platforms/market.ts'
import type { MischiefRates } from '../../simulator/platforms/mischief.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'
import { type ChannelFeed, startChannelFeed } from '../support/channel-feed.ts'

/** A channel that plugs into the suite. */
export type ChannelUnderTest = {
  connector: ChannelConnector
  /** The simulator's seed, from which secrets and tokens follow. */
  seed: string
  /** Of a platform that the simulator does not have by itself. */
  morePlatforms?: NonNullable<SimulatorOptions['morePlatforms']>
  /** The shop as the simulator's platform knows it. */
  shop: (simulatorUrl: string) => ShopAccount
  /** The name of the credential that signs. */
  secretName: string
  /** What the platform calls an order at each step, in the hub's words. */
  statuses: Readonly<Record<MarketStatus, ChannelOrderStatus>>
  /** Ids of orders and lines, made of a number beyond 2^53, where the platform's do not look like numbers. */
  orderId?: (number: bigint) => string
  lineId?: (orderId: string, at: number) => string
  /** The platform says what an order's discount is, not what a line's is: of lines only the sum is known to the cent. */
  discountsOrders?: true
  /** A part of an order can be shipped by itself. */
  shipsParts: boolean
  /** Of a platform that pushes over HTTP: a push of these bytes, signed as the platform does. */
  signedPush?: (shop: ShopAccount, body: Buffer) => Record<string, string>
  /** And what its address says, where that matters. */
  pushQuery?: (shop: ShopAccount) => Record<string, string>
}

const SPECIAL = '+ % & = %2B 中文 🍵 <é>"\\'
const FIRST_ORDER = 6_912_345_678_901_230_000n
/** Within the platforms' tolerance of clocks, and before the end of every window that one may ask for. */
const A_WHILE_MS = 5 * 60_000
/** After this the windows of all platforms are open, and a caller whose clock says nothing of it is still believed. */
const PULL_DELAY_MS = 4 * 60_000

/** What every channel's connector keeps, against the simulator over real HTTP and WebSocket. */
export function channelSuite(channel: ChannelUnderTest): void {
  const { connector } = channel
  const { platform } = connector
  const { seed, morePlatforms } = channel
  const outside = { secret: 'x'.repeat(32), seed, ...(morePlatforms ? { morePlatforms } : {}) }
  let number = 0n

  const orderOf = (shop: ShopAccount): NewMarketOrder => {
    number += 100n
    const orderId = (channel.orderId ?? String)(FIRST_ORDER + number)
    const line = (at: number, outerSkuId: string) => ({
      lineId: channel.lineId?.(orderId, at) ?? String(FIRST_ORDER + number + BigInt(at)),
      itemId: String(3_612_345_678_901_230_000n + BigInt(at)),
      skuId: String(1_712_345_678_901_230_000n + BigInt(at)),
      outerSkuId,
      title: `龙井茶 ${at}号 ${SPECIAL}`,
      quantity: at,
      unitPriceCents: 2_000,
      paidCents: 2_000 * at - 7,
    })
    return {
      platform,
      platformShopId: shop.platformShopId,
      orderId,
      buyerId: 'buyer-1',
      receiver: {
        name: '张三丰',
        phone: '13812345678',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        address: '文一西路969号',
      },
      freightCents: 800,
      lines: [line(1, 'TEA-1'), line(2, '')],
      remark: `请用袋 ${SPECIAL}`,
    }
  }

  const withSimulator = async (
    act: (simulator: Simulator) => Promise<void>,
    options: Partial<Parameters<typeof startSimulator>[0]> = {},
  ) => {
    const own = await startSimulator({ ...outside, ...options })
    await act(own).finally(() => own.close())
  }

  describe(`${platform} calls`, () => {
    let simulator: Simulator
    let shop: ShopAccount
    beforeAll(async () => {
      simulator = await startSimulator(outside)
      shop = channel.shop(simulator.url)
    })
    afterAll(() => simulator.close())
    afterEach(() => simulator.mischief(platform, CALM))

    const client = () => connector.client(shop)
    const placed = () => simulator.market.place(orderOf(shop))
    const paid = () => simulator.market.pay(platform, placed().orderId)
    const onMarket = (orderId: string) => simulator.market.find(platform, orderId)
    const shipmentOf = (order: MarketOrder, change: Partial<ChannelShipment> = {}): ChannelShipment => ({
      platformOrderId: order.orderId,
      courier: 'sf',
      waybillNumber: `SF${number}`,
      lines: [],
      operationId: `ship-${number}`,
      ...change,
    })

    it('takes the credentials of a shop, and refuses none at all and ones that it does not know', () => {
      expect(connector.credentials.safeParse(shop.credentials).success).toBe(true)
      expect(connector.credentials.safeParse({}).success).toBe(false)
      expect(connector.credentials.safeParse({ ...shop.credentials, pasword: 'x' }).success).toBe(false)
    })

    it('reads an order as the market has it: every digit of ids, every cent, every sign of a text', async () => {
      const order = paid()
      const fetched = await client().fetchOrder(order.orderId)
      expect(fetched?.order).toMatchObject({
        platformOrderId: order.orderId,
        status: channel.statuses.paid,
        amountCents: order.totalCents,
        freightCents: order.freightCents,
        buyerRemark: order.remark,
        shippingForbidden: false,
        waybills: [],
      })
      const lines = fetched?.order.lines ?? []
      expect(lines).toEqual(
        order.lines.map(({ lineId, skuId, outerSkuId, title, quantity, paidCents }) => ({
          platformLineId: lineId,
          platformSkuId: skuId,
          outerSkuId: outerSkuId === '' ? null : outerSkuId,
          title,
          quantity,
          amountCents: channel.discountsOrders ? expect.any(Number) : paidCents,
          refund: 'none',
        })),
      )
      expect(lines.reduce((sum, line) => sum + line.amountCents, 0)).toBe(
        order.totalCents - order.freightCents,
      )
      expect(fetched?.order.receiver).toMatchObject({
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
      })
      for (const [moment, ms] of [
        [fetched?.order.createdAt, order.createdAtMs],
        [fetched?.order.modifiedAt, order.modifiedAtMs],
        [fetched?.order.paidAt, order.paidAtMs],
      ] as const) {
        expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(\+08:00|Z)$/)
        expect(Math.abs(Date.parse(moment ?? '') - (ms ?? 0))).toBeLessThan(1_000)
      }
    })

    it('knows every step of an order, and that a line’s money is asked or given back', async () => {
      const { market } = simulator
      const order = placed()
      const steps: [MarketStatus, () => void][] = [
        ['unpaid', () => undefined],
        ['paid', () => market.pay(platform, order.orderId)],
        ['shipped', () => market.ship(platform, order.orderId, parcelOf('SF-A'))],
        ['received', () => market.receive(platform, order.orderId)],
        ['finished', () => market.finish(platform, order.orderId)],
      ]
      for (const [status, step] of steps) {
        step()
        expect((await client().fetchOrder(order.orderId))?.order).toMatchObject({
          status: channel.statuses[status],
        })
      }
      const [unpaid, refunded, open] = [placed(), paid(), paid()]
      market.close(platform, unpaid.orderId)
      market.close(platform, refunded.orderId)
      market.amend(platform, open.orderId, 'refund', {
        lines: open.lines.map((line, at) => ({
          ...line,
          refund: at === 0 ? ('open' as const) : line.refund,
        })),
      })
      const read = async ({ orderId }: MarketOrder) => (await client().fetchOrder(orderId))?.order
      expect(await read(unpaid)).toMatchObject({ status: channel.statuses.closed_unpaid })
      expect(await read(refunded)).toMatchObject({
        status: channel.statuses.closed_refunded,
        lines: [{ refund: 'done' }, { refund: 'done' }],
      })
      expect((await read(open))?.lines[0]).toMatchObject({ refund: 'open' })
    })

    it('tells what went back of an order to the cent: nothing, a part of a line, and all of it with the freight', async () => {
      const { market } = simulator
      const told = async ({ orderId }: MarketOrder) => {
        const order = (await client().fetchOrder(orderId))?.order
        return [order?.status, order?.refundedCents]
      }
      const [part, closed, unpaid] = [paid(), paid(), placed()]
      const shipped = channel.statuses.shipped
      market.ship(platform, part.orderId, parcelOf('SF-P'))
      expect(await told(part)).toEqual([shipped, 0])
      const giveBack = (refund: 'open' | 'done') =>
        market.amend(platform, part.orderId, 'refund', {
          lines: part.lines.map((line, at) => (at === 0 ? { ...line, refund, refundCents: 305 } : line)),
        })
      giveBack('open')
      expect((await told(part))[1]).toBe(0)
      giveBack('done')
      expect(await told(part)).toEqual([shipped, 305])
      market.close(platform, closed.orderId)
      expect(await told(closed)).toEqual(['closed', closed.totalCents])
      market.close(platform, unpaid.orderId)
      expect(await told(unpaid)).toEqual(['closed', 0])
    })

    it('hears that the platform forbids to ship', async () => {
      const order = paid()
      simulator.market.amend(platform, order.orderId, 'changed', { shippingForbidden: true })
      expect((await client().fetchOrder(order.orderId))?.order).toMatchObject({
        status: 'paid',
        shippingForbidden: true,
      })
      await expect(client().ship(shipmentOf(order))).rejects.toThrow(RefusedError)
    })

    it('knows no order that is not there', async () => {
      expect(await client().fetchOrder((channel.orderId ?? String)(FIRST_ORDER))).toBeNull()
    })

    it('finds every order of a window, however orders change between two pages', async () => {
      let offsetMs = -A_WHILE_MS
      await withSimulator(
        async (own) => {
          const ownShop = channel.shop(own.url)
          const from = new Date(Date.now() + offsetMs - 1_000)
          const ids = Array.from({ length: 250 }, () => own.market.place(orderOf(ownShop)).orderId)
          const to = new Date(Date.now() + offsetMs + 1_000)
          offsetMs = 0
          const found = new Set<string>()
          for await (const page of connector.client(ownShop).changedOrders({ from, to })) {
            for (const { platformOrderId, modifiedAt } of page) {
              found.add(platformOrderId)
              expect(Math.abs(modifiedAt.getTime() - (Date.now() - A_WHILE_MS))).toBeLessThan(60_000)
            }
            // Some that were read and some that were not: they leave this window for the next one.
            for (const id of [...ids.slice(0, 15), ...ids.slice(-15)]) own.market.pay(platform, id)
          }
          const missed = ids.filter((id) => !found.has(id))
          expect(missed.filter((id) => own.market.find(platform, id)?.status === 'unpaid')).toEqual([])
          expect(found.size).toBeGreaterThanOrEqual(220)
        },
        { now: () => Date.now() + offsetMs },
      )
    })

    it('finds nothing in a window where nothing happened', async () => {
      const to = new Date(Date.now() - 20 * A_WHILE_MS)
      for await (const page of client().changedOrders({ from: new Date(to.getTime() - 60_000), to })) {
        expect(page).toEqual([])
      }
    })

    it('ships an order once: again, or after a lost answer, it is shipped already', async () => {
      const [first, second] = [paid(), paid()]
      const shipment = shipmentOf(first)
      expect(await client().ship(shipment)).toBe('shipped')
      expect(await client().ship(shipment)).toBe('already_shipped')
      const [parcel] = (await client().fetchOrder(first.orderId))?.order.waybills ?? []
      expect(parcel).toMatchObject({ courier: 'sf', waybillNumber: shipment.waybillNumber })

      const lost = shipmentOf(second, { waybillNumber: `SF${number}LOST`, operationId: 'lost' })
      simulator.mischief(platform, { cutAfterEffect: 1 })
      await expect(client().ship(lost)).rejects.toThrow(UnreachableError)
      simulator.mischief(platform, CALM)
      expect(await client().ship(lost)).toBe('already_shipped')
      expect(onMarket(second.orderId)?.shipments).toHaveLength(1)
    })

    it('sends any text so that the platform reads the same', async () => {
      const order = paid()
      const shipment = shipmentOf(order, { waybillNumber: `SF${SPECIAL}` })
      expect(await client().ship(shipment)).toBe('shipped')
      expect(onMarket(order.orderId)?.shipments[0]?.waybillNumber).toBe(`SF${SPECIAL}`)
    })

    it('is refused to ship what is not paid, closed, or unknown, and says so', async () => {
      const closed = paid()
      simulator.market.close(platform, closed.orderId)
      await expect(client().ship(shipmentOf(placed()))).rejects.toThrow(RefusedError)
      await expect(client().ship(shipmentOf(closed))).rejects.toThrow(RefusedError)
      const unknown = { ...shipmentOf(closed), platformOrderId: (channel.orderId ?? String)(FIRST_ORDER) }
      await expect(client().ship(unknown)).rejects.toThrow(RefusedError)
    })

    it.runIf(channel.shipsParts)('ships an order line by line', async () => {
      const order = paid()
      const [first, second] = order.lines.map(({ lineId, quantity }) => ({
        platformLineId: lineId,
        quantity,
      }))
      if (!first || !second) throw new Error('an order of two lines')
      const part = (line: typeof first, waybillNumber: string) =>
        shipmentOf(order, { lines: [line], waybillNumber, operationId: waybillNumber })
      expect(await client().ship(part(first, `SF${number}A`))).toBe('shipped')
      expect((await client().fetchOrder(order.orderId))?.order.status).toBe(channel.statuses.part_shipped)
      // Some platforms answer a repeated operation with its first result.
      expect(await client().ship(part(first, `SF${number}A`))).toMatch(/^(already_)?shipped$/)
      expect(onMarket(order.orderId)?.shipments).toHaveLength(1)
      expect(await client().ship(part(second, `SF${number}B`))).toBe('shipped')
      const shipped = (await client().fetchOrder(order.orderId))?.order
      expect(shipped?.status).toBe(channel.statuses.shipped)
      expect(shipped?.waybills.map(({ waybillNumber }) => waybillNumber)).toEqual([
        `SF${number}A`,
        `SF${number}B`,
      ])
    })

    it('sets the quantity that a SKU shows, down to none', async () => {
      const [line] = placed().lines
      if (!line) throw new Error('an order has lines')
      for (const quantity of [7, 0]) {
        await client().publishQuantity({
          platformItemId: line.itemId,
          platformSkuId: line.skuId,
          quantity,
        })
        expect(simulator.market.quantityShown(platform, shop.platformShopId, line.skuId)).toBe(quantity)
      }
    })

    it.each([
      ['rateLimited', RateLimitedError],
      ['gatewayTimeout', UnreachableError],
      ['garbage', UnreachableError],
      ['cut', UnreachableError],
    ] as const)('says what %s means for whoever asks', async (fate, error) => {
      const { orderId } = placed()
      simulator.mischief(platform, { [fate]: 1 })
      await expect(client().fetchOrder(orderId)).rejects.toThrow(error)
    })

    it('waits for a slow answer, and takes one that is too slow for none', async () => {
      const { orderId } = placed()
      simulator.mischief(platform, { slow: 1, slowMs: 200 })
      expect((await client().fetchOrder(orderId))?.order.platformOrderId).toBe(orderId)
      simulator.mischief(platform, { slow: 1, slowMs: 5_000 })
      const { timeout } = AbortSignal
      const patience = vi
        .spyOn(AbortSignal, 'timeout')
        .mockImplementation(() => timeout.call(AbortSignal, 50))
      await expect(client().fetchOrder(orderId))
        .rejects.toThrow(UnreachableError)
        .finally(() => patience.mockRestore())
    })

    it('shows an old version with its old time, so that the newer one can win', async () => {
      const order = paid()
      simulator.market.amend(platform, order.orderId, 'changed', { remark: 'newer' })
      simulator.mischief(platform, { regressed: 1 })
      expect((await client().fetchOrder(order.orderId))?.order.buyerRemark).toBe(order.remark)
    })

    it('is refused with a wrong secret, and nothing happens', async () => {
      const order = paid()
      const credentials = { ...shop.credentials, [channel.secretName]: wrong(shop, channel.secretName) }
      const stranger = connector.client({ ...shop, credentials })
      await expect(stranger.ship(shipmentOf(order))).rejects.toThrow(RefusedError)
      await expect(stranger.fetchOrder(order.orderId)).rejects.toThrow(RefusedError)
      expect(onMarket(order.orderId)?.shipments).toEqual([])
    })

    it('never says a secret in an error', async () => {
      const { orderId } = placed()
      for (const fate of ['rateLimited', 'gatewayTimeout', 'garbage', 'cut'] as const) {
        simulator.mischief(platform, { ...CALM, [fate]: 1 })
        const error: unknown = await client()
          .fetchOrder(orderId)
          .catch((caught: unknown) => caught)
        for (const secret of Object.values(shop.credentials).filter((value) => value.length > 12)) {
          expect(String(error)).not.toContain(secret)
        }
      }
    })

    it('renews a token that has expired, where tokens are renewed by a call', async () => {
      await withSimulator(async (own) => {
        const ownShop = channel.shop(own.url)
        const { orderId } = own.market.place(orderOf(ownShop))
        const { refreshToken } = connector.client(ownShop)
        if (!refreshToken) return
        own.mischief(platform, { tokenExpired: 1 })
        await expect(connector.client(ownShop).fetchOrder(orderId)).rejects.toThrow(TokenExpiredError)
        own.mischief(platform, CALM)
        await expect(connector.client(ownShop).fetchOrder(orderId)).rejects.toThrow(TokenExpiredError)
        const credentials = connector.credentials.parse(await refreshToken())
        const renewed = connector.client({ ...ownShop, credentials })
        expect((await renewed.fetchOrder(orderId))?.order.platformOrderId).toBe(orderId)
      })
    })
  })

  describe.runIf(connector.receivePush ?? connector.listen)(`${platform} pushes`, () => {
    let simulator: Simulator
    let feed: ChannelFeed
    let shop: ShopAccount
    beforeAll(async () => {
      feed = await startChannelFeed(connector)
      simulator = await startSimulator({ ...outside, hubApi: feed.url })
      shop = channel.shop(simulator.url)
      feed.attach(shop)
    })
    afterAll(async () => {
      await simulator.close()
      await feed.close()
    })
    afterEach(() => {
      simulator.mischief(platform, CALM)
      feed.keep = async () => undefined
    })

    const hintsOf = (orderId: string) => feed.hints.filter((hint) => hint.platformOrderId === orderId)
    const heard = (orderId: string, count: number) =>
      vi.waitFor(() => expect(hintsOf(orderId).length).toBeGreaterThanOrEqual(count), {
        timeout: 15_000,
        interval: 20,
      })

    it('become hints of the order that changed', async () => {
      const order = simulator.market.place(orderOf(shop))
      simulator.market.pay(platform, order.orderId)
      await heard(order.orderId, 2)
      for (const hint of hintsOf(order.orderId)) {
        expect(hint).toMatchObject({ isKnown: true, shopId: shop.shopId })
        expect(hint.raw).not.toBe('')
        expect(Math.abs((hint.occurredAt?.getTime() ?? Date.now()) - Date.now())).toBeLessThan(60_000)
      }
      expect(new Set(hintsOf(order.orderId).map(({ messageId }) => messageId)).size).toBe(2)
    })

    it('are acknowledged only once they are durable: until then they come again, as the same message', async () => {
      const tried: Hint[] = []
      const isDurable = { now: false }
      feed.keep = async (hints) => {
        tried.push(...hints)
        if (!isDurable.now) throw new Error('not durable')
      }
      const { orderId } = simulator.market.place(orderOf(shop))
      const ids = () => tried.filter((hint) => hint.platformOrderId === orderId).map((hint) => hint.messageId)
      await vi.waitFor(() => expect(ids().length).toBeGreaterThanOrEqual(2), {
        timeout: 15_000,
        interval: 20,
      })
      expect(hintsOf(orderId)).toEqual([])
      isDurable.now = true
      await heard(orderId, 1)
      expect(new Set(ids()).size).toBe(1)
    })

    it('that come twice are the same message', async () => {
      simulator.mischief(platform, { doubled: 1, delayMs: 20 })
      const { orderId } = simulator.market.place(orderOf(shop))
      await heard(orderId, 2)
      expect(new Set(hintsOf(orderId).map(({ messageId }) => messageId)).size).toBe(1)
    })

    it('that are lost are found by the pull', async () => {
      let offsetMs = 0
      const ownFeed = await startChannelFeed(connector)
      const heardOf = () => ownFeed.hints.map(({ platformOrderId }) => platformOrderId)
      const act = async (own: Simulator) => {
        const ownShop = channel.shop(own.url)
        const place = () => own.market.place(orderOf(ownShop)).orderId
        const told = async () => {
          const orderId = place()
          await vi.waitFor(() => expect(heardOf()).toContain(orderId), { timeout: 15_000, interval: 20 })
        }
        ownFeed.attach(ownShop)
        await told()
        const from = new Date(Date.now() - 1_000)
        own.mischief(platform, { lost: 1 })
        const lost = place()
        own.mischief(platform, CALM)
        await told()
        expect(heardOf()).not.toContain(lost)
        const to = new Date(Date.now() + 1_000)
        offsetMs = PULL_DELAY_MS
        const found: string[] = []
        for await (const page of connector.client(ownShop).changedOrders({ from, to })) {
          found.push(...page.map(({ platformOrderId }) => platformOrderId))
        }
        expect(found).toContain(lost)
      }
      const now = () => Date.now() + offsetMs
      await withSimulator(act, { hubApi: ownFeed.url, now }).finally(() => ownFeed.close())
    })

    describe.runIf(connector.receivePush)('over HTTP', () => {
      const directory = (account: ShopAccount) => ({
        shopsOfApp: async (appKey: string) => (appKey === account.appKey ? [account] : []),
      })
      const receive = async (request: ChannelFeed['requests'][number], account = shop) => {
        const outcome = await connector.receivePush?.(request, directory(account))
        if (!outcome) throw new Error('pushes over HTTP')
        return outcome
      }
      const recorded = async () => {
        const { orderId } = simulator.market.place(orderOf(shop))
        await heard(orderId, 1)
        const request = feed.requests.find(({ body }) => body.includes(orderId))
        if (!request) throw new Error('a push of the order was heard')
        return { orderId, request }
      }

      it('are refused with any byte of the body or of the signature altered, and under another secret', async () => {
        const { request } = await recorded()
        expect((await receive(request)).outcome).toBe('accepted')
        for (const at of [0, Math.floor(request.body.length / 2), request.body.length - 1]) {
          const body = Buffer.from(request.body)
          body[at] = (body[at] ?? 0) ^ 1
          expect(await receive({ ...request, body })).toMatchObject({
            outcome: 'refused',
            reply: { status: 401 },
          })
        }
        const credentials = { ...shop.credentials, [channel.secretName]: wrong(shop, channel.secretName) }
        expect((await receive(request, { ...shop, credentials })).outcome).toBe('refused')
        expect((await receive(request, { ...shop, appKey: 'another' })).outcome).toBe('refused')
        expect((await receive({ ...request, headers: {} })).outcome).toBe('refused')
        for (const name of Object.keys(channel.signedPush?.(shop, request.body) ?? {})) {
          const value = request.headers[name]
          if (typeof value !== 'string') throw new Error(`the push has no ${name}`)
          const headers = {
            ...request.headers,
            [name]: `${value.slice(0, -1)}${value.endsWith('0') ? 1 : 0}`,
          }
          expect((await receive({ ...request, headers })).outcome).toBe('refused')
          expect((await receive({ ...request, headers: { ...headers, [name]: '' } })).outcome).toBe('refused')
        }
      })

      it('of a shop that nobody knows are kept without one', async () => {
        const { request, orderId } = await recorded()
        const other = { ...shop, shopId: 'other', platformShopId: '404' }
        expect(await receive(request, other)).toMatchObject({
          outcome: 'accepted',
          hints: [{ platformOrderId: orderId, shopId: null }],
        })
      })

      it.each([
        ['nothing', ''],
        ['no JSON', '[{"tag":'],
        ['a text', '"hello"'],
        ['10,000 brackets', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
        ['10,000 objects in each other', `${'[{"data":'.repeat(10_000)}1${'}]'.repeat(10_000)}`],
        ['bytes that are no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
      ])('that are signed and hold %s are refused, and nothing falls over', async (_, content) => {
        const body = Buffer.from(content)
        const headers = channel.signedPush?.(shop, body)
        if (!headers) throw new Error('a channel that is pushed to over HTTP says how a push is signed')
        const outcome = await receive({
          headers,
          query: channel.pushQuery?.(shop) ?? {},
          body,
          receivedAt: new Date(),
        })
        expect(outcome).toMatchObject({ outcome: 'refused', reply: { status: 400 } })
      })
    })
  })
}

const CALM = {
  lost: 0,
  doubled: 0,
  reordered: 0,
  late: 0,
  gatewayTimeout: 0,
  rateLimited: 0,
  slow: 0,
  garbage: 0,
  cut: 0,
  cutAfterEffect: 0,
  tokenExpired: 0,
  regressed: 0,
} satisfies MischiefRates

const parcelOf = (waybillNumber: string) => ({
  courier: 'sf',
  waybillNumber,
  lineIds: [],
  operationId: waybillNumber,
})

/** A secret of the same form that is another one. */
function wrong(shop: ShopAccount, secretName: string): string {
  const secret = shop.credentials[secretName] ?? ''
  const at = secret.length - 3
  return `${secret.slice(0, at)}${secret[at] === 'a' ? 'b' : 'a'}${secret.slice(at + 1)}`
}
