import { type Selectable, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { CreatePromotionBody, MovePromotionBody } from '../contracts/promotions.ts'
import {
  type CloseCommand,
  type FreeLevel,
  nextStep,
  type PromotionAnswer,
  type PromotionStanding,
  planHolds,
  type QuotaShortage,
  quotaIdOf,
  refuseClosing,
  spread,
} from '../domain/promotion.ts'
import type { Db, Tx } from './database.ts'
import { withOperation } from './operation.ts'
import { owedUnits, withoutOwed } from './owed-units.ts'
import { currentPolicy } from './policy.ts'
import { addToQuotas, countQuotas, takeFromQuotas } from './quotas.ts'
import { reclaimExpired } from './reservation.ts'
import type { Database } from './schema.ts'
import { lockStock, moveStock } from './stock-movement.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

type PromotionRow = Selectable<Database['promotion']>

const DAY_MS = 86_400_000

/**
 * Writes a promotion down; its workflow is started from the row. Nothing is held before its start.
 *
 * @throws ProblemError `unknown-sku`, `promotion-not-allowed` by the policy, `insufficient-stock` for more than will
 *   be there at the start as far as is known now, unless units are expected; `invalid-request` when it is over already
 */
export async function createPromotion(
  tx: Tx,
  input: { promotionId: string; body: CreatePromotionBody; createdBy: string },
): Promise<void> {
  const { promotionId, body, createdBy } = input
  const { version, document } = await currentPolicy(tx, 'promotion')
  const startsAt = new Date(body.startsAt)
  const endsAt = new Date(body.endsAt)
  if (endsAt.getTime() <= (await readClock(tx))) {
    const fields = [{ field: 'endsAt', message: 'is over already' }]
    throw new ProblemError('invalid-request', undefined, { fields })
  }
  await requireSkus(tx, body)
  const skus = new Set(body.quotas.map((quota) => quota.skuId)).size
  if (skus > document.maxSkus) {
    throw new ProblemError('promotion-not-allowed', `${skus} SKUs, the policy allows ${document.maxSkus}`)
  }
  const days = (endsAt.getTime() - startsAt.getTime()) / DAY_MS
  if (days > document.maxDurationDays) {
    const detail = `it lasts ${days.toFixed(1)} days, the policy allows ${document.maxDurationDays}`
    throw new ProblemError('promotion-not-allowed', detail)
  }
  if (!body.stockExpected) await requireStock(tx, body, document.maxSharePercent)
  await tx
    .insertInto('promotion')
    .values({
      id: promotionId,
      name: body.name,
      starts_at: startsAt,
      ends_at: endsAt,
      max_share_percent: document.maxSharePercent,
      retry_seconds: document.retrySeconds,
      policy_version: version,
      created_by: createdBy,
    })
    .execute()
  await tx
    .insertInto('promotion_quota')
    .values(
      body.quotas.map(({ skuId, channel, quantity }) => ({
        promotion_id: promotionId,
        sku_id: skuId,
        channel,
        promised: quantity,
      })),
    )
    .execute()
}

async function requireSkus(tx: Tx, { quotas }: CreatePromotionBody): Promise<void> {
  const known = await tx
    .selectFrom('sku')
    .select('id')
    .where('id', '=', sql<string>`any(${quotas.map((quota) => quota.skuId)}::text[])`)
    .where('active', '=', true)
    .execute()
  const active = new Set(known.map((row) => row.id))
  const fields = quotas.flatMap(({ skuId }, index) =>
    active.has(skuId)
      ? []
      : [{ field: `quotas.${index}.skuId`, message: `${skuId} is not known or not active` }],
  )
  if (fields.length > 0) throw new ProblemError('unknown-sku', undefined, { fields })
}

/**
 * A promotion may ask for what is free now, and what running promotions give back before it starts, less what others
 * of the same time are to get. A forecast: only the start, under locks, holds anything.
 */
async function requireStock(tx: Tx, body: CreatePromotionBody, maxSharePercent: number): Promise<void> {
  const skuIds = [...new Set(body.quotas.map((quota) => quota.skuId))]
  const { rows } = await sql<FreeLevel>`
    select sku.id as "skuId", 'any' as "warehouseId",
      (select coalesce(sum(greatest(0, total - shipped - reserved)), 0) from stock_level
        join warehouse on warehouse.id = warehouse_id where sku_id = sku.id and warehouse.active)::int
      + (select coalesce(sum(quantity), 0) from reservation
        where sku_id = sku.id and state = 'held' and owner_kind in ('promotion', 'order_line')
          and expires_at <= case owner_kind when 'promotion' then ${body.startsAt}::timestamptz else clock_timestamp() end)::int
      - (select coalesce(sum(promised), 0) from promotion_quota as quota
          join promotion on promotion.id = quota.promotion_id
        where quota.sku_id = sku.id and promotion.state = 'scheduled'
          and promotion.starts_at < ${body.endsAt}::timestamptz and promotion.ends_at > ${body.startsAt}::timestamptz)::int
      as available
    from sku where sku.id = any(${skuIds}::text[])`.execute(tx)
  const plan = planHolds(body.quotas, rows, maxSharePercent)
  if (!plan.ok) throw shortOf(plan.shortages)
}

function shortOf(shortages: QuotaShortage[]): ProblemError {
  const detail = shortages
    .map((entry) => `${entry.skuId}: ${entry.requested} wanted, ${entry.available} can be promised`)
    .join('; ')
  return new ProblemError('insufficient-stock', detail, { extra: { shortages } })
}

/**
 * Does what is due by the database's clock: holds the quotas at the start, gives back the rest at the end. Safe to
 * repeat at any time. A start that finds too little holds nothing, is a work item, and is tried again.
 */
export async function advancePromotion(db: Db, promotionId: string): Promise<PromotionStanding> {
  return db.transaction().execute(async (tx) => {
    const promotion = await lockPromotion(tx, promotionId)
    const { state, starts_at, ends_at } = promotion
    const times = { state, startsAtMs: starts_at.getTime(), endsAtMs: ends_at.getTime() }
    const nowMs = await readClock(tx)
    const step = nextStep(times, nowMs)
    switch (step.kind) {
      case 'over':
        return { state, waitMs: 0, shortages: [] }
      case 'wait':
        return { state, waitMs: Math.ceil(step.forMs), shortages: [] }
      case 'end':
        await finish(tx, promotion)
        return { state: 'ended', waitMs: 0, shortages: [] }
      case 'start': {
        const shortages = await hold(tx, promotion)
        const untilEndMs = Math.ceil(times.endsAtMs - nowMs)
        return shortages.length === 0
          ? { state: 'running', waitMs: untilEndMs, shortages }
          : { state, waitMs: Math.min(untilEndMs, promotion.retry_seconds * 1_000), shortages }
      }
    }
  })
}

/** Holds every quota or none. */
async function hold(tx: Tx, promotion: PromotionRow): Promise<QuotaShortage[]> {
  const operationId = `promotion/${promotion.id}/start`
  const quotas = await quotasOf(tx, promotion.id)
  const skuIds = quotas.map((quota) => quota.sku_id)
  await lockStock(tx, skuIds)
  await reclaimExpired(tx, skuIds, operationId)
  const demand = quotas.map((quota) => ({
    skuId: quota.sku_id,
    channel: quota.channel,
    quantity: quota.promised,
  }))
  const plan = planHolds(demand, await freeLevels(tx, skuIds), promotion.max_share_percent)
  if (!plan.ok) {
    await raiseNotHeld(tx, promotion, plan.shortages)
    return plan.shortages
  }
  const units = plan.holds.map(({ channel, skuId, warehouseId, quantity }) => ({
    quotaId: quotaIdOf(promotion.id, channel),
    skuId,
    warehouseId,
    quantity,
    expiresAt: promotion.ends_at,
  }))
  await addToQuotas(tx, units, operationId)
  await moveStock(
    tx,
    units.map(({ skuId, warehouseId, quantity }) => ({
      kind: 'promotion_hold',
      skuId,
      warehouseId,
      reservedDelta: quantity,
    })),
    { operationId, operator: promotion.created_by, physical: false },
  )
  await tx
    .updateTable('promotion')
    .set({
      state: 'running',
      started_at: sql`clock_timestamp()`,
      shortages: '[]',
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', promotion.id)
    .execute()
  await resolveOpenWorkItem(tx, 'promotion_not_held', promotion.id, 'the promotion started')
  return []
}

/** What is free and nobody is owed. */
async function freeLevels(tx: Tx, skuIds: string[]): Promise<FreeLevel[]> {
  const { rows } = await sql<FreeLevel & { owed: number }>`
    with owed as (${owedUnits(skuIds, null)})
    select level.sku_id as "skuId", level.warehouse_id as "warehouseId",
      level.total - level.shipped - level.reserved as available, coalesce(owed.units, 0) as owed
    from stock_level as level join warehouse on warehouse.id = level.warehouse_id
      left join owed on owed.sku_id = level.sku_id
    where level.sku_id = any(${skuIds}::text[]) and level.shortfall = 0 and warehouse.active
    order by level.sku_id, level.warehouse_id`.execute(tx)
  return [...new Set(rows.map((row) => row.skuId))].flatMap((skuId) => {
    const ofSku = rows.filter((row) => row.skuId === skuId)
    return withoutOwed(ofSku, ofSku[0]?.owed ?? 0)
  })
}

async function raiseNotHeld(tx: Tx, promotion: PromotionRow, shortages: QuotaShortage[]): Promise<void> {
  await tx
    .updateTable('promotion')
    .set({ shortages: JSON.stringify(shortages), updated_at: sql`clock_timestamp()` })
    .where('id', '=', promotion.id)
    .execute()
  await openWorkItem(tx, {
    kind: 'promotion_not_held',
    key: promotion.id,
    orderId: null,
    detail: {
      promotionId: promotion.id,
      name: promotion.name,
      endsAt: promotion.ends_at.toISOString(),
      missing: shortages
        .map((entry) => `${entry.skuId}: ${entry.available} of ${entry.requested}`)
        .join('; '),
    },
  })
}

/** The promotion's end has come. One that was never held is told to a person. */
async function finish(tx: Tx, promotion: PromotionRow): Promise<void> {
  if (promotion.state === 'scheduled') await raiseNotHeld(tx, promotion, promotion.shortages)
  await release(tx, promotion, {
    to: 'ended',
    operator: 'system',
    reason: 'its end has come',
    operationId: `promotion/${promotion.id}/end`,
  })
}

/** Ends a promotion before its time, or cancels it: what is left of its quotas is free stock at once. */
export async function closePromotion(
  db: Db,
  request: CloseCommand & { promotionId: string },
): Promise<PromotionAnswer> {
  const { promotionId, requestId, to, operator, reason } = request
  const operationId = `promotion/${promotionId}/close/${requestId}`
  return withOperation<PromotionAnswer>(db, operationId, async (tx) => {
    const promotion = await lockPromotion(tx, promotionId)
    const refusal = refuseClosing(promotion.state, to)
    if (refusal) return { accepted: false, ...refusal }
    await release(tx, promotion, { to, operator, reason, operationId })
    await resolveOpenWorkItem(tx, 'promotion_not_held', promotionId, reason)
    return { accepted: true }
  })
}

type Closing = { to: 'ended' | 'cancelled'; operator: string; reason: string; operationId: string }

/**
 * Gives back what the quotas still hold. The state changes under the stock rows' locks: an order's units that come back
 * later see that the promotion is over, and go to free stock.
 */
async function release(tx: Tx, promotion: PromotionRow, closing: Closing): Promise<void> {
  const { to, operator, reason, operationId } = closing
  const quotas = await quotasOf(tx, promotion.id)
  if (promotion.state === 'running') {
    await lockStock(
      tx,
      quotas.map((quota) => quota.sku_id),
    )
    const { rows } = await sql<{ skuId: string; warehouseId: string; quantity: number }>`
      update reservation set state = 'released', updated_at = clock_timestamp()
      where owner_kind = 'promotion' and owner_id = any(${quotas.map((quota) => quota.quota_id)}::text[])
        and state = 'held'
      returning sku_id as "skuId", warehouse_id as "warehouseId", quantity`.execute(tx)
    await moveStock(
      tx,
      rows.map(({ skuId, warehouseId, quantity }) => ({
        kind: 'promotion_hold',
        skuId,
        warehouseId,
        reservedDelta: -quantity,
        reason,
      })),
      { operationId, operator, physical: false },
    )
  }
  await sql`
    update promotion_quota set returned = promised - drawn where promotion_id = ${promotion.id}`.execute(tx)
  await tx
    .updateTable('promotion')
    .set({
      state: to,
      closed_at: sql`clock_timestamp()`,
      closed_by: operator,
      close_reason: reason,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', promotion.id)
    .execute()
}

/**
 * Moves units that nobody has drawn yet from one channel's quota to another's, in the warehouses where they are held.
 *
 * @throws ProblemError `not-found`, `promotion-not-running`, `quota-too-small` with what remains
 */
export async function moveQuota(
  tx: Tx,
  input: { promotionId: string; body: MovePromotionBody; operator: string; operationId: string },
): Promise<void> {
  const { promotionId, body, operator, operationId } = input
  const { skuId, fromChannel, toChannel, quantity } = body
  const promotion = await lockPromotion(tx, promotionId)
  await lockStock(tx, [skuId])
  if (promotion.state !== 'running' || promotion.ends_at.getTime() <= (await readClock(tx))) {
    const detail = promotion.state === 'running' ? 'its end has come' : `the promotion is ${promotion.state}`
    throw new ProblemError('promotion-not-running', detail)
  }
  const from = quotaIdOf(promotionId, fromChannel)
  const to = quotaIdOf(promotionId, toChannel)
  const places = await heldOf(tx, from, skuId)
  const remaining = places.reduce((sum, place) => sum + place.available, 0)
  if (remaining < quantity) {
    const detail = `${fromChannel} has ${remaining} units of ${skuId} left`
    throw new ProblemError('quota-too-small', detail, { extra: { remaining } })
  }
  const parts = spread(quantity, places).map((part) => ({ ...part, skuId }))
  await takeFromQuotas(
    tx,
    parts.map((part) => ({ ...part, quotaId: from })),
    'released',
  )
  await tx
    .insertInto('promotion_quota')
    .values({ promotion_id: promotionId, sku_id: skuId, channel: toChannel, promised: 0 })
    .onConflict((conflict) => conflict.columns(['promotion_id', 'sku_id', 'channel']).doNothing())
    .execute()
  await addToQuotas(
    tx,
    parts.map((part) => ({ ...part, quotaId: to, expiresAt: promotion.ends_at })),
    operationId,
  )
  await countQuotas(tx, [
    { quotaId: from, skuId, promised: -quantity },
    { quotaId: to, skuId, promised: quantity },
  ])
  // The counters stay as they are; the ledger remembers who moved what, and why.
  const reason = `${fromChannel} → ${toChannel}: ${body.reason}`
  await moveStock(
    tx,
    parts.flatMap(({ warehouseId, quantity: units }) => [
      { kind: 'promotion_hold' as const, skuId, warehouseId, reservedDelta: -units, reason },
      { kind: 'promotion_hold' as const, skuId, warehouseId, reservedDelta: units, reason },
    ]),
    { operationId, operator, physical: false },
  )
}

async function heldOf(tx: Tx, quotaId: string, skuId: string) {
  return tx
    .selectFrom('reservation')
    .select(['warehouse_id as warehouseId', 'quantity as available'])
    .where('owner_kind', '=', 'promotion')
    .where('owner_id', '=', quotaId)
    .where('sku_id', '=', skuId)
    .where('state', '=', 'held')
    .orderBy('warehouse_id')
    .execute()
}

function quotasOf(tx: Tx, promotionId: string) {
  return tx
    .selectFrom('promotion_quota')
    .selectAll()
    .where('promotion_id', '=', promotionId)
    .orderBy('sku_id')
    .orderBy('channel')
    .execute()
}

/** The promotion's row comes before stock rows and holds, as an order's row does. */
async function lockPromotion(tx: Tx, promotionId: string): Promise<PromotionRow> {
  const row = await tx
    .selectFrom('promotion')
    .selectAll()
    .where('id', '=', promotionId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `there is no promotion ${promotionId}`)
  return row
}

/** The database's clock at this moment, in ms since the epoch: all waiting for locks is over. */
async function readClock(tx: Tx): Promise<number> {
  const { rows } = await sql<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::double precision as now`.execute(tx)
  return rows[0]?.now ?? 0
}

/** Promotions that are not over, the one that starts first leading: each should have a running workflow. */
export async function openPromotions(db: Db): Promise<{ promotionId: string; name: string }[]> {
  return db
    .selectFrom('promotion')
    .select(['id as promotionId', 'name'])
    .where('closed_at', 'is', null)
    .orderBy('starts_at')
    .orderBy('id')
    .limit(MAX_OPEN)
    .execute()
}
/** Far more than a merchant has planned at once; those beyond it have their turn before they start. */
const MAX_OPEN = 1_000
