import { describe, expect, test } from 'vitest'
import type { OrderEvent } from '../../domain/order.ts'
import type { CheckOutcome } from '../../domain/order-check.ts'
import { decide } from '../../domain/order-life.ts'
import { dueSteps } from '../../domain/order-steps.ts'
import { OrderStory, units } from '../support/order-story.ts'

const paid = () => new OrderStory({ isChecked: true }).paid()
function answer(story: OrderStory, outcome: CheckOutcome, number = 1) {
  const action = outcome === 'blocked' ? 'block' : outcome === 'held' ? 'hold' : 'note'
  const findings =
    outcome === 'clear'
      ? []
      : [{ rule: 'phone-invalid', tag: '电话无效', action, because: 'phoneKind invalid' } as const]
  return story.tell({
    type: 'order_checked',
    number,
    outcome,
    policyVersion: 3,
    findings,
    handler: 'clerk-a',
  })
}
const release = (story: OrderStory, number = 1) =>
  story.tell({ type: 'check_released', number, operator: 'lead' })
const stepKinds = (story: OrderStory) => dueSteps(story.state).map((step) => step.kind)
const tasksOf = (story: OrderStory) =>
  story.writes
    .filter((write) => write.kind === 'create_pick_task')
    .map((write) => write.fulfilment.fulfilmentId)
const itemsOf = (story: OrderStory) =>
  story.writes.flatMap((write) =>
    write.kind === 'open_work_item' || write.kind === 'resolve_work_item' ? [write.kind] : [],
  )

function cancel(story: OrderStory) {
  story.tell({ type: 'cancel_requested', reason: 'changed my mind', mayCancelPaid: true })
  story.tell({ type: 'cancellation_decided', refusal: null })
}

/** Applies an address change to the order. */
function change(story: OrderStory, contactId = 'C2', changeId = 'CH-1') {
  const { state } = story
  const until = new Date(story.nowMs + 600_000).toISOString()
  const asked = { changeId, operator: 'clerk' }
  const say = (event: object) => story.apply({ ...asked, ...event } as Parameters<OrderStory['apply']>[0])
  say({
    ...{ type: 'change_hold_requested', requestId: `${changeId}-1`, requestVersion: 1, until },
    orderVersion: state.version,
    change: { type: 'address', contactId, divisionCode: '310115' },
  })
  const { number } = story.state.changeHold ?? { number: 0 }
  say({ type: 'change_hold_decided', number, problem: null })
  say({ type: 'change_prepare_requested', requestId: `${changeId}-2`, until })
  say({
    ...{ type: 'change_commit_requested', requestId: `${changeId}-3`, changeNumber: `CR-${changeId}` },
    approvers: ['lead'],
  })
  const { terms = null } = story.state.changeHold ?? {}
  say({ type: 'change_settled', number, outcome: 'applied', terms })
}

describe('a paid order', () => {
  test('from before there were rules goes to its warehouse at once', () => {
    const story = new OrderStory().paid()
    expect(tasksOf(story)).toEqual(['O1-F1'])
    expect(stepKinds(story)).toEqual([])
  })

  test('is checked first, and goes to its warehouse when the rules let it', () => {
    const story = paid()
    expect(story.state.status).toBe('paid')
    expect([stepKinds(story), tasksOf(story)]).toEqual([['check_order'], []])
    answer(story, 'noted')
    expect([stepKinds(story), tasksOf(story)]).toEqual([[], ['O1-F1']])
    expect(itemsOf(story)).toEqual([])
    const [line] = story.log.filter(({ field }) => field === 'check')
    expect(line?.newValue).toBe('noted, policy 3, phone-invalid (phoneKind invalid)')
  })

  test('that is held waits with a work item for its handler, whatever else is said, until a person lets it go', () => {
    const story = paid()
    answer(story, 'held')
    answer(story, 'clear')
    expect(tasksOf(story)).toEqual([])
    expect(story.state).toMatchObject({ needsAttention: true, check: { state: 'held' } })
    expect(story.writes.at(-1)).toMatchObject({
      ...{ kind: 'open_work_item', workItemKind: 'abnormal_order', key: 'O1', owner: 'clerk-a' },
      detail: { outcome: 'held', tags: '电话无效', rules: 'phone-invalid: phoneKind invalid' },
    })
    release(story)
    expect(tasksOf(story)).toEqual(['O1-F1'])
    expect(itemsOf(story)).toEqual(['open_work_item', 'resolve_work_item'])
    release(story)
    expect(tasksOf(story)).toEqual(['O1-F1'])
  })

  test('that was let go before its answer was heard goes on when that comes', () => {
    const story = paid()
    release(story)
    expect(tasksOf(story)).toEqual([])
    answer(story, 'blocked')
    expect(tasksOf(story)).toEqual(['O1-F1'])
    // A worker that died may have opened the item: it is closed in any case.
    expect(itemsOf(story)).toEqual(['open_work_item', 'resolve_work_item'])
    expect(story.state).toMatchObject({ check: { state: 'clear' }, early: [] })
  })

  test('whose worker died once its answer was committed gets what the release and the report of its task add, each once', () => {
    const release: OrderEvent = { type: 'check_released', inboxId: 91, number: 1, operator: 'lead' }
    const packed: OrderEvent = {
      ...{ type: 'fulfilment_packed', inboxId: 92, fulfilmentId: 'O1-F1', operator: 'pda' },
      ...{ courier: 'sim', waybillNumber: 'W1', occurredAt: new Date(0).toISOString() },
    }
    const checked: OrderEvent = {
      ...{ type: 'order_checked', number: 1, outcome: 'held', policyVersion: 1, findings: [], handler: null },
    }
    const recordsOf = (events: OrderEvent[]) => {
      let { state, nowMs } = paid()
      return events.flatMap((event) => {
        const decision = decide(state, event, nowMs)
        state = decision.state
        return decision.records
      })
    }
    const inTime = recordsOf([checked, release, packed])
    expect(inTime.map(({ key }) => key)).toEqual(['check/1', 'inbox/91', 'inbox/92'])
    // The successor hears of the later ones first; what has the same name adds the same.
    for (const order of [
      [release, packed, checked],
      [packed, release, checked],
      [release, checked, packed],
      [packed, checked, release],
    ]) {
      const late = recordsOf(order).filter(({ key }) => !key.endsWith('/early'))
      const byKey = (records: typeof inTime) =>
        Object.fromEntries(records.map((record) => [record.key, record]))
      expect(byKey(late)).toEqual(byKey(inTime))
      expect(late).toHaveLength(3)
    }
  })

  test('that is held can be cancelled; nobody finds its findings waiting', () => {
    const story = paid()
    answer(story, 'held')
    cancel(story)
    expect(story.state).toMatchObject({ status: 'cancelled', unopened: [], check: { state: 'clear' } })
    expect(story.writes).toContainEqual({ kind: 'end_check', number: 1 })
    expect(itemsOf(story)).toEqual(['open_work_item', 'resolve_work_item'])
    expect(story.refunds()).toMatchObject([{ amountCents: 3_500, reason: 'cancelled' }])
    release(story)
    expect(tasksOf(story)).toEqual([])
  })

  test('that is cancelled while it is asked about leaves nothing held either', () => {
    const story = paid()
    cancel(story)
    expect(stepKinds(story)).not.toContain('check_order')
    answer(story, 'held')
    expect(story.state.status).toBe('cancelled')
    expect(story.writes.filter(({ kind }) => kind === 'end_check')).toHaveLength(2)
    expect(itemsOf(story)).not.toContain('open_work_item')
  })

  test('that expired before is checked when it is reserved again', () => {
    const story = new OrderStory({ isChecked: true })
    story.passTime(31)
    story.tell({ type: 'reservation_checked', answer: 'expired', remainingMs: 0 })
    expect(stepKinds(story)).toEqual([])
    story.pay('P1', 3_500)
    story.tell({ type: 'reserved_again', allocations: [units('WH-2', 3)] })
    expect([story.state.status, stepKinds(story), tasksOf(story)]).toEqual(['paid', ['check_order'], []])
  })
})

describe('an applied change', () => {
  test('of a held order has it checked again, and it goes on by itself when nothing is found', () => {
    const story = paid()
    answer(story, 'held')
    change(story)
    expect(story.state.check).toMatchObject({ number: 2, state: 'due' })
    expect([stepKinds(story), tasksOf(story)]).toEqual([['check_order'], []])
    // The answer to the first check comes late.
    answer(story, 'held', 1)
    release(story, 1)
    expect(tasksOf(story)).toEqual([])
    answer(story, 'clear', 2)
    expect(tasksOf(story)).toEqual(['O1-F1'])
    expect(itemsOf(story).at(-1)).toBe('resolve_work_item')
  })

  test('of an order that is being picked keeps its task on hold until it was checked again', () => {
    const story = paid()
    answer(story, 'clear')
    change(story)
    expect(story.state.isPickingPaused).toBe(true)
    expect(stepKinds(story)).toEqual(['check_order'])
    answer(story, 'held', 2)
    expect(story.writes.some(({ kind }) => kind === 'resume_picking')).toBe(false)
    release(story, 2)
    expect(story.writes.filter(({ kind }) => kind === 'resume_picking')).toHaveLength(1)
    expect(tasksOf(story)).toEqual(['O1-F1'])
  })

  test('before the first check has it asked about once, when it is paid', () => {
    const story = new OrderStory({ isChecked: true })
    change(story)
    expect(story.state.check).toBeNull()
    story.paid()
    expect(story.state.check).toMatchObject({ number: 1, state: 'due' })
  })
})
