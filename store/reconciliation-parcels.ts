import { sql } from 'kysely'
import type { ParcelState } from '../domain/order-state.ts'
import type { Db, Tx } from './database.ts'
import type { Reading } from './reconciliation-hub.ts'

/** A parcel with what its freight follows from. */
export type ReadParcel = {
  at: string
  id: string
  courier: string
  waybillNumber: string
  state: ParcelState
  shippedAt: Date
  orderId: string
  storeId: string
  divisionCode: string
  longitude: number
  latitude: number
  region: string
  weightGrams: number
}

/** Parcels that were packed around a period. Those of several orders under one waybill are one, as heavy as all of them. */
export async function readParcels(db: Db | Tx, { around, after, limit }: Reading): Promise<ReadParcel[]> {
  const beyond = after
    ? sql`and (parcel.created_at, parcel.id) > (${after[0]}::timestamptz, ${after[1]})`
    : sql``
  const { rows } = await sql<ReadParcel>`
    select parcel.created_at::text as at, parcel.id, parcel.courier, parcel.waybill_number as "waybillNumber", parcel.state,
      parcel.created_at as "shippedAt", parcel.order_id as "orderId", orders.store_id as "storeId",
      orders.division_code as "divisionCode", warehouse.longitude, warehouse.latitude, warehouse.region,
      (select coalesce(sum((line ->> 'quantity')::int * sku.weight_grams), 0)::int
        from parcel as packed join pick_task as task on task.id = packed.pick_task_id
        cross join lateral jsonb_array_elements(task.lines) as line join sku on sku.id = line ->> 'skuId'
        where coalesce(packed.main_parcel_id, packed.id) = parcel.id) as "weightGrams"
    from parcel join orders on orders.id = parcel.order_id join pick_task on pick_task.id = parcel.pick_task_id
      join warehouse on warehouse.id = pick_task.warehouse_id
    where parcel.main_parcel_id is null and parcel.created_at >= ${around.from} and parcel.created_at < ${around.to} ${beyond}
    order by parcel.created_at, parcel.id limit ${limit}`.execute(db)
  return rows
}

/** Which orders the parcels of waybills are of, by `courier/number`. */
export async function ordersOfWaybills(
  tx: Tx,
  waybills: readonly { courier: string; waybillNumber: string }[],
): Promise<Map<string, { orderId: string; storeId: string }>> {
  const { rows } = await sql<{ key: string; orderId: string; storeId: string }>`
    select parcel.courier || '/' || parcel.waybill_number as key, parcel.order_id as "orderId", orders.store_id as "storeId"
    from unnest(${waybills.map(({ courier }) => courier)}::text[], ${waybills.map(({ waybillNumber }) => waybillNumber)}::text[])
      as named (courier, number)
    join parcel on parcel.courier = named.courier and parcel.waybill_number = named.number and parcel.main_parcel_id is null
    join orders on orders.id = parcel.order_id`.execute(tx)
  return new Map(rows.map(({ key, ...order }) => [key, order]))
}
