import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ApprovalLevel, ApprovalStep } from '../../domain/approval-route.ts'
import { type ChangeRequestState, decideChangeRequest } from '../../domain/change-request.ts'

const NOW_MS = Date.parse('2026-11-28T02:00:00Z')
const HOUR_MS = 3_600_000
const level = (tier: string, more: Partial<ApprovalLevel> = {}): ApprovalLevel => ({
  ...{ tier, title: tier, approvers: [{ account: tier }], mode: 'any' },
  ...{ deadlineSeconds: 4 * 3_600, reminderSeconds: 3_600, ...more },
})
const stepsOf = (...levels: ApprovalStep['levels']): ApprovalStep[] => [{ levels }]
const submitted = (more: Partial<ChangeRequestState> = {}): ChangeRequestState => ({
  ...{ changeId: 'C-1', changeNumber: 'CR-20261128-0001', orderId: 'O-1', orderVersion: 1 },
  ...{ requestVersion: 1, maximumVersions: 5, status: 'submitted', version: 1, applicant: 'clerk' },
  ...{ stepNumber: 0, levelNumber: 0, approvers: [], decisions: [], dueAtMs: null, remindAtMs: null },
  steps: stepsOf(level('lead'), level('manager')),
  ...{ expiresAtMs: NOW_MS + 1_000 * HOUR_MS, shipByMs: null, minimumDeadlineSeconds: 900, separated: true },
  ...{ orderMoved: false, applyTries: 0, erp: 'untold', endsAs: null, reason: null, needsAttention: false },
  ...more,
})
const tell = (
  state: ChangeRequestState,
  event: Parameters<typeof decideChangeRequest>[1],
  nowMs = NOW_MS,
): ChangeRequestState => {
  const people = Object.fromEntries(
    ['lead', 'manager'].map((name) => [name, [{ principal: name, account: name }]]),
  )
  const outcome = decideChangeRequest(state, event, { nowMs, people, conflicts: {} })
  if (!outcome.ok) throw new Error(outcome.detail)
  return outcome.state
}
const opened = (more: Partial<ChangeRequestState>) =>
  tell(submitted(more), { type: 'hold_granted', orderVersion: 2 })
/** Minutes from now. */
const times = ({ dueAtMs, remindAtMs }: ChangeRequestState, fromMs = NOW_MS) =>
  [dueAtMs, remindAtMs].map((at) => (at === null ? null : (at - fromMs) / 60_000))
const inMinutes = (minutes: number) => NOW_MS + minutes * 60_000

describe('the promise to ship', () => {
  test.each([
    ['nobody was promised anything: the level’s own time', null, [240, 60]],
    ['promised for later than that: the level’s own time', inMinutes(300), [240, 60]],
    ['promised for before it: that is the end, and half of it the reminder', inMinutes(90), [90, 45]],
    ['with time enough, the reminder comes when the level has it', inMinutes(200), [200, 60]],
    ['in less than approvers must have: what they must have', inMinutes(5), [15, 7.5]],
    ['for a moment that is over: what they must have', inMinutes(-600), [15, 7.5]],
  ])('%s', (_, shipByMs, expected) => {
    expect(times(opened({ shipByMs }))).toEqual(expected)
  })

  test('shortens the next level’s time, too, counted from when that is asked', () => {
    const first = opened({ shipByMs: inMinutes(90) })
    const nowMs = first.dueAtMs ?? 0
    const next = tell(first, { type: 'deadline_passed', dueAtMs: nowMs }, nowMs)
    expect(next.levelNumber).toBe(2)
    expect(times(next, nowMs)).toEqual([15, 7.5])
  })

  test('reminds nobody where the level does not', () => {
    const steps = stepsOf(level('lead', { reminderSeconds: null }))
    expect(times(opened({ steps, shipByMs: inMinutes(90) }))).toEqual([90, null])
  })

  test('never lengthens a level’s time, never takes what approvers must have of it, and reminds before the end', () => {
    fc.assert(
      fc.property(
        fc.record({
          deadlineSeconds: fc.integer({ min: 2, max: 500_000 }),
          minimumDeadlineSeconds: fc.integer({ min: 1, max: 500_000 }),
          shipBySeconds: fc.integer({ min: -500_000, max: 500_000 }),
        }),
        fc.integer({ min: 1, max: 500_000 }),
        ({ deadlineSeconds, minimumDeadlineSeconds, shipBySeconds }, reminder) => {
          const reminderSeconds = Math.min(reminder, deadlineSeconds - 1)
          const steps = stepsOf(level('lead', { deadlineSeconds, reminderSeconds }))
          const shipByMs = NOW_MS + shipBySeconds * 1_000
          const { dueAtMs, remindAtMs } = opened({ steps, shipByMs, minimumDeadlineSeconds })
          const seconds = ((dueAtMs ?? 0) - NOW_MS) / 1_000
          expect(seconds).toBeLessThanOrEqual(deadlineSeconds)
          expect(seconds).toBeGreaterThanOrEqual(Math.min(deadlineSeconds, minimumDeadlineSeconds))
          if (shipBySeconds >= minimumDeadlineSeconds) expect(seconds).toBeLessThanOrEqual(shipBySeconds)
          expect(remindAtMs).toBeGreaterThan(NOW_MS)
          expect(remindAtMs).toBeLessThan(dueAtMs ?? 0)
        },
      ),
    )
  })
})

describe('an order that moves on while its request waits', () => {
  const moved = tell(opened({}), { type: 'order_moved' })

  test('is looked at once where it means the same', () => {
    const looked = tell(moved, { type: 'order_looked_at', problem: null, atVersion: moved.version })
    expect(looked).toMatchObject({ status: 'in_approval', orderMoved: false })
  })

  test('again before that look is told is looked at again: the look may have been at the order as it was', () => {
    const again = tell(moved, { type: 'order_moved' })
    const looked = tell(again, { type: 'order_looked_at', problem: null, atVersion: moved.version })
    expect(looked.orderMoved).toBe(true)
    const problem = { code: 'order-closed', detail: 'the order is lost' }
    expect(tell(looked, { type: 'order_looked_at', problem })).toMatchObject({
      status: 'stale',
      reason: problem,
    })
  })
})
