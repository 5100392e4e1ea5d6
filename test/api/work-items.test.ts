import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assigneePage, workItemCounts, workItemPage, workItemView } from '../../contracts/work-items.ts'
import { WORK_ITEM_KINDS } from '../../domain/order.ts'
import type { Role } from '../../domain/role.ts'
import type { WorkItemDetail } from '../../domain/work-item-facts.ts'
import type { System } from '../../store/identity.ts'
import { openWorkItem } from '../../store/work-items.ts'
import { createTestApi, PASSWORD, placeOrder, type TestApi } from './support.ts'

type Caller = System | Role
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let api: TestApi
/** Of the store that the clerk belongs to, and of one of another region. */
let orders: { own: string; other: string }
beforeAll(async () => {
  api = await createTestApi()
  const [own, other] = [await placeOrder(api), await placeOrder(api, { storeId: 'ST-2' })]
  orders = { own: own.json().orderId, other: other.json().orderId }
})
afterAll(() => api.close())

const raise = async (orderId: string | null = orders.own, detail: WorkItemDetail = {}) => {
  const key = uuid()
  await openWorkItem(api.database.db, { kind: 'short_pick', key, orderId, detail })
  const [row] = await api.rows('select id from work_item where key = $1', [key])
  return { id: String(row?.id), key }
}
const ahead = (ms: number) => new Date(Date.now() + ms).toISOString()
const snooze = (as: Caller, id: string, payload: object) =>
  api.as(as, { method: 'POST', url: `/v1/work-items/${id}/snooze`, payload })
const wake = (as: Caller, id: string) => api.as(as, { method: 'DELETE', url: `/v1/work-items/${id}/snooze` })
const listed = async (query: string, id: string) => {
  const { items } = workItemPage.parse(
    (await api.as('clerk', { url: `/v1/work-items?limit=200${query}` })).json(),
  )
  return items.some(({ workItemId }) => workItemId === id)
}
const counted = async () =>
  workItemCounts.parse((await api.as('clerk', { url: '/v1/work-items/counts' })).json())
const audited = (id: string) =>
  api.rows(
    `select actor, action, old_value as old, new_value as new, reason from audit_entry
     where subject_kind = 'work_item' and subject_id = $1 order by id`,
    [id],
  )

test.each([
  ['overDay', '25 hours', ['underDay', 'underHour']],
  ['underDay', '90 minutes', ['overDay', 'underHour']],
  ['underHour', '1 minute', ['overDay', 'underDay']],
] as const)(
  'an open item that is %s is counted there and is in that list alone',
  async (age, ago, others) => {
    const before = await counted()
    const { id } = await raise()
    await api.rows('update work_item set created_at = now() - $2::interval where id = $1', [id, ago])
    expect(await counted()).toEqual({ ...before, total: before.total + 1, [age]: before[age] + 1 })
    expect(await listed(`&waited=${age}`, id)).toBe(true)
    for (const other of others) expect(await listed(`&waited=${other}`, id)).toBe(false)
  },
)

describe('a work item that is put off', () => {
  test('is out of the inbox and of what waits until then, and everybody sees by whom, until when and why', async () => {
    const { id } = await raise()
    const before = await counted()
    const until = ahead(HOUR_MS)
    const answer = workItemView.parse((await snooze('clerk', id, { until, reason: '等仓库盘点' })).json())
    expect(answer.snooze).toEqual({ until, by: 'clerk', reason: '等仓库盘点' })
    expect([
      await listed('', id),
      await listed('&snoozed=only', id),
      await listed('&snoozed=include', id),
    ]).toEqual([...[false, true, true]])
    expect(await counted()).toEqual({
      ...before,
      total: before.total - 1,
      underHour: before.underHour - 1,
      snoozed: before.snoozed + 1,
    })
    const shown = (await api.as('team_lead', { url: `/v1/work-items/${id}` })).json()
    expect(shown).toMatchObject({ state: 'open', snooze: { by: 'clerk' } })
    expect(shown.actions).toContain('wake')
  })

  test('is there again as soon as its time has come, without anybody’s doing', async () => {
    const { id } = await raise()
    await snooze('clerk', id, { until: ahead(HOUR_MS) })
    expect(await listed('', id)).toBe(false)
    await api.rows(`update work_item set snoozed_until = now() - interval '1 second' where id = $1`, [id])
    expect([await listed('', id), await listed('&snoozed=only', id)]).toEqual([true, false])
    expect((await api.as('clerk', { url: `/v1/work-items/${id}` })).json()).toMatchObject({ snooze: null })
  })

  test('is brought back before its time by anybody who sees it; done twice it is done once', async () => {
    const { id } = await raise()
    const until = ahead(HOUR_MS)
    await snooze('clerk', id, { until })
    expect((await wake('team_lead', id)).json()).toMatchObject({ snooze: null, state: 'open' })
    expect((await wake('clerk', id)).statusCode).toBe(200)
    expect(await listed('', id)).toBe(true)
    expect(await audited(id)).toMatchObject([
      { actor: 'clerk', action: 'work_item.snoozed', new: { until } },
      { actor: 'team-lead', action: 'work_item.woken', old: { until } },
    ])
  })

  test('takes the later word, which the audit trail has beside the first', async () => {
    const { id } = await raise()
    const [first, second] = [ahead(HOUR_MS), ahead(2 * HOUR_MS)]
    await snooze('clerk', id, { until: first, reason: 'call 13812345678' })
    const answer = await snooze('team_lead', id, { until: second })
    expect(answer.json().snooze).toEqual({ until: second, by: 'team-lead', reason: null })
    expect(await audited(id)).toMatchObject([
      { new: { until: first }, reason: 'call 138****5678' },
      { old: { until: first }, new: { until: second }, reason: null },
    ])
  })

  test.each([
    ['a time that has passed', () => ({ until: ahead(-1_000) })],
    ['more than thirty days', () => ({ until: ahead(31 * DAY_MS) })],
    ['no time', () => ({ reason: 'later' })],
    ['a time without a zone', () => ({ until: '2026-12-01T09:00:00' })],
    ['something else', () => ({ until: ahead(HOUR_MS), forever: true })],
  ])('is not with %s, and nothing changes', async (_, payload) => {
    const { id } = await raise()
    const refused = await snooze('clerk', id, payload())
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'invalid-request'])
    expect(await listed('', id)).toBe(true)
    expect(await audited(id)).toEqual([])
  })

  test('is not once it is resolved, nor by whoever does not see it', async () => {
    const [open, other] = [await raise(), await raise(orders.other)]
    expect((await snooze('clerk', other.id, { until: ahead(HOUR_MS) })).statusCode).toBe(404)
    expect((await wake('clerk', other.id)).statusCode).toBe(404)
    const resolved = {
      method: 'POST',
      url: `/v1/work-items/${open.id}/resolve`,
      payload: { resolution: 'x' },
    } as const
    await snooze('clerk', open.id, { until: ahead(HOUR_MS) })
    expect((await api.as('clerk', resolved)).json()).toMatchObject({ state: 'resolved', snooze: null })
    for (const late of [
      await snooze('clerk', open.id, { until: ahead(HOUR_MS) }),
      await wake('clerk', open.id),
    ])
      expect([late.statusCode, late.json().code]).toEqual([409, 'work-item-resolved'])
    expect(await listed('&state=resolved', open.id)).toBe(true)
  })
})

describe('people whom a work item can be given to', () => {
  const people = async (as: Caller, query = '') =>
    assigneePage
      .parse((await api.as(as, { url: `/v1/work-items/assignees?${query}` })).json())
      .items.map(({ userName }) => userName)
  const assign = (as: Caller, id: string, owner: string) =>
    api.as(as, { method: 'POST', url: `/v1/work-items/${id}/assign`, payload: { owner } })

  test('are those who see it, by name and nothing else', async () => {
    const [own, other, stock] = [await raise(), await raise(orders.other), await raise(null)]
    const everywhere = ['admin', 'finance', 'ops']
    expect(await people('ops', `workItemId=${own.id}`)).toEqual(
      [...everywhere, 'clerk', 'regional-director', 'store-manager', 'team-lead'].sort(),
    )
    expect(await people('ops', `workItemId=${other.id}`)).toEqual(everywhere)
    expect(await people('ops', `workItemId=${stock.id}`)).toEqual(everywhere)
    const { items } = (await api.as('clerk', { url: `/v1/work-items/assignees?workItemId=${own.id}` })).json()
    expect(items[0]).toEqual({ userName: 'admin', displayName: 'admin' })
  })

  test('are, for no item in particular, those who share something with whoever asks', async () => {
    const account = { password: PASSWORD, displayName: '小王', role: 'clerk', storeIds: ['ST-2'] }
    const made = await api.as('admin', {
      method: 'POST',
      url: '/v1/accounts',
      payload: { userName: 'wang.south', ...account },
    })
    expect(made.statusCode).toBe(201)
    expect(await people('clerk')).not.toContain('wang.south')
    expect(await people('regional_director')).toContain('clerk')
    expect(await people('ops')).toContain('wang.south')
    expect(await people('ops')).not.toContain('inspector')
    expect(await people('ops', `text=${encodeURIComponent('小王')}`)).toEqual(['wang.south'])
  })

  test('are found page by page, each once', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const url = `/v1/work-items/assignees?limit=2${cursor && `&cursor=${cursor}`}`
      const page: { items: { userName: string }[]; nextCursor: string | null } = assigneePage.parse(
        (await api.as('ops', { url })).json(),
      )
      seen.push(...page.items.map(({ userName }) => userName))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(await people('ops', 'limit=200'))
  })

  test('are the only ones who are given it: nobody else, and none whose account has ended', async () => {
    const { id } = await raise()
    const left = { password: PASSWORD, displayName: 'left', role: 'clerk', storeIds: ['ST-1'] }
    await api.as('admin', { method: 'POST', url: '/v1/accounts', payload: { userName: 'left', ...left } })
    await api.as('admin', { method: 'PATCH', url: '/v1/accounts/left', payload: { active: false } })
    for (const owner of ['nobody', 'left', 'inspector', 'wang.south']) {
      const refused = await assign('ops', id, owner)
      expect([owner, refused.statusCode, refused.json().code]).toEqual([owner, 422, 'unknown-assignee'])
      expect(await people('ops', `workItemId=${id}`)).not.toContain(owner)
    }
    for (const owner of await people('ops', `workItemId=${id}`))
      expect((await assign('ops', id, owner)).json()).toMatchObject({ owner })
    const entries = await audited(id)
    expect(entries.at(0)).toMatchObject({
      action: 'work_item.assigned',
      old: { owner: null },
      new: { owner: 'admin' },
    })
    expect(entries.at(1)).toMatchObject({ old: { owner: 'admin' }, actor: 'ops:ops-test' })
  })
})

test('the kinds are told with what they say in both languages', async () => {
  const { items } = (await api.as('clerk', { url: '/v1/work-items/kinds' })).json()
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual([...WORK_ITEM_KINDS])
  expect(items[0]).toMatchObject({ title: { zh: expect.any(String), en: expect.any(String) } })
})
