import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OUTBOUND_EVENTS } from '../../contracts/outbound-events.ts'
import { eventTypeList, subscriptionPage, subscriptionView } from '../../contracts/subscriptions.ts'
import { collectEvents } from '../../store/outbound-events.ts'
import { fanOut } from '../../workers/event-loops.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi({ config: { EVENT_ALLOWED_TARGETS: '10.1.0.0/16,erp.internal' } })
})
afterAll(() => api.close())

let number = 0
const body = (changes: Record<string, unknown> = {}) => ({
  name: `system ${++number}`,
  url: 'https://erp.example.com/hook',
  eventTypes: ['order.*'],
  ...changes,
})
type Method = 'POST' | 'PATCH' | 'DELETE'
const send = (method: Method, url: string, payload?: object, key: string = uuid()) =>
  api.as('ops', {
    method,
    url: `/v1/subscriptions${url}`,
    headers: { 'idempotency-key': key },
    ...(payload ? { payload } : {}),
  })
const get = (url = '') => api.as('ops', { url: `/v1/subscriptions${url}` })
const create = async (changes: Record<string, unknown> = {}) =>
  subscriptionView.parse((await send('POST', '', body(changes))).json())

test('is made, found, changed, paused, resumed and deleted; a repetition makes no second one', async () => {
  const [key, payload] = [uuid(), body({ storeIds: ['ST-1'] })]
  const made = await send('POST', '', payload, key)
  expect(made.statusCode).toBe(201)
  const { subscriptionId } = subscriptionView.parse(made.json())
  expect(made.json()).toMatchObject({ state: 'active', storeIds: ['ST-1'], createdBy: 'ops:ops-test' })
  expect((await send('POST', '', payload, key)).json()).toEqual(made.json())
  const at = (path = '') => `/${subscriptionId}${path}`
  expect((await get(at())).json()).toMatchObject({ subscriptionId })
  const changed = await send('PATCH', at(), { eventTypes: ['order.paid'], url: 'http://10.1.2.3:8080/' })
  expect(changed.json()).toMatchObject({ eventTypes: ['order.paid'], url: 'http://10.1.2.3:8080/' })
  expect((await send('POST', at('/pause'))).json()).toMatchObject({ state: 'paused' })
  expect((await send('POST', at('/pause'))).json()).toMatchObject({ code: 'subscription-wrong-state' })
  expect((await send('POST', at('/test'))).json()).toMatchObject({ code: 'subscription-wrong-state' })
  expect((await send('POST', at('/resume'))).json()).toMatchObject({ state: 'active' })
  expect((await send('POST', at('/resume'))).json()).toMatchObject({ code: 'subscription-wrong-state' })
  expect((await send('DELETE', at())).json()).toMatchObject({ state: 'deleted' })
  for (const response of [
    send('DELETE', at()),
    send('POST', at('/resume')),
    send('PATCH', at(), { name: 'x' }),
  ]) {
    expect((await response).json()).toMatchObject({ code: 'not-found' })
  }
  const listed = subscriptionPage.parse((await get('?limit=200')).json()).items
  expect(listed.map((item) => item.subscriptionId)).not.toContain(subscriptionId)
  // The name is free again.
  expect((await send('POST', '', payload)).statusCode).toBe(201)
})

describe('what cannot be meant', () => {
  test.each<[Record<string, unknown>, string, string]>([
    [{ name: '' }, 'invalid-request', 'name'],
    [{ name: 'a\u0000b' }, 'invalid-request', 'name'],
    [{ eventTypes: [] }, 'invalid-request', 'eventTypes'],
    [{ eventTypes: ['*'] }, 'invalid-request', 'eventTypes.0'],
    [{ eventTypes: ['order.eaten'] }, 'invalid-request', 'eventTypes.0'],
    [{ eventTypes: ['subscription.test'] }, 'invalid-request', 'eventTypes.0'],
    [{ eventTypes: ['constructor'] }, 'invalid-request', 'eventTypes.0'],
    [{ eventTypes: Array.from({ length: 51 }, () => 'order.paid') }, 'invalid-request', 'eventTypes'],
    [{ eventTypes: ['stock.*'], storeIds: ['ST-1'] }, 'invalid-request', 'storeIds'],
    [{ eventTypes: ['order.paid', 'audit.head'], storeIds: ['ST-1'] }, 'invalid-request', 'storeIds'],
    [{ storeIds: ['ST-1', 'NO-SUCH'] }, 'unknown-store', 'storeIds.1'],
    [{ startAt: 'yesterday' }, 'invalid-request', 'startAt'],
    [{ url: `https://erp.example.com/${'x'.repeat(2_000)}` }, 'invalid-request', 'url'],
    [{ url: 'erp.example.com' }, 'receiver-not-allowed', 'url'],
    [{ url: 'ftp://erp.example.com/' }, 'receiver-not-allowed', 'url'],
    [{ url: 'https://user:pass@erp.example.com/' }, 'receiver-not-allowed', 'url'],
    [{ url: 'https://127.0.0.1/' }, 'receiver-not-allowed', 'url'],
    [{ url: 'https://169.254.169.254/' }, 'receiver-not-allowed', 'url'],
    [{ url: 'https://[::ffff:10.0.0.1]/' }, 'receiver-not-allowed', 'url'],
    [{ url: 'https://10.2.0.1/' }, 'receiver-not-allowed', 'url'],
    [{ surprise: 1 }, 'invalid-request', 'surprise'],
  ])('%o is refused as %s and names %s', async (changes, code, field) => {
    const response = await send('POST', '', body(changes))
    expect(response.json()).toMatchObject({ code })
    expect(response.json().errors.map((error: { field: string }) => error.field)).toContain(field)
    expect(response.statusCode).toBeLessThan(500)
  })

  test('is refused in a change, too, and the change is not half made', async () => {
    const { subscriptionId } = await create({ storeIds: ['ST-1'] })
    for (const [change, code] of [
      [{}, 'invalid-request'],
      [{ eventTypes: ['stock.*'] }, 'invalid-request'],
      [{ url: 'https://127.0.0.1/', name: 'new name' }, 'receiver-not-allowed'],
      [{ storeIds: ['NO-SUCH'] }, 'unknown-store'],
    ] as const) {
      expect((await send('PATCH', `/${subscriptionId}`, change)).json()).toMatchObject({ code })
    }
    const other = await create()
    expect((await send('PATCH', `/${subscriptionId}`, { name: other.name })).json()).toMatchObject({
      code: 'already-exists',
    })
    expect((await get(`/${subscriptionId}`)).json()).toMatchObject({
      eventTypes: ['order.*'],
      storeIds: ['ST-1'],
    })
  })

  test('of two with one name the second is refused', async () => {
    const { name } = await create()
    expect((await send('POST', '', body({ name }))).json()).toMatchObject({ code: 'already-exists' })
  })

  test.each(['/x', `/${uuid()}`, `/${uuid()}/deliveries`, `/${uuid()}/secrets`, `/${uuid()}/replays`])(
    '%s is a clear refusal',
    async (path) => expect([400, 404]).toContain((await get(path)).statusCode),
  )

  test.each([
    '?sort=best',
    '?state=asleep',
    '?eventType=order.eaten',
    '?failing=perhaps',
    '?limit=0',
    '?cursor=x',
    '?surprise=1',
  ])('the query %s is refused', async (query) => {
    expect((await get(query)).statusCode).toBe(400)
  })

  test('a period that ends before it begins is refused', async () => {
    const { subscriptionId } = await create()
    const response = await send('POST', `/${subscriptionId}/replays`, {
      from: '2031-01-02T00:00:00Z',
      to: '2031-01-01T00:00:00Z',
    })
    expect(response.json()).toMatchObject({ code: 'invalid-request', errors: [{ field: 'to' }] })
  })
})

test('the secret is shown by its own route only, never cached, and nowhere kept beside its seal', async () => {
  const key = uuid()
  const { subscriptionId } = subscriptionView.parse((await send('POST', '', body(), key)).json())
  const secrets = await get(`/${subscriptionId}/secrets`)
  expect(secrets.headers['cache-control']).toBe('no-store')
  const [{ secret, expiresAt }] = secrets.json().secrets
  expect([secret.slice(0, 6), expiresAt]).toEqual(['whsec_', null])
  const rotated = await send('POST', `/${subscriptionId}/secrets`, { overlapHours: 2 }, uuid())
  expect(rotated.statusCode).toBe(201)
  const after = (await get(`/${subscriptionId}/secrets`)).json().secrets
  expect(after).toHaveLength(2)
  expect(after[1].secret).toBe(secret)
  const kept = JSON.stringify([
    await api.rows('select response from idempotency_key'),
    await api.rows("select encode(sealed, 'escape') from subscription_secret"),
    api.log,
  ])
  for (const entry of after) expect(kept).not.toContain(entry.secret.slice(6))
  expect((await send('POST', `/${subscriptionId}/secrets`, { overlapHours: 169 })).statusCode).toBe(400)
})

test('the catalogue of events is public to whoever may subscribe, with a schema each', async () => {
  const { items } = eventTypeList.parse((await get('/event-types')).json())
  expect(items.map((item) => item.type)).toEqual(Object.keys(OUTBOUND_EVENTS))
  for (const { title, schema } of items) {
    expect(title.zh).toMatch(/\p{Script=Han}/u)
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
  }
})

test('lists are filtered, sorted and paged in the query', async () => {
  const [paid] = [await create({ eventTypes: ['order.paid'] }), await create(), await create()]
  const all = subscriptionPage.parse((await get('?limit=200&sort=oldest')).json()).items
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = subscriptionPage.parse(
      (await get(`?limit=2&sort=oldest${cursor === '' ? '' : `&cursor=${cursor}`}`)).json(),
    )
    seen.push(...page.items.map((item) => item.subscriptionId))
    cursor = page.nextCursor
  }
  expect(seen).toEqual(all.map((item) => item.subscriptionId))
  const names = subscriptionPage.parse((await get('?limit=200&sort=name')).json()).items
  expect(names.length).toBe(all.length)
  const found = subscriptionPage.parse((await get('?eventType=order.paid&failing=false')).json()).items
  expect(found.map((item) => item.subscriptionId)).toContain(paid.subscriptionId)
  expect(subscriptionPage.parse((await get('?failing=true')).json()).items).toEqual([])
  expect(subscriptionPage.parse((await get('?state=deleted&limit=200')).json()).items.length).toBeGreaterThan(
    0,
  )
})

test('an order’s event is in the delivery log with its body, and is sent again on demand', async () => {
  const { subscriptionId } = await create()
  const { orderId } = (await placeOrder(api)).json()
  await expect
    .poll(async () => {
      await collectEvents(api.database.db, 500)
      await fanOut(api.database.db)
      return (await get(`/${subscriptionId}/deliveries?key=order/${orderId}`)).json().items.length
    })
    .toBe(1)
  const [item] = (await get(`/${subscriptionId}/deliveries?state=pending`)).json().items
  const detail = (await get(`/${subscriptionId}/deliveries/${item.deliveryId}`)).json()
  expect(detail).toMatchObject({
    type: 'order.placed',
    failures: [],
    body: { type: 'order.placed', data: { orderId, oldStatus: null, newStatus: 'reserved' } },
  })
  const replayed = await send('POST', `/${subscriptionId}/deliveries/${item.deliveryId}/replay`)
  expect([replayed.statusCode, replayed.json()]).toEqual([202, { deliveryId: item.deliveryId }])
  expect((await send('POST', `/${subscriptionId}/deliveries/${uuid()}/replay`)).statusCode).toBe(404)
  const period = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z', eventTypes: ['order.placed'] }
  expect((await send('POST', `/${subscriptionId}/replays`, period)).statusCode).toBe(202)
  expect((await send('POST', `/${subscriptionId}/replays`, period)).json()).toMatchObject({
    code: 'replay-running',
  })
  await fanOut(api.database.db)
  expect((await get(`/${subscriptionId}/replays`)).json().items).toMatchObject([{ state: 'done' }])
  const tested = await send('POST', `/${subscriptionId}/test`)
  expect(tested.statusCode).toBe(202)
  const { deliveryId } = tested.json()
  expect((await get(`/${subscriptionId}/deliveries/${deliveryId}`)).json()).toMatchObject({
    type: 'subscription.test',
  })
})

test('there are no more subscriptions than the hub serves', async () => {
  const count = (await get('?limit=200')).json().items.length
  for (let left = 100 - count; left > 0; left--) expect((await send('POST', '', body())).statusCode).toBe(201)
  expect((await send('POST', '', body())).json()).toMatchObject({ code: 'too-many-subscriptions' })
})
