import { CHANGE_FACTS, CUSTOMER_DAYS } from '../../domain/approval-route.ts'
import type { Vocabulary } from '../../domain/conditions.ts'
import { ORDER_FACTS } from '../../domain/order-facts.ts'

type Title = { en: string; zh: string }
/** The facts of a condition, each with its type and with what a form and the documents call it. */
export type DescribedFacts = { vocabulary: Vocabulary; titles: Readonly<Record<string, Title>> }

/** A title for each fact; the compiler asks for those that are missing. */
const describe = <Names extends Vocabulary>(
  vocabulary: Names,
  titles: Record<keyof Names, Title>,
): DescribedFacts => ({ vocabulary, titles })

export const ORDER_CONDITIONS = describe(ORDER_FACTS, {
  channel: { en: 'channel', zh: '渠道' },
  storeId: { en: 'store', zh: '门店' },
  divisionCode: { en: 'division code of the address', zh: '收货行政区划代码' },
  provinceCode: { en: 'first two digits of it: the province', zh: '收货省份代码（前两位）' },
  amountCents: { en: 'amount with freight, cents', zh: '订单金额（含运费，分）' },
  freightCents: { en: 'freight, cents', zh: '运费（分）' },
  units: { en: 'units of all lines', zh: '商品总件数' },
  lines: { en: 'lines', zh: '商品行' },
})

const recently = (en: string, zh: string): Title => ({
  en: `of the customer’s last ${CUSTOMER_DAYS} days: ${en}`,
  zh: `客户近 ${CUSTOMER_DAYS} 天${zh}`,
})
export const CHANGE_CONDITIONS = describe(CHANGE_FACTS, {
  type: { en: 'type of the change', zh: '改单类型' },
  concessionCents: { en: 'what the merchant gives up, cents', zh: '让利金额（分）' },
  differenceCents: {
    en: 'difference of the amount, cents; negative is a reduction',
    zh: '差额（分，负数为减少）',
  },
  amountCents: { en: 'amount before, cents', zh: '原金额（分）' },
  targetAmountCents: { en: 'amount afterwards, cents', zh: '目标金额（分）' },
  orderStatus: { en: 'status of the order', zh: '订单状态' },
  paid: { en: 'paid in full', zh: '是否已付清' },
  channel: { en: 'channel', zh: '渠道' },
  storeId: { en: 'store', zh: '门店' },
  region: { en: 'region of the store', zh: '门店所属大区' },
  applicantRole: {
    en: 'role of the applicant; `buyer` or `system` for systems',
    zh: '申请人角色（系统为 buyer 或 system）',
  },
  customerOrders: recently('other orders', '其他订单数'),
  customerAmountCents: recently('what these cost, cents', '其他订单金额（分）'),
  customerRequests: recently('earlier requests for changes', '改单申请次数（不含本次）'),
  customerConcessionCents: recently('concessions that were applied, cents', '已执行的让利金额（分）'),
  customerRefundedCents: recently('refunds, cents', '退款金额（分）'),
})
