import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { PolicyDocument } from '../contracts/policies/index.ts'
import { regionOf } from '../domain/division.ts'
import { inspectorsFor, selectInspection } from '../domain/inspection.ts'
import { factsOf } from '../domain/order-facts.ts'
import type { OrderStatus } from '../domain/order-state.ts'
import { appendAudit, SYSTEM_ORIGIN } from './audit.ts'
import type { Db, Tx } from './database.ts'
import { chooseInspector, noteUnassigned } from './inspection-people.ts'
import { cancelOpenInspection, writeAssignee } from './inspections.ts'
import type { CurrentPolicy } from './policy.ts'
import type { Policies } from './policy-cache.ts'
import { openWorkItem } from './work-items.ts'

/** An order has arrived, or its goods are gone again: statuses after which an inspection may begin, or has nothing to see. */
const BEGINS: readonly OrderStatus[] = ['delivered']
const ENDS: readonly OrderStatus[] = ['returned', 'lost', 'cancelled']

/**
 * Notes, in the transaction that moves an order, that it may have to be inspected, or not any more. No more than that: orders
 * never wait for the policy of inspections, and a crash loses neither.
 */
export async function noteInspectionDue(
  tx: Tx,
  orderId: string,
  statuses: readonly (string | null)[],
): Promise<void> {
  const concerns: readonly string[] = [...BEGINS, ...ENDS]
  if (!statuses.some((status) => status !== null && concerns.includes(status))) return
  await tx.insertInto('inspection_due').values({ order_id: orderId }).execute()
}

/** Orders that were noted, those that have waited longest first. */
export async function dueInspections(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ orderId: string }>`
    select distinct order_id as "orderId" from (
      select order_id from inspection_due where due_at <= clock_timestamp() order by due_at, id limit ${limit}
    ) as next`.execute(db)
  return rows.map(({ orderId }) => orderId)
}

/** An order that could not be settled waits, so that it does not keep others waiting. */
export async function postponeInspection(db: Db, orderId: string, delayMs: number): Promise<void> {
  await sql`update inspection_due set due_at = clock_timestamp() + make_interval(secs => ${delayMs / 1000})
    where order_id = ${orderId}`.execute(db)
}

/**
 * Decides about one order: makes its inspection, or ends the one that has nothing to see any more. Once: the notes go and the
 * inspection comes in one transaction, and an order has one inspection at most, however often it arrives and whoever else
 * decides at the same time.
 */
export async function settleInspection(db: Db, policies: Policies, orderId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // The order is read after its notes are taken: what happens to it from now on notes it anew.
    const taken = await tx.deleteFrom('inspection_due').where('order_id', '=', orderId).executeTakeFirst()
    if (taken.numDeletedRows === 0n) return
    const order = await readOrder(tx, orderId)
    if (ENDS.includes(order.status)) {
      await cancelOpenInspection(tx, {
        orderId,
        reason: `the order is ${order.status}`,
        origin: SYSTEM_ORIGIN,
      })
      return
    }
    const policy = await policies.current(tx, 'inspection')
    await drawInspection(tx, policy, order)
  })
}

type Order = {
  orderId: string
  status: OrderStatus
  storeId: string
  channel: string
  divisionCode: string
  amountCents: number
  freightCents: number
  lines: { skuId: string; quantity: number; unitPriceCents: number }[]
}

async function readOrder(tx: Tx, orderId: string): Promise<Order> {
  const { rows } = await sql<Order>`
    select o.id as "orderId", o.status, o.store_id as "storeId", o.channel, o.division_code as "divisionCode",
      o.amount_cents as "amountCents", o.freight_cents as "freightCents",
      coalesce((select json_agg(json_build_object('skuId', sku_id, 'quantity', quantity, 'unitPriceCents', unit_price_cents)
        order by line_number) from order_line where order_id = o.id), '[]') as lines
    from orders as o where o.id = ${orderId}`.execute(tx)
  const [order] = rows
  if (!order) throw new Error(`there is no order ${orderId}`)
  return order
}

async function drawInspection(tx: Tx, policy: CurrentPolicy<'inspection'>, order: Order): Promise<void> {
  const { document, version } = policy
  const { rule, draw, isSelected, lot, reasons } = selectInspection(
    document.rules,
    order.orderId,
    factsOf(order),
  )
  if (!isSelected || draw === null || rule === null) return
  const checklist = document.checklists.find(({ name }) => name === draw.checklist)
  if (!checklist) throw new Error(`the policy has no checklist ${draw.checklist}`)
  const region = regionOf(order.divisionCode) ?? null
  const assignee = await assigneeFor(tx, document, { ...order, region })
  const id = uuid()
  const added = await tx
    .insertInto('inspection')
    .values({
      id,
      order_id: order.orderId,
      store_id: order.storeId,
      channel: order.channel,
      division_code: order.divisionCode,
      region,
      policy_version: version,
      drawn_by: JSON.stringify({ rule, sharePercent: draw.sharePercent, lot, reasons }),
      checklist: JSON.stringify(checklist),
      place_rule: JSON.stringify(document.place),
      when_photo_old: document.whenPhotoOld,
      assignee,
      assigned_at: assignee === null ? null : sql<Date>`clock_timestamp()`,
      due_at: sql<Date>`clock_timestamp() + make_interval(secs => ${draw.dueSeconds})`,
    })
    .onConflict((conflict) => conflict.column('order_id').doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows !== 1n) return
  if (assignee === null) await noteUnassigned(tx, [region])
  await appendAudit(tx, {
    ...SYSTEM_ORIGIN,
    action: 'inspection.created',
    subject: { kind: 'inspection', id },
    newValue: { orderId: order.orderId, policyVersion: version, rule, lot, assignee },
  })
}

async function assigneeFor(
  tx: Tx,
  { areas }: PolicyDocument<'inspection'>,
  place: { orderId: string; storeId: string; divisionCode: string; region: string | null },
): Promise<string | null> {
  for (const choice of inspectorsFor(areas, place)) {
    const picked = await chooseInspector(tx, choice, place)
    if (picked !== null) return picked
  }
  return null
}

type Waiting = {
  id: string
  orderId: string
  storeId: string
  divisionCode: string
  region: string | null
  assignee: string | null
}

/**
 * Tries again to find somebody for inspections that have nobody, or whose inspector's account was disabled: where there is nobody
 * else, these have nobody from now on. A page of them, so that those for whom there never is anybody keep nobody waiting.
 *
 * @returns the last of the page; null when it was the last page
 */
export async function assignWaiting(
  db: Db,
  policies: Policies,
  { after, limit }: { after: string | null; limit: number },
): Promise<string | null> {
  return db.transaction().execute(async (tx) => {
    const disabled = sql`select user_name from account where disabled`
    const { rows } = await sql<Waiting>`
      select id, order_id as "orderId", store_id as "storeId", division_code as "divisionCode", region, assignee from inspection
      where state = 'open' and (assignee is null or assignee in (${disabled})) and id in (
        select id from inspection where state = 'open' and assignee is null
        union all
        select id from inspection where state = 'open' and assignee = any(array(${disabled}))
      ) ${after === null ? sql`` : sql`and id > ${after}`}
      order by id limit ${limit} for update skip locked`.execute(tx)
    const { document } = await policies.current(tx, 'inspection')
    const changed = new Set<string | null>()
    for (const { id, assignee: before, ...place } of rows) {
      const assignee = await assigneeFor(tx, document, place)
      if (assignee === before) continue
      await writeAssignee(tx, { id, before, assignee, origin: SYSTEM_ORIGIN })
      changed.add(place.region)
    }
    await noteUnassigned(tx, [...changed])
    return rows.length < limit ? null : (rows.at(-1)?.id ?? null)
  })
}

/** Tells a person of inspections whose time is over. Returns how many. */
export async function raiseOverdueInspections(db: Db, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string; orderId: string; assignee: string | null; dueAt: Date }>`
      update inspection set overdue_at = clock_timestamp() where id in (
        select id from inspection where state = 'open' and overdue_at is null and due_at <= clock_timestamp()
        order by due_at limit ${limit} for update skip locked
      ) returning id, order_id as "orderId", assignee, due_at as "dueAt"`.execute(tx)
    for (const { id, orderId, assignee, dueAt } of rows) {
      const detail = { inspectionId: id, assignee: assignee ?? '', dueAt: dueAt.toISOString() }
      await openWorkItem(tx, { kind: 'inspection_overdue', key: id, orderId, detail })
    }
    return rows.length
  })
}
