import { Context } from '@temporalio/activity'
import { feedTargetsOf } from '../connectors/channels/calls.ts'
import type { ChannelConnectors } from '../connectors/channels/channel.ts'
import type { Db } from '../store/database.ts'
import { type HealthTargets, healthTargetsOf, refreshHealth } from '../store/health-refresh.ts'
import { currentPolicy } from '../store/policy.ts'

/** What a turn has done; `isDone` is false where there is more to do. */
export type HealthTurn = { sources: number; hours: number; isDone: boolean }

/** One attempt works for so long; the next turn goes on from there. */
const LONGEST_MS = 5 * 60_000

/** The figures of the health score. Safe to repeat, and to end at any moment. */
export function createHealthScoreActivities({
  db,
  connectors,
  now = () => new Date(),
}: {
  db: Db
  connectors: ChannelConnectors
  now?: () => Date
}) {
  return {
    /** Brings the figures up to date, round by round. `isDone` is false where the time was over before. */
    refreshHealthScore: async (): Promise<HealthTurn> => {
      const targets = await currentTargets(db, connectors)
      const endsAtMs = performance.now() + LONGEST_MS
      const done = { sources: 0, hours: 0 }
      for (;;) {
        const round = await refreshHealth(db, { now: now(), targets })
        done.sources += round.sources
        done.hours += round.hours
        if (round.isDone || performance.now() >= endsAtMs) return { ...done, isDone: round.isDone }
        Context.current().heartbeat(done)
      }
    },
  }
}

/** What everything is measured against now. */
async function currentTargets(db: Db, connectors: ChannelConnectors): Promise<HealthTargets> {
  const policy = await currentPolicy(db, 'health-score')
  const { document: route } = await currentPolicy(db, 'approval-route')
  return healthTargetsOf(policy, {
    feeds: feedTargetsOf(connectors, policy.document.syncTargetSeconds),
    shipWithinSeconds: route.shipWithinSeconds,
  })
}
