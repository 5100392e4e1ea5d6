import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CUSTOMER_DAYS, NEW_CUSTOMER } from '../../domain/approval-route.ts'
import { submitChange } from '../../store/change-requests.ts'
import { checkout } from '../../store/checkout.ts'
import { sealContact } from '../../store/contacts.ts'
import { customerFactsOf } from '../../store/customer-facts.ts'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { createDatabase } from '../../store/database.ts'
import { openTestStore } from './support.ts'

let store: Awaited<ReturnType<typeof openTestStore>>
/** The application itself may not move an order in time. */
let owner: ReturnType<typeof createDatabase>
let skuId: string
beforeAll(async () => {
  store = await openTestStore()
  owner = createDatabase(store.ownerUrl, 1)
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
})
afterAll(async () => {
  await owner.destroy()
  await store.close()
})

/** An order of ¥10.00 a unit for whoever has this number. */
async function orderBy(phone: string, quantity = 1): Promise<string> {
  const input = store.checkoutInput([{ skuId, quantity }])
  const body = { ...input.body, contact: { ...input.body.contact, phone } }
  const placed = await store.inTransaction((tx) => checkout(tx, store, { ...input, body }))
  if (!placed.ok) throw placed.problem
  return placed.order.orderId
}
const factsOf = (orderId: string, changeId: string | null = null) =>
  customerFactsOf(store.db, { orderId, changeId })
const submit = (orderId: string, unitPriceCents: number) =>
  store.inTransaction((tx) =>
    submitChange(tx, {
      changeId: uuid(),
      orderId,
      orderVersion: 1,
      change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents }] },
      reasonCode: 'goodwill',
      reason: 'x',
      applicant: { name: 'ann', role: 'clerk' },
      eventId: uuid(),
    }),
  )
const applied = (changeId: string) =>
  store.db
    .updateTable('change_request')
    .set({ status: 'applied', closed_at: new Date() })
    .where('id', '=', changeId)
    .execute()

test('a customer is known by their number, however it is written, and by nothing else of theirs', async () => {
  const orderId = await orderBy('13900000001')
  await orderBy('+86 139-0000-0001', 3)
  await orderBy('13900000002', 5)
  expect(await factsOf(orderId)).toEqual({ ...NEW_CUSTOMER, customerOrders: 1, customerAmountCents: 3_000 })
})

test('masked numbers are the same for many people, and nobody’s', async () => {
  const orderId = await orderBy('139****0000')
  await orderBy('139****0000')
  expect(await factsOf(orderId)).toEqual(NEW_CUSTOMER)
})

test('where a platform hides the number, its buyer is the customer; another platform’s is not', async () => {
  const person = { name: '张*', phone: '138****0000', address: '某路', remark: '' }
  const contactOf = async (buyer: string) => {
    const id = uuid()
    await store.db
      .insertInto('contact')
      .values({ id, ...sealContact(store.keyRing, id, person, buyer), division_code: '330106' })
      .execute()
    return id
  }
  const orders = await Promise.all(
    ['taobao b1', 'taobao b1', 'jd b1'].map(async (buyer) => {
      const orderId = await orderBy('1')
      const contact_id = await contactOf(buyer)
      await owner.updateTable('orders').set({ contact_id }).where('id', '=', orderId).execute()
      return orderId
    }),
  )
  const counted = await Promise.all(orders.map((orderId) => factsOf(orderId)))
  expect(counted.map((facts) => facts.customerOrders)).toEqual([1, 1, 0])
})

test('earlier requests count with what was conceded and paid back, this one and older ones do not', async () => {
  const [first, second, old] = [
    await orderBy('13900000003'),
    await orderBy('13900000003'),
    await orderBy('13900000003'),
  ]
  const { changeId } = await submit(first, 400)
  await applied(changeId)
  await owner
    .updateTable('orders')
    .set({ paid_cents: 1_000, refunded_cents: 600 })
    .where('id', '=', first)
    .execute()
  const rejected = await submit(old, 100)
  const before = sql<Date>`clock_timestamp() - make_interval(days => ${CUSTOMER_DAYS}, secs => 1)`
  await owner
    .updateTable('change_request')
    .set({ created_at: before })
    .where('id', '=', rejected.changeId)
    .execute()
  await owner.updateTable('orders').set({ created_at: before }).where('id', '=', old).execute()
  const own = await submit(second, 900)
  expect(await factsOf(second, own.changeId)).toEqual({
    ...NEW_CUSTOMER,
    customerOrders: 1,
    customerAmountCents: 1_000,
    customerRequests: 1,
    customerConcessionCents: 600,
    customerRefundedCents: 600,
  })
  expect(await factsOf(second)).toMatchObject({ customerRequests: 2 })
})

test('a request counts for its customer from when it is made', async () => {
  const orderId = await orderBy('13900000006')
  const requests = async () => {
    while (!(await refreshCustomers(store.db, { now: new Date() })).isDone);
    const { change_requests: count } = await store.db
      .selectFrom('customer')
      .innerJoin('customer_identity', 'customer_identity.customer_id', 'customer.id')
      .innerJoin('customer_order', 'customer_order.identity_id', 'customer_identity.id')
      .select('customer.change_requests')
      .where('customer_order.order_id', '=', orderId)
      .executeTakeFirstOrThrow()
    return count
  }
  expect(await requests()).toBe(0)
  await submit(orderId, 100)
  expect(await requests()).toBe(1)
})

test('the facts are kept with the request, so that its way can be explained for ever', async () => {
  const [first, second] = [await orderBy('13900000004'), await orderBy('13900000004')]
  await submit(first, 100)
  const { changeId } = await submit(second, 100)
  const { facts } = await store.db
    .selectFrom('change_request_version')
    .select('facts')
    .where('change_id', '=', changeId)
    .executeTakeFirstOrThrow()
  expect(facts).toMatchObject({ customerOrders: 1, customerRequests: 1 })
})

test('an erased customer is nobody, and erasing leaves no hash behind', async () => {
  const [kept, erased] = [await orderBy('13900000005'), await orderBy('13900000005')]
  const { contact_id: id } = await store.row(erased)
  const erase = (more: object) =>
    owner
      .updateTable('contact')
      .set({ sealed: null, erased_at: new Date(), ...more })
      .where('id', '=', id)
      .execute()
  await expect(erase({})).rejects.toThrow('contact_customer_erased')
  await erase({ customer: null })
  expect([await factsOf(kept), await factsOf(erased)]).toEqual([NEW_CUSTOMER, NEW_CUSTOMER])
})
