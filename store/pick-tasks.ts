import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { PickTaskEventAnswer, PickTaskEventBody } from '../contracts/pick-tasks.ts'
import type { FulfilmentLine } from '../domain/order.ts'
import { OPEN_PICK_TASK_STATES, type PickTaskState } from '../domain/order-state.ts'
import { queueShipment } from './channel-writeback.ts'
import type { Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { raiseShortfalls } from './shortfalls.ts'
import { lockStock, moveStock, type StockMovement } from './stock-movement.ts'

type Task = {
  id: string
  order_id: string
  warehouse_id: string
  state: PickTaskState
  change_id: string | null
  lines: FulfilmentLine[]
  combined_id: string | null
}
type Report = { pickTaskId: string; body: PickTaskEventBody; operator: string; traceParent: string | null }

/**
 * What a PDA reports about a pick task. `pick_task.state` is the arbiter between office and warehouse: whoever
 * changes the row first wins, and the other is told. Packing consumes the holds and a short pick corrects the
 * stock in the same transaction, because both are facts of the physical world. Packing one task of a group packs those
 * that went into the same parcel, under one waybill.
 *
 * `started` and `picked` decide nothing and do not wake the order's workflow.
 *
 * @throws ProblemError `not-found`, `pick-task-wrong-state`, `pick-task-on-hold`, `invalid-request`, `waybill-taken`
 */
export async function recordPickTaskEvent(tx: Tx, report: Report): Promise<PickTaskEventAnswer> {
  const { pickTaskId, body } = report
  const tasks = await lockTasks(tx, report)
  const task = tasks.find((entry) => entry.id === pickTaskId)
  if (!task) throw new ProblemError('not-found', `there is no pick task ${pickTaskId}`)
  const known = await tx
    .selectFrom('pick_task_event')
    .select('result')
    .where('pick_task_id', '=', pickTaskId)
    .where('event_id', '=', body.eventId)
    .executeTakeFirst()
  // The result was written below as this function's own answer.
  if (known) return known.result as PickTaskEventAnswer

  if (task.change_id !== null && OPEN_PICK_TASK_STATES.some((state) => state === task.state)) {
    throw new ProblemError('pick-task-on-hold', `the task waits for change ${task.change_id} of its order`)
  }
  if (body.type === 'packed' && task.state === 'packed' && (await isPackedSo(tx, task, body))) {
    // Another task of its group was reported, and took this one along.
    return keepEvent(tx, report, { pickTaskId, state: 'packed' })
  }
  const open: readonly PickTaskState[] = body.type === 'started' ? ['created'] : OPEN_PICK_TASK_STATES
  if (!open.includes(task.state)) {
    throw new ProblemError(
      'pick-task-wrong-state',
      `the task is ${task.state}; "${body.type}" needs ${open.join(' or ')}`,
    )
  }
  if (body.type === 'packed') return packTogether(tx, tasks, report, body)
  const state = body.type === 'short' ? await short(tx, task, report, body) : body.type
  return settleTask(tx, task, report, { pickTaskId, state })
}

/**
 * Locks the task, and with it those that are in the parcel, in the order of their ids: the order in which everybody locks
 * several. The rivals are a cancellation, which withdraws one, and a new task that joins.
 */
async function lockTasks(tx: Tx, { pickTaskId, body }: Report): Promise<Task[]> {
  const inside = body.type === 'packed' ? (body.packedWith ?? (await companyTold(tx, pickTaskId))) : []
  const locked = await tx
    .selectFrom('pick_task')
    .selectAll()
    .where('id', '=', sql<string>`any(${[pickTaskId, ...inside]}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute()
  const combinedId = locked.find((task) => task.id === pickTaskId)?.combined_id ?? null
  return locked.filter(
    (task) => task.id === pickTaskId || (task.combined_id === combinedId && combinedId !== null),
  )
}

/** The tasks that go into the same parcel by what the PDAs were told of it: of others they could not know. */
async function companyTold(tx: Tx, pickTaskId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct jsonb_array_elements_text(payload -> 'combinedWith') as id
    from pick_task join delivery on delivery.order_id = pick_task.order_id and delivery.order_key = pick_task.id
    where pick_task.id = ${pickTaskId} and combined_id is not null and delivery.state = 'delivered'
      and kind in ('pick_task_created', 'pick_task_combined')`.execute(tx)
  return rows.map((row) => row.id)
}

type Packed = Extract<PickTaskEventBody, { type: 'packed' }>

/** Whether the task is in the parcel that is reported. */
async function isPackedSo(tx: Tx, task: Task, body: Packed): Promise<boolean> {
  const parcel = await tx
    .selectFrom('parcel')
    .select('id')
    .where('pick_task_id', '=', task.id)
    .where('courier', '=', body.courier)
    .where('waybill_number', '=', body.waybillNumber)
    .executeTakeFirst()
  return parcel !== undefined && task.combined_id !== null
}

/** Packs the given tasks that are open into one parcel: each order's goods leave, each order gets a parcel of its own. */
async function packTogether(
  tx: Tx,
  locked: Task[],
  report: Report,
  body: Packed,
): Promise<PickTaskEventAnswer> {
  const tasks = locked.filter((task) => OPEN_PICK_TASK_STATES.some((state) => state === task.state))
  const left = (body.packedWith ?? []).filter((id) => !tasks.some((task) => task.id === id))
  if (left.length > 0) {
    throw new ProblemError('pick-task-wrong-state', `not open, or not of this parcel: ${left.join(', ')}`)
  }
  const [first] = tasks
  if (!first) throw new Error(`nothing is left to pack of ${report.pickTaskId}`)
  await lockStock(
    tx,
    tasks.flatMap((task) => task.lines.map((line) => line.skuId)),
    first.warehouse_id,
  )
  if (tasks.length > 1) await lockHolds(tx, tasks)
  const pickTaskIds = tasks.map((task) => task.id)
  let answer: PickTaskEventAnswer | null = null
  for (const task of tasks) {
    await pack(tx, task, { report, body, mainParcelId: task === first ? null : parcelIdOf(first) })
    const packedWith = pickTaskIds.filter((id) => id !== task.id)
    const result = { pickTaskId: task.id, state: 'packed' as const }
    const told = await settleTask(
      tx,
      task,
      report,
      packedWith.length > 0 ? { ...result, packedWith } : result,
    )
    if (task.id === report.pickTaskId) answer = told
  }
  if (!answer) throw new Error(`${report.pickTaskId} was not packed`)
  return answer
}

/** Of several orders at once: in one statement, so that they are locked in the same order by everybody. */
async function lockHolds(tx: Tx, tasks: Task[]): Promise<void> {
  await sql`select 1 from reservation where order_id = any(${tasks.map((task) => task.order_id)}::uuid[])
    and state = 'confirmed' order by order_id, sku_id, warehouse_id for update`.execute(tx)
}

/** Writes the task's new state, the event and what the order's log says of it. */
async function settleTask(
  tx: Tx,
  task: Task,
  report: Report,
  answer: PickTaskEventAnswer,
): Promise<PickTaskEventAnswer> {
  const { state } = answer
  await tx
    .updateTable('pick_task')
    .set({ state, operator: report.operator, updated_at: sql`clock_timestamp()` })
    // Begun or over, it is not to be found by others any more.
    .set(state === 'created' ? {} : { recipient: null })
    .where('id', '=', task.id)
    .execute()
  await keepEvent(tx, report, answer)
  await logReport(tx, task, report, state)
  return answer
}

/** Devices number the events of each task; those of a task that was taken along name the task that was reported. */
function eventIdOf(task: { id: string }, { pickTaskId, body }: Report): string {
  return task.id === pickTaskId ? body.eventId : `${pickTaskId}/${body.eventId}`
}

/** Keeps the report under the device's id, so that a repetition gets the same answer. */
async function keepEvent(tx: Tx, report: Report, answer: PickTaskEventAnswer): Promise<PickTaskEventAnswer> {
  const { body, operator } = report
  await tx
    .insertInto('pick_task_event')
    .values({
      pick_task_id: answer.pickTaskId,
      event_id: eventIdOf({ id: answer.pickTaskId }, report),
      type: body.type,
      body: JSON.stringify(body),
      result: JSON.stringify(answer),
      operator,
      occurred_at: occurredAt(body),
    })
    .execute()
  return answer
}

function parcelIdOf(task: Task): string {
  return `${task.id}-P1`
}

async function pack(
  tx: Tx,
  task: Task,
  { report, body, mainParcelId }: { report: Report; body: Packed; mainParcelId: string | null },
): Promise<void> {
  await takeFromHolds(tx, task, task.lines, 'consumed')
  await moveStock(tx, await packMovements(tx, task), {
    operationId: `${task.id}/packed`,
    operator: report.operator,
    physical: false,
  })
  const parcelId = parcelIdOf(task)
  const { courier, waybillNumber } = body
  const parcel = await tx
    .insertInto('parcel')
    .values({
      id: parcelId,
      order_id: task.order_id,
      pick_task_id: task.id,
      courier,
      waybill_number: waybillNumber,
      main_parcel_id: mainParcelId,
      state: 'shipped',
    })
    .onConflict((conflict) =>
      conflict.columns(['courier', 'waybill_number']).where('main_parcel_id', 'is', null).doNothing(),
    )
    .executeTakeFirst()
  if (!parcel.numInsertedOrUpdatedRows) {
    throw new ProblemError('waybill-taken', `${courier} ${waybillNumber} belongs to another parcel`)
  }
  await queueShipment(tx, { parcelId, orderId: task.order_id, courier, waybillNumber, lines: task.lines })
  await appendInbox(tx, {
    source: 'pda',
    shop: task.warehouse_id,
    sourceEventId: `${task.id}/${eventIdOf(task, report)}`,
    type: 'fulfilment.packed',
    orderKey: task.order_id,
    occurredAt: occurredAt(body),
    body: {
      fulfilmentId: task.id,
      courier,
      waybillNumber,
      operator: report.operator,
      occurredAt: occurredAt(body),
    },
    traceParent: report.traceParent,
  })
}

async function short(
  tx: Tx,
  task: Task,
  report: Report,
  body: Extract<PickTaskEventBody, { type: 'short' }>,
): Promise<PickTaskState> {
  const missing = missingLines(task, body)
  const rest = task.lines
    .map((line) => ({ ...line, quantity: line.quantity - quantityOf(missing, line.lineNumber) }))
    .filter((line) => line.quantity > 0)
  await lockStock(
    tx,
    missing.map((line) => line.skuId),
    task.warehouse_id,
  )
  await takeFromHolds(tx, task, missing, 'released')
  const operationId = `${task.id}/short/${body.eventId}`
  const shortfalls = await moveStock(tx, await shortMovements(tx, task, missing), {
    operationId,
    operator: report.operator,
    physical: true,
  })
  await raiseShortfalls(tx, shortfalls)
  await tx
    .updateTable('pick_task')
    .set({ lines: JSON.stringify(rest) })
    .where('id', '=', task.id)
    .execute()
  await appendInbox(tx, {
    source: 'pda',
    shop: task.warehouse_id,
    sourceEventId: `${task.id}/${body.eventId}`,
    type: 'fulfilment.short',
    orderKey: task.order_id,
    occurredAt: occurredAt(body),
    body: {
      eventId: operationId,
      fulfilmentId: task.id,
      lines: missing,
      taskClosed: rest.length === 0,
      operator: report.operator,
      occurredAt: occurredAt(body),
    },
    traceParent: report.traceParent,
  })
  return rest.length === 0 ? 'short' : task.state
}

function missingLines(task: Task, body: Extract<PickTaskEventBody, { type: 'short' }>): FulfilmentLine[] {
  const missing = new Map<number, number>()
  for (const line of body.lines)
    missing.set(line.lineNumber, (missing.get(line.lineNumber) ?? 0) + line.quantityMissing)
  return [...missing].map(([lineNumber, quantity]) => {
    const line = task.lines.find((entry) => entry.lineNumber === lineNumber)
    if (!line || quantity > line.quantity) {
      const message = line
        ? `line ${lineNumber} has only ${line.quantity} left to pick`
        : `the task has no line ${lineNumber}`
      throw new ProblemError('invalid-request', undefined, { fields: [{ field: 'lines', message }] })
    }
    return { lineNumber, skuId: line.skuId, quantity }
  })
}

/**
 * The units leave the house. Whatever leaves was there: where the books held fewer, they are put right first, so that
 * no level ever ships more than it had.
 */
async function packMovements(tx: Tx, task: Task): Promise<StockMovement[]> {
  const onHand = await readOnHand(tx, task, task.lines)
  return task.lines.flatMap((line) => {
    const found = Math.max(0, line.quantity - (onHand.get(line.skuId) ?? 0))
    onHand.set(line.skuId, (onHand.get(line.skuId) ?? 0) + found - line.quantity)
    const ship = movement(task, line, 'ship', { reservedDelta: -line.quantity, shippedDelta: line.quantity })
    if (found === 0) return [ship]
    return [movement(task, line, 'adjust', { totalDelta: found }, 'packed, but not in the books'), ship]
  })
}

/** The units are not there: they stop being promised and stop being counted, down to what has left the house. */
async function shortMovements(tx: Tx, task: Task, missing: FulfilmentLine[]): Promise<StockMovement[]> {
  const onHand = await readOnHand(tx, task, missing)
  return missing.map((line) => {
    const gone = Math.min(line.quantity, onHand.get(line.skuId) ?? 0)
    onHand.set(line.skuId, (onHand.get(line.skuId) ?? 0) - gone)
    return movement(task, line, 'adjust', { reservedDelta: -line.quantity, totalDelta: -gone }, 'short pick')
  })
}

/** Units that the books have in the task's warehouse, by SKU. */
async function readOnHand(tx: Tx, task: Task, lines: FulfilmentLine[]): Promise<Map<string, number>> {
  const levels = await tx
    .selectFrom('stock_level')
    .select(['sku_id', 'total', 'shipped'])
    .where('warehouse_id', '=', task.warehouse_id)
    .where(
      'sku_id',
      'in',
      lines.map((line) => line.skuId),
    )
    .execute()
  return new Map(levels.map((level) => [level.sku_id, Math.max(0, level.total - level.shipped)]))
}

function movement(
  task: Task,
  line: FulfilmentLine,
  kind: 'ship' | 'adjust',
  deltas: Pick<StockMovement, 'totalDelta' | 'shippedDelta' | 'reservedDelta'>,
  reason: string | null = null,
): StockMovement {
  return {
    kind,
    skuId: line.skuId,
    warehouseId: task.warehouse_id,
    orderId: task.order_id,
    reason,
    ...deltas,
  }
}

/**
 * Takes units out of the order's confirmed holds in this warehouse; anything but exactly that many is a bug. A line has
 * a hold for each source of its units: what was drawn from a quota is used last.
 */
async function takeFromHolds(
  tx: Tx,
  task: Task,
  lines: FulfilmentLine[],
  state: 'consumed' | 'released',
): Promise<void> {
  for (const line of lines) {
    const holds = await tx
      .selectFrom('reservation')
      .select(['id', 'quantity'])
      .where('order_id', '=', task.order_id)
      .where('line_number', '=', line.lineNumber)
      .where('warehouse_id', '=', task.warehouse_id)
      .where('sku_id', '=', line.skuId)
      .where('state', '=', 'confirmed')
      .orderBy(sql`drawn_from nulls first`)
      .forUpdate()
      .execute()
    let missing = line.quantity
    for (const hold of holds) {
      const taken = Math.min(missing, hold.quantity)
      if (taken === 0) break
      missing -= taken
      await tx
        .updateTable('reservation')
        .set(taken === hold.quantity ? { state } : { quantity: hold.quantity - taken })
        .set({ updated_at: sql`clock_timestamp()` })
        .where('id', '=', hold.id)
        .execute()
    }
    if (missing > 0) {
      throw new Error(
        `pick task ${task.id} line ${line.lineNumber}: no confirmed hold of ${line.quantity} units`,
      )
    }
  }
}

async function logReport(tx: Tx, task: Task, report: Report, state: PickTaskState): Promise<void> {
  await sql`
    insert into operation_log (order_id, store_id, version, field, old_value, new_value, operator, source, source_time,
      subject_id, request_id)
    select id, store_id, version, 'pick_task', ${task.state}, ${state}, ${report.operator},
      ${`pda.${report.body.type}`}, ${occurredAt(report.body)}::timestamptz, ${task.id}, ${report.body.eventId}
    from orders where id = ${task.order_id}`.execute(tx)
}

function quantityOf(lines: FulfilmentLine[], lineNumber: number): number {
  return lines.find((line) => line.lineNumber === lineNumber)?.quantity ?? 0
}

function occurredAt(body: PickTaskEventBody): string {
  return body.occurredAt ?? new Date().toISOString()
}
