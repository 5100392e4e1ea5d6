import { sql } from 'kysely'
import { courierName, type NotificationFacts } from '../domain/notification.ts'
import type { Db, Tx } from './database.ts'

export type ParcelToTell = {
  parcelId: string | null
  orderId: string
  channel: string
  facts: NotificationFacts
}

/**
 * What messages about these parcels may say. Of parcels that share a waybill (combined shipping) the main one is told of,
 * with everything that is in it, so that one parcel is one message.
 */
export async function parcelsToTell(
  db: Db | Tx,
  parcelIds: readonly string[],
): Promise<(ParcelToTell & { of: string })[]> {
  const { rows } = await sql<{ of: string; main: string }>`
    select id as of, coalesce(main_parcel_id, id) as main from parcel
    where id = any(${parcelIds}::text[])`.execute(db)
  const mains = new Map(
    (await read(db, sql`parcel.id = any(${rows.map(({ main }) => main)}::text[])`)).map((told) => [
      told.parcelId,
      told,
    ]),
  )
  return rows.flatMap(({ of, main }) => {
    const told = mains.get(main)
    return told ? [{ ...told, of }] : []
  })
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
    orderCount: number
  }>`
    select parcel.id as "parcelId", orders.id as "orderId", orders.channel, parcel.courier,
      parcel.waybill_number as "waybillNumber", coalesce(external_order_id, orders.id::text) as "orderNumber",
      store.name as "storeName", content.units as "unitCount", content.orders as "orderCount"
    from orders join store on store.id = orders.store_id
      left join parcel on parcel.order_id = orders.id cross join lateral (
        select coalesce(sum((line ->> 'quantity')::int), 0)::int as units, count(distinct inside.id)::int as orders
        from parcel as inside join pick_task on pick_task.id = inside.pick_task_id
          cross join jsonb_array_elements(pick_task.lines) as line
        where coalesce(inside.main_parcel_id, inside.id) = coalesce(parcel.main_parcel_id, parcel.id)) as content
    where ${which}`.execute(db)
  return rows.map(
    ({ parcelId, orderId, channel, courier, waybillNumber, unitCount, orderCount, ...facts }) => ({
      parcelId,
      orderId,
      channel,
      facts: {
        ...facts,
        orderNumber: orderCount > 1 ? `${facts.orderNumber}等${orderCount}单` : facts.orderNumber,
        courier: courierName(courier ?? SAMPLE.courier),
        waybillNumber: waybillNumber ?? SAMPLE.waybillNumber,
        unitCount: String(unitCount),
      },
    }),
  )
}
