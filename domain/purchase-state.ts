/** Where a purchase list can stand, and where it may go from there. */
export const PURCHASE_STATUSES = [
  'draft',
  'submitted',
  'approved',
  'partially_received',
  'received',
  'closed_short',
  'cancelled',
] as const
export type PurchaseStatus = (typeof PURCHASE_STATUSES)[number]

/** What each status means to a person, in both languages of the product. */
export const PURCHASE_STATUS_MEANING: Record<PurchaseStatus, { en: string; zh: string }> = {
  draft: { en: 'being put together; nobody was asked yet, or it was sent back', zh: '草稿' },
  submitted: { en: 'waits for somebody who may approve it', zh: '待审批' },
  approved: { en: 'approved; the ERP is told, and the goods are expected', zh: '已批准，待到货' },
  partially_received: { en: 'a part has arrived, the rest is expected', zh: '部分到货' },
  received: { en: 'everything has arrived', zh: '已收货' },
  closed_short: { en: 'ended before everything had arrived', zh: '未收齐结束' },
  cancelled: { en: 'ended before anything was bought', zh: '已取消' },
}

/** Every legal move. A status that is missing on the right of a row can never follow it. */
export const PURCHASE_TRANSITIONS: Record<PurchaseStatus, readonly PurchaseStatus[]> = {
  draft: ['submitted', 'approved', 'cancelled'],
  submitted: ['draft', 'approved', 'cancelled'],
  approved: ['partially_received', 'received', 'closed_short', 'cancelled'],
  partially_received: ['partially_received', 'received', 'closed_short'],
  received: [],
  closed_short: [],
  cancelled: [],
}

export function isPurchaseClosed(status: PurchaseStatus): boolean {
  return PURCHASE_TRANSITIONS[status].length === 0
}
