import { sql } from 'kysely'
import { COURIER_PUSH } from '../contracts/facts.ts'
import { edgeOfWorkItem, type ItemNames, MANUAL_STEP_KINDS } from '../domain/flow-manual-steps.ts'
import { STATEMENT_GIVERS } from '../domain/flow-map.ts'
import type { ManualStep } from '../domain/flow-steps.ts'
import type { WorkItemKind } from '../domain/order.ts'
import type { Db } from './database.ts'

/** Open items that are looked at, the newest: nobody works through more, and the worst edge is found by fewer. */
const MOST_ITEMS = 20_000

type Row = ItemNames & { kind: WorkItemKind; items: number; orders: number }

/**
 * What people have to do by hand, edge by edge, from the open work items. An order that a channel's shop holds is an
 * order, too, although the hub has none of it yet.
 */
export async function readManualSteps(db: Db): Promise<ManualStep[]> {
  const { rows } = await sql<Row>`
    with open as (
      select kind, key, order_id, detail from work_item
      where state = 'open' and kind = any(${[...MANUAL_STEP_KINDS]}::text[])
      order by created_at desc, id desc limit ${MOST_ITEMS}
    )
    select open.kind, coalesce(open.detail ->> 'shopId', case when delivery.kind = 'channel_ship'
        then delivery.payload ->> 'shopId' end) as "shopId",
      coalesce(open.detail ->> 'storeId', case when delivery.kind = 'listing'
        then delivery.payload ->> 'storeId' end) as "storeId",
      open.detail ->> 'warehouseId' as "warehouseId", open.detail ->> 'subscriptionId' as "subscriptionId",
      case when open.detail ->> 'counterpart' = any(${[...STATEMENT_GIVERS]}::text[])
        then open.detail ->> 'counterpart' end as counterpart,
      open.detail ->> 'courier' as courier, coalesce(open.detail ->> 'source', inbox.source) as source,
      coalesce(inbox.type = ${COURIER_PUSH}, false) as "isCourierPush", open.detail ->> 'way' as way,
      delivery.kind as "deliveryKind", delivery.target as "deliveryTarget", count(*)::int as items,
      -- What is held is the order of a platform; its key names it.
      count(distinct coalesce(open.order_id::text, delivery.order_id::text,
        case when open.kind in ('channel_order_held', 'channel_order_unread') then open.key end))::int as orders
    from open
      -- Each is looked up by its id: of many items a join would read the whole of the table.
      left join lateral (select source, type from inbox
        where id = case when open.detail ->> 'inboxId' ~ '^[0-9]{1,18}$' then (open.detail ->> 'inboxId')::bigint end
        limit 1) as inbox on true
      left join lateral (select kind, target, order_id, payload from delivery
        where open.kind = 'delivery_failed' and id = case
          when open.detail ->> 'deliveryId' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
          then (open.detail ->> 'deliveryId')::uuid end
        limit 1) as delivery on true
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`.execute(db)
  const byEdge = new Map<string, ManualStep>()
  for (const { kind, items, orders, ...names } of rows) {
    const id = edgeOfWorkItem(kind, names)
    if (id === null) continue
    const name = `${id} ${kind}`
    const before = byEdge.get(name) ?? { edgeId: id, workItemKind: kind, items: 0, orders: 0 }
    byEdge.set(name, { ...before, items: before.items + items, orders: before.orders + orders })
  }
  return [...byEdge.values()]
}
