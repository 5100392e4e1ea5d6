import { isDeepStrictEqual } from 'node:util'
import type { Demand } from '../../domain/allocation.ts'
import type { ChangeReason } from '../../domain/change.ts'
import type {
  Allocation,
  FulfilmentLine,
  OrderEvent,
  OrderPlaced,
  OrderState,
  OrderWrite,
} from '../../domain/order.ts'
import type { CheckOutcome } from '../../domain/order-check.ts'
import { orderedLines } from '../../domain/order-money.ts'
import type { OrderStep } from '../../domain/order-steps.ts'
import { type NearLevel, planOver } from './allocation.ts'

type Hold = Allocation & { state: 'held' | 'confirmed' | 'consumed' | 'released'; expiresAtMs: number }
type Task = {
  id: string
  warehouseId: string
  lines: FulfilmentLine[]
  state: 'created' | 'packed' | 'short' | 'withdrawn'
  /** The change that it waits for, or that replaced it. */
  changeId: string | null
}
type Answer<Type extends OrderEvent['type']> = Omit<Extract<OrderEvent, { type: Type }>, 'type'>

/**
 * What one order's rows in the database do, in memory: the same rules as the SQL of store/, without its locks, because
 * every call here is a transaction of its own. What it finds impossible it throws.
 */
export class OrderDatabase {
  placed: OrderPlaced
  readonly stock: NearLevel[]
  readonly holds: Hold[]
  readonly tasks = new Map<string, Task>()
  readonly payments = new Map<string, number>()
  readonly refunds = new Map<string, number>()
  /** Units that have left, and that came back, by line and warehouse. */
  readonly shipped = new Map<string, number>()
  readonly back = new Map<string, number>()
  readonly workItems = new Set<string>()
  readonly #reservedAgain = new Map<string, { allocations: Allocation[] | null }>()
  readonly #cancellations = new Map<string, Answer<'cancellation_decided'>>()
  readonly #held = new Map<string, Answer<'change_hold_decided'>>()
  readonly #prepared = new Map<string, Answer<'change_prepared'>>()
  readonly #settled = new Map<string, Answer<'change_settled'>>()
  readonly #settlements = new Map<string, { allocations: Allocation[] }>()
  /** What the rules about abnormal orders have said, by the check. */
  readonly checks = new Map<number, { outcome: CheckOutcome; isHeld: boolean }>()
  /** The last committed state: what a lost workflow resumes from. */
  snapshot: OrderState

  constructor(state: OrderState, stock: NearLevel[]) {
    this.placed = state.placed
    this.snapshot = state
    this.stock = stock
    const expiresAtMs = state.reservationExpiresAtMs
    this.holds = state.placed.allocations.map((entry) => ({ ...entry, state: 'held', expiresAtMs }))
  }

  /** The payment route: the payment and, if it completes the price in time, the confirmation of every hold. */
  pay(paymentId: string, amountCents: number, nowMs: number): { holdsConfirmed: boolean } {
    this.payments.set(paymentId, amountCents)
    const complete = sum(this.payments.values()) - sum(this.refunds.values()) >= this.placed.amountCents
    const open = this.snapshot.status === 'reserved'
    return { holdsConfirmed: complete && open && this.#confirmHolds(nowMs) }
  }

  short(taskId: string, missing: FulfilmentLine[]): { taskClosed: boolean } {
    const task = this.#openTask(taskId)
    this.#takeFromHolds(task, missing, 'released')
    task.lines = task.lines
      .map((line) => ({ ...line, quantity: line.quantity - unitsOf(missing, line.lineNumber) }))
      .filter((line) => line.quantity > 0)
    if (task.lines.length === 0) task.state = 'short'
    return { taskClosed: task.lines.length === 0 }
  }

  pack(taskId: string): void {
    const task = this.#openTask(taskId)
    this.#takeFromHolds(task, task.lines, 'consumed')
    for (const line of task.lines) add(this.shipped, `${line.lineNumber}/${task.warehouseId}`, line.quantity)
    task.state = 'packed'
  }

  openTasks(): Task[] {
    return [...this.tasks.values()].filter((task) => task.state === 'created')
  }

  /** Those that the warehouses may work on. */
  workableTasks(): Task[] {
    return this.openTasks().filter((task) => task.changeId === null)
  }

  holdForChange(step: Extract<OrderStep, { kind: 'hold_for_change' }>): Answer<'change_hold_decided'> {
    return once(this.#held, step.key, () => {
      const answer = (reason: ChangeReason) => ({ number: step.number, problem: { reason, detail: '' } })
      if ([...this.tasks.values()].some((task) => task.state === 'packed')) return answer('already-packed')
      const open = this.openTasks()
      const isKnown = open.every((task) =>
        step.tasks.some(
          (known) => known.fulfilmentId === task.id && isDeepStrictEqual(known.lines, task.lines),
        ),
      )
      if (!isKnown || open.length !== step.tasks.length) return answer('order-changed')
      for (const task of open) task.changeId = step.changeId
      return { number: step.number, problem: null }
    })
  }

  prepareChange(
    step: Extract<OrderStep, { kind: 'prepare_change' }>,
    nowMs: number,
  ): Answer<'change_prepared'> {
    const { number, tries, wanted } = step
    return once(this.#prepared, step.key, () => {
      const unpaid = this.liveHolds().filter((hold) => hold.state === 'held')
      const isOver =
        unpaid.some((hold) => hold.expiresAtMs <= nowMs) ||
        (this.snapshot.status === 'reserved' && this.liveHolds().length === 0)
      if (isOver) return { number, tries, gained: null, problem: { reason: 'order-closed', detail: '' } }
      const before = this.holds.length
      const allocations = this.#reserve(wanted)
      const [first] = unpaid
      if (first)
        for (const hold of this.holds.slice(before)) {
          hold.state = 'held'
          hold.expiresAtMs = first.expiresAtMs
        }
      return {
        number,
        tries,
        gained: allocations?.map((entry) => ({ ...entry, drawnFrom: null })) ?? null,
        problem: allocations ? null : { reason: 'not-enough-stock', detail: '' },
      }
    })
  }

  settleChange(step: Extract<OrderStep, { kind: 'settle_change' }>): Answer<'change_settled'> {
    const { number, terms } = step
    return once(this.#settled, step.key, () => ({ number, outcome: terms ? 'applied' : 'ended', terms }))
  }

  /** Exactly these units go back; that a paid order has fewer is a mistake. */
  #giveBack(units: Allocation[]): void {
    for (const { lineNumber, skuId, warehouseId, quantity } of units) {
      let missing = quantity
      for (const hold of this.liveHolds()) {
        const fits =
          hold.lineNumber === lineNumber && hold.skuId === skuId && hold.warehouseId === warehouseId
        if (!fits || missing === 0) continue
        const taken = Math.min(missing, hold.quantity)
        missing -= taken
        hold.quantity -= taken
        if (hold.quantity === 0) hold.state = 'released'
        for (const level of this.stock)
          if (level.skuId === skuId && level.warehouseId === warehouseId) level.available += taken
      }
      // Of an unpaid order a rival may have taken everything back, before the order knows that its time is over.
      const isUnpaid = this.snapshot.status === 'reserved'
      if (missing > 0 && !isUnpaid) throw new Error(`a change gives back ${missing} units that no hold has`)
    }
  }

  liveHolds(): Hold[] {
    return this.holds.filter((hold) => hold.state === 'held' || hold.state === 'confirmed')
  }

  checkReservation(paidInFull: boolean, nowMs: number): Answer<'reservation_checked'> {
    if (paidInFull && this.#confirmHolds(nowMs)) return { answer: 'confirmed', remainingMs: 0 }
    const live = this.liveHolds()
    if (live.length > 0 && live.every((hold) => hold.state === 'confirmed'))
      return { answer: 'confirmed', remainingMs: 0 }
    const remainingMs = Math.max(0, ...live.map((hold) => hold.expiresAtMs - nowMs))
    if (remainingMs > 0) return { answer: 'held', remainingMs }
    this.#releaseHolds()
    return { answer: 'expired', remainingMs: 0 }
  }

  reserveAgain(operationId: string): Answer<'reserved_again'> {
    return once(this.#reservedAgain, operationId, () => ({
      allocations: this.#reserve(orderedLines(this.placed)),
    }))
  }

  decideCancellation(
    step: Extract<OrderStep, { kind: 'decide_cancellation' }>,
  ): Answer<'cancellation_decided'> {
    return once(this.#cancellations, step.key, () => {
      const tasks = [...this.tasks.values()]
      if (tasks.some((task) => task.state === 'packed'))
        return { refusal: { code: 'order-already-shipped', detail: 'packed' } }
      if (!step.mayCancelPaid && this.holds.some((hold) => hold.state === 'confirmed'))
        return { refusal: { code: 'paid-cancellation-forbidden', detail: 'paid' } }
      for (const task of this.openTasks()) {
        task.state = 'withdrawn'
        task.changeId = null
      }
      const isPaid = this.holds.some((hold) => hold.state === 'confirmed')
      this.#releaseHolds()
      const change = { changeId: `B-${step.requestId}`, changeNumber: `CR-B-${step.requestId}` }
      return { refusal: null, ...(step.asRequest && isPaid ? { change } : {}) }
    })
  }

  settleShortage(
    step: Extract<OrderStep, { kind: 'settle_shortage' }>,
    warehouseId: string,
  ): { allocations: Allocation[] } {
    return once(this.#settlements, step.key, () => {
      const isCancelled = (task: Task) => task.state === 'withdrawn' && task.changeId === null
      if ([...this.tasks.values()].some(isCancelled)) return { allocations: [] }
      const levels = this.stock.filter((level) => level.warehouseId !== warehouseId)
      const demand = step.shortage.lines
        .map((line) => ({ ...line, quantity: Math.min(line.quantity, availableOf(levels, line.skuId)) }))
        .filter((line) => line.quantity > 0)
      return { allocations: this.#reserve(demand, levels) ?? [] }
    })
  }

  /** The first answer to a check stands, and takes the place of what the earlier ones still hold. */
  checkOrder(number: number, chosen: CheckOutcome): CheckOutcome {
    const known = this.checks.get(number)
    if (known) return known.outcome
    const isStopped = chosen === 'held' || chosen === 'blocked'
    const isLatest = [...this.checks.keys()].every((other) => other < number)
    for (const [other, check] of this.checks) if (other < number) check.isHeld = false
    this.checks.set(number, { outcome: chosen, isHeld: isStopped && isLatest })
    return chosen
  }

  /** Lets the latest check go if it holds the order; its number, or null where there is nothing to let go. */
  releaseCheck(): number | null {
    const held = [...this.checks].find(([, { isHeld }]) => isHeld)
    if (!held) return null
    held[1].isHeld = false
    return held[0]
  }

  commit(state: OrderState, writes: OrderWrite[]): void {
    this.snapshot = state
    for (const write of writes) {
      if (write.kind === 'create_pick_task') {
        const { fulfilmentId: id, warehouseId, lines } = write.fulfilment
        if (this.tasks.has(id)) throw new Error(`pick task ${id} is created twice`)
        this.tasks.set(id, {
          id,
          warehouseId,
          lines: structuredClone(lines),
          state: 'created',
          changeId: null,
        })
      } else if (write.kind === 'record_refund') {
        const { refundId, amountCents } = write.refund
        const known = this.refunds.get(refundId)
        if (known !== undefined && known !== amountCents) throw new Error(`${refundId} changes its amount`)
        this.refunds.set(refundId, amountCents)
      } else if (write.kind === 'apply_change') {
        const { lines, freightCents, amountCents } = write
        this.placed = { ...this.placed, lines: structuredClone(lines), freightCents, amountCents }
        for (const id of write.withdraw) {
          const task = this.tasks.get(id)
          if (task?.state !== 'created' || task.changeId === null)
            throw new Error(`pick task ${id} is not on hold`)
          task.state = 'withdrawn'
        }
        this.#giveBack(write.giveBack)
      } else if (write.kind === 'give_back') this.#giveBack(write.units)
      else if (write.kind === 'resume_picking') {
        for (const task of this.openTasks()) task.changeId = null
      } else if (write.kind === 'settle_return') {
        for (const line of write.lines)
          add(this.back, `${line.lineNumber}/${line.warehouseId}`, line.restocked + line.writtenOff)
      } else if (write.kind === 'end_check') {
        for (const [number, check] of this.checks) if (number <= write.number) check.isHeld = false
      } else if (write.kind === 'open_work_item') this.workItems.add(`${write.workItemKind} ${write.key}`)
    }
  }

  /** A rival buys what is free, expired holds included, or a delivery brings more. */
  changeStock(skuId: string, warehouseId: string, available: number, nowMs: number): void {
    if (this.liveHolds().some((hold) => hold.state === 'held' && hold.expiresAtMs <= nowMs))
      this.#releaseHolds()
    for (const level of this.stock)
      if (level.skuId === skuId && level.warehouseId === warehouseId) level.available = available
  }

  #confirmHolds(nowMs: number): boolean {
    const live = this.liveHolds()
    const inTime = live.every((hold) => hold.state === 'confirmed' || hold.expiresAtMs > nowMs)
    const isShort = this.placed.lines.some((line) => unitsOf(live, line.lineNumber) < line.quantity)
    if (!inTime || live.length === 0 || isShort) return false
    for (const hold of live) hold.state = 'confirmed'
    return true
  }

  #releaseHolds(): void {
    for (const hold of this.liveHolds()) {
      hold.state = 'released'
      for (const level of this.stock)
        if (level.skuId === hold.skuId && level.warehouseId === hold.warehouseId)
          level.available += hold.quantity
    }
  }

  #reserve(demand: Demand[], levels = this.stock): Allocation[] | null {
    const plan = planOver(demand, levels)
    if (!plan.ok) return null
    for (const entry of plan.allocations) {
      const level = levels.find(
        (known) => known.skuId === entry.skuId && known.warehouseId === entry.warehouseId,
      )
      if (!level || level.available < entry.quantity) throw new Error('more is promised than there is')
      level.available -= entry.quantity
      this.holds.push({ ...entry, state: 'confirmed', expiresAtMs: 0 })
    }
    return plan.allocations
  }

  #openTask(taskId: string): Task {
    const task = this.tasks.get(taskId)
    if (task?.state !== 'created' || task.changeId !== null)
      throw new Error(`pick task ${taskId} is not open`)
    return task
  }

  #takeFromHolds(task: Task, lines: FulfilmentLine[], state: 'consumed' | 'released'): void {
    for (const line of lines) {
      let missing = line.quantity
      for (const hold of this.holds) {
        const fits =
          hold.lineNumber === line.lineNumber &&
          hold.skuId === line.skuId &&
          hold.warehouseId === task.warehouseId
        if (!fits || hold.state !== 'confirmed' || missing === 0) continue
        const taken = Math.min(missing, hold.quantity)
        missing -= taken
        hold.quantity -= taken
        if (hold.quantity === 0) hold.state = state
      }
      if (missing > 0) throw new Error(`${task.id} line ${line.lineNumber}: ${missing} units have no hold`)
    }
  }
}

/** An operation that is asked for again gets its first result and changes nothing. */
function once<Result>(results: Map<string, Result>, operationId: string, work: () => Result): Result {
  const result = results.get(operationId) ?? work()
  results.set(operationId, result)
  return structuredClone(result)
}

export function add(units: Map<string, number>, key: string, quantity: number): void {
  units.set(key, (units.get(key) ?? 0) + quantity)
}

export function sum(values: Iterable<number>): number {
  let result = 0
  for (const value of values) result += value
  return result
}

export function total(lines: { quantity: number }[]): number {
  return sum(lines.map((line) => line.quantity))
}

export function unitsOf(lines: { lineNumber: number; quantity: number }[], lineNumber: number): number {
  return total(lines.filter((line) => line.lineNumber === lineNumber))
}

function availableOf(levels: NearLevel[], skuId: string): number {
  return sum(levels.filter((level) => level.skuId === skuId).map((level) => level.available))
}
