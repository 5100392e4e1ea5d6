import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { orderPlacedBody } from '../contracts/facts.ts'
import type { PolicyDocument } from '../contracts/policies/index.ts'
import type { AllocationShortage } from '../domain/allocation.ts'
import { type ApprovalRoute, approvalRouteOf, type ChangeFacts } from '../domain/approval-route.ts'
import type { Change, ChangeEffect, ChangeProblem } from '../domain/change.ts'
import { concessionCents } from '../domain/change-concession.ts'
import { previewChange } from '../domain/change-preview.ts'
import type { OrderState } from '../domain/order.ts'
import { placeOrder, restoreOrder } from '../domain/order-life.ts'
import { isPaidInFull } from '../domain/order-money.ts'
import { customerFactsOf } from './customer-facts.ts'
import type { Db, Tx } from './database.ts'
import { findOrderStanding } from './order-queries.ts'
import { type CurrentPolicy, currentPolicy } from './policy.ts'
import { placedFacts } from './reconcile.ts'
import { decideReservations, readStock } from './reservation.ts'
import { lockStock } from './stock-movement.ts'

/** Who asks: a role, `buyer` for the buyer's own system, `system` for any other. */
export type Applicant = { name: string; role: string }

export type Previewed = {
  order: OrderState
  storeId: string
  region: string
  effect: ChangeEffect
  facts: ChangeFacts
  route: ApprovalRoute
  policy: CurrentPolicy<'approval-route'>
  /** When the order must have left; null where it has, or nobody is promised anything. */
  shipBy: Date | null
}

type Asked = {
  orderId: string
  change: Change
  applicant: Applicant
  /** The request, where it is asked for again: it is not one of the earlier ones. */
  changeId?: string
}

/**
 * What a change would do to its order as it stands now, and who would have to decide on it. Nothing is held or written.
 *
 * @throws ProblemError `order-not-found`, `unknown-sku`; `change-not-possible` with the reason
 */
export async function previewRequest(
  tx: Db | Tx,
  { orderId, change, applicant, changeId }: Asked,
): Promise<Previewed> {
  const order = await readOrderState(tx, orderId)
  const row = await tx
    .selectFrom('orders')
    .innerJoin('store', 'store.id', 'orders.store_id')
    .select(['orders.store_id', 'orders.channel', 'orders.created_at', 'store.region'])
    .where('orders.id', '=', orderId)
    .executeTakeFirst()
  if (!order || !row) throw new ProblemError('order-not-found')
  const previewed = previewChange(order, change)
  if (!previewed.ok) throw notPossible(previewed.problem)
  const { effect } = previewed
  const standardCents = await standardPrices(tx, order, effect)
  const facts: ChangeFacts = {
    type: change.type,
    concessionCents: concessionCents(change, effect, { lines: order.placed.lines, standardCents }),
    differenceCents: effect.differenceCents,
    amountCents: effect.amountCents.before,
    targetAmountCents: effect.amountCents.after,
    orderStatus: order.status,
    paid: isPaidInFull(order),
    channel: row.channel,
    storeId: row.store_id,
    region: row.region,
    applicantRole: applicant.role,
    ...(await customerFactsOf(tx, { orderId, changeId: changeId ?? null })),
  }
  const policy = await currentPolicy(tx, 'approval-route')
  return {
    order,
    storeId: row.store_id,
    region: row.region,
    effect,
    facts,
    route: approvalRouteOf(facts, policy.document.tiers),
    policy,
    shipBy: effect.pausesPicking ? await shipByOf(tx, order, policy.document) : null,
  }
}

/** The refusal of a change that the order does not allow. */
export function notPossible({ reason, detail, shortages }: ChangeProblem): ProblemError {
  return new ProblemError('change-not-possible', detail, {
    extra: { reason, ...(shortages ? { shortages } : {}) },
  })
}

/** The state that an order's workflow has committed last, or began with; null where there is no such order. */
export async function readOrderState(db: Db | Tx, orderId: string): Promise<OrderState | null> {
  const snapshot = await db
    .selectFrom('order_snapshot')
    .select('state')
    .where('order_id', '=', orderId)
    .executeTakeFirst()
  if (snapshot) return restoreOrder(snapshot.state)
  const placed = await placedFacts(db, orderId)
  return placed === undefined ? null : placeOrder(orderPlacedBody.parse(placed))
}

/** What there is to know of orders whose workflows do not answer. */
export function orderRecords(db: Db) {
  return {
    standing: (orderId: string) => findOrderStanding(db, orderId),
    state: (orderId: string) => readOrderState(db, orderId),
  }
}

/** What the hub knows of the SKUs that a change touches; one that it does not sell is refused. */
async function standardPrices(
  db: Db | Tx,
  order: OrderState,
  effect: ChangeEffect,
): Promise<Map<string, number>> {
  const sold = new Set(order.placed.lines.map((line) => line.skuId))
  const wanted = [
    ...new Set([...effect.stock, ...effect.lines.map((line) => line.after)].map((line) => line.skuId)),
  ]
  const ids = [...sold, ...wanted]
  const rows = await db
    .selectFrom('sku')
    .select(['id', 'standard_price_cents', 'active'])
    .where('id', 'in', ids)
    .execute()
  const active = new Set(rows.filter((row) => row.active).map((row) => row.id))
  const unknown = wanted.find((skuId) => !active.has(skuId) && !sold.has(skuId))
  if (unknown !== undefined) {
    const fields = [{ field: 'change.lines', message: `there is no SKU ${unknown}` }]
    throw new ProblemError('unknown-sku', undefined, { fields })
  }
  return new Map(rows.map((row) => [row.id, row.standard_price_cents]))
}

/** By the platform's own word, or else so long after the payment as the policy says. */
async function shipByOf(
  db: Db | Tx,
  order: OrderState,
  policy: PolicyDocument<'approval-route'>,
): Promise<Date | null> {
  const { orderId } = order.placed
  const platform = await db
    .selectFrom('channel_order')
    .select(sql<string | null>`canonical ->> 'shipUntil'`.as('shipUntil'))
    .where('order_id', '=', orderId)
    .limit(1)
    .executeTakeFirst()
  if (platform?.shipUntil) return new Date(platform.shipUntil)
  const paidAtMs = Math.max(...order.payments.map((payment) => Date.parse(payment.paidAt)))
  return isPaidInFull(order) && Number.isFinite(paidAtMs)
    ? new Date(paidAtMs + policy.shipWithinSeconds * 1_000)
    : null
}

/** Units that a warehouse would hold more or fewer of for the order. */
export type WarehouseDifference = { skuId: string; warehouseId: string; lineNumber: number; quantity: number }

/**
 * Which warehouse would gain or lose what, by the stock of this moment. It is decided as the order itself does it, in a
 * transaction that is rolled back: a promise to nobody, and never another answer than the change itself would get now.
 *
 * @returns what there is not enough of, where there is not
 */
export async function previewStock(
  db: Db,
  { order, effect }: Pick<Previewed, 'order' | 'effect'>,
): Promise<{ moves: WarehouseDifference[]; shortages: AllocationShortage[] }> {
  const { placed } = order
  const lost = await losses(db, placed.orderId, effect)
  const demand = effect.stock.filter((line) => line.quantity > 0)
  if (demand.length === 0) return { moves: lost, shortages: [] }
  const tx = await db.startTransaction().execute()
  try {
    const skuIds = demand.map((line) => line.skuId)
    await lockStock(tx, skuIds)
    const request = {
      orderId: placed.orderId,
      channel: placed.channel,
      divisionCode: effect.contact?.divisionCode ?? placed.divisionCode,
      demand,
      expiresAt: new Date(order.reservationExpiresAtMs),
      operationId: `preview/${uuid()}`,
      confirmed: true,
      operator: 'preview',
    }
    const stock = await readStock(tx, skuIds, request.operationId)
    const { members } = decideReservations(stock, [request], await currentPolicy(tx, 'allocation'))
    const result = members[0]?.result
    return result?.ok
      ? { moves: [...result.allocations, ...lost], shortages: [] }
      : { moves: lost, shortages: result?.shortages ?? [] }
  } finally {
    await tx.rollback().execute()
  }
}

/** What is given back, the smallest holds first, as the order does it. */
async function losses(db: Db, orderId: string, effect: ChangeEffect): Promise<WarehouseDifference[]> {
  const surplus = new Map(
    effect.stock
      .filter((line) => line.quantity < 0)
      .map((line) => [`${line.lineNumber} ${line.skuId}`, -line.quantity]),
  )
  if (surplus.size === 0) return []
  const holds = await db
    .selectFrom('reservation')
    .select(['line_number', 'sku_id', 'warehouse_id', 'quantity'])
    .where('order_id', '=', orderId)
    .where('state', 'in', ['held', 'confirmed'])
    .orderBy('quantity')
    .orderBy('id')
    .execute()
  return holds.flatMap(({ line_number, sku_id: skuId, warehouse_id: warehouseId, quantity }) => {
    const key = `${line_number} ${skuId}`
    const taken = Math.min(quantity, surplus.get(key) ?? 0)
    surplus.set(key, (surplus.get(key) ?? 0) - taken)
    return taken > 0 ? [{ skuId, warehouseId, lineNumber: line_number ?? 0, quantity: -taken }] : []
  })
}
