import { describe, expect, test } from 'vitest'
import {
  isFinal,
  OPEN_PICK_TASK_STATES,
  ORDER_STATUS_MEANING,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  type OrderStatus,
  PARCEL_STATES,
  PARCEL_TRANSITIONS,
  PICK_TASK_STATES,
  transition,
} from '../../domain/order-state.ts'

function reachableFrom(start: OrderStatus): Set<OrderStatus> {
  const reached = new Set<OrderStatus>([start])
  for (const status of reached) for (const next of ORDER_TRANSITIONS[status]) reached.add(next)
  return reached
}

describe('the order table', () => {
  test('every status has a row, and every row names statuses, none of them twice or itself', () => {
    expect(Object.keys(ORDER_TRANSITIONS).sort()).toEqual([...ORDER_STATUSES].sort())
    for (const [from, targets] of Object.entries(ORDER_TRANSITIONS)) {
      expect(new Set(targets).size, from).toBe(targets.length)
      expect(targets, from).not.toContain(from)
      for (const to of targets) expect(ORDER_STATUSES, `${from} → ${to}`).toContain(to)
    }
  })

  test('every status can be reached from the first, and an end from every status', () => {
    expect(reachableFrom('reserved')).toEqual(new Set(ORDER_STATUSES))
    for (const status of ORDER_STATUSES) expect([...reachableFrom(status)].some(isFinal), status).toBe(true)
  })

  test('completed, cancelled, returned and lost are ends; expired leads nowhere but back to paid, or to waiting for stock', () => {
    for (const status of ['completed', 'cancelled', 'returned', 'lost'] as const)
      expect(ORDER_TRANSITIONS[status], status).toEqual([])
    expect(ORDER_TRANSITIONS.expired).toEqual(['paid', 'awaiting_stock'])
    expect(ORDER_STATUSES.filter(isFinal)).toEqual(['completed', 'expired', 'cancelled', 'returned', 'lost'])
  })

  test('nothing that has shipped can be cancelled', () => {
    for (const status of reachableFrom('shipped'))
      expect(ORDER_TRANSITIONS[status]).not.toContain('cancelled')
  })

  test('transition allows exactly the moves of the table, and says what else would be allowed', () => {
    for (const from of ORDER_STATUSES)
      for (const to of ORDER_STATUSES)
        expect(transition(from, to).ok, `${from} → ${to}`).toBe(ORDER_TRANSITIONS[from].includes(to))
    expect(transition('cancelled', 'paid')).toMatchObject({
      reason: expect.stringContaining('nothing, not paid'),
    })
    expect(transition('expired', 'lost')).toMatchObject({
      reason: expect.stringContaining('can become paid'),
    })
  })

  test('every status says what it means in English and Chinese', () => {
    for (const status of ORDER_STATUSES) {
      const { en, zh } = ORDER_STATUS_MEANING[status]
      expect(en.length, status).toBeGreaterThan(5)
      expect(zh, status).toMatch(/\p{Script=Han}/u)
    }
  })
})

describe('the parcel table', () => {
  test('a parcel only moves forward, and delivered, returned and lost are ends', () => {
    for (const from of PARCEL_STATES)
      for (const to of PARCEL_TRANSITIONS[from])
        expect(PARCEL_STATES.indexOf(to), `${from} → ${to}`).toBeGreaterThan(PARCEL_STATES.indexOf(from))
    expect(PARCEL_STATES.filter((state) => PARCEL_TRANSITIONS[state].length === 0)).toEqual([
      'delivered',
      'returned',
      'lost',
    ])
  })
})

test('a pick task that is packed, short or withdrawn is not open', () => {
  expect(PICK_TASK_STATES.filter((state) => !OPEN_PICK_TASK_STATES.some((open) => open === state))).toEqual([
    'packed',
    'short',
    'withdrawn',
  ])
})
