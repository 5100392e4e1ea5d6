import { sql } from 'kysely'
import {
  type OrderStoryEntry,
  type OrderStoryQuery,
  STORY_KINDS,
  type StoryKind,
} from '../contracts/operation-log.ts'
import { WORK_ITEM_TEXT } from '../contracts/work-items.ts'
import { INSPECTION_STATE_MEANING } from '../domain/inspection.ts'
import type { NotificationEvent, NotificationState, NotificationWay } from '../domain/notification.ts'
import { ORDER_STATUS_MEANING } from '../domain/order-state.ts'
import type { Db } from './database.ts'
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
 * stock ledger, messages from outside, what was sent outside, scans of its parcels, work items, and its inspection. An order has some
 * dozens of these, so that each page reads them all and no more.
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
    text: TEXTS[kind](detail),
    detail,
  }
}

type Text = { en: string; zh: string }

const TEXTS: Record<StoryKind, (detail: Detail) => Text> = {
  log: logText,
  stock: ({ movement, skuId, warehouseId, reservedDelta, shippedDelta, totalDelta }) => {
    const units = [reservedDelta, shippedDelta, totalDelta].map(Number).find((delta) => delta !== 0) ?? 0
    const label = labelOf(MOVEMENTS, movement)
    return {
      en: `${label.en}: ${skuId} ×${Math.abs(units)} in ${warehouseId}`,
      zh: `${label.zh}：${warehouseId} ${skuId} ×${Math.abs(units)}`,
    }
  },
  message: ({ type, state }) => ({ en: `message ${type} (${state})`, zh: `收到消息 ${type}（${state}）` }),
  delivery: ({ kind, target, state }) => ({
    en: `${kind} to ${target}: ${state}`,
    zh: `向 ${target} 推送 ${kind}：${state}`,
  }),
  tracking: ({ waybillNumber, description }) => ({
    en: `${waybillNumber}: ${description}`,
    zh: `${waybillNumber}：${description}`,
  }),
  work_item: ({ kind, state, resolution }) => {
    const known = Object.entries(WORK_ITEM_TEXT).find(([name]) => name === kind)?.[1]
    const [en, zh] = [known?.en ?? String(kind), known?.zh ?? String(kind)]
    return state === 'resolved'
      ? { en: `${en} (resolved: ${resolution})`, zh: `${zh}（已处理：${resolution}）` }
      : { en, zh }
  },
  notification: ({ event, way, state, reason }) => {
    const [what, by, how] = [labelOf(TOLD, event), labelOf(WAYS, way), labelOf(TELLING_STATES, state)]
    const why = { en: reason === null ? '' : ` (${reason})`, zh: reason === null ? '' : `（${reason}）` }
    return {
      en: `${what.en} told by ${by.en}: ${how.en}${why.en}`,
      zh: `通知客户${what.zh}（${by.zh}）：${how.zh}${why.zh}`,
    }
  },
  inspection: inspectionText,
}

function inspectionText({ state, reason, assignee }: Detail): Text {
  const meaning = Object.entries(INSPECTION_STATE_MEANING).find(([name]) => name === state)?.[1]
  if (state === 'open') {
    return {
      en: assignee === null ? 'drawn for inspection' : `drawn for inspection: ${assignee}`,
      zh: assignee === null ? '抽中稽查' : `抽中稽查：${assignee}`,
    }
  }
  const label = state === 'cancelled' ? { en: 'cancelled', zh: '稽查已取消' } : meaning
  const [en, zh] = [label?.en ?? String(state), label?.zh ?? String(state)]
  const why = { en: reason === null ? '' : ` (${reason})`, zh: reason === null ? '' : `（${reason}）` }
  return { en: `inspection: ${en}${why.en}`, zh: `${zh}${why.zh}` }
}

function logText({ field, oldValue, newValue, amountCents }: Detail): Text {
  const label = labelOf(FIELDS, field)
  const money = amountCents === null ? '' : ` ¥${(Number(amountCents) / 100).toFixed(2)}`
  const value = (language: 'en' | 'zh', text: unknown) =>
    (field === 'status' &&
      Object.entries(ORDER_STATUS_MEANING).find(([status]) => status === text)?.[1][language]) ||
    String(text)
  const change = (language: 'en' | 'zh') =>
    oldValue === null
      ? value(language, newValue)
      : `${value(language, oldValue)} → ${value(language, newValue)}`
  return { en: `${label.en}: ${change('en')}${money}`, zh: `${label.zh}：${change('zh')}${money}` }
}

function labelOf(labels: Record<string, Text>, name: unknown): Text {
  const known = typeof name === 'string' && Object.hasOwn(labels, name) ? labels[name] : undefined
  return known ?? { en: String(name), zh: String(name) }
}

/** What the fields of the log are called; one without a name is shown as it is. */
const FIELDS: Record<string, Text> = {
  status: { en: 'status', zh: '状态' },
  payment: { en: 'payment', zh: '付款' },
  refund: { en: 'refund', zh: '退款' },
  reservation: { en: 'reservation', zh: '预占' },
  pick_task: { en: 'pick task', zh: '拣货任务' },
  waybill: { en: 'waybill', zh: '运单' },
  parcel: { en: 'parcel', zh: '包裹' },
  return: { en: 'return', zh: '退货' },
  cancellation: { en: 'cancellation', zh: '取消' },
  short_pick: { en: 'short pick', zh: '缺货' },
  unfillable: { en: 'cannot be supplied', zh: '无法供货' },
  presale: { en: 'presale', zh: '预售' },
  attention: { en: 'attention', zh: '关注' },
  refused: { en: 'refused', zh: '已拒绝' },
  message: { en: 'unknown message', zh: '未知消息' },
  workflow: { en: 'workflow', zh: '工作流' },
  check: { en: 'abnormal-order check', zh: '异常检查' },
  channel_status: { en: 'status at the platform', zh: '平台状态' },
}

const TOLD: Record<NotificationEvent, Text> = {
  shipped: { en: 'shipped', zh: '已发货' },
  delivered: { en: 'delivered', zh: '已签收' },
}
const WAYS: Record<NotificationWay, Text> = {
  sms: { en: 'sms', zh: '短信' },
  wechat: { en: 'mini-program', zh: '小程序订阅消息' },
  wechat_template: { en: 'official account', zh: '公众号模板消息' },
}
const TELLING_STATES: Record<NotificationState, Text> = {
  pending: { en: 'waits', zh: '待发送' },
  sending: { en: 'is being sent', zh: '发送中' },
  unknown: { en: 'nobody knows yet', zh: '结果未知' },
  sent: { en: 'sent', zh: '已发送' },
  delivered: { en: 'delivered', zh: '已送达' },
  undelivered: { en: 'undelivered', zh: '未送达' },
  failed: { en: 'failed', zh: '发送失败' },
  skipped: { en: 'not sent', zh: '未发送' },
}

const MOVEMENTS: Record<string, Text> = {
  reserve: { en: 'held', zh: '预占' },
  release: { en: 'given back', zh: '释放' },
  expire: { en: 'hold expired', zh: '预占到期释放' },
  ship: { en: 'left the warehouse', zh: '出库' },
  return: { en: 'restocked', zh: '退货上架' },
  write_off: { en: 'written off', zh: '报损' },
  adjust: { en: 'books corrected', zh: '库存修正' },
  promotion_hold: { en: 'from or to a promotion’s quota', zh: '促销配额' },
}
