import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { feedTargetsOf } from '../../connectors/channels/calls.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { createDatabase } from '../../store/database.ts'
import { noteHealthDue } from '../../store/health-due.ts'
import { type HealthTargets, healthTargetsOf, refreshHealth } from '../../store/health-refresh.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { openTestStore, until } from './support.ts'

const DAY_SECONDS = 86_400
export const RULES: PolicyDocument<'health-score'> = {
  ...POLICIES['health-score'].initial,
  minimumSamples: {
    syncTimeliness: 1,
    stockAccuracy: 1,
    approvalCompletion: 1,
    complaintRate: 1,
    onTimeFulfilment: 1,
  },
}

export type HealthStore = Awaited<ReturnType<typeof openHealthStore>>
export type Placed = { orderId: string; storeId: string }

/** What the targets come to by a policy that nobody has changed, or has. */
export function targetsOf(change: Partial<PolicyDocument<'health-score'>> = {}): HealthTargets {
  const document = { ...RULES, ...change }
  return healthTargetsOf(
    { version: 1, document },
    {
      feeds: feedTargetsOf(CHANNEL_CONNECTORS, document.syncTargetSeconds),
      shipWithinSeconds: 2 * DAY_SECONDS,
    },
  )
}

/**
 * A database with what the health score looks at, written as the tables have it at whatever time. Stores MALL and JD-1,
 * of the channels mall and jd.
 */
export async function openHealthStore() {
  const store = await openTestStore()
  const { db } = store
  await db.insertInto('store').values({ id: 'JD-1', name: '京东', channel: 'jd', region: '华南' }).execute()
  const skuIds = [await store.addSku({ 'WH-HZ': 100 }), await store.addSku({ 'WH-HZ': 100, 'WH-GZ': 100 })]
  /** Who may throw away what the application may only correct. */
  const owner = createDatabase(store.ownerUrl, 1)

  const log = (
    order: Placed,
    at: string,
    line: { field: string; to: string; source?: string; told?: string },
  ) =>
    sql`
      insert into operation_log (at, order_id, store_id, version, field, new_value, operator, source, source_time)
      values (${at}::timestamptz, ${order.orderId}, ${order.storeId}, 1, ${line.field}, ${line.to}, 'test',
        ${line.source ?? 'test'}, ${line.told ?? null}::timestamptz)`.execute(db)

  /** An order that was placed at a time; paid by the customer's clock a moment later, where `heardAt` says when we heard. */
  async function placed(
    at: string,
    options: { storeId?: string; paid?: { at: string; heardAt: string } } = {},
  ) {
    const { storeId = 'MALL', paid } = options
    const order = { orderId: uuid(), storeId }
    const contactId = uuid()
    await sql`insert into contact (id, key_id, sealed, division_code) values (${contactId}, 'k', '\\x00', '330106')`.execute(
      db,
    )
    await sql`
      insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
        reservation_expires_at, policy_versions, placed_by, created_at)
      values (${order.orderId}, ${storeId === 'MALL' ? 'mall' : 'jd'}, ${storeId}, ${contactId}, '330106', 'reserved',
        100, 0, now(), '{}', 'test', ${at}::timestamptz)`.execute(db)
    await log(order, paid?.heardAt ?? at, { field: 'status', to: 'reserved', source: 'order.placed' })
    if (paid) await pay(order, paid)
    return order
  }

  async function pay(order: Placed, paid: { at: string; heardAt: string }) {
    await sql`update orders set status = 'paid' where id = ${order.orderId}`.execute(db)
    await log(order, paid.heardAt, { field: 'status', to: 'paid', source: 'payment_received', told: paid.at })
  }

  /** A warehouse has packed its part of the order. */
  async function pack(order: Placed, at: string, options: { warehouseId?: string; courier?: string } = {}) {
    const { warehouseId = 'WH-HZ', courier = 'sf' } = options
    const taskId = `${order.orderId}-${warehouseId}`
    await sql`
      insert into pick_task (id, order_id, warehouse_id, state, lines)
      values (${taskId}, ${order.orderId}, ${warehouseId}, 'packed', '[]')`.execute(db)
    await sql`
      insert into pick_task_event (pick_task_id, event_id, type, body, result, operator, occurred_at)
      values (${taskId}, 'packed', 'packed', '{}', '{}', 'test', ${at}::timestamptz)`.execute(db)
    await sql`
      insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state)
      values (${`${taskId}-P`}, ${order.orderId}, ${taskId}, ${courier}, ${taskId}, 'shipped')`.execute(db)
    await log(order, new Date().toISOString(), { field: 'waybill', to: 'packed' })
    return `${taskId}-P`
  }

  /** The courier says that a parcel has arrived, or was refused at the door. */
  async function arrive(order: Placed, parcelId: string, at: string, state = 'delivered') {
    await sql`
      insert into tracking_event (parcel_id, event_key, state, description, occurred_at)
      values (${parcelId}, ${uuid()}, ${state}, '', ${at}::timestamptz)`.execute(db)
    await noteHealthDue(db, 'order', [order.orderId])
  }

  async function cancel(order: Placed, at: string) {
    await sql`update orders set status = 'cancelled' where id = ${order.orderId}`.execute(db)
    await log(order, at, { field: 'status', to: 'cancelled' })
  }

  let number = 0
  /** A request that its approver was asked about at a time, with an hour to decide; and perhaps what became of it. */
  async function ask(order: Placed, at: string, decided?: { at: string; approved?: boolean }) {
    const changeId = uuid()
    number += 1
    const status = !decided ? 'in_approval' : decided.approved === false ? 'rejected' : 'applied'
    await sql`
      insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version,
        expires_at, difference_cents, concession_cents, created_at, closed_at)
      values (${changeId}, ${`CR-20261101-${String(number).padStart(4, '0')}`}, ${order.orderId}, ${order.storeId}, 'price',
        ${status}, 1, 'clerk', 1, now(), 0, 0, ${at}::timestamptz, ${decided?.at ?? null}::timestamptz)`.execute(
      db,
    )
    await sql`
      insert into change_request_version (change_id, request_version, change, reason_code, reason, order_version, effect,
        facts, steps, tier, policy_version, limits, submitted_by, submitted_at)
      values (${changeId}, 1, '{}', 'goodwill', 'r', 1, '{}', '{}', '[{"levels": [{"deadlineSeconds": 3600}]}]', 'team-lead',
        0, '{"minimumDeadlineSeconds": 60}', 'clerk', ${at}::timestamptz)`.execute(db)
    await sql`
      insert into change_approver (change_id, request_version, step_number, level_number, principal, account, state,
        opened_at)
      values (${changeId}, 1, 1, 1, 'lead', 'lead', 'open', ${at}::timestamptz)`.execute(db)
    await noteHealthDue(db, 'change', [changeId])
    if (decided) await decide(changeId, decided)
    return changeId
  }

  async function decide(changeId: string, { at, approved = true }: { at: string; approved?: boolean }) {
    await sql`
      update change_request set status = ${approved ? 'applied' : 'rejected'}, closed_at = ${at}::timestamptz
      where id = ${changeId}`.execute(db)
    await sql`
      update change_approver set state = ${approved ? 'approved' : 'rejected'}, settled_at = ${at}::timestamptz
      where change_id = ${changeId}`.execute(db)
    await sql`
      insert into change_decision (id, change_id, request_version, step_number, level_number, order_version, account,
        decision, note, via, recorded_at)
      values (${uuid()}, ${changeId}, 1, 1, 1, 1, 'lead', ${approved ? 'approve' : 'reject'}, '', 'console',
        ${at}::timestamptz)`.execute(db)
    await noteHealthDue(db, 'change', [changeId])
  }

  /** An approved count: for each SKU what the books said and what was there. */
  async function counted(at: string, lines: { book: number; counted: number }[], warehouseId = 'WH-HZ') {
    const countId = uuid()
    await sql`
      insert into stock_count (id, warehouse_id, is_blind, state, counted_at, created_by, submitted_by, decided_by,
        submitted_at, decided_at, line_count, exact_lines, book_units, missing_units, surplus_units, difference_cents)
      values (${countId}, ${warehouseId}, true, 'approved', ${at}::timestamptz, 'a', 'a', 'b', now(), now(), 1, 0, 0, 0, 0, 0)`.execute(
      db,
    )
    for (const [index, line] of lines.entries()) {
      await sql`
        insert into stock_count_line (count_id, sku_id, counted, counted_by, counted_at, book, unit_price_cents)
        values (${countId}, ${skuIds[index % skuIds.length]}, ${line.counted}, 'a', ${at}::timestamptz, ${line.book}, 100)`.execute(
        db,
      )
    }
    await noteHealthDue(db, 'count', [countId])
  }

  /** Brings the figures up to date with everything that has committed before the call. */
  async function settle(
    now: string,
    targets = targetsOf(),
    batch: { sourcesARound?: number; hoursARound?: number } = {},
  ) {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(db)
    const mark = BigInt(rows[0]?.id ?? 0)
    return until('the figures to be up to date', async () => {
      let rounds = 0
      while (!(await refreshHealth(db, { now: new Date(now), targets, ...batch })).isDone) rounds += 1
      const read = await sql<{ id: string }>`select transaction_id::text as id from health_state`.execute(db)
      // Others on this server may still write: what they wrote before is heard of when they have ended.
      return BigInt(read.rows[0]?.id ?? 0) > mark ? { rounds } : null
    })
  }

  /** Throws away all that was made. */
  async function forget() {
    await sql`truncate health_outcome, health_figure, health_due, health_due_hour, health_target`.execute(
      owner,
    )
    await sql`update health_state set transaction_id = '0', log_id = 0, targets = '', counted_until = null`.execute(
      owner,
    )
  }

  /** Everything that was made, in one order. */
  async function figures() {
    const outcomes = await sql`select * from health_outcome order by component, source_id, part`.execute(db)
    const sums = await sql`
      select * from health_figure order by grain, starts_at, component, channel, store_id, warehouse_id`.execute(
      db,
    )
    return { outcomes: outcomes.rows, sums: sums.rows }
  }

  return {
    ...store,
    ...{ skuIds, log, placed, pay, pack, arrive, cancel, ask, decide, counted, settle, forget, figures },
    publish: (change: Partial<PolicyDocument<'health-score'>>) =>
      publishPolicy(db, {
        kind: 'health-score',
        document: { ...RULES, ...change },
        author: 'test',
        reason: 'test',
      }),
    close: async () => {
      await owner.destroy()
      await store.close()
    },
  }
}
