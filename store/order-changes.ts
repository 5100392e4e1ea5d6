import { sql } from 'kysely'
import type { Change, ChangeProblem, ChangeTerms, GainedUnits } from '../domain/change.ts'
import type { FulfilmentLine, OrderPlaced, OrderWrite } from '../domain/order.ts'
import { OPEN_PICK_TASK_STATES } from '../domain/order-state.ts'
import { giveBackUnits, unitsHeld } from './change-holds.ts'
import { separateOrder } from './combined-shipping.ts'
import type { Db, Tx } from './database.ts'
import { withOperation } from './operation.ts'
import { lockOrder } from './order-lock.ts'
import { reserve } from './reservation.ts'
import { holdStockWait, resumeStockWait, shrinkStockWait } from './stock-waits.ts'

/**
 * What an authorised change asks of the database, and what it makes of an order's rows. Each question is one
 * transaction with one answer for ever, whoever asks again and whatever happened meanwhile.
 */

/**
 * Stops the warehouses for a change, or says why that cannot be: one has packed already, or has reported something that
 * the order has not heard of. `pick_task.change_id` names the change that an open task waits for; the row's lock
 * decides between office and warehouse.
 */
export async function holdForChange(
  db: Db,
  request: {
    orderId: string
    changeId: string
    change: Change
    /** The open tasks that the order knows of. */
    tasks: { fulfilmentId: string; lines: FulfilmentLine[] }[]
    operationId: string
  },
): Promise<{ problem: ChangeProblem | null }> {
  const { orderId, changeId, change } = request
  return withOperation(db, request.operationId, async (tx) => {
    await lockOrder(tx, orderId)
    if (change.type === 'address' && !(await isContact(tx, change.contactId))) {
      return refuse('unknown-contact', `there is no contact ${change.contactId}`)
    }
    // A packing report locks its task first: either it sees the hold, or we see that it has packed.
    const tasks = await tx
      .selectFrom('pick_task')
      .select(['id', 'state', 'lines'])
      .where('order_id', '=', orderId)
      .orderBy('id')
      .forUpdate()
      .execute()
    const packed = tasks.find((task) => task.state === 'packed')
    if (packed) return refuse('already-packed', `${packed.id} is packed and with the courier`)
    const open = tasks.filter((task) => OPEN_PICK_TASK_STATES.some((state) => state === task.state))
    const known = new Map(request.tasks.map((task) => [task.fulfilmentId, unitsOf(task.lines)]))
    const isKnown = open.every((task) => known.get(task.id) === unitsOf(task.lines))
    if (!isKnown || open.length !== known.size) {
      return refuse('order-changed', 'a warehouse has just reported; look at the order again')
    }
    if (!(await holdStockWait(tx, orderId, changeId))) {
      return refuse('order-changed', 'stock has just been given to it; look at the order again')
    }
    // Those that share a parcel with it are not to wait, nor to take it along.
    await separateOrder(tx, { orderId, operator: 'system', reason: `change ${changeId}` })
    await tx
      .updateTable('pick_task')
      .set({ change_id: changeId, updated_at: sql`clock_timestamp()` })
      .where('order_id', '=', orderId)
      .where('state', 'in', OPEN_PICK_TASK_STATES)
      .execute()
    return { problem: null }
  })
}

function unitsOf(lines: readonly FulfilmentLine[]): string {
  return JSON.stringify(
    lines.map(({ lineNumber, skuId, quantity }) => [lineNumber, skuId, quantity]).toSorted(),
  )
}

function refuse(reason: ChangeProblem['reason'], detail: string): { problem: ChangeProblem } {
  return { problem: { reason, detail } }
}

async function isContact(tx: Tx, contactId: string): Promise<boolean> {
  const { rows } =
    await sql`select 1 from contact where id::text = ${contactId} and erased_at is null`.execute(tx)
  return rows.length > 0
}

/**
 * Reserves the units by which an order grows, and nothing else: what it holds stays as it is. They are holds like its
 * others, confirmed if those are, so that whatever ends the order gives them back with them.
 */
export async function prepareOrderChange(
  db: Db,
  request: {
    placed: OrderPlaced
    wanted: { lineNumber: number; skuId: string; quantity: number }[]
    operationId: string
  },
): Promise<{ gained: GainedUnits[] | null; problem: ChangeProblem | null }> {
  const { placed, wanted, operationId } = request
  const { orderId } = placed
  return withOperation(db, operationId, async (tx) => {
    await lockOrder(tx, orderId)
    const standing = await standingOf(tx, orderId)
    if (!standing) {
      return { gained: null, ...refuse('order-closed', 'the time to pay is over, the goods are free') }
    }
    const before = await unitsHeld(tx, orderId)
    const result = await reserve(tx, {
      orderId,
      channel: placed.channel,
      divisionCode: placed.divisionCode,
      demand: wanted,
      expiresAt: standing.expiresAt,
      operationId,
      confirmed: standing.isConfirmed,
      operator: 'system',
    })
    if (result.ok) return { gained: moreThan(before, await unitsHeld(tx, orderId)), problem: null }
    const missing = result.shortages.map(
      ({ skuId, requested, available }) => `${skuId}: ${requested} wanted, ${available} there`,
    )
    const { shortages } = result
    return {
      gained: null,
      problem: { reason: 'not-enough-stock' as const, detail: missing.join('; '), shortages },
    }
  })
}

/** By how much holds have grown; what came from a quota goes back to it, if it has to. */
function moreThan(before: readonly GainedUnits[], after: readonly GainedUnits[]): GainedUnits[] {
  return after.flatMap((hold) => {
    const had = before
      .filter(
        (entry) =>
          entry.lineNumber === hold.lineNumber &&
          entry.skuId === hold.skuId &&
          entry.warehouseId === hold.warehouseId &&
          entry.drawnFrom === hold.drawnFrom,
      )
      .reduce((sum, entry) => sum + entry.quantity, 0)
    return hold.quantity > had ? [{ ...hold, quantity: hold.quantity - had }] : []
  })
}

/** How an order holds its goods: paid for, or until a moment; null once the moment has passed. */
async function standingOf(
  tx: Tx,
  orderId: string,
): Promise<{ isConfirmed: boolean; expiresAt: Date } | null> {
  const { rows } = await sql<{ is_confirmed: boolean; expires_at: Date | null; is_over: boolean }>`
    select not coalesce(bool_or(hold.state = 'held'), false) as is_confirmed, min(hold.expires_at) as expires_at,
      orders.status = 'reserved' and coalesce(bool_or(hold.state = 'held' and hold.expires_at <= clock_timestamp()), true)
        as is_over
    from orders left join reservation as hold on hold.order_id = orders.id and hold.state in ('held', 'confirmed')
    where orders.id = ${orderId} group by orders.id`.execute(tx)
  const [holds] = rows
  if (!holds || holds.is_over) return null
  return { isConfirmed: holds.is_confirmed, expiresAt: holds.expires_at ?? new Date() }
}

/**
 * Whether a change was applied, and how, or had ended: who asks first decides, for ever. A worker that lost its place
 * may ask the other question next; it hears the first answer.
 */
export async function settleOrderChange(
  db: Db,
  request: { terms: ChangeTerms | null; operationId: string },
): Promise<{ outcome: 'applied' | 'ended'; terms: ChangeTerms | null }> {
  const { terms, operationId } = request
  return withOperation(db, operationId, async () => ({
    outcome: terms ? ('applied' as const) : ('ended' as const),
    terms,
  }))
}

/**
 * The rows of an applied change, in the transaction of the order's new version; the pick tasks that were withdrawn. Lines, amounts and the contact change
 * through one function of the database, which nothing else calls: the application's role may not write those columns.
 */
export async function applyChange(
  tx: Tx,
  orderId: string,
  write: Extract<OrderWrite, { kind: 'apply_change' }>,
): Promise<{ id: string; warehouse_id: string; lines: FulfilmentLine[] }[]> {
  const { change, lines, freightCents, amountCents, contact, giveBack, withdraw } = write
  const withdrawn = await tx
    .updateTable('pick_task')
    .set({ state: 'withdrawn', recipient: null, updated_at: sql`clock_timestamp()` })
    .where('order_id', '=', orderId)
    .where('id', '=', sql<string>`any(${withdraw}::text[])`)
    .where('state', 'in', OPEN_PICK_TASK_STATES)
    .returning(['id', 'warehouse_id', 'lines'])
    .execute()
  await sql`select hub_change_order(${orderId}::uuid, ${change.changeNumber}, ${JSON.stringify(lines)}::jsonb,
    ${freightCents}, ${amountCents}, ${contact?.contactId ?? null}::uuid, ${contact?.divisionCode ?? null})`.execute(
    tx,
  )
  await shrinkStockWait(tx, orderId)
  await giveBackUnits(tx, {
    orderId,
    units: giveBack,
    operationId: `${orderId}/change/${change.changeId}`,
    operator: 'system',
  })
  return withdrawn
}

/** Lets the warehouses go on with what they had begun: each task stands as it stood. What waits for stock may be served. */
export async function resumePicking(tx: Tx, orderId: string): Promise<void> {
  await tx
    .updateTable('pick_task')
    .set({ change_id: null, updated_at: sql`clock_timestamp()` })
    .where('order_id', '=', orderId)
    .where('state', 'in', OPEN_PICK_TASK_STATES)
    .execute()
  await resumeStockWait(tx, orderId)
}
