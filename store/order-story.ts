import { sql } from 'kysely'
import type { OrderStoryEntry, OrderStoryQuery } from '../contracts/operation-log.ts'
import { TOLD_CHANGE_EVENTS } from '../domain/change-event-text.ts'
import { STORY_KINDS, type StoryKind } from '../domain/order-story.ts'
import type { Db } from './database.ts'
import { STORY_TEXTS } from './order-story-text.ts'
import { Keyset, type Page, timeAndId } from './paging.ts'

type Detail = OrderStoryEntry['detail']
type StoryRow = {
  id: string
  kind: StoryKind
  at: Date
  exactly: string
  happened_at: Date | null
  operator: string
  detail: Detail
}

/**
 * Everything that is known around one order, in the order in which the hub learned of it: its log, its units in the
 * stock ledger, messages from outside, what was sent outside, scans of its parcels, work items, its inspection, and
 * requests for its change. An order has some dozens of these, so that each page reads them all and no more.
 */
export async function readOrderStory(
  db: Db,
  orderId: string,
  query: OrderStoryQuery,
): Promise<Page<OrderStoryEntry>> {
  const keyset = new Keyset(`story/${orderId}`, query, timeAndId)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? sql`desc` : sql`asc`
  const comparison = query.sort === 'newest' ? sql`<` : sql`>`
  const kinds = query.kinds ?? [...STORY_KINDS]
  const { rows } = await sql<StoryRow>`
    select id, kind, at, at::text as exactly, happened_at, operator, detail from (
      select 'log-' || id as id, 'log' as kind, at, source_time as happened_at, operator, json_build_object(
        'field', field, 'oldValue', old_value, 'newValue', new_value, 'version', version, 'source', source,
        'subjectId', subject_id, 'amountCents', amount_cents, 'inboxId', inbox_id::text, 'requestId', request_id) as detail
      from operation_log where order_id = ${orderId}
      union all
      select 'stock-' || id, 'stock', recorded_at, null, operator, json_build_object(
        'movement', kind, 'skuId', sku_id, 'warehouseId', warehouse_id, 'totalDelta', total_delta,
        'shippedDelta', shipped_delta, 'reservedDelta', reserved_delta, 'operationId', operation_id, 'reason', reason)
      from stock_ledger where order_id = ${orderId}
      union all
      select 'message-' || id, 'message', received_at, occurred_at,
        case when shop = '' then source else source || '/' || shop end, json_build_object(
        'type', type, 'state', state, 'sourceEventId', source_event_id, 'attempts', attempts, 'lastError', last_error,
        'inboxId', id::text)
      from inbox where order_key = ${orderId}::text
      union all
      select 'delivery-' || id, 'delivery', created_at, settled_at, 'system', json_build_object(
        'kind', kind, 'target', target, 'state', state, 'attempts', attempts, 'lastError', last_error,
        'operationId', operation_id)
      from delivery where order_id = ${orderId}
      union all
      select 'tracking-' || md5(parcel_id || ' ' || event_key), 'tracking', event.received_at, occurred_at,
        parcel.courier, json_build_object('parcelId', parcel_id, 'waybillNumber', parcel.waybill_number,
        'state', event.state, 'description', description)
      from tracking_event as event join parcel on parcel.id = parcel_id where parcel.order_id = ${orderId}
      union all
      select 'work_item-' || id, 'work_item', created_at, resolved_at, 'system', json_build_object('kind', kind,
        'workItemId', id, 'state', state, 'owner', owner, 'resolution', resolution, 'resolvedBy', resolved_by,
        'occurrences', occurrences)
      from work_item where order_id = ${orderId}
      union all
      select 'notification-' || id, 'notification', created_at, coalesce(reported_at, settled_at), 'system',
        json_build_object('event', event, 'way', way, 'state', state, 'reason', reason, 'parcelId', parcel_id,
        'notificationId', id, 'insteadOf', instead_of)
      from notification where order_id = ${orderId}
      union all
      select 'inspection-' || inspection.id || '-' || moment.state, 'inspection', moment.at, moment.happened_at, moment.by,
        json_build_object('inspectionId', inspection.id, 'state', moment.state, 'assignee', assignee,
          'photos', jsonb_array_length(result -> 'photoIds'), 'placeState', result #>> '{place,state}',
          'distanceMetres', result #> '{place,distanceMetres}', 'reason', moment.reason)
      from inspection cross join lateral (values
        ('open', created_at, null::timestamptz, 'system', null),
        ('cancelled', cancelled_at, null, cancelled_by, cancel_reason),
        (case when result is not null then state end, case when result is not null then closed_at end,
          (result ->> 'finishedAt')::timestamptz, closed_by,
          (select string_agg(finding ->> 'zh', '；') from jsonb_array_elements(result -> 'findings') as finding
            where (finding ->> 'fails')::boolean))
      ) as moment (state, at, happened_at, by, reason)
      where inspection.order_id = ${orderId} and moment.at is not null
      union all
      select 'change_request-' || event.change_id || '-' || event.version, 'change_request', event.recorded_at, null, event.operator,
        json_build_object('changeId', event.change_id, 'changeNumber', request.number, 'changeType', request.type,
        'event', event.type, 'requestVersion', asked.request_version, 'steps', jsonb_array_length(asked.steps),
        'stepNumber', event.body -> 'stepNumber', 'decision', event.body ->> 'decision',
        'code', coalesce(event.body ->> 'code', event.body #>> '{problem,code}'))
      from change_request as request join change_event as event on event.change_id = request.id
        join change_request_version as asked on asked.change_id = request.id and asked.request_version = (
          select count(*) from change_event as before
          where before.change_id = request.id and before.type = 'submitted' and before.version <= event.version)
      where request.order_id = ${orderId} and event.type = any(${TOLD_CHANGE_EVENTS}::text[])
        and (event.type <> 'order_looked_at' or event.body #>> '{problem,code}' is not null)
    ) as entry
    where kind = any(${kinds}::text[])
      and (${after === null} or (at, id) ${comparison} (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::text))
    order by at ${direction}, id ${direction} limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.exactly, row.id], entryOf)
}

function entryOf({ id, kind, at, happened_at, operator, detail }: StoryRow): OrderStoryEntry {
  return {
    id,
    kind,
    at: at.toISOString(),
    happenedAt: happened_at?.toISOString() ?? null,
    by: operator,
    text: STORY_TEXTS[kind](detail),
    detail,
  }
}
