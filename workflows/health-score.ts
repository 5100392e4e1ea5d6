import { proxyActivities } from '@temporalio/workflow'
import type { HealthTurn } from '../activities/health-score.ts'

/** Every round inside it is a transaction of its own: a retry goes on where the one before was. */
const { refreshHealthScore } = proxyActivities<{ refreshHealthScore: () => Promise<HealthTurn> }>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '1m',
  scheduleToCloseTimeout: '30m',
})
/** Of a long backlog the rest is left to the next turns, so that no history grows without end. */
const ATTEMPTS = 50

/** One turn: looks at what has changed since the last one, and sums the hours that are over. */
export async function healthScore(): Promise<HealthTurn> {
  const done = { sources: 0, hours: 0 }
  for (let attempt = 1; ; attempt += 1) {
    const { isDone, ...more } = await refreshHealthScore()
    done.sources += more.sources
    done.hours += more.hours
    if (isDone || attempt === ATTEMPTS) return { ...done, isDone }
  }
}
