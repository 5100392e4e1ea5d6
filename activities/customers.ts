import { Context } from '@temporalio/activity'
import { refreshCustomers } from '../store/customer-refresh.ts'
import type { Db } from '../store/database.ts'

/** What a turn has done; `isDone` is false where there is more to do. */
export type CustomersTurn = { orders: number; graded: number; isDone: boolean }

/** One attempt works for so long; the next turn goes on from there. */
const LONGEST_MS = 5 * 60_000

/** The figures of customers. Safe to repeat, and to end at any moment. */
export function createCustomerActivities({ db, now = () => new Date() }: { db: Db; now?: () => Date }) {
  return {
    /** Brings customers up to date, round by round. `isDone` is false where the time was over before. */
    refreshCustomerFigures: async (): Promise<CustomersTurn> => {
      const endsAtMs = performance.now() + LONGEST_MS
      const done = { orders: 0, graded: 0 }
      for (;;) {
        const round = await refreshCustomers(db, { now: now() })
        done.orders += round.orders
        done.graded += round.graded
        if (round.isDone || performance.now() >= endsAtMs) return { ...done, isDone: round.isDone }
        Context.current().heartbeat(done)
      }
    },
  }
}
