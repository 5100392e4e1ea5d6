import { type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import type {
  ListPromotionsQuery,
  PromotionView,
  promotionSummary,
  promotionView,
} from '../contracts/promotions.ts'
import { type QuotaCount, remainingOf } from '../domain/promotion.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type PromotionSummary = z.output<typeof promotionSummary>
type QuotaView = z.output<typeof promotionView>['quotas'][number]
type Row = Selectable<Database['promotion']> & QuotaCount

const totals = [
  sql<number>`(select sum(promised) from promotion_quota where promotion_id = promotion.id)`.as('promised'),
  sql<number>`(select sum(drawn) from promotion_quota where promotion_id = promotion.id)`.as('drawn'),
  sql<number>`(select sum(returned) from promotion_quota where promotion_id = promotion.id)`.as('returned'),
]

/** One page of the promotions, each with the sum of its quotas. */
export async function listPromotions(db: Db, query: ListPromotionsQuery): Promise<Page<PromotionSummary>> {
  const keyset = new Keyset('promotions', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const newest = query.sort === 'newest'
  const column = newest ? 'created_at' : 'starts_at'
  const direction = newest ? 'desc' : 'asc'
  let select = db
    .selectFrom('promotion')
    .selectAll()
    .select(totals)
    .select(exact(column).as('at'))
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.state === 'open') select = select.where('closed_at', 'is', null)
  else if (query.state) select = select.where('state', '=', query.state)
  if (query.skuId || query.channel) {
    const { skuId = null, channel = null } = query
    select = select.where(
      sql<boolean>`exists (select from promotion_quota as quota where quota.promotion_id = promotion.id
        and quota.sku_id = coalesce(${skuId}, quota.sku_id) and quota.channel = coalesce(${channel}, quota.channel))`,
    )
  }
  select = select.where(beyond([column, 'id'], newest ? 'newest' : 'oldest', after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], summaryOf)
}

/** A promotion with its quotas, and where each one's remaining units are held; null when there is none. */
export async function findPromotion(db: Db | Tx, promotionId: string): Promise<PromotionView | null> {
  const row = await db
    .selectFrom('promotion')
    .selectAll()
    .select(totals)
    .where('id', '=', promotionId)
    .executeTakeFirst()
  return row ? { ...summaryOf(row), quotas: await quotaViews(db, promotionId) } : null
}

async function quotaViews(db: Db | Tx, promotionId: string): Promise<QuotaView[]> {
  const { rows } = await sql<
    { skuId: string; channel: QuotaView['channel'] } & QuotaCount & Pick<QuotaView, 'warehouses'>
  >`
    select quota.sku_id as "skuId", channel, promised, drawn, returned, coalesce(held.warehouses, '[]') as warehouses
    from promotion_quota as quota left join lateral (
      select json_agg(json_build_object('warehouseId', warehouse_id, 'remaining', quantity) order by warehouse_id)
        as warehouses
      from reservation
      where owner_kind = 'promotion' and owner_id = quota.quota_id and reservation.sku_id = quota.sku_id
        and state = 'held'
    ) as held on true
    where promotion_id = ${promotionId} order by quota.sku_id, channel`.execute(db)
  return rows.map(({ promised, drawn, returned, ...row }) => ({
    ...row,
    ...countOf({ promised, drawn, returned }),
  }))
}

function summaryOf(row: Row): PromotionSummary {
  return {
    promotionId: row.id,
    name: row.name,
    state: row.state,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    policyVersion: row.policy_version,
    shortages: row.shortages,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    closeReason: row.close_reason,
    total: countOf(row),
  }
}

function countOf({ promised, drawn, returned }: QuotaCount) {
  return { promised, drawn, returned, remaining: remainingOf({ promised, drawn, returned }) }
}

/** What a command needs to know of a promotion whose workflow does not answer. */
export async function findPromotionStanding(
  db: Db,
  promotionId: string,
): Promise<'unknown' | 'open' | 'closed'> {
  const row = await db
    .selectFrom('promotion')
    .select('closed_at')
    .where('id', '=', promotionId)
    .executeTakeFirst()
  if (!row) return 'unknown'
  return row.closed_at === null ? 'open' : 'closed'
}
