import { sql } from 'kysely'
import { PARCEL_TRANSITIONS, type ParcelState } from '../domain/order-state.ts'
import type { Db } from './database.ts'
import { openWorkItem } from './work-items.ts'

export type ScanRow = { eventId: string; state: ParcelState; description: string; occurredAt: string }

/** After this many failed calls in a row a person is told; tracking goes on all the same. */
const FAILURES_BEFORE_ALARM = 3

/**
 * Stores a courier's answer: new scans are kept, known ones ignored, the failure count starts again. Then moves the
 * parcel as far as the scans allow.
 *
 * @returns the parcel's state after the answer, and when that scan happened
 */
export async function recordScans(
  db: Db,
  parcelId: string,
  scans: ScanRow[],
  nextPollInMs: number,
): Promise<{ state: ParcelState; occurredAt: string }> {
  return db.transaction().execute(async (tx) => {
    const parcel = await tx
      .selectFrom('parcel')
      .select(['state', 'consecutive_failures', 'created_at'])
      .where('id', '=', parcelId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (scans.length > 0) {
      await tx
        .insertInto('tracking_event')
        .values(
          scans.map((scan) => ({
            parcel_id: parcelId,
            event_key: scan.eventId,
            state: scan.state,
            description: scan.description,
            occurred_at: scan.occurredAt,
          })),
        )
        .onConflict((conflict) => conflict.columns(['parcel_id', 'event_key']).doNothing())
        .execute()
    }
    const reached = furthest(parcel.state, scans)
    await tx
      .updateTable('parcel')
      .set({
        state: reached.state,
        consecutive_failures: 0,
        last_polled_at: sql`clock_timestamp()`,
        next_poll_at: isEnd(reached.state) ? null : inMs(nextPollInMs),
        updated_at: sql`clock_timestamp()`,
      })
      .where('id', '=', parcelId)
      .execute()
    if (parcel.consecutive_failures >= FAILURES_BEFORE_ALARM) {
      await tx
        .updateTable('work_item')
        .set({
          state: 'resolved',
          resolution: 'the courier answers again',
          resolved_by: 'system',
          resolved_at: sql`now()`,
        })
        .where('kind', '=', 'courier_unreachable')
        .where('key', '=', parcelId)
        .where('state', '=', 'open')
        .execute()
    }
    return { state: reached.state, occurredAt: reached.occurredAt ?? parcel.created_at.toISOString() }
  })
}

/** Counts a failed call; the third in a row opens a work item. Returns how many there are now. */
export async function recordPollFailure(
  db: Db,
  parcel: { parcelId: string; orderId: string; courier: string },
  reason: string,
  nextPollInMs: number,
): Promise<number> {
  const { parcelId, orderId, courier } = parcel
  // One transaction: a crash after the third count alone would leave the fourth without an alarm.
  return db.transaction().execute(async (tx) => {
    const { consecutive_failures: failures } = await tx
      .updateTable('parcel')
      .set((eb) => ({
        consecutive_failures: eb('consecutive_failures', '+', 1),
        last_polled_at: sql`clock_timestamp()`,
        next_poll_at: inMs(nextPollInMs),
      }))
      .where('id', '=', parcelId)
      .returning('consecutive_failures')
      .executeTakeFirstOrThrow()
    if (failures === FAILURES_BEFORE_ALARM) {
      const detail = { parcelId, courier, reason }
      await openWorkItem(tx, { kind: 'courier_unreachable', key: parcelId, orderId, detail })
    }
    return failures
  })
}

/** Walks the scans in the order of their own times; a scan that the parcel cannot go to is kept but moves nothing. */
function furthest(from: ParcelState, scans: ScanRow[]): { state: ParcelState; occurredAt: string | null } {
  let reached: { state: ParcelState; occurredAt: string | null } = { state: from, occurredAt: null }
  const byTime = scans.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt))
  for (const scan of byTime) {
    if (PARCEL_TRANSITIONS[reached.state].includes(scan.state))
      reached = { state: scan.state, occurredAt: scan.occurredAt }
    else if (scan.state === reached.state) reached.occurredAt ??= scan.occurredAt
  }
  return reached
}

function isEnd(state: ParcelState): boolean {
  return PARCEL_TRANSITIONS[state].length === 0
}

function inMs(milliseconds: number) {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${milliseconds / 1000})`
}
