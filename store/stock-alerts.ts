import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { decideStockAlert, RECOVERY_PERCENT } from '../domain/stock-alert.ts'
import type { Db, Tx } from './database.ts'
import { activeSkus, type Thresholds, thresholdOfLevel } from './stock-board.ts'
import { type LevelKey, readStockChanges } from './stock-changes.ts'

const CONSUMER = 'stock-alerts'

type JudgedLevel = {
  sku_id: string
  sku_name: string
  warehouse_id: string
  warehouse_name: string
  region: string
  available: number
  threshold: number
  ever_held: boolean
  state: 'raised' | 'cleared' | null
}

/**
 * Looks at levels that changed since the last round and queues one message to WeCom for each that fell to its
 * threshold since it was last above it. What is remembered, the message and the place in the changes commit together,
 * and one process at a time does it: restarted or run twice, it still says everything once.
 *
 * @returns how many levels were looked at; 0 also while another process does it
 */
export async function alertOnChanges(db: Db, thresholds: Thresholds, limit: number): Promise<number> {
  return alone(db, async (tx) => {
    const { levels, commit } = await readStockChanges(tx, CONSUMER, limit)
    await judge(tx, levels, thresholds)
    await commit(tx)
    return levels.length
  })
}

/**
 * The same for levels that crossed without changing: a policy with other thresholds, an article that is sold again.
 *
 * @returns how many levels were found; fewer than `limit` means that none is left
 */
export async function alertOnThresholds(db: Db, thresholds: Thresholds, limit: number): Promise<number> {
  return alone(db, async (tx) => {
    const { rows } = await sql<LevelKey>`
      select level.sku_id as "skuId", level.warehouse_id as "warehouseId" from ${judged(thresholds)}
      where case when figure.available <= figure.threshold then alert.state is distinct from 'raised' and ${everHeld}
        else alert.state = 'raised' and figure.available - figure.threshold - 1
          >= greatest(1, ceil(figure.threshold * ${RECOVERY_PERCENT}::int / 100.0)) end
      order by level.sku_id, level.warehouse_id limit ${limit}`.execute(tx)
    return judge(tx, rows, thresholds)
  })
}

/** Only one process judges at a time: an older reading of a level must not undo what a newer one decided. */
async function alone(db: Db, work: (tx: Tx) => Promise<number>): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${CONSUMER}, 0)) as free`.execute(tx)
    return rows[0]?.free ? work(tx) : 0
  })
}

const everHeld = sql<boolean>`(level.total > 0 or alert.state is not null or exists (
  select 1 from stock_ledger as moved where moved.sku_id = level.sku_id and moved.warehouse_id = level.warehouse_id
    and moved.total_delta > 0))`

function judged(thresholds: Thresholds) {
  return sql`stock_level as level
    join (${activeSkus(thresholds)}) as sku on sku.id = level.sku_id
    join warehouse on warehouse.id = level.warehouse_id and warehouse.active
    cross join lateral (select ${thresholdOfLevel} as threshold,
      greatest(0, level.total - level.shipped - level.reserved) as available) as figure
    left join stock_alert as alert on alert.sku_id = level.sku_id and alert.warehouse_id = level.warehouse_id`
}

async function judge(tx: Tx, levels: LevelKey[], thresholds: Thresholds): Promise<number> {
  if (levels.length === 0) return 0
  const { rows } = await sql<JudgedLevel>`
    select level.sku_id, sku.name as sku_name, level.warehouse_id, warehouse.name as warehouse_name, warehouse.region,
      figure.available, figure.threshold, alert.state, ${everHeld} as ever_held
    from ${keysOf(levels)} join ${judged(thresholds)}
      on level.sku_id = named.sku_id and level.warehouse_id = named.warehouse_id`.execute(tx)
  const decided = (decision: 'raise' | 'clear') =>
    rows.filter((row) => decideStockAlert({ ...row, everHeld: row.ever_held }, row.state) === decision)
  const [raised, cleared] = [decided('raise'), decided('clear')]
  await raise(tx, raised)
  await clear(tx, cleared)
  return raised.length + cleared.length
}

async function raise(tx: Tx, levels: JudgedLevel[]): Promise<void> {
  if (levels.length === 0) return
  const { rows } = await sql<{ sku_id: string; warehouse_id: string; number: number }>`
    insert into stock_alert (sku_id, warehouse_id, state)
    select sku_id, warehouse_id, 'raised' from ${keysOf(levels.map(keyOf))} order by sku_id, warehouse_id
    on conflict (sku_id, warehouse_id) do update
      set state = 'raised', number = stock_alert.number + 1, changed_at = clock_timestamp()
      where stock_alert.state = 'cleared'
    returning sku_id, warehouse_id, number`.execute(tx)
  const numbers = new Map(rows.map((row) => [`${row.sku_id} ${row.warehouse_id}`, row.number]))
  const messages = levels.flatMap((level) => {
    const number = numbers.get(`${level.sku_id} ${level.warehouse_id}`)
    return number === undefined ? [] : [{ level, number }]
  })
  await sql`
    insert into delivery (id, kind, target, operation_id, order_key, payload)
    select id, 'stock_alert', 'wecom', operation_id, order_key, payload
    from unnest(${messages.map(() => uuid())}::uuid[],
      ${messages.map(({ level, number }) => `${orderKeyOf(level)}/${number}`)}::text[],
      ${messages.map(({ level }) => orderKeyOf(level))}::text[],
      ${messages.map((message) => JSON.stringify(payloadOf(message)))}::jsonb[]) as message (id, operation_id, order_key, payload)
    on conflict (operation_id) do nothing`.execute(tx)
}

/** What nobody has begun to send would tell of a shortage that is over. */
async function clear(tx: Tx, levels: JudgedLevel[]): Promise<void> {
  if (levels.length === 0) return
  await sql`
    update stock_alert as alert set state = 'cleared', changed_at = clock_timestamp() from ${keysOf(levels.map(keyOf))}
    where alert.sku_id = named.sku_id and alert.warehouse_id = named.warehouse_id and alert.state = 'raised'`.execute(
    tx,
  )
  await tx
    .updateTable('delivery')
    .set({ state: 'withdrawn', settled_at: sql<Date>`clock_timestamp()` })
    .where('target', '=', 'wecom')
    .where('kind', '=', 'stock_alert')
    .where('order_key', '=', sql<string>`any(${levels.map(orderKeyOf)}::text[])`)
    .where('state', '=', 'pending')
    .where('attempts', '=', 0)
    .execute()
}

const keyOf = (level: JudgedLevel): LevelKey => ({ skuId: level.sku_id, warehouseId: level.warehouse_id })
const orderKeyOf = (level: JudgedLevel) => `stock-alert/${level.sku_id}/${level.warehouse_id}`

function payloadOf({ level, number }: { level: JudgedLevel; number: number }) {
  return {
    skuId: level.sku_id,
    skuName: level.sku_name,
    warehouseId: level.warehouse_id,
    warehouseName: level.warehouse_name,
    region: level.region,
    available: level.available,
    threshold: level.threshold,
    level: level.available === 0 ? 'out' : 'low',
    number,
  }
}

function keysOf(levels: LevelKey[]) {
  return sql`unnest(${levels.map((level) => level.skuId)}::text[], ${levels.map((level) => level.warehouseId)}::text[])
    as named (sku_id, warehouse_id)`
}
