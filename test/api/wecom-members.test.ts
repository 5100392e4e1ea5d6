import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
let accounts: Record<string, string>
beforeAll(async () => {
  api = await createTestApi()
  const rows = await api.rows('select id, role from account')
  accounts = Object.fromEntries(rows.map(({ role, id }) => [String(role), String(id)]))
})
afterAll(() => api.close())

const map = (role: string, memberId: unknown, caller: 'admin' | 'ops' = 'admin') =>
  api.as(caller, { method: 'PUT', url: `/v1/wecom/members/${accounts[role]}`, payload: { memberId } })
const list = async (query = '') => {
  const answer = await api.as('ops', { method: 'GET', url: `/v1/wecom/members${query}` })
  expect(answer.statusCode).toBe(200)
  return answer.json().items as { userName: string; memberId: string | null; role: string }[]
}

test('an account is mapped, mapped anew and unmapped, and who did it is kept', async () => {
  expect((await map('team_lead', 'wang.fang')).json()).toMatchObject({
    role: 'team_lead',
    memberId: 'wang.fang',
    mappedBy: expect.any(String),
  })
  await map('team_lead', 'wang.fang')
  expect((await map('team_lead', 'wang_fang2')).json()).toMatchObject({ memberId: 'wang_fang2' })
  const answer = await api.as('admin', { method: 'DELETE', url: `/v1/wecom/members/${accounts.team_lead}` })
  expect(answer.json()).toMatchObject({ memberId: null, mappedAt: null })
  const kept = await api.rows(
    'select member_id, ended_by is not null as ended from wecom_member where account_id = $1 order by mapped_at',
    [accounts.team_lead],
  )
  expect(kept).toEqual([
    { member_id: 'wang.fang', ended: true },
    { member_id: 'wang_fang2', ended: true },
  ])
  // Mapped the same way twice is once.
  const told = await api.rows(
    "select action, old_value, new_value from audit_entry where subject_id = $1 and action like 'wecom%' order by id",
    [accounts.team_lead],
  )
  expect(told).toEqual([
    { action: 'wecom_member.mapped', old_value: { memberId: null }, new_value: { memberId: 'wang.fang' } },
    {
      action: 'wecom_member.mapped',
      old_value: { memberId: 'wang.fang' },
      new_value: { memberId: 'wang_fang2' },
    },
    { action: 'wecom_member.unmapped', old_value: { memberId: 'wang_fang2' }, new_value: { memberId: null } },
  ])
})

test('a member is one account: a second one is refused and keeps what it had', async () => {
  await map('store_manager', 'li.qiang')
  await map('finance', 'zhao.min')
  const refused = await map('finance', 'li.qiang')
  expect([refused.statusCode, refused.json().code]).toEqual([409, 'wecom-member-taken'])
  const [finance] = await list('?role=finance')
  expect(finance).toMatchObject({ memberId: 'zhao.min' })
})

test('of two accounts that are mapped to one member at once one gets it', async () => {
  const answers = await Promise.all([map('clerk', 'sun.li'), map('regional_director', 'sun.li')])
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
})

test('the list is filtered, sorted and paged', async () => {
  const mapped = await list('?mapped=true')
  expect(mapped.every(({ memberId }) => memberId !== null)).toBe(true)
  const all = await list()
  expect((await list('?mapped=false')).length).toBe(all.length - mapped.length)
  expect(await list('?text=LI.QIANG')).toMatchObject([{ role: 'store_manager' }])
  const names = all.map(({ userName }) => userName)
  expect((await list('?sort=-userName')).map(({ userName }) => userName)).toEqual([...names].reverse())
  const first = (await api.as('ops', { method: 'GET', url: '/v1/wecom/members?limit=2' })).json()
  const rest = await list(`?limit=100&cursor=${first.nextCursor}`)
  expect([...first.items, ...rest].map(({ userName }) => userName)).toEqual(names)
})

test('bad input is refused and changes nothing; only an administrator maps', async () => {
  const before = await list()
  for (const memberId of ['', '王芳', 'a b', 'x'.repeat(65), '../', null, 7, undefined])
    expect((await map('clerk', memberId)).statusCode).toBe(400)
  expect((await map('clerk', 'somebody', 'ops')).statusCode).toBe(403)
  const unknown = await api.as('admin', {
    method: 'PUT',
    url: '/v1/wecom/members/00000000-0000-7000-8000-000000000000',
    payload: { memberId: 'somebody' },
  })
  expect(unknown.statusCode).toBe(404)
  const misspelt = await api.as('ops', { method: 'GET', url: '/v1/wecom/members?mappd=true' })
  expect(misspelt.statusCode).toBe(400)
  expect(await list()).toEqual(before)
})
