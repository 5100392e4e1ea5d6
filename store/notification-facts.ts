import { sql } from 'kysely'
import { courierName, type NotificationFacts } from '../domain/notification.ts'
import type { Db, Tx } from './database.ts'

export type ParcelToTell = { parcelId: string; orderId: string; channel: string; facts: NotificationFacts }

/** What messages about these parcels may say. */
export async function parcelsToTell(db: Db | Tx, parcelIds: readonly string[]): Promise<ParcelToTell[]> {
  return readParcels(db, sql`parcel.id = any(${parcelIds}::text[])`)
}

async function readParcels(db: Db | Tx, which: ReturnType<typeof sql>): Promise<ParcelToTell[]> {
  const { rows } = await sql<{
    parcelId: string
    orderId: string
    channel: string
    courier: string
    waybillNumber: string
    orderNumber: string
    storeName: string
    unitCount: number
  }>`
    select parcel.id as "parcelId", orders.id as "orderId", orders.channel, parcel.courier,
      parcel.waybill_number as "waybillNumber", coalesce(external_order_id, orders.id::text) as "orderNumber",
      store.name as "storeName",
      (select coalesce(sum((line ->> 'quantity')::int), 0)::int from jsonb_array_elements(pick_task.lines) as line) as "unitCount"
    from parcel join orders on orders.id = parcel.order_id join store on store.id = orders.store_id
      join pick_task on pick_task.id = parcel.pick_task_id
    where ${which}`.execute(db)
  return rows.map(({ parcelId, orderId, channel, courier, unitCount, ...facts }) => ({
    parcelId,
    orderId,
    channel,
    facts: { ...facts, courier: courierName(courier), unitCount: String(unitCount) },
  }))
}
