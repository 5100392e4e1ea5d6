import type { Demand } from '../../domain/allocation.ts'
import type {
  Allocation,
  FulfilmentLine,
  OrderEvent,
  OrderPlaced,
  OrderState,
  OrderWrite,
} from '../../domain/order.ts'
import type { OrderStep } from '../../domain/order-steps.ts'
import { type NearLevel, planOver } from './allocation.ts'

type Hold = Allocation & { state: 'held' | 'confirmed' | 'consumed' | 'released'; expiresAtMs: number }
type Task = {
  id: string
  warehouseId: string
  lines: FulfilmentLine[]
  state: 'created' | 'packed' | 'short' | 'withdrawn'
}
type Answer<Type extends OrderEvent['type']> = Omit<Extract<OrderEvent, { type: Type }>, 'type'>

/**
 * What one order's rows in the database do, in memory: the same rules as the SQL of store/, without its locks, because
 * every call here is a transaction of its own. What it finds impossible it throws.
 */
export class OrderDatabase {
  readonly placed: OrderPlaced
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
  readonly #settlements = new Map<string, { allocations: Allocation[] }>()
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
    return once(this.#reservedAgain, operationId, () => ({ allocations: this.#reserve(this.placed.lines) }))
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
      for (const task of this.openTasks()) task.state = 'withdrawn'
      this.#releaseHolds()
      return { refusal: null }
    })
  }

  settleShortage(
    step: Extract<OrderStep, { kind: 'settle_shortage' }>,
    warehouseId: string,
  ): { allocations: Allocation[] } {
    return once(this.#settlements, step.key, () => {
      if ([...this.tasks.values()].some((task) => task.state === 'withdrawn')) return { allocations: [] }
      const levels = this.stock.filter((level) => level.warehouseId !== warehouseId)
      const demand = step.shortage.lines
        .map((line) => ({ ...line, quantity: Math.min(line.quantity, availableOf(levels, line.skuId)) }))
        .filter((line) => line.quantity > 0)
      return { allocations: this.#reserve(demand, levels) ?? [] }
    })
  }

  commit(state: OrderState, writes: OrderWrite[]): void {
    this.snapshot = state
    for (const write of writes) {
      if (write.kind === 'create_pick_task') {
        const { fulfilmentId: id, warehouseId, lines } = write.fulfilment
        if (this.tasks.has(id)) throw new Error(`pick task ${id} is created twice`)
        this.tasks.set(id, { id, warehouseId, lines: structuredClone(lines), state: 'created' })
      } else if (write.kind === 'record_refund') {
        const { refundId, amountCents } = write.refund
        const known = this.refunds.get(refundId)
        if (known !== undefined && known !== amountCents) throw new Error(`${refundId} changes its amount`)
        this.refunds.set(refundId, amountCents)
      } else if (write.kind === 'settle_return') {
        for (const line of write.lines)
          add(this.back, `${line.lineNumber}/${line.warehouseId}`, line.restocked + line.writtenOff)
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
    if (!inTime || total(live) !== total(this.placed.lines)) return false
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
    if (task?.state !== 'created') throw new Error(`pick task ${taskId} is not open`)
    return task
  }

  #takeFromHolds(task: Task, lines: FulfilmentLine[], state: 'consumed' | 'released'): void {
    for (const line of lines) {
      let missing = line.quantity
      for (const hold of this.holds) {
        const fits = hold.lineNumber === line.lineNumber && hold.warehouseId === task.warehouseId
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
