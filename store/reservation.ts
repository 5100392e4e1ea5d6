import { type RawBuilder, sql } from 'kysely'
import {
  type AllocationShortage,
  type AllocationWarehouse,
  type Demand,
  planAllocation,
  type StockLevel,
} from '../domain/allocation.ts'
import type { RecentPlans } from '../domain/allocation-recent.ts'
import type { Allocation } from '../domain/order.ts'
import { type Place, placeOf } from '../domain/place.ts'
import { type PresaleBook, type PresaleUnits, planWithPresale } from '../domain/presale.ts'
import { channelOf, type Drawn, drawQuotas, type OpenQuota, withQuotas } from '../domain/promotion.ts'
import { type AllocationDecision, keptDecisions, type SharedReasons } from './allocation-decisions.ts'
import { type Db, PREPARED, type Tx } from './database.ts'
import { type OperationResult, rememberedResults } from './operation.ts'
import { lockOrder } from './order-lock.ts'
import { owedUnits, withoutOwed } from './owed-units.ts'
import { type CurrentPolicy, currentPolicy } from './policy.ts'
import { lockPresaleHolds, presaleSkusOf, releasePresaleHolds } from './presale-holds.ts'
import { countQuotas, drawFromQuotas, giveBackDrawn, type HeldAgain, quotaMovement } from './quotas.ts'
import { lockStock, type MovedBy, moveReserved, moveStock, type StockMovement } from './stock-movement.ts'

/**
 * Holds on stock: held → confirmed → consumed; held → expired | released; confirmed → released.
 *
 * `available = total − shipped − reserved` is decided here, under row locks, and guarded by a constraint of the
 * table. A hold whose time is over is worth nothing, whether or not anybody has reclaimed it yet.
 */
export type ReserveRequest = {
  orderId: string
  /** Its quotas are drawn from before free stock is. */
  channel: string
  divisionCode: string
  /** Where the address says more than the division code. */
  place?: Place
  demand: Demand[]
  expiresAt: Date
  operationId: string
  /** Paid already: the holds are confirmed from the start (payment after expiry, short-pick replacement). */
  confirmed: boolean
  operator: string
  excludedWarehouses?: string[]
  /** A person's choice: only these send, and the policy's limits do not count. */
  chosenWarehouses?: readonly string[] | undefined
  /** Take what there is instead of refusing (short-pick replacement). */
  partial?: boolean
  /** It waits for stock itself and comes before those behind it, or it lost units that it had and comes before all who wait. */
  hasTurn?: boolean
}

export type ReserveResult =
  | { ok: true; allocations: Allocation[] }
  | { ok: false; shortages: AllocationShortage[] }

/** Reserves all lines or none, from the warehouses that `planAllocation` picks over the levels under lock. */
export async function reserve(tx: Tx, request: ReserveRequest): Promise<ReserveResult> {
  const policy = await currentPolicy(tx, 'allocation')
  await lockStock(tx, skusOf([request]))
  const turnOf = request.hasTurn ? request.orderId : null
  const stock = await readStock(tx, skusOf([request]), request.operationId, turnOf)
  const decided = decideReservations(stock, [request], policy)
  await writeReservations(tx, decided)
  const [member] = decided.members
  if (!member) throw new Error('a request was not decided')
  return member.result
}

/** What was decided under lock for requests in their order, and what must be written with it. */
export type DecidedReservations = {
  /** Units of holds whose time is over, which this transaction has taken back. */
  reclaimed: (StockMovement & MovedBy)[]
  members: DecidedReservation[]
}
type DecidedReservation = {
  request: ReserveRequest
  result: ReserveResult
  /** The granted units by their source. */
  drawn: Drawn<Allocation>
  /** What a presale promises of it; not written here, see `insertPresaleHolds`. */
  presale: PresaleUnits[]
  /** Why it was decided so; null where nothing was granted. */
  decision: AllocationDecision | null
}

/**
 * Decides requests one by one, in their order. Each is served or refused as if it were alone after those before it.
 *
 * @param stock of all SKUs of the requests; falls as they are granted
 * @param options.book presales that may serve the lines that stock cannot
 * @param options.recent plans of those who came before, for who decides all the time
 */
export function decideReservations(
  { reclaimed, ...stock }: StockInHand,
  requests: ReserveRequest[],
  policy: CurrentPolicy<'allocation'>,
  { book = new Map(), recent }: { book?: PresaleBook; recent?: RecentPlans | undefined } = {},
): DecidedReservations {
  return { reclaimed, members: requests.map((request) => decide(request, stock, policy, book, recent)) }
}

/**
 * Writes what was decided: holds, counters, the ledger and the reasons. The orders of the requests must exist.
 *
 * @param shared reasons that stand in the database already, for who decides all the time
 */
export async function writeReservations(
  tx: Tx,
  decided: DecidedReservations,
  shared?: SharedReasons,
): Promise<void> {
  await moveFreed(tx, decided)
  await heldUnits(decided, { shared })?.execute(tx)
}

/** The movements that go before `heldUnits`: what becomes free before what is taken, so that no level is overdrawn in between. */
export async function moveFreed(tx: Tx, { reclaimed, members }: DecidedReservations): Promise<void> {
  const given = members.flatMap(({ request, drawn }) => drawn.given.map((units) => ({ request, units })))
  await drawFromQuotas(
    tx,
    given.map(({ units }) => units),
  )
  await moveReserved(tx, [
    ...reclaimed,
    ...given.map(({ request: { orderId, operationId, operator }, units }) => ({
      ...quotaMovement({ ...units, orderId }, -units.quantity),
      operationId,
      operator,
    })),
  ])
}

export function skusOf(requests: readonly ReserveRequest[]): string[] {
  return requests.flatMap((request) => request.demand.map((line) => line.skuId))
}

/** Takes back the holds of these SKUs whose time is over. The SKUs must be locked, by an earlier statement. */
export async function reclaimExpired(tx: Tx, skuIds: string[], operationId: string): Promise<void> {
  const { reclaimed } = await readStock(tx, skuIds, operationId)
  await moveReserved(tx, reclaimed)
}

/**
 * Levels in hand, by SKU; `available`, what is free, falls as requests are granted. What quotas hold for their channels
 * besides. And the warehouses in use that keep them.
 */
type Stock = { levels: Map<string, StockLevel[]>; quotas: OpenQuota[]; warehouses: AllocationWarehouse[] }

/** Stock that is decided over, with what was taken back for it: the caller owes the counters that movement. */
export type StockInHand = Stock & { reclaimed: (StockMovement & MovedBy)[] }

export type LevelRow = {
  sku_id: string
  warehouse_id: string
  region: string
  longitude: number
  latitude: number
  active: boolean
  safety_stock: number
  weight_grams: number
  available: number
  expired: ExpiredHold[] | null
  quotas: { quotaId: string; remaining: number; endsAtMs: number }[] | null
  /** Of the SKU, in all its warehouses together. */
  owed: number
}
/** `orderId` is null for what is not an order's. */
type EndedHold = { orderId: string | null; quantity: number; drawnFrom: string | null }
/** `quotaId`: what a promotion's quota still held at its end. */
type ExpiredHold = EndedHold & { quotaId: string | null }

/**
 * Levels as they are after every hold whose time is over was taken back, without what is owed to paid orders that wait.
 * The SKUs must be locked, by an earlier statement.
 *
 * @param turnOf see `owedUnits`
 */
export async function readStock(
  tx: Tx,
  skuIds: readonly string[],
  operationId: string,
  turnOf: string | null = null,
): Promise<StockInHand> {
  const { rows } = await levelsUnderLock(skuIds, turnOf).execute(tx)
  return stockInHand(tx, rows, operationId)
}

/**
 * The statement that takes back holds whose time is over and reads the levels as they are then; `stockInHand` goes on
 * from its rows. What is taken back is the rows that the update really changed, never a sum read beside it.
 *
 * The time is that of this statement, which must begin after the stock rows were locked: only then does it see what the
 * last owner of the locks has written. clock_timestamp() would be read anew for every row, so no index could find the
 * few that are over among a hot SKU's thousands of holds.
 */
export function levelsUnderLock(
  skuIds: readonly string[],
  turnOf: string | null = null,
): RawBuilder<LevelRow> {
  return sql<LevelRow>`${PREPARED}
    with expired as (
      update reservation set state = 'expired', updated_at = clock_timestamp()
      where sku_id = any(${[...new Set(skuIds)]}::text[]) and state = 'held' and expires_at <= statement_timestamp()
      returning sku_id, warehouse_id, quantity, order_id, drawn_from,
        case owner_kind when 'promotion' then owner_id end as quota_id
    ), freed as (
      select sku_id, warehouse_id, sum(quantity)::int as units,
        json_agg(json_build_object('orderId', order_id, 'quantity', quantity, 'drawnFrom', drawn_from,
          'quotaId', quota_id)) as holds
      from expired group by sku_id, warehouse_id
    ), quota as (
      select sku_id, warehouse_id, json_agg(json_build_object('quotaId', owner_id, 'remaining', quantity,
        'endsAtMs', extract(epoch from expires_at) * 1000)) as held
      from (
        -- By itself first, or the index by expiry is taken and a hot SKU's thousands of orders are read for it.
        select * from reservation
        where owner_kind = 'promotion' and state = 'held' and sku_id = any(${[...new Set(skuIds)]}::text[]) offset 0
      ) as promised
      where expires_at > statement_timestamp()
      group by sku_id, warehouse_id
    ), owed as (${owedUnits(skuIds, turnOf)})
    select level.sku_id, level.warehouse_id, warehouse.region, warehouse.longitude, warehouse.latitude, warehouse.active,
      level.safety_stock, sku.weight_grams,
      level.total - level.shipped - level.reserved + coalesce(freed.units, 0) as available, freed.holds as expired,
      quota.held as quotas, coalesce(owed.units, 0) as owed
    from stock_level as level join warehouse on warehouse.id = level.warehouse_id join sku on sku.id = level.sku_id
      left join freed using (sku_id, warehouse_id) left join quota using (sku_id, warehouse_id)
      left join owed on owed.sku_id = level.sku_id
    where level.sku_id = any(${[...new Set(skuIds)]}::text[])
    order by level.sku_id, level.warehouse_id`
}

/** Settles what `levelsUnderLock` took back; those who had drawn from a quota that still runs give back to it. */
export async function stockInHand(tx: Tx, rows: LevelRow[], operationId: string): Promise<StockInHand> {
  const expired = rows.flatMap((row) =>
    (row.expired ?? []).map((hold) => ({ ...hold, skuId: row.sku_id, warehouseId: row.warehouse_id })),
  )
  const { movements, heldAgain } = await settleEnded(tx, 'expire', expired, operationId)
  await countQuotas(
    tx,
    expired.flatMap(({ quotaId, skuId, quantity }) =>
      quotaId === null ? [] : [{ quotaId, skuId, returned: quantity }],
    ),
  )
  return {
    ...stockOf(rows, heldAgain),
    reclaimed: movements.map((movement) => ({ ...movement, operationId, operator: 'system' })),
  }
}

/** The rows as they are once quotas hold again what expired orders had drawn from them. */
function stockOf(rows: LevelRow[], heldAgain: readonly HeldAgain[]): Stock {
  const levels = new Map<string, StockLevel[]>()
  const quotas: OpenQuota[] = []
  const warehouses = new Map<string, AllocationWarehouse>()
  for (const row of rows) {
    if (!row.active) continue
    const { sku_id: skuId, warehouse_id: warehouseId, region, longitude, latitude } = row
    warehouses.set(warehouseId, { warehouseId, region, longitude, latitude })
    const backHere = heldAgain.filter((units) => units.skuId === skuId && units.warehouseId === warehouseId)
    const free = row.available - backHere.reduce((sum, units) => sum + units.quantity, 0)
    const ofSku = levels.get(skuId) ?? []
    ofSku.push({
      skuId,
      warehouseId,
      available: Math.max(0, free),
      safetyStock: row.safety_stock,
      weightGrams: row.weight_grams,
    })
    levels.set(skuId, ofSku)
    // Below zero more is promised than exists: nothing, not even a quota, can be had until that is made good.
    if (free < 0) continue
    quotas.push(
      ...(row.quotas ?? []).map((quota) => ({ ...quota, skuId, warehouseId })),
      ...backHere.map(({ quotaId, quantity, expiresAt }) => ({
        quotaId,
        skuId,
        warehouseId,
        remaining: quantity,
        endsAtMs: expiresAt.getTime(),
      })),
    )
  }
  for (const [skuId, owed] of new Map(rows.map((row) => [row.sku_id, row.owed]))) {
    const ofSku = levels.get(skuId)
    if (ofSku && owed > 0) levels.set(skuId, withoutOwed(ofSku, owed))
  }
  return { levels, quotas, warehouses: [...warehouses.values()] }
}

/** Serves or refuses one request; what it gets is no longer available to those after it. */
function decide(
  request: ReserveRequest,
  { levels, quotas, warehouses }: Stock,
  policy: CurrentPolicy<'allocation'>,
  book: PresaleBook,
  recent: RecentPlans | undefined,
): DecidedReservation {
  const free = [...new Set(skusOf([request]))].flatMap((skuId) => levels.get(skuId) ?? [])
  const own = quotas.filter((quota) => channelOf(quota.quotaId) === request.channel)
  const { chosenWarehouses: chosen } = request
  const { plan, presale } = planWithPresale(request.demand, book, (demand) =>
    planAllocation(
      {
        demand,
        levels: withQuotas(free, own),
        warehouses: chosen ? warehouses.filter((entry) => chosen.includes(entry.warehouseId)) : warehouses,
        place: request.place ?? placeOf(request.divisionCode),
        policy: chosen ? { ...policy.document, ...WITHOUT_LIMITS } : policy.document,
        excludedWarehouses: request.excludedWarehouses,
        partial: request.partial,
      },
      recent,
    ),
  )
  if (!plan.ok) return { request, result: plan, drawn: { holds: [], given: [] }, presale, decision: null }
  const { allocations, explanation } = plan
  const drawn = drawQuotas(allocations, own)
  // What a quota gives up becomes free, and what the order takes is not any more: mostly the very same units.
  for (const units of drawn.given) addTo(levels, units, units.quantity)
  for (const hold of drawn.holds) addTo(levels, hold, -hold.quantity)
  const { orderId, operationId } = request
  const decision = { orderId, operationId, policyVersion: policy.version, explanation }
  return {
    request,
    result: { ok: true, allocations },
    drawn,
    presale,
    decision: allocations.length > 0 ? decision : null,
  }
}

const WITHOUT_LIMITS = { maxDistanceKilometres: null, maxParcels: null, splitLines: true }

function addTo(levels: Stock['levels'], at: { skuId: string; warehouseId: string }, quantity: number): void {
  const level = levels.get(at.skuId)?.find((entry) => entry.warehouseId === at.warehouseId)
  if (level) level.available += quantity
}

/**
 * The holds, what follows from them for counters and ledger, the reasons and the results: one statement, because what most of them
 * cost under the locks of a hot SKU is not the rows but the ways there and back. Null if there is nothing to write.
 */
export function heldUnits(
  { members }: DecidedReservations,
  { results = [], shared }: { results?: OperationResult[]; shared?: SharedReasons | undefined },
): RawBuilder<unknown> | null {
  const granted = members.flatMap(({ request, drawn }) => drawn.holds.map((hold) => ({ request, hold })))
  const decisions = members.flatMap(({ decision }) => decision ?? [])
  if (granted.length === 0 && results.length === 0) return null
  const column = <Value>(value: (row: (typeof granted)[number]) => Value) => granted.map(value)
  const orderIds = column(({ request }) => request.orderId)
  // What is reserved was available, so that no shortfall changes. That its order exists is asked once for all holds: a reference would ask for each, and write a lock on each order.
  // A replacement for a short pick may land where this order line already holds units: one hold, more units. Under the locks of
  // the levels nobody else can add one; `on conflict` would guard every row of a group against it, and cost a twentieth of it.
  return sql`${PREPARED}
    with hold as (
      select * from unnest(${orderIds}::uuid[], ${column(({ hold }) => hold.lineNumber)}::int[],
        ${column(({ hold }) => hold.skuId)}::text[], ${column(({ hold }) => hold.warehouseId)}::text[],
        ${column(({ hold }) => hold.quantity)}::int[],
        ${column(({ request }) => (request.confirmed ? 'confirmed' : 'held'))}::text[],
        ${column(({ request }) => request.expiresAt.toISOString())}::timestamptz[],
        ${column(({ request }) => request.operationId)}::text[], ${column(({ hold }) => hold.drawnFrom)}::text[],
        ${column(({ request }) => request.operator)}::text[]) with ordinality as hold (order_id, line_number, sku_id,
        warehouse_id, quantity, state, expires_at, operation_id, drawn_from, operator, place)
    ), more as (
      update reservation set quantity = reservation.quantity + hold.quantity, updated_at = clock_timestamp()
      from hold
      where reservation.order_id = hold.order_id and reservation.line_number = hold.line_number
        and reservation.sku_id = hold.sku_id and reservation.warehouse_id = hold.warehouse_id
        and reservation.drawn_from is not distinct from hold.drawn_from
        and reservation.state in ('held', 'confirmed')
      returning hold.place
    ), held as (
      insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id, quantity, state,
        expires_at, operation_id, drawn_from)
      select uuidv7(), 'order_line', order_id || '/' || line_number, order_id, line_number, sku_id, warehouse_id,
        quantity, state, expires_at, operation_id, drawn_from
      from hold where not exists (select from more where more.place = hold.place)
    ), kept as (
      ${keptDecisions(decisions, shared)}
    ), remembered as (
      ${rememberedResults(results)}
    ), change as (
      select sku_id, warehouse_id, sum(quantity)::int as units from hold group by sku_id, warehouse_id
    ), changed as (
      update stock_level as level set reserved = level.reserved + change.units, updated_at = now()
      from change where level.sku_id = change.sku_id and level.warehouse_id = change.warehouse_id
      returning 1
    ), written as (
      insert into stock_ledger (sku_id, warehouse_id, kind, reserved_delta, operation_id, order_id, operator)
      select sku_id, warehouse_id, 'reserve', quantity, operation_id, order_id, operator from hold order by place
    )
    select from change having count(*) <> (select count(*) from changed)
      and refuse('a hold names a stock level that does not exist')
    union all
    select from hold having count(distinct order_id) <> (
        select count(*) from orders where id = any(${[...new Set(orderIds)]}::uuid[]))
      and refuse('a hold names an order that does not exist')`
}

/**
 * Confirms all holds of an order or none: only if every unit is still held and its time is not over by the
 * database's clock at this moment. A change that is being prepared may hold more than the lines say; that is confirmed
 * with the rest. Counters do not change. The order's row must be locked by the caller.
 */
export async function confirmHolds(tx: Tx, orderId: string): Promise<boolean> {
  await lockPresaleHolds(tx, orderId)
  // Lock first, judge in the next statement: a rival's reclaim that we waited for must be visible.
  await sql`select 1 from reservation where order_id = ${orderId} and state in ('held', 'confirmed')
    order by sku_id, warehouse_id for update`.execute(tx)
  const { rows } = await sql<{ complete: boolean }>`
    with hold as (
      select line_number, quantity, state = 'confirmed' as confirmed, expires_at from reservation
      where order_id = ${orderId} and state in ('held', 'confirmed')
      union all select line_number, quantity - served, state = 'waiting', expires_at from presale_hold
      where order_id = ${orderId} and state in ('held', 'waiting')
    ), standing as (
      select coalesce((select bool_and(confirmed or expires_at > clock_timestamp()) from hold), false)
        and not exists (
          select from order_line as line left join (
            select line_number, sum(quantity) as units from hold group by line_number) as held using (line_number)
          where line.order_id = ${orderId} and coalesce(held.units, 0) < line.quantity
        ) as complete
    ), confirmed as (
      update reservation set state = 'confirmed', updated_at = clock_timestamp()
      where order_id = ${orderId} and state = 'held' and (select complete from standing)
      returning 1
    ), waiting as (
      update presale_hold set state = 'waiting', paid_at = clock_timestamp(), updated_at = clock_timestamp()
      where order_id = ${orderId} and state = 'held' and (select complete from standing)
    )
    select complete from standing`.execute(tx)
  return rows[0]?.complete ?? false
}

/** What the database says when the reservation's timer asks: its clock and its rows decide, not the timer. */
export async function checkReservation(
  tx: Tx,
  request: { orderId: string; paidInFull: boolean; operationId: string },
): Promise<{ answer: 'confirmed' | 'expired' | 'held'; remainingMs: number }> {
  const { orderId } = request
  await lockOrder(tx, orderId)
  // Confirming locks holds, and if that fails they are given back: the stock rows must come before both.
  if (request.paidInFull) await lockStock(tx, await skusHeld(tx, orderId))
  if (request.paidInFull && (await confirmHolds(tx, orderId))) return { answer: 'confirmed', remainingMs: 0 }
  const { rows: holds } = await sql<{ confirmed: boolean; remaining_ms: number }>`
    select confirmed, (extract(epoch from expires_at - clock_timestamp()) * 1000)::float as remaining_ms from (
      select state = 'confirmed' as confirmed, expires_at from reservation
      where order_id = ${orderId} and state in ('held', 'confirmed')
      union all select state = 'waiting', expires_at from presale_hold
      where order_id = ${orderId} and state in ('held', 'waiting')
    ) as hold`.execute(tx)
  if (holds.length > 0 && holds.every((hold) => hold.confirmed))
    return { answer: 'confirmed', remainingMs: 0 }
  const remainingMs = Math.ceil(Math.max(0, ...holds.map((hold) => hold.remaining_ms)))
  if (remainingMs > 0) return { answer: 'held', remainingMs }
  await releaseHolds(tx, { orderId, operationId: request.operationId, operator: 'system', kind: 'expire' })
  return { answer: 'expired', remainingMs: 0 }
}

/** Milliseconds until the first of each SKU's holds ends, for SKUs that have one. */
export async function soonestExpiry(db: Db, skuIds: string[]): Promise<Map<string, number>> {
  // One look into the index for each level: a hot SKU has thousands of holds.
  const { rows } = await sql<{ sku_id: string; left_ms: number }>`
    select level.sku_id, min(extract(epoch from hold.expires_at - clock_timestamp()) * 1000)::float as left_ms
    from stock_level as level cross join lateral (
      select expires_at from reservation where sku_id = level.sku_id and warehouse_id = level.warehouse_id
        and state = 'held' order by expires_at limit 1) as hold
    where level.sku_id = any(${skuIds}::text[]) group by level.sku_id
    union all select sku_id, extract(epoch from hold.expires_at - clock_timestamp())::float * 1000
    from presale cross join lateral (
      select expires_at from presale_hold where presale_id = presale.id and state = 'held'
      order by expires_at limit 1) as hold
    where sku_id = any(${skuIds}::text[]) and presale.state = 'open'`.execute(db)
  const soonest = new Map<string, number>()
  for (const row of rows) {
    soonest.set(row.sku_id, Math.min(row.left_ms, soonest.get(row.sku_id) ?? row.left_ms))
  }
  return soonest
}

/** Gives back everything that an order still holds. Safe to repeat: what is no longer held is not counted again. */
export async function releaseHolds(
  tx: Tx,
  request: { orderId: string; operationId: string; operator: string; kind: 'release' | 'expire' },
): Promise<void> {
  const skuIds = await skusHeld(tx, request.orderId)
  if (skuIds.length === 0) return
  await lockStock(tx, skuIds)
  await releasePresaleHolds(tx, request)
  const released = await tx
    .updateTable('reservation')
    .set({ state: request.kind === 'expire' ? 'expired' : 'released', updated_at: sql`clock_timestamp()` })
    .where('order_id', '=', request.orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .returning([
      'sku_id as skuId',
      'warehouse_id as warehouseId',
      'quantity',
      'order_id as orderId',
      'drawn_from as drawnFrom',
    ])
    .execute()
  const { operationId, operator } = request
  const { movements } = await settleEnded(tx, request.kind, released, operationId)
  await moveStock(tx, movements, { operationId, operator, physical: false })
}

/**
 * Any state at all, in the words of the two indexes that find holds by their order: live ones and ended ones. Without
 * it a query for all holds of an order can use neither.
 *
 * @param table the name of `reservation` in the query
 */
export function liveOrEnded(table: 'reservation' | 'hold'): RawBuilder<boolean> {
  const state = sql.ref(`${table}.state`)
  return sql`(${state} in ('held', 'confirmed') or ${state} in ('consumed', 'expired', 'released'))`
}

/** SKUs of which an order holds units or waits for some: those to lock for it. */
export async function skusHeld(tx: Tx, orderId: string): Promise<string[]> {
  const holds = await tx
    .selectFrom('reservation')
    .select('sku_id')
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .execute()
  return [...holds.map((hold) => hold.sku_id), ...(await presaleSkusOf(tx, orderId))]
}

/**
 * What follows from holds that have ended: their units leave the counters, and those that were drawn from a quota are
 * held for it again where its promotion runs. The stock rows must be locked, and the holds ended; the caller moves.
 */
export async function settleEnded(
  tx: Tx,
  kind: 'release' | 'expire',
  ended: (EndedHold & { skuId: string; warehouseId: string })[],
  operationId: string,
): Promise<{ movements: StockMovement[]; heldAgain: HeldAgain[] }> {
  const drawn = ended.flatMap(({ orderId, drawnFrom, ...units }) =>
    orderId !== null && drawnFrom !== null ? [{ ...units, orderId, drawnFrom }] : [],
  )
  const heldAgain = await giveBackDrawn(tx, drawn, operationId)
  const movements = [
    ...ended.map(({ skuId, warehouseId, quantity, orderId }) => ({
      kind,
      skuId,
      warehouseId,
      reservedDelta: -quantity,
      orderId,
    })),
    ...heldAgain.map((units) => quotaMovement(units, units.quantity)),
  ]
  return { movements, heldAgain }
}
