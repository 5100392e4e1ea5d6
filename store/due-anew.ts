import { sql } from 'kysely'
import type { Tx } from './database.ts'

/** Of a message or a delivery that had settled: due at once, with all its attempts. */
export const DUE_ANEW = { attempts: 0, next_attempt_at: sql<Date>`clock_timestamp()`, settled_at: null }

/** Sends a delivery that had failed once more, at a person's word. */
export async function sendAgain(tx: Tx, deliveryId: string): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({ state: 'pending', ...DUE_ANEW })
    .where('id', '=', deliveryId)
    .where('state', '=', 'failed')
    .execute()
}
