import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createChangeRequestActivities } from '../../activities/change-requests.ts'
import type { Activities } from '../../activities/index.ts'
import type { OrderChangeCommands } from '../../connectors/temporal/order-change-commands.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { ChangeProblem } from '../../domain/change.ts'
import { previewChange } from '../../domain/change-preview.ts'
import type { ChangeRequestStatus } from '../../domain/change-request-state.ts'
import { markCarried } from '../../store/carrying.ts'
import { readOrderState } from '../../store/change-preview.ts'
import {
  applyChangeEvent,
  decideOnChange,
  resubmitChange,
  submitChange,
} from '../../store/change-requests.ts'
import { readChangeRequest } from '../../store/change-rows.ts'
import { upsertAccount } from '../../store/identity.ts'
import { KeyRing } from '../../store/keyring.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { changeWorkflowId, decideUpdate, decisionSignal } from '../../workflows/messages.ts'
import { keepWorkflowHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

/**
 * Change requests with their workflow on a real Temporal server. The order's answers are
 * played, so that each can refuse or be lost at one exact point.
 */
let hub: TestHub
const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)

/** What the order was asked, and what it refuses next. */
const order = {
  asked: [] as string[],
  refuse: {} as Partial<Record<'hold' | 'prepare' | 'commit', ChangeProblem>>,
  /** Done, and the answer lost. */
  lose: new Set<string>(),
  held: new Map<string, string>(),
  applied: new Set<string>(),
}
function answered<Answer>(name: string, answer: Answer): Answer {
  order.asked.push(name)
  if (order.lose.delete(name)) throw new Error('the answer was lost')
  return answer
}
const orderChanges: OrderChangeCommands = {
  acquireHold: async (orderId, { changeId, change, orderVersion }) => {
    const problem = order.refuse.hold
    if (problem) return answered('hold', { granted: false, orderVersion: null, ...problem })
    const owner = order.held.get(orderId)
    if (owner && owner !== changeId) {
      const busy = { reason: 'held-by-another-change' as const, detail: 'busy' }
      return answered('hold', { granted: false, orderVersion, ...busy })
    }
    order.held.set(orderId, changeId)
    const state = await readOrderState(hub.db, orderId)
    const previewed = state ? previewChange(state, change) : null
    if (!previewed?.ok) throw new Error('the change cannot be')
    return answered('hold', { granted: true, orderVersion: orderVersion + 1, effect: previewed.effect })
  },
  prepare: async (orderId, { changeId }) => {
    const problem = order.refuse.prepare
    if (problem) return answered('prepare', { prepared: false, ...problem })
    const request = await readChangeRequest(hub.db, changeId)
    if (!request || order.held.get(orderId) !== changeId) throw new Error('not held')
    return answered('prepare', { prepared: true, orderVersion: 9, effect: request.effect, gained: [] })
  },
  commit: async (orderId, { changeId }) => {
    const problem = order.refuse.commit
    if (problem) return answered('commit', { applied: false, ...problem })
    order.applied.add(changeId)
    order.held.delete(orderId)
    return answered('commit', { applied: true, orderVersion: 10, refunds: [], supplementCents: 0 })
  },
  release: async (orderId, { changeId }) => {
    if (order.held.get(orderId) === changeId) order.held.delete(orderId)
    return answered('release', { released: true, applied: order.applied.has(changeId) })
  },
}

/** What the ERP was told, and how it answers. */
const erp = { told: [] as string[], refuse: false, down: false, keeps: false }
const withErp = (activities: Activities): Activities => ({
  ...activities,
  applyErpChange: async ({ step }) => {
    if (erp.down) throw new Error('the ERP is away')
    erp.told.push(`book ${step}`)
    return erp.refuse
      ? { ok: false, refused: { code: 'E-1', text: 'period closed' } }
      : { ok: true, reference: `ERP-${step}` }
  },
  reverseErpChange: async ({ step }) => {
    erp.told.push(`reverse ${step}`)
    return erp.keeps
      ? { ok: false, refused: { code: 'E-2', text: 'booked for good' } }
      : { ok: true, reference: null }
  },
})

const BASE = POLICIES['approval-route'].initial
const publish = (document: Partial<PolicyDocument<'approval-route'>> = {}) =>
  publishPolicy(hub.db, {
    kind: 'approval-route',
    document: { ...BASE, ...document },
    author: 'test',
    reason: 'test',
  })
const quickTiers = (changes: Partial<(typeof BASE.tiers)[number]>) =>
  BASE.tiers.map((tier) => (tier.name === 'team-lead' ? { ...tier, ...changes } : tier))

beforeAll(async () => {
  hub = await startTestHub({
    patienceMs: 100_000,
    orderChanges,
    activities: withErp,
    trustsTemporalCli: true,
  })
  const person = { password: 'correct horse battery staple', storeIds: ['MALL'], region: null }
  const people = { lead: 'team_lead', second: 'team_lead', manager: 'store_manager' } as const
  for (const [userName, role] of Object.entries(people)) {
    await upsertAccount(hub.db, { ...person, userName, displayName: userName, role })
  }
})
beforeEach(async () => {
  Object.assign(order, { asked: [], refuse: {}, lose: new Set(), held: new Map() })
  Object.assign(erp, { told: [], refuse: false, down: false, keeps: false })
  await publish()
})
afterAll(() => hub.close())

const price = (unitPriceCents: number) => ({
  type: 'price' as const,
  lines: [{ lineNumber: 1, unitPriceCents }],
})
async function ask(change = price(900), orderId?: string) {
  const id = orderId ?? (await hub.placeOrder([{ skuId: 'SKU-A', quantity: 1 }])).orderId
  const changeId = uuid()
  const { version } = await hub.db
    .selectFrom('orders')
    .select('version')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  await hub.inTransaction((tx) =>
    submitChange(tx, {
      ...{ changeId, orderId: id, orderVersion: version, change, reasonCode: 'goodwill', reason: 'test' },
      applicant: { name: 'clerk', role: 'clerk' },
      eventId: uuid(),
    }),
  )
  return { changeId, orderId: id }
}
const stateOf = async (changeId: string) => {
  const request = await readChangeRequest(hub.db, changeId)
  if (!request) throw new Error('no request')
  return request.state
}
const untilStatus = (changeId: string, status: ChangeRequestStatus) =>
  hub.until(`the request to be ${status}`, async () => {
    const state = await stateOf(changeId)
    return state.status === status ? state : null
  })
async function decide(changeId: string, account: string, decision: 'approve' | 'reject' = 'approve') {
  const { requestVersion, stepNumber, orderVersion } = await stateOf(changeId)
  const seen = { requestVersion, stepNumber, orderVersion, note: '', via: 'console' as const }
  const decisionId = uuid()
  const result = await hub.inTransaction((tx) =>
    decideOnChange(tx, keyRing, { changeId, decisionId, account, decision, ...seen }),
  )
  return { decisionId, result }
}
const apply = (changeId: string, event: Parameters<typeof applyChangeEvent>[2]['event']) =>
  hub.inTransaction((tx) =>
    applyChangeEvent(tx, keyRing, { changeId, eventId: uuid(), event, operator: 'clerk' }),
  )
async function inApproval(change = price(900)) {
  const asked = await ask(change)
  await untilStatus(asked.changeId, 'in_approval')
  return asked
}
/** Temporal has taken all news of it. */
const untilTold = (changeId: string) =>
  hub.until('it to be told', async () => {
    const row = await hub.db
      .selectFrom('change_request')
      .select(['carried_version', 'version'])
      .where('id', '=', changeId)
      .executeTakeFirstOrThrow()
    return row.carried_version === row.version
  })
const handle = (changeId: string) => hub.client.workflow.getHandle(changeWorkflowId(changeId))
/** The row has come to its end, the order is free, and the workflow has ended by itself. */
async function expectEnd(changeId: string, status: ChangeRequestStatus, name: string) {
  await untilStatus(changeId, status)
  await hub.until(
    'the workflow to end',
    async () => (await handle(changeId).describe()).status.name === 'COMPLETED',
  )
  expect(await handle(changeId).result()).toMatchObject({ status })
  const { holds_order: holdsOrder } = await hub.db
    .selectFrom('change_request')
    .select('holds_order')
    .where('id', '=', changeId)
    .executeTakeFirstOrThrow()
  expect(holdsOrder).toBe(false)
  await keepWorkflowHistory(hub, changeWorkflowId(changeId), `change-request-${name}`)
}
const workItems = async (changeId: string) =>
  (
    await hub.db
      .selectFrom('work_item')
      .select(['kind', 'state'])
      .where('key', '=', changeId)
      .orderBy('created_at')
      .execute()
  ).map(({ kind, state }) => `${kind} ${state}`)

const refusals = (changeId: string) =>
  hub.db
    .selectFrom('audit_entry')
    .select(['actor', 'source', 'new_value'])
    .where('subject_id', '=', changeId)
    .where('action', '=', 'change.decision_refused')
    .orderBy('id')
    .execute()

describe('approved', () => {
  test('it is applied: hold, difference, ERP, then money and order, each once', async () => {
    const { changeId } = await inApproval()
    expect((await decide(changeId, 'lead')).result.ok).toBe(true)
    await expectEnd(changeId, 'applied', 'applied')
    expect(order.asked).toEqual(['hold', 'prepare', 'commit', 'release'])
    expect(erp.told).toEqual(['book apply-1'])
  })

  test('an answer of the order that was lost is asked for again, and nothing happens twice', async () => {
    order.lose = new Set(['hold', 'prepare', 'commit'])
    const { changeId } = await inApproval()
    await decide(changeId, 'lead')
    await expectEnd(changeId, 'applied', 'answers-lost')
    expect(erp.told).toEqual(['book apply-1'])
  })

  test('what needs nobody is applied at once', async () => {
    const [, ...rest] = BASE.tiers
    const everything = { ...BASE.tiers[0], name: 'nobody', condition: true } as (typeof BASE.tiers)[number]
    await publish({ tiers: [everything, ...rest] })
    const { changeId } = await ask()
    await expectEnd(changeId, 'applied', 'automatic')
  })
})

describe('the order refuses', () => {
  test('to be held: the request is stale, and nothing was touched', async () => {
    order.refuse.hold = { reason: 'already-packed', detail: 'the warehouse was faster' }
    const { changeId } = await ask()
    await expectEnd(changeId, 'stale', 'not-held')
    expect(await stateOf(changeId)).toMatchObject({ reason: { code: 'already-packed' } })
    expect(erp.told).toEqual([])
  })

  test('for want of stock: given back, a person is told, and a retry goes through', async () => {
    order.refuse.prepare = { reason: 'not-enough-stock', detail: 'none left' }
    const { changeId } = await inApproval()
    await decide(changeId, 'lead')
    await untilStatus(changeId, 'apply_failed')
    expect(await workItems(changeId)).toEqual(['change_apply_failed open'])
    expect([...order.held.keys()]).toEqual([])
    order.refuse = {}
    await apply(changeId, { type: 'retried' })
    await expectEnd(changeId, 'applied', 'retried')
    expect(await workItems(changeId)).toEqual(['change_apply_failed resolved'])
    expect(erp.told).toEqual(['book apply-2'])
  })

  test('at the very end: the ERP’s booking is reversed, and the request may be abandoned', async () => {
    order.refuse.commit = { reason: 'not-held', detail: 'the hold was over' }
    const { changeId } = await inApproval()
    await decide(changeId, 'lead')
    await untilStatus(changeId, 'apply_failed')
    expect(erp.told).toEqual(['book apply-1', 'reverse apply-1'])
    await apply(changeId, { type: 'abandoned', note: 'customer took it back' })
    await expectEnd(changeId, 'abandoned', 'abandoned')
  })
})

test('the ERP refuses: its booking is reversed all the same, the order is given back', async () => {
  erp.refuse = true
  const { changeId } = await inApproval()
  await decide(changeId, 'lead')
  const { reason } = await untilStatus(changeId, 'apply_failed')
  expect(reason).toEqual({ code: 'erp-refused', detail: 'E-1: period closed' })
  expect(erp.told).toEqual(['book apply-1', 'reverse apply-1'])
  await apply(changeId, { type: 'abandoned', note: '' })
  await expectEnd(changeId, 'abandoned', 'erp-refused')
})

test('the ERP is away for longer than the policy allows: everything is taken back, and a person is told', async () => {
  await publish({ applyWithinSeconds: 5 })
  erp.down = true
  const { changeId, orderId } = await inApproval()
  // What was asked for keeps its time, whatever is published later.
  await publish()
  await decide(changeId, 'lead')
  const { reason } = await untilStatus(changeId, 'apply_failed')
  expect(reason).toEqual({ code: 'erp-unreachable', detail: 'tell the ERP: no answer within 5 s' })
  // It may have booked what it did not answer.
  expect(erp.told).toEqual(['reverse apply-1'])
  expect(order.held.has(orderId)).toBe(false)
  expect(await workItems(changeId)).toEqual(['change_apply_failed open'])
  erp.down = false
  await apply(changeId, { type: 'retried' })
  await expectEnd(changeId, 'applied', 'erp-unreachable')
})

describe('the ERP does not take its booking back', () => {
  /** Refused, and kept all the same: somebody has to look at it; the order is free by then. */
  async function stuck() {
    Object.assign(erp, { refuse: true, keeps: true })
    const asked = await inApproval()
    await decide(asked.changeId, 'lead')
    const { status, reason } = await hub.until('somebody to be needed', async () => {
      const state = await stateOf(asked.changeId)
      return state.needsAttention ? state : null
    })
    expect([status, reason?.code]).toEqual(['undoing', 'erp-refused'])
    expect(await workItems(asked.changeId)).toEqual(['change_undo_failed open'])
    expect(order.held.has(asked.orderId)).toBe(false)
    Object.assign(erp, { refuse: false, keeps: false })
    return asked
  }

  test('a retry has it taken back; then the change itself is tried again, with a booking of its own', async () => {
    const { changeId } = await stuck()
    await apply(changeId, { type: 'retried' })
    await untilStatus(changeId, 'apply_failed')
    expect(await workItems(changeId)).toEqual(['change_undo_failed resolved', 'change_apply_failed open'])
    await apply(changeId, { type: 'retried' })
    await expectEnd(changeId, 'applied', 'undo-retried')
    expect(erp.told).toEqual(['book apply-1', 'reverse apply-1', 'reverse apply-1', 'book apply-2'])
    expect(await workItems(changeId)).toEqual(['change_undo_failed resolved', 'change_apply_failed resolved'])
  })

  test('abandoned, it is taken back all the same, and nothing is left of it', async () => {
    const { changeId, orderId } = await stuck()
    await apply(changeId, { type: 'abandoned', note: 'the customer took it back' })
    await expectEnd(changeId, 'abandoned', 'undo-abandoned')
    expect(erp.told).toEqual(['book apply-1', 'reverse apply-1', 'reverse apply-1'])
    expect(await workItems(changeId)).toEqual(['change_undo_failed resolved'])
    expect([order.held.has(orderId), order.applied.has(changeId)]).toEqual([false, false])
  })
})

describe('more than one has to agree', () => {
  test('two steps: the second is asked once the first has agreed, and then it is applied', async () => {
    const tiers = BASE.tiers.map((tier) => {
      if (tier.name === 'team-lead') return { ...tier, condition: false }
      return tier.name === 'store-manager' ? { ...tier, condition: true, after: ['team-lead'] } : tier
    })
    await publish({ tiers })
    const { changeId } = await inApproval()
    expect((await decide(changeId, 'manager')).result).toMatchObject({ code: 'change-not-approver' })
    await decide(changeId, 'lead')
    expect(await stateOf(changeId)).toMatchObject({ status: 'in_approval', stepNumber: 2 })
    expect((await decide(changeId, 'second')).result).toMatchObject({ code: 'change-not-approver' })
    await decide(changeId, 'manager')
    await expectEnd(changeId, 'applied', 'two-steps')
  })

  test('two of three: one alone is not enough, and counts once; the second makes it so', async () => {
    const approvers = (['team_lead', 'store_manager'] as const).map((role) => {
      return { role, within: 'store' as const }
    })
    await publish({ tiers: quickTiers({ approvers, mode: { atLeast: 2 } }) })
    const { changeId } = await inApproval()
    expect((await stateOf(changeId)).approvers.map(({ account }) => account).sort()).toEqual([
      ...['lead', 'manager', 'second'],
    ])
    await decide(changeId, 'second')
    expect((await decide(changeId, 'second')).result).toMatchObject({ ok: false })
    expect((await stateOf(changeId)).status).toBe('in_approval')
    await decide(changeId, 'manager')
    await expectEnd(changeId, 'applied', 'two-of-three')
    expect(erp.told).toEqual(['book apply-1'])
  })
})

describe('while it waits', () => {
  test('rejected, changed and asked for again, it is held and decided anew', async () => {
    const { changeId } = await inApproval()
    await decide(changeId, 'lead', 'reject')
    await untilStatus(changeId, 'rejected')
    const { orderVersion: _ } = await stateOf(changeId)
    const { version } = await hub.db
      .selectFrom('change_request_version')
      .select('order_version as version')
      .where('change_id', '=', changeId)
      .executeTakeFirstOrThrow()
    await hub.inTransaction((tx) =>
      resubmitChange(tx, {
        ...{ changeId, orderVersion: version, change: price(950), reasonCode: 'goodwill', reason: 'less' },
        applicant: { name: 'clerk', role: 'clerk' },
        eventId: uuid(),
      }),
    )
    await untilStatus(changeId, 'in_approval')
    await decide(changeId, 'second')
    await expectEnd(changeId, 'applied', 'asked-again')
  })

  test('withdrawn, the order is given back', async () => {
    const { changeId, orderId } = await inApproval()
    await apply(changeId, { type: 'withdrawn', account: 'clerk', note: 'mistake' })
    await expectEnd(changeId, 'withdrawn', 'withdrawn')
    expect(order.held.has(orderId)).toBe(false)
  })

  test('nobody decides in time: reminded, then the next level decides', async () => {
    await publish({ tiers: quickTiers({ deadlineSeconds: 5, reminderSeconds: 0.3 }) })
    const { changeId } = await inApproval()
    await hub.until('the next level', async () => (await stateOf(changeId)).levelNumber === 2)
    const reminders = await hub.db
      .selectFrom('change_approver')
      .select(['account', 'state', 'reminders'])
      .where('change_id', '=', changeId)
      .where('level_number', '=', 1)
      .orderBy('account')
      .execute()
    expect(reminders.map(({ account, state }) => `${account} ${state}`)).toEqual([
      'lead closed',
      'second closed',
    ])
    expect(reminders.every((row) => row.reminders > 0)).toBe(true)
    expect((await decide(changeId, 'lead')).result).toMatchObject({ code: 'change-not-approver' })
    await decide(changeId, 'manager')
    await expectEnd(changeId, 'applied', 'next-level')
  })

  test('nobody decides at all: it expires and the order is free', async () => {
    await publish({ expirySeconds: 0.5 })
    const { changeId, orderId } = await ask()
    await expectEnd(changeId, 'expired', 'expired')
    expect(order.held.has(orderId)).toBe(false)
  })

  test('the order moves on: where the change is the same, it goes on waiting and is applied', async () => {
    const { changeId } = await inApproval()
    await apply(changeId, { type: 'order_moved' })
    await hub.until('the order to be looked at', async () => !(await stateOf(changeId)).orderMoved)
    expect(await stateOf(changeId)).toMatchObject({ status: 'in_approval', reason: null })
    await decide(changeId, 'lead')
    await expectEnd(changeId, 'applied', 'order-moved-same')
  })

  test('the order moves on: where the change means nothing any more, it is stale and says why', async () => {
    const { changeId, orderId } = await inApproval()
    await hub.db
      .updateTable('order_snapshot')
      .set({ state: JSON.stringify({ ...(await readOrderState(hub.db, orderId)), status: 'shipped' }) })
      .where('order_id', '=', orderId)
      .execute()
    const placed = await readOrderState(hub.db, orderId)
    if (placed?.status !== 'shipped') {
      await hub.db
        .insertInto('order_snapshot')
        .values({
          order_id: orderId,
          version: 1,
          state: JSON.stringify({ ...placed, status: 'shipped' }),
          applied: [],
        })
        .execute()
    }
    await apply(changeId, { type: 'order_moved' })
    await expectEnd(changeId, 'stale', 'order-moved')
    expect((await stateOf(changeId)).reason).toMatchObject({ code: 'wrong-status' })
  })
})

describe('decisions by signal and update', () => {
  test('one that names its row is answered with what came of it; an invented one is refused', async () => {
    const { changeId } = await inApproval()
    const answers = [
      await handle(changeId).executeUpdate(decideUpdate, { args: [{ decisionId: 'invented' }] }),
    ]
    const { decisionId } = await decide(changeId, 'manager')
    answers.push(await handle(changeId).executeUpdate(decideUpdate, { args: [{ decisionId }] }))
    expect(answers).toMatchObject([
      { accepted: false, code: 'change-decision-untrusted' },
      { accepted: false, code: 'change-not-approver' },
    ])
    await apply(changeId, { type: 'withdrawn', account: 'clerk', note: '' })
    await expectEnd(changeId, 'withdrawn', 'updates')
    expect(await refusals(changeId)).toMatchObject([
      { actor: 'unknown', source: 'temporal-cli', new_value: { refusalCode: 'change-decision-untrusted' } },
      { actor: 'manager', source: 'console', new_value: { refusalCode: 'change-not-approver' } },
    ])
  })

  test('a bare signal counts where that is trusted, is recorded as such, and never separates duties', async () => {
    const { changeId } = await inApproval()
    const seen = { decision: 'approve' as const, requestVersion: 1, stepNumber: 1 }
    await handle(changeId).signal(decisionSignal, { approver: 'clerk', ...seen })
    await handle(changeId).signal('decision', { any: 'thing' })
    await handle(changeId).signal(decisionSignal, { approver: 'lead', ...seen })
    await expectEnd(changeId, 'applied', 'bare-signal')
    expect((await stateOf(changeId)).separated).toBe(false)
    const rows = await hub.db
      .selectFrom('change_decision')
      .select(['account', 'via', 'refusal_code'])
      .where('change_id', '=', changeId)
      .orderBy('recorded_at')
      .execute()
    expect(rows).toEqual([
      { account: 'clerk', via: 'temporal-cli', refusal_code: 'change-own-request' },
      { account: 'lead', via: 'temporal-cli', refusal_code: null },
    ])
  })
})

describe('a bare signal', () => {
  const activitiesThat = (trusted: { trustsTemporalCli: boolean }) =>
    createChangeRequestActivities({ db: hub.db, dataKeys: keyRing, orderChanges, ...trusted })
  test('that does not say which version and step it is about is refused, once in the audit trail', async () => {
    const { changeId } = await inApproval()
    const { settleDecision } = activitiesThat({ trustsTemporalCli: true })
    const vague = { approver: 'lead', decision: 'approve', note: 'Wang, 13900000000' }
    for (const message of [vague, { ...vague, requestVersion: 1 }, { ...vague, stepNumber: 1 }]) {
      const asked = { changeId, message, key: JSON.stringify(Object.keys(message)) }
      for (const _ of ['first', 'again'])
        expect(await settleDecision(asked)).toMatchObject({ accepted: false, code: 'invalid-request' })
    }
    const audited = await refusals(changeId)
    expect(audited.map((entry) => entry.new_value)).toMatchObject(
      Array(3).fill({ refusalCode: 'invalid-request' }),
    )
    expect(JSON.stringify(audited)).not.toContain('Wang')
    expect(await stateOf(changeId)).toMatchObject({ status: 'in_approval', decisions: [] })
  })

  test('that comes late, for a step or version that is over, does not decide the next one', async () => {
    const { changeId } = await inApproval()
    const { settleDecision } = activitiesThat({ trustsTemporalCli: true })
    const typed = { approver: 'lead', decision: 'approve', requestVersion: 1, stepNumber: 1 }
    for (const other of [{ stepNumber: 2 }, { requestVersion: 2 }]) {
      const late = { changeId, message: { ...typed, ...other }, key: JSON.stringify(other) }
      expect(await settleDecision(late)).toMatchObject({ code: 'change-version-changed' })
    }
    expect(await stateOf(changeId)).toMatchObject({ status: 'in_approval', decisions: [] })
  })

  test('is untrusted unless the configuration says otherwise: a row says who was typed, the order is untouched', async () => {
    const { changeId, orderId } = await inApproval()
    const { settleDecision } = activitiesThat({ trustsTemporalCli: false })
    const message = { approver: 'lead', decision: 'approve', requestVersion: 1, stepNumber: 1 }
    const asked = [...order.asked]
    const before = await readOrderState(hub.db, orderId)
    expect(await settleDecision({ changeId, message, key: 'bare' })).toMatchObject({
      accepted: false,
      code: 'change-decision-untrusted',
    })
    const rows = await hub.db
      .selectFrom('change_decision')
      .select(['id', 'account', 'via', 'refusal_code'])
      .where('change_id', '=', changeId)
      .execute()
    expect(rows).toEqual([
      {
        id: 'temporal-cli/bare',
        account: 'lead',
        via: 'temporal-cli',
        refusal_code: 'change-decision-untrusted',
      },
    ])
    expect(await refusals(changeId)).toMatchObject([{ actor: 'lead', source: 'temporal-cli' }])
    expect(await stateOf(changeId)).toMatchObject({ status: 'in_approval', decisions: [] })
    expect([await readOrderState(hub.db, orderId), order.asked]).toEqual([before, asked])
  })
})

describe('outages', () => {
  test('decided while nothing carried it: applied when Temporal is heard again', async () => {
    const { changeId } = await inApproval()
    await hub.stopRelay()
    await decide(changeId, 'lead')
    hub.startRelay()
    await expectEnd(changeId, 'applied', 'carried-later')
  })

  test('a request whose workflow was lost gets another one and goes on', async () => {
    const { changeId } = await inApproval()
    await untilTold(changeId)
    await handle(changeId).terminate('lost')
    expect(await hub.changeCarrier.checkWorkflows()).toBeGreaterThan(0)
    await decide(changeId, 'lead')
    await untilStatus(changeId, 'applied')
  })

  test('a decision that Temporal took and its workflow skipped is applied all the same, by another run, and once', async () => {
    const { changeId } = await inApproval()
    await untilTold(changeId)
    const { runId } = await handle(changeId).describe()
    // Every other request has heard what it was told.
    await hub.changeCarrier.checkHeard(0)
    expect((await handle(changeId).describe()).runId).toBe(runId)
    await hub.stopRelay()
    await decide(changeId, 'lead')
    // Told, as far as its row knows.
    await markCarried(hub.db, 'change_request', changeId, (await stateOf(changeId)).version)
    expect(await hub.changeCarrier.checkHeard(60_000)).toBe(0)
    expect(await hub.changeCarrier.checkHeard(0)).toBe(1)
    hub.startRelay()
    await hub.until('the workflow to end', async () => {
      const { status, runId: latest } = await handle(changeId).describe()
      return status.name === 'COMPLETED' && latest !== runId
    })
    expect((await stateOf(changeId)).status).toBe('applied')
    expect(erp.told).toEqual(['book apply-1'])
    expect(order.asked.filter((name) => name !== 'release')).toEqual(['hold', 'prepare', 'commit'])
  })
})
