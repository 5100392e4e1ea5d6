import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import type { DueDelivery } from './delivery-queue.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

const KIND = 'wecom_refused'
const KEY = 'robot'

/** What one message should have told is due again later; where the robot refuses, a person is told, once. */
export async function noteRobotFailure(
  db: Db,
  due: readonly DueDelivery[],
  failure: { error: string; retryInMs: number; isRefusal: boolean },
): Promise<void> {
  const { error, retryInMs, isRefusal } = failure
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('delivery')
      .set({
        last_error: error,
        next_attempt_at: sql`clock_timestamp() + make_interval(secs => ${retryInMs / 1000})`,
      })
      .where('state', '=', 'pending')
      .where(
        'id',
        'in',
        due.map(({ id }) => id),
      )
      .execute()
    if (isRefusal) await openWorkItem(tx, { kind: KIND, key: KEY, orderId: null, detail: { reason: error } })
  })
}

/** The robot speaks again. */
export async function resolveRobotRefused(tx: Tx): Promise<void> {
  await resolveOpenWorkItem(tx, KIND, KEY, 'the robot speaks again')
}
