import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditEntryView, auditHeadPage, auditPage } from '../../contracts/audit.ts'
import { keepAuditHead, sealAuditEntries } from '../../store/audit-sealing.ts'
import { createTestApi, PASSWORD, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const list = async (query: string) =>
  auditPage.parse((await api.as('finance', { url: `/v1/audit?${query}` })).json())
const newest = async (query: string): Promise<AuditEntryView | undefined> => (await list(query)).items[0]
const signIn = (userName: string, password: string, requestId: string) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/session',
    headers: { 'x-request-id': requestId },
    payload: { userName, password },
  })
const idOf = async (userName: string) =>
  (await api.rows('select id from account where user_name = $1', [userName]))[0]?.id

describe('signing in', () => {
  test('is in the trail, with who and by which request', async () => {
    const requestId = uuid()
    await signIn('Clerk', PASSWORD, requestId)
    expect(await newest('action=session.signed_in&actor=clerk')).toMatchObject({
      actor: 'clerk',
      subjectKind: 'account',
      subjectId: await idOf('clerk'),
      source: 'console',
      requestId,
      actionText: { zh: '登录' },
    })
  })

  test('that fails is, too, with how often; so is the lock-out, and what is tried while it lasts', async () => {
    for (let attempt = 1; attempt <= 6; attempt += 1) await signIn('admin', `wrong ${attempt}`, uuid())
    const { items } = await list('actor=admin&sort=oldest')
    expect(items.map(({ action, newValue }) => ({ action, newValue }))).toEqual([
      ...[1, 2, 3, 4, 5].map((failures) => ({ action: 'session.sign_in_failed', newValue: { failures } })),
      { action: 'session.locked_out', newValue: { minutes: 15 } },
      { action: 'session.sign_in_failed', newValue: { refused: 'locked or disabled' } },
    ])
    expect(new Set(items.map((item) => item.subjectId))).toEqual(new Set([await idOf('admin')]))
  })

  test('with a name that nobody has keeps the name to itself: people type their password there', async () => {
    await signIn('my-secret-password', 'x', uuid())
    expect(await newest('action=session.sign_in_failed')).toMatchObject({
      actor: 'unknown',
      subjectId: 'unknown',
    })
    expect(JSON.stringify(await api.rows('select * from audit_entry'))).not.toContain('my-secret-password')
  })
})

describe('a policy', () => {
  const body = (holdTtlSeconds: number) => ({
    document: { holdTtlSeconds, rules: [] },
    reason: `${holdTtlSeconds} s`,
  })
  const write = (method: 'PUT' | 'POST', path: string, payload: object) =>
    api.as('ops', {
      method,
      url: `/v1/policies/reservation${path}`,
      headers: { 'idempotency-key': uuid() },
      payload,
    })

  test('that is published, as a draft or at once, and rolled back, is in the trail by version and hash', async () => {
    await write('PUT', '', body(600))
    const { version } = (await write('POST', '/drafts', body(700))).json()
    await write('POST', `/drafts/${version}/publish`, { revision: 1 })
    await write('POST', '/rollback', { toVersion: 1, reason: 'too long' })
    const { items } = await list('subjectKind=policy&subjectId=reservation&sort=oldest')
    expect(items).toMatchObject([
      { action: 'policy.published', oldValue: { version: 0 }, newValue: { version: 1 }, reason: '600 s' },
      { action: 'policy.published', oldValue: { version: 1 }, newValue: { version: 2 }, reason: '700 s' },
      {
        action: 'policy.rolled_back',
        oldValue: { version: 2 },
        newValue: { version: 3, rollbackOf: 1 },
        reason: 'too long',
      },
    ])
    expect(items.map(({ actor, source }) => `${actor} by ${source}`)).toEqual(
      Array(3).fill(`${items[0]?.actor} by api`),
    )
    const [first, second, back] = items.map((item) => item.relatedHash)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(back).toBe(first)
    expect(second).not.toBe(first)
  })

  test('that is refused leaves nothing in the trail', async () => {
    const before = (await list('subjectKind=policy')).items.length
    expect((await write('PUT', '', body(-1))).statusCode).toBe(400)
    expect((await write('POST', '/drafts/999/publish', { revision: 1 })).statusCode).toBe(404)
    expect((await list('subjectKind=policy')).items.length).toBe(before)
  })
})

test('an export is in the trail with its filters before its first line leaves', async () => {
  const query = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&field=status'
  expect((await api.as('clerk', { url: `/v1/operation-log/export?${query}` })).statusCode).toBe(200)
  expect(await newest('action=export.downloaded')).toMatchObject({
    actor: 'clerk',
    subjectId: 'operation-log',
    newValue: { format: 'csv', filters: { field: 'status', from: '2026-01-01T00:00:00Z' } },
  })
})

test('pages go through the trail without a gap, in both directions, with places in the chain once sealed', async () => {
  await signIn('clerk', PASSWORD, uuid())
  while ((await sealAuditEntries(api.database.db, 1_000)) > 0);
  await keepAuditHead(api.database.db)
  for (const sort of ['newest', 'oldest']) {
    const all = (await list(`limit=200&sort=${sort}`)).items
    const paged: AuditEntryView[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await list(`limit=3&sort=${sort}${cursor && `&cursor=${cursor}`}`)
      paged.push(...page.items)
      cursor = page.nextCursor
    }
    expect(paged).toEqual(all)
    expect(all.every((item) => item.sequence !== null && item.hash !== null)).toBe(true)
  }
  const [head] = auditHeadPage.parse((await api.as('finance', { url: '/v1/audit/heads' })).json()).items
  const last = (await list('limit=200')).items.find((item) => item.sequence === head?.sequence)
  expect(last?.hash).toBe(head?.hash)
})

test('heads are listed by days, in both directions, a page at a time', async () => {
  const hash = 'ab'.repeat(32)
  for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) {
    await api.rows("insert into audit_head (day, sequence, hash) values ($1::date, 0, decode($2, 'hex'))", [
      day,
      hash,
    ])
  }
  const days = async (query: string) => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const url = `/v1/audit/heads?limit=1&${query}${cursor && `&cursor=${cursor}`}`
      const page = auditHeadPage.parse((await api.as('finance', { url })).json())
      seen.push(...page.items.map((item) => item.day))
      cursor = page.nextCursor
    }
    return seen
  }
  expect(await days('to=2026-01-03')).toEqual(['2026-01-03', '2026-01-02', '2026-01-01'])
  expect(await days('sort=oldest&from=2026-01-02&to=2026-01-03')).toEqual(['2026-01-02', '2026-01-03'])
  for (const wrong of ['from=2026-1-1', 'sort=best', 'day=2026-01-01'])
    expect((await api.as('finance', { url: `/v1/audit/heads?${wrong}` })).statusCode, wrong).toBe(400)
})

test.each([
  'action=x',
  'action=A.b',
  'subjectKind=x y',
  'from=yesterday',
  'sort=best',
  'wrong=1',
  'cursor=x',
])('what cannot be meant is refused: %s', async (query) => {
  const response = await api.as('ops', { url: `/v1/audit?${query}` })
  expect(response.json().code).toMatch(/^invalid-(request|cursor)$/)
})
