import type { InjectOptions } from 'fastify'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { CardAnswer, CardChoice, CardDecisions } from '../../api/card-decisions.ts'
import { createWecomClient } from '../../connectors/wecom/app.ts'
import { createWecomToken } from '../../connectors/wecom/token.ts'
import { unseal } from '../../simulator/platforms/wecom/seal.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { closeCard, openCard } from '../../store/wecom-cards.ts'
import { mapWecomMember } from '../../store/wecom-members.ts'
import {
  callbackOf,
  clickXml,
  memoryShelf,
  WECOM,
  WECOM_SECRET,
  wecomApp,
  wecomControl,
  wecomSettings,
} from '../support/wecom.ts'
import { createTestApi, type TestApi } from './support.ts'

/** Decides as the product does: the first counts, and the same choice again is the first one. */
class FirstWins implements CardDecisions {
  readonly decided = new Map<string, CardChoice>()
  readonly asked: CardChoice[] = []
  gate: Promise<void> = Promise.resolve()
  decide = async (choice: CardChoice): Promise<CardAnswer> => {
    this.asked.push(choice)
    await this.gate
    const key = JSON.stringify(choice.subject)
    const first = this.decided.get(key) ?? choice
    this.decided.set(key, first)
    const text = first.verdict === 'approve' ? '已同意' : '已驳回'
    return first.choiceId === choice.choiceId
      ? { outcome: first.verdict, text }
      : { outcome: 'already-decided', text: `${first.userName}${text}` }
  }
}

/** A machine that is busy with other tests is no slow decision. */
const PATIENT_MS = 30_000
let api: TestApi
let simulator: Simulator
let decisions: FirstWins
let accounts: Record<string, string>
beforeAll(async () => {
  decisions = new FirstWins()
  simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET })
  api = await createTestApi({
    config: wecomSettings(simulator.url),
    deps: { cardDecisions: decisions, wecomAnswerMs: PATIENT_MS },
  })
  const rows = await api.rows('select id, role from account')
  accounts = Object.fromEntries(rows.map(({ role, id }) => [String(role), String(id)]))
  await map('store_manager', 'wang.fang')
  await map('finance', 'li.qiang')
})
afterAll(async () => {
  await api.close()
  await simulator.close()
})
beforeEach(() => {
  decisions.decided.clear()
  decisions.asked.length = 0
  decisions.gate = Promise.resolve()
})

const map = (role: string, memberId: string) =>
  api.deps.db
    .transaction()
    .execute((tx) => mapWecomMember(tx, { accountId: accounts[role] ?? '', memberId, origin: SYSTEM_ORIGIN }))
const newCard = async (subjectKey = `change/${uuid()}`, role = 'store_manager', memberId = 'wang.fang') => {
  const content = { title: '改价申请', description: '', facts: [], note: '' }
  await api.deps.db.transaction().execute((tx) =>
    openCard(tx, {
      subjectKey,
      subject: { key: subjectKey },
      accountId: accounts[role] ?? '',
      memberId,
      content,
    }),
  )
  const [row] = await api.rows(
    'select id, task_id from wecom_card where subject_key = $1 and member_id = $2',
    [subjectKey, memberId],
  )
  return { id: String(row?.id), taskId: String(row?.task_id) }
}
const seconds = () => Math.floor(api.clock.now().getTime() / 1_000)
const post = ({ query, body }: { query: Record<string, string>; body: string }, more: InjectOptions = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/webhooks/wecom',
    query,
    payload: body,
    headers: { 'content-type': 'text/xml' },
    ...more,
  })
const click = (taskId: string, change: { key?: string; memberId?: string; seconds?: number } = {}) =>
  post(callbackOf(clickXml({ seconds: seconds(), taskId, ...change }), { seconds: seconds() }))
/** What the buttons were replaced by. */
const textOf = (xml: string) => {
  const sealed = /<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/.exec(xml)?.[1] ?? ''
  return /<ReplaceName><!\[CDATA\[(.*?)\]\]>/.exec(unseal(sealed, WECOM) ?? '')?.[1]
}
const clicksOf = (taskId: string) =>
  api.rows('select member_id, button_key, outcome from wecom_click where task_id = $1 order by received_at', [
    taskId,
  ])

/** What the audit trail says of refused clicks. */
const refusalsOf = async (subjectId: string) =>
  (
    await api.rows(
      `select actor || ': ' || (new_value ->> 'refusalCode') as refusal from audit_entry
        where action = 'change.decision_refused' and source = 'wecom' and subject_id = $1 order by id`,
      [subjectId],
    )
  ).map(({ refusal }) => refusal)

test('the same click three times is one decision, answered alike, and the card is settled', async () => {
  const { id, taskId } = await newCard()
  const at = seconds()
  for (let times = 0; times < 3; times += 1) {
    const answer = await click(taskId, { seconds: at })
    expect(answer.statusCode).toBe(200)
    expect(textOf(answer.body)).toBe('已同意')
  }
  expect(new Set(decisions.asked.map(({ choiceId }) => choiceId)).size).toBe(1)
  expect(await clicksOf(taskId)).toEqual([
    { member_id: 'wang.fang', button_key: 'approve', outcome: 'approve' },
  ])
  expect(await api.rows('select state, outcome from wecom_card where id = $1', [id])).toEqual([
    { state: 'closed', outcome: '已同意' },
  ])
})

test('of approve and reject at once the first counts, and the other is told who it was', async () => {
  const subjectKey = `change/${uuid()}`
  const one = await newCard(subjectKey)
  const other = await newCard(subjectKey, 'finance', 'li.qiang')
  const answers = await Promise.all([
    click(one.taskId, { key: 'approve' }),
    click(other.taskId, { key: 'reject', memberId: 'li.qiang' }),
  ])
  const texts = answers.map(({ body }) => textOf(body) ?? '').sort()
  expect(decisions.decided.size).toBe(1)
  const [winner] = [...decisions.decided.values()]
  const word = winner?.verdict === 'approve' ? '已同意' : '已驳回'
  expect(texts).toEqual([word, `${winner?.userName}${word}`].sort())
})

test('who decides is whose card it is, and not what the button says', async () => {
  const { taskId } = await newCard()
  const answer = await click(taskId)
  expect(answer.statusCode).toBe(200)
  expect(decisions.asked).toMatchObject([{ userName: expect.stringContaining('store'), verdict: 'approve' }])
})

test.each([
  ['somebody else’s member', { memberId: 'li.qiang' }, 'finance: not-the-recipient'],
  ['a member who is nobody here', { memberId: 'stranger' }, 'unknown: not-the-recipient'],
  ['a button that the card does not have', { key: 'approve_all' }, 'store-manager: unknown-button'],
  ['a button that names something', { key: 'approve change/1' }, 'store-manager: unknown-button'],
])('a click by %s decides nothing, and is kept', async (_, change, refusal) => {
  const { id, taskId } = await newCard()
  const at = seconds()
  const answer = await click(taskId, { ...change, seconds: at })
  // Told of again, it is one click.
  await click(taskId, { ...change, seconds: at })
  expect(await refusalsOf(id)).toEqual([refusal])
  expect([answer.statusCode, answer.body]).toEqual([200, ''])
  expect(decisions.asked).toEqual([])
  expect(await clicksOf(taskId)).toHaveLength(1)
  expect(await api.rows('select state from wecom_card where id = $1', [id])).toEqual([{ state: 'waiting' }])
})

test('a click on a card that the hub never made decides nothing', async () => {
  const answer = await click('card_unknown')
  expect([answer.statusCode, answer.body]).toEqual([200, ''])
  expect(await clicksOf('card_unknown')).toMatchObject([{ outcome: 'unknown-card' }])
  expect(await refusalsOf('card_unknown')).toEqual(['store-manager: unknown-card'])
})

test('a member who was unmapped, or whose account was disabled, decides nothing from then on', async () => {
  const { taskId } = await newCard()
  await map('store_manager', 'other.member')
  await click(taskId)
  await map('store_manager', 'wang.fang')
  await api.rows('update account set disabled = true where id = $1', [accounts.store_manager])
  await click(taskId, { seconds: seconds() - 1 })
  await api.rows('update account set disabled = false where id = $1', [accounts.store_manager])
  expect(decisions.asked).toEqual([])
  expect((await clicksOf(taskId)).map(({ outcome }) => outcome)).toEqual([
    'not-the-recipient',
    'not-the-recipient',
  ])
})

test('forged, altered, old and unreadable callbacks are refused and logged; nothing is decided, kept or told', async () => {
  const { taskId } = await newCard()
  const at = seconds()
  const xml = clickXml({ seconds: at, taskId })
  const genuine = callbackOf(xml, { seconds: at })
  const other = callbackOf(clickXml({ seconds: at, taskId: 'card_2' }), { seconds: at })
  const wrong: [string, { query: Record<string, string>; body: string }][] = [
    ['another token', callbackOf(xml, { seconds: at, token: 'guessed' })],
    ['another corp', callbackOf(xml, { seconds: at, receiveId: 'ww0000' })],
    ['an old one', callbackOf(clickXml({ seconds: at - 400, taskId }), { seconds: at - 400 })],
    ['an old event signed anew', callbackOf(clickXml({ seconds: at - 400, taskId }), { seconds: at })],
    ['the signature of another', { query: other.query, body: genuine.body }],
    ['a time that was moved', { query: { ...genuine.query, timestamp: String(at + 1) }, body: genuine.body }],
    ['no signature', { query: { timestamp: String(at), nonce: 'n' }, body: genuine.body }],
    [
      'entities',
      { query: genuine.query, body: '<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>' },
    ],
    [
      'entities inside',
      callbackOf(`<!DOCTYPE x [<!ENTITY a "approve">]>${xml.replace('<![CDATA[approve]]>', '&a;')}`, {
        seconds: at,
      }),
    ],
    ['JSON', { query: genuine.query, body: '{"Encrypt":"x"}' }],
    ['nothing', { query: genuine.query, body: '' }],
  ]
  const clicks = () => api.rows('select count(*)::int as count from wecom_click')
  const before = await clicks()
  for (const [what, callback] of wrong) {
    const logged = api.log.length
    const answer = await post(callback)
    expect([what, answer.statusCode]).toEqual([what, 401])
    expect(api.log.slice(logged).join('\n')).toContain('callback of WeCom refused')
    // Which check it failed is not told.
    expect(answer.json().detail).toBe('this is no callback of our WeCom app')
  }
  expect((await post({ ...genuine, body: 'x'.repeat(70_000) })).statusCode).toBe(413)
  expect(await clicks()).toEqual(before)
  expect(decisions.asked).toEqual([])
})

test('the log never has a key, a code or what was sealed', async () => {
  const { taskId } = await newCard()
  await click(taskId)
  const log = api.log.join('\n')
  for (const secret of [WECOM.secret, WECOM.token, WECOM.encodingAesKey, WECOM.robotKey, 'CODE-1'])
    expect(log).not.toContain(secret)
})

test('however long a decision takes, WeCom is answered in time; the decision stands, and its next attempt hears of it', async () => {
  const { id, taskId } = await newCard()
  const at = seconds()
  let open = () => {}
  decisions.gate = new Promise((resolve) => {
    open = resolve
  })
  api.deps.wecomAnswerMs = 50
  const late = await click(taskId, { seconds: at })
  api.deps.wecomAnswerMs = PATIENT_MS
  expect(late.statusCode).toBe(503)
  open()
  await vi.waitFor(async () => expect(await clicksOf(taskId)).toHaveLength(1))
  // Nobody was shown the answer: the card is updated as the others are.
  expect(await api.rows('select state, response_code from wecom_card where id = $1', [id])).toEqual([
    { state: 'waiting', response_code: 'CODE-1' },
  ])
  const again = await click(taskId, { seconds: at })
  expect([again.statusCode, textOf(again.body)]).toEqual([200, '已同意'])
  expect(decisions.decided.size).toBe(1)
})

test('other events are acknowledged, so that they do not come again', async () => {
  const xml = clickXml({ seconds: seconds() }).replace('template_card_event', 'enter_agent')
  const answer = await post(callbackOf(xml, { seconds: seconds() }))
  expect([answer.statusCode, answer.body]).toEqual([200, ''])
})

test('without an app nothing is called back here', async () => {
  const bare = await createTestApi()
  try {
    const callback = callbackOf(clickXml({ seconds: seconds() }), { seconds: seconds() })
    const answer = await bare.app.inject({
      method: 'POST',
      url: '/v1/webhooks/wecom',
      query: callback.query,
      payload: callback.body,
    })
    expect(answer.statusCode).toBe(404)
  } finally {
    await bare.close()
  }
})

test('over real encryption: the address is verified, a click changes its card by the reply, the other approver’s by the API', async () => {
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const outside = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET, hubApi: address })
  try {
    const wecom = wecomControl(outside.url)
    expect(await wecom.isVerified()).toBe(true)
    const app = wecomApp(outside.url)
    const client = createWecomClient(app, createWecomToken(app, memoryShelf()))
    const subjectKey = `change/${uuid()}`
    const one = await newCard(subjectKey)
    const other = await newCard(subjectKey, 'finance', 'li.qiang')
    const cardOf = (taskId: string) => ({
      taskId,
      title: '改价申请',
      description: '',
      quote: null,
      facts: [],
      note: '',
      buttons: [{ key: 'approve', text: '同意', isPrimary: true }],
      link: null,
    })
    await client.sendCard('wang.fang', cardOf(one.taskId))
    const { responseCode } = await client.sendCard('li.qiang', cardOf(other.taskId))
    expect(await wecom.click(one.taskId, 'approve')).toEqual({ statuses: [200], replacedBy: '已同意' })
    await api.deps.db.transaction().execute((tx) => closeCard(tx, other.id, '王芳已同意'))
    await client.closeCard('li.qiang', responseCode ?? '', '王芳已同意')
    const { cards } = await wecom.state()
    const shown = Object.fromEntries(cards.map((card) => [card.memberId, card.updates]))
    expect(shown).toEqual({
      'wang.fang': [{ by: 'reply', text: '已同意' }],
      'li.qiang': [{ by: 'api', text: '王芳已同意' }],
    })
    expect(await wecom.click(other.taskId, 'approve', 'stranger')).toEqual({
      statuses: [200],
      replacedBy: null,
    })
  } finally {
    await outside.close()
  }
})
