import type { Change, ChangeReply } from '../../domain/change.ts'
import type {
  CommandAnswer,
  Decision,
  FulfilmentLine,
  OrderEvent,
  OrderPlaced,
  OrderReturn,
  OrderState,
  OrderWrite,
} from '../../domain/order.ts'
import { decide, placeOrder } from '../../domain/order-life.ts'
import { supplementCents } from '../../domain/order-money.ts'
import { PARCEL_TRANSITIONS, type ParcelState } from '../../domain/order-state.ts'
import { dueSteps, nextDeadline, type OrderStep } from '../../domain/order-steps.ts'
import { planOver } from './allocation.ts'
import { add, OrderDatabase, sum, unitsOf } from './order-database.ts'
import { Random } from './random.ts'

export type OrderFact = Extract<OrderEvent, { inboxId: number }>
export type OrderCommand = Extract<OrderEvent, { requestId: string }>
/** `relay`: facts arrive in the order in which they happened, some of them again. `any`: in any order, at any time. */
export type Arrival = 'relay' | 'any'
type Unanswered<Command> = Command extends OrderCommand ? Omit<Command, 'requestId' | 'operator'> : never
type Unsent<Fact> = Fact extends OrderFact ? Omit<Fact, 'inboxId'> : never

const START_MS = Date.parse('2026-01-05T08:00:00Z')
const WAREHOUSES = ['WH-1', 'WH-2', 'WH-3']
/** More rounds than any order needs to come to rest; who needs more goes in circles. */
const MANY_ROUNDS = 400

/** An order with one to three lines, promised from the stock that is handed back beside it. */
export function randomOrder(random: Random) {
  const lines = Array.from({ length: random.between(1, 3) }, (_, index) => ({
    lineNumber: index + 1,
    skuId: `SKU-${index + 1}`,
    quantity: random.between(1, 4),
    unitPriceCents: random.between(0, 5) * 700,
  }))
  const levels = lines.flatMap(({ skuId, quantity }) =>
    WAREHOUSES.map((warehouseId, index) => ({
      skuId,
      warehouseId,
      available: random.between(index === 2 ? quantity : 0, quantity + 1),
      kilometres: index * 100,
    })),
  )
  const plan = planOver(lines, levels)
  const allocations = plan.ok ? plan.allocations : []
  for (const entry of allocations)
    for (const level of levels)
      if (level.skuId === entry.skuId && level.warehouseId === entry.warehouseId)
        level.available -= entry.quantity
  const freightCents = random.between(0, 2) * 600
  const placed: OrderPlaced = {
    orderId: 'O1',
    channel: 'mall',
    storeId: 'ST-1',
    contactId: 'C1',
    divisionCode: '330110',
    lines,
    allocations,
    freightCents,
    amountCents: freightCents + sum(lines.map((line) => line.quantity * line.unitPriceCents)),
    placedAt: new Date(START_MS).toISOString(),
    reservationExpiresAt: new Date(START_MS + 30_000).toISOString(),
    deadlines: { trackingIntervalSeconds: 5, afterSalesWindowSeconds: 100, latePaymentWindowSeconds: 60 },
    // Orders from before there were rules about abnormal ones go on beside the others.
    ...(random.oneIn(3) ? {} : { isChecked: true }),
  }
  return { placed, stock: levels }
}

/** What an observer of a model hears: every decision, with the state before it. */
export type Observer = (before: OrderState, event: OrderEvent, decision: Decision) => void
/** Hears of every moment at which nothing is under way, until the order is closed. */
export type RestObserver = (model: OrderModel) => void
/** Somebody else in the world of an order, who is asked in turn for a move; false where there is nothing to do. */
export type Companion = {
  /** Goes on by itself. */
  work: () => boolean
  /** What people do with it, wisely or not. */
  moves: (() => boolean)[]
  /** What people have to do now. */
  due: () => boolean
}

/**
 * One order in a simulated world: a workflow that keeps to the discipline of workflows/order.ts (apply, commit, then
 * set going what the state calls for), a database, warehouses, couriers, a payment provider, customers and staff.
 * Nothing here waits: who acts next is the choice of a random walk, so that a seed reproduces a scenario.
 */
export class OrderModel {
  readonly random: Random
  readonly arrival: Arrival
  readonly db: OrderDatabase
  /** Money that the provider really sent back, by refund. */
  readonly provider = new Map<string, number>()
  readonly facts: OrderFact[] = []
  readonly commands: OrderCommand[] = []
  readonly answers = new Map<string, (CommandAnswer | ChangeReply)[]>()
  /** Requests that were lost with their workflow before anybody answered; their callers heard of an error. */
  readonly forgotten = new Set<string>()
  /** Units that the customer holds, by line number. */
  readonly customer = new Map<string, number>()
  nowMs = START_MS
  state: OrderState

  readonly #observe: Observer
  readonly #atRest: RestObserver
  readonly #companion: Companion | null
  readonly #couriers = new Map<string, ParcelState>()
  /** Parcels that the warehouse has again. */
  readonly #back = new Set<string>()
  readonly #gaveUp = new Set<string>()
  /** The database's clock is not the worker's. */
  readonly #skewMs: number
  #undelivered: OrderFact[] = []
  #queue: OrderEvent[] = []
  #commit: { writes: OrderWrite[]; answers: Decision['answers'] } | null = null
  #running = new Map<string, { step: OrderStep; event: OrderEvent | null }>()
  #timer: number | null = null
  #announcedMs: number | null = null

  /** @param companion who changes the order, in place of somebody who says to it whatever comes to mind */
  constructor(
    seed: number,
    arrival: Arrival,
    observe: Observer,
    atRest: RestObserver = () => undefined,
    companion: ((model: OrderModel) => Companion) | null = null,
  ) {
    this.#atRest = atRest
    this.random = new Random(seed)
    this.arrival = arrival
    this.#observe = observe
    const { placed, stock } = randomOrder(this.random)
    this.state = placeOrder(placed)
    this.db = new OrderDatabase(this.state, stock)
    this.#skewMs = this.random.between(-200, 200)
    this.#companion = companion?.(this) ?? null
    this.#proceed()
  }

  /** A walk of that many moves; who moves is chance, but somebody who can. */
  walk(moves: number): void {
    const machine = [
      () => this.#apply(),
      () => this.#finishCommit(),
      () => this.#carryOut(),
      () => this.#hearAnswer(),
      () => this.#deliver(),
      () => this.#companion?.work() ?? false,
    ]
    const world = [
      () => this.#pay(),
      () => this.#report(),
      () => this.#report(),
      () => this.#report(),
      () => this.#moveParcel(),
      () => this.#moveParcel(),
      () => this.random.oneIn(5) && this.#cancel(),
      () => this.#askForReturn(),
      () => this.#handleReturn(this.random.pick(this.state.returns)),
      () => this.#handleReturn(this.random.pick(this.state.returns)),
      () => this.#repeat(),
      () => this.#trade(),
      () => this.#trade(),
      ...(this.#companion?.moves ?? Array.from({ length: 3 }, () => () => this.#change())),
      () => this.#passTime(),
      () => this.#retryRefund(),
      () => this.random.oneIn(3) && this.#release(),
      () => this.#disturb(),
    ]
    for (let move = 0; move < moves; move += 1) {
      const movers = this.random.oneIn(4) ? world : machine
      this.random.shuffle(movers).some((act) => act())
    }
  }

  /** Lets the machine finish by itself: no person, no courier and no clock moves. */
  quiesce(): void {
    for (let round = 0; round < MANY_ROUNDS; round += 1) if (!this.#workInTurn()) return
    throw new Error('the order never comes to rest')
  }

  /** Then everybody does what is due, until the order is closed. Throws when it waits for nothing. */
  finish(): void {
    for (let round = 0; round < MANY_ROUNDS; round += 1) {
      this.quiesce()
      this.#atRest(this)
      if (!this.#doWhatIsDue()) break
    }
    if (!this.state.closed) throw new Error(`${this.state.status}, not closed, and nobody has anything to do`)
  }

  // ── the workflow ──

  #workInTurn(): boolean {
    return (
      this.#finishCommit() ||
      this.#apply() ||
      this.#hearAnswer() ||
      this.#carryOut() ||
      this.#deliver(this.#undelivered.length) ||
      (this.#companion?.work() ?? false)
    )
  }

  /** Applies everything that is waiting, as one version. */
  #apply(): boolean {
    if (this.#commit || this.#queue.length === 0) return false
    const writes: OrderWrite[] = []
    const answers: Decision['answers'] = []
    const { closed } = this.state
    let logged = false
    for (const event of this.#queue.splice(0)) {
      const nowMs = event.type === 'deadline_reached' ? Math.max(event.atMs, this.nowMs) : this.nowMs
      const before = this.state
      const decision = decide(before, event, nowMs)
      this.#giveBack(before, event, decision.state)
      this.#observe(before, event, decision)
      this.state = decision.state
      logged ||= decision.records.length > 0
      writes.push(...decision.records.flatMap((record) => record.writes))
      answers.push(...decision.answers)
    }
    if (logged || writes.length > 0 || closed !== this.state.closed) {
      this.state = { ...this.state, version: this.state.version + 1 }
      this.#commit = { writes, answers }
    } else {
      this.#answer(answers)
      this.#proceed()
    }
    return true
  }

  #finishCommit(): boolean {
    if (!this.#commit) return false
    this.db.commit(this.state, this.#commit.writes)
    this.#answer(this.#commit.answers)
    this.#commit = null
    this.#proceed()
    return true
  }

  #answer(answers: Decision['answers']): void {
    for (const { requestId, answer } of answers)
      this.answers.set(requestId, [...(this.answers.get(requestId) ?? []), answer])
  }

  #proceed(): void {
    if (this.#queue.length > 0) return
    for (const step of dueSteps(this.state))
      if (!this.#running.has(step.key)) this.#running.set(step.key, { step, event: null })
    const deadline = nextDeadline(this.state)
    if (this.#timer !== null && this.#timer === deadline?.atMs) return
    this.#timer = deadline && deadline.atMs !== this.#announcedMs ? deadline.atMs : null
  }

  #fire(): boolean {
    if (this.#timer === null || this.nowMs < this.#timer) return false
    this.#queue.push({ type: 'deadline_reached', atMs: this.#timer })
    this.#announcedMs = this.#timer
    this.#timer = null
    return true
  }

  #carryOut(): boolean {
    const open = [...this.#running.values()].filter((entry) => entry.event === null)
    for (const entry of this.random.shuffle(open)) {
      entry.event = this.#outcome(entry.step)
      if (entry.event) return true
    }
    return false
  }

  #hearAnswer(): boolean {
    const ready = [...this.#running].filter(([, entry]) => entry.event !== null)
    const [key, entry] = this.random.pick(ready) ?? []
    if (!key || !entry?.event) return false
    this.#running.delete(key)
    this.#queue.push(entry.event)
    return true
  }

  /** What a step brings, or null while there is nothing to say. */
  #outcome(step: OrderStep): OrderEvent | null {
    const { db } = this
    switch (step.kind) {
      case 'check_reservation':
        return { type: 'reservation_checked', ...db.checkReservation(step.paidInFull, this.#dbNowMs()) }
      case 'reserve_again':
        return { type: 'reserved_again', ...db.reserveAgain(step.key) }
      case 'decide_cancellation':
        return { type: 'cancellation_decided', ...db.decideCancellation(step) }
      case 'settle_shortage': {
        const { shortageId, fulfilmentId } = step.shortage
        const from = this.state.fulfilments.find((entry) => entry.fulfilmentId === fulfilmentId)
        const { allocations } = db.settleShortage(step, from?.warehouseId ?? '')
        return { type: 'shortage_settled', shortageId, allocations }
      }
      case 'hold_for_change':
        return { type: 'change_hold_decided', ...db.holdForChange(step) }
      case 'prepare_change':
        return { type: 'change_prepared', ...db.prepareChange(step, this.#dbNowMs()) }
      case 'settle_change':
        return { type: 'change_settled', ...db.settleChange(step) }
      case 'check_order': {
        const outcomes = ['clear', 'noted', 'held', 'blocked'] as const
        const outcome = db.checkOrder(step.number, this.random.pick(outcomes) ?? 'clear')
        const findings = outcome === 'clear' ? [] : [{ rule: 'any', tag: 'any', because: '' }]
        const action = outcome === 'held' ? ('hold' as const) : ('note' as const)
        return {
          type: 'order_checked',
          number: step.number,
          outcome,
          policyVersion: 1,
          findings: findings.map((finding) => ({ ...finding, action })),
          handler: null,
        }
      }
      case 'refund': {
        const { refundId, amountCents, tries } = step.refund
        const fails = tries < 3 && this.random.oneIn(5)
        // A provider may have carried out what it could not confirm; the same refund id then counts once.
        if (!fails || this.random.oneIn(2)) this.provider.set(refundId, amountCents)
        const outcome = fails ? 'failed' : 'done'
        return { type: 'refund_settled', refundId, tries, outcome, detail: '' }
      }
      case 'track_parcel': {
        const state = this.#couriers.get(step.parcelId) ?? step.known
        if (state !== step.known)
          return { type: 'parcel_news', parcelId: step.parcelId, state, occurredAt: this.#nowText() }
        if (this.#gaveUp.has(step.parcelId) || !this.random.oneIn(20)) return null
        this.#gaveUp.add(step.parcelId)
        return { type: 'tracking_gave_up', parcelId: step.parcelId, detail: 'no news' }
      }
    }
  }

  // ── messages ──

  #send(fact: Unsent<OrderFact>): void {
    const sent = { ...fact, inboxId: this.facts.length + 1 }
    this.facts.push(sent)
    this.#undelivered.push(sent)
  }

  #deliver(count = this.random.between(1, 3)): boolean {
    if (this.#undelivered.length === 0) return false
    const waiting = this.arrival === 'relay' ? this.#undelivered : this.random.shuffle(this.#undelivered)
    const batch = waiting.slice(0, count)
    this.#undelivered = this.#undelivered.filter((fact) => !batch.includes(fact))
    this.#queue.push(...batch)
    return true
  }

  #ask(command: Unanswered<OrderCommand>): boolean {
    this.ask(command)
    return true
  }

  /** Says something to the order whose answer comes later; returns what the answer is found by. */
  ask(command: Unanswered<OrderCommand>): string {
    const asked = { ...command, requestId: `Q${this.commands.length + 1}`, operator: 'somebody' }
    this.commands.push(asked)
    this.#queue.push(asked)
    return asked.requestId
  }

  // ── the world ──

  /** Somebody goes on with a change, begins one, or says the wrong thing. */
  #change(): boolean {
    const { random, state } = this
    const until = new Date(this.nowMs + (random.pick([4_000, 60_000, 900_000]) ?? 0)).toISOString()
    const hold = state.changeHold
    if (!hold || random.oneIn(6)) {
      return this.#ask({
        type: 'change_hold_requested',
        changeId: `X${random.between(1, 6)}`,
        requestVersion: 1,
        orderVersion: state.version - (random.oneIn(10) ? 1 : 0),
        change: this.randomChange(),
        until,
      })
    }
    const changeId = random.oneIn(10) ? 'X1' : hold.changeId
    const commit = {
      type: 'change_commit_requested' as const,
      changeId,
      changeNumber: `CR-${changeId}`,
      approvers: ['lead'],
    }
    if (hold.state === 'prepared') {
      return this.#ask(random.oneIn(5) ? { type: 'change_release_requested', changeId } : commit)
    }
    if (random.oneIn(8)) return this.#ask({ type: 'change_release_requested', changeId })
    return this.#ask(random.oneIn(8) ? commit : { type: 'change_prepare_requested', changeId, until })
  }

  /** Any change of the order as it is now, possible or not. */
  randomChange(): Change {
    const { random, state } = this
    const { lineNumber = 1, quantity = 1 } = random.pick(state.placed.lines) ?? {}
    const skuId = random.pick(state.placed.lines)?.skuId ?? ''
    const unitPriceCents = random.between(0, 5) * 700
    const changes: Change[] = [
      { type: 'price', lines: [{ lineNumber, unitPriceCents }], freightCents: random.between(0, 3) * 600 },
      { type: 'quantity', lines: [{ lineNumber, quantity: random.between(0, quantity + 2) }] },
      { type: 'item', lines: [{ lineNumber, skuId, quantity: random.between(1, 3), unitPriceCents }] },
      { type: 'gift', lines: [{ skuId, quantity: random.between(1, 2) }] },
      { type: 'address', contactId: `C${random.between(2, 9)}`, divisionCode: '110101' },
      {
        type: 'refund',
        paymentId: `P${random.between(1, 2)}`,
        amountCents: random.between(1, 3) * 350,
      },
      { type: 'reship', lines: [{ lineNumber, quantity: random.between(1, quantity + 1) }] },
    ]
    return random.oneIn(12) ? { type: 'cancel' } : (random.pick(changes) ?? { type: 'cancel' })
  }

  /** What a change made dearer is paid in the end. */
  #paySupplement(): boolean {
    const cents = supplementCents(this.state)
    if (cents === 0) return false
    const paymentId = `P${this.db.payments.size + 1}`
    const { holdsConfirmed } = this.db.pay(paymentId, cents, this.#dbNowMs())
    const paidAt = this.#nowText()
    this.#send({ type: 'payment_received', paymentId, amountCents: cents, paidAt, holdsConfirmed })
    return true
  }

  #pay(): boolean {
    const { amountCents } = this.state.placed
    const held = sum(this.db.payments.values()) - sum(this.db.refunds.values())
    const rest = Math.max(1, amountCents - held)
    const cents = this.random.pick([rest, rest, amountCents, Math.ceil(rest / 2), rest + 300]) ?? rest
    if (this.db.payments.size >= 5) return false
    const paid = Math.max(1, cents)
    const paymentId = `P${this.db.payments.size + 1}`
    const { holdsConfirmed } = this.db.pay(paymentId, paid, this.#dbNowMs())
    const paidAt = this.#nowText()
    this.#send({ type: 'payment_received', paymentId, amountCents: paid, paidAt, holdsConfirmed })
    return true
  }

  /** A PDA reports a packed or a short task. */
  #report(): boolean {
    const task = this.random.pick(this.db.workableTasks())
    if (!task) return false
    if (this.random.oneIn(2)) return this.#pack(task.id)
    const missing: FulfilmentLine[] = task.lines
      .map((line) => ({ ...line, quantity: this.random.between(0, line.quantity) }))
      .filter((line) => line.quantity > 0)
    if (missing.length === 0) return false
    const { taskClosed } = this.db.short(task.id, missing)
    const eventId = `${task.id}/short/${this.facts.length}`
    this.#send({ type: 'fulfilment_short', eventId, lines: missing, taskClosed, ...this.#from(task.id) })
    return true
  }

  #pack(taskId: string): boolean {
    this.db.pack(taskId)
    this.#couriers.set(`${taskId}-P1`, 'shipped')
    const courier = { courier: 'SF', waybillNumber: `W-${taskId}` }
    this.#send({ type: 'fulfilment_packed', ...courier, ...this.#from(taskId) })
    return true
  }

  #from(fulfilmentId: string) {
    return { fulfilmentId, operator: 'picker', occurredAt: this.#nowText() }
  }

  #moveParcel(to?: ParcelState): boolean {
    const [parcelId, state] =
      this.random.pick([...this.#couriers].filter(([, known]) => isUnderWay(known))) ?? []
    if (!parcelId || !state) return false
    const choices = PARCEL_TRANSITIONS[state]
    const next = this.#back.has(parcelId)
      ? 'returned'
      : (to ?? this.random.pick([...choices, 'delivered' as const]) ?? 'delivered')
    this.#couriers.set(parcelId, next)
    const task = this.db.tasks.get(parcelId.replace('-P1', ''))
    if (next === 'delivered')
      for (const line of task?.lines ?? []) add(this.customer, String(line.lineNumber), line.quantity)
    return true
  }

  #cancel(): boolean {
    return this.#ask({ type: 'cancel_requested', reason: 'changed', mayCancelPaid: this.random.oneIn(2) })
  }

  /** A caller that heard nothing, or does not believe it, asks again. */
  #repeat(): boolean {
    const again = this.commands.slice(-this.random.between(1, 3))
    this.#queue.push(...again)
    return again.length > 0
  }

  #askForReturn(): boolean {
    const returnId = `R${this.commands.length}`
    const lines = this.state.placed.lines
      .map(({ lineNumber, quantity }) => ({ lineNumber, quantity: this.random.between(0, quantity + 1) }))
      .filter((line) => line.quantity > 0)
    const reason = this.random.pick(['too small', 'undelivered']) ?? ''
    return lines.length > 0 && this.#ask({ type: 'return_requested', returnId, reason, lines })
  }

  /** The next step of a return; the wrong one now and then. */
  #handleReturn(entry: OrderReturn | undefined, mayErr = true): boolean {
    if (!entry) return false
    const { returnId } = entry
    const decision = mayErr && this.random.oneIn(3) ? 'reject' : 'approve'
    const step = mayErr && this.random.oneIn(8) ? this.random.pick(['requested', 'approved']) : entry.state
    if (step === 'requested') return this.#ask({ type: 'return_decided', returnId, decision, note: '' })
    if (step === 'approved') return this.#receive(returnId)
    if (step !== 'received') return false
    return this.#ask({ type: 'return_inspected', returnId, lines: this.#inspect(entry, mayErr) })
  }

  /** A warehouse receives a parcel only that is really there: one that went on to the customer is not. */
  #receive(returnId: string): boolean {
    const parcelId = returnId.replace(/-RETURN$/, '')
    const state = this.#couriers.get(parcelId)
    if (state === 'delivered' || state === 'lost') return false
    if (state !== undefined) this.#back.add(parcelId)
    return this.#ask({ type: 'return_received', returnId })
  }

  /** An inspector counts what is really there: no more than was sent, or than the customer had. */
  #inspect(entry: OrderReturn, mayErr: boolean) {
    const task = [...this.db.tasks.values()].find(({ id }) => `${id}-P1-RETURN` === entry.returnId)
    return entry.lines.map(({ lineNumber, quantity }) => {
      const there = task ? unitsOf(task.lines, lineNumber) : (this.customer.get(String(lineNumber)) ?? 0)
      const found = mayErr ? this.random.between(0, Math.min(quantity, there)) : Math.min(quantity, there)
      const writtenOff = this.random.between(0, found)
      const tooMany = mayErr && this.random.oneIn(10) ? quantity + 1 : 0
      return { lineNumber, restocked: found - writtenOff + tooMany, writtenOff }
    })
  }

  /** What an accepted inspection found is no longer with the customer. */
  #giveBack(before: OrderState, event: OrderEvent, after: OrderState): void {
    if (event.type !== 'return_inspected' || event.returnId.endsWith('-RETURN')) return
    const stateIn = (state: OrderState) =>
      state.returns.find((entry) => entry.returnId === event.returnId)?.state
    if (stateIn(before) === 'settled' || stateIn(after) !== 'settled') return
    for (const line of event.lines)
      add(this.customer, String(line.lineNumber), -line.restocked - line.writtenOff)
  }

  #passTime(): boolean {
    if (this.#timer !== null && this.random.oneIn(2)) {
      this.nowMs = Math.max(this.nowMs, this.#timer + this.random.between(-1, 1))
    } else this.nowMs += this.random.pick([1, 500, 5_000, 70_000]) ?? 1
    this.#fire()
    return true
  }

  #disturb(): boolean {
    const disturbances = [
      () => this.#queue.push(...this.random.shuffle(this.facts).slice(0, 3)),
      () => this.#queue.push({ type: 'deadline_reached', atMs: this.nowMs }),
      () => this.#send({ type: 'unknown_fact', factType: 'weather' }),
      () => this.#send({ type: 'attention_cleared', operator: 'staff' }),
      () => this.#continueAsNew(),
      () => this.#resumeFromSnapshot(),
    ]
    this.random.pick(disturbances)?.()
    return true
  }

  /** A person lets a held order go, whether or not it knows already that it is held. */
  #release(): boolean {
    const number = this.db.releaseCheck()
    if (number === null) return false
    this.#send({ type: 'check_released', number, operator: 'clerk' })
    return true
  }

  #retryRefund(): boolean {
    const refund = this.random.pick(this.state.refunds.filter((entry) => entry.state === 'failed'))
    if (!refund) return false
    this.#send({ type: 'refund_retry_requested', refundId: refund.refundId, operator: 'finance' })
    return true
  }

  #trade(): boolean {
    const { skuId = '' } = this.random.pick(this.state.placed.lines) ?? {}
    const warehouseId = this.random.pick(WAREHOUSES) ?? ''
    this.db.changeStock(skuId, warehouseId, this.random.pick([0, 0, 0, 2, 4]) ?? 0, this.#dbNowMs())
    return true
  }

  #continueAsNew(): void {
    const mayBreakOff = [...this.#running.values()].every((entry) => entry.step.kind === 'track_parcel')
    if (!mayBreakOff || this.#commit || this.#queue.length > 0) return
    this.state = JSON.parse(JSON.stringify(this.state))
    this.#startOver()
  }

  /** Temporal has lost everything: the order resumes from its row, and the inbox is told again. */
  #resumeFromSnapshot(): void {
    if (this.#commit || !this.random.oneIn(3)) return
    this.state = JSON.parse(JSON.stringify(this.db.snapshot))
    for (const { requestId } of this.commands) if (!this.answers.has(requestId)) this.forgotten.add(requestId)
    this.#queue = []
    this.#undelivered = [...this.facts]
    this.#startOver()
  }

  #startOver(): void {
    this.#running = new Map()
    this.#timer = null
    this.#announcedMs = null
    this.#proceed()
  }

  /** One thing that somebody has to do now, or the next deadline; false when there is none. */
  #doWhatIsDue(): boolean {
    const [task] = this.db.workableTasks()
    const open = this.state.returns.find((entry) => entry.state !== 'settled' && entry.state !== 'rejected')
    if (task) this.#pack(task.id)
    else if (open) this.#handleReturn(open, false)
    else if (this.#companion?.due() || this.#release()) return true
    else if (this.#moveParcel('delivered') || this.#retryRefund() || this.#paySupplement()) return true
    else if (this.#timer !== null) {
      this.nowMs = Math.max(this.nowMs, this.#timer)
      this.#fire()
    } else return false
    return true
  }

  #dbNowMs(): number {
    return this.nowMs + this.#skewMs
  }

  #nowText(): string {
    return new Date(this.nowMs).toISOString()
  }
}

function isUnderWay(state: ParcelState): boolean {
  return PARCEL_TRANSITIONS[state].length > 0
}
