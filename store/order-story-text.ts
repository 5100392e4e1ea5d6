import type { OrderStoryEntry } from '../contracts/operation-log.ts'
import { WORK_ITEM_TEXT } from '../contracts/work-items.ts'
import { because, changeEventText } from '../domain/change-event-text.ts'
import { INSPECTION_STATE_MEANING } from '../domain/inspection.ts'
import type { NotificationEvent, NotificationState, NotificationWay } from '../domain/notification.ts'
import { ORDER_STATUS_MEANING } from '../domain/order-state.ts'
import type { StoryKind } from '../domain/order-story.ts'

type Detail = OrderStoryEntry['detail']
type Text = { en: string; zh: string }

/** Each kind of entry as a sentence, made of nothing but its detail. */
export const STORY_TEXTS: Record<StoryKind, (detail: Detail) => Text> = {
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
    const { en, zh } = labelOf(WORK_ITEM_TEXT, kind)
    return state === 'resolved'
      ? { en: `${en} (resolved: ${resolution})`, zh: `${zh}（已处理：${resolution}）` }
      : { en, zh }
  },
  notification: ({ event, way, state, reason }) => {
    const [what, by, how] = [labelOf(TOLD, event), labelOf(WAYS, way), labelOf(TELLING_STATES, state)]
    const why = because(reason)
    return {
      en: `${what.en} told by ${by.en}: ${how.en}${why.en}`,
      zh: `通知客户${what.zh}（${by.zh}）：${how.zh}${why.zh}`,
    }
  },
  inspection: inspectionText,
  change_request: ({ changeNumber, changeType, event, requestVersion, steps, ...told }) =>
    changeEventText({
      ...{ changeNumber: String(changeNumber), changeType: String(changeType), event: String(event) },
      ...{
        requestVersion: Number(requestVersion),
        steps: Number(steps),
        stepNumber: Number(told.stepNumber),
      },
      ...{ decision: String(told.decision), code: told.code === null ? null : String(told.code) },
    }),
}

function inspectionText({ state, reason, assignee }: Detail): Text {
  if (state === 'open') {
    return {
      en: assignee === null ? 'drawn for inspection' : `drawn for inspection: ${assignee}`,
      zh: assignee === null ? '抽中稽查' : `抽中稽查：${assignee}`,
    }
  }
  const { en, zh } =
    state === 'cancelled' ? { en: 'cancelled', zh: '稽查已取消' } : labelOf(INSPECTION_STATE_MEANING, state)
  const why = because(reason)
  return { en: `inspection: ${en}${why.en}`, zh: `${zh}${why.zh}` }
}

function logText({ field, oldValue, newValue, amountCents }: Detail): Text {
  const label = labelOf(LOG_FIELDS, field)
  const money = amountCents === null ? '' : ` ¥${(Number(amountCents) / 100).toFixed(2)}`
  const value = (language: 'en' | 'zh', text: unknown) =>
    field === 'status' ? labelOf(ORDER_STATUS_MEANING, text)[language] : String(text)
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
export const LOG_FIELDS: Record<string, Text> = {
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
  channel: { en: 'platform', zh: '平台' },
  channel_status: { en: 'status at the platform', zh: '平台状态' },
  change: { en: 'change', zh: '订单变更' },
  change_hold: { en: 'hold for a change', zh: '变更占用' },
  order_line: { en: 'order line', zh: '订单行' },
  freight: { en: 'freight (cents)', zh: '运费（分）' },
  contact: { en: 'receiver', zh: '收货人' },
  fulfilment: { en: 'fulfilment', zh: '履约单' },
  picking: { en: 'picking', zh: '拣货' },
  early_report: { en: 'report kept for later', zh: '提前到达的回报' },
  stock_wait: { en: 'wait for stock', zh: '缺货等待' },
  combined_shipping: { en: 'combined shipping', zh: '合单发货' },
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
