import pg from 'pg'
import { v7 as uuid } from 'uuid'
import type { PlaceOrderBody } from '../contracts/orders.ts'
import { POLICIES } from '../contracts/policies/index.ts'
import { listDivisions } from '../domain/division.ts'
import type { Db } from '../store/database.ts'
import { publishPolicy } from '../store/policy-versions.ts'
import type { ReserveRequest } from '../store/reservation.ts'

/** So many articles that callers seldom meet on one row: hot articles are another question. */
const SKUS = 500
const ENDLESS = 100_000_000
const skuId = (index: number) => `SKU-${index % SKUS}`

/** The shortest deadlines that policy allows, so that an order's life is work and not waiting. */
export const LIFE = {
  trackingIntervalSeconds: 0.2,
  afterSalesWindowSeconds: 1,
  latePaymentWindowSeconds: 1,
  parcelSilenceSeconds: 600,
}

/** Two warehouses, a store and articles without end. */
export async function fillCatalogue(db: Db): Promise<void> {
  const origin = { author: 'bench', reason: 'benchmark' }
  await publishPolicy(db, { kind: 'order-life', document: LIFE, ...origin })
  const reservation = { ...POLICIES.reservation.initial, holdTtlSeconds: 3_600 }
  await publishPolicy(db, { kind: 'reservation', document: reservation, ...origin })
  await db
    .insertInto('warehouse')
    .values([
      {
        id: 'WH-HZ',
        name: '杭州仓',
        division_code: '330106',
        longitude: 120.13,
        latitude: 30.26,
        region: '华东',
      },
      {
        id: 'WH-GZ',
        name: '广州仓',
        division_code: '440106',
        longitude: 113.36,
        latitude: 23.12,
        region: '华南',
      },
    ])
    .execute()
  await db.insertInto('store').values({ id: 'MALL', name: '商城', channel: 'mall', region: '华东' }).execute()
  const skus = Array.from({ length: SKUS }, (_, index) => skuId(index))
  await db
    .insertInto('sku')
    .values(
      skus.map((id) => ({ id, name: id, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })),
    )
    .execute()
  await db
    .insertInto('stock_level')
    .values(
      skus.flatMap((sku) =>
        ['WH-HZ', 'WH-GZ'].map((warehouse) => ({ sku_id: sku, warehouse_id: warehouse, total: ENDLESS })),
      ),
    )
    .execute()
}

/**
 * What PostgreSQL would do by itself within a minute or two. Until then it keeps the plans that were best for empty
 * tables, and each reads all of one that has long ceased to be empty: call it once there are rows.
 */
export async function takeStatistics(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query('vacuum analyze')
  await owner.end()
}

/**
 * Fills tables by statements of the owner, in bulk and with all of their indexes, but without looking up every reference
 * and calling triggers: that would take longer than what is measured. Statistics are taken at the end.
 *
 * @param check throws where the measurement is to end
 */
export async function fillTables(
  ownerUrl: string,
  statements: readonly string[],
  check: () => void,
): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    await owner.query("set session_replication_role = 'replica'")
    for (const statement of [...statements, 'vacuum analyze']) {
      await owner.query(statement)
      check()
    }
  } finally {
    await owner.end()
  }
}

let placed = 0

/** An order of two units of each of some articles, each time other ones and for somebody else. */
export function orderBody(lines = 1): PlaceOrderBody {
  placed += lines
  return {
    storeId: 'MALL',
    channel: 'mall',
    contact: {
      ...{ name: '张三', divisionCode: '330106', address: `文三路 ${placed} 号` },
      phone: String(13_000_000_000 + (placed % 1_000_000_000)),
    },
    lines: Array.from({ length: lines }, (_, index) => ({
      skuId: skuId(placed + index),
      quantity: 2,
      unitPriceCents: 1_000,
    })),
    freightCents: 500,
  }
}

/** So many warehouses, named after the prefix and numbered from 1. */
export async function fillWarehouses(owner: pg.Client, prefix: string, count: number): Promise<void> {
  await owner.query(
    `insert into warehouse (id, name, division_code, longitude, latitude, region)
    select $1::text || '-' || n, 'x', '330106', 110 + n, 30, '华东' from generate_series(1, $2::int) as n`,
    [prefix, count],
  )
}

/** Orders in whose names stock is reserved, with nothing in them. Returns their ids. */
export async function fillOrders(owner: pg.Client, count: number): Promise<string[]> {
  const contactId = uuid()
  await owner.query(
    "insert into contact (id, key_id, sealed, division_code) values ($1, 'k', '', '330106')",
    [contactId],
  )
  const { rows } = await owner.query<{ id: string }>(
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
      reservation_expires_at, policy_versions, placed_by)
    select uuidv7(), 'mall', 'MALL', $1::uuid, '330106', 'reserved', 100, 0, now(), '{}', 'bench'
    from generate_series(1, $2::int) returning id`,
    [contactId, count],
  )
  return rows.map((row) => row.id)
}

/** Longer than any measurement. */
const HOLD_MS = 3_600_000

/** Customers live in every city, and a hot article is asked for from everywhere. */
const CITIES = listDivisions('city').map((city) => city.code)
let reserved = 0

/** A reservation in an order's name, an operation of its own. */
export function reservationFor(orderId: string, demand: ReserveRequest['demand']): ReserveRequest {
  reserved += 1
  return {
    orderId,
    channel: 'mall',
    divisionCode: CITIES[reserved % CITIES.length] ?? '330100',
    demand,
    expiresAt: new Date(Date.now() + HOLD_MS),
    operationId: `bench/${reserved}`,
    confirmed: false,
    operator: 'bench',
  }
}
