import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { CustomerSegmentsPolicy } from '../../contracts/policies/customer-segments.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { buyerText, sealContact } from '../../store/contacts.ts'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { createDatabase } from '../../store/database.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { openTestStore, until } from './support.ts'

export type CustomerStore = Awaited<ReturnType<typeof openCustomerStore>>

/** By what the contact of an order is known; without a number, one that is masked. */
export type Person = { phone?: string; buyer?: string }

/**
 * A database with what customers are counted from, written as the tables have it at whatever time. Stores MALL and
 * JD-1, of the channels mall and jd.
 */
export async function openCustomerStore() {
  const store = await openTestStore()
  const { db, keyRing } = store
  await db.insertInto('store').values({ id: 'JD-1', name: '京东', channel: 'jd', region: '华南' }).execute()
  const skuId = await store.addSku({ 'WH-HZ': 100_000, 'WH-GZ': 100_000 })
  /** Who may do what the application may not: move an order in time, throw figures away. */
  const owner = createDatabase(store.ownerUrl, 1)

  const log = (orderId: string, field: string, to: string) =>
    sql`
      insert into operation_log (order_id, store_id, version, field, new_value, operator, source)
      select id, store_id, 1, ${field}, ${to}, 'test', 'test' from orders where id = ${orderId}`.execute(db)

  async function contact(person: Person): Promise<string> {
    const id = uuid()
    const data = { name: '王五', phone: person.phone ?? '139****0000', address: '某路 1 号', remark: '' }
    const buyer = person.buyer === undefined ? null : buyerText('jd', person.buyer)
    await db
      .insertInto('contact')
      .values({ id, ...sealContact(keyRing, id, data, buyer), division_code: '330106' })
      .execute()
    return id
  }

  async function ordered(
    person: Person,
    at: string,
    options: {
      storeId?: string
      warehouseId?: string
      paidCents?: number
      status?: string
      isOpen?: boolean
    } = {},
  ): Promise<string> {
    const {
      storeId = 'MALL',
      warehouseId = 'WH-HZ',
      paidCents = 10_000,
      status = 'completed',
      isOpen = false,
    } = options
    const [orderId, contactId] = [uuid(), await contact(person)]
    await sql`
      insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents, paid_cents,
        reservation_expires_at, policy_versions, placed_by, created_at, closed_at)
      values (${orderId}, ${storeId === 'MALL' ? 'mall' : 'jd'}, ${storeId}, ${contactId}, '330106', ${status}, 10000, 0,
        ${paidCents}, now(), '{}', 'test', ${at}::timestamptz, ${isOpen ? null : at}::timestamptz)`.execute(
      db,
    )
    await sql`
      insert into order_line (order_id, line_number, sku_id, quantity, unit_price_cents)
      values (${orderId}, 1, ${skuId}, 1, 10000)`.execute(db)
    await sql`
      insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id, quantity, state,
        expires_at, operation_id)
      values (${uuid()}, 'order_line', ${`${orderId}/1`}, ${orderId}, 1, ${skuId}, ${warehouseId}, 1, 'consumed', now(),
        ${orderId})`.execute(db)
    await log(orderId, 'status', status)
    return orderId
  }

  /** An order of the mall that the hub cannot place yet. */
  async function held(person: Person): Promise<string> {
    await sql`
      insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
      values ('SHOP-1', 'MALL', 'mall', '1', 'app', 'http://127.0.0.1:1', 'k', '\\x00', 'test') on conflict do nothing`.execute(
      db,
    )
    const [contactId, platformOrderId] = [await contact(person), uuid()]
    await sql`
      insert into channel_order (shop_id, platform_order_id, state, held_reason, raw_status, modified_at, canonical, contact_id)
      values ('SHOP-1', ${platformOrderId}, 'held', 'unmapped', 'x', now(), '{}', ${contactId})`.execute(db)
    return platformOrderId
  }

  async function cancel(orderId: string) {
    await sql`update orders set status = 'cancelled' where id = ${orderId}`.execute(db)
    await log(orderId, 'status', 'cancelled')
  }

  async function refund(orderId: string, refundedCents: number) {
    await sql`update orders set refunded_cents = least(paid_cents, ${refundedCents}) where id = ${orderId}`.execute(
      db,
    )
    await log(orderId, 'refund', 'done')
  }

  async function sendBack(orderId: string) {
    await sql`
      insert into order_return (id, order_id, state, reason, lines)
      values (${`${orderId}-R1`}, ${orderId}, 'settled', 'x', '[]')
      on conflict do nothing`.execute(db)
    await log(orderId, 'return', 'settled')
  }

  /** Brings customers up to date with everything that has committed before the call. */
  async function settle(now: string, batch: { ordersARound?: number; customersARound?: number } = {}) {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(db)
    const mark = BigInt(rows[0]?.id ?? 0)
    return until('customers to be up to date', async () => {
      let rounds = 0
      while (!(await refreshCustomers(db, { now: new Date(now), ...batch })).isDone) rounds += 1
      const state = await sql<{ id: string }>`select transaction_id::text as id from customer_state`.execute(
        db,
      )
      // Others on this server may still write: what they wrote before is heard of when they have ended.
      return BigInt(state.rows[0]?.id ?? 0) > mark ? { rounds } : null
    })
  }

  /** Throws away everything that can be made again; whose an order is stays, because people have said some of that. */
  async function forget() {
    await sql`
      update customer set orders = 0, amount_cents = 0, net_cents = 0, returned_orders = 0, change_requests = 0,
        complaints = 0, first_order_at = null, last_order_at = null, last_order_day = 0, lifetime_orders = 0,
        preferred_channel = null, preferred_warehouse = null, recency_score = null, frequency_score = null,
        monetary_score = null, segment = null`.execute(owner)
    await sql`
      update customer_order set ordered_at = '2000-01-01', channel = '', store_id = '', warehouse_id = '', counts = false,
        amount_cents = 0, net_cents = 0, returned = false, change_requests = 0, complaints = 0`.execute(owner)
    await sql`
      update customer_state set started = false, transaction_id = '0', log_id = 0, window_from = null, graded_on = null,
        graded_until = null, cuts = '{"recency": [], "frequency": [], "monetary": []}'`.execute(owner)
  }

  /** Everything that was made, in one order. */
  async function figures() {
    const customers = await sql`select * from customer order by id`.execute(db)
    const orders = await sql`select * from customer_order order by order_id`.execute(db)
    const state = await sql`select window_from, cuts, graded_on, graded_until from customer_state`.execute(db)
    return { customers: customers.rows, orders: orders.rows, state: state.rows }
  }

  /** Whose an order is, as a row of figures. */
  const customerOf = (orderId: string) =>
    db
      .selectFrom('customer_order')
      .innerJoin('customer_identity', 'customer_identity.id', 'customer_order.identity_id')
      .innerJoin('customer', 'customer.id', 'customer_identity.customer_id')
      .selectAll('customer')
      .where('customer_order.order_id', '=', orderId)
      .executeTakeFirstOrThrow()

  return {
    ...store,
    ...{ skuId, owner, ordered, held, cancel, refund, sendBack, settle, forget, figures, customerOf },
    /** What people say goes with this. */
    said: (customerId: string, version: number, now = new Date()) => ({
      ...{ customerId, version, now },
      reason: 'because',
      origin: SYSTEM_ORIGIN,
    }),
    publish: (change: Partial<CustomerSegmentsPolicy>) =>
      publishPolicy(db, {
        kind: 'customer-segments',
        document: { ...POLICIES['customer-segments'].initial, ...change },
        author: 'test',
        reason: 'test',
      }),
    close: async () => {
      await owner.destroy()
      await store.close()
    },
  }
}
