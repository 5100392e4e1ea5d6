import { type RawBuilder, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { LONGEST_SNOOZE_DAYS, maySnoozeUntil } from '../domain/snooze.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import { databaseTime, type Tx } from './database.ts'
import { lockOpenWorkItem } from './work-items.ts'

/** Of rows that are put off now. */
export const isSnoozed: RawBuilder<boolean> = sql`(work_item.state = 'open' and work_item.snoozed_until > now())`
/** Of all the others. */
export const isAwake: RawBuilder<boolean> = sql`(${isSnoozed} is not true)`

/**
 * Puts an open work item off: until then it is in nobody's inbox, and then it is again without anybody's doing. Put off once more,
 * the later word counts.
 *
 * @throws ProblemError `not-found`, `work-item-resolved`, `invalid-request` for a time that has passed or is too far ahead
 */
export async function snoozeWorkItem(
  tx: Tx,
  id: string,
  snooze: { until: string; reason?: string | undefined; origin: AuditOrigin },
): Promise<void> {
  const { until, reason, origin } = snooze
  const item = await lockOpenWorkItem(tx, id)
  if (!maySnoozeUntil(Date.parse(until), await databaseTime(tx))) {
    const message = `must be within the next ${LONGEST_SNOOZE_DAYS} days`
    throw new ProblemError('invalid-request', undefined, { fields: [{ field: 'until', message }] })
  }
  await tx
    .updateTable('work_item')
    .set({ snoozed_until: until, snoozed_by: origin.actor, snooze_reason: reason ?? null })
    .set({ updated_at: sql`now()` })
    .where('id', '=', id)
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'work_item.snoozed',
    subject: { kind: 'work_item', id },
    ...(item.snoozed_until === null ? {} : { oldValue: { until: item.snoozed_until.toISOString() } }),
    newValue: { until: new Date(until).toISOString() },
    ...(reason === undefined ? {} : { reason }),
  })
}

/**
 * Brings an item back before its time. One that was not put off stays as it is.
 *
 * @throws ProblemError `not-found`, `work-item-resolved`
 */
export async function wakeWorkItem(tx: Tx, id: string, origin: AuditOrigin): Promise<void> {
  const { snoozed_until: until } = await lockOpenWorkItem(tx, id)
  if (until === null) return
  await tx
    .updateTable('work_item')
    .set({ snoozed_until: null, snoozed_by: null, snooze_reason: null, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'work_item.woken',
    subject: { kind: 'work_item', id },
    oldValue: { until: until.toISOString() },
  })
}
