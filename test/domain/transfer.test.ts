import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideTransfer,
  inTransit,
  openTransfer,
  type TransferEffect,
  type TransferEvent,
  type TransferState,
} from '../../domain/transfer.ts'
import { type ApprovalRules, approvalOf } from '../../domain/transfer-approval.ts'
import { isTransferClosed, TRANSFER_STATUSES, TRANSFER_TRANSITIONS } from '../../domain/transfer-state.ts'

const NOW = 1_000_000
const asked = (automatic = false): TransferState =>
  openTransfer(
    {
      transferId: 't',
      skuId: 'A',
      destinationId: 'SH',
      quantity: 10,
      requestedBy: 'mei',
      maximumProposals: 2,
      deadlines: { decisionSeconds: 1, dispatchSeconds: 2, receiptSeconds: 3 },
      plan: [
        { sourceId: 'HZ', quantity: 6 },
        { sourceId: 'GZ', quantity: 4 },
      ],
      automatic,
      approverRoles: automatic ? [] : ['ops'],
    },
    NOW,
  )
const approve: TransferEvent = {
  type: 'decided',
  decision: 'approve',
  operator: 'wang',
  role: 'ops',
  proposalNumber: 1,
  note: '',
}
const dispatched = (legNumber: number, quantity: number): TransferEvent => ({
  type: 'dispatched',
  legNumber,
  quantity,
})
const received = (
  legNumber: number,
  quantity: number,
  at: 'destination' | 'source' = 'destination',
): TransferEvent => ({
  type: 'received',
  legNumber,
  quantity,
  at,
})
const lost = (legNumber: number, quantity: number): TransferEvent => ({
  type: 'lost',
  legNumber,
  quantity,
  reason: 'x',
})
const cancelled: TransferEvent = { type: 'cancelled', reason: 'x' }

/** Applies events that must all be accepted. */
function play(start: TransferState, ...events: TransferEvent[]) {
  const effects: TransferEffect[] = []
  const state = events.reduce((before, event) => {
    const decision = decideTransfer(before, event, NOW)
    if (!decision.ok) throw new Error(`${event.type}: ${decision.detail}`)
    effects.push(...decision.effects)
    return decision.state
  }, start)
  return { state, status: state.status, effects }
}
const refusal = (state: TransferState, event: TransferEvent) => {
  const decision = decideTransfer(state, event, NOW)
  return decision.ok ? 'accepted' : decision.code
}
const reserved = () => play(asked(), approve, { type: 'reserved' }).state

describe('the paths of a transfer', () => {
  test('asked, approved, held, sent from two sources, received in parts', () => {
    let { state } = play(asked(), approve)
    expect([state.status, state.dueAtMs]).toEqual(['approved', null])
    state = play(state, { type: 'reserved' }).state
    expect([state.status, state.dueAtMs]).toEqual(['reserved', NOW + 2_000])
    state = play(state, dispatched(1, 6), received(1, 2)).state
    expect([state.status, state.dueAtMs]).toEqual(['partially_received', NOW + 3_000])
    expect(play(state, received(1, 4), dispatched(2, 4), received(2, 4)).status).toBe('received')
  })

  test('approved by the policy itself, nobody is asked', () => {
    expect(asked(true).status).toBe('approved')
  })

  test('nobody decides on their own request, in another role, or on a proposal that they have not seen', () => {
    expect(refusal(asked(), { ...approve, operator: 'mei' })).toBe('transfer-own-request')
    expect(refusal(asked(), { ...approve, role: 'clerk' })).toBe('transfer-not-approver')
    expect(refusal(asked(), { ...approve, proposalNumber: 2 })).toBe('transfer-proposal-changed')
    expect(play(asked(), { ...approve, decision: 'reject' }).status).toBe('rejected')
    expect(refusal(play(asked(), approve).state, approve)).toBe('transfer-wrong-state')
  })

  test('cancelled before dispatch: every held unit is released', () => {
    expect(play(asked(), cancelled).effects).toEqual([])
    expect(play(asked(), approve, cancelled).status).toBe('cancelled')
    const held = play(reserved(), cancelled)
    expect(held.status).toBe('cancelled')
    expect(held.effects).toEqual([
      {
        kind: 'release',
        units: [
          { warehouseId: 'HZ', quantity: 6 },
          { warehouseId: 'GZ', quantity: 4 },
        ],
      },
    ])
  })

  test('cancelled after dispatch: the rest is released, what is on its way comes back to its source', () => {
    const calledBack = play(reserved(), dispatched(1, 5), cancelled)
    expect(calledBack.status).toBe('returning')
    expect(calledBack.effects.at(-1)).toEqual({
      kind: 'release',
      units: [
        { warehouseId: 'HZ', quantity: 1 },
        { warehouseId: 'GZ', quantity: 4 },
      ],
    })
    expect(refusal(calledBack.state, dispatched(2, 1))).toBe('transfer-wrong-state')
    const back = play(calledBack.state, received(1, 5, 'source'))
    expect([back.status, back.effects]).toEqual([
      'cancelled',
      [{ kind: 'take_in', warehouseId: 'HZ', quantity: 5 }],
    ])
    expect(play(calledBack.state, received(1, 2), received(1, 3, 'source')).status).toBe('closed_short')
    expect(play(calledBack.state, lost(1, 5)).status).toBe('closed_with_loss')
  })

  test('goods come back to their source only when they were called back', () => {
    expect(refusal(play(reserved(), dispatched(1, 6)).state, received(1, 6, 'source'))).toBe(
      'transfer-wrong-state',
    )
  })

  test('a loss is raised and written off, and ends the transfer when nothing else is expected', () => {
    const { effects, status } = play(
      reserved(),
      dispatched(1, 6),
      dispatched(2, 4),
      received(2, 4),
      lost(1, 6),
    )
    expect(status).toBe('closed_with_loss')
    expect(effects.slice(-2)).toMatchObject([
      { kind: 'write_off', quantity: 6 },
      { kind: 'raise', workItem: 'transfer_loss', detail: { quantity: 6, warehouseId: 'HZ' } },
    ])
  })

  test('more than is held cannot leave, more than is on its way can neither arrive nor be lost', () => {
    const state = play(reserved(), dispatched(1, 3)).state
    for (const event of [dispatched(1, 4), received(1, 4), lost(1, 4), received(2, 1)])
      expect(refusal(state, event)).toBe('transfer-quantity-too-large')
    expect(refusal(state, dispatched(3, 1))).toBe('transfer-leg-not-found')
  })

  test('sold out before the hold: a new proposal is decided anew, after the last one it ends; people are told', () => {
    const again: TransferEvent = {
      type: 'hold_failed',
      reproposal: { plan: [{ sourceId: 'WH', quantity: 10 }], automatic: false, approverRoles: ['finance'] },
    }
    const replanned = play(asked(), approve, again)
    expect(replanned.state).toMatchObject({ status: 'requested', proposalNumber: 2, needsAttention: true })
    expect(replanned.effects).toMatchObject([{ kind: 'raise', workItem: 'transfer_sold_out' }])
    expect(refusal(replanned.state, approve)).toBe('transfer-proposal-changed')
    const second: TransferEvent = { ...approve, proposalNumber: 2, role: 'finance' }
    expect(play(replanned.state, second, again).status).toBe('unsourced')
    expect(play(asked(), approve, { type: 'hold_failed', reproposal: null }).status).toBe('unsourced')
  })

  test('undecided in time it is cancelled, undispatched or unreceived in time a person is told, once', () => {
    const late = (state: TransferState) =>
      play(state, { type: 'deadline_passed', dueAtMs: state.dueAtMs ?? Number.NaN })
    expect(late(asked()).status).toBe('cancelled')
    const told = late(reserved())
    expect(told.state).toMatchObject({ status: 'reserved', dueAtMs: null, needsAttention: true })
    expect(told.effects).toMatchObject([{ kind: 'raise', workItem: 'transfer_overdue' }])
    expect(refusal(told.state, { type: 'deadline_passed', dueAtMs: NOW + 2_000 })).toBe(
      'transfer-wrong-state',
    )
    expect(play(told.state, dispatched(1, 6)).state).toMatchObject({
      needsAttention: false,
      dueAtMs: NOW + 3_000,
    })
  })
})

const quantity = fc.integer({ min: 1, max: 10 })
const anyEvent: fc.Arbitrary<TransferEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(approve, { ...approve, proposalNumber: 2 }) },
  { weight: 2, arbitrary: fc.constant<TransferEvent>({ type: 'reserved' }) },
  {
    weight: 1,
    arbitrary: fc.constant<TransferEvent>({
      type: 'hold_failed',
      reproposal: { plan: [{ sourceId: 'WH', quantity: 10 }], automatic: true, approverRoles: [] },
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 3 }), quantity)
      .map(([leg, units]) => dispatched(leg, units)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        quantity,
        fc.constantFrom('destination' as const, 'source' as const),
      )
      .map(([leg, units, at]) => received(leg, units, at)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 2 }), quantity).map(([leg, units]) => lost(leg, units)),
  },
  { weight: 1, arbitrary: fc.constant(cancelled) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((s): TransferEvent => ({ type: 'deadline_passed', dueAtMs: NOW + s * 1000 })),
  },
)

describe('whatever happens, in whatever order', () => {
  test('only legal moves; numbers stay in bounds; each unit that left is somewhere; an end is an end', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.boolean(), (events, automatic) => {
        let state = asked(automatic)
        let [out, back, written] = [0, 0, 0]
        for (const event of events) {
          const decision = decideTransfer(state, event, NOW)
          if (!decision.ok) continue
          expect(isTransferClosed(state.status)).toBe(false)
          const next = decision.state
          if (next.status !== state.status) expect(TRANSFER_TRANSITIONS[state.status]).toContain(next.status)
          expect(next.version).toBe(state.version + 1)
          for (const effect of decision.effects) {
            if (effect.kind === 'take_out') out += effect.quantity
            if (effect.kind === 'take_in') back += effect.quantity
            if (effect.kind === 'write_off') written += effect.quantity
          }
          state = next
          const moving = state.legs.reduce((sum, leg) => sum + inTransit(leg), 0)
          expect(out).toBe(back + written + moving)
          for (const leg of state.legs) {
            expect(inTransit(leg)).toBeGreaterThanOrEqual(0)
            expect(leg.dispatched).toBeLessThanOrEqual(leg.reserved)
          }
          if (isTransferClosed(state.status)) expect(moving).toBe(0)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('every status can be reached and, unless it is an end, be left', () => {
    const reachable = new Set(['requested', ...Object.values(TRANSFER_TRANSITIONS).flat()])
    expect([...reachable].sort()).toEqual([...TRANSFER_STATUSES].sort())
  })
})

describe('who decides', () => {
  const rules: ApprovalRules = {
    automatic: { maxQuantity: 5, maxValueCents: 1_000, crossRegion: false },
    steps: [
      { maxQuantity: 50, maxValueCents: null, crossRegion: false, roles: ['regional_director'] },
      { maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['finance'] },
    ],
  }
  const facts = { quantity: 5, valueCents: 1_000, crossRegion: false, breaksSafetyStock: false }

  test.each([
    ['small: nobody', {}, { automatic: true }],
    ['too many', { quantity: 6 }, { automatic: false, roles: ['regional_director'] }],
    ['too dear', { valueCents: 1_001 }, { automatic: false, roles: ['regional_director'] }],
    ['breaks safety stock', { breaksSafetyStock: true }, { automatic: false, roles: ['regional_director'] }],
    ['between regions', { crossRegion: true }, { automatic: false, roles: ['finance'] }],
    ['very many', { quantity: 51 }, { automatic: false, roles: ['finance'] }],
  ])('%s', (_, change, expected) => {
    expect(approvalOf({ ...facts, ...change }, rules)).toEqual(expected)
  })
})
