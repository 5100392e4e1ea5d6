import type { Shop } from '../api/types.ts'

export type Lag = { state: 'ok' | 'late' | 'unknown' | 'inactive'; lagSeconds: number | null }

/**
 * How far behind its platform a shop may be. A push is a hint and a pull is the truth: what the quicker of the two has seen
 * counts, and each is late by its own target only if the other does not make up for it.
 */
export function lagOf({ active, push, pull }: Pick<Shop, 'active' | 'push' | 'pull'>): Lag {
  if (!active) return { state: 'inactive', lagSeconds: null }
  const feeds = [push, pull].flatMap((feed) =>
    feed === null || feed.lagSeconds === null
      ? []
      : [{ lagSeconds: feed.lagSeconds, isLate: feed.lagSeconds > feed.lagTargetSeconds }],
  )
  const quickest = feeds.sort((one, other) => one.lagSeconds - other.lagSeconds)[0]
  if (!quickest) return { state: 'unknown', lagSeconds: null }
  return { state: feeds.every(({ isLate }) => isLate) ? 'late' : 'ok', lagSeconds: quickest.lagSeconds }
}
