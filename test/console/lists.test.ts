import { expect, test } from 'vitest'
import { asQuery, present } from '../../console/src/api/query.ts'
import { chosen, switched } from '../../console/src/components/columns.ts'
import { stepped } from '../../console/src/components/use-row-keys.ts'
import { viewSearchOf } from '../../console/src/components/view-search.ts'
import { ordersSearch } from '../../console/src/orders/search.ts'
import { lagOf } from '../../console/src/watch/lag.ts'

test('a filter in an address is read, and nonsense counts as not given', () => {
  const given = {
    status: 'paid',
    storeId: 12,
    needsAttention: true,
    createdFrom: 'yesterday',
    sort: 'up',
    x: 1,
  }
  const read = present(ordersSearch.parse(given))
  expect(read).toEqual({ status: 'paid', storeId: '12', needsAttention: true })
})

test('a query has only what is given, its flags as words', () => {
  expect(asQuery({ a: undefined, b: true, c: 'x', d: 0 })).toEqual({ b: 'true', c: 'x', d: 0 })
})

test('columns are shown as an address names them, in the list’s order, and as usual where it names none', () => {
  const columns = [{ key: 'id' }, { key: 'status' }, { key: 'freight', isExtra: true }]
  const keys = (named?: string) => chosen(columns, named).map(({ key }) => key)
  expect(keys()).toEqual(['id', 'status'])
  expect(keys('freight,id')).toEqual(['id', 'freight'])
  expect(keys('nonsense')).toEqual(['id', 'status'])
  expect(switched(columns, undefined, 'freight')).toBe('id,status,freight')
  expect(switched(columns, 'id,status,freight', 'freight')).toBeUndefined()
  expect(switched(columns, 'status', 'status')).toBeUndefined()
})

test('a saved view has filters and columns, and not the page', () => {
  const search = { status: 'paid', needsAttention: true, cursor: 'abc', columns: 'id', sort: undefined }
  expect(viewSearchOf(search)).toEqual({ status: 'paid', needsAttention: true, columns: 'id' })
})

test('J and K stay within the list, and other keys move nothing', () => {
  expect(stepped(null, 'j', 3)).toBe(0)
  expect([stepped(2, 'j', 3), stepped(0, 'k', 3), stepped(1, 'K', 3)]).toEqual([2, 0, 0])
  expect(stepped(1, 'Enter', 3)).toBeNull()
})

test('a shop is as late as the quicker of push and pull, and late only if both are', () => {
  const feed = (lagSeconds: number | null) =>
    ({ lagSeconds, lagTargetSeconds: 60, state: 'ok' }) as Parameters<typeof lagOf>[0]['pull']
  expect(lagOf({ active: true, push: feed(500), pull: feed(10) })).toEqual({ state: 'ok', lagSeconds: 10 })
  expect(lagOf({ active: true, push: feed(500), pull: feed(70) })).toEqual({ state: 'late', lagSeconds: 70 })
  expect(lagOf({ active: true, push: null, pull: feed(null) }).state).toBe('unknown')
  expect(lagOf({ active: false, push: null, pull: feed(1) }).state).toBe('inactive')
})
