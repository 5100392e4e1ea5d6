import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextOf, pathOf, USUAL_WAY } from '../../console/src/orders/state-path.ts'
import { ORDER_STATUSES, ORDER_TRANSITIONS, transition } from '../../domain/order-state.ts'

const shown = (visited: Parameters<typeof pathOf>[0]) =>
  pathOf(visited).map(({ status, state }) => (state === 'current' ? `[${status}]` : `${status} ${state}`))

test('each step of the usual way is a legal move of the table that the workflow obeys', () => {
  for (const [index, to] of USUAL_WAY.slice(1).entries()) {
    const from = USUAL_WAY[index]
    if (!from) throw new Error('no step before')
    expect(transition(from, to), `${from} → ${to}`).toMatchObject({ ok: true })
  }
})

test('an order on its usual way shows where it was, is, and goes', () => {
  expect(shown(['reserved', 'paid'])).toEqual([
    'reserved done',
    '[paid]',
    'shipped ahead',
    'in_transit ahead',
    'delivered ahead',
    'completed ahead',
  ])
})

test('an order that has ended goes nowhere', () => {
  expect(shown(['reserved', 'expired'])).toEqual(['reserved done', '[expired]'])
  expect(shown(['reserved', 'paid', 'cancelled']).at(-1)).toBe('[cancelled]')
})

test('from beside the usual way it comes back to it by a legal move', () => {
  expect(shown(['awaiting_stock'])).toEqual([
    '[awaiting_stock]',
    ...USUAL_WAY.map((status) => `${status} ahead`),
  ])
  expect(shown(['reserved', 'paid', 'partially_shipped'])).toContain('shipped ahead')
})

test('a status that an order had twice is shown once, and where it is now is marked once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ORDER_STATUSES), { minLength: 1, maxLength: 12 }), (visited) => {
      const path = pathOf(visited)
      const been = path.filter(({ state }) => state !== 'ahead').map(({ status }) => status)
      expect(new Set(been)).toEqual(new Set(visited))
      expect(been).toHaveLength(new Set(visited).size)
      expect(path.filter(({ state }) => state === 'current').map(({ status }) => status)).toEqual([
        visited.at(-1),
      ])
    }),
  )
})

test('the first step ahead is one that may really come next', () => {
  for (const status of ORDER_STATUSES) {
    const ahead = pathOf([status]).find(({ state }) => state === 'ahead')
    if (ahead) expect(ORDER_TRANSITIONS[status], status).toContain(ahead.status)
    expect(nextOf(status)).toEqual(ORDER_TRANSITIONS[status])
  }
})
