import { sql } from 'kysely'
import { chinaDayNumber, chinaDayStartMs } from '../domain/customer-segment.ts'
import type { CustomerMeasure } from './customer-count.ts'
import type { Tx } from './database.ts'
import { currentPolicy } from './policy.ts'

/** Noting every order that there is, or sorting every customer, is one statement. */
export const LONGEST_STATEMENT = '10min'

/** What customers are to be graded by: the day of China, the policy, and from when on its window has orders. */
export type Grading = { today: number; policyVersion: number; wantedFrom: Date }

/** How far the figures have come. */
export type FigureState = {
  started: boolean
  transactionId: string
  logId: number
  gradedUntil: string | null
  gradedOn: number | null
  policyVersion: number
}

/** The figures of customers under their lock: whoever counts, merges, splits or erases is alone with them. */
export type LockedFigures = { state: FigureState; measure: CustomerMeasure; grading: Grading }

/**
 * Takes the lock of the figures for the transaction. Rounds are short, so that people who merge customers wait for one
 * of them at most.
 *
 * @returns null where somebody else has it and the caller would rather skip than wait
 */
export async function lockFigures(
  tx: Tx,
  now: Date,
  ifLocked: 'skip' | 'wait',
): Promise<LockedFigures | null> {
  const { rows } = await sql<FigureState & { windowFrom: Date | null; cuts: CustomerMeasure['cuts'] }>`
    select started, transaction_id::text as "transactionId", log_id as "logId", window_from as "windowFrom", cuts,
      graded_on as "gradedOn", policy_version as "policyVersion", graded_until as "gradedUntil"
    from customer_state for update ${ifLocked === 'skip' ? sql`skip locked` : sql``}`.execute(tx)
  const [row] = rows
  if (!row) return null
  const { version, document } = await currentPolicy(tx, 'customer-segments')
  const today = chinaDayNumber(now.getTime())
  const wantedFrom = new Date(chinaDayStartMs(today - document.windowDays + 1))
  const { windowFrom, cuts, ...state } = row
  const measure = { windowFrom: windowFrom ?? wantedFrom, cuts, segments: document.segments }
  if (windowFrom === null) await tx.updateTable('customer_state').set({ window_from: wantedFrom }).execute()
  return { state, measure, grading: { today, policyVersion: version, wantedFrom } }
}
