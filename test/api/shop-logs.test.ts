import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { platformList, shopDeliveryPage, shopMessagePage } from '../../contracts/shop-logs.ts'
import { inboxHintOf, incomingHints, insertHints } from '../../store/intake.ts'
import { createTestApi, type TestApi } from './support.ts'

const RECEIVER = '王小明 13800138000'
let api: TestApi

beforeAll(async () => {
  api = await createTestApi()
  await api.rows(
    `insert into store (id, name, channel, region) values ('DY-1', '抖音一店', 'douyin', '华东')`,
  )
  for (const id of ['S-1', 'S-2']) {
    const payload = {
      ...{ id, storeId: 'DY-1', platform: 'doudian', platformShopId: `p-${id}`, appKey: 'app-1' },
      credentials: { appSecret: 'x', accessToken: 'y', refreshToken: 'z' },
    }
    const made = await api.as('ops', { method: 'POST', url: '/v1/shops', payload })
    expect(made.statusCode).toBe(201)
  }
})
afterAll(() => api.close())

const get = (url: string) => api.as('ops', { url: `/v1/shops/${url}` })
const replay = (url: string) => api.as('ops', { method: 'POST', url: `/v1/shops/${url}/replay` })

/** Messages as pushes bring them, in this order. */
async function receive(shopId: string, orders: (string | null)[]): Promise<void> {
  const hints = incomingHints(
    orders.map((platformOrderId) => ({
      ...{ shopId, messageId: uuid(), type: 'order.changed', platformOrderId },
      ...{ occurredAt: new Date(), isKnown: true, raw: RECEIVER },
    })),
    {
      ...{ platform: 'doudian', receivedAt: new Date(), traceParent: null },
      shops: new Map([[shopId, { active: true }]]),
    },
  )
  for (const hint of hints) await insertHints(api.database.db, [inboxHintOf(hint)])
}

const messages = async (shopId: string, query = '') =>
  shopMessagePage.parse((await get(`${shopId}/messages?${query}`)).json())

describe('the inbox log of a shop', () => {
  test('has its own messages, found by state and order, page by page, without what they say', async () => {
    await receive('S-1', ['A', 'B', null, 'C'])
    await receive('S-2', ['A'])
    const all = await get('S-1/messages')
    expect(all.body).not.toContain('王小明')
    const { items } = shopMessagePage.parse(all.json())
    expect(items.map((item) => [item.platformOrderId, item.state, item.canReplay])).toEqual([
      ['C', 'hint', true],
      [null, 'dismissed', false],
      ['B', 'hint', true],
      ['A', 'hint', true],
    ])
    const first = await messages('S-1', 'limit=3&sort=oldest')
    const rest = await messages('S-1', `limit=3&sort=oldest&cursor=${first.nextCursor}`)
    expect([...first.items, ...rest.items]).toEqual(items.toReversed())
    expect((await messages('S-1', 'platformOrderId=B')).items).toEqual([items[2]])
    expect((await messages('S-1', 'state=dismissed')).items).toEqual([items[1]])
    for (const bad of ['state=asleep', 'cursor=x', 'sort=best', `cursor=${first.nextCursor}`])
      expect([bad, (await get(`S-1/messages?${bad}`)).statusCode]).toEqual([bad, 400])
    expect((await get('S-9/messages')).statusCode).toBe(404)
  })

  test('one that was set aside is fetched again by whoever asks, which is on record', async () => {
    await receive('S-1', ['ASIDE'])
    const [message] = (await messages('S-1', 'platformOrderId=ASIDE')).items
    const id = message?.messageId
    await api.rows("update inbox set state = 'set_aside', attempts = 8, settled_at = now() where id = $1", [
      id,
    ])
    const replayed = await api.as('admin', { method: 'POST', url: `/v1/shops/S-1/messages/${id}/replay` })
    expect(replayed.statusCode).toBe(204)
    expect((await messages('S-1', 'platformOrderId=ASIDE')).items).toMatchObject([
      { state: 'hint', attempts: 0, settledAt: null },
    ])
    expect(
      await api.rows("select actor, new_value from audit_entry where action = 'shop_message.replayed'"),
    ).toEqual([{ actor: 'admin', new_value: { messageId: id } }])
  })

  test('what names no order, or another shop’s, changes nothing', async () => {
    const [dismissed] = (await messages('S-1', 'state=dismissed')).items
    const refused = await replay(`S-1/messages/${dismissed?.messageId}`)
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'shop-log-not-replayable'])
    const [other] = (await messages('S-2')).items
    expect((await replay(`S-1/messages/${other?.messageId}`)).statusCode).toBe(404)
    expect((await replay('S-1/messages/x')).statusCode).toBe(400)
  })
})

describe('the delivery log of a shop', () => {
  const deliver = async (kind: string, payload: object, state: string): Promise<string> => {
    const id = uuid()
    await api.rows(
      `insert into delivery (id, kind, target, operation_id, order_key, payload, state, attempts, last_error)
       values ($1, $2, 'douyin', $5, $5, $3, $4, 3, 'refused')`,
      [id, kind, JSON.stringify(payload), state, id],
    )
    return id
  }
  const deliveries = async (query: string) =>
    shopDeliveryPage.parse((await get(`S-1/deliveries?${query}`)).json()).items

  test('has waybills of its orders and quantities of its store, and none of other shops', async () => {
    const ship = { shopId: 'S-1', platformOrderId: 'A', courier: 'sf', waybillNumber: 'SF1', lines: [] }
    const shipped = await deliver('channel_ship', ship, 'delivered')
    const failed = await deliver('channel_ship', ship, 'failed')
    await deliver('channel_ship', { ...ship, shopId: 'S-2' }, 'failed')
    const listing = { storeId: 'DY-1', skuId: 'SKU-1', version: 1, quantity: 7, lowers: false }
    const shown = await deliver('listing', listing, 'delivered')
    expect((await deliveries('sort=oldest')).map((item) => item.deliveryId)).toEqual([shipped, failed])
    expect(await deliveries('state=failed')).toMatchObject([
      { deliveryId: failed, waybillNumber: 'SF1', attempts: 3, lastError: 'refused', canReplay: true },
    ])
    expect(await deliveries('kind=listing')).toMatchObject([
      { deliveryId: shown, skuId: 'SKU-1', quantity: 7, waybillNumber: null, canReplay: false },
    ])
  })

  test('what failed is tried again, and what arrived is not', async () => {
    const [failed] = await deliveries('state=failed')
    const [arrived] = await deliveries('state=delivered')
    expect((await replay(`S-1/deliveries/${failed?.deliveryId}`)).statusCode).toBe(204)
    expect(await deliveries('state=pending')).toMatchObject([{ deliveryId: failed?.deliveryId, attempts: 0 }])
    const refused = await replay(`S-1/deliveries/${arrived?.deliveryId}`)
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'shop-log-not-replayable'])
    expect((await replay(`S-2/deliveries/${arrived?.deliveryId}`)).statusCode).toBe(404)
  })
})

test('each platform says what its credentials are made of, as a form needs it', async () => {
  const { items } = platformList.parse((await api.as('ops', { url: '/v1/platforms' })).json())
  const doudian = items.find(({ platform }) => platform === 'doudian')
  expect(doudian?.credentials).toContainEqual({
    ...{ field: 'signMethod', isRequired: false, mayBeEmpty: false, default: 'hmac-sha256' },
    choices: ['hmac-sha256', 'md5'],
  })
  expect(doudian?.credentials).toContainEqual({
    ...{ field: 'appSecret', isRequired: true, mayBeEmpty: false, default: null, choices: null },
  })
})
