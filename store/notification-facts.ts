import { sql } from 'kysely'
import { courierName, type NotificationFacts } from '../domain/notification.ts'
import type { Db, Tx } from './database.ts'

export type ParcelToTell = {
  parcelId: string | null
  orderId: string
  channel: string
  facts: NotificationFacts
}

/** What messages about these parcels may say. */
export async function parcelsToTell(db: Db | Tx, parcelIds: readonly string[]): Promise<ParcelToTell[]> {
  return read(db, sql`parcel.id = any(${parcelIds}::text[])`)
}

/** The same for the newest parcel of an order; one that has none yet is told of with a sample of a waybill. */
export async function newestParcelToTell(db: Db, orderId: string): Promise<ParcelToTell | null> {
  const which = sql`orders.id = ${orderId} order by parcel.created_at desc nulls last, parcel.id desc limit 1`
  const [newest] = await read(db, which)
  return newest ?? null
}

const SAMPLE = { courier: 'sf', waybillNumber: 'SF1234567890123' }

async function read(db: Db | Tx, which: ReturnType<typeof sql>): Promise<ParcelToTell[]> {
  const { rows } = await sql<{
    parcelId: string | null
    orderId: string
    channel: string
    courier: string | null
    waybillNumber: string | null
    orderNumber: string
    storeName: string
    unitCount: number
  }>`
    select parcel.id as "parcelId", orders.id as "orderId", orders.channel, parcel.courier,
      parcel.waybill_number as "waybillNumber", coalesce(external_order_id, orders.id::text) as "orderNumber",
      store.name as "storeName",
      (select coalesce(sum((line ->> 'quantity')::int), 0)::int from jsonb_array_elements(pick_task.lines) as line) as "unitCount"
    from orders join store on store.id = orders.store_id
      left join parcel on parcel.order_id = orders.id left join pick_task on pick_task.id = parcel.pick_task_id
    where ${which}`.execute(db)
  return rows.map(({ parcelId, orderId, channel, courier, waybillNumber, unitCount, ...facts }) => ({
    parcelId,
    orderId,
    channel,
    facts: {
      ...facts,
      courier: courierName(courier ?? SAMPLE.courier),
      waybillNumber: waybillNumber ?? SAMPLE.waybillNumber,
      unitCount: String(unitCount),
    },
  }))
}
