import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type {
  ArrivalAnswer,
  ArrivalBody,
  ChangePresaleBody,
  ClosePresaleBody,
  CreatePresaleBody,
} from '../contracts/presales.ts'
import type { Allocation } from '../domain/order.ts'
import { type GivenUpUnits, type PresaleArrival, type PresaleState, serveInOrder } from '../domain/presale.ts'
import type { Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { appendInboxAll } from './inbox.ts'
import { onceInTransaction } from './operation.ts'
import { movePresales, reclaimPresaleHolds } from './presale-holds.ts'
import { writeReservations } from './reservation.ts'
import { adjustStock } from './stock.ts'
import { lockStock, type MovedBy } from './stock-movement.ts'

/**
 * Opens a presale: units that may be promised before they are there. A SKU has one open presale at a time.
 *
 * @throws ProblemError `unknown-sku`, `unknown-warehouse`, `presale-open`, `invalid-request` for a window that is over
 */
export async function createPresale(
  tx: Tx,
  input: MovedBy & { presaleId: string; body: CreatePresaleBody },
): Promise<void> {
  const { presaleId, body, operationId, operator } = input
  const { skuId, warehouseId, quantity, expectedOn, opensAt, closesAt } = body
  await requireWarehouse(tx, warehouseId)
  await requireWindow(tx, body)
  const sku = await tx
    .selectFrom('sku')
    .select('id')
    .where('id', '=', skuId)
    .where('active', '=', true)
    .executeTakeFirst()
  if (!sku) throw unknown('unknown-sku', 'skuId', skuId)
  // The row by which everybody who touches this SKU waits for each other, see presale-holds.ts.
  await adjustStock(tx, {
    adjustments: [{ skuId, warehouseId, quantityDelta: 0 }],
    operationId,
    operator,
    reason: 'a presale opens',
  })
  const { rows } = await sql<{ id: string }>`
    insert into presale (id, sku_id, warehouse_id, expected_on, opens_at, closes_at, created_by)
    values (${presaleId}, ${skuId}, ${warehouseId}, ${expectedOn}::date,
      coalesce(${opensAt ?? null}::timestamptz, statement_timestamp()), ${closesAt}::timestamptz, ${operator})
    on conflict (sku_id) where state = 'open' do nothing
    returning id`.execute(tx)
  if (rows.length === 0) throw new ProblemError('presale-open', `${skuId} has an open presale already`)
  await movePresales(tx, [{ presaleId, kind: 'open', promisedDelta: quantity, operationId, operator }])
}

/**
 * Changes how many units are promised, never below what is sold or has come in, and the day they are expected on.
 *
 * @throws ProblemError `not-found`, `presale-over`, `presale-below-sold` with the lowest possible quantity
 */
export async function changePresale(
  tx: Tx,
  input: MovedBy & { presaleId: string; body: ChangePresaleBody },
): Promise<void> {
  const { presaleId, body, operationId, operator } = input
  const presale = await lockPresale(tx, presaleId)
  const by = { presaleId, operationId, operator, reason: body.reason }
  if (body.quantity !== undefined && body.quantity !== presale.promised) {
    if (presale.state !== 'open') throw over(presale.state)
    const lowest = presale.sold + presale.freed
    if (body.quantity < lowest) {
      throw new ProblemError('presale-below-sold', `${lowest} units are sold or have come in`, {
        extra: { lowest },
      })
    }
    const promisedDelta = body.quantity - presale.promised
    await movePresales(tx, [{ ...by, kind: promisedDelta > 0 ? 'raise' : 'lower', promisedDelta }])
    await endIfArrived(tx, presaleId)
  }
  if (body.expectedOn !== undefined && body.expectedOn !== presale.expectedOn) {
    if (presale.state === 'arrived') throw over(presale.state)
    await sql`update presale set expected_on = ${body.expectedOn}::date where id = ${presaleId}`.execute(tx)
    const reason = `${presale.expectedOn} → ${body.expectedOn}: ${body.reason}`
    await movePresales(tx, [{ ...by, kind: 'reschedule', reason }])
    const { rows } = await sql<{ orderId: string }>`
      select distinct order_id as "orderId" from presale_hold
      where presale_id = ${presaleId} and state in ('waiting', 'served')`.execute(tx)
    await noteHealthDue(
      tx,
      'order',
      rows.map(({ orderId }) => orderId),
    )
  }
}

/**
 * Sells no more of a presale. Orders that wait are still served, or, if the goods will not come in, given up: those that
 * have paid lose their holds and hear of it. Who may still pay keeps the hold until then; give up once more after that.
 *
 * @throws ProblemError `not-found`, `presale-over`
 */
export async function closePresale(
  tx: Tx,
  input: MovedBy & { presaleId: string; body: ClosePresaleBody; traceParent: string | null },
): Promise<void> {
  const { presaleId, body, operationId, operator } = input
  const { skuId } = await findPresaleRow(tx, presaleId)
  await lockStock(tx, [skuId])
  const presale = await lockPresale(tx, presaleId)
  if (presale.state === 'arrived' || (presale.state === 'closed' && !body.giveUpWaiting)) {
    throw over(presale.state)
  }
  await tx.updateTable('presale').set({ state: 'closed' }).where('id', '=', presaleId).execute()
  const by = { presaleId, operationId, operator, reason: body.reason }
  await movePresales(tx, [{ ...by, kind: 'close' }])
  if (!body.giveUpWaiting) return
  const holds = (await lockQueue(tx, presaleId)).filter((hold) => hold.confirmed)
  await sql`
    update presale_hold set state = 'released', updated_at = clock_timestamp()
    where id = any(${holds.map((hold) => hold.holdId)}::uuid[])`.execute(tx)
  await movePresales(
    tx,
    holds.map(({ orderId, waiting }) => ({ ...by, kind: 'release', soldDelta: -waiting, orderId })),
  )
  await tellOrders(
    tx,
    input,
    'presale.given_up',
    holds.map(({ orderId, holdId, lineNumber, waiting }) => ({
      orderId,
      units: { holdId, lineNumber, skuId, quantity: waiting },
    })),
  )
}

/**
 * Presale units came in: they become stock, and in the same transaction orders that wait get theirs, who paid first
 * first, then those whose time to pay still runs. An order's units are held for it as any stock is; its workflow hears
 * of them through the inbox. What nobody waits for is free stock. `inStock`: they have become stock already.
 *
 * The same operation again changes nothing and gets the first answer.
 *
 * @throws ProblemError `not-found`, `unknown-warehouse`, `presale-over` when everything promised has come in
 */
export async function receiveArrival(
  tx: Tx,
  input: MovedBy & { presaleId: string; body: ArrivalBody; traceParent: string | null },
): Promise<ArrivalAnswer> {
  return onceInTransaction(tx, input.operationId, async () => {
    const { presaleId, body, operationId, operator } = input
    const { skuId } = await findPresaleRow(tx, presaleId)
    await requireWarehouse(tx, body.warehouseId)
    const { warehouseId, quantity } = body
    if (body.inStock) await lockStock(tx, [skuId])
    else {
      await adjustStock(tx, {
        adjustments: [{ skuId, warehouseId, quantityDelta: quantity }],
        operationId,
        operator,
        reason: `presale arrival: ${body.reason}`,
      })
    }
    const presale = await lockPresale(tx, presaleId)
    if (presale.state === 'arrived') throw over(presale.state)
    await reclaimPresaleHolds(tx, [presaleId], operationId)
    // Units that a shortfall of this warehouse has swallowed, or that were sold as ordinary stock, serve nobody.
    const units = Math.min(quantity, await availableAt(tx, skuId, warehouseId))
    const served = serveInOrder(await lockQueue(tx, presaleId), units)
    await serve(tx, input, { skuId, served })
    const servedUnits = served.reduce((sum, hold) => sum + hold.units, 0)
    const { promised, sold, freed } = await findPresaleRow(tx, presaleId)
    const freedUnits = Math.min(quantity - servedUnits, promised - sold - freed)
    const by = { presaleId, operationId, operator, reason: body.reason }
    await movePresales(tx, [
      ...served.map(({ orderId, units: servedDelta }) => ({
        ...by,
        kind: 'serve' as const,
        servedDelta,
        orderId,
      })),
      ...(freedUnits > 0 ? [{ ...by, kind: 'free' as const, freedDelta: freedUnits }] : []),
    ])
    await endIfArrived(tx, presaleId)
    const orders = new Set(served.map((hold) => hold.orderId)).size
    return { presaleId, quantity, servedUnits, servedOrders: orders, freeUnits: quantity - servedUnits }
  })
}

type WaitingHold = {
  holdId: string
  orderId: string
  lineNumber: number
  confirmed: boolean
  expiresAt: Date
  waiting: number
}

/** Everybody who waits: those who have paid by that time, then those who may still pay by the time of their order. */
async function lockQueue(tx: Tx, presaleId: string): Promise<WaitingHold[]> {
  // A payment locks the holds of one order by line: the same order here, so that neither blocks the other.
  await sql`
    select 1 from presale_hold where presale_id = ${presaleId} and state in ('held', 'waiting')
    order by order_id, line_number for update`.execute(tx)
  const { rows } = await sql<WaitingHold>`
    select id as "holdId", order_id as "orderId", line_number as "lineNumber", state = 'waiting' as confirmed,
      expires_at as "expiresAt", quantity - served as waiting
    from presale_hold where presale_id = ${presaleId} and state in ('held', 'waiting')
    order by paid_at nulls last, created_at, order_id, line_number`.execute(tx)
  return rows
}

/** Turns presale holds into holds on stock, and tells the orders' workflows. */
async function serve(
  tx: Tx,
  input: MovedBy & { body: ArrivalBody; traceParent: string | null },
  { skuId, served }: { skuId: string; served: (WaitingHold & { units: number })[] },
): Promise<void> {
  if (served.length === 0) return
  const { operationId, operator, body } = input
  const { warehouseId } = body
  await sql`
    update presale_hold as hold set served = hold.served + given.units, updated_at = clock_timestamp(),
      state = case when hold.served + given.units = hold.quantity then 'served' else hold.state end
    from unnest(${served.map((hold) => hold.holdId)}::uuid[], ${served.map((hold) => hold.units)}::int[])
      as given (id, units)
    where hold.id = given.id`.execute(tx)
  const granted = served.map(({ holdId, orderId, lineNumber, units, confirmed, expiresAt }) => ({
    orderId,
    confirmed,
    expiresAt,
    arrival: { holdId, lineNumber, skuId, warehouseId, quantity: units } satisfies PresaleArrival,
  }))
  await writeReservations(tx, {
    reclaimed: [],
    members: granted.map(({ orderId, confirmed, expiresAt, arrival }) => ({
      request: {
        orderId,
        channel: '',
        divisionCode: '',
        demand: [],
        expiresAt,
        operationId,
        confirmed,
        operator,
      },
      result: { ok: true, allocations: [allocationOf(arrival)] },
      drawn: { holds: [{ ...allocationOf(arrival), drawnFrom: null }], given: [] },
      presale: [],
      decision: null,
    })),
  })
  await tellOrders(
    tx,
    input,
    'presale.arrived',
    granted.map(({ orderId, arrival }) => ({ orderId, units: arrival })),
  )
}

/** One message an order, through the inbox, of what has become of its presale units. */
async function tellOrders(
  tx: Tx,
  { operationId, operator, traceParent }: MovedBy & { traceParent: string | null },
  type: 'presale.arrived' | 'presale.given_up',
  news: { orderId: string; units: GivenUpUnits }[],
): Promise<void> {
  const byOrder = new Map<string, GivenUpUnits[]>()
  for (const { orderId, units } of news) byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), units])
  const occurredAt = new Date()
  await appendInboxAll(
    tx,
    [...byOrder].map(([orderId, units]) => ({
      source: 'presales',
      sourceEventId: `${operationId}/${orderId}`,
      type,
      orderKey: orderId,
      occurredAt,
      body: { units, operator },
      traceParent,
    })),
  )
}

function allocationOf({ lineNumber, skuId, warehouseId, quantity }: PresaleArrival): Allocation {
  return { lineNumber, skuId, warehouseId, quantity }
}

async function availableAt(tx: Tx, skuId: string, warehouseId: string): Promise<number> {
  const { rows } = await sql<{ available: number }>`
    select greatest(0, total - shipped - reserved) as available from stock_level
    where sku_id = ${skuId} and warehouse_id = ${warehouseId}`.execute(tx)
  return rows[0]?.available ?? 0
}

async function endIfArrived(tx: Tx, presaleId: string): Promise<void> {
  await sql`
    update presale set state = 'arrived' where id = ${presaleId} and state <> 'arrived' and served = sold
      and served + freed >= promised`.execute(tx)
}

type PresaleRow = {
  skuId: string
  state: PresaleState
  promised: number
  sold: number
  freed: number
  expectedOn: string
}

async function findPresaleRow(tx: Tx, presaleId: string): Promise<PresaleRow> {
  const row = await tx
    .selectFrom('presale')
    .select(['sku_id as skuId', 'state', 'promised', 'sold', 'freed'])
    .select(sql<string>`expected_on::text`.as('expectedOn'))
    .where('id', '=', presaleId)
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no presale ${presaleId}`)
  return row
}

async function lockPresale(tx: Tx, presaleId: string): Promise<PresaleRow> {
  await sql`select 1 from presale where id = ${presaleId} for no key update`.execute(tx)
  return findPresaleRow(tx, presaleId)
}

async function requireWarehouse(tx: Tx, warehouseId: string): Promise<void> {
  const row = await tx
    .selectFrom('warehouse')
    .select('id')
    .where('id', '=', warehouseId)
    .where('active', '=', true)
    .executeTakeFirst()
  if (!row) throw unknown('unknown-warehouse', 'warehouseId', warehouseId)
}

async function requireWindow(tx: Tx, { opensAt, closesAt }: CreatePresaleBody): Promise<void> {
  const { rows } = await sql<{ open: boolean }>`
    select ${closesAt}::timestamptz > greatest(${opensAt ?? null}::timestamptz, statement_timestamp()) as open`.execute(
    tx,
  )
  if (rows[0]?.open) return
  const fields = [{ field: 'closesAt', message: 'must be after opensAt, and not over already' }]
  throw new ProblemError('invalid-request', undefined, { fields })
}

function unknown(code: 'unknown-sku' | 'unknown-warehouse', field: string, value: string): ProblemError {
  return new ProblemError(code, undefined, {
    fields: [{ field, message: `${value} is not known or not active` }],
  })
}

function over(state: PresaleState): ProblemError {
  return new ProblemError('presale-over', `the presale is ${state}`)
}
