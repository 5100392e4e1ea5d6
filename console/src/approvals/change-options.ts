import type { ChangeDetail } from '../api/types.ts'

export type ChangeAction = 'withdraw' | 'resubmit' | 'retry' | 'abandon'

/** What a person may do with a request as it stands: their own is taken back or asked for again, one that could not be applied is settled. */
export function changeActions(
  { status, needsAttention }: Pick<ChangeDetail, 'status' | 'needsAttention'>,
  { isApplicant, maySettle }: { isApplicant: boolean; maySettle: boolean },
): ChangeAction[] {
  const own: ChangeAction[] =
    status === 'submitted' || status === 'in_approval'
      ? ['withdraw']
      : status === 'rejected'
        ? ['resubmit']
        : []
  const isStuck = status === 'apply_failed' || (status === 'undoing' && needsAttention)
  return [...(isApplicant ? own : []), ...(maySettle && isStuck ? (['retry', 'abandon'] as const) : [])]
}
