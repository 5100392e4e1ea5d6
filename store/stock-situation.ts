import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { StockWaitView } from '../contracts/channel-orders.ts'
import { ProblemError } from '../contracts/errors.ts'
import { distanceKilometres } from '../domain/division.ts'
import type { Allocation } from '../domain/order.ts'
import {
  type IncomingUnits,
  stockChoices,
  type TransferOffer,
  type WarehouseOffer,
} from '../domain/stock-choices.ts'
import type { Db, Tx } from './database.ts'
import { turnOfWait } from './owed-units.ts'
import { type CurrentPolicy, currentPolicy } from './policy.ts'
import { decideReservations, type ReserveRequest, readStock, reclaimExpired } from './reservation.ts'
import { lockStock } from './stock-movement.ts'
import { waitingDemand } from './stock-waits.ts'
import { sourceTransfer } from './transfer-sourcing.ts'

/** SKUs for which sources of a transfer are looked for at once; more are asked for one by one at `/v1/transfers`. */
const MOST_TRANSFERS = 20
/** Destinations that are tried for one SKU. */
const MOST_DESTINATIONS = 3

/**
 * The same for somebody who only looks: read under the locks of a reservation, by the code that would reserve, and
 * rolled back.
 *
 * @throws ProblemError `order-not-waiting`
 */
export async function showStockWait(db: Db, orderId: string): Promise<StockWaitView> {
  const tx = await db.startTransaction().execute()
  try {
    return await readStockWait(tx, orderId)
  } finally {
    await tx.rollback().execute()
  }
}

/**
 * What an order waits for, where it is, and what can be decided about it. It locks the stock of the order's SKUs.
 *
 * @param destinationId where missing units are wanted; by default the warehouse that could send most of the rest
 * @throws ProblemError `order-not-waiting`
 */
export async function readStockWait(tx: Tx, orderId: string, destinationId?: string): Promise<StockWaitView> {
  const wait = await tx
    .selectFrom('stock_wait')
    .select(['paid_at', 'look_again_at'])
    .where('order_id', '=', orderId)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (!wait) throw new ProblemError('order-not-waiting')
  const wanted = await waitingDemand(tx, orderId)
  const policy = await currentPolicy(tx, 'allocation')
  const plans = await plan(tx, wanted, policy)
  const lines = wanted.demand.map((line) => ({ ...line, served: unitsOf(plans.partial, line.lineNumber) }))
  const isWithinReach = ({ kilometres }: WarehouseOffer) =>
    kilometres === null ||
    policy.document.maxDistanceKilometres === null ||
    kilometres <= policy.document.maxDistanceKilometres
  const destinations =
    destinationId !== undefined
      ? [destinationId]
      : byUnits(plans.warehouses.filter(isWithinReach), plans.partial).slice(0, MOST_DESTINATIONS)
  const skuIds = [...new Set(wanted.demand.map((line) => line.skuId))]
  const situation = {
    isPaid: wait.paid_at !== null,
    isOnDelivery: await isOnDelivery(tx, orderId),
    lines,
    warehouses: plans.warehouses.filter((offer) => offer.units.length > 0),
    withoutLimits: plans.withoutLimits,
    transfers: await transfersFor(tx, lines, destinations),
    incoming: await incomingOf(tx, skuIds),
    ordersAhead: await ordersAhead(tx, orderId),
  }
  const openChange = await findOpenChange(tx, orderId)
  const { isPaid, warehouses, transfers, incoming, ordersAhead: ahead } = situation
  return {
    ...{ orderId, isPaid, openChange, lines, transfers, incoming, ordersAhead: ahead },
    warehouses: warehouses.map((offer) => ({ ...offer, units: [...offer.units] })),
    lookAgainAt: wait.look_again_at?.toISOString() ?? null,
    choices: stockChoices({ ...situation, openChange: openChange?.changeNumber ?? null }),
  }
}

type Plans = {
  partial: readonly Allocation[]
  withoutLimits: readonly Allocation[] | null
  warehouses: WarehouseOffer[]
}

/** What would be given now: by the policy as far as it goes, and by every warehouse if its limits did not count. */
async function plan(
  tx: Tx,
  wanted: Awaited<ReturnType<typeof waitingDemand>>,
  policy: CurrentPolicy<'allocation'>,
): Promise<Plans> {
  const skuIds = wanted.demand.map((line) => line.skuId)
  const operationId = `${wanted.orderId}/stock-situation/${uuid()}`
  await lockStock(tx, skuIds)
  await reclaimExpired(tx, skuIds, operationId)
  // Without what is owed to those ahead of it.
  const stock = await readStock(tx, skuIds, operationId, wanted.orderId)
  const request: ReserveRequest = {
    ...wanted,
    ...{ expiresAt: new Date(), operationId, confirmed: true, operator: 'preview' },
  }
  const decide = (how: Partial<ReserveRequest>) => {
    // A plan takes its units from the levels that it is given.
    const { members } = decideReservations(structuredClone(stock), [{ ...request, ...how }], policy)
    const result = members[0]?.result
    return result?.ok ? result.allocations : null
  }
  const everywhere = stock.warehouses.map((entry) => entry.warehouseId)
  const { rows: names } = await sql<{ id: string; name: string }>`
    select id, name from warehouse where id = any(${everywhere}::text[])`.execute(tx)
  const nameOf = new Map(names.map((row) => [row.id, row.name]))
  const { point } = wanted.place
  const warehouses = stock.warehouses.map((entry): WarehouseOffer => {
    const { warehouseId } = entry
    const units = [...stock.levels.values()]
      .flat()
      .filter((level) => level.warehouseId === warehouseId && level.available > 0)
      .map(({ skuId, available }) => ({ skuId, quantity: available }))
    const kilometres = point && distanceKilometres(point, entry)
    return { warehouseId, name: nameOf.get(warehouseId) ?? warehouseId, kilometres, units }
  })
  return {
    partial: decide({ partial: true }) ?? [],
    withoutLimits: decide({ chosenWarehouses: everywhere }),
    warehouses: warehouses.sort((a, b) => (a.kilometres ?? 0) - (b.kilometres ?? 0)),
  }
}

function unitsOf(allocations: readonly Allocation[], lineNumber: number): number {
  return allocations.reduce((sum, entry) => (entry.lineNumber === lineNumber ? sum + entry.quantity : sum), 0)
}

/** Where most of the rest would come from first: what is brought there leaves in the same parcel. Then the nearest. */
function byUnits(offers: readonly WarehouseOffer[], partial: readonly Allocation[]): string[] {
  const units = (warehouseId: string) =>
    partial.reduce((sum, entry) => (entry.warehouseId === warehouseId ? sum + entry.quantity : sum), 0)
  return offers
    .toSorted((a, b) => units(b.warehouseId) - units(a.warehouseId))
    .map((offer) => offer.warehouseId)
}

async function transfersFor(
  tx: Tx,
  lines: readonly { skuId: string; quantity: number; served: number }[],
  destinations: readonly string[],
): Promise<StockWaitView['transfers']> {
  const missing = new Map<string, number>()
  for (const { skuId, quantity, served } of lines) {
    if (quantity > served) missing.set(skuId, (missing.get(skuId) ?? 0) + quantity - served)
  }
  const offers: StockWaitView['transfers'] = []
  for (const [skuId, quantity] of [...missing].slice(0, MOST_TRANSFERS)) {
    const offer = await transferFor(tx, { skuId, quantity }, destinations)
    if (offer) offers.push({ ...offer, sources: [...offer.sources] })
  }
  return offers
}

/** To the first destination that a source may send to; to the first of all, with nobody to send it, where there is none. */
async function transferFor(
  tx: Tx,
  missing: { skuId: string; quantity: number },
  destinations: readonly string[],
): Promise<TransferOffer | null> {
  for (const destinationId of destinations) {
    const { result } = await sourceTransfer(tx, { ...missing, destinationId })
    if (!result.ok) continue
    const sources = result.proposal.legs.map(({ sourceId, quantity }) => ({ sourceId, quantity }))
    return { ...missing, warehouseId: destinationId, sources }
  }
  const [first] = destinations
  return first === undefined ? null : { ...missing, warehouseId: first, sources: [] }
}

async function incomingOf(tx: Tx, skuIds: readonly string[]): Promise<IncomingUnits[]> {
  const { rows } = await sql<IncomingUnits>`
    select transfer.id as "transferId", transfer.status, transfer.sku_id as "skuId",
      transfer.destination_id as "warehouseId", (transfer.quantity - coalesce(ended.units, 0))::int as quantity
    from transfer left join lateral (
      select sum(received + lost + returned) as units from transfer_leg where transfer_id = transfer.id) as ended on true
    where transfer.sku_id = any(${[...skuIds]}::text[]) and transfer.closed_at is null
      and transfer.quantity > coalesce(ended.units, 0)
    order by transfer.created_at limit 50`.execute(tx)
  return rows
}

async function ordersAhead(tx: Tx, orderId: string): Promise<number> {
  const { rows } = await sql<{ ahead: number }>`
    select count(distinct other.order_id)::int as ahead
    from stock_wait as own join stock_wait_line as line using (order_id)
      join stock_wait_line as other_line on other_line.sku_id = line.sku_id and other_line.waiting
      join stock_wait as other on other.order_id = other_line.order_id
    where own.order_id = ${orderId} and line.waiting and other.order_id <> own.order_id
      and ${turnOfWait('other')} < ${turnOfWait('own')}`.execute(tx)
  return rows[0]?.ahead ?? 0
}

async function isOnDelivery(tx: Tx, orderId: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select coalesce(bool_or((canonical -> 'cashOnDelivery')::boolean), false) as found
    from channel_order where order_id = ${orderId}`.execute(tx)
  return rows[0]?.found ?? false
}

async function findOpenChange(
  tx: Tx,
  orderId: string,
): Promise<{ changeId: string; changeNumber: string } | null> {
  const open = await tx
    .selectFrom('change_request')
    .select(['id as changeId', 'number as changeNumber'])
    .where('order_id', '=', orderId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return open ?? null
}
