import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callShop } from '../../connectors/channels/calls.ts'
import { KeyRing } from '../../store/keyring.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { tokenStore } from '../../store/shop-tokens.ts'
import { findOpenShop, saveRefreshedCredentials } from '../../store/shops.ts'
import { createFakeChannel } from '../support/fake-channel.ts'
import { createTestApi, type TestApi } from './support.ts'

const SECRET = 'app-secret-that-nobody-sees'
const fake = createFakeChannel()
let api: TestApi

beforeAll(async () => {
  api = await createTestApi({ deps: { connectors: { doudian: fake.connector } } })
  await api.rows(`insert into store (id, name, channel, region) values
    ('DY-1', '抖音一店', 'douyin', '华东'), ('DY-2', '抖音二店', 'douyin', '华东')`)
})
afterAll(() => api.close())

const shop = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  storeId: 'DY-1',
  platform: 'doudian',
  platformShopId: `p-${id}`,
  appKey: 'app-1',
  credentials: { appSecret: SECRET, accessToken: fake.state.validToken },
  ...changes,
})
const post = (url: string, payload: object) => api.as('ops', { method: 'POST', url, payload })
const make = (id: string, changes: Record<string, unknown> = {}) => post('/v1/shops', shop(id, changes))
const patch = (id: string, payload: object) =>
  api.as('ops', { method: 'PATCH', url: `/v1/shops/${id}`, payload })

describe('shops', () => {
  test('a shop shows everything but its credentials, and neither answers, rows nor log have them in clear', async () => {
    const made = await make('S-1')
    expect([made.statusCode, made.json()]).toMatchObject([
      201,
      { id: 'S-1', gatewayUrl: 'https://gateway.invalid', active: true, pull: { lagTargetSeconds: 120 } },
    ])
    const said = [made.body, (await api.as('ops', { url: '/v1/shops' })).body, ...api.log]
    said.push(JSON.stringify(await api.rows('select *, encode(sealed, $1) from shop', ['escape'])))
    for (const text of said) expect(text).not.toContain(SECRET)
    const opened = await findOpenShop(api.database.db, api.deps.keyRing, 'S-1')
    expect(opened?.credentials.appSecret).toBe(SECRET)
  })

  test.each<[string, Record<string, unknown>, number, string, string]>([
    [
      'credentials that the connector does not know',
      { credentials: { wrong: 'x' } },
      400,
      'invalid-request',
      'credentials.wrong',
    ],
    [
      'missing credentials',
      { credentials: { accessToken: '' } },
      400,
      'invalid-request',
      'credentials.appSecret',
    ],
    ['a platform without a connector', { platform: 'jd' }, 422, 'unknown-channel', ''],
    ['a store of another channel', { storeId: 'ST-1' }, 422, 'unknown-store', 'storeId'],
    ['an unknown store', { storeId: 'NO' }, 422, 'unknown-store', 'storeId'],
    [
      'a gateway with a password in it',
      { gatewayUrl: 'https://a:b@gateway.invalid' },
      400,
      'invalid-request',
      'gatewayUrl',
    ],
    ['a file as gateway', { gatewayUrl: 'file:///etc/passwd' }, 400, 'invalid-request', 'gatewayUrl'],
    ['a backfill of a year', { pullFrom: '2020-01-01T00:00:00Z' }, 400, 'invalid-request', 'pullFrom'],
    ['an id that is taken', { id: 'S-1' }, 409, 'already-exists', ''],
    ['a shop of the platform that is taken', { platformShopId: 'p-S-1' }, 409, 'already-exists', ''],
  ])('%s is refused and named, without the value', async (_, changes, status, code, field) => {
    const refused = await make('S-bad', changes)
    expect([refused.statusCode, refused.json().code]).toEqual([status, code])
    expect(refused.body).not.toContain(SECRET)
    if (field !== '')
      expect(refused.json().errors.map((entry: { field: string }) => entry.field)).toContain(field)
  })

  test('stored credentials never go to another address or app: for those they are needed again', async () => {
    await make('S-2')
    for (const change of [
      { gatewayUrl: 'https://evil.invalid' },
      { appKey: 'app-9' },
      { pushUrl: 'wss://evil.invalid' },
    ]) {
      const refused = await patch('S-2', change)
      expect([refused.statusCode, refused.json().errors[0].field]).toEqual([400, 'credentials'])
    }
    const moved = await patch('S-2', {
      gatewayUrl: 'https://other.invalid',
      credentials: { appSecret: 'new', accessToken: 't' },
    })
    expect(moved.json()).toMatchObject({ gatewayUrl: 'https://other.invalid', credentialsVersion: 2 })
    // Whoever changes the row by hand gets nothing, either.
    await api.rows(`update shop set gateway_url = 'https://evil.invalid' where id = 'S-2'`)
    await expect(findOpenShop(api.database.db, api.deps.keyRing, 'S-2')).rejects.toThrow()
    await api.rows(`update shop set gateway_url = 'https://other.invalid' where id = 'S-2'`)
  })

  test('other fields change without credentials, and a shop is taken out of service', async () => {
    await make('S-3')
    expect((await patch('S-3', { storeId: 'DY-2', active: false })).json()).toMatchObject({
      storeId: 'DY-2',
      active: false,
      credentialsVersion: 1,
      pull: { lagSeconds: null },
    })
    expect((await patch('S-none', { active: false })).statusCode).toBe(404)
    expect((await patch('S-3', {})).statusCode).toBe(400)
  })

  test('the list pages, filters and sorts in the query', async () => {
    const ids = async (query: string) => {
      const answer = (await api.as('ops', { url: `/v1/shops?${query}` })).json()
      return { ids: answer.items.map((item: { id: string }) => item.id), next: answer.nextCursor }
    }
    const first = await ids('limit=2')
    expect(first.ids).toEqual(['S-1', 'S-2'])
    expect((await ids(`limit=2&cursor=${first.next}`)).ids).toEqual(['S-3'])
    expect((await ids('sort=newest')).ids).toEqual(['S-3', 'S-2', 'S-1'])
    expect((await ids('active=false')).ids).toEqual(['S-3'])
    expect((await ids('search=P-S-2')).ids).toEqual(['S-2'])
    expect((await ids('platform=jd')).ids).toEqual([])
    expect((await api.as('ops', { url: '/v1/shops?wrong=1' })).statusCode).toBe(400)
  })

  test('the test button says what the platform says, and refreshes an expired token on the way', async () => {
    expect((await post('/v1/shops/S-1/check', {})).json()).toMatchObject({ ok: true, outcome: 'ok' })
    fake.state.validToken = 'another'
    expect((await post('/v1/shops/S-1/check', {})).json()).toMatchObject({ ok: true })
    expect(fake.state.refreshed).toBe(1)
    expect((await api.as('ops', { url: '/v1/shops/S-1' })).json().credentialsVersion).toBe(2)
    expect((await post('/v1/shops/S-none/check', {})).statusCode).toBe(404)
  })

  test('of two processes whose token is expired one refreshes it, and both go on with the new one', async () => {
    const { db } = api.database
    const { keyRing } = api.deps
    const account = await findOpenShop(db, keyRing, 'S-1')
    if (!account) throw new Error('no shop')
    fake.state.validToken = 'expired-for-all'
    const before = fake.state.refreshed
    const ask = () =>
      callShop(fake.connector, account, tokenStore(db, keyRing), async (client) => client.fetchOrder('none'))
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([null, null, null])
    expect(fake.state.refreshed).toBe(before + 1)
  })

  test('a refresh never replaces what a person entered meanwhile', async () => {
    const { db } = api.database
    const account = await findOpenShop(db, api.deps.keyRing, 'S-1')
    if (!account) throw new Error('no shop')
    await patch('S-1', { credentials: { appSecret: 'by hand', accessToken: 't' } })
    const saved = await saveRefreshedCredentials(db, api.deps.keyRing, account, { appSecret: 'by machine' })
    const now = await findOpenShop(db, api.deps.keyRing, 'S-1')
    expect([saved, now?.credentials.appSecret]).toEqual([false, 'by hand'])
  })
})

describe('the shops as a process knows them', () => {
  test('are at most a second old, and go on as they were while the database is away', async () => {
    let nowMs = 0
    let isAway = false
    const { db } = api.database
    const flaky = new Proxy(db, {
      get: (target, name) => {
        if (isAway && name === 'selectFrom') throw new Error('away')
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const shops = new ShopAccounts(flaky, api.deps.keyRing, { now: () => nowMs })
    expect((await shops.ofApp('doudian', 'app-1')).map(({ shopId }) => shopId).sort()).toEqual([
      'S-1',
      'S-2',
      'S-3',
    ])
    await make('S-4', { appKey: 'app-2' })
    expect(await shops.find('S-4')).toBeNull()
    nowMs += 1_000
    expect(await shops.find('S-4')).toMatchObject({ appKey: 'app-2', active: true })
    isAway = true
    nowMs += 1_000
    expect(await shops.find('S-4')).toMatchObject({ appKey: 'app-2' })
  })

  test('leave out one whose key is gone, and say so', async () => {
    const unreadable: string[] = []
    const other = KeyRing.parse(`other:${Buffer.alloc(32, 'x').toString('base64')}`)
    const shops = new ShopAccounts(api.database.db, other, { onUnreadable: (id) => unreadable.push(id) })
    expect((await shops.all()).size).toBe(0)
    expect(unreadable).toContain('S-1')
  })
})

describe('sku mappings', () => {
  const mapping = (platformSkuId: string, parts: object[], changes: object = {}) => ({
    shopId: 'S-1',
    platformSkuId,
    parts,
    ...changes,
  })
  const put = (body: object) => post('/v1/sku-mappings', body)
  const list = async (query: string) =>
    (await api.as('ops', { url: `/v1/sku-mappings?${query}` })).json().items as {
      platformSkuId: string
      version: number
      parts: object[]
    }[]

  test('each change is a new version, the same again is none, and no parts retire it', async () => {
    const bundle = [
      { skuId: 'SKU-2', quantity: 1 },
      { skuId: 'SKU-1', quantity: 2 },
    ]
    expect((await put(mapping('9007199254740993', bundle))).json()).toMatchObject({ version: 1 })
    expect((await put(mapping('9007199254740993', bundle.toReversed()))).json()).toMatchObject({ version: 1 })
    expect((await put(mapping('9007199254740993', [{ skuId: 'SKU-1', quantity: 3 }]))).json()).toMatchObject({
      version: 2,
    })
    expect((await put(mapping('9007199254740993', []))).json()).toMatchObject({ version: 3, parts: [] })
    expect((await list('shopId=S-1')).map(({ version }) => version)).toEqual([3])
    expect((await list('history=true&sort=newest')).map(({ version }) => version)).toEqual([3, 2, 1])
    expect(await list('retired=false')).toEqual([])
    expect((await list('history=true&skuId=SKU-2')).map(({ version }) => version)).toEqual([1])
  })

  test('two who change one mapping at once make two versions', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((quantity) => put(mapping('at-once', [{ skuId: 'SKU-1', quantity }]))),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
    const versions = (await list('platformSkuId=at-once&history=true')).map(({ version }) => version)
    expect(versions).toEqual([1, 2, 3, 4])
  })

  test('orders that were held for want of a mapping are tried again with the mapping, and no others', async () => {
    const contact = '00000000-0000-7000-8000-000000000001'
    await api.rows(`insert into contact (id, key_id, sealed, division_code) values ($1, 'k', '', '330106')`, [
      contact,
    ])
    for (const platformSkuId of ['WAITED-FOR', 'ANOTHER']) {
      await api.rows(
        `insert into channel_order (shop_id, platform_order_id, state, held_reason, raw_status, modified_at, canonical,
          contact_id) values ('S-1', $1, 'held', 'unmapped', '2', now(), $2, $3)`,
        [platformSkuId, JSON.stringify({ lines: [{ platformSkuId }] }), contact],
      )
    }
    const due = () =>
      api.rows(`select platform_order_id as id from channel_order where try_again_at <= clock_timestamp()`)
    expect(await due()).toEqual([])
    await put(mapping('WAITED-FOR', [{ skuId: 'SKU-1', quantity: 1 }]))
    expect(await due()).toEqual([{ id: 'WAITED-FOR' }])
  })

  test.each<[string, object, number, string, string]>([
    ['an unknown shop', mapping('x', [], { shopId: 'NO' }), 422, 'unknown-shop', 'shopId'],
    ['an unknown SKU', mapping('x', [{ skuId: 'NO', quantity: 1 }]), 422, 'unknown-sku', 'parts.0.skuId'],
    [
      'quantity 0',
      mapping('x', [{ skuId: 'SKU-1', quantity: 0 }]),
      400,
      'invalid-request',
      'parts.0.quantity',
    ],
    [
      'a SKU twice',
      mapping('x', [
        { skuId: 'SKU-1', quantity: 1 },
        { skuId: 'SKU-1', quantity: 2 },
      ]),
      400,
      'invalid-request',
      'parts',
    ],
    [
      'a platform id as a number',
      { ...mapping('x', []), platformSkuId: 2 ** 60 },
      400,
      'invalid-request',
      'platformSkuId',
    ],
    ['a control character', mapping('a\u0000b', []), 400, 'invalid-request', 'platformSkuId'],
  ])('%s is refused by its field', async (_, body, status, code, field) => {
    const refused = await put(body)
    expect([refused.statusCode, refused.json().code]).toEqual([status, code])
    expect(refused.json().errors.map((entry: { field: string }) => entry.field)).toContain(field)
  })

  const csv = (text: string, dryRun: boolean) =>
    api.as('ops', {
      method: 'POST',
      url: `/v1/sku-mappings/import?dryRun=${dryRun}`,
      headers: { 'content-type': 'text/csv' },
      payload: `shopId,platformSkuId,skuId,quantity\n${text}`,
    })

  test('a CSV makes bundles of several lines, all or none; a dry run says what would be and writes nothing', async () => {
    const file = 'S-1,B-1,SKU-1,2\nS-1,B-1,SKU-2,1\nS-2,B-2,SKU-1,1\nS-1,9007199254740993,,'
    const report = { rows: 4, created: 2, changed: 0, unchanged: 1, errors: [] }
    expect((await csv(file, true)).json()).toEqual({ dryRun: true, ...report })
    expect(await list('platformSkuId=B-1')).toEqual([])
    expect((await csv(file, false)).json()).toEqual({ dryRun: false, ...report })
    expect((await list('platformSkuId=B-1'))[0]?.parts).toEqual([
      { skuId: 'SKU-1', quantity: 2 },
      { skuId: 'SKU-2', quantity: 1 },
    ])
    expect((await csv(file, false)).json()).toMatchObject({ created: 0, changed: 0, unchanged: 3 })
  })

  test('every fault of a CSV is named by its line, and nothing of it is written', async () => {
    const file =
      'S-1,C-1,SKU-1,1\nS-1,C-2,SKU-1,0\nNO,C-3,SKU-1,1\nS-1,C-4,NO,1\nS-1,C-5,SKU-1,\nS-1,C-1,SKU-1,1'
    const { errors } = (await csv(file, true)).json()
    expect(errors.map((error: { line: number }) => error.line).sort()).toEqual([3, 4, 5, 6, 7])
    const { errors: between } = (await csv('S-1,C-6,,\nS-1,C-6,SKU-1,1', true)).json()
    expect(between).toMatchObject([{ line: 2, field: 'skuId' }])
    expect((await csv(file, false)).statusCode).toBe(400)
    expect(await list('platformSkuId=C-1')).toEqual([])
  })
})
