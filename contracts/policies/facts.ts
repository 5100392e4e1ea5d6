import { ABNORMAL_FACTS } from '../../domain/abnormal-facts.ts'
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

const ORDER_TITLES = {
  channel: { en: 'channel', zh: '渠道' },
  storeId: { en: 'store', zh: '门店' },
  divisionCode: { en: 'division code of the address', zh: '收货行政区划代码' },
  provinceCode: { en: 'first two digits of it: the province', zh: '收货省份代码（前两位）' },
  amountCents: { en: 'amount with freight, cents', zh: '订单金额（含运费，分）' },
  freightCents: { en: 'freight, cents', zh: '运费（分）' },
  units: { en: 'units of all lines', zh: '商品总件数' },
  lines: { en: 'lines', zh: '商品行' },
}
export const ORDER_CONDITIONS = describe(ORDER_FACTS, ORDER_TITLES)

export const ABNORMAL_CONDITIONS = describe(ABNORMAL_FACTS, {
  ...ORDER_TITLES,
  isAgain: { en: 'checked again after a change', zh: '改单后复检' },
  addressReadable: { en: 'the hub can read the address', zh: '地址可读（非平台密文）' },
  divisionLevel: {
    en: 'how finely the place is known; district, city, province or none',
    zh: '区划识别级别（district、city、province、none）',
  },
  divisionAmbiguous: { en: 'the division’s name is that of several', zh: '区划名称不唯一' },
  divisionContradictory: { en: 'divisions that cannot be true together', zh: '省市区相互矛盾' },
  detailCharacters: { en: 'letters and digits behind the divisions', zh: '详细地址字数' },
  detailVague: { en: 'the address says nothing (家里, 见备注)', zh: '详细地址无意义（如“家里”“见备注”）' },
  houseNumberMissing: { en: 'no house number and no landmark', zh: '缺少门牌号' },
  remoteArea: { en: 'in a remote area of this policy', zh: '偏远地区（按本策略）' },
  phoneKind: {
    en: 'kind of the number; mobile, landline, service, privacy, foreign, hidden or invalid',
    zh: '电话类型（mobile、landline、service、privacy、foreign、hidden、invalid）',
  },
  remarkCharacters: { en: 'characters of the remark', zh: '备注字数' },
  sensitiveWords: { en: 'different sensitive words in the remark', zh: '备注中敏感词个数' },
  sensitive: { en: 'sensitive words by category', zh: '各类敏感词' },
  customerOrders: { en: 'other orders of the customer, last months', zh: '客户近期其他订单数' },
  amountTimesUsual: {
    en: 'amount against the customer’s average; 0: none',
    zh: '金额相对该客户平均的倍数（0 为无历史）',
  },
  quantityTimesUsual: {
    en: 'largest quantity against the SKU’s usual; 0: unknown',
    zh: '数量相对该商品平常的最大倍数（0 为未知）',
  },
  lowestPricePercent: { en: 'lowest price in percent of the standard', zh: '最低售价占标准价百分比' },
  highestPricePercent: { en: 'highest price in percent of the standard', zh: '最高售价占标准价百分比' },
  ordersToAddressLastDay: { en: 'other orders to this address, 24 h', zh: '24 小时内同地址其他订单数' },
  ordersToPhoneLastDay: { en: 'other orders of this number, 24 h', zh: '24 小时内同电话其他订单数' },
  duplicatesLastHour: { en: 'same customer and goods, last hour', zh: '1 小时内同客户同商品订单数' },
  duplicatesLastDay: { en: 'same customer and goods, 24 h', zh: '24 小时内同客户同商品订单数' },
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
  customerReships: recently('requests to send goods again for nothing', '补发申请次数（不含本次）'),
  customerSegment: {
    en: 'code of the customer’s segment; empty: in none',
    zh: '客户分群编码（空为未分群）',
  },
  customerFreeReshipsLeft: {
    en: 'how often more goods are sent again for nothing, by the segment',
    zh: '按分群剩余的免费补发次数',
  },
  customerLeniencyCents: {
    en: 'concession that the segment is granted, cents',
    zh: '按分群可从宽的让利额度（分）',
  },
})
