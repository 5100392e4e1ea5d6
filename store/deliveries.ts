import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Db } from './database.ts'

/** What an activity told an outside system directly: one row an operation, one more attempt a call. */
export async function recordAttempt(
  db: Db,
  attempt: {
    kind: string
    target: string
    operationId: string
    orderId: string
    payload: object
    state: 'pending' | 'delivered' | 'failed'
    error: string | null
  },
): Promise<void> {
  const settledAt = attempt.state === 'pending' ? null : sql<Date>`clock_timestamp()`
  await db
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind: attempt.kind,
      target: attempt.target,
      operation_id: attempt.operationId,
      order_id: attempt.orderId,
      order_key: attempt.operationId,
      payload: JSON.stringify(attempt.payload),
      state: attempt.state,
      attempts: 1,
      // Its activity retries it; the delivery worker must not.
      next_attempt_at: sql`'infinity'`,
      last_error: attempt.error,
      settled_at: settledAt,
    })
    .onConflict((conflict) =>
      conflict.column('operation_id').doUpdateSet((eb) => ({
        state: attempt.state,
        attempts: eb('delivery.attempts', '+', 1),
        last_error: attempt.error,
        settled_at: settledAt,
      })),
    )
    .execute()
}
