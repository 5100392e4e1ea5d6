/** Where a transfer can stand, and where it may go from there. */
export const TRANSFER_STATUSES = [
  'requested',
  'approved',
  'reserved',
  'dispatched',
  'partially_received',
  'returning',
  'received',
  'closed_short',
  'closed_with_loss',
  'rejected',
  'cancelled',
  'unsourced',
] as const
export type TransferStatus = (typeof TRANSFER_STATUSES)[number]

/** What each status means to a person, in both languages of the product. */
export const TRANSFER_STATUS_MEANING: Record<TransferStatus, { en: string; zh: string }> = {
  requested: { en: 'a proposal waits for somebody who may approve it', zh: '待审批' },
  approved: { en: 'approved; the units are about to be held at their sources', zh: '已批准，待锁货' },
  reserved: { en: 'the units are held at their sources', zh: '已锁货，待发出' },
  dispatched: { en: 'units are on their way', zh: '已发出，在途' },
  partially_received: { en: 'a part has arrived, the rest is expected', zh: '部分收货' },
  returning: { en: 'called back; what is on its way returns to its source', zh: '已召回，退回中' },
  received: { en: 'everything has arrived', zh: '已收货' },
  closed_short: { en: 'a part has arrived, the rest was called back', zh: '部分收货后结束' },
  closed_with_loss: { en: 'ended; some units were lost on their way', zh: '结束，有在途丢失' },
  rejected: { en: 'not approved', zh: '已驳回' },
  cancelled: { en: 'ended without a unit having arrived', zh: '已取消' },
  unsourced: { en: 'the source was sold out meanwhile and there is no other', zh: '货源已售出，无可用货源' },
}

/** Every legal move. A status that is missing on the right of a row can never follow it. */
export const TRANSFER_TRANSITIONS: Record<TransferStatus, readonly TransferStatus[]> = {
  requested: ['approved', 'rejected', 'cancelled'],
  approved: ['reserved', 'requested', 'unsourced', 'cancelled'],
  reserved: ['dispatched', 'cancelled'],
  dispatched: ['partially_received', 'received', 'returning', 'closed_with_loss'],
  partially_received: ['received', 'returning', 'closed_short', 'closed_with_loss'],
  returning: ['received', 'closed_short', 'closed_with_loss', 'cancelled'],
  received: [],
  closed_short: [],
  closed_with_loss: [],
  rejected: [],
  cancelled: [],
  unsourced: [],
}

export function isTransferClosed(status: TransferStatus): boolean {
  return TRANSFER_TRANSITIONS[status].length === 0
}
