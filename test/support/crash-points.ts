import type { Activities } from '../../activities/index.ts'

/**
 * One exact moment in the life of an order, a transfer, a promotion or a change: when the n-th call of an activity begins, or
 * when the n-th of its calls that answer so has ended.
 */
export type CrashPoint = {
  activity: keyof Activities
  call: number
  when: 'before' | 'after'
  /** Part of the answer as JSON. */
  answers?: string
}

export const before = (activity: CrashPoint['activity'], call = 1): CrashPoint => ({
  activity,
  call,
  when: 'before',
})
export const after = (activity: CrashPoint['activity'], call = 1): CrashPoint => ({
  activity,
  call,
  when: 'after',
})
export const answering = (activity: CrashPoint['activity'], answers: string): CrashPoint => ({
  ...after(activity),
  answers,
})
