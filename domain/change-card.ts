import type { ChangeRequestStatus } from './change-request-state.ts'

/** What a card says of a request for a change: nothing of its customer. */
export type ChangeCardFacts = {
  number: string
  type: string
  storeName: string
  applicant: string
  /** What the customer pays more (or less) than before, and what is given away. */
  differenceCents: number
  concessionCents: number
  dueAt: Date | null
  shipBy: Date | null
}

const TYPES: Readonly<Record<string, string>> = {
  price: '改价',
  address: '改地址',
  item: '换商品',
  quantity: '改数量',
  gift: '加赠品',
  cancel: '付款后取消',
  refund: '退款',
  reship: '补发',
}

/** What people call a type of change; one that nobody knows is shown as it is. */
export function changeTypeName(type: string): string {
  return TYPES[type] ?? type
}

/** The card that asks one person to decide on a request. */
export function changeCardContent(facts: ChangeCardFacts) {
  const { number, type, storeName, applicant, differenceCents, concessionCents, dueAt, shipBy } = facts
  return {
    title: `${changeTypeName(type)}申请 ${number}`,
    description: differenceOf(differenceCents),
    facts: [
      { name: '店铺', value: storeName },
      { name: '申请人', value: applicant },
      ...(concessionCents > 0 ? [{ name: '让利', value: yuan(concessionCents) }] : []),
      ...(dueAt ? [{ name: '截止', value: chinaMinute(dueAt) }] : []),
      ...(shipBy ? [{ name: '承诺发货', value: chinaMinute(shipBy) }] : []),
    ],
    note: '',
  }
}

/** Where a request stands, as far as a card goes that asks nobody any more. */
export type SettledCard = {
  status: ChangeRequestStatus
  isNewerVersion: boolean
  isHigherLevel: boolean
  /** The same person has got another card of the same question. */
  isReminded: boolean
  /** The last decision that counted in the card's step. */
  decision: { by: string; verdict: 'approve' | 'reject' } | null
}

/** What takes the place of the buttons of somebody whom nobody asks any more. */
export function settledCardText(settled: SettledCard): string {
  const { status, isNewerVersion, isHigherLevel, isReminded, decision } = settled
  if (status === 'withdrawn') return '申请人已撤回'
  if (status === 'expired') return '超时未批，已过期'
  if (status === 'stale') return '订单已变化，已失效'
  if (isNewerVersion) return '已重新提交'
  if (isReminded) return '已再次提醒'
  if (decision) return verdictText(decision.verdict, decision.by)
  return isHigherLevel ? '已升级至上一级' : '无需处理'
}

/** `王芳已同意`; without a name it was the reader. */
export function verdictText(verdict: 'approve' | 'reject', by = ''): string {
  const name = [...by].slice(0, 12).join('')
  return `${name}${verdict === 'approve' ? '已同意' : '已驳回'}`
}

function differenceOf(cents: number): string {
  if (cents === 0) return '应收金额不变'
  return `应收${cents < 0 ? '减少' : '增加'} ${yuan(Math.abs(cents))}`
}

function yuan(cents: number): string {
  return `¥${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

const CHINA_MS = 8 * 3_600_000
/** `11-28 18:00` */
export function chinaMinute(at: Date): string {
  return new Date(at.getTime() + CHINA_MS).toISOString().slice(5, 16).replace('T', ' ')
}
