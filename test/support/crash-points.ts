import type { Activities } from '../../activities/index.ts'

/** One exact moment in an order's life: before or after the n-th call of an activity that a worker's life sees. */
export type CrashPoint = { activity: keyof Activities; call: number; when: 'before' | 'after' }
