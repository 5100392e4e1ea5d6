import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import type { DataFlowView } from '../../contracts/data-flow.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Role } from '../../domain/role.ts'
import { watchFlows } from '../../store/flow-watch.ts'
import type { System } from '../../store/identity.ts'
import { outsideSystemsOf } from '../../workers/data-flow.ts'
import { createTestApi, type TestApi } from './support.ts'

const { initial } = POLICIES['data-flow']

let api: TestApi
let base: string
beforeAll(async () => {
  api = await createTestApi()
  base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  await api.rows(
    `insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
     values ('shop-jd', 'ST-1', 'jd', 'x', 'app', 'http://x', 'k', '\\x00', 'test')`,
  )
  await api.rows(
    `insert into channel_feed (shop_id, way, watermark, last_success_at, state)
     values ('shop-jd', 'pull', now() - interval '2 hours', now() - interval '2 hours', 'failing')`,
  )
  await watch()
})
afterAll(() => api.close())

const watch = () =>
  watchFlows(api.database.db, {
    outside: outsideSystemsOf(api.deps.config, CHANNEL_CONNECTORS, {}),
    policy: { version: 0, document: initial },
    now: new Date(),
  })
const get = (url: string, caller: System | Role = 'finance') => api.as(caller, { url })

test('the map has the systems that the settings name, and says what is broken first', async () => {
  const map: DataFlowView = (await get('/v1/data-flow')).json()
  expect(map).toMatchObject({ isStale: false, policyVersion: 0 })
  expect(map.systems).toContainEqual({
    systemId: 'channel:jd',
    kind: 'channel',
    key: 'jd',
    title: { en: 'Sales channel', zh: '销售渠道' },
  })
  const broken = map.edges.find(({ edgeId }) => edgeId === 'orders_pulled:shop-jd')
  expect(broken).toMatchObject({ state: 'broken', from: 'channel:jd', to: 'hub', keyTitle: null })
  // The platform pushes nothing, and no ERP is set: neither is drawn.
  expect(map.edges.map(({ flow }) => flow)).not.toContain('erp_out')
  expect(map.breakPoints.map(({ edgeId }) => edgeId)).toContain('orders_pulled:shop-jd')
  expect(map.steps.map(({ step }) => step)).toEqual(['map', 'fix_worst', 'replace_manual'])
  expect(map.steps[1]).toMatchObject({ state: 'open' })
})

test('an edge leads to its minutes, its logs, what sets it going again, and the runbook', async () => {
  const map: DataFlowView = (await get('/v1/data-flow')).json()
  const url = map.edges.find(({ edgeId }) => edgeId === 'orders_pulled:shop-jd')?.url ?? ''
  expect((await get(url)).json()).toMatchObject({
    edgeId: 'orders_pulled:shop-jd',
    links: {
      runbook: 'docs/runbook.md#flow-orders-pulled',
      retry: [{ method: 'POST', path: '/v1/shops/shop-jd/check' }, {}, {}],
    },
    nextStep: { zh: expect.stringContaining('授权') },
    breakPoints: expect.arrayContaining([expect.objectContaining({ kind: 'no_success' })]),
  })
})

test('every log that an edge leads to can be read', async () => {
  const map: DataFlowView = (await get('/v1/data-flow')).json()
  for (const { url } of map.edges) {
    const { links } = (await get(url)).json()
    for (const { path } of links.logs) expect((await get(path, 'ops')).statusCode, path).toBe(200)
  }
})

test('incidents are listed', async () => {
  const { items } = (
    await get('/v1/data-flow/incidents?edgeId=orders_pulled:shop-jd&state=open&sort=worst')
  ).json()
  expect(items.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['no_success', 'stale'])
})

test.each([
  '/v1/data-flow?wrong=x',
  '/v1/data-flow/edges/nonsense',
  '/v1/data-flow/edges/orders_pulled%3Ashop-jd?minutes=2881',
  '/v1/data-flow/incidents?sort=best',
  '/v1/data-flow/incidents?flow=teleport',
  '/v1/data-flow/incidents?from=yesterday',
  '/v1/data-flow/incidents?cursor=made-up',
])('%s is refused and says why', async (url) => {
  const answer = await get(url)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ title: expect.any(String) })
})

test('an edge that is on no map is not found', async () => {
  expect((await get('/v1/data-flow/edges/stock_out%3Anowhere')).statusCode).toBe(404)
})

test('a draft is tried on the flows as they stand: what would no longer count as broken', async () => {
  const url = '/v1/policies/data-flow/drafts'
  const send = (to: string, payload: object) =>
    api.as('ops', { method: 'POST', url: to, payload, headers: { 'idempotency-key': uuid() } })
  const document = { ...initial, byFlow: { orders_pulled: { noSuccessIntervals: 1_000, staleTimes: null } } }
  const { version } = (await send(url, { document, reason: 'patience' })).json()
  const report = (await send(`${url}/${version}/dry-run`, {})).json()
  expect(report).toMatchObject({ subject: 'data-flow-edge', changed: 1 })
  expect(report.items).toMatchObject([
    {
      id: 'orders_pulled:shop-jd',
      before: { outcome: { broken: ['no_success', 'stale'] } },
      after: { outcome: { broken: [] } },
    },
  ])
})

test('who watches is told the map at once, and again when it was looked at', async () => {
  const stopping = new AbortController()
  const response = await fetch(`${base}/v1/data-flow/events`, {
    headers: { authorization: `Bearer ${api.keys.ops}` },
    signal: stopping.signal,
  })
  const maps: DataFlowView[] = []
  const read = (async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.+)$/m.exec(block)?.[1]
        if (data) maps.push(JSON.parse(data))
      }
    }
  })()
  await expect.poll(() => maps.length, { timeout: 10_000 }).toBeGreaterThan(0)
  const before = maps.at(-1)?.checkedAt
  await watch()
  await expect.poll(() => maps.at(-1)?.checkedAt, { timeout: 10_000 }).not.toBe(before)
  stopping.abort()
  await read.catch(() => undefined) // aborted on purpose
})
