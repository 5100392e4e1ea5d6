import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { AllocationShortage, Demand } from '../domain/allocation.ts'
import type { Allocation } from '../domain/order.ts'
import type { PresaleBook, PresaleLine } from '../domain/presale.ts'
import type { Tx } from './database.ts'
import { currentPolicy } from './policy.ts'
import {
  growPresaleHolds,
  insertPresaleHolds,
  lockWaiting,
  openBook,
  type PresaleChange,
  presaleLinesOf,
  shrinkPresaleHolds,
  type WaitingUnits,
  withHolds,
} from './presale-holds.ts'
import {
  decideReservations,
  type ReserveRequest,
  readStock,
  reclaimExpired,
  settleEnded,
  skusHeld,
  skusOf,
  writeReservations,
} from './reservation.ts'
import { lockStock, moveStock } from './stock-movement.ts'

export type ChangeRequest = Omit<ReserveRequest, 'partial'>

/** `presale`: the order's presale lines as they stand now, for its workflow, which waits for their arrival. */
export type ChangeResult =
  | { ok: true; allocations: Allocation[]; presale: PresaleLine[] }
  | { ok: false; shortages: AllocationShortage[] }

/**
 * Brings what an order holds to what it now demands, by the difference only: units that stay are never given back in
 * between, so that no rival can take them. All or none: if the growth cannot be served, nothing changes. A line that
 * is not named is given back whole. Safe to repeat: a second time there is no difference.
 *
 * A line that waits for a presale grows and shrinks in that presale; of one that has come in in part, the units that
 * are not there yet are given back first. A new line is served as at checkout: from stock, or whole from a presale.
 *
 * Give it the state of the order's other holds: `confirmed` for a paid order. The order's row must be locked by the
 * caller, or two changes at once would each see the other's half; lines that are new must have been written.
 *
 * @returns what was added from stock, or what is missing
 */
export async function changeHolds(tx: Tx, request: ChangeRequest): Promise<ChangeResult> {
  const { orderId, operationId, operator } = request
  const skuIds = [...(await skusHeld(tx, orderId)), ...skusOf([request])]
  await lockStock(tx, skuIds)
  await reclaimExpired(tx, skuIds, operationId)
  const waiting = await lockWaiting(tx, orderId, operationId)
  const book = await openBook(tx, skuIds, operationId)
  // Under the locks: what has run out or come in meanwhile is seen as it is now.
  const live = await liveHolds(tx, orderId)

  const had = sumUnits([...live, ...waiting])
  const growth = request.demand.flatMap((line) => {
    const quantity = line.quantity - (had.get(keyOf(line)) ?? 0)
    return quantity > 0 ? [{ ...line, quantity }] : []
  })
  const { grown, shortages, others } = growWaiting(growth, waiting, book)
  const offered = new Map(
    [...book].filter(([skuId]) => others.every((line) => line.skuId !== skuId || !had.has(keyOf(line)))),
  )
  const policy = await currentPolicy(tx, 'allocation')
  const wanted = { ...request, demand: others }
  const stock = await readStock(tx, skusOf([wanted]), operationId)
  const { reclaimed, members } = decideReservations(stock, [wanted], policy, { book: offered })
  const [member] = members
  if (!member) throw new Error('a change was not decided')
  const missing = [...shortages, ...(member.result.ok ? [] : member.result.shortages)]
  await writeReservations(tx, { reclaimed, members: missing.length > 0 ? [] : members })
  if (missing.length > 0 || !member.result.ok) return { ok: false, shortages: missing }

  const moved = { orderId, operationId, operator }
  const surplus = surplusOf(request.demand, had, { live, waiting })
  await shrinkPresaleHolds(tx, surplus.waiting, moved)
  await giveBackStock(tx, surplus.live, moved)
  await growPresaleHolds(tx, grown, moved)
  await insertPresaleHolds(tx, [{ ...request, presale: { lines: withHolds(member.presale, uuid) } }])
  return { ok: true, allocations: member.result.allocations, presale: await presaleLinesOf(tx, orderId) }
}

/** The growth of lines that wait, from their own presale; and the other lines. */
function growWaiting(
  growth: Demand[],
  waiting: readonly WaitingUnits[],
  book: PresaleBook,
): { grown: PresaleChange[]; shortages: AllocationShortage[]; others: Demand[] } {
  const grown: PresaleChange[] = []
  const shortages: AllocationShortage[] = []
  const others: Demand[] = []
  for (const line of growth) {
    const { skuId, quantity } = line
    const hold = waiting.find((entry) => keyOf(entry) === keyOf(line))
    if (!hold) {
      others.push(line)
      continue
    }
    const offer = book.get(skuId)
    const available = offer?.presaleId === hold.presaleId ? offer.left : 0
    if (!offer || available < quantity) {
      shortages.push({ skuId, requested: quantity, available })
      continue
    }
    offer.left -= quantity
    grown.push({ ...hold, units: quantity })
  }
  return { grown, shortages, others }
}

type LiveHold = Awaited<ReturnType<typeof liveHolds>>[number]
type Surplus = { waiting: (PresaleChange & { ends: boolean })[]; live: (LiveHold & { rest: number })[] }

/** What an order no longer demands: units that are not there yet first, then the smallest holds. */
function surplusOf(
  demand: readonly Demand[],
  had: ReadonlyMap<string, number>,
  holds: { live: LiveHold[]; waiting: WaitingUnits[] },
): Surplus {
  const wanted = sumUnits(demand)
  const left = new Map([...had].map(([key, units]) => [key, units - (wanted.get(key) ?? 0)]))
  const take = (hold: LiveHold | WaitingUnits) => {
    const key = keyOf(hold)
    const units = Math.min(hold.quantity, Math.max(0, left.get(key) ?? 0))
    left.set(key, (left.get(key) ?? 0) - units)
    return units
  }
  return {
    waiting: holds.waiting.flatMap((hold) => {
      const units = take(hold)
      return units > 0 ? [{ ...hold, units, ends: !wanted.has(keyOf(hold)) }] : []
    }),
    live: holds.live.flatMap((hold) => {
      const quantity = take(hold)
      return quantity > 0 ? [{ ...hold, quantity, rest: hold.quantity - quantity }] : []
    }),
  }
}

/** Units of one line at one place. `drawnFrom`: the quota that they came from, null: none; left out: whichever. */
export type UnitsToGiveBack = Allocation & { drawnFrom?: string | null }

/**
 * Gives back exactly these units of what an order holds, and no others. What it holds no longer, because it was consumed
 * or released meanwhile, is not given back a second time. The order's row must be locked by the caller.
 */
export async function giveBackUnits(
  tx: Tx,
  request: { orderId: string; units: UnitsToGiveBack[]; operationId: string; operator: string },
): Promise<void> {
  if (request.units.length === 0) return
  await lockStock(
    tx,
    request.units.map((entry) => entry.skuId),
  )
  const live = await liveHolds(tx, request.orderId)
  const left = new Map(live.map((hold) => [hold.id, hold.quantity]))
  for (const { drawnFrom, ...entry } of request.units) {
    let missing = entry.quantity
    const holds = live.filter(
      (hold) =>
        keyOf(hold) === keyOf(entry) &&
        hold.warehouseId === entry.warehouseId &&
        (drawnFrom === undefined || hold.drawnFrom === drawnFrom),
    )
    for (const hold of holds) {
      const has = left.get(hold.id) ?? 0
      const units = Math.min(has, missing)
      left.set(hold.id, has - units)
      missing -= units
    }
  }
  const surplus = live.flatMap((hold) => {
    const rest = left.get(hold.id) ?? 0
    return rest < hold.quantity ? [{ ...hold, quantity: hold.quantity - rest, rest }] : []
  })
  await giveBackStock(tx, surplus, request)
}

/** What an order holds, source by source. */
export async function unitsHeld(
  tx: Tx,
  orderId: string,
): Promise<(Allocation & { drawnFrom: string | null })[]> {
  const holds = await liveHolds(tx, orderId)
  return holds.flatMap(({ lineNumber, skuId, warehouseId, quantity, drawnFrom }) =>
    lineNumber === null ? [] : [{ lineNumber, skuId, warehouseId, quantity, drawnFrom }],
  )
}

async function giveBackStock(
  tx: Tx,
  surplus: Surplus['live'],
  { operationId, operator }: { operationId: string; operator: string },
): Promise<void> {
  for (const { id, rest } of surplus) {
    await tx
      .updateTable('reservation')
      .set(rest > 0 ? { quantity: rest } : { state: 'released' })
      .set({ updated_at: sql`clock_timestamp()` })
      .where('id', '=', id)
      .execute()
  }
  const { movements } = await settleEnded(tx, 'release', surplus, operationId)
  await moveStock(tx, movements, { operationId, operator, physical: false })
}

function keyOf({ lineNumber, skuId }: { lineNumber: number | null; skuId: string }): string {
  return `${lineNumber} ${skuId}`
}

function sumUnits(lines: readonly { lineNumber: number | null; skuId: string; quantity: number }[]) {
  const units = new Map<string, number>()
  for (const line of lines) units.set(keyOf(line), (units.get(keyOf(line)) ?? 0) + line.quantity)
  return units
}

/** An order's live holds, the smallest first: giving those back saves a parcel soonest. */
function liveHolds(tx: Tx, orderId: string) {
  return tx
    .selectFrom('reservation')
    .select([
      'id',
      'line_number as lineNumber',
      'sku_id as skuId',
      'warehouse_id as warehouseId',
      'quantity',
      'order_id as orderId',
      'drawn_from as drawnFrom',
    ])
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .orderBy('quantity')
    .orderBy('id')
    .execute()
}
