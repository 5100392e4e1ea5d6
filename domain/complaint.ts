/** What customers complain about. */
export const COMPLAINT_CATEGORIES = [
  'late_shipping',
  'late_delivery',
  'not_received',
  'damaged',
  'wrong_item',
  'missing_item',
  'quality',
  'not_as_described',
  'counterfeit',
  'price',
  'service',
  'other',
] as const
export type ComplaintCategory = (typeof COMPLAINT_CATEGORIES)[number]

export const COMPLAINT_CATEGORY_MEANING: Record<ComplaintCategory, { en: string; zh: string }> = {
  late_shipping: { en: 'shipped late or not at all', zh: '发货慢或未发货' },
  late_delivery: { en: 'delivered late', zh: '配送超时' },
  not_received: { en: 'never arrived', zh: '未收到货' },
  damaged: { en: 'arrived damaged', zh: '商品破损' },
  wrong_item: { en: 'something else arrived', zh: '发错货' },
  missing_item: { en: 'something was missing', zh: '少发、漏发' },
  quality: { en: 'does not work or is badly made', zh: '质量问题' },
  not_as_described: { en: 'not what the page says', zh: '与描述不符' },
  counterfeit: { en: 'not genuine', zh: '疑似假货' },
  price: { en: 'charged wrongly', zh: '价格争议' },
  service: { en: 'how people were spoken to', zh: '服务态度' },
  other: { en: 'something else', zh: '其他' },
}

/** Where a complaint was heard of: customer service (客服), or the reason that a refund was asked for at a channel. */
export const COMPLAINT_SOURCES = ['customer_service', 'channel_refund'] as const
export type ComplaintSource = (typeof COMPLAINT_SOURCES)[number]

/** What a refund's reason means: the first rule with one of its words in it. */
export type RefundReasonRule = { words: readonly string[]; category: ComplaintCategory | null }

/**
 * What a buyer complains about who gives this reason for a refund; null for nothing: they changed their mind, or the
 * words are not known. Spaces and the width of letters do not matter.
 */
export function complaintOf(reason: string, rules: readonly RefundReasonRule[]): ComplaintCategory | null {
  const said = plain(reason)
  const rule = rules.find(({ words }) => words.some((word) => said.includes(plain(word))))
  return rule?.category ?? null
}

function plain(words: string): string {
  return words.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()
}
