import { createHmac, timingSafeEqual } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import type {
  ChangedOrder,
  ChannelConnector,
  Hint,
  PushListener,
  PushOutcome,
  ShopAccount,
} from '../../connectors/channels/channel.ts'
import { TokenExpiredError } from '../../connectors/outside-errors.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'

const push = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    shop: z.string(),
    orderId: z.string().nullable(),
    at: z.string().nullable().default(null),
  }),
)

/** A platform that exists only here: what the intake does is tested on it, whatever the real ones look like. */
export function createFakeChannel(limits: Partial<ChannelConnector['limits']> = {}) {
  const orders = new Map<string, ChannelOrder>()
  const changes: ChangedOrder[] = []
  const state = {
    fetched: [] as string[],
    pulled: [] as { from: Date; to: Date }[],
    refreshed: 0,
    /** Tokens that the platform takes. */
    validToken: 'token-1',
    /** What happens before an order is handed out, per shop. */
    beforeFetch: async (_shop: ShopAccount, _orderId: string): Promise<void> => undefined,
    beforePage: async (_shop: ShopAccount): Promise<void> => undefined,
    listeners: new Map<string, PushListener>(),
  }
  const connector: ChannelConnector = {
    platform: 'doudian',
    channel: 'douyin',
    conformance: {},
    credentials: z.strictObject({
      appSecret: z.string().min(1),
      accessToken: z.string(),
      refreshToken: z.string().optional(),
    }) as z.ZodType<Record<string, string>>, // an optional string that is absent is no key of the record
    defaultGatewayUrl: 'https://gateway.invalid',
    defaultPushUrl: null,
    limits: {
      callsPerSecond: 1_000,
      pullWindowSeconds: 3_600,
      pullOverlapSeconds: 300,
      pullDelaySeconds: 0,
      pullEverySeconds: 60,
      lagTargetSeconds: 60,
      ...limits,
    },
    client: (shop) => {
      const checkToken = () => {
        if (shop.credentials.accessToken !== state.validToken) throw new TokenExpiredError('expired')
      }
      return {
        fetchOrder: async (orderId) => {
          state.fetched.push(orderId)
          await state.beforeFetch(shop, orderId)
          checkToken()
          const order = orders.get(orderId)
          return order ? { order, raw: JSON.stringify(order) } : null
        },
        changedOrders: async function* (window) {
          state.pulled.push(window)
          checkToken()
          const inside = changes.filter(
            ({ modifiedAt }) => modifiedAt >= window.from && modifiedAt < window.to,
          )
          for (let at = 0; at < inside.length; at += 2) {
            await state.beforePage(shop)
            yield inside.slice(at, at + 2)
          }
        },
        ship: async () => 'shipped',
        publishQuantity: async () => undefined,
        refreshToken: async () => {
          state.refreshed += 1
          state.validToken = `token-${uuid()}`
          return { ...shop.credentials, accessToken: state.validToken }
        },
      }
    },
    receivePush: async ({ headers, body }, directory): Promise<PushOutcome> => {
      const reply = (status: number, text: string) => ({
        status,
        contentType: 'application/json',
        body: text,
      })
      const refused = (reason: string): PushOutcome => ({
        outcome: 'refused',
        reason,
        reply: reply(401, '{"code":1}'),
      })
      const shops = await directory.shopsOfApp(headers['app-id'] ?? '')
      const [first] = shops
      if (!first) return refused('unknown app')
      if (!isSigned(body, first.credentials.appSecret ?? '', headers.sign ?? ''))
        return refused('wrong signature')
      const hints = push.parse(JSON.parse(body.toString('utf8'))).map(
        (message): Hint => ({
          messageId: message.id,
          type: message.type,
          platformOrderId: message.orderId,
          occurredAt: message.at === null ? null : new Date(message.at),
          isKnown: !message.type.startsWith('unknown'),
          shopId: shops.find((shop) => shop.platformShopId === message.shop)?.shopId ?? null,
          raw: JSON.stringify(message),
        }),
      )
      return { outcome: 'accepted', hints, reply: reply(200, '{"code":0,"msg":"success"}') }
    },
    listen: (shop, listener) => {
      state.listeners.set(shop.shopId, listener)
      listener.onState({ state: 'connected', detail: '' })
      return { close: async () => void state.listeners.delete(shop.shopId) }
    },
  }
  /** The platform has an order, and says that it changed. */
  const put = (orderId: string, change: Partial<ChannelOrder> = {}): ChannelOrder => {
    const order = { ...fakeOrder(orderId), ...change }
    orders.set(orderId, order)
    changes.push({ platformOrderId: orderId, modifiedAt: new Date(order.modifiedAt) })
    return order
  }
  return { connector, orders, changes, state, put }
}

export function signPush(body: string | Buffer, appSecret: string): string {
  return createHmac('sha256', appSecret).update(body).digest('hex')
}

function isSigned(body: Buffer, appSecret: string, sign: string): boolean {
  const expected = Buffer.from(signPush(body, appSecret))
  const given = Buffer.from(sign)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

export function fakeOrder(platformOrderId: string): ChannelOrder {
  const now = new Date().toISOString()
  return {
    platformOrderId,
    status: 'paid',
    rawStatus: '2',
    createdAt: now,
    modifiedAt: now,
    paidAt: now,
    payUntil: null,
    shipUntil: null,
    buyerId: 'buyer-1',
    paymentId: `pay-${platformOrderId}`,
    amountCents: 1_000,
    freightCents: 0,
    lines: [
      {
        platformLineId: `${platformOrderId}-1`,
        platformSkuId: 'P-SKU-1',
        outerSkuId: null,
        title: '商品',
        quantity: 1,
        amountCents: 1_000,
        refund: 'none',
      },
    ],
    receiver: {
      name: '张三',
      phone: '13800138000',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '文三路 1 号',
      ciphertext: {},
    },
    buyerRemark: '',
    shippingForbidden: false,
    waybills: [],
  }
}
