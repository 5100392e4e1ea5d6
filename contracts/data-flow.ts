import { z } from 'zod'
import { BREAK_KINDS, type BreakKind } from '../domain/flow-break-points.ts'
import { FLOWS, type Flow, SYSTEM_KINDS, type SystemKind } from '../domain/flow-map.ts'
import { FLOW_STEPS, type FlowStepName } from '../domain/flow-steps.ts'
import { WORK_ITEM_KINDS } from '../domain/order.ts'
import { instant, page, pageQuery } from './common.ts'

/** What each flow is, and what to do when it is broken; the runbook's table is made of it. */
export const FLOW_TEXT: Record<Flow, { en: string; zh: string; nextEn: string; nextZh: string }> = {
  orders_pushed: {
    en: 'Orders that a platform pushes',
    zh: '平台推送订单',
    nextEn:
      'Open the shop: is its connection up, does the platform call the right address? Pulls bring what is missed',
    nextZh: '查看店铺：连接是否正常、平台推送地址是否正确；漏推的订单由拉取补齐',
  },
  orders_pulled: {
    en: 'Orders that are pulled from a platform',
    zh: '拉取平台订单',
    nextEn:
      'Check the shop’s credentials (`POST /v1/shops/{id}/check`) and whether the channels process runs',
    nextZh: '检查店铺授权（`POST /v1/shops/{id}/check`）及 channels 进程是否运行',
  },
  messages: {
    en: 'Messages to the orders’ workflows',
    zh: '消息送达订单工作流',
    nextEn: 'Relay’s log; is Temporal there, and a worker current? Replay what was set aside',
    nextZh: '查看 relay 日志、Temporal 与 worker 是否正常；重试已搁置的消息',
  },
  stock_in: {
    en: 'Stock that is read from a warehouse’s own system',
    zh: '读取仓库 WMS 库存',
    nextEn: 'Read the error at `GET /v1/wms`, mend the connection or mapping, then ask for a reading',
    nextZh: '在 `GET /v1/wms` 查看错误，修复连接或映射后重新读取',
  },
  courier_pushes: {
    en: 'News of parcels that a courier pushes',
    zh: '快递推送物流信息',
    nextEn: 'Can the courier reach the callback address? Parcels are polled meanwhile',
    nextZh: '检查快递能否访问回调地址；期间系统继续轮询',
  },
  courier_polls: {
    en: 'News of parcels that couriers are asked for',
    zh: '轮询快递物流信息',
    nextEn: 'Check the courier’s status and the limits of its interface; tracking goes on by itself',
    nextZh: '检查快递接口状态与限流；恢复后系统自动继续',
  },
  waybills_out: {
    en: 'Waybills that a platform is told',
    zh: '运单回传平台',
    nextEn: 'Read the errors of `delivery_failed`, mend the shop, then replay: the platform’s deadline runs',
    nextZh: '查看 `delivery_failed` 错误，修复店铺后重试：平台发货时限在计时',
  },
  stock_out: {
    en: 'Quantities that a store shows',
    zh: '库存同步到店铺',
    nextEn: 'Mend the shop, or take the goods down there by hand; then send the listings again',
    nextZh: '修复店铺连接，或在店铺后台手动下架；然后重新推送',
  },
  pick_tasks_out: {
    en: 'Pick tasks to the warehouses’ devices',
    zh: '拣货任务下发 PDA',
    nextEn: 'Check the PDA gateway; what waits goes out by itself, what gave up is replayed',
    nextZh: '检查 PDA 网关；等待中的任务自动下发，失败的需重试',
  },
  refunds_out: {
    en: 'Refunds to the payment provider',
    zh: '退款提交支付机构',
    nextEn: 'Read the reasons of `refund_failed`, mend them at the provider, then replay',
    nextZh: '查看 `refund_failed` 原因，在支付机构处理后重试',
  },
  erp_out: {
    en: 'Approved changes to the ERP',
    zh: '改单同步 ERP',
    nextEn: 'Check the ERP and its mapping, then retry the change requests that failed',
    nextZh: '检查 ERP 及字段映射，然后重试失败的改单',
  },
  purchases_out: {
    en: 'Purchase lists to the ERP',
    zh: '采购单同步 ERP',
    nextEn: 'Read why at the list (`GET /v1/purchase-lists`), mend it in the ERP, then tell it again',
    nextZh: '在采购单（`GET /v1/purchase-lists`）查看原因，在 ERP 修正后重发',
  },
  statements_in: {
    en: 'What finance and CRM say of the business, to be compared',
    zh: '财务与 CRM 对账数据',
    nextEn: 'Read the error of the run (`GET /v1/reconciliations`), mend the connection, then resume it',
    nextZh: '在 `GET /v1/reconciliations` 查看错误，修复连接后恢复该次对账',
  },
  customer_messages: {
    en: 'Messages to customers',
    zh: '客户通知',
    nextEn: 'Mend template, signature, credit or credentials at the provider; it goes on by itself',
    nextZh: '在服务商处修复模板、签名、余额或凭证；随后自动恢复',
  },
  alerts_out: {
    en: 'Alerts to the WeCom group',
    zh: '企业微信群告警',
    nextEn: 'Mend the robot’s key; what waits goes out',
    nextZh: '修复群机器人 key；等待中的告警会自动发出',
  },
  cards_out: {
    en: 'Approval cards in WeCom',
    zh: '企业微信审批卡片',
    nextEn: 'Check the app’s settings and the mapping of members, then replay',
    nextZh: '检查应用设置与成员映射后重试',
  },
  events_out: {
    en: 'Events to another system',
    zh: '事件推送订阅方',
    nextEn: 'Have the receiver mended, resume the subscription, and replay the period that is missing there',
    nextZh: '修复接收方后恢复订阅，并重放缺失时段',
  },
}

export const SYSTEM_TEXT: Record<SystemKind, { en: string; zh: string }> = {
  hub: { en: 'Order Hub', zh: '订单中台' },
  workflows: { en: 'Order workflows (Temporal)', zh: '订单工作流（Temporal）' },
  channel: { en: 'Sales channel', zh: '销售渠道' },
  warehouse_devices: { en: 'Warehouse devices (PDA)', zh: '仓库 PDA' },
  warehouse_system: { en: 'Warehouse system (WMS)', zh: '仓库 WMS' },
  courier: { en: 'Courier', zh: '快递' },
  payments: { en: 'Payment provider', zh: '支付机构' },
  erp: { en: 'ERP', zh: 'ERP' },
  finance: { en: 'Finance', zh: '财务' },
  crm: { en: 'CRM', zh: 'CRM' },
  message_provider: { en: 'Provider of messages', zh: '消息服务商' },
  wecom: { en: 'WeCom', zh: '企业微信' },
  subscriber: { en: 'Subscribed system', zh: '订阅系统' },
}

export const BREAK_TEXT: Record<BreakKind, { en: string; zh: string }> = {
  disconnected: { en: 'Not connected', zh: '连接中断' },
  no_success: { en: 'No success for too long', zh: '长时间无成功' },
  error_rate: { en: 'Too many tries fail', zh: '错误率过高' },
  backlog_growing: { en: 'What waits grows', zh: '积压持续增长' },
  stale: { en: 'Too old', zh: '数据过期' },
}

export const STEP_TEXT: Record<FlowStepName, { en: string; zh: string }> = {
  map: { en: 'Map: every connection has been seen to work', zh: '绘图：每条连接均已打通' },
  fix_worst: { en: 'Fix the worst break point', zh: '修复最严重的断点' },
  replace_manual: { en: 'Replace the manual step', zh: '替换人工环节' },
}

/** The runbook's row about a flow. */
export function flowAnchor(flow: Flow): string {
  return `flow-${flow.replaceAll('_', '-')}`
}

const RUNBOOK_PAGE = 'docs/runbook.md'

/** Where more is found of an edge, and what sets it going again: calls of this API, `{…}` being filled in by the caller. */
export function flowLinks(flow: Flow, key: string): FlowLinks {
  const [logs, retry] = callsOf(flow, encodeURIComponent(key))
  return { logs, retry, runbook: `${RUNBOOK_PAGE}#${flowAnchor(flow)}` }
}

const call = z.object({ method: z.enum(['GET', 'POST']), path: z.string() })
type Call = z.output<typeof call>
const links = z.object({
  /** What was tried, and what became of it. */
  logs: z.array(call),
  retry: z.array(call),
  runbook: z.string(),
})
type FlowLinks = z.output<typeof links>

const get = (path: string): Call => ({ method: 'GET', path })
const post = (path: string): Call => ({ method: 'POST', path })
const items = (kind: (typeof WORK_ITEM_KINDS)[number]) => get(`/v1/work-items?kind=${kind}`)
const REPLAY_ITEM = post('/v1/work-items/{workItemId}/replay')

function callsOf(flow: Flow, key: string): [logs: Call[], retry: Call[]] {
  const calls: Record<Flow, [logs: Call[], retry: Call[]]> = {
    orders_pushed: [
      [get(`/v1/shops/${key}`), items('unknown_channel_message'), items('unknown_shop')],
      [post(`/v1/shops/${key}/check`)],
    ],
    orders_pulled: [
      [
        get(`/v1/shops/${key}`),
        get(`/v1/channel-orders?shopId=${key}&state=held`),
        items('channel_order_unread'),
      ],
      [
        post(`/v1/shops/${key}/check`),
        post(`/v1/channel-orders/${key}/{platformOrderId}/retry`),
        REPLAY_ITEM,
      ],
    ],
    messages: [[items('message_set_aside'), items('order_not_found')], [REPLAY_ITEM]],
    stock_in: [[get('/v1/wms'), items('wms_unreachable')], [post(`/v1/wms/${key}/readings`)]],
    courier_pushes: [[items('waybill_unknown')], [REPLAY_ITEM]],
    courier_polls: [[items('courier_unreachable'), get('/v1/shipments')], []],
    waybills_out: [[get(`/v1/shops/${key}`), items('delivery_failed')], [REPLAY_ITEM]],
    stock_out: [
      [get(`/v1/listings?storeId=${key}&stale=true`), items('delisting_failed')],
      [post(`/v1/listings/${key}/{skuId}/resend`), REPLAY_ITEM],
    ],
    pick_tasks_out: [[get('/v1/pick-tasks'), items('delivery_failed')], [REPLAY_ITEM]],
    refunds_out: [[items('refund_failed')], [REPLAY_ITEM]],
    erp_out: [[get('/v1/change-requests'), items('change_apply_failed')], []],
    purchases_out: [
      [get('/v1/purchase-lists'), items('purchase_refused')],
      [post('/v1/purchase-lists/{purchaseId}/erp-retry')],
    ],
    statements_in: [
      [get(`/v1/reconciliations?counterpart=${key}`), items('reconciliation_failed')],
      [post('/v1/reconciliations/{runId}/resume'), post('/v1/reconciliations')],
    ],
    customer_messages: [
      [get(`/v1/notifications?way=${key}&state=failed`), items('notification_refused')],
      [],
    ],
    alerts_out: [[items('wecom_refused')], []],
    cards_out: [[items('delivery_failed')], [REPLAY_ITEM]],
    events_out: [
      [get(`/v1/subscriptions/${key}`), get(`/v1/subscriptions/${key}/deliveries?state=exhausted`)],
      [post(`/v1/subscriptions/${key}/resume`), post(`/v1/subscriptions/${key}/replays`)],
    ],
  }
  return calls[flow]
}

const title = z.object({ en: z.string(), zh: z.string() })
const edgeIdText = z.string().regex(/^[a-z_]{1,40}:[^\s]{0,128}$/, 'must be the id of an edge: flow:key')
const seconds = z.number().min(0)

const manualStep = z.object({
  workItemKind: z.enum(WORK_ITEM_KINDS),
  title,
  /** Open work items of this kind, and the orders that they name. */
  items: z.int(),
  orders: z.int(),
  url: z.string(),
})

const breakPoint = z.object({
  incidentId: z.uuid(),
  edgeId: z.string(),
  kind: z.enum(BREAK_KINDS),
  title,
  openedAt: instant,
  lastSeenAt: instant,
  /** In seconds, percent or messages, by kind: docs/data-flow.md. */
  measured: z.number(),
  limit: z.number(),
  ordersAffected: z.int(),
  links,
})

const flowEdgeView = z.object({
  edgeId: z.string(),
  flow: z.enum(FLOWS),
  title,
  key: z.string(),
  /** What people call whose it is, such as a subscription's name. */
  keyTitle: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  isConfigured: z.boolean(),
  /** `unknown`: nothing was ever seen of it. */
  state: z.enum(['broken', 'ok', 'unknown']),
  /** Successes a minute over the window. */
  ratePerMinute: z.number(),
  succeeded: z.int(),
  failed: z.int(),
  windowMinutes: z.int(),
  /** 0 to 1, what waits after a failed try included; null: nothing was tried. */
  errorRate: z.number().nullable(),
  latency: z.object({ meanMs: z.number().nullable(), maxMs: z.number().nullable() }),
  backlog: z.int(),
  /** There is more than that; further is not counted. */
  isBacklogCapped: z.boolean(),
  oldestWaitingSeconds: seconds.nullable(),
  retrying: z.int(),
  ordersWaiting: z.int(),
  lastSuccessAt: instant.nullable(),
  /** Of a feed: how old what it brings is, and how old it may be. */
  ageSeconds: seconds.nullable(),
  ageTargetSeconds: seconds.nullable(),
  isConnected: z.boolean(),
  manualSteps: z.int(),
  ordersHeld: z.int(),
  url: z.string(),
})
export type FlowEdgeView = z.output<typeof flowEdgeView>

const system = z.object({ systemId: z.string(), kind: z.enum(SYSTEM_KINDS), key: z.string(), title })
const step = z.object({
  step: z.enum(FLOW_STEPS),
  title,
  state: z.enum(['done', 'open']),
  done: z.int(),
  total: z.int(),
  next: z
    .object({
      edgeId: z.string(),
      workItemKind: z.enum(WORK_ITEM_KINDS).nullable(),
      count: z.int(),
      links,
    })
    .nullable(),
})

export const dataFlowView = z.object({
  /** When the flows were looked at last; null: never yet. */
  checkedAt: instant.nullable(),
  /** That was too long ago: the relay does not run, and nothing here is live. */
  isStale: z.boolean(),
  policyVersion: z.int(),
  systems: z.array(system),
  edges: z.array(flowEdgeView),
  /** The worst first. */
  breakPoints: z.array(breakPoint),
  steps: z.array(step),
})
export type DataFlowView = z.output<typeof dataFlowView>

export const flowEdgeParams = z.strictObject({ edgeId: edgeIdText })
export const flowEdgeQuery = z.strictObject({
  /** So far back its minutes are told. */
  minutes: z.coerce.number().int().min(1).max(2_880).default(60),
})
export const flowEdgeDetail = flowEdgeView.extend({
  links,
  nextStep: title,
  manual: z.array(manualStep),
  breakPoints: z.array(breakPoint),
  /** Minutes with traffic or a backlog, the oldest first. */
  minutes: z.array(
    z.object({
      minute: instant,
      succeeded: z.int(),
      failed: z.int(),
      latencyMeanMs: z.number().nullable(),
      latencyMaxMs: z.number().nullable(),
      backlog: z.int(),
    }),
  ),
})
export type FlowEdgeDetail = z.output<typeof flowEdgeDetail>

export const listFlowIncidentsQuery = pageQuery.extend({
  edgeId: edgeIdText.optional(),
  flow: z.enum(FLOWS).optional(),
  kind: z.enum(BREAK_KINDS).optional(),
  state: z.enum(['open', 'closed']).optional(),
  /** By when they opened. */
  from: instant.optional(),
  to: instant.optional(),
  /** `worst`: the most orders affected first. */
  sort: z.enum(['newest', 'oldest', 'worst']).default('newest'),
})
export type ListFlowIncidentsQuery = z.output<typeof listFlowIncidentsQuery>
const incident = z.object({
  incidentId: z.uuid(),
  edgeId: z.string(),
  flow: z.enum(FLOWS),
  kind: z.enum(BREAK_KINDS),
  title,
  state: z.enum(['open', 'closed']),
  openedAt: instant,
  lastSeenAt: instant,
  closedAt: instant.nullable(),
  /** The worst that it came to, and the limit of then. */
  worst: z.object({
    measured: z.number(),
    limit: z.number(),
    backlog: z.int(),
    ordersAffected: z.int(),
    at: instant,
  }),
  policyVersion: z.int(),
  links,
})
export const flowIncidentPage = page(incident)
export type FlowIncidentPage = z.output<typeof flowIncidentPage>
