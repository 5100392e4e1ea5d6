import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { thresholdOf } from '../domain/safety-stock.ts'
import { type Approval, approvalOf } from '../domain/transfer-approval.ts'
import {
  type ProposalResult,
  proposeTransfer,
  type SourceLevel,
  type SourcingRules,
  type TransferPlace,
} from '../domain/transfer-proposal.ts'
import type { Db, Tx } from './database.ts'
import { currentPolicy } from './policy.ts'

export type TransferWish = { skuId: string; destinationId: string; quantity: number }
export type SourcedTransfer = {
  result: ProposalResult
  /** Null where nothing can be proposed. */
  approval: Approval | null
  /** At the SKU's standard price. */
  valueCents: number
  policy: { version: number; maximumProposals: number; deadlines: Deadlines }
}
type Deadlines = { decisionSeconds: number; dispatchSeconds: number; receiptSeconds: number }

/**
 * Proposes sources for a transfer from the levels, sales and policy of this moment, and says who would decide on it.
 * Nothing is held or written.
 *
 * @throws ProblemError `unknown-sku`, `unknown-warehouse` (also when it is closed)
 */
export async function sourceTransfer(db: Db | Tx, wish: TransferWish): Promise<SourcedTransfer> {
  const { skuId, destinationId, quantity } = wish
  const sku = await db
    .selectFrom('sku')
    .select(['category', 'standard_price_cents', 'weight_grams'])
    .where('id', '=', skuId)
    .executeTakeFirst()
  if (!sku) throw new ProblemError('unknown-sku', `${skuId} is not known`)
  const places = await readPlaces(db)
  if (!places.find((place) => place.warehouseId === destinationId)?.active) {
    throw new ProblemError('unknown-warehouse', `${destinationId} is not known or not active`)
  }
  const { version, document } = await currentPolicy(db, 'transfer')
  const { sourcing, approval, maximumProposals, deadlines } = document
  const result = proposeTransfer({
    demand: { skuId, destinationId, quantity, weightGrams: sku.weight_grams },
    levels: await readSourceLevels(db, { id: skuId, category: sku.category }, sourcing),
    places,
    rules: sourcing,
  })
  const valueCents = sku.standard_price_cents * quantity
  return {
    result,
    approval: result.ok ? approvalOf({ quantity, valueCents, ...result.proposal }, approval) : null,
    valueCents,
    policy: { version, maximumProposals, deadlines },
  }
}

async function readPlaces(db: Db | Tx): Promise<TransferPlace[]> {
  return db
    .selectFrom('warehouse')
    .select(['id as warehouseId', 'longitude', 'latitude', 'region', 'active'])
    .execute()
}

/** Levels of a SKU in all warehouses, with the safety stock that the policy gives those without their own. Units of reservations whose time is over are free, reclaimed or not. */
async function readSourceLevels(
  db: Db | Tx,
  sku: { id: string; category: string },
  { salesWindowDays }: SourcingRules,
): Promise<SourceLevel[]> {
  const { document } = await currentPolicy(db, 'safety-stock')
  const { rows } = await sql<SourceLevel>`
    select level.warehouse_id as "warehouseId", level.safety_stock as "safetyStock", level.shortfall,
      level.total - level.shipped - level.reserved + coalesce(over.units, 0) as available,
      greatest(0, coalesce(sold.units, 0)) as sold
    from stock_level as level
      left join lateral (
        select sum(quantity)::int as units from reservation
        where sku_id = level.sku_id and warehouse_id = level.warehouse_id and state = 'held'
          and expires_at <= statement_timestamp()
      ) as over on true
      left join lateral (
        select sum(shipped_delta)::int as units from stock_ledger
        where sku_id = level.sku_id and warehouse_id = level.warehouse_id and kind = 'ship'
          and recorded_at > statement_timestamp() - make_interval(days => ${salesWindowDays})
      ) as sold on true
    where level.sku_id = ${sku.id}`.execute(db)
  return rows.map((level) => ({ ...level, safetyStock: thresholdOf({ ...level, ...sku }, document) }))
}
