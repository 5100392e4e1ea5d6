import { describe, expect, it } from 'vitest'
import { mallConnector } from '../../connectors/channels/mall/index.ts'
import { receiveMallPush } from '../../connectors/channels/mall/receive.ts'
import { webhookHeaders } from '../../connectors/channels/mall/sign.ts'
import { MALL_APP_KEY } from '../../simulator/platforms/mall/index.ts'
import { mallSecretOf } from '../../simulator/platforms/mall/signature.ts'
import { mallShop } from '../support/pushing-shops.ts'
import { channelSuite } from './channel-suite.ts'

const SEED = 'mall'
const SECRET = mallSecretOf(SEED, MALL_APP_KEY)

const now = () => Math.floor(Date.now() / 1000)
const headersOf = (body: string, secrets: string[], timestampSeconds = now()) =>
  webhookHeaders({ id: 'msg_1', timestampSeconds, body }, secrets)

channelSuite({
  connector: mallConnector,
  seed: SEED,
  shop: (url) => mallShop(url, SEED),
  secretName: 'secret',
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
  pushQuery: (shop) => ({ app: shop.appKey }),
  signedPush: (_, body) => headersOf(body.toString('utf8'), [SECRET]),
})

describe('a Standard Webhook of the mall', () => {
  const newer = mallSecretOf('newer', MALL_APP_KEY)
  const body = JSON.stringify({ type: 'order.paid', data: { shopId: 'mall-east', orderId: 'A-1' } })
  const receive = (
    headers: Record<string, string>,
    { credentials = { secret: SECRET, previousSecret: '' }, content = body } = {},
  ) => {
    const shop = { ...mallShop('http://127.0.0.1', SEED), credentials }
    return receiveMallPush(
      { headers, query: { app: MALL_APP_KEY }, body: Buffer.from(content), receivedAt: new Date() },
      { shopsOfApp: async (appKey) => (appKey === MALL_APP_KEY ? [shop] : []) },
    )
  }

  it('is taken under the old secret and the new one while they change, on either side', async () => {
    const changing = { credentials: { secret: newer, previousSecret: SECRET } }
    for (const secrets of [[SECRET], [newer], [SECRET, newer]]) {
      expect((await receive(headersOf(body, secrets), changing)).outcome).toBe('accepted')
    }
    expect((await receive(headersOf(body, [newer, SECRET]))).outcome).toBe('accepted')
    expect((await receive(headersOf(body, [newer]))).outcome).toBe('refused')
  })

  it('is refused when it is more than five minutes old, or of the future', async () => {
    for (const [offset, outcome] of [
      [-310, 'refused'],
      [310, 'refused'],
      [-280, 'accepted'],
      [280, 'accepted'],
    ] as const) {
      expect((await receive(headersOf(body, [SECRET], now() + offset))).outcome).toBe(outcome)
    }
  })

  it.each([
    ['no id', { 'webhook-id': '' }],
    ['an id that fits nowhere', { 'webhook-id': 'x'.repeat(129) }],
    ['no time', { 'webhook-timestamp': '' }],
    ['a time with words', { 'webhook-timestamp': `${now()} ago` }],
    ['no signature', { 'webhook-signature': '' }],
    ['a version without a signature', { 'webhook-signature': 'v1' }],
    ['a signature of another version', { 'webhook-signature': 'v1a,AAAA' }],
    ['an empty signature', { 'webhook-signature': 'v1,' }],
  ])('with %s is refused', async (_, change) => {
    expect(await receive({ ...headersOf(body, [SECRET]), ...change })).toMatchObject({
      outcome: 'refused',
      reply: { status: 401 },
    })
  })

  it.each([
    ['order.paid', { shopId: 'mall-east', orderId: 'A-1' }, true, 'A-1'],
    ['order.flown', { shopId: 'mall-east', orderId: 'A-1' }, false, 'A-1'],
    ['order.paid', {}, false, null],
    ['order.paid', 'A-1', false, null],
  ])('of %s with %j is kept', async (type, data, isKnown, platformOrderId) => {
    const content = JSON.stringify({ type, timestamp: '2026-11-11T00:00:01Z', data })
    expect(await receive(headersOf(content, [SECRET]), { content })).toMatchObject({
      outcome: 'accepted',
      hints: [{ messageId: 'msg_1', type, isKnown, platformOrderId, raw: content }],
    })
  })
})

describe('credentials of the mall', () => {
  it.each([
    ['no secret', {}],
    ['another kind of secret', { secret: 'whsk_AAAA' }],
    ['a short secret', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
    ['an endless secret', { secret: `whsec_${Buffer.alloc(65).toString('base64')}` }],
  ])('with %s are refused', (_, credentials) => {
    expect(mallConnector.credentials.safeParse(credentials).success).toBe(false)
  })
})
