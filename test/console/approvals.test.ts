import { expect, test } from 'vitest'
import type { ChangeDetail } from '../../console/src/api/types.ts'
import { changeActions } from '../../console/src/approvals/change-options.ts'
import { contactRows, lineRows } from '../../console/src/approvals/comparison.ts'
import { placeOf, routeOf } from '../../console/src/approvals/route-steps.ts'

const line = (lineNumber: number, quantity: number) => ({
  lineNumber,
  skuId: 'SKU-1',
  quantity,
  unitPriceCents: 1_000,
})
const level = (title: string) => ({
  tier: title,
  title,
  approvers: [],
  mode: 'any' as const,
  deadlineSeconds: 3_600,
  reminderSeconds: null,
})
type Place = ChangeDetail['approvers'][number]
const place = (account: string, change: Partial<Place> = {}): Place => ({
  stepNumber: 1,
  levelNumber: 1,
  requestVersion: 2,
  account,
  onBehalfOf: null,
  state: 'open',
  openedAt: '2026-11-28T05:00:00Z',
  reminders: 0,
  ...change,
})

type Routed = Parameters<typeof routeOf>[0]
/** Only what a route is read from; the rest of a request has nothing to do with it. */
const request = (change: Partial<Routed>): Routed =>
  ({
    status: 'in_approval',
    requestVersion: 2,
    stepNumber: 1,
    levelNumber: 1,
    steps: [{ levels: [level('组长'), level('经理')] }, { levels: [level('财务')] }],
    approvers: [],
    ...change,
  }) as Routed

test('a line is new, given up or changed, and one that is given up has no afterwards', () => {
  const rows = lineRows({
    lines: [
      { lineNumber: 1, before: line(1, 2), after: line(1, 1) },
      { lineNumber: 2, before: line(2, 2), after: line(2, 0) },
      { lineNumber: 3, before: null, after: line(3, 1) },
    ],
  })
  expect(rows.map(({ kind, after }) => [kind, after?.quantity ?? null])).toEqual([
    ['changed', 1],
    ['removed', null],
    ['new', 1],
  ])
})

test('addresses are compared field by field, and not at all where there is none', () => {
  const before = {
    contactId: 'c',
    name: '王',
    phone: '138',
    address: 'A',
    remark: '',
    divisionCode: '310115',
  }
  const rows = contactRows({ before, after: { ...before, address: 'B' } })
  expect(rows.find(({ field }) => field === 'address')).toMatchObject({ before: 'A', after: 'B' })
  expect(rows.find(({ field }) => field === 'remark')).toMatchObject({ before: '–', after: '–' })
  expect([contactRows(null), contactRows({ before: null, after: null })]).toEqual([[], []])
})

test('a route says who is waited for in this version of the request, and to whom it rises', () => {
  const steps = routeOf(
    request({
      approvers: [place('li'), place('old', { requestVersion: 1 }), place('gone', { state: 'closed' })],
    }),
  )
  expect(steps.map(({ state, waitingFor }) => [state, waitingFor])).toEqual([
    ['current', ['li']],
    ['ahead', []],
  ])
  expect([steps[0]?.level?.title, steps[0]?.nextLevel?.title]).toEqual(['组长', '经理'])
})

test('a step that has risen shows the level that decides now', () => {
  const [step] = routeOf(request({ levelNumber: 2, approvers: [place('boss', { levelNumber: 2 })] }))
  expect([step?.level?.title, step?.nextLevel]).toEqual(['经理', null])
})

test('after the last step all are done, and a rejection stops where it was made', () => {
  const stateOf = (status: Routed['status']) =>
    routeOf(request({ status, stepNumber: 2 })).map(({ state }) => state)
  expect(stateOf('applied')).toEqual(['done', 'done'])
  expect(stateOf('rejected')).toEqual(['done', 'stopped'])
})

test('only whoever is asked in the present step and version may decide', () => {
  const change = request({ approvers: [place('li'), place('li', { stepNumber: 2 })] })
  expect(placeOf(change, 'li')).toMatchObject({ stepNumber: 1 })
  expect(placeOf(change, 'wang')).toBeNull()
  expect(placeOf({ ...change, requestVersion: 3 }, 'li')).toBeNull()
  expect(placeOf({ ...change, status: 'applied' }, 'li')).toBeNull()
})

test('a request is taken back or asked for again by whoever asked, and settled by who runs the hub where it is stuck', () => {
  const actions = (
    status: ChangeDetail['status'],
    needsAttention: boolean,
    isApplicant: boolean,
    maySettle: boolean,
  ) => changeActions({ status, needsAttention }, { isApplicant, maySettle })
  expect(actions('in_approval', false, true, false)).toEqual(['withdraw'])
  expect(actions('submitted', false, true, true)).toEqual(['withdraw'])
  expect(actions('rejected', false, true, false)).toEqual(['resubmit'])
  expect(actions('apply_failed', true, true, true)).toEqual(['retry', 'abandon'])
  expect(actions('undoing', true, false, true)).toEqual(['retry', 'abandon'])
  for (const none of [
    actions('in_approval', false, false, true),
    actions('rejected', false, false, true),
    actions('undoing', false, true, true),
    actions('apply_failed', true, true, false),
    actions('applied', false, true, true),
  ])
    expect(none).toEqual([])
})
