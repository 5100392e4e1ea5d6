import type { Counterpart, DifferenceKind, LineKind } from './reconciliation.ts'

type Sentence = { en: string; zh: string }

/** How people call who the hub is compared with. */
export const COUNTERPART_TEXT: Record<Counterpart, Sentence> = {
  channel: { en: 'channels', zh: '渠道' },
  finance: { en: 'finance', zh: '财务' },
  logistics: { en: 'logistics', zh: '物流' },
  crm: { en: 'CRM', zh: '客户系统' },
  erp: { en: 'ERP', zh: 'ERP' },
  wms: { en: 'WMS', zh: '仓库系统' },
}

/** What each kind of difference means. */
export const DIFFERENCE_MEANING: Record<DifferenceKind, Sentence> = {
  missing_here: { en: 'the other side has it, the hub does not', zh: '对方有，中台没有' },
  missing_there: { en: 'the hub has it, the other side does not', zh: '中台有，对方没有' },
  amount: { en: 'both have it, with another amount', zh: '双方金额或数量不一致' },
  status: { en: 'both have it, in another state', zh: '双方状态不一致' },
  duplicate: { en: 'one side has it more often', zh: '一方重复' },
  timing: { en: 'both have it, too many days apart', zh: '双方时间相差过大' },
}

const GENERAL: Record<DifferenceKind, Sentence> = {
  missing_here: {
    en: 'Find the order that it belongs to; enter what the hub was never told, or have the other side take it back',
    zh: '查找所属订单；补录中台缺失的数据，或请对方冲销',
  },
  missing_there: {
    en: 'Ask the other side for it; if it is not due there, accept it with the reason',
    zh: '向对方查询补录；如确实不需要，请注明原因后接受',
  },
  amount: {
    en: 'Compare both with the order’s history; if the order is wrong, ask for a change, otherwise have the other side mend it',
    zh: '与订单历史核对；订单有误则提交改单，否则请对方更正',
  },
  status: {
    en: 'See which side is behind; if it does not catch up by itself, have it mended there',
    zh: '确认哪一方滞后；未自动追平时请对应一方更正',
  },
  duplicate: {
    en: 'Have the surplus line taken back where it stands',
    zh: '请在重复的一方冲销多余记录',
  },
  timing: {
    en: 'Check the dates; if the booking is right, accept it with the reason',
    zh: '核对日期；入账无误可注明原因后接受',
  },
}

/** Where more can be said than in general. */
const SPECIAL: Partial<Record<`${LineKind}/${DifferenceKind}`, Sentence>> = {
  'payment/missing_there': {
    en: 'Ask the payment provider whether it was settled; a payment that never arrived has to be collected',
    zh: '向支付机构核实是否结算；未到账的款项需追收',
  },
  'payment/missing_here': {
    en: 'Record the payment on its order, or refund it at the provider',
    zh: '将该款项补录到订单，或原路退回',
  },
  'payment/duplicate': {
    en: 'The buyer has paid twice, or the provider has settled twice: refund or have it taken back',
    zh: '客户重复付款或机构重复结算：请退款或冲销',
  },
  'refund/missing_there': {
    en: 'Ask the provider whether the refund went out; if not, replay its work item',
    zh: '向支付机构核实退款是否完成；未完成请重试退款',
  },
  'refund/missing_here': {
    en: 'Money went back that the hub does not know of: find out who refunded it, and ask for a change of the order',
    zh: '存在中台未知的退款：查明退款人并提交改单',
  },
  'waybill/missing_here': {
    en: 'The courier bills a parcel that nobody sent: refuse that line of the bill',
    zh: '物流账单含未发出的运单：请拒付该笔',
  },
  'waybill/amount': {
    en: 'Compare weight and zone of the parcel with the price list, and have the courier correct the bill',
    zh: '按重量与区域核对运费，请物流公司更正账单',
  },
  'waybill/duplicate': {
    en: 'The courier bills the parcel twice: refuse the second line',
    zh: '运单重复计费：请拒付重复的一笔',
  },
  'stock/amount': {
    en: 'Have this article counted in this warehouse',
    zh: '请盘点该仓库的此商品',
  },
  'stock/missing_there': {
    en: 'The warehouse does not list an article that the hub holds: have it counted, and check the mapping',
    zh: '仓库未列出该商品：请盘点并检查映射',
  },
  'customer/status': {
    en: 'The order belongs to another customer there: have the CRM merge or move it',
    zh: '对方记录的客户不同：请在客户系统合并或更正',
  },
  'order/missing_here': {
    en: 'Fetch the order anew from its channel; it may be held because of its address or articles',
    zh: '重新拉取该渠道订单；可能因地址或商品映射被暂存',
  },
}

/** What to do about a difference, for whoever looks at it. */
export function suggestFix(lineKind: LineKind, kind: DifferenceKind): Sentence {
  return SPECIAL[`${lineKind}/${kind}`] ?? GENERAL[kind]
}
