import { sql } from 'kysely'
import type { HubFact, OnHandFallsAt } from '../domain/wms-snapshot.ts'
import type { Db, Tx } from './database.ts'

/** Which facts of a SKU are asked for: everything the hub has heard since a moment; null: only what is under way. */
export type FactsSince = { skuId: string; since: Date | null }

/** Parcels that no courier has reported after so long count as gone: their scans are not coming any more. */
const DISPATCH_WITHIN_DAYS = 14

type MovedRow = {
  sku_id: string
  units: number
  is_ship: boolean
  heard_at: Date
  picked_at: Date | null
  left_at: Date | null
}
type PickRow = {
  sku_id: string
  units: number
  state: 'created' | 'started' | 'picked'
  picked_at: Date | null
}

/**
 * What the hub's ledger and pick tasks know of the units of some SKUs in one warehouse, by SKU: what moved since the
 * given moments, one fact an operation, and what is being picked now. Earlier snapshots are left out: a new one takes
 * their place.
 */
export async function readFacts(
  db: Db | Tx,
  warehouseId: string,
  asked: readonly FactsSince[],
  fallsAt: OnHandFallsAt,
): Promise<Map<string, HubFact[]>> {
  const facts = new Map<string, HubFact[]>()
  const add = (skuId: string, fact: HubFact) => {
    const list = facts.get(skuId)
    if (list) list.push(fact)
    else facts.set(skuId, [fact])
  }
  for (const row of await readMoved(db, warehouseId, asked, fallsAt)) {
    const heardAtMs = row.heard_at.getTime()
    if (row.is_ship) {
      const pickedAtMs = row.picked_at?.getTime() ?? null
      const leftAtMs = row.left_at?.getTime() ?? null
      add(row.sku_id, { kind: 'ship', units: -row.units, heardAtMs, pickedAtMs, leftAtMs })
    } else add(row.sku_id, { kind: 'other', units: row.units, heardAtMs })
  }
  for (const row of await readPicks(db, warehouseId, asked)) {
    const pickedAtMs = row.picked_at?.getTime() ?? null
    add(row.sku_id, { kind: 'pick', units: row.units, state: row.state, pickedAtMs })
  }
  return facts
}

async function readMoved(
  db: Db | Tx,
  warehouseId: string,
  asked: readonly FactsSince[],
  fallsAt: OnHandFallsAt,
): Promise<MovedRow[]> {
  const dated = asked.filter((each) => each.since !== null)
  // A packed unit may have left long after it was packed.
  const back = fallsAt === 'dispatch' ? `${DISPATCH_WITHIN_DAYS} days` : '0 days'
  const { rows } = await sql<MovedRow>`
    select moved.sku_id, moved.units, moved.is_ship, moved.heard_at, picked.at as picked_at, gone.at as left_at
    from unnest(${dated.map((each) => each.skuId)}::text[], ${dated.map((each) => each.since)}::timestamptz[])
      as asked (sku_id, since)
    cross join lateral (
      select asked.sku_id, operation_id, sum(total_delta - shipped_delta)::int as units, bool_or(kind = 'ship') as is_ship,
        max(recorded_at) as heard_at
      from stock_ledger
      where stock_ledger.warehouse_id = ${warehouseId} and stock_ledger.sku_id = asked.sku_id
        and recorded_at > asked.since - ${back}::interval and (total_delta <> 0 or shipped_delta <> 0) and kind <> 'snapshot'
      group by operation_id
    ) as moved
    left join lateral (
      select min(received_at) as at from pick_task_event
      where moved.is_ship and pick_task_id = left(moved.operation_id, -length('/packed')) and type = 'picked'
    ) as picked on true
    left join lateral (
      select min(occurred_at) as at from tracking_event
      where moved.is_ship and parcel_id = left(moved.operation_id, -length('/packed')) || '-P1' and state <> 'shipped'
    ) as gone on true
    where moved.units <> 0`.execute(db)
  return rows
}

async function readPicks(db: Db | Tx, warehouseId: string, asked: readonly FactsSince[]): Promise<PickRow[]> {
  const { rows } = await sql<PickRow>`
    select line.sku_id, line.units, task.state, picked.at as picked_at
    from pick_task as task
    cross join lateral (
      select entry ->> 'skuId' as sku_id, sum((entry ->> 'quantity')::int)::int as units
      from jsonb_array_elements(task.lines) as entry
      where entry ->> 'skuId' = any(${asked.map((each) => each.skuId)}::text[])
      group by 1
    ) as line
    left join lateral (
      select min(received_at) as at from pick_task_event where pick_task_id = task.id and type = 'picked'
    ) as picked on true
    where task.warehouse_id = ${warehouseId} and task.state in ('started', 'picked')`.execute(db)
  return rows
}
