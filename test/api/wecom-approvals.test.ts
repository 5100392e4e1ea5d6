import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createChangeCardDecisions } from '../../api/change-card-decisions.ts'
import { createWecomClient } from '../../connectors/wecom/app.ts'
import { createWecomToken } from '../../connectors/wecom/token.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { syncChangeCards } from '../../store/change-cards.ts'
import { applyChangeEvent } from '../../store/change-requests.ts'
import { upsertAccount } from '../../store/identity.ts'
import { MobileLinks } from '../../store/mobile-links.ts'
import { mapWecomMember } from '../../store/wecom-members.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { wecomCardTarget } from '../../workers/wecom-cards.ts'
import {
  callbackOf,
  clickXml,
  memoryShelf,
  WECOM_SECRET,
  wecomApp,
  wecomControl,
  wecomSettings,
} from '../support/wecom.ts'
import { createTestApi, PASSWORD, placeOrder, type TestApi } from './support.ts'

/** From a request to the phones of two team leads, and back; each test has its own request. */
let api: TestApi
let wecom: Simulator
let sender: DeliverySender
beforeAll(async () => {
  api = await createTestApi({ config: wecomSettings('http://127.0.0.1:1'), deps: { wecomAnswerMs: 30_000 } })
  const { db, keyRing, notice } = api.deps
  api.deps.cardDecisions = createChangeCardDecisions({ db, keyRing, notice })
  const hubApi = await api.app.listen({ host: '127.0.0.1', port: 0 })
  wecom = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET, hubApi })
  const second = { userName: 'li.qiang', displayName: '李强', role: 'team_lead', password: PASSWORD } as const
  await upsertAccount(db, { ...second, storeIds: ['ST-1'], region: null })
  const rows = await api.rows("select id, user_name from account where role = 'team_lead'")
  for (const { id, user_name: name } of rows)
    await db
      .transaction()
      .execute((tx) =>
        mapWecomMember(tx, { accountId: String(id), memberId: String(name), origin: SYSTEM_ORIGIN }),
      )
  const app = wecomApp(wecom.url)
  const client = createWecomClient(app, createWecomToken(app, memoryShelf()))
  const links = new MobileLinks({ db, secret: api.deps.config.SESSION_SECRET })
  const pageUrl = 'https://hub.example.com/m/{token}'
  sender = new DeliverySender({ db, target: wecomCardTarget({ client, links, pageUrl }) })
})
afterAll(async () => {
  await wecom.close()
  await api.close()
})
beforeEach(() => settle())

/** What the relay does, until nothing is left; members' turns pass at once. */
async function settle(): Promise<void> {
  const { db } = api.deps
  let done = 1
  while (done > 0) {
    await sql`update wecom_turn set next_at = clock_timestamp()`.execute(db)
    await sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(db)
    done = (await syncChangeCards(db, 100)) + (await sender.runOnce())
  }
}
const ask = async (): Promise<string> => {
  const lines = [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100_000 }]
  const { orderId } = (await placeOrder(api, { lines })).json()
  const change = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 95_001 }] }
  const answer = await api.as('clerk', {
    method: 'POST',
    url: '/v1/change-requests',
    headers: { 'idempotency-key': uuid() },
    payload: { orderId, orderVersion: 1, change, reasonCode: 'goodwill', reason: '协商让利' },
  })
  const { changeId } = answer.json()
  await happen(changeId, { type: 'hold_granted', orderVersion: 2 })
  await settle()
  return changeId
}
const happen = (changeId: string, event: Parameters<typeof applyChangeEvent>[2]['event']) =>
  api.deps.db
    .transaction()
    .execute((tx) =>
      applyChangeEvent(tx, api.deps.keyRing, { changeId, eventId: uuid(), event, operator: 'system' }),
    )
/** The cards of a request, by member. */
const cardsOf = async (changeId: string) => {
  const rows = await api.rows('select task_id, member_id from wecom_card where subject_key like $1', [
    `change/${changeId}/%`,
  ])
  const { cards } = await wecomControl(wecom.url).state()
  return Object.fromEntries(
    rows.map(({ task_id: taskId, member_id: member }) => {
      const card = cards.find((each) => each.taskId === taskId)
      return [String(member), { taskId: String(taskId), card: card?.card, updates: card?.updates }]
    }),
  )
}
const statusOf = async (changeId: string) =>
  (await api.as('admin', { url: `/v1/change-requests/${changeId}` })).json().status
const press = (taskId: string | undefined, key: string) => wecomControl(wecom.url).click(taskId ?? '', key)

test('everybody who may decide gets a card; the first press decides, by the answer on their own card and by the API on the others', async () => {
  const changeId = await ask()
  const cards = await cardsOf(changeId)
  expect(Object.keys(cards).sort()).toEqual(['li.qiang', 'team-lead'])
  expect(cards['li.qiang']?.card).toMatchObject({
    main_title: { title: expect.stringMatching(/^改价申请 CR-\d{8}-\d{4}$/), desc: '应收减少 ¥49.99' },
  })
  expect(await press(cards['li.qiang']?.taskId, 'approve')).toEqual({ statuses: [200], replacedBy: '已同意' })
  expect(await statusOf(changeId)).toBe('approved')
  await settle()
  const after = await cardsOf(changeId)
  expect(after['li.qiang']?.updates).toEqual([{ by: 'reply', text: '已同意' }])
  expect(after['team-lead']?.updates).toEqual([{ by: 'api', text: '李强已同意' }])
  const decisions = await api.rows('select account, via from change_decision where change_id = $1', [
    changeId,
  ])
  expect(decisions).toEqual([{ account: 'li.qiang', via: 'wecom' }])
})

test('of approve and reject pressed at once one decides, and the other is told who did', async () => {
  const changeId = await ask()
  const cards = await cardsOf(changeId)
  const [one, other] = await Promise.all([
    press(cards['li.qiang']?.taskId, 'approve'),
    press(cards['team-lead']?.taskId, 'reject'),
  ])
  const status = await statusOf(changeId)
  expect(['approved', 'rejected']).toContain(status)
  const isApproved = status === 'approved'
  expect(one.replacedBy).toBe(isApproved ? '已同意' : expect.stringMatching(/.已驳回$/))
  expect(other.replacedBy).toBe(isApproved ? '李强已同意' : '已驳回')
  const counted = await api.rows(
    'select 1 from change_decision where change_id = $1 and refusal_code is null',
    [changeId],
  )
  expect(counted).toHaveLength(1)
})

test('a decision in the console, a withdrawal and an order that moved on are shown on the cards', async () => {
  const rejected = await ask()
  await api.as('team_lead', {
    method: 'POST',
    url: `/v1/change-requests/${rejected}/decisions`,
    headers: { 'idempotency-key': uuid() },
    payload: { decision: 'reject', requestVersion: 1, stepNumber: 1, orderVersion: 2 },
  })
  const withdrawn = await ask()
  await api.as('clerk', {
    method: 'POST',
    url: `/v1/change-requests/${withdrawn}/withdrawal`,
    headers: { 'idempotency-key': uuid() },
    payload: { note: '不用了' },
  })
  await settle()
  for (const [changeId, text] of [
    [rejected, /.已驳回$/],
    [withdrawn, /^申请人已撤回$/],
  ] as const) {
    const cards = await cardsOf(changeId)
    for (const { updates } of Object.values(cards))
      expect(updates).toEqual([{ by: 'api', text: expect.stringMatching(text) }])
  }
  // Whoever presses all the same is told, and changes nothing.
  const [card] = Object.values(await cardsOf(withdrawn))
  expect(await press(card?.taskId, 'approve')).toEqual({ statuses: [200], replacedBy: '申请已结束' })
  expect(await statusOf(withdrawn)).toBe('withdrawn')
})

/** What somebody's phone has after their link was opened: an answer and a cookie. */
const openLinkOf = async (changeId: string, member: string) => {
  const card = (await cardsOf(changeId))[member]?.card
  const token = JSON.stringify(card).split('/m/')[1]?.slice(0, 72) ?? ''
  const open = () => api.app.inject({ method: 'POST', url: '/v1/session/link', payload: { token } })
  return { opened: await open(), again: await open() }
}

test('the link of a card lets its person in once, to read, to see the files and to decide, and to nothing else', async () => {
  const changeId = await ask()
  // A card's link asks for no password, whoever chose that.
  await api.rows("update account set must_change_password = true where user_name = 'li.qiang'")
  const { opened, again } = await openLinkOf(changeId, 'li.qiang')
  expect(opened.json()).toMatchObject({
    identity: { userName: 'li.qiang', role: 'team_lead', mustChangePassword: false },
    opens: { kind: 'change', changeId, requestVersion: 1, stepNumber: 1, orderVersion: 2 },
  })
  expect([again.statusCode, again.json().code]).toEqual([401, 'link-not-valid'])

  const cookie = opened.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const inject = (method: 'GET' | 'POST', url: string, payload?: object) =>
    api.app.inject({
      method,
      url,
      headers: { cookie, 'x-order-hub': '1', 'idempotency-key': uuid() },
      ...(payload ? { payload } : {}),
    })
  expect((await inject('GET', `/v1/change-requests/${changeId}`)).json().changeId).toBe(changeId)
  await api.rows("update account set must_change_password = false where user_name = 'li.qiang'")
  for (const [method, url] of [
    ['GET', '/v1/orders'],
    ['GET', '/v1/change-requests'],
    ['POST', '/v1/change-requests'],
    ['POST', '/v1/approval-delegations'],
  ] as const)
    expect((await inject(method, url, method === 'POST' ? {} : undefined)).json().code).toBe('link-session')
  const decision = { decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion: 2 }
  const decided = await inject('POST', `/v1/change-requests/${changeId}/decisions`, decision)
  expect(decided.json().status).toBe('approved')
  const signedIn = await api.rows(
    "select actor from audit_entry where action = 'session.signed_in' and source = 'wecom'",
  )
  expect(signedIn).toEqual([{ actor: 'li.qiang' }])

  api.clock.advance(30 * 60_000 + 1_000)
  expect((await inject('GET', `/v1/change-requests/${changeId}`)).statusCode).toBe(401)
})

test('a link that nobody made, and that of a disabled account, let nobody in', async () => {
  const forged = await api.app.inject({
    method: 'POST',
    url: '/v1/session/link',
    payload: { token: 'A'.repeat(72) },
  })
  expect(forged.json().code).toBe('link-not-valid')
  expect(forged.cookies).toEqual([])
  const changeId = await ask()
  const setDisabled = (to: boolean) =>
    api.rows('update account set disabled = $1 where user_name = $2', [to, 'li.qiang'])
  await setDisabled(true)
  expect((await openLinkOf(changeId, 'li.qiang')).opened.json().code).toBe('link-not-valid')
  await setDisabled(false)
})

/** The very callback of one press, which whoever has seen it can send again. */
const callbackFor = (taskId: string, memberId: string, key: string) => {
  const seconds = Math.floor(api.clock.now().getTime() / 1_000)
  return callbackOf(clickXml({ seconds, taskId, memberId, key }), { seconds })
}
const send = ({ query, body }: ReturnType<typeof callbackOf>) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/webhooks/wecom',
    query,
    payload: body,
    headers: { 'content-type': 'text/xml' },
  })
/** The same as a press, by the API's clock, which tests above have put forward. */
const pressNow = async (taskId: string | undefined, memberId: string) =>
  (await send(callbackFor(taskId ?? '', memberId, 'approve'))).statusCode

describe('pressed again', () => {
  const decisionsOf = (changeId: string) =>
    api.rows(
      `select request_version as version, account, decision, refusal_code as refusal from change_decision
      where change_id = $1 order by recorded_at`,
      [changeId],
    )

  test('the same press told three times is one decision', async () => {
    const changeId = await ask()
    const callback = callbackFor((await cardsOf(changeId))['li.qiang']?.taskId ?? '', 'li.qiang', 'approve')
    const answers = [await send(callback), await send(callback), await send(callback)]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    expect(await statusOf(changeId)).toBe('approved')
    expect(await decisionsOf(changeId)).toEqual([
      { version: 1, account: 'li.qiang', decision: 'approve', refusal: null },
    ])
  })

  test('a press that rejected one version says nothing to the next, however often it is told', async () => {
    const changeId = await ask()
    const callback = callbackFor((await cardsOf(changeId))['li.qiang']?.taskId ?? '', 'li.qiang', 'reject')
    expect((await send(callback)).statusCode).toBe(200)
    expect(await statusOf(changeId)).toBe('rejected')
    const again = await api.as('clerk', {
      method: 'POST',
      url: `/v1/change-requests/${changeId}/versions`,
      headers: { 'idempotency-key': uuid() },
      payload: {
        ...{ orderVersion: 1, reasonCode: 'goodwill', reason: '再申请一次' },
        change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 97_000 }] },
      },
    })
    expect(again.statusCode, again.body).toBe(201)
    await happen(changeId, { type: 'hold_granted', orderVersion: 2 })
    await settle()
    expect((await send(callback)).statusCode).toBe(200)
    expect(await statusOf(changeId)).toBe('in_approval')
    expect(await decisionsOf(changeId)).toEqual([
      { version: 1, account: 'li.qiang', decision: 'reject', refusal: null },
    ])
  })
})

test('whatever else is slow, WeCom is answered within its five seconds; the press counts once it can, and once', async () => {
  const changeId = await ask()
  const callback = callbackFor((await cardsOf(changeId))['li.qiang']?.taskId ?? '', 'li.qiang', 'approve')
  const patientMs = api.deps.wecomAnswerMs
  // As the product waits.
  delete api.deps.wecomAnswerMs
  const lock = await api.deps.db.startTransaction().execute()
  try {
    await sql`select 1 from change_request where id = ${changeId} for update`.execute(lock)
    const startedAt = performance.now()
    const late = await send(callback)
    expect([late.statusCode, late.json().code]).toEqual([503, 'unavailable'])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  } finally {
    await lock.rollback().execute()
    if (patientMs !== undefined) api.deps.wecomAnswerMs = patientMs
  }
  await vi.waitFor(async () => expect(await statusOf(changeId)).toBe('approved'), { timeout: 20_000 })
  expect((await send(callback)).statusCode).toBe(200)
  const decisions = await api.rows(
    'select account, decision, refusal_code from change_decision where change_id = $1',
    [changeId],
  )
  expect(decisions).toEqual([{ account: 'li.qiang', decision: 'approve', refusal_code: null }])
})

describe('another card', () => {
  /** All cards of a request, the oldest first: whose, with what in the place of the buttons. */
  const allCards = async (changeId: string) => {
    const rows = await api.rows(
      'select member_id as member, outcome from wecom_card where subject_key like $1 order by created_at, member_id',
      [`change/${changeId}/%`],
    )
    return rows.map(({ member, outcome }) => [member, outcome])
  }
  const timesOf = async (changeId: string) => {
    const [row] = await api.rows('select due_at, remind_at from change_request where id = $1', [changeId])
    return [row?.due_at, row?.remind_at].map((at) => (at instanceof Date ? at.getTime() : 0))
  }
  const both = (outcome: string | null) => ['li.qiang', 'team-lead'].map((member) => [member, outcome])

  test('comes with a reminder, and the one before says so', async () => {
    const changeId = await ask()
    const [, remindAtMs = 0] = await timesOf(changeId)
    await happen(changeId, { type: 'reminder_due', remindAtMs })
    await settle()
    expect(await allCards(changeId)).toEqual([...both('已再次提醒'), ...both(null)])
    const [card] = await api.rows(
      "select task_id from wecom_card where subject_key like $1 and outcome is null and member_id = 'li.qiang'",
      [`change/${changeId}/%`],
    )
    expect(await pressNow(String(card?.task_id), 'li.qiang')).toBe(200)
    expect(await statusOf(changeId)).toBe('approved')
  })

  test('goes to the next level when a level’s time is over, and those before are told', async () => {
    await withMember('store-manager', async () => {
      const changeId = await ask()
      const [dueAtMs = 0] = await timesOf(changeId)
      await happen(changeId, { type: 'deadline_passed', dueAtMs })
      await settle()
      expect(await allCards(changeId)).toEqual([...both('已升级至上一级'), ['store-manager', null]])
      const { taskId } = (await cardsOf(changeId))['store-manager'] ?? {}
      expect(await pressNow(taskId, 'store-manager')).toBe(200)
      expect(await statusOf(changeId)).toBe('approved')
    })
  })

  test('goes to whoever stands in, and the person who is away need not look', async () => {
    await withMember('finance', async () => {
      const changeId = await ask()
      const away = await api.as('team_lead', {
        method: 'POST',
        url: '/v1/approval-delegations',
        headers: { 'idempotency-key': uuid() },
        payload: {
          ...{ delegate: 'finance', reason: '年假' },
          endsAt: new Date(Date.now() + 86_400_000).toISOString(),
        },
      })
      expect(away.statusCode, away.body).toBe(201)
      await settle()
      expect(await allCards(changeId)).toEqual([
        ['li.qiang', null],
        ['team-lead', '无需处理'],
        ['finance', null],
      ])
      const { taskId } = (await cardsOf(changeId)).finance ?? {}
      expect(await pressNow(taskId, 'finance')).toBe(200)
      expect(
        await api.rows('select account, on_behalf_of from change_decision where change_id = $1', [changeId]),
      ).toEqual([{ account: 'finance', on_behalf_of: 'team-lead' }])
      await api.rows(
        "update change_delegation set ended_at = now(), ended_by = 'test' where ended_at is null",
      )
    })
  })

  /** While somebody else is in WeCom, too. */
  async function withMember(userName: string, work: () => Promise<void>): Promise<void> {
    const [row] = await api.rows('select id from account where user_name = $1', [userName])
    const member = { accountId: String(row?.id), memberId: userName, origin: SYSTEM_ORIGIN }
    await api.deps.db.transaction().execute((tx) => mapWecomMember(tx, member))
    await work()
  }
})
