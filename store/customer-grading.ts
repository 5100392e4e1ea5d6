import { sql } from 'kysely'
import { quantileCuts, RFM_MEASURES, type RfmMeasure, type ValueCount } from '../domain/customer-segment.ts'
import { type CustomerMeasure, type Grade, type Graded, gradeOf } from './customer-count.ts'
import { LONGEST_STATEMENT, type LockedFigures } from './customer-state.ts'
import type { Tx } from './database.ts'

const FIRST_CUSTOMER = '00000000-0000-0000-0000-000000000000'

/**
 * Sees to it that customers are graded by the present day and policy. What has left the window since, or is in it now, is
 * counted first; then everybody is cut into fifths.
 *
 * @returns `begun`: come back; `graded`: all are; otherwise after whom and by what to go on
 */
export async function beginGrading(
  tx: Tx,
  { state, measure, grading }: LockedFigures,
): Promise<'begun' | 'graded' | { after: string; measure: CustomerMeasure }> {
  const isCurrent = state.gradedOn === grading.today && state.policyVersion === grading.policyVersion
  if (isCurrent) return state.gradedUntil === null ? 'graded' : { after: state.gradedUntil, measure }
  await sql`select set_config('statement_timeout', ${LONGEST_STATEMENT}, true)`.execute(tx)
  if (measure.windowFrom.getTime() !== grading.wantedFrom.getTime()) {
    await moveWindow(tx, measure.windowFrom, grading.wantedFrom)
    return 'begun'
  }
  const cuts: Record<RfmMeasure, number[]> = { recency: [], frequency: [], monetary: [] }
  for (const each of RFM_MEASURES) cuts[each] = quantileCuts(await countsOf(tx, each))
  await tx
    .updateTable('customer_state')
    .set({
      cuts: JSON.stringify(cuts),
      graded_on: grading.today,
      policy_version: grading.policyVersion,
      graded_until: FIRST_CUSTOMER,
    })
    .execute()
  return 'begun'
}

/** Customers whose orders lie between the old and the new beginning of the window are counted anew. */
async function moveWindow(tx: Tx, before: Date, after: Date): Promise<void> {
  const [from, to] = before < after ? [before, after] : [after, before]
  await sql`
    insert into customer_due (order_id)
    select order_id from customer_order where ordered_at >= ${from}::timestamptz and ordered_at < ${to}::timestamptz
    order by ordered_at, order_id`.execute(tx)
  await tx.updateTable('customer_state').set({ window_from: after }).execute()
}

/** As in `gradeOf`: money in whole yuan. */
const VALUES: Record<RfmMeasure, ReturnType<typeof sql.raw>> = {
  recency: sql.raw('last_order_day'),
  frequency: sql.raw('orders'),
  monetary: sql.raw('net_cents / 100'),
}

async function countsOf(tx: Tx, measure: RfmMeasure): Promise<ValueCount[]> {
  const { rows } = await sql<ValueCount>`
    select (${VALUES[measure]})::bigint as value, count(*)::int as customers
    from customer where orders > 0 group by 1 order by 1`.execute(tx)
  return rows
}

type GradedRow = Graded & Grade & { id: string }

/** Grades the next customers. Returns how many it looked at; 0 where all of them are graded. */
export async function gradeNext(
  tx: Tx,
  { after, measure }: { after: string; measure: CustomerMeasure },
  limit: number,
): Promise<number> {
  const { rows } = await sql<GradedRow>`
    select id, orders, net_cents as "netCents", last_order_day as "lastOrderDay", recency_score as recency,
      frequency_score as frequency, monetary_score as monetary, segment
    from customer where id > ${after}::uuid order by id limit ${limit}`.execute(tx)
  const changed = rows.flatMap((row) => {
    const grade = gradeOf(row, measure)
    return isSame(row, grade) ? [] : [{ id: row.id, ...grade }]
  })
  if (changed.length > 0) {
    await sql`
      update customer set (recency_score, frequency_score, monetary_score, segment)
        = (given.recency, given.frequency, given.monetary, given.segment)
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
        as given (id uuid, recency smallint, frequency smallint, monetary smallint, segment text)
      where customer.id = given.id`.execute(tx)
  }
  await tx
    .updateTable('customer_state')
    .set({ graded_until: rows.at(-1)?.id ?? null })
    .execute()
  return rows.length
}

function isSame(one: Grade, other: Grade): boolean {
  return RFM_MEASURES.every((each) => one[each] === other[each]) && one.segment === other.segment
}
