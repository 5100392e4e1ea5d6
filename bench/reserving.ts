import { sql } from 'kysely'
import type { Db } from '../store/database.ts'
import { rememberResults } from '../store/operation.ts'
import { type ReserveRequest, reserve } from '../store/reservation.ts'
import { createReservations } from '../store/reservation-groups.ts'

/** How many callers at once, in groups or each in a transaction of its own, for how long. */
export type ReservingTask = { way: 'grouped' | 'single'; callers: number; warmUpMs: number; windowMs: number }
export type ReservingWork = Record<ReservingTask['way'], () => Promise<void>>

/** One reservation after the other, each the next request, in both ways. */
export function reservingWork(db: Db, next: () => ReserveRequest): ReservingWork {
  const groups = createReservations(db)
  return {
    grouped: async () => {
      await groups.reserve(next())
    },
    single: async () => {
      const request = next()
      await db.transaction().execute(async (tx) => {
        // The same plans as in a group: what is compared is the sharing, not the planning.
        await sql`select set_config('plan_cache_mode', 'force_generic_plan', true)`.execute(tx)
        const result = await reserve(tx, request)
        await rememberResults(tx, [{ id: request.operationId, result }])
      })
    },
  }
}
