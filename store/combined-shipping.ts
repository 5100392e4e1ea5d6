import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { chooseCompany, mayCombine, type OpenTask, receiverText } from '../domain/combined-shipping.ts'
import type { FulfilmentLine } from '../domain/order.ts'
import { factsOf } from '../domain/order-facts.ts'
import { OPEN_PICK_TASK_STATES, type PickTaskState } from '../domain/order-state.ts'
import { openContact } from './contacts.ts'
import type { Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { lockOrder } from './order-lock.ts'
import { queuePdaMessage } from './pda-messages.ts'
import type { Policies } from './policy-cache.ts'

/**
 * Combined shipping (合单): open pick tasks of one receiver in one warehouse share a `combined_id` and leave in one parcel.
 * Who joins whom is decided when a task is opened, in that transaction; a report that one is packed packs them all (store/pick-tasks.ts).
 *
 * Locks: whoever opens a task holds its order's row, then the receiver's turn, and never waits for another order's task
 * (one that is locked is being begun, packed or taken back: it is not joined). So it cannot block those who wait for
 * several tasks, always in the order of their ids.
 */
export type Combining = { keyRing: KeyRing; policies: Policies }

export type NewTask = { pickTaskId: string; orderId: string; warehouseId: string; lines: FulfilmentLine[] }
/** What a new task is written with. */
export type Company = {
  /** By what later tasks may find it. */
  recipient: Buffer | null
  combinedId: string | null
  /** The tasks that it joins. */
  combinedWith: string[]
  /** Until then it is kept from the PDAs. */
  notBefore: Date | null
}

const ALONE: Company = { recipient: null, combinedId: null, combinedWith: [], notBefore: null }
/** Open tasks of one receiver that are looked at; more than any buyer has. */
const CANDIDATES = 100

/** Finds the tasks that a new one shares its parcel with, and tells their PDAs. The order's row must be locked. */
export async function findCompany(tx: Tx, { keyRing, policies }: Combining, task: NewTask): Promise<Company> {
  const { version, document: policy } = await policies.current(tx, 'combined-shipping')
  if (!policy.combine && policy.rules.length === 0) return ALONE
  const order = await readOrder(tx, task.orderId)
  if (!order || order.mustGoAlone || !mayCombine(policy, factsOf(order))) return ALONE
  const person = openContact(keyRing, order.contact)
  const text = person && receiverText({ ...order, ...person, ciphertext: person.ciphertext ?? {} })
  if (!text) return ALONE
  const recipient = keyRing.hash(text, 'receivers of combined shipping')
  // One at a time for one receiver: of two that open at once, the second must see the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${recipient.toString('hex')}, 0))`.execute(tx)
  const open = await lockCandidates(tx, recipient, task)
  const newcomer = { orderId: task.orderId, weightGrams: await weightOf(tx, task.lines) }
  const company = chooseCompany(newcomer, open, policy)
  if (!company) {
    const { waitSeconds } = policy
    const notBefore = waitSeconds > 0 ? new Date(Date.now() + waitSeconds * 1_000) : null
    return { ...ALONE, recipient, notBefore }
  }
  const combinedWith = company.map((other) => other.pickTaskId)
  const combinedId = company[0]?.combinedId ?? uuid()
  const source = `policy combined-shipping ${version}`
  for (const other of company) await tellOfNewcomer(tx, other, { ...task, combinedId, combinedWith, source })
  await logCombined(tx, task, { oldValue: null, newValue: combinedId, operator: 'system', source })
  // A parcel's tasks come to the PDAs together: the first one has waited for the others.
  return { recipient, combinedId, combinedWith, notBefore: await releaseOf(tx, combinedWith) }
}

type OrderToCombine = {
  channel: string
  storeId: string
  divisionCode: string
  amountCents: number
  freightCents: number
  lines: { skuId: string; quantity: number; unitPriceCents: number }[]
  contact: { id: string; key_id: string; sealed: Buffer | null }
  buyerId: string | null
  mustGoAlone: boolean
}

/** What an order is judged by. It goes alone while its platform has said something that a person must decide on. */
async function readOrder(tx: Tx, orderId: string): Promise<OrderToCombine | null> {
  const { rows } = await sql<
    Omit<OrderToCombine, 'contact'> & { contactId: string; keyId: string; sealed: Buffer | null }
  >`
    select orders.channel, orders.store_id as "storeId", orders.division_code as "divisionCode",
      orders.amount_cents::float8 as "amountCents", orders.freight_cents::float8 as "freightCents",
      (select json_agg(json_build_object('skuId', sku_id, 'quantity', quantity, 'unitPriceCents', unit_price_cents)
        order by line_number) from order_line where order_id = orders.id) as lines,
      contact.id as "contactId", contact.key_id as "keyId", contact.sealed,
      channel_order.canonical ->> 'buyerId' as "buyerId",
      channel_order.order_id is not null and (channel_order.contact_id <> orders.contact_id
        or channel_order.status = 'closed' or coalesce((channel_order.canonical -> 'cashOnDelivery')::boolean, false) or (channel_order.canonical -> 'shippingForbidden')::boolean
        or channel_order.canonical -> 'lines' @> '[{"refund": "open"}]') as "mustGoAlone"
    from orders join contact on contact.id = orders.contact_id
      left join channel_order on channel_order.order_id = orders.id
    where orders.id = ${orderId}`.execute(tx)
  const [row] = rows
  if (!row) return null
  const { contactId: id, keyId: key_id, sealed, ...order } = row
  return { ...order, contact: { id, key_id, sealed } }
}

/** Open tasks of the receiver, oldest first; those that could be locked are free. Of a group, all its open tasks. */
async function lockCandidates(tx: Tx, recipient: Buffer, task: NewTask): Promise<OpenTask[]> {
  const locked = await tx
    .selectFrom('pick_task')
    .select(['id', 'combined_id'])
    .where('recipient', '=', recipient)
    .where('warehouse_id', '=', task.warehouseId)
    .orderBy('id')
    .limit(CANDIDATES)
    .forUpdate()
    .skipLocked()
    .execute()
  if (locked.length === 0) return []
  const ids = locked.map((row) => row.id)
  const groups = [...new Set(locked.flatMap((row) => row.combined_id ?? []))]
  const { rows } = await sql<OpenTask>`
    select id as "pickTaskId", order_id as "orderId", combined_id as "combinedId", id = any(${ids}::text[]) as "isFree",
      (select coalesce(sum((line ->> 'quantity')::int * weight_grams), 0)::float8
        from jsonb_array_elements(lines) as line join sku on sku.id = line ->> 'skuId') as "weightGrams"
    from pick_task
    where (id = any(${ids}::text[]) or combined_id = any(${groups}::uuid[]))
      and state = any(${OPEN_PICK_TASK_STATES}::text[])
    order by created_at, id`.execute(tx)
  return rows
}

async function weightOf(tx: Tx, lines: readonly FulfilmentLine[]): Promise<number> {
  const skuIds = lines.map((line) => line.skuId)
  const skus = await tx
    .selectFrom('sku')
    .select(['id', 'weight_grams'])
    .where('id', '=', sql<string>`any(${skuIds}::text[])`)
    .execute()
  const weights = new Map(skus.map((sku) => [sku.id, sku.weight_grams]))
  return lines.reduce((sum, line) => sum + line.quantity * (weights.get(line.skuId) ?? 0), 0)
}

type Newcomer = { pickTaskId: string; combinedId: string; combinedWith: string[]; source: string }

/** Writes that a task shares its parcel with a new one, and tells its PDAs. */
async function tellOfNewcomer(tx: Tx, known: OpenTask, newcomer: Newcomer): Promise<void> {
  const { combinedId, source } = newcomer
  const task = await tx
    .updateTable('pick_task')
    .set({ combined_id: combinedId, updated_at: sql`clock_timestamp()` })
    .where('id', '=', known.pickTaskId)
    .returning(['id as pickTaskId', 'order_id as orderId', 'warehouse_id as warehouseId', 'lines'])
    .executeTakeFirstOrThrow()
  const combinedWith = [...newcomer.combinedWith.filter((id) => id !== task.pickTaskId), newcomer.pickTaskId]
  const message = { ...task, combinedId, combinedWith }
  await queuePdaMessage(tx, 'pick_task_combined', message, { cause: newcomer.pickTaskId })
  if (known.combinedId === null)
    await logCombined(tx, task, { oldValue: null, newValue: combinedId, operator: 'system', source })
}

/** Until when the tasks that are kept back are kept back; null where they are with the PDAs already. */
async function releaseOf(tx: Tx, pickTaskIds: string[]): Promise<Date | null> {
  const { at } = await tx
    .selectFrom('delivery')
    .select((eb) => eb.fn.max('next_attempt_at').as('at'))
    .where(
      'operation_id',
      '=',
      sql<string>`any(${pickTaskIds.map((id) => `${id}/pick_task_created`)}::text[])`,
    )
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow()
  return at
}

/**
 * Takes an open task out of its group, by a person's or the warehouse's word; it will not be joined again. One that goes
 * by itself already stays so.
 *
 * @throws ProblemError `not-found`, `pick-task-wrong-state`
 */
export async function separateTask(
  tx: Tx,
  request: { pickTaskId: string; operator: string; reason: string },
): Promise<{ pickTaskId: string; state: PickTaskState }> {
  const { pickTaskId, operator, reason } = request
  const task = await tx
    .selectFrom('pick_task')
    .selectAll()
    .where('id', '=', pickTaskId)
    .forUpdate()
    .executeTakeFirst()
  if (!task) throw new ProblemError('not-found', `there is no pick task ${pickTaskId}`)
  if (!OPEN_PICK_TASK_STATES.some((state) => state === task.state)) {
    throw new ProblemError('pick-task-wrong-state', `the task is ${task.state} already`)
  }
  await leaveGroup(tx, task, operator, reason)
  return { pickTaskId, state: task.state }
}

/**
 * Lets an order ship by itself from now on: its platform forbids to ship, its receiver changed, its buyer wants the money
 * back. Whatever shares its parcel must not wait for that to be decided, nor take it along.
 */
export async function separateOrder(
  tx: Tx,
  request: { orderId: string; operator: string; reason: string },
): Promise<void> {
  const { orderId, operator, reason } = request
  // A commit that opens a task for it has read what its platform said before; it is waited for.
  await lockOrder(tx, orderId)
  const tasks = await tx
    .selectFrom('pick_task')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('state', 'in', OPEN_PICK_TASK_STATES)
    .orderBy('id')
    .forUpdate()
    .execute()
  for (const task of tasks) await leaveGroup(tx, task, operator, reason)
}

type TaskRow = {
  id: string
  order_id: string
  warehouse_id: string
  lines: FulfilmentLine[]
  combined_id: string | null
}

async function leaveGroup(tx: Tx, row: TaskRow, operator: string, reason: string): Promise<void> {
  const { id: pickTaskId, order_id: orderId, warehouse_id: warehouseId, lines, combined_id: combinedId } = row
  await tx
    .updateTable('pick_task')
    .set({ recipient: null, combined_id: null, updated_at: sql`clock_timestamp()` })
    .where('id', '=', pickTaskId)
    .execute()
  if (combinedId === null) return
  const task = { orderId, pickTaskId, warehouseId, lines }
  await queuePdaMessage(tx, 'pick_task_separated', task)
  await logCombined(tx, task, { oldValue: combinedId, newValue: null, operator, source: reason })
}

async function logCombined(
  tx: Tx,
  task: { orderId: string; pickTaskId: string },
  change: { oldValue: string | null; newValue: string | null; operator: string; source: string },
): Promise<void> {
  const { oldValue, newValue, operator, source } = change
  await sql`
    insert into operation_log (order_id, store_id, version, field, old_value, new_value, operator, source, subject_id)
    select id, store_id, version, 'combined_shipping', ${oldValue}, ${newValue}, ${operator}, ${source}, ${task.pickTaskId}
    from orders where id = ${task.orderId}`.execute(tx)
}
