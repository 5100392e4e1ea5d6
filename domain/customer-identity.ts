/**
 * Who is one customer over channels. A customer has identities: keyed hashes of telephone numbers and of buyers of
 * platforms. Whoever shares one is the same; what two people must decide is never decided here.
 */

export type IdentityKind = 'phone' | 'buyer'

/** An order with what its contact is known by, as hex; both null: nobody knows whose it is. */
export type SeenOrder = { orderId: string; channel: string; phone: string | null; buyer: string | null }

export type KnownIdentity = {
  identityId: string
  hash: string
  customerId: string
  /** Whether the customer has a number already, by this identity or another. */
  customerHasPhone: boolean
}

export type NewIdentity = {
  identityId: string
  hash: string
  kind: IdentityKind
  customerId: string
  /** Where it was seen first. */
  channel: string
}

export type Resolved = {
  /** Customers that nobody had seen before. */
  customerIds: string[]
  identities: NewIdentity[]
  orders: { orderId: string; identityId: string }[]
}

/**
 * Finds the customers of orders, one after the other. An order is its number's where that is told, otherwise its buyer's.
 * A buyer that is new belongs to the number that it is first seen with; a number that is new belongs to the buyer that it
 * is first seen with, unless that one has a number: then it is somebody else, who is sent a present. Two customers that
 * are known already are never made one: that is for people to say.
 *
 * @param newId a fresh id each time
 */
export function resolveCustomers(
  seen: readonly SeenOrder[],
  known: readonly KnownIdentity[],
  newId: () => string,
): Resolved {
  const resolved: Resolved = { customerIds: [], identities: [], orders: [] }
  const byHash = new Map<string, { identityId: string; customerId: string }>()
  const withPhone = new Set<string>()
  for (const { hash, identityId, customerId, customerHasPhone } of known) {
    byHash.set(hash, { identityId, customerId })
    if (customerHasPhone) withPhone.add(customerId)
  }
  const newCustomer = () => {
    const customerId = newId()
    resolved.customerIds.push(customerId)
    return customerId
  }
  const add = (hash: string, kind: IdentityKind, customerId: string, channel: string) => {
    const identity = { identityId: newId(), customerId }
    resolved.identities.push({ ...identity, hash, kind, channel })
    byHash.set(hash, identity)
    if (kind === 'phone') withPhone.add(customerId)
    return identity
  }
  for (const { orderId, channel, phone, buyer } of seen) {
    const ofBuyer = buyer === null ? undefined : byHash.get(buyer)
    if (phone !== null) {
      const isPresent = ofBuyer !== undefined && withPhone.has(ofBuyer.customerId)
      const found =
        byHash.get(phone) ??
        add(phone, 'phone', ofBuyer && !isPresent ? ofBuyer.customerId : newCustomer(), channel)
      if (buyer !== null && !ofBuyer) add(buyer, 'buyer', found.customerId, channel)
      resolved.orders.push({ orderId, identityId: found.identityId })
    } else if (buyer !== null) {
      const found = ofBuyer ?? add(buyer, 'buyer', newCustomer(), channel)
      resolved.orders.push({ orderId, identityId: found.identityId })
    }
  }
  return resolved
}
