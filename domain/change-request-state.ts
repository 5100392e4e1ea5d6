/** Where a change request can stand, and where it may go from there. */
export const CHANGE_REQUEST_STATUSES = [
  'submitted',
  'in_approval',
  'approved',
  'undoing',
  'apply_failed',
  'applied',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'abandoned',
] as const
export type ChangeRequestStatus = (typeof CHANGE_REQUEST_STATUSES)[number]

/** What each status means to a person, in both languages of the product. */
export const CHANGE_REQUEST_MEANING: Record<ChangeRequestStatus, { en: string; zh: string }> = {
  submitted: { en: 'the order is about to be held for it', zh: '已提交，待占用订单' },
  in_approval: { en: 'the order is held; somebody has to decide', zh: '审批中' },
  approved: { en: 'approved; being applied to stock, ERP, money and order', zh: '已批准，执行中' },
  undoing: { en: 'could not be applied; what was done of it is being taken back', zh: '执行受阻，撤销中' },
  apply_failed: {
    en: 'could not be applied, nothing is left of it; retry or abandon',
    zh: '执行失败，待处理',
  },
  applied: { en: 'the order is changed, by authority of this request', zh: '已执行（授权变更）' },
  rejected: { en: 'not approved; may be changed and asked for again', zh: '已驳回，可修改后重新提交' },
  withdrawn: { en: 'taken back by who asked for it', zh: '已撤回' },
  expired: { en: 'nobody decided in time', zh: '超时未批，已过期' },
  stale: { en: 'the order has moved on, so that it means nothing any more', zh: '订单已变化，已失效' },
  abandoned: { en: 'given up after it could not be applied', zh: '已放弃执行' },
}

/** Every legal move. A status that is missing on the right of a row can never follow it. */
export const CHANGE_REQUEST_TRANSITIONS: Record<ChangeRequestStatus, readonly ChangeRequestStatus[]> = {
  submitted: ['in_approval', 'approved', 'stale', 'withdrawn', 'expired'],
  in_approval: ['approved', 'rejected', 'withdrawn', 'expired', 'stale'],
  approved: ['applied', 'undoing'],
  undoing: ['apply_failed', 'stale', 'abandoned', 'applied'],
  apply_failed: ['approved', 'abandoned'],
  applied: [],
  rejected: ['submitted'],
  withdrawn: [],
  expired: [],
  stale: [],
  abandoned: [],
}

/** Nothing more happens by itself; the order takes other requests. */
const CLOSED: ReadonlySet<ChangeRequestStatus> = new Set([
  'applied',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'abandoned',
])
export function isChangeClosed(status: ChangeRequestStatus): boolean {
  return CLOSED.has(status)
}

/**
 * Unless the policy says otherwise, a person must hear after so long that ERP or order cannot be reached: longer than
 * either is usually away.
 */
export const APPLY_WITHIN_SECONDS = 1_800
