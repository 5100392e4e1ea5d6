import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type FieldError, ProblemError } from '../contracts/errors.ts'
import type { CountDecision, CountLineInput, CreateCountBody } from '../contracts/stock-counts.ts'
import type { Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { raiseShortfalls } from './shortfalls.ts'
import { lockStock, moveStock } from './stock-movement.ts'

/** Older counts say too little about today, and the ledger since then would have to be read for every line. */
const MAX_AGE_DAYS = 31

/**
 * Begins a count (盘点) as a draft.
 *
 * @throws ProblemError `unknown-warehouse`, `unknown-sku`, or `invalid-request` for a time that cannot be
 */
export async function createCount(tx: Tx, body: CreateCountBody, operator: string): Promise<string> {
  const warehouse = await tx
    .selectFrom('warehouse')
    .select('id')
    .where('id', '=', body.warehouseId)
    .executeTakeFirst()
  if (!warehouse) {
    const message = `${body.warehouseId} is not known`
    throw new ProblemError('unknown-warehouse', message, { fields: [{ field: 'warehouseId', message }] })
  }
  const countId = uuid()
  const at = await timeOfCounting(tx, body.countedAt)
  await tx
    .insertInto('stock_count')
    .values({
      id: countId,
      warehouse_id: body.warehouseId,
      is_blind: body.blind,
      state: 'draft',
      note: body.note ?? null,
      counted_at: at,
      created_by: operator,
    })
    .execute()
  await writeLines(tx, countId, body.lines, { operator, at })
  return countId
}

/**
 * Enters or corrects lines of a draft; the others stay. Without `countedAt` these were counted now.
 *
 * @throws ProblemError `not-found`, `count-wrong-state`, `unknown-sku`
 */
export async function enterCountLines(
  tx: Tx,
  countId: string,
  body: { countedAt?: string | undefined; lines: CountLineInput[] },
  operator: string,
): Promise<void> {
  await lockCount(tx, countId, 'draft')
  const at = await timeOfCounting(tx, body.countedAt)
  await writeLines(tx, countId, body.lines, { operator, at })
}

/**
 * Ends the counting and compares each line with the books as they were when it was counted. The stock rows are locked, so
 * that whoever moved one of them before has committed, and nobody's movement is dated between the two later on.
 *
 * @throws ProblemError `not-found`, `count-wrong-state`, `count-incomplete`
 */
export async function submitCount(tx: Tx, countId: string, operator: string): Promise<void> {
  const count = await lockCount(tx, countId, 'draft')
  const lines = await tx
    .selectFrom('stock_count_line')
    .select(['sku_id', 'counted'])
    .where('count_id', '=', countId)
    .execute()
  const open = lines.filter((line) => line.counted === null)
  if (lines.length === 0 || open.length > 0) {
    const fields = open.slice(0, 100).map(({ sku_id }) => ({ field: sku_id, message: 'has no quantity yet' }))
    throw new ProblemError('count-incomplete', undefined, { fields })
  }
  await lockStock(
    tx,
    lines.map((line) => line.sku_id),
    count.warehouse_id,
  )
  await sql`
    update stock_count_line as line set book = books.on_hand, unit_price_cents = sku.standard_price_cents
    from (
      select counted.sku_id, greatest(0, coalesce(level.total - level.shipped, 0) - ${movedSince(count)}) as on_hand
      from stock_count_line as counted
        left join stock_level as level on level.sku_id = counted.sku_id and level.warehouse_id = ${count.warehouse_id}
      where counted.count_id = ${countId}
    ) as books join sku on sku.id = books.sku_id
    where line.count_id = ${countId} and line.sku_id = books.sku_id`.execute(tx)
  await sql`
    update stock_count set state = 'submitted', submitted_by = ${operator}, submitted_at = clock_timestamp(),
      line_count = lines.count, exact_lines = lines.exact, book_units = lines.book, missing_units = lines.missing,
      surplus_units = lines.surplus, difference_cents = lines.cents, counted_at = lines.latest
    from (
      select count(*) as count, count(*) filter (where counted = book) as exact, sum(book) as book,
        sum(greatest(0, book - counted)) as missing, sum(greatest(0, counted - book)) as surplus,
        sum((counted - book)::bigint * unit_price_cents) as cents, max(counted_at) as latest
      from stock_count_line where count_id = ${countId}
    ) as lines where id = ${countId}`.execute(tx)
}

/**
 * Decides a submitted count: the books are put right, nothing happens, or it is counted again.
 *
 * @returns the id of the new draft if it is counted again
 * @throws ProblemError `not-found`, `count-wrong-state`, `count-needs-second-person`, `count-superseded`
 */
export async function decideCount(
  tx: Tx,
  countId: string,
  { decision, reason }: CountDecision,
  operator: string,
): Promise<string | null> {
  const count = await lockCount(tx, countId, 'submitted')
  if (decision === 'approve') {
    await approve(tx, count, operator)
    await noteHealthDue(tx, 'count', [countId])
  }
  await tx
    .updateTable('stock_count')
    .set({
      state: STATE_AFTER[decision],
      decided_by: operator,
      decided_at: sql<Date>`clock_timestamp()`,
      decision_reason: reason,
    })
    .where('id', '=', countId)
    .execute()
  return decision === 'recount' ? countAgain(tx, count, operator) : null
}

const STATE_AFTER = { approve: 'approved', reject: 'rejected', recount: 'recount' } as const

type Count = Awaited<ReturnType<typeof lockCount>>

/** Count rows are locked before stock rows, as everything that holds a decision about stock is. */
async function lockCount(tx: Tx, countId: string, state: 'draft' | 'submitted') {
  const count = await tx
    .selectFrom('stock_count')
    .select(['id', 'warehouse_id', 'state', 'note', 'created_by', 'submitted_by'])
    .where('id', '=', countId)
    .forUpdate()
    .executeTakeFirst()
  if (!count) throw new ProblemError('not-found')
  if (count.state !== state) throw new ProblemError('count-wrong-state', `the count is ${count.state}`)
  return count
}

/**
 * A time of counting that can be: not yet to come, and not too long ago. With its microseconds: a movement of the same
 * millisecond lies on one side of it.
 */
async function timeOfCounting(tx: Tx, given: string | undefined): Promise<string> {
  const { rows } = await sql<{ at: string; possible: boolean }>`
    select least(now.at, asked.at)::text as at,
      asked.at between now.at - make_interval(days => ${MAX_AGE_DAYS}) and now.at + interval '1 minute' as possible
    from (select clock_timestamp() as at) as now
      cross join lateral (select coalesce(${given ?? null}::timestamptz, now.at) as at) as asked`.execute(tx)
  const [row] = rows
  if (row?.possible) return row.at
  const message = `must be within the last ${MAX_AGE_DAYS} days`
  throw new ProblemError('invalid-request', `countedAt ${message}`, {
    fields: [{ field: 'countedAt', message }],
  })
}

async function writeLines(
  tx: Tx,
  countId: string,
  lines: CountLineInput[],
  counted: { operator: string; at: string },
): Promise<void> {
  if (lines.length === 0) return
  const skuIds = lines.map((line) => line.skuId)
  const { rows: known } = await sql<{
    id: string
  }>`select id from sku where id = any(${skuIds}::text[])`.execute(tx)
  const ids = new Set(known.map((row) => row.id))
  const fields = lines.flatMap(({ skuId }, index): FieldError[] =>
    ids.has(skuId) ? [] : [{ field: `lines.${index}.skuId`, message: `${skuId} is not known` }],
  )
  if (fields.length > 0) throw new ProblemError('unknown-sku', undefined, { fields: fields.slice(0, 100) })
  await sql`
    insert into stock_count_line (count_id, sku_id, counted, counted_by, counted_at)
    select ${countId}, sku_id, counted, case when counted is not null then ${counted.operator}::text end,
      case when counted is not null then ${counted.at}::timestamptz end
    from unnest(${skuIds}::text[], ${lines.map((line) => line.quantityCounted)}::int[]) as given (sku_id, counted)
    on conflict (count_id, sku_id) do update
      set counted = excluded.counted, counted_by = excluded.counted_by, counted_at = excluded.counted_at`.execute(
    tx,
  )
}

/** Units that came to or left the shelves after `counted` was, by its level's ledger; `which` leaves rows out. */
function movedSince(count: Count, which = sql`true`) {
  return sql`coalesce((
    select sum(moved.total_delta - moved.shipped_delta) from stock_ledger as moved
    where moved.warehouse_id = ${count.warehouse_id} and moved.sku_id = counted.sku_id
      and moved.recorded_at > counted.counted_at
      and (moved.total_delta <> 0 or moved.shipped_delta <> 0) and ${which}), 0)::int`
}

/**
 * Movements of goods. The others correct the books: an approved count, a snapshot of a WMS, what picking and packing
 * found to be different. A count knows better than any of them what was there at its time.
 */
const MOVED_GOODS = sql`moved.kind not in ('count', 'snapshot') and not (moved.kind = 'adjust' and moved.order_id is not null)`

/**
 * Puts the books right: what was counted, and what has moved since, is there. The difference is worked out anew under
 * the locks, so that no shipment or receipt between the count and now is lost or counted twice.
 */
async function approve(tx: Tx, count: Count, operator: string): Promise<void> {
  const lines = await tx
    .selectFrom('stock_count_line')
    .select(['sku_id', 'counted_by'])
    .where('count_id', '=', count.id)
    .execute()
  const counters = [count.created_by, count.submitted_by, ...lines.map((line) => line.counted_by)]
  if (counters.includes(operator)) throw new ProblemError('count-needs-second-person')
  await createFoundLevels(tx, count)
  await lockStock(
    tx,
    lines.map((line) => line.sku_id),
    count.warehouse_id,
  )
  await refuseSuperseded(tx, count)
  const { rows } = await sql<{ sku_id: string; adjusted: number }>`
    update stock_count_line as line set adjusted = truth.on_hand - truth.booked
    from (
      select counted.sku_id, coalesce(level.total - level.shipped, 0) as booked,
        greatest(0, counted.counted + ${movedSince(count, MOVED_GOODS)}) as on_hand
      from stock_count_line as counted
        left join stock_level as level on level.sku_id = counted.sku_id and level.warehouse_id = ${count.warehouse_id}
      where counted.count_id = ${count.id}
    ) as truth where line.count_id = ${count.id} and line.sku_id = truth.sku_id
    returning line.sku_id, line.adjusted`.execute(tx)
  const shortfalls = await moveStock(
    tx,
    rows
      .filter((row) => row.adjusted !== 0)
      .map((row) => ({
        kind: 'count' as const,
        skuId: row.sku_id,
        warehouseId: count.warehouse_id,
        totalDelta: row.adjusted,
        reason: `count ${count.id}`,
      })),
    { operationId: `count/${count.id}`, operator, physical: true },
  )
  await raiseShortfalls(tx, shortfalls)
}

/** Levels of what was found where the books knew of none, in the order in which everybody locks them. */
async function createFoundLevels(tx: Tx, count: Count): Promise<void> {
  await sql`
    insert into stock_level (sku_id, warehouse_id)
    select sku_id, ${count.warehouse_id} from stock_count_line where count_id = ${count.id} and counted > 0
    order by sku_id
    on conflict (sku_id, warehouse_id) do nothing`.execute(tx)
}

/** Under the locks of the levels: of two counts of one of them that are approved at once, the second sees the first. */
async function refuseSuperseded(tx: Tx, count: Count): Promise<void> {
  const { rows } = await sql<{ sku_id: string; count_id: string }>`
    select distinct on (line.sku_id) line.sku_id, later.id as count_id
    from stock_count_line as line
      join stock_count_line as other on other.sku_id = line.sku_id and other.count_id <> line.count_id
      join stock_count as later on later.id = other.count_id
    where line.count_id = ${count.id} and later.warehouse_id = ${count.warehouse_id} and later.state = 'approved'
      and other.counted_at >= line.counted_at
    order by line.sku_id limit 100`.execute(tx)
  if (rows.length === 0) return
  const fields = rows.map((row) => ({ field: row.sku_id, message: `was counted later in ${row.count_id}` }))
  throw new ProblemError('count-superseded', undefined, { fields })
}

/** A new draft over the same articles, blind: what the first count said must not lead the second. */
async function countAgain(tx: Tx, count: Count, operator: string): Promise<string> {
  const countId = uuid()
  await sql`
    insert into stock_count (id, warehouse_id, is_blind, state, note, recount_of, counted_at, created_by)
    values (${countId}, ${count.warehouse_id}, true, 'draft', ${count.note}, ${count.id}, clock_timestamp(), ${operator})`.execute(
    tx,
  )
  await sql`
    insert into stock_count_line (count_id, sku_id)
    select ${countId}, sku_id from stock_count_line where count_id = ${count.id}`.execute(tx)
  return countId
}
