import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ListCustomersQuery, listCustomersQuery } from '../../contracts/customers.ts'
import { dryRunBody } from '../../contracts/policies/dry-run.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { verifyAuditChain } from '../../store/audit-records.ts'
import { sealAuditEntries } from '../../store/audit-sealing.ts'
import { recordComplaint, withdrawComplaint } from '../../store/complaints.ts'
import { eraseCustomer } from '../../store/customer-erasure.ts'
import { customerFactsOf } from '../../store/customer-facts.ts'
import { listCustomerOrders, listCustomers } from '../../store/customer-lists.ts'
import { mergeCustomers, splitCustomer } from '../../store/customer-merging.ts'
import {
  customerKnownBy,
  findCustomer,
  readOrderCustomer,
  readSegments,
} from '../../store/customer-queries.ts'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { dryRunPolicy } from '../../store/policy-dry-run.ts'
import { createDraft } from '../../store/policy-versions.ts'
import { type CustomerStore, openCustomerStore } from './customer-support.ts'
import { withHands } from './support.ts'

const NOW = '2026-06-15T12:00:00+08:00'
const now = new Date(NOW)
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString()
const { initial } = POLICIES['customer-segments']

let store: CustomerStore
beforeAll(async () => {
  store = await openCustomerStore()
})
afterAll(() => store.close())

let last = 0
/** A number that nobody has had before. */
function newPhone(): string {
  last += 1
  return `137${String(last).padStart(8, '0')}`
}
const complain = (orderId: string) =>
  store.inTransaction((tx) =>
    recordComplaint(
      tx,
      { orderId, source: 'customer_service', category: 'quality' },
      { operator: 'test', now: new Date() },
    ),
  )
const find = (customerId: string) => findCustomer(store.db, customerId, now)
const merge = (one: { id: string; version: number }, otherCustomerId: string) =>
  store.inTransaction((tx) =>
    mergeCustomers(tx, { ...store.said(one.id, one.version, now), otherCustomerId }),
  )
const split = (one: { id: string; version: number }, identityIds: string[]) =>
  store.inTransaction((tx) => splitCustomer(tx, { ...store.said(one.id, one.version, now), identityIds }))
const erase = (one: { id: string; version: number }) =>
  store.inTransaction((tx) => eraseCustomer(tx, store.said(one.id, one.version, now)))

const contactOf = (orderId: string) =>
  store.db
    .selectFrom('contact')
    .innerJoin('orders', 'orders.contact_id', 'contact.id')
    .select(['contact.sealed', 'contact.customer', 'contact.buyer'])
    .where('orders.id', '=', orderId)
    .executeTakeFirstOrThrow()

describe('counting', () => {
  test('a customer is what their orders come to: average, returns, requests, complaints, channel and warehouse', async () => {
    const phone = newPhone()
    const first = await store.ordered({ phone }, daysAgo(30), { storeId: 'JD-1', warehouseId: 'WH-GZ' })
    const second = await store.ordered({ phone }, daysAgo(20))
    await store.ordered({ phone }, daysAgo(10))
    await store.refund(second, 2_500)
    await store.sendBack(first)
    await complain(second)
    await store.settle(NOW)
    const { id } = await store.customerOf(first)
    expect(await find(id)).toMatchObject({
      orders: 3,
      amountCents: 30_000,
      netCents: 27_500,
      averageOrderCents: 10_000,
      returnedOrders: 1,
      returnRate: 0.3333,
      complaints: 1,
      recencyDays: 10,
      daysBetweenOrders: 10,
      lifetimeOrders: 3,
      preferredChannel: 'mall',
      preferredWarehouseId: 'WH-HZ',
      identities: [{ kind: 'phone', channel: 'jd', orders: 3 }],
    })
    expect((await listCustomerOrders(store.db, id, ordersQuery())).items).toMatchObject([
      { orderedAt: daysAgo(10), counts: true, inWindow: true },
      { orderId: second, netCents: 7_500, complaints: 1 },
      { orderId: first, returned: true, channel: 'jd', warehouseId: 'WH-GZ' },
    ])
  })

  test('what was never paid or was cancelled counts as no order, but what was complained about does', async () => {
    const phone = newPhone()
    const unpaid = await store.ordered({ phone }, daysAgo(3), { paidCents: 0, status: 'expired' })
    const cancelled = await store.ordered({ phone }, daysAgo(2))
    await store.cancel(cancelled)
    await complain(cancelled)
    await store.settle(NOW)
    expect(await store.customerOf(unpaid)).toMatchObject({
      orders: 0,
      complaints: 1,
      lifetime_orders: 0,
      segment: null,
      recency_score: null,
      preferred_channel: null,
    })
  })

  test('a late word about an old order corrects its customer', async () => {
    const orderId = await store.ordered({ phone: newPhone() }, daysAgo(100))
    await store.settle(NOW)
    expect(await store.customerOf(orderId)).toMatchObject({ net_cents: 10_000, returned_orders: 0 })
    await store.sendBack(orderId)
    await store.refund(orderId, 10_000)
    await store.settle(NOW)
    expect(await store.customerOf(orderId)).toMatchObject({ net_cents: 0, returned_orders: 1, orders: 1 })
  })

  test('a complaint that comes late counts, and one that is withdrawn no longer does', async () => {
    const orderId = await store.ordered({ phone: newPhone() }, daysAgo(100))
    await store.settle(NOW)
    const complaintId = await complain(orderId)
    await store.settle(NOW)
    expect(await store.customerOf(orderId)).toMatchObject({ complaints: 1 })
    await store.inTransaction((tx) =>
      withdrawComplaint(tx, complaintId, 'a mistake', { operator: 'test', scope: { kind: 'all' } }),
    )
    await store.settle(NOW)
    expect(await store.customerOf(orderId)).toMatchObject({ complaints: 0 })
  })

  test('what leaves the window at midnight in China counts no longer, and stays in the lifetime', async () => {
    const phone = newPhone()
    // The first day of the window of 365 days, and the second before it.
    const atFirst = await store.ordered({ phone }, '2025-06-16T00:00:00+08:00')
    await store.ordered({ phone }, '2025-06-15T23:59:59+08:00')
    await store.settle(NOW)
    expect(await store.customerOf(atFirst)).toMatchObject({ orders: 1, lifetime_orders: 2 })
    await store.settle('2026-06-16T00:00:00+08:00')
    expect(await store.customerOf(atFirst)).toMatchObject({ orders: 0, lifetime_orders: 2, segment: null })
    await store.settle(NOW)
    expect(await store.customerOf(atFirst)).toMatchObject({ orders: 1 })
  })

  test('a restored copy, whose transactions begin anew, counts everything again instead of waiting for the old ones', async () => {
    const orderId = await store.ordered({ phone: newPhone() }, daysAgo(1))
    await sql`update customer_state set transaction_id = '1000000000000'`.execute(store.db)
    await store.settle(NOW)
    expect(await store.customerOf(orderId)).toMatchObject({ orders: 1 })
  })
})

const ordersQuery = (more: object = {}) => ({ limit: 50, sort: 'newest' as const, ...more })
const list = (query: Record<string, string | undefined>) =>
  listCustomers(store.db, listCustomersQuery.parse(query) satisfies ListCustomersQuery, now)

describe('segments', () => {
  test('customers are cut by the discrete percentiles of all, and are where their scores say', async () => {
    for (let orders = 1; orders <= 5; orders += 1) {
      const phone = newPhone()
      for (let each = 0; each < orders; each += 1) {
        await store.ordered({ phone }, daysAgo(orders * 7 + each), { paidCents: orders * 1_000 })
      }
    }
    // The log is read to its end first: cuts are made on the first turn of a day.
    await store.settle(NOW)
    await store.settle('2026-06-17T12:00:00+08:00')
    const { rows } = await sql<{ recency: number[]; frequency: number[]; monetary: number[] }>`
      select percentile_disc(array[0.2, 0.4, 0.6, 0.8]) within group (order by last_order_day)::int[] as recency,
        percentile_disc(array[0.2, 0.4, 0.6, 0.8]) within group (order by orders)::int[] as frequency,
        percentile_disc(array[0.2, 0.4, 0.6, 0.8]) within group (order by net_cents / 100)::int[] as monetary
      from customer where orders > 0`.execute(store.db)
    const state = await store.db.selectFrom('customer_state').select('cuts').executeTakeFirstOrThrow()
    expect(state.cuts).toEqual(rows[0])
    const { segments, otherCustomers } = await readSegments(store.db)
    const counted = await sql<{ count: number }>`
      select count(*)::int as count from customer where orders > 0`.execute(store.db)
    expect(segments.reduce((sum, { customers }) => sum + customers, 0)).toBe(counted.rows[0]?.count)
    expect(otherCustomers).toBe(0)
    for (const { code, customers } of segments) {
      const { items } = await list({ segment: code, limit: '200' })
      expect(items).toHaveLength(customers)
    }
  })

  test('another policy grades everybody anew, however small the rounds are', async () => {
    await store.publish({ segments: [{ ...all(), code: 'everybody', title: '所有人' }] })
    await store.settle('2026-06-17T13:00:00+08:00', { customersARound: 2 })
    const { segments, otherCustomers } = await readSegments(store.db)
    expect({ segments, otherCustomers }).toMatchObject({
      segments: [{ code: 'everybody', share: 1 }],
      otherCustomers: 0,
    })
    await store.publish({})
    await store.settle('2026-06-17T14:00:00+08:00')
  })

  test('a list is sorted by what it says, pages without a gap, and leaves out who never ordered among the lapsed', async () => {
    for (const [sort, figure] of [
      ['valuable', 'netCents'],
      ['frequent', 'orders'],
      ['complaining', 'complaints'],
    ] as const) {
      const whole = (await list({ sort, limit: '200' })).items
      const values = whole.map((customer) => customer[figure])
      expect(values).toEqual([...values].sort((a, b) => b - a))
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await list({ sort, limit: '3', ...(cursor === '' ? {} : { cursor }) })
        seen.push(...page.items.map(({ customerId }) => customerId))
        cursor = page.nextCursor
      }
      expect(seen).toEqual(whole.map(({ customerId }) => customerId))
    }
    const lapsed = (await list({ sort: 'lapsed', limit: '200' })).items
    expect(lapsed.every(({ orders }) => orders > 0)).toBe(true)
    const without = (await list({ segment: 'none', limit: '200' })).items
    expect(without.length).toBeGreaterThan(0)
    expect(without.every(({ segment, orders }) => segment === null && orders === 0)).toBe(true)
    expect((await list({ segment: 'none', sort: 'lapsed' })).items).toEqual([])
    const complained = (await list({ complained: 'true', limit: '200' })).items
    expect(complained.length).toBeGreaterThan(0)
    expect(complained.every(({ complaints }) => complaints > 0)).toBe(true)
  })
})
const all = () => ({
  recency: { min: 1, max: 5 },
  frequency: { min: 1, max: 5 },
  monetary: { min: 1, max: 5 },
  service: initial.others,
})

describe('who is one', () => {
  test('a buyer whose number is hidden, and the number once it was told, are one customer over channels', async () => {
    const person = { phone: newPhone(), buyer: uuid() }
    const hidden = await store.ordered({ buyer: person.buyer }, daysAgo(9), { storeId: 'JD-1' })
    await store.ordered(person, daysAgo(8), { storeId: 'JD-1' })
    const atMall = await store.ordered({ phone: `+86 ${person.phone}` }, daysAgo(7))
    await store.settle(NOW)
    const { id } = await store.customerOf(hidden)
    expect(await store.customerOf(atMall)).toMatchObject({ id, orders: 3, preferred_channel: 'jd' })
    const known = (asked: Parameters<typeof customerKnownBy>[2]) =>
      customerKnownBy(store.db, store.keyRing, asked)
    expect(await known({ phone: person.phone })).toBe(id)
    expect(await known({ platform: 'jd', buyerId: person.buyer })).toBe(id)
    expect(await known({ platform: 'taobao', buyerId: person.buyer })).toBeNull()
    await expect(known({ phone: '139****0000' })).rejects.toMatchObject({ code: 'invalid-request' })
  })

  test('two who are made one have the orders of both, and a split makes them what they were', async () => {
    const [one, other] = [
      await store.ordered({ phone: newPhone() }, daysAgo(9)),
      await store.ordered({ phone: newPhone() }, daysAgo(3), { storeId: 'JD-1' }),
    ]
    await store.settle(NOW)
    const [before, merged] = [await store.customerOf(one), await store.customerOf(other)]
    await merge(before, merged.id)
    const whole = await store.customerOf(other)
    expect(whole).toMatchObject({
      id: before.id,
      version: 2,
      orders: 2,
      amount_cents: 20_000,
      preferred_channel: 'jd',
    })
    expect(await find(merged.id)).toMatchObject({ mergedInto: before.id, orders: 0, identities: [] })
    const { identities } = await find(before.id)
    const ofOther = identities.filter(({ channel }) => channel === 'jd').map(({ identityId }) => identityId)
    const splitId = await split(whole, ofOther)
    expect(await store.customerOf(other)).toMatchObject({ ...figuresOf(merged), id: splitId })
    expect(await store.customerOf(one)).toMatchObject({ ...figuresOf(before), version: 3 })
    const audited = await store.db
      .selectFrom('audit_entry')
      .select(['action', 'new_value'])
      .where('subject_id', '=', before.id)
      .orderBy('id')
      .execute()
    expect(audited).toMatchObject([
      { action: 'customer.merged', new_value: { otherCustomerId: merged.id, identityIds: ofOther } },
      { action: 'customer.split', new_value: { otherCustomerId: splitId, identityIds: ofOther } },
    ])
  })

  test('orders that come later under a merged number are the one customer’s', async () => {
    const [phone, otherPhone] = [newPhone(), newPhone()]
    const first = await store.ordered({ phone }, daysAgo(9))
    const second = await store.ordered({ phone: otherPhone }, daysAgo(8))
    await store.settle(NOW)
    await merge(await store.customerOf(first), (await store.customerOf(second)).id)
    await store.ordered({ phone: otherPhone }, daysAgo(1))
    await store.settle(NOW)
    expect(await store.customerOf(first)).toMatchObject({ orders: 3 })
  })

  test('whoever counts, merges and orders at once loses no order and counts none twice', async () => {
    const phones = [newPhone(), newPhone()]
    const [first, second] = [
      await store.ordered({ phone: phones[0] ?? '' }, daysAgo(20)),
      await store.ordered({ phone: phones[1] ?? '' }, daysAgo(20)),
    ]
    await store.settle(NOW)
    const [one, other] = [await store.customerOf(first), await store.customerOf(second)]
    const turns = Array.from({ length: 30 }, (_, index) => index)
    await withHands(8, turns, async (index) => {
      if (index === 10) await merge(one, other.id)
      await store.ordered({ phone: phones[index % 2] ?? '' }, daysAgo(1 + (index % 9)))
      await refreshCustomers(store.db, { now, ordersARound: 3 })
    })
    await store.settle(NOW)
    const whole = await store.customerOf(second)
    expect(whole).toMatchObject({ id: one.id, orders: 32, lifetime_orders: 32, amount_cents: 320_000 })
    expect((await find(one.id)).identities.map(({ orders }) => orders)).toEqual([16, 16])
  })

  test('what cannot be is refused, and changes nothing', async () => {
    const [first, second] = [
      await store.ordered({ phone: newPhone() }, daysAgo(9)),
      await store.ordered({ phone: newPhone() }, daysAgo(8)),
    ]
    await store.settle(NOW)
    const [one, other] = [await store.customerOf(first), await store.customerOf(second)]
    const identityId = (await find(one.id)).identities[0]?.identityId ?? ''
    const before = await store.figures()
    await expect(merge(one, one.id)).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(merge({ ...one, version: 7 }, other.id)).rejects.toMatchObject({ code: 'customer-changed' })
    await expect(merge(one, uuid())).rejects.toMatchObject({ code: 'customer-not-found' })
    await expect(split(one, [identityId])).rejects.toMatchObject({ code: 'customer-split-whole' })
    await expect(split(one, [uuid()])).rejects.toMatchObject({ code: 'invalid-request' })
    expect(await store.figures()).toEqual(before)
    await merge(one, other.id)
    await expect(merge(other, one.id)).rejects.toMatchObject({ code: 'customer-merged' })
  })
})

/** Figures that a merge and its split leave as they were. */
function figuresOf(row: { orders: number; amount_cents: number; segment: string | null }) {
  const { orders, amount_cents, segment } = row
  return { orders, amount_cents, segment }
}

describe('erasure', () => {
  test('personal data and hashes go, figures and orders stay, and who orders later is somebody new', async () => {
    const person = { phone: newPhone(), buyer: uuid() }
    const orderId = await store.ordered(person, daysAgo(9))
    await store.ordered({ buyer: person.buyer }, daysAgo(8))
    await store.settle(NOW)
    const before = await store.customerOf(orderId)
    expect(await erase(before)).toEqual({ contacts: 2, attachmentIds: [] })
    const after = await store.customerOf(orderId)
    expect(after).toMatchObject({ ...figuresOf(before), id: before.id, orders: 2, version: 2 })
    expect(after.erased_at).not.toBeNull()
    const left = await store.db
      .selectFrom('contact')
      .innerJoin('orders', 'orders.contact_id', 'contact.id')
      .innerJoin('customer_order', 'customer_order.order_id', 'orders.id')
      .innerJoin('customer_identity', 'customer_identity.id', 'customer_order.identity_id')
      .select(['contact.sealed', 'contact.customer', 'contact.buyer', 'customer_identity.hash'])
      .where('customer_identity.customer_id', '=', before.id)
      .execute()
    expect(left).toEqual(Array(2).fill({ sealed: null, customer: null, buyer: null, hash: null }))
    expect(await customerKnownBy(store.db, store.keyRing, { phone: person.phone })).toBeNull()
    const again = await store.ordered(person, daysAgo(1))
    await store.refund(orderId, 1_000)
    await store.settle(NOW)
    expect(await store.customerOf(again)).toMatchObject({ orders: 1 })
    // A late word about an order still corrects figures that lead to nobody.
    expect(await store.customerOf(orderId)).toMatchObject({ orders: 2, net_cents: before.net_cents - 1_000 })
    await expect(erase(after)).rejects.toMatchObject({ code: 'customer-erased' })
  })

  test('pictures of an inspection at their door go with where they were taken, and nobody is sent there any more', async () => {
    const orderId = await store.ordered({ phone: newPhone() }, daysAgo(9))
    await store.settle(NOW)
    const [inspectionId, attachmentId] = [uuid(), uuid()]
    await sql`
      insert into inspection (id, order_id, store_id, channel, division_code, policy_version, drawn_by, checklist, place_rule,
        when_photo_old, due_at)
      select ${inspectionId}, id, store_id, channel, division_code, 1, '{}', '{}', '{}', 'note', now() + interval '1 day'
      from orders where id = ${orderId}`.execute(store.db)
    await sql`
      insert into attachment (id, owner, uploaded_by, media_type, bytes, sha256, original_sha256, width_pixels, height_pixels,
        key_id, inspection_id, position, attached_by, attached_at)
      values (${attachmentId}, 'x', 'x', 'image/jpeg', 1, sha256('a'), sha256('b'), 1, 1, 'k', ${inspectionId}, 1, 'x', now())`.execute(
      store.db,
    )
    await sql`
      insert into inspection_photo (attachment_id, inspection_id, client_id, kind, place_key_id, sealed_place)
      values (${attachmentId}, ${inspectionId}, ${uuid()}, 'photo', 'k', '\\x00')`.execute(store.db)
    await sql`
      insert into inspection_part (inspection_id, client_id, number, bytes, key_id, sealed)
      values (${inspectionId}, ${uuid()}, 1, 1, 'k', '\\x00')`.execute(store.db)
    expect(await erase(await store.customerOf(orderId))).toMatchObject({ attachmentIds: [attachmentId] })
    const left = await sql`
      select inspection.state, inspection_photo.sealed_place, attachment.erased_at is not null as erased,
        (select count(*) from inspection_part where inspection_id = ${inspectionId}) as parts
      from inspection join attachment on attachment.inspection_id = inspection.id
        join inspection_photo on attachment_id = attachment.id
      where inspection.id = ${inspectionId}`.execute(store.db)
    expect(left.rows).toEqual([{ state: 'cancelled', sealed_place: null, erased: true, parts: 0 }])
  })

  test('the audit chain, sealed before, holds after it: nothing of the erased person was in it', async () => {
    const phone = newPhone()
    const orderId = await store.ordered({ phone }, daysAgo(9))
    await store.settle(NOW)
    const { id, version } = await store.customerOf(orderId)
    const seal = async () => {
      while ((await sealAuditEntries(store.db, 1_000)) > 0);
    }
    await seal()
    const before = await verifyAuditChain(store.db)
    await erase({ id, version })
    await seal()
    const after = await verifyAuditChain(store.db)
    expect([before.findings, after.findings]).toEqual([[], []])
    const entries = await store.db.selectFrom('audit_entry').selectAll().orderBy('id').execute()
    expect(entries.at(-1)).toMatchObject({ action: 'customer.erased', subject_id: id })
    expect(JSON.stringify(entries)).not.toContain(phone)
  })

  test('whoever has open orders keeps their address, also of an order that nobody has counted yet', async () => {
    const phone = newPhone()
    const closed = await store.ordered({ phone }, daysAgo(9))
    await store.settle(NOW)
    const open = await store.ordered({ phone }, daysAgo(1), { isOpen: true })
    const refused = expect(erase(await store.customerOf(closed))).rejects
    await refused.toMatchObject({
      code: 'customer-has-open-orders',
      extra: { orderIds: [open], heldOrders: [] },
    })
    expect((await contactOf(closed)).sealed).not.toBeNull()
  })

  test('whoever has an order of a channel that is held keeps the address that it will be placed with', async () => {
    const phone = newPhone()
    const closed = await store.ordered({ phone }, daysAgo(9))
    const platformOrderId = await store.held({ phone })
    await store.settle(NOW)
    const refused = expect(erase(await store.customerOf(closed))).rejects
    await refused.toMatchObject({
      extra: { orderIds: [], heldOrders: [{ shopId: 'SHOP-1', platformOrderId }] },
    })
    expect((await contactOf(closed)).sealed).not.toBeNull()
  })

  test('an order that is placed while its person is being erased keeps its address, and refuses the erasure', async () => {
    const phone = newPhone()
    const closed = await store.ordered({ phone }, daysAgo(9))
    await store.settle(NOW)
    const before = await store.customerOf(closed)
    // The rival holds something that is erased in the middle.
    await sql`insert into address_seen (address, order_id) values (sha256('1'), ${closed})`.execute(store.db)
    const holder = await store.begin()
    await sql`delete from address_seen where order_id = ${closed}`.execute(holder)
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((tx) => eraseCustomer(tx, store.said(before.id, before.version, now))),
    )
    await rival.untilBlocked()
    const open = await store.ordered({ phone }, daysAgo(1), { isOpen: true })
    await holder.rollback().execute()
    await expect(result).rejects.toMatchObject({
      code: 'customer-has-open-orders',
      extra: { orderIds: [open] },
    })
    expect((await contactOf(open)).sealed).not.toBeNull()
    expect(await store.customerOf(closed)).toMatchObject({ erased_at: null, version: before.version })
  })

  test('an order that nobody has counted yet stays in the figures of whoever is erased', async () => {
    const phone = newPhone()
    const first = await store.ordered({ phone }, daysAgo(9))
    await store.settle(NOW)
    const second = await store.ordered({ phone }, daysAgo(1))
    expect(await erase(await store.customerOf(first))).toMatchObject({ contacts: 2 })
    await store.settle(NOW)
    expect(await store.customerOf(second)).toMatchObject({ ...(await store.customerOf(first)), orders: 2 })
  })

  test('a present leaves its receiver known, and only who gave it goes', async () => {
    const [giver, friend] = [{ phone: newPhone(), buyer: uuid() }, newPhone()]
    const own = await store.ordered(giver, daysAgo(9))
    const present = await store.ordered({ phone: friend, buyer: giver.buyer }, daysAgo(8))
    await store.settle(NOW)
    await erase(await store.customerOf(own))
    const left = await contactOf(present)
    expect(left).toMatchObject({ buyer: null })
    expect([left.sealed, left.customer]).not.toContain(null)
    expect(await customerKnownBy(store.db, store.keyRing, { phone: friend })).not.toBeNull()
  })
})

describe('what a segment is given', () => {
  test('conditions of approval know segment, leniency and free reships, and merged customers at once', async () => {
    const [phone, otherPhone] = [newPhone(), newPhone()]
    const orderId = await store.ordered({ phone }, new Date().toISOString())
    const second = await store.ordered({ phone: otherPhone }, new Date().toISOString())
    const service = { allocationPriority: 3, freeReships: 2, approvalLeniencyCents: 500 }
    await store.publish({ segments: [{ ...all(), code: 'everybody', title: '所有人', service }] })
    await store.settle(NOW)
    const facts = () => customerFactsOf(store.db, { orderId, changeId: null })
    expect(await facts()).toMatchObject({
      customerOrders: 0,
      customerSegment: 'everybody',
      customerReships: 0,
      customerFreeReshipsLeft: 2,
      customerLeniencyCents: 500,
    })
    await merge(await store.customerOf(orderId), (await store.customerOf(second)).id)
    await askedForReship(second)
    expect(await facts()).toMatchObject({ customerOrders: 1, customerReships: 1, customerFreeReshipsLeft: 1 })
    expect(await readOrderCustomer(store.db, orderId)).toMatchObject({
      segment: { code: 'everybody', title: '所有人' },
      service,
      freeReshipsLeft: 1,
      recent: { days: 90, otherOrders: 1, reships: 1 },
    })
    // An order of a moment ago, which nobody has counted, is its customer's already.
    const fresh = await store.ordered({ phone }, new Date().toISOString())
    expect(await readOrderCustomer(store.db, fresh)).toMatchObject({ segment: { code: 'everybody' } })
    await store.publish({})
  })

  test('a dry run shows of those who ordered lately who would be given something else, and nobody where nothing changes', async () => {
    await store.ordered({ phone: newPhone() }, new Date().toISOString())
    await store.settle(NOW)
    const dryRun = async (document: PolicyDocument<'customer-segments'>) => {
      const draft = { kind: 'customer-segments' as const, document, author: 'test', reason: 'test' }
      const version = await store.inTransaction((tx) => createDraft(tx, draft))
      const signal = new AbortController().signal
      const request = { ...dryRunBody.parse({ days: 1 }), version, signal, now: new Date() }
      return dryRunPolicy(store.db, { ...request, kind: 'customer-segments' })
    }
    expect(await dryRun(initial)).toMatchObject({ subject: 'customer', changed: 0, items: [] })
    const segments = [{ ...all(), code: 'everybody', title: '所有人' }]
    const report = await dryRun({ ...initial, segments })
    expect(report.changed).toBe(report.total)
    expect(report.items[0]?.after).toMatchObject({ outcome: { segment: 'everybody' } })
  })

  test('an order that says nothing of its customer is served like everybody else', async () => {
    const orderId = await store.ordered({}, new Date().toISOString())
    await store.settle(NOW)
    expect(await readOrderCustomer(store.db, orderId)).toMatchObject({
      customerId: null,
      segment: null,
      service: initial.others,
    })
  })
})

function askedForReship(orderId: string) {
  return sql`
    insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version,
      expires_at, difference_cents, concession_cents, closed_at)
    values (${uuid()}, 'CR-20260615-0001', ${orderId}, 'MALL', 'reship', 'applied', 1, 'clerk', 1, now(), 0, 0, now())`.execute(
    store.db,
  )
}
