export const AGES = ['overDay', 'underDay', 'underHour'] as const
export type Age = (typeof AGES)[number]

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How many have waited for how long. */
export function byAge(items: readonly { createdAt: string }[], nowMs: number): Record<Age, number> {
  const counts: Record<Age, number> = { overDay: 0, underDay: 0, underHour: 0 }
  for (const { createdAt } of items) {
    const waitedMs = nowMs - Date.parse(createdAt)
    counts[waitedMs >= DAY_MS ? 'overDay' : waitedMs >= HOUR_MS ? 'underDay' : 'underHour'] += 1
  }
  return counts
}
