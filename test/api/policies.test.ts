import type { LightMyRequestResponse } from 'fastify'
import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { POLICIES, POLICY_KINDS } from '../../contracts/policies/index.ts'
import { MAX_OPEN_DRAFTS } from '../../store/policy-versions.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Caller = 'ops' | 'admin'

function call(
  method: Method,
  path: string,
  payload?: object,
  as: Caller = 'ops',
): Promise<LightMyRequestResponse> {
  const headers = { 'idempotency-key': uuid() }
  return api.as(as, { method, url: `/v1/policies${path}`, headers, ...(payload ? { payload } : {}) })
}
const hold = (holdTtlSeconds: number) => ({ ...POLICIES.reservation.initial, holdTtlSeconds })
const draft = async (holdTtlSeconds: number) =>
  (await call('POST', '/reservation/drafts', { document: hold(holdTtlSeconds), reason: 'try' })).json()
const codeOf = (response: LightMyRequestResponse) => [response.statusCode, response.json().code]

test('a policy goes from draft over edits to published, and the version before is retired', async () => {
  const { version, revision, state } = await draft(100)
  expect([revision, state]).toEqual([1, 'draft'])
  const path = `/reservation/drafts/${version}`
  const edited = (
    await call('PUT', path, { document: hold(101), reason: 'better', revision }, 'admin')
  ).json()
  expect(edited).toMatchObject({ version, revision: 2, author: 'admin', document: hold(101) })
  const before = (await call('GET', '/reservation')).json()
  expect(before.version).not.toBe(version)
  const published = await call('POST', `${path}/publish`, { revision: 2 }, 'ops')
  expect(published.json()).toMatchObject({
    version,
    state: 'published',
    author: 'admin',
    publisher: 'ops:ops-test',
    reason: 'better',
    document: hold(101),
  })
  const after = (await call('GET', '/reservation')).json()
  expect(after).toMatchObject({ version, document: hold(101) })
  const next = await draft(102)
  await call('POST', `/reservation/drafts/${next.version}/publish`, { revision: 1 })
  expect((await call('GET', `/reservation/versions/${version}`)).json()).toMatchObject({
    state: 'retired',
    retiredAt: expect.any(String),
    document: hold(101),
  })
})

test('what somebody has edited since it was looked at is neither overwritten nor published', async () => {
  const { version } = await draft(110)
  const path = `/reservation/drafts/${version}`
  await call('PUT', path, { document: hold(111), reason: 'a', revision: 1 })
  const late = { document: hold(112), reason: 'b', revision: 1 }
  expect(codeOf(await call('PUT', path, late))).toEqual([409, 'policy-draft-changed'])
  expect(codeOf(await call('POST', `${path}/publish`, { revision: 1 }))).toEqual([
    409,
    'policy-draft-changed',
  ])
  expect((await call('GET', `/reservation/versions/${version}`)).json()).toMatchObject({
    state: 'draft',
    document: hold(111),
  })
})

test('only drafts can be edited, given up or published, and only once', async () => {
  const { version } = await draft(120)
  const path = `/reservation/drafts/${version}`
  expect((await call('DELETE', path)).json()).toMatchObject({ state: 'retired', publishedAt: null })
  for (const attempt of [
    () => call('DELETE', path),
    () => call('PUT', path, { document: hold(1), reason: 'x', revision: 1 }),
    () => call('POST', `${path}/publish`, { revision: 1 }),
  ])
    expect(codeOf(await attempt())).toEqual([409, 'policy-not-a-draft'])
  expect(codeOf(await call('DELETE', '/reservation/drafts/999999'))).toEqual([
    404,
    'policy-version-not-found',
  ])
})

test('a publish repeated under its Idempotency-Key is the same publish', async () => {
  const { version } = await draft(130)
  const request = {
    method: 'POST' as const,
    url: `/v1/policies/reservation/drafts/${version}/publish`,
    headers: { 'idempotency-key': uuid() },
    payload: { revision: 1 },
  }
  const first = await api.as('ops', request)
  const again = await api.as('ops', request)
  expect(again.statusCode).toBe(200)
  expect(again.json()).toEqual(first.json())
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('a rollback publishes an older document as a new version, also the built-in one, and says where it is from', async () => {
  const first = await draft(140)
  await call('POST', `/reservation/drafts/${first.version}/publish`, { revision: 1 })
  const second = await draft(141)
  await call('POST', `/reservation/drafts/${second.version}/publish`, { revision: 1 })
  const back = { toVersion: first.version, reason: 'complaints' }
  const rolled = (await call('POST', '/reservation/rollback', back)).json()
  expect(rolled).toMatchObject({ state: 'published', rollbackOf: first.version, document: hold(140) })
  expect(rolled.version).toBeGreaterThan(second.version)
  const placed = (await placeOrder(api)).json()
  expect(Date.parse(placed.reservationExpiresAt) - Date.now()).toBeLessThanOrEqual(140_000)
  const builtIn = (await call('POST', '/reservation/rollback', { toVersion: 0, reason: 'all back' })).json()
  expect(builtIn).toMatchObject({ rollbackOf: 0, document: POLICIES.reservation.initial })
  const open = await draft(142)
  const toDraft = { toVersion: open.version, reason: 'x' }
  expect(codeOf(await call('POST', '/reservation/rollback', toDraft))).toEqual([409, 'policy-not-published'])
  const unknown = { toVersion: 999_999, reason: 'x' }
  expect(codeOf(await call('POST', '/reservation/rollback', unknown))).toEqual([
    404,
    'policy-version-not-found',
  ])
})

test('the history lists every version once, newest first, over any number of pages', async () => {
  const seen: number[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`
    const answer = (await call('GET', `/reservation?limit=2${query}`)).json()
    seen.push(...answer.items.map((item: { version: number }) => item.version))
    cursor = answer.nextCursor
  } while (cursor !== null)
  const stored = await api.rows("select version from policy where kind = 'reservation' order by version desc")
  expect(seen).toEqual(stored.map((row) => row.version))
  const drafts = (await call('GET', '/reservation?state=draft')).json().items
  expect(new Set(drafts.map((item: { state: string }) => item.state))).toEqual(new Set(['draft']))
})

test('every kind is listed with its version in force, and hands out a JSON Schema that names its fields', async () => {
  const { items } = (await call('GET', '')).json()
  expect(items.map((item: { kind: string }) => item.kind)).toEqual([...POLICY_KINDS])
  for (const kind of POLICY_KINDS) {
    const schema = (await call('GET', `/${kind}/schema`)).json()
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(Object.keys(POLICIES[kind].initial)),
    )
  }
  const { properties } = (await call('GET', '/reservation/schema')).json()
  expect(properties.rules.items.properties.condition['x-facts']).toMatchObject({ units: 'number' })
  const route = (await call('GET', '/approval-route/schema')).json()
  const { condition } = route.properties.tiers.items.properties
  expect(Object.keys(condition['x-fact-titles'])).toEqual(Object.keys(condition['x-facts']))
  expect(condition['x-facts']).toMatchObject({ customerRequests: 'number' })
  expect(condition['x-fact-titles'].customerRequests).toMatchObject({ zh: expect.stringContaining('改单') })
  expect(codeOf(await call('GET', '/weather'))).toEqual([400, 'invalid-request'])
})

test('drafts that nobody finishes cannot pile up', async () => {
  const body = { document: POLICIES.promotion.initial, reason: 'x' }
  for (let count = 0; count < MAX_OPEN_DRAFTS; count += 1) await call('POST', '/promotion/drafts', body)
  expect(codeOf(await call('POST', '/promotion/drafts', body))).toEqual([409, 'policy-too-many-drafts'])
  await call('DELETE', '/promotion/drafts/1')
  expect((await call('POST', '/promotion/drafts', body)).statusCode).toBe(201)
})

test('a document that does not fit its kind never becomes a draft', async () => {
  const objectives = ['nearest', 'nearest']
  const document = { ...POLICIES.allocation.initial, objectives, extra: true }
  const refused = await call('POST', '/allocation/drafts', { document, reason: 'x' })
  expect(refused.statusCode).toBe(400)
  expect(refused.json().errors.map((error: { field: string }) => error.field)).toEqual([
    'document.objectives',
    'document.extra',
  ])
})

test('stock is held by the first rule that matches the order', async () => {
  const rules = [
    { condition: { '>': [{ var: 'units' }, 10] }, outcome: { holdTtlSeconds: 3_600 } },
    { condition: { '==': [{ var: 'channel' }, 'mall'] }, outcome: { holdTtlSeconds: 1_800 } },
  ]
  const body = { document: { holdTtlSeconds: 60, rules }, reason: 'large orders take longer to pay' }
  expect((await call('PUT', '/reservation', body)).json().document).toEqual(body.document)
  const heldFor = async (quantity: number) => {
    const placed = (
      await placeOrder(api, { lines: [{ skuId: 'SKU-1', quantity, unitPriceCents: 1 }] })
    ).json()
    return (Date.parse(placed.reservationExpiresAt) - Date.now()) / 1_000
  }
  const [large, small] = [await heldFor(11), await heldFor(1)]
  expect([large, small].map((seconds) => Math.round(seconds / 60) * 60)).toEqual([3_600, 1_800])
})

test('a condition that asks for what is not there or could harm is refused with its place', async () => {
  const rules = [
    { condition: { '>': [{ var: 'unit' }, 10] }, outcome: { holdTtlSeconds: 60 } },
    { condition: { '==': [{ var: 'constructor.constructor' }, 'x'] }, outcome: { holdTtlSeconds: 60 } },
  ]
  const refused = await call('PUT', '/reservation', { document: { holdTtlSeconds: 60, rules }, reason: 'x' })
  expect(refused.json().errors.map((error: { field: string }) => error.field)).toEqual([
    'document.rules.0.condition.>.0.var',
    'document.rules.1.condition.==.0.var',
  ])
})

test.each(['PUT', 'POST'] as const)(
  'a document nested twenty thousand deep is refused by %s, not a crash',
  async (method) => {
    const deep = `${'{"!":['.repeat(20_000)}true${']}'.repeat(20_000)}`
    const payload = `{"reason": "x", "document": {"holdTtlSeconds": 60, "rules": [{"condition": ${deep}, "outcome": {"holdTtlSeconds": 1}}]}}`
    const response = await api.as('ops', {
      method,
      url: method === 'PUT' ? '/v1/policies/reservation' : '/v1/policies/reservation/drafts',
      headers: { 'content-type': 'application/json', 'idempotency-key': uuid() },
      payload,
    })
    expect(codeOf(response)).toEqual([400, 'malformed-json'])
  },
)

test('a draft is tried on past orders over HTTP, page by page, and so is the version to roll back to', async () => {
  await call('POST', '/reservation/rollback', { toVersion: 0, reason: 'from the start' })
  await placeOrder(api)
  const { version } = await draft(77)
  const tried = (await call('POST', `/reservation/drafts/${version}/dry-run`, { days: 1, limit: 1 })).json()
  expect(tried).toMatchObject({ version, subject: 'order', changed: 1, items: [{ before: {}, after: {} }] })
  const next = await call('POST', `/reservation/drafts/${version}/dry-run`, {
    days: 1,
    limit: 1,
    cursor: tried.nextCursor,
  })
  expect(next.json().examined).toBeGreaterThan(tried.examined)
  const same = await call('POST', '/reservation/drafts/0/dry-run', { days: 1 })
  expect(same.json()).toMatchObject({ version: 0, changed: 0, items: [] })
  const otherDays = { days: 2, limit: 1, cursor: tried.nextCursor }
  expect(codeOf(await call('POST', `/reservation/drafts/${version}/dry-run`, otherDays))).toEqual([
    400,
    'invalid-cursor',
  ])
  expect(codeOf(await call('POST', '/promotion/drafts/0/dry-run', {}))).toEqual([
    409,
    'policy-nothing-to-compare',
  ])
})

test('a third dry run at once is asked to come again, so that checkouts keep the processor', async () => {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl })
  await owner.connect()
  await owner.query('begin; lock table policy in access exclusive mode')
  const ask = () => call('POST', '/reservation/drafts/0/dry-run', {})
  const both = [ask(), ask()]
  await vi.waitFor(
    async () => {
      const { rows } = await owner.query(`
        select count(*)::int as waiting from pg_locks
        where not granted and relation = 'policy'::regclass`)
      expect(rows).toEqual([{ waiting: 2 }])
    },
    { timeout: 20_000, interval: 20 },
  )
  const third = await ask()
  await owner.query('rollback')
  await owner.end()
  expect(codeOf(third)).toEqual([503, 'overloaded'])
  expect((await Promise.all(both)).map((response) => response.statusCode)).toEqual([200, 200])
})
