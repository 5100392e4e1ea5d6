import { sql } from 'kysely'
import type { OrderPresale, PresaleBook, PresaleLine, PresaleUnits } from '../domain/presale.ts'
import type { Tx } from './database.ts'
import type { PresaleMovementKind } from './schema.ts'
import type { MovedBy } from './stock-movement.ts'

/*
 * Locks: order row → stock rows → presale rows (by SKU, then id) → presale holds (by order, line) → reservations.
 * A presale's SKU has a stock row from its creation on, so that whoever has locked the SKU's stock is alone with it.
 * Counters of a presale change under its row's lock only; whether an order has paid changes under its holds' locks.
 */

/** One movement of a presale's counters. Deltas that are left out are 0. */
export type PresaleMovement = MovedBy & {
  presaleId: string
  kind: PresaleMovementKind
  promisedDelta?: number
  soldDelta?: number
  servedDelta?: number
  freedDelta?: number
  orderId?: string | null
  reason?: string | null
}

/** Applies movements to the counters and writes the ledger, one row a movement. The presales must be locked. */
export async function movePresales(tx: Tx, movements: PresaleMovement[]): Promise<void> {
  if (movements.length === 0) return
  const column = <Value>(value: (movement: PresaleMovement) => Value) => movements.map(value)
  await sql`
    with movement as (
      select * from unnest(${column((movement) => movement.presaleId)}::uuid[],
        ${column((movement) => movement.kind)}::text[],
        ${column((movement) => movement.promisedDelta ?? 0)}::int[],
        ${column((movement) => movement.soldDelta ?? 0)}::int[],
        ${column((movement) => movement.servedDelta ?? 0)}::int[],
        ${column((movement) => movement.freedDelta ?? 0)}::int[],
        ${column((movement) => movement.operationId)}::text[], ${column((movement) => movement.orderId ?? null)}::uuid[],
        ${column((movement) => movement.operator)}::text[], ${column((movement) => movement.reason ?? null)}::text[])
        with ordinality as movement (presale_id, kind, promised, sold, served, freed, operation_id, order_id, operator,
          reason, place)
    ), changed as (
      update presale set promised = presale.promised + change.promised, sold = presale.sold + change.sold,
        served = presale.served + change.served, freed = presale.freed + change.freed, updated_at = clock_timestamp()
      from (select presale_id, sum(promised)::int as promised, sum(sold)::int as sold, sum(served)::int as served,
        sum(freed)::int as freed from movement group by presale_id) as change
      where presale.id = change.presale_id
    )
    insert into presale_ledger (presale_id, kind, promised_delta, sold_delta, served_delta, freed_delta, operation_id,
      order_id, operator, reason)
    select presale_id, kind, promised, sold, served, freed, operation_id, order_id, operator, reason
    from movement order by place`.execute(tx)
}

/**
 * What the open presales of these SKUs can still promise, under their locks. Holds whose time is over are taken back
 * first. The stock rows of the SKUs must be locked.
 */
export async function openBook(tx: Tx, skuIds: readonly string[], operationId: string): Promise<PresaleBook> {
  if (skuIds.length === 0) return new Map()
  const { rows: locked } = await sql<{ id: string }>`
    select id from presale where sku_id = any(${skuIds}::text[]) and state = 'open' order by sku_id, id
    for no key update`.execute(tx)
  if (locked.length === 0) return new Map()
  const ids = locked.map((row) => row.id)
  await reclaimPresaleHolds(tx, ids, operationId)
  // A statement of its own: its snapshot is younger than the locks.
  const { rows } = await sql<{ skuId: string; presaleId: string; expectedOn: string; left: number }>`
    select sku_id as "skuId", id as "presaleId", expected_on::text as "expectedOn", promised - sold - freed as left
    from presale where id = any(${ids}::uuid[]) and opens_at <= statement_timestamp()
      and closes_at > statement_timestamp()`.execute(tx)
  return new Map(rows.map(({ skuId, ...presale }) => [skuId, presale]))
}

/** Takes back the holds whose time is over. The presales must be locked, by an earlier statement. */
export async function reclaimPresaleHolds(tx: Tx, presaleIds: string[], operationId: string): Promise<void> {
  const { rows } = await sql<EndedHold>`
    with over as (
      select id from presale_hold where presale_id = any(${presaleIds}::uuid[]) and state = 'held'
        and expires_at <= statement_timestamp()
      order by order_id, line_number for update
    )
    update presale_hold as hold set state = 'expired', updated_at = clock_timestamp() from over where hold.id = over.id
    returning hold.presale_id as "presaleId", hold.order_id as "orderId", hold.quantity - hold.served as units`.execute(
    tx,
  )
  await giveBack(tx, rows, { kind: 'expire', operationId, operator: 'system' })
}

type EndedHold = { presaleId: string; orderId: string; units: number }

async function giveBack(
  tx: Tx,
  ended: EndedHold[],
  moved: MovedBy & { kind: 'expire' | 'release' },
): Promise<void> {
  await movePresales(
    tx,
    ended.map(({ presaleId, orderId, units }) => ({ ...moved, presaleId, orderId, soldDelta: -units })),
  )
}

/** Units of one order, taken from presales that are locked. */
export type TakenUnits = MovedBy & {
  orderId: string
  expiresAt: Date
  /** Paid already. */
  confirmed: boolean
  presale: Pick<OrderPresale, 'lines'>
}

/** Writes holds for what was taken from the book. The order lines must exist. */
export async function insertPresaleHolds(tx: Tx, orders: TakenUnits[]): Promise<void> {
  const holds = orders.flatMap(({ presale, ...order }) =>
    presale.lines.map((line) => ({
      id: line.holdId,
      presale_id: line.presaleId,
      order_id: order.orderId,
      line_number: line.lineNumber,
      quantity: line.quantity,
      state: order.confirmed ? ('waiting' as const) : ('held' as const),
      expires_at: order.expiresAt,
      operation_id: order.operationId,
      operator: order.operator,
    })),
  )
  if (holds.length === 0) return
  await sql`
    insert into presale_hold (id, presale_id, order_id, line_number, quantity, state, expires_at, paid_at, operation_id)
    select id, presale_id, order_id, line_number, quantity, state, expires_at,
      case state when 'waiting' then clock_timestamp() end, operation_id
    from json_to_recordset(${JSON.stringify(holds)}::json) as hold (id uuid, presale_id uuid, order_id uuid,
      line_number int, quantity int, state text, expires_at timestamptz, operation_id text)`.execute(tx)
  await movePresales(
    tx,
    holds.map(({ presale_id, order_id, quantity, operation_id, operator }) => ({
      kind: 'sell' as const,
      presaleId: presale_id,
      orderId: order_id,
      soldDelta: quantity,
      operationId: operation_id,
      operator,
    })),
  )
}

/** Locks what an order has from presales; before its reservations. */
export async function lockPresaleHolds(tx: Tx, orderId: string): Promise<void> {
  await sql`
    select 1 from presale_hold where order_id = ${orderId} and state in ('held', 'waiting')
    order by line_number for update`.execute(tx)
}

/** SKUs of which an order waits for presale units: an arrival may turn them into stock at any moment. */
export async function presaleSkusOf(tx: Tx, orderId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('presale_hold')
    .innerJoin('presale', 'presale.id', 'presale_hold.presale_id')
    .select('sku_id')
    .where('order_id', '=', orderId)
    .where('presale_hold.state', 'in', ['held', 'waiting'])
    .execute()
  return rows.map((row) => row.sku_id)
}

/** Gives back what an order still has from presales. The stock rows of those SKUs must be locked. */
export async function releasePresaleHolds(
  tx: Tx,
  request: MovedBy & { orderId: string; kind: 'release' | 'expire' },
): Promise<void> {
  const { orderId, kind, operationId, operator } = request
  if ((await lockPresalesOf(tx, orderId)).length === 0) return
  const { rows } = await sql<EndedHold>`
    update presale_hold set state = ${kind === 'expire' ? 'expired' : 'released'}, updated_at = clock_timestamp()
    where order_id = ${orderId} and state in ('held', 'waiting')
    returning presale_id as "presaleId", order_id as "orderId", quantity - served as units`.execute(tx)
  await giveBack(tx, rows, { kind, operationId, operator })
}

async function lockPresalesOf(tx: Tx, orderId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from presale where id in (
      select presale_id from presale_hold where order_id = ${orderId} and state in ('held', 'waiting'))
    order by sku_id, id for no key update`.execute(tx)
  return rows.map((row) => row.id)
}

/** Units of a line that have not come in yet. */
export type WaitingUnits = {
  holdId: string
  presaleId: string
  lineNumber: number
  skuId: string
  quantity: number
}
/** By how many units a hold grows or shrinks. */
export type PresaleChange = WaitingUnits & { units: number }
type ChangedBy = MovedBy & { orderId: string }

/**
 * What an order waits for, with its presales and holds locked; holds whose time is over are taken back first. The stock
 * rows of the SKUs must be locked.
 */
export async function lockWaiting(tx: Tx, orderId: string, operationId: string): Promise<WaitingUnits[]> {
  const presaleIds = await lockPresalesOf(tx, orderId)
  if (presaleIds.length === 0) return []
  await reclaimPresaleHolds(tx, presaleIds, operationId)
  await lockPresaleHolds(tx, orderId)
  const { rows } = await sql<WaitingUnits>`
    select hold.id as "holdId", presale_id as "presaleId", line_number as "lineNumber", sku_id as "skuId",
      quantity - hold.served as quantity
    from presale_hold as hold join presale on presale.id = presale_id
    where order_id = ${orderId} and hold.state in ('held', 'waiting') order by line_number`.execute(tx)
  return rows
}

/** Adds units to holds, which keep their place in the queue. They must have been taken from the open book. */
export async function growPresaleHolds(tx: Tx, changes: PresaleChange[], moved: ChangedBy): Promise<void> {
  await sql`
    update presale_hold as hold set quantity = hold.quantity + more.units, updated_at = clock_timestamp()
    from unnest(${changes.map((change) => change.holdId)}::uuid[], ${changes.map((change) => change.units)}::int[])
      as more (id, units)
    where hold.id = more.id`.execute(tx)
  await movePresales(
    tx,
    changes.map(({ presaleId, units }) => ({ ...moved, kind: 'sell', presaleId, soldDelta: units })),
  )
}

/**
 * Gives units back that have not come in. What is left of a hold is served where all of it had come in; the hold of a
 * line that `ends` is released, whatever had come in for it.
 */
export async function shrinkPresaleHolds(
  tx: Tx,
  changes: (PresaleChange & { ends: boolean })[],
  moved: ChangedBy,
): Promise<void> {
  const [ending, shrinking] = [
    changes.filter((change) => change.ends),
    changes.filter((change) => !change.ends),
  ]
  await sql`
    update presale_hold set state = 'released', updated_at = clock_timestamp()
    where id = any(${ending.map((change) => change.holdId)}::uuid[])`.execute(tx)
  await sql`
    update presale_hold as hold set updated_at = clock_timestamp(),
      quantity = case when hold.quantity = less.units then hold.quantity else hold.quantity - less.units end,
      state = case when hold.quantity = less.units then 'released'
        when hold.quantity - less.units = hold.served then 'served' else hold.state end
    from unnest(${shrinking.map((change) => change.holdId)}::uuid[], ${shrinking.map((change) => change.units)}::int[])
      as less (id, units)
    where hold.id = less.id`.execute(tx)
  await movePresales(
    tx,
    changes.map(({ presaleId, units }) => ({ ...moved, kind: 'release', presaleId, soldDelta: -units })),
  )
}

/** What presales promise an order or have brought it, line by line. */
export async function presaleLinesOf(tx: Tx, orderId: string): Promise<PresaleLine[]> {
  const { rows } = await sql<PresaleLine>`
    select hold.id as "holdId", line_number as "lineNumber", sku_id as "skuId", quantity, presale_id as "presaleId",
      expected_on::text as "expectedOn"
    from presale_hold as hold join presale on presale.id = presale_id
    where order_id = ${orderId} and hold.state in ('held', 'waiting', 'served') order by line_number, hold.id`.execute(
    tx,
  )
  return rows
}

/** Units as they were taken, each under a new hold. */
export function withHolds(units: readonly PresaleUnits[], newId: () => string): OrderPresale['lines'] {
  return units.map((line) => ({ ...line, holdId: newId() }))
}
