import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type KnownIdentity,
  type Resolved,
  resolveCustomers,
  type SeenOrder,
} from '../../domain/customer-identity.ts'

function counter() {
  let last = 0
  return () => {
    last += 1
    return `id-${last}`
  }
}
const order = (orderId: string, phone: string | null, buyer: string | null, channel = 'mall'): SeenOrder => ({
  orderId,
  channel,
  phone,
  buyer,
})
const seen = fc
  .array(
    fc.tuple(fc.option(fc.constantFrom('p1', 'p2', 'p3')), fc.option(fc.constantFrom('b1', 'b2', 'b3'))),
    { maxLength: 30 },
  )
  .map((all) => all.map(([phone, buyer], index) => order(`o${index}`, phone, buyer)))

/** What is known after some orders were seen, as the tables would tell it. */
function knownAfter(before: readonly KnownIdentity[], { identities }: Resolved): KnownIdentity[] {
  const withPhone = new Set([
    ...before.flatMap(({ customerId, customerHasPhone }) => (customerHasPhone ? [customerId] : [])),
    ...identities.flatMap(({ customerId, kind }) => (kind === 'phone' ? [customerId] : [])),
  ])
  return [...before, ...identities].map(({ identityId, hash, customerId }) => ({
    identityId,
    hash,
    customerId,
    customerHasPhone: withPhone.has(customerId),
  }))
}

/** Which orders are one customer's, whatever the customers are called. */
function groupsOf(resolutions: readonly Resolved[]): string[][] {
  const customerOf = new Map(
    resolutions.flatMap(({ identities }) => identities.map((each) => [each.identityId, each.customerId])),
  )
  const groups = new Map<string, string[]>()
  for (const { orders } of resolutions) {
    for (const { orderId, identityId } of orders) {
      const customerId = customerOf.get(identityId) ?? ''
      groups.set(customerId, [...(groups.get(customerId) ?? []), orderId])
    }
  }
  return [...groups.values()]
}

test('orders that are seen in turns have the same customers as orders that are seen at once', () => {
  fc.assert(
    fc.property(seen, fc.nat(30), (orders, cut) => {
      const newId = counter()
      const first = resolveCustomers(orders.slice(0, cut), [], newId)
      const second = resolveCustomers(orders.slice(cut), knownAfter([], first), newId)
      expect(groupsOf([first, second])).toEqual(groupsOf([resolveCustomers(orders, [], counter())]))
    }),
  )
})

test('each number and each buyer is one customer’s, and an order is its number’s or, without one, its buyer’s', () => {
  fc.assert(
    fc.property(seen, (orders) => {
      const { identities, orders: found, customerIds } = resolveCustomers(orders, [], counter())
      const hashes = identities.map(({ hash }) => hash)
      expect(new Set(hashes).size).toBe(hashes.length)
      expect(new Set(identities.map(({ customerId }) => customerId))).toEqual(new Set(customerIds))
      const hashOf = new Map(identities.map(({ identityId, hash }) => [identityId, hash]))
      expect(found.map(({ orderId, identityId }) => [orderId, hashOf.get(identityId)])).toEqual(
        orders.flatMap(({ orderId, phone, buyer }) =>
          phone === null && buyer === null ? [] : [[orderId, phone ?? buyer]],
        ),
      )
    }),
  )
})

test('a customer has one number at most until people say otherwise', () => {
  fc.assert(
    fc.property(seen, (orders) => {
      const { identities } = resolveCustomers(orders, [], counter())
      const owners = identities.flatMap(({ kind, customerId }) => (kind === 'phone' ? [customerId] : []))
      expect(new Set(owners).size).toBe(owners.length)
    }),
  )
})

test('a buyer is found again at another channel by the number that both have told', () => {
  const resolved = resolveCustomers(
    [order('o1', null, 'b1', 'taobao'), order('o2', 'p1', 'b1', 'taobao'), order('o3', 'p1', null, 'mall')],
    [],
    counter(),
  )
  expect(groupsOf([resolved])).toEqual([['o1', 'o2', 'o3']])
  expect(resolved.identities).toMatchObject([
    { kind: 'buyer', channel: 'taobao' },
    { kind: 'phone', channel: 'taobao' },
  ])
})

test('a present to a friend makes nobody of two people: the friend’s orders stay their own', () => {
  const orders = [order('o1', 'mine', 'b1'), order('present', 'friend', 'b1'), order('o3', 'friend', null)]
  expect(groupsOf([resolveCustomers(orders, [], counter())])).toEqual([['o1'], ['present', 'o3']])
})

test('customers who are known are never made one, whatever an order says', () => {
  const known = ['p1', 'b1'].map((hash) => ({
    identityId: `i-${hash}`,
    hash,
    customerId: `c-${hash}`,
    customerHasPhone: hash === 'p1',
  }))
  expect(resolveCustomers([order('o1', 'p1', 'b1')], known, counter())).toEqual({
    customerIds: [],
    identities: [],
    orders: [{ orderId: 'o1', identityId: 'i-p1' }],
  })
})
