import { z } from 'zod'
import { WORK_ITEM_KINDS, type WorkItemKind } from '../domain/order.ts'
import { WORK_ITEM_AGES } from '../domain/work-item-age.ts'
import { stockWaitView } from './channel-orders.ts'
import { instant, orderId, page, pageQuery, text } from './common.ts'

/** What each kind of work item says to the person who opens it, and what to do next. */
export const WORK_ITEM_TEXT: Record<
  WorkItemKind,
  { en: string; zh: string; nextEn: string; nextZh: string }
> = {
  unmatched_payment: {
    en: 'A payment named an order that does not exist',
    zh: '收到付款，但订单不存在',
    nextEn: 'Find the order it belongs to, or refund it at the provider by its serial number',
    nextZh: '查找所属订单，或按付款流水号退款',
  },
  late_payment: {
    en: 'A payment arrived after its order had closed',
    zh: '订单关闭后收到付款',
    nextEn: 'Refund it at the provider by its serial number',
    nextZh: '按付款流水号退款',
  },
  payment_mismatch: {
    en: 'The same payment was reported with two amounts',
    zh: '同一笔付款金额不一致',
    nextEn: 'Ask the provider which amount is right',
    nextZh: '向支付机构核实金额',
  },
  short_pick: {
    en: 'The warehouse found less than the system holds',
    zh: '仓库缺货',
    nextEn: 'Count the SKU in this warehouse',
    nextZh: '盘点该仓库的此商品',
  },
  courier_unreachable: {
    en: 'A courier did not answer three times in a row; tracking goes on',
    zh: '快递连续三次查询失败，系统继续跟踪',
    nextEn: 'Check the courier’s status page or call them',
    nextZh: '查看快递公司状态或致电',
  },
  tracking_stopped: {
    en: 'A parcel could not be tracked to its end',
    zh: '包裹跟踪中断',
    nextEn: 'Ask the courier and the customer where the parcel is',
    nextZh: '向快递与客户核实包裹位置',
  },
  parcel_stuck: {
    en: 'Nothing was heard of a parcel for longer than is usual; tracking goes on',
    zh: '包裹长时间无物流更新，系统继续跟踪',
    nextEn: 'Ask the courier where the parcel is; the item closes itself with the next scan',
    nextZh: '向快递核实包裹位置；有新物流信息后自动关闭',
  },
  waybill_unknown: {
    en: 'A courier tells of a parcel that nobody sent',
    zh: '快递推送了未知运单的物流信息',
    nextEn: 'Find out who subscribed it; replay once its parcel is known, or dismiss it',
    nextZh: '查明订阅来源；包裹登记后可重试，或忽略',
  },
  parcel_lost: {
    en: 'A courier reports a parcel as lost',
    zh: '快递报告包裹丢失',
    nextEn: 'Claim the loss from the courier; the customer is refunded already',
    nextZh: '向快递索赔；系统已为客户退款',
  },
  parcel_returned: {
    en: 'A courier is bringing a parcel back',
    zh: '包裹被退回',
    nextEn: 'Receive and inspect the return in the warehouse',
    nextZh: '仓库签收并验货',
  },
  refund_failed: {
    en: 'A refund did not succeed',
    zh: '退款失败',
    nextEn: 'Read the reason, mend it, then replay',
    nextZh: '查看原因并修复后重试',
  },
  late_message: {
    en: 'A message arrived after its order had closed',
    zh: '订单关闭后收到消息',
    nextEn: 'Check whether the outside world and the order still agree',
    nextZh: '核对外部状态与订单是否一致',
  },
  unknown_message: {
    en: 'A message of an unknown kind was kept',
    zh: '收到未知类型的消息',
    nextEn: 'Ask development to map it, then replay',
    nextZh: '请开发人员映射后重试',
  },
  contradiction: {
    en: 'A message contradicts what the hub knows',
    zh: '消息与系统状态矛盾',
    nextEn: 'Find out which side is right',
    nextZh: '核实哪一方正确',
  },
  message_set_aside: {
    en: 'A message failed repeatedly and was set aside',
    zh: '消息多次处理失败，已搁置',
    nextEn: 'Read its error, then replay or dismiss it',
    nextZh: '查看错误后重试或忽略',
  },
  order_not_found: {
    en: 'A message waited too long for its order',
    zh: '消息等待的订单迟迟未出现',
    nextEn: 'Find the order it belongs to, then replay or dismiss it',
    nextZh: '查找所属订单后重试或忽略',
  },
  delivery_failed: {
    en: 'Something could not be delivered to an outside system',
    zh: '向外部系统推送失败',
    nextEn: 'Check the other system, then replay',
    nextZh: '检查对方系统后重试',
  },
  delisting_failed: {
    en: 'A store may still show goods that it should take down or show fewer of',
    zh: '店铺未按要求下架或减少可售数量',
    nextEn:
      'Take the goods down at the store by hand or mend its connection; it closes itself when the store confirms',
    nextZh: '在店铺后台手动下架或修复连接；店铺确认后自动关闭',
  },
  workflow_missing: {
    en: 'Open orders had no running workflow, or one that had missed a message, and were started again',
    zh: '订单工作流缺失或漏收消息，已重新启动',
    nextEn: 'Nothing, unless this repeats',
    nextZh: '若重复出现请联系开发',
  },
  workflow_left_over: {
    en: 'A workflow runs for an order that is closed or unknown',
    zh: '订单已关闭或不存在，但其工作流仍在运行',
    nextEn: 'Look at it in Temporal Web; terminate it if it waits for nothing',
    nextZh: '在 Temporal Web 查看；若无待办则终止',
  },
  stock_shortfall: {
    en: 'More units are promised than physically exist',
    zh: '承诺数量超过实物库存',
    nextEn: 'Transfer stock in, or ask the newest unpaid customers to wait',
    nextZh: '调拨补货，或联系最新未付款客户',
  },
  transfer_overdue: {
    en: 'A transfer has waited too long for its next step',
    zh: '调拨单超时未推进',
    nextEn: 'Decide, dispatch or receive it; report what is lost; or cancel it',
    nextZh: '审批、发货或收货；如有丢失请上报；或取消调拨',
  },
  transfer_sold_out: {
    en: 'The source of an approved transfer was sold out before its units were held',
    zh: '调拨货源在锁货前已售出',
    nextEn: 'Decide on the new proposal; if there is none, buy or ask for fewer',
    nextZh: '审批新的调拨方案；若无方案，请采购或减少数量',
  },
  change_no_approver: {
    en: 'Nobody may decide on a change request: too few people of its roles, or all of them are concerned themselves',
    zh: '改单申请无可用审批人',
    nextEn: 'Give somebody the role in that store or region, or have somebody stand in; otherwise it expires',
    nextZh: '为该门店或区域配置审批人或代理人；否则到期自动失效',
  },
  change_apply_failed: {
    en: 'An approved change could not be applied; nothing is left of it. A buyer’s cancellation is made, but the ERP refused it',
    zh: '已批准的改单执行失败，已全部回滚；若为买家取消，则订单已取消但 ERP 拒绝入账',
    nextEn:
      'Mend what the reason says, then retry the change request; or abandon it. A buyer’s cancellation: book it in the ERP by hand',
    nextZh: '按失败原因处理后重试；或放弃该改单；买家取消请在 ERP 中手工入账',
  },
  change_undo_failed: {
    en: 'What was done of a change could not be taken back',
    zh: '改单回滚失败',
    nextEn:
      'See whether ERP and order can be reached, then try it again; the ERP may know of a change that the order does not have',
    nextZh: '检查 ERP 与订单服务后重试；此时 ERP 可能与订单不一致',
  },
  transfer_loss: {
    en: 'Units of a transfer were lost on their way',
    zh: '调拨在途丢失',
    nextEn: 'Claim the loss from the carrier; the units are written off',
    nextZh: '向承运方索赔；系统已核销丢失数量',
  },
  stock_drift: {
    en: 'A stock counter differs from the sum of its holds',
    zh: '库存计数与预占合计不符',
    nextEn: 'Tell development; do not adjust',
    nextZh: '联系开发，勿自行调整',
  },
  wms_unreachable: {
    en: 'The stock of a warehouse could not be read several times in a row',
    zh: '连续多次无法读取仓库 WMS 库存',
    nextEn: 'Read the error; test the mapping of this warehouse; ask the operator of its WMS',
    nextZh: '查看错误，测试该仓库的映射，联系 WMS 管理员',
  },
  wms_bad_rows: {
    en: 'A WMS returned rows that cannot be stock; those articles were left as they are',
    zh: 'WMS 返回了无效的库存行，相关商品未更新',
    nextEn: 'Have the rows mended in the WMS, or correct the mapping',
    nextZh: '在 WMS 中更正数据，或修改映射',
  },
  wms_jump: {
    en: 'The stock in a WMS jumped beyond what is plausible and was not taken over',
    zh: 'WMS 库存变动异常，未予采用',
    nextEn: 'Ask the warehouse; approve the number if it is right, dismiss it if it is not',
    nextZh: '向仓库核实：正确则批准，错误则忽略',
  },
  promotion_not_held: {
    en: 'A promotion could not be given its units at its start',
    zh: '促销开始时库存不足，未能预占',
    nextEn: 'Bring in the missing units, or cancel the promotion and make a smaller one',
    nextZh: '补足缺货，或取消后按较小数量重新创建',
  },
  awaiting_stock: {
    en: 'An order of a channel was accepted although stock is missing',
    zh: '渠道订单已接收，但库存不足',
    nextEn:
      'Decide here: serve it from a warehouse beyond the limits, ask for a transfer, put it off, or have a part or all of it given up by a change request; when stock comes it serves itself',
    nextZh: '选择：放宽仓库、申请调拨、稍后再看，或提交改单放弃缺货部分或整单；到货后自动分配',
  },
  channel_order_held: {
    en: 'An order of a channel is kept, but cannot be placed yet',
    zh: '渠道订单已保留，暂无法进入处理',
    nextEn:
      'Read the reason: map the SKU, or have the address or amounts mended at the platform; it goes on by itself',
    nextZh: '查看原因：补充商品映射，或在平台修正地址、金额；修正后自动继续',
  },
  channel_change: {
    en: 'The platform changed an order that is being worked on',
    zh: '平台修改了处理中的订单',
    nextEn:
      'Decide on the change that it names; otherwise compare address, refund and shipping ban with what the warehouse does, and stop the parcel if need be',
    nextZh: '先处理其中的变更申请；没有申请时核对地址、退款与禁止发货状态，必要时拦截包裹',
  },
  presale_goods_in_stock: {
    en: 'There are free units of an article for which paid presale orders wait',
    zh: '有现货可用，但已付款的预售订单仍在等待',
    nextEn: 'If the presale goods were booked as ordinary stock, book their arrival with inStock',
    nextZh: '若预售货已按普通入库登记，请以 inStock 补登到货',
  },
  bodies_kept: {
    en: 'Old message bodies are kept because some are still needed',
    zh: '旧消息正文仍被需要，暂未清理',
    nextEn: 'Settle the old messages that were set aside, and look at orders that never began',
    nextZh: '处理当月搁置的消息，并检查从未开始的订单',
  },
  unknown_shop: {
    en: 'A platform sent messages about a shop that the hub does not know',
    zh: '平台推送了未登记店铺的消息',
    nextEn:
      'Make the shop with a backfill, or have the platform stop sending; resolving dismisses what is kept',
    nextZh: '新建该店铺并回补订单，或在平台取消订阅；处理后忽略已留存的消息',
  },
  unknown_channel_message: {
    en: 'A platform sent messages of a kind that the hub does not know; those that name an order were followed all the same',
    zh: '平台推送了未知类型的消息；涉及订单的已照常拉取',
    nextEn: 'Ask development whether they matter; resolving dismisses what is kept',
    nextZh: '请开发人员确认是否需要处理；处理后忽略已留存的消息',
  },
  channel_order_unread: {
    en: 'An order at a platform could not be read several times and was set aside',
    zh: '平台订单多次读取失败，已搁置',
    nextEn: 'Read the error and mend its cause, then replay',
    nextZh: '查看错误并排除原因后重试',
  },
  shop_refused: {
    en: 'A platform refuses the credentials of a shop; nothing of it can be read or told',
    zh: '平台拒绝店铺凭证，无法同步该店铺',
    nextEn: 'Enter valid credentials and try the shop; it closes itself when the platform answers again',
    nextZh: '更新店铺凭证并测试；平台恢复应答后自动关闭',
  },
  subscription_disabled: {
    en: 'A system no longer takes its events and was disconnected',
    zh: '订阅方不再接收事件，订阅已停用',
    nextEn: 'Mend the receiver and resume the subscription, or delete it; what happened meanwhile waits',
    nextZh: '修复接收方后恢复订阅，或删除订阅；期间的事件会保留',
  },
  notification_refused: {
    en: 'A provider refuses messages to customers',
    zh: '短信或微信服务商拒绝发送客户通知',
    nextEn:
      'Read the error and mend template, signature, credit or credentials; it closes itself when a message goes out again',
    nextZh: '查看错误并修复模板、签名、余额或凭证；恢复发送后自动关闭',
  },
  notification_unknown: {
    en: 'Nobody can say whether a message to a customer went out',
    zh: '无法确认客户通知是否已发出',
    nextEn: 'Look for it in the console of the provider, and tell the customer in another way if need be',
    nextZh: '在服务商控制台查询；必要时用其他方式通知客户',
  },
  wecom_refused: {
    en: 'WeCom refuses what the hub says',
    zh: '企业微信拒绝接收消息',
    nextEn:
      'Read the error and mend the robot’s key or the app’s settings; it closes itself when a message goes out again',
    nextZh: '查看错误并修复机器人 key 或应用设置；恢复发送后自动关闭',
  },
  supplement_unpaid: {
    en: 'A customer has not paid what a change of their order made it cost on top',
    zh: '客户未支付改单产生的补款',
    nextEn:
      'Remind the customer, or ask for another change: a lower price, or a cancellation; it closes itself then',
    nextZh: '提醒客户补款，或再次申请改单（降价或取消）；完成后自动关闭',
  },
  purchase_overdue: {
    en: 'Goods that were bought should have been here',
    zh: '采购到货逾期',
    nextEn: 'Ask the supplier; it closes itself when all has been received or the list is closed',
    nextZh: '联系供应商；全部收货或结束采购单后自动关闭',
  },
  purchase_refused: {
    en: 'The ERP refused a purchase',
    zh: 'ERP 拒绝了采购单',
    nextEn: 'Read its reason, mend it there, then tell it again or close the list',
    nextZh: '查看原因并在 ERP 中修正，然后重发或结束采购单',
  },
  holidays_unknown: {
    en: 'Nobody has said which days of a year are holidays and make-up days',
    zh: '尚无该年度法定节假日及调休安排',
    nextEn:
      'Update the hub (package chinese-days), or enter the days by PUT /v1/working-days without a store; it closes itself then',
    nextZh: '升级中台（chinese-days 包），或通过 PUT /v1/working-days 录入（不指定门店）；完成后自动关闭',
  },
  reconciliation_differences: {
    en: 'Differences with another system have reached a threshold',
    zh: '对账差异达到预警阈值',
    nextEn:
      'Go through the open differences, the largest first: accept, mend or ask for a change; the item closes itself when no threshold is reached any more',
    nextZh: '按金额从大到小处理未结差异：接受、更正或提交改单；低于阈值后自动关闭',
  },
  reconciliation_failed: {
    en: 'A reconciliation could not be brought to its end',
    zh: '对账未能完成',
    nextEn: 'Read the reason and mend it, then resume the run; the item closes itself when a later run ends',
    nextZh: '查看原因并排除后恢复该次对账；后续对账完成后自动关闭',
  },
  abnormal_order: {
    en: 'A paid order is held: the rules about abnormal orders have found something',
    zh: '已付款订单被异常规则拦截，暂不发货',
    nextEn:
      'Ask the customer; correct it by a change request (it goes on by itself once nothing is found), release it, or cancel it by a change request',
    nextZh: '联系客户核实；通过改单修正（复检通过后自动放行）、人工放行，或通过改单取消',
  },
  inspection_failed: {
    en: 'Somebody went to see an order and something is wrong',
    zh: '订单稽查不通过',
    nextEn:
      'Look at findings and photographs of the inspection; ask for a change, a refund or a complaint of the order',
    nextZh: '查看稽查结果与照片，按需改单、退款或登记投诉',
  },
  inspection_overdue: {
    en: 'Nobody has been to an order that was to be inspected',
    zh: '订单稽查超时未完成',
    nextEn: 'Remind whom it is assigned to, assign it to somebody else, or cancel it; it closes itself then',
    nextZh: '催办、改派或取消；完成后自动关闭',
  },
  inspection_unassigned: {
    en: 'There is nobody to send to the inspections of a region',
    zh: '该区域没有可分配的稽查员',
    nextEn:
      'Make accounts of inspectors for the region, or name somebody in the policy inspection; it closes itself then',
    nextZh: '为该区域新增稽查员账号，或在稽查策略中指定人员；分配后自动关闭',
  },
  events_exhausted: {
    en: 'A system did not take some of its events in ten tries over three days',
    zh: '订阅方三天内十次均未成功接收部分事件',
    nextEn: 'Read the errors in the delivery log, have the receiver mended, then replay',
    nextZh: '查看推送日志中的错误，修复接收方后重试',
  },
}

/** A kind as people read it. */
export function describeKind(kind: WorkItemKind) {
  const { en, zh, nextEn, nextZh } = WORK_ITEM_TEXT[kind]
  return { kind, title: { en, zh }, nextStep: { en: nextEn, zh: nextZh } }
}

export const workItemView = z.object({
  workItemId: z.uuid(),
  kind: z.enum(WORK_ITEM_KINDS),
  title: z.object({ en: z.string(), zh: z.string() }),
  nextStep: z.object({ en: z.string(), zh: z.string() }),
  key: z.string(),
  orderId: orderId.nullable(),
  state: z.enum(['open', 'resolved']),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  owner: z.string().nullable(),
  occurrences: z.int(),
  /** While it is put off: until when, by whom, and why if they said so. Null otherwise, also once its time has come. */
  snooze: z.object({ until: instant, by: z.string(), reason: z.string().nullable() }).nullable(),
  resolution: z.string().nullable(),
  resolvedBy: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  resolvedAt: instant.nullable(),
})
const WORK_ITEM_ACTIONS = [
  'assign',
  'snooze',
  'wake',
  'resolve',
  'replay',
  'approve',
  'dismiss',
  'decide',
  'release',
] as const
export type WorkItemAction = (typeof WORK_ITEM_ACTIONS)[number]
/** One work item, with what its detail refers to. */
export const workItemDetailView = workItemView.extend({
  /** Of a shortfall: who holds units of this level now, newest unpaid first; `isShort` are those that go short. */
  ordersAtRisk: z.array(
    z.object({
      orderId,
      quantity: z.int(),
      isPaid: z.boolean(),
      createdAt: instant,
      isShort: z.boolean(),
    }),
  ),
  /** Of an order that waits for stock: what is there, and what can be decided at `/v1/orders/{id}/stock-wait`. Null otherwise. */
  stockWait: stockWaitView.nullable(),
  /** What can be done with it by a call. */
  actions: z.array(z.enum(WORK_ITEM_ACTIONS)),
})
export const listWorkItemsQuery = pageQuery.extend({
  state: z.enum(['open', 'resolved']).default('open'),
  kind: z.enum(WORK_ITEM_KINDS).optional(),
  orderId: orderId.optional(),
  owner: text(64).optional(),
  /** How long they have waited, as the counts have it. */
  waited: z.enum(WORK_ITEM_AGES).optional(),
  /** Open items that are put off until later: left out, alone, or among the others. */
  snoozed: z.enum(['exclude', 'only', 'include']).default('exclude'),
  sort: z.enum(['newest', 'oldest']).default('oldest'),
})
export type ListWorkItemsQuery = z.output<typeof listWorkItemsQuery>
export const workItemPage = page(workItemView)
/** Nobody acts differently on more than these; counting on would read the whole table. */
export const MOST_COUNTED_ITEMS = 10_000
/**
 * How many open items have waited for how long, of the `most` that have waited longest, without those that are put off; and how
 * many of these there are. A number of `most` means that many or more.
 */
export const workItemCounts = z.object({
  most: z.int(),
  total: z.int(),
  snoozed: z.int(),
  overDay: z.int(),
  underDay: z.int().describe('an hour or more, and less than a day'),
  underHour: z.int(),
})
export type WorkItemCounts = z.output<typeof workItemCounts>
export const assignBody = z.strictObject({ owner: text(64) })
export const snoozeBody = z
  .strictObject({
    /** At most 30 days ahead. */
    until: instant,
    reason: text(500).optional(),
  })
  .meta({ examples: [{ until: '2026-12-01T09:00:00+08:00', reason: '等供应商答复' }] })
export const resolveBody = z.strictObject({ resolution: text(500) })

/** The kinds that there are, for whoever narrows a list to one of them. */
export const workItemKindList = z.object({
  items: z.array(workItemView.pick({ kind: true, title: true, nextStep: true })),
})

/** Somebody whom a work item can be given to: what they are called, and nothing else of their account. */
const assigneeView = z.object({ userName: z.string(), displayName: z.string() })
export type AssigneeView = z.output<typeof assigneeView>
export const listAssigneesQuery = pageQuery.extend({
  /** Only people who see this one. */
  workItemId: z.uuid().optional(),
  /** Part of the user name or the display name, in any case. */
  text: text(64).optional(),
})
export type ListAssigneesQuery = z.output<typeof listAssigneesQuery>
export const assigneePage = page(assigneeView)
