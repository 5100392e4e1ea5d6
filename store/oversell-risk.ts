import { sql } from 'kysely'
import { channel } from '../contracts/common.ts'
import { daysBetween, type OversellRiskReport, RISK_ADVICE } from '../contracts/oversell-risk.ts'
import { assessOversellRisk, type RiskDimension, type RiskLevel } from '../domain/oversell-risk.ts'
import type { Db } from './database.ts'
import { BUSINESS_TIME_ZONE, ordersByDay } from './sales-figures.ts'

/** A warehouse is coordinated while its own system was read successfully within this time. */
const COORDINATED_WITHIN_MINUTES = 60

/**
 * How likely overselling is, measured over a period: channels, orders, warehouses that do not confirm their stock, and
 * promotions, each with what to do about it. Reads a row a day, store and set of warehouses, and the orders of the last
 * hour or two; never all orders.
 *
 * @param period first and last day, YYYY-MM-DD
 */
export async function readOversellRisk(
  db: Db,
  period: { from: string; to: string },
): Promise<OversellRiskReport> {
  const warehouseIds = await uncoordinatedWarehouses(db)
  const days = await ordersByDay(db, period, warehouseIds)
  const channels = [...new Set(days.flatMap((day) => day.channels))].sort()
  const total = days.reduce((sum, day) => sum + day.orders, 0)
  const uncoordinated = days.reduce((sum, day) => sum + day.ordersFromNamed, 0)
  const peak = days.reduce<{ day: string; orders: number } | null>(
    (best, { day, orders }) => (best && best.orders >= orders ? best : { day, orders }),
    null,
  )
  const began = await promotionsBegun(db, period)
  const risk = assessOversellRisk({
    days: daysBetween(period.from, period.to),
    channels: channels.length,
    orders: total,
    peakOrders: peak?.orders ?? 0,
    uncoordinatedOrders: uncoordinated,
    promotions: began,
  })
  return {
    ...period,
    level: risk.level,
    dimensions: [
      {
        dimension: 'channels',
        ...adviceFor('channels', risk.levels.channels),
        measured: { channels: channels.map((name) => channel.parse(name)) },
      },
      {
        dimension: 'orders',
        ...adviceFor('orders', risk.levels.orders),
        measured: { total, averagePerDay: risk.averageOrdersPerDay, peak },
      },
      {
        dimension: 'uncoordinated',
        ...adviceFor('uncoordinated', risk.levels.uncoordinated),
        measured: { orders: uncoordinated, share: risk.uncoordinatedShare, warehouseIds },
      },
      {
        dimension: 'promotions',
        ...adviceFor('promotions', risk.levels.promotions),
        measured: { began, perMonth: risk.promotionsPerMonth },
      },
    ],
  }
}

function adviceFor(dimension: RiskDimension, level: RiskLevel) {
  const { screen, [level]: measure } = RISK_ADVICE[dimension]
  return { level, measure, screen }
}

/** Active warehouses whose system the hub does not read, or has not been able to read lately. */
async function uncoordinatedWarehouses(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('warehouse')
    .leftJoin('warehouse_freshness', 'warehouse_freshness.warehouse_id', 'warehouse.id')
    .select('warehouse.id')
    .where('warehouse.active', '=', true)
    .where(
      sql<boolean>`coalesce(warehouse_freshness.last_success_at, '-infinity')
        < now() - make_interval(mins => ${COORDINATED_WITHIN_MINUTES})`,
    )
    .orderBy('warehouse.id')
    .execute()
  return rows.map((row) => row.id)
}

/** Promotions that began in a period; one that was cancelled before it began is none. */
async function promotionsBegun(db: Db, { from, to }: { from: string; to: string }): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from promotion
    where starts_at >= ${from}::date::timestamp at time zone ${BUSINESS_TIME_ZONE}
      and starts_at < (${to}::date + 1)::timestamp at time zone ${BUSINESS_TIME_ZONE}
      and started_at is not null`.execute(db)
  return rows[0]?.count ?? 0
}
