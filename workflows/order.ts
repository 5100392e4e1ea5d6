import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { assertNever } from '../domain/assert-never.ts'
import type {
  ChangeHoldAnswer,
  ChangeProblem,
  ChangeReply,
  CommitChangeAnswer,
  PrepareChangeAnswer,
  ReleaseChangeAnswer,
} from '../domain/change.ts'
import type { CommandAnswer, EventRecord, OrderEvent, OrderPlaced, OrderState } from '../domain/order.ts'
import { isMade, outcomeOfMade } from '../domain/order-change.ts'
import { decide, placeOrder, restoreOrder } from '../domain/order-life.ts'
import { isJudgedOtherwiseByClock } from '../domain/order-payments.ts'
import { type CheckStep, checkStep, dueSteps, nextDeadline, type OrderStep } from '../domain/order-steps.ts'
import { duePresale } from '../domain/presale.ts'
import {
  type AcquireChangeHold,
  acquireChangeHoldUpdate,
  type CommitChange,
  cancelUpdate,
  commitChangeUpdate,
  decideReturnUpdate,
  factsSignal,
  inspectReturnUpdate,
  type PrepareChange,
  prepareChangeUpdate,
  type ReleaseChangeHold,
  receiveReturnUpdate,
  releaseChangeHoldUpdate,
  requestReturnUpdate,
  stateQuery,
} from './messages.ts'
import { describeOrder, yuan } from './order-details.ts'
import { PATIENT, QUICK, tryQuickly } from './patience.ts'

/** A new order, or the state that a continued or resumed one goes on from. */
export type OrderInput = { placed: OrderPlaced } | { state: OrderState }

const orderStatus = defineSearchAttributeKey('OrderStatus', 'KEYWORD')
const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL')
const warehouses = defineSearchAttributeKey('Warehouse', 'KEYWORD_LIST')

const quickly = proxyLocalActivities<Activities>(QUICK)
const patiently = proxyActivities<Activities>(PATIENT)

/** After this a person must hear that a refund does not go through. */
const REFUND_DEADLINE = '24h'
/** After this a parcel that has told nothing decisive becomes a work item, and tracking begins anew. */
const TRACKING_DEADLINE = '30 days'

/**
 * One order from checkout to its end.
 *
 * The workflow is a loop around a pure core: facts, answers and deadlines are applied by `decide`, the result is
 * committed to the database, and whatever the new state calls for (`dueSteps`) is set going. Nothing else is
 * remembered, so a crash, a continue-as-new or a lost server continues from the state alone.
 */
export async function order(input: OrderInput): Promise<{ status: string; version: number }> {
  const life = new OrderRun('state' in input ? restoreOrder(input.state) : placeOrder(input.placed))
  life.listen()
  await life.run()
  return { status: life.state.status, version: life.state.version }
}

class OrderRun {
  state: OrderState
  readonly #queue: OrderEvent[] = []
  readonly #answers = new Map<string, CommandAnswer | ChangeReply>()
  readonly #running = new Set<string>()
  /** Waits for couriers, by step: given up when this run continues as new, and each when its answer came another way. */
  readonly #waits = new Map<string, CancellationScope>()
  #timer: { atMs: number; scope: CancellationScope } | null = null
  /** A moment that has passed is announced once; what it waits for then is not a matter of time. */
  #announcedMs: number | null = null
  /** The check that was asked for before the commit. */
  #checkTried = ''
  #shown = ''

  constructor(state: OrderState) {
    this.state = state
  }

  /** Registers every handler; must run before the first await. */
  listen(): void {
    setHandler(factsSignal, (facts) => {
      this.#queue.push(...facts)
    })
    // A signal handler must never throw, and an unknown signal must not vanish: it is visible in the history.
    setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { signalName: name }))
    setHandler(stateQuery, () => this.state)
    setHandler(cancelUpdate, (command) => this.#ask({ type: 'cancel_requested', ...command }))
    setHandler(requestReturnUpdate, (command) => this.#ask({ type: 'return_requested', ...command }))
    setHandler(decideReturnUpdate, (command) => this.#ask({ type: 'return_decided', ...command }))
    setHandler(receiveReturnUpdate, (command) => this.#ask({ type: 'return_received', ...command }))
    setHandler(inspectReturnUpdate, (command) => this.#ask({ type: 'return_inspected', ...command }))
    setHandler(acquireChangeHoldUpdate, (command) => this.#acquireChangeHold(command))
    setHandler(prepareChangeUpdate, (command) => this.#prepareChange(command))
    setHandler(commitChangeUpdate, (command) => this.#commitChange(command))
    setHandler(releaseChangeHoldUpdate, (command) => this.#releaseChangeHold(command))
  }

  async run(): Promise<void> {
    this.#show()
    for (;;) {
      await this.#applyQueue()
      const arrived = duePresale(this.state)
      if (arrived.length > 0) {
        this.#queue.push(...arrived)
        continue
      }
      if (this.#isOver()) {
        await condition(allHandlersFinished)
        if (this.#queue.length === 0) return
        continue
      }
      if (workflowInfo().continueAsNewSuggested && this.#canBreakOff()) await this.#continueAsNew()
      const due = dueSteps(this.state)
      this.#giveUpWaits(due)
      for (const step of due) this.#start(step)
      this.#setTimer()
      await condition(() => this.#queue.length > 0 || this.#isOver() || this.#mustBreakOff())
    }
  }

  async #ask(event: Extract<OrderEvent, { requestId: string }>): Promise<CommandAnswer> {
    const answer = await this.#hear(event)
    if (answer && 'accepted' in answer) return answer
    return { accepted: false, code: 'order-already-closed', detail: 'the order closed meanwhile' }
  }

  async #hear(
    event: Extract<OrderEvent, { requestId: string }>,
  ): Promise<CommandAnswer | ChangeReply | undefined> {
    this.#queue.push(event)
    await condition(() => this.#answers.has(event.requestId))
    const answer = this.#answers.get(event.requestId)
    this.#answers.delete(event.requestId)
    return answer
  }

  /** What stands in the way of a change; null: nothing, it is so now. */
  async #askForChange(event: Extract<OrderEvent, { requestId: string }>): Promise<ChangeProblem | null> {
    const answer = await this.#hear(event)
    if (answer && 'problem' in answer) return answer.problem
    // A change that cancels is answered by the cancellation.
    if (answer?.accepted) return null
    return { reason: 'order-closed', detail: answer?.detail ?? 'the order closed meanwhile' }
  }

  async #acquireChangeHold(command: AcquireChangeHold): Promise<ChangeHoldAnswer> {
    const problem = await this.#askForChange({ type: 'change_hold_requested', ...command })
    const orderVersion = this.state.version
    return problem ? { granted: false, orderVersion, ...problem } : { granted: true, orderVersion }
  }

  async #prepareChange(command: PrepareChange): Promise<PrepareChangeAnswer> {
    const problem = await this.#askForChange({ type: 'change_prepare_requested', ...command })
    if (problem) return { prepared: false, ...problem }
    const { version: orderVersion, changeHold } = this.state
    const gained = changeHold?.changeId === command.changeId ? changeHold.gained : []
    return { prepared: true, orderVersion, gained }
  }

  async #commitChange(command: CommitChange): Promise<CommitChangeAnswer> {
    const problem = await this.#askForChange({ type: 'change_commit_requested', ...command })
    if (problem) return { applied: false, ...problem }
    return outcomeOfMade(this.state, command.changeId)
  }

  async #releaseChangeHold(command: ReleaseChangeHold): Promise<ReleaseChangeAnswer> {
    await this.#askForChange({ type: 'change_release_requested', ...command })
    return { released: true, applied: isMade(this.state, command.changeId) }
  }

  #isOver(): boolean {
    return this.state.closed && this.#running.size === 0 && this.#queue.length === 0
  }

  /** Applies everything that is waiting and commits it together. */
  async #applyQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const records: EventRecord[] = []
      const answers: { requestId: string; answer: CommandAnswer | ChangeReply }[] = []
      const before = this.state
      for (;;) {
        for (const heard of this.#queue.splice(0)) {
          const nowMs = heard.type === 'deadline_reached' ? Math.max(heard.atMs, Date.now()) : Date.now()
          const event = this.#asItWasJudged(heard, nowMs)
          const decision = decide(this.state, event, nowMs)
          this.state = decision.state
          answers.push(...decision.answers)
          records.push(...decision.records)
        }
        const check = checkStep(this.state)
        if (!check || this.#isAskedAlready(check)) break
        const checked = await this.#checkAtOnce(check)
        if (checked) this.#queue.push(checked)
      }
      if (records.length > 0 || before.closed !== this.state.closed) await this.#commit(records)
      // Only now: an answer says what is durable, not what was intended.
      for (const { requestId, answer } of answers) this.#answers.set(requestId, answer)
    }
  }

  /** It has been tried once here, or is under way as a step. */
  #isAskedAlready({ key }: CheckStep): boolean {
    return this.#checkTried === key || this.#running.has(key)
  }

  /**
   * Asks what the rules say before anything is committed, so that an order which they let go costs one event and no
   * further transaction. If the database does not answer at once the order is committed as it is, and asks as a step.
   */
  async #checkAtOnce({ key, number }: CheckStep): Promise<OrderEvent | null> {
    this.#checkTried = key
    try {
      const options = { ...QUICK, summary: 'is it abnormal?' }
      const answer = await quickly.checkOrder.executeWithOptions(options, [
        { placed: this.state.placed, number },
      ])
      return { type: 'order_checked', number, ...answer }
    } catch (error) {
      if (isCancellation(error)) throw error
      return null
    }
  }

  /** An order that began under the older rule is replayed by it, where that makes a difference. */
  #asItWasJudged(event: OrderEvent, nowMs: number): OrderEvent {
    if (event.type !== 'payment_received') return event
    if (!isJudgedOtherwiseByClock(this.state, event, nowMs) || patched('payment-judged-by-paid-at'))
      return event
    return { ...event, isJudgedByClock: true }
  }

  async #commit(records: EventRecord[]): Promise<void> {
    this.#show()
    const { state } = this
    const { outcome, version } = await tryQuickly(
      quickly.commitOrder,
      patiently.commitOrder,
      { runId: workflowInfo().runId, state, records },
      `commit: ${state.status}`,
    )
    // The order moved on without this run (it was reset or restored). Its own snapshot is newer: reconcile resumes it.
    if (outcome === 'stale') {
      throw ApplicationFailure.nonRetryable(`the order is at version ${version} already`, 'StaleOrder')
    }
    this.state = { ...this.state, version }
  }

  #start(step: OrderStep): void {
    if (this.#running.has(step.key)) return
    this.#running.add(step.key)
    const started = step.kind === 'track_parcel' ? this.#wait(step) : this.#carryOut(step)
    started.then(
      (event) => {
        this.#running.delete(step.key)
        if (event) this.#queue.push(event)
      },
      (error: unknown) => {
        this.#running.delete(step.key)
        // Every expected failure became an event above. What is left is this run being broken off.
        if (!isCancellation(error)) throw error
      },
    )
  }

  /** Carries out a step that can be given up. */
  #wait(step: OrderStep): Promise<OrderEvent | null> {
    const scope = new CancellationScope()
    this.#waits.set(step.key, scope)
    return scope.run(() => this.#carryOut(step)).finally(() => this.#waits.delete(step.key))
  }

  /** A push was faster than the poll that waits: nobody waits for that any more. */
  #giveUpWaits(due: OrderStep[]): void {
    const keys = new Set(due.map((step) => step.key))
    for (const [key, scope] of this.#waits) if (!keys.has(key)) scope.cancel()
  }

  async #carryOut(step: OrderStep): Promise<OrderEvent | null> {
    const { placed } = this.state
    const { orderId } = placed
    switch (step.kind) {
      case 'check_reservation': {
        const request = { orderId, paidInFull: step.paidInFull, operationId: step.key }
        return {
          type: 'reservation_checked',
          ...(await tryQuickly(
            quickly.askReservation,
            patiently.askReservation,
            request,
            'is the reservation over?',
          )),
        }
      }
      case 'reserve_again':
        return {
          type: 'reserved_again',
          ...(await tryQuickly(
            quickly.reserveAgain,
            patiently.reserveAgain,
            { placed, operationId: step.key },
            'reserve again',
          )),
        }
      case 'decide_cancellation': {
        const { mayCancelPaid, asRequest } = step
        const { operator = 'system', reason = '' } = this.state.cancellation ?? {}
        const request = { orderId, mayCancelPaid, asRequest, operator, reason, operationId: step.key }
        return {
          type: 'cancellation_decided',
          ...(await tryQuickly(
            quickly.decideCancellation,
            patiently.decideCancellation,
            request,
            'office or warehouse first?',
          )),
        }
      }
      case 'settle_shortage': {
        const { shortageId, fulfilmentId, lines } = step.shortage
        const warehouseId =
          this.state.fulfilments.find((entry) => entry.fulfilmentId === fulfilmentId)?.warehouseId ?? ''
        const request = { placed, lines, warehouseId, operationId: step.key }
        return {
          type: 'shortage_settled',
          shortageId,
          ...(await tryQuickly(
            quickly.settleShortage,
            patiently.settleShortage,
            request,
            'another warehouse?',
          )),
        }
      }
      case 'hold_for_change':
      case 'prepare_change':
      case 'settle_change':
        return this.#askAboutChange(step)
      case 'check_order': {
        const { number } = step
        return {
          type: 'order_checked',
          number,
          ...(await tryQuickly(
            quickly.checkOrder,
            patiently.checkOrder,
            { placed, number },
            'is it abnormal?',
          )),
        }
      }
      case 'refund':
        return this.#refund(step.refund)
      case 'track_parcel':
        return this.#track(step)
      default:
        return assertNever(step)
    }
  }

  /** The three questions of a change: was the warehouse faster, is there stock, was it applied or ended first. */
  async #askAboutChange(
    step: Extract<OrderStep, { kind: 'hold_for_change' | 'prepare_change' | 'settle_change' }>,
  ): Promise<OrderEvent> {
    const { placed } = this.state
    const { orderId } = placed
    const { number, key: operationId } = step
    switch (step.kind) {
      case 'hold_for_change': {
        const { changeId, change, tasks } = step
        const request = { orderId, changeId, change, tasks, operationId }
        const { problem } = await tryQuickly(
          quickly.holdForChange,
          patiently.holdForChange,
          request,
          'may the office change it?',
        )
        return { type: 'change_hold_decided', number, problem }
      }
      case 'prepare_change': {
        const { tries, wanted } = step
        const request = { placed, wanted, operationId }
        return {
          type: 'change_prepared',
          number,
          tries,
          ...(await tryQuickly(
            quickly.prepareOrderChange,
            patiently.prepareOrderChange,
            request,
            'reserve the difference',
          )),
        }
      }
      case 'settle_change':
        return {
          type: 'change_settled',
          number,
          ...(await tryQuickly(
            quickly.settleOrderChange,
            patiently.settleOrderChange,
            { terms: step.terms, operationId },
            step.terms ? 'apply, unless it has ended' : 'end, unless it is applied',
          )),
        }
      default:
        return assertNever(step)
    }
  }

  async #refund(refund: Extract<OrderStep, { kind: 'refund' }>['refund']): Promise<OrderEvent> {
    const { refundId, tries, paymentId, amountCents, reason } = refund
    const request = { orderId: this.state.placed.orderId, refundId, paymentId, amountCents, reason }
    try {
      const { outcome, detail } = await patiently.refundPayment.executeWithOptions(
        {
          ...PATIENT,
          scheduleToCloseTimeout: REFUND_DEADLINE,
          summary: `refund ${yuan(amountCents)} of ${paymentId}`,
        },
        [request],
      )
      return { type: 'refund_settled', refundId, tries, outcome, detail }
    } catch (error) {
      if (isCancellation(error)) throw error
      return {
        type: 'refund_settled',
        refundId,
        tries,
        outcome: 'failed',
        detail: 'the payment provider could not be reached',
      }
    }
  }

  async #track(step: Extract<OrderStep, { kind: 'track_parcel' }>): Promise<OrderEvent> {
    const { parcelId, courier, waybillNumber, known } = step
    const { orderId, deadlines } = this.state.placed
    const intervalMs = deadlines.trackingIntervalSeconds * 1000
    const silence =
      deadlines.parcelSilenceSeconds === undefined ? {} : { silenceMs: deadlines.parcelSilenceSeconds * 1000 }
    const request = { orderId, parcelId, courier, waybillNumber, known, intervalMs, ...silence }
    try {
      const news = await patiently.trackParcel.executeWithOptions(
        {
          // Longer than a call may take; what a worker that died was asking is asked again after it.
          startToCloseTimeout: '15s',
          scheduleToCloseTimeout: TRACKING_DEADLINE,
          // Given up at once when this run continues as new; an attempt under way does no harm.
          cancellationType: 'TRY_CANCEL',
          // "No news" and a courier that fails both say themselves when to ask again.
          // The longest pause, too: an interval above that of the other activities would be refused before it began.
          retry: { initialInterval: intervalMs, maximumInterval: intervalMs, backoffCoefficient: 1 },
          summary: `track ${courier} ${waybillNumber}`,
        },
        [request],
      )
      return { type: 'parcel_news', parcelId, ...news }
    } catch (error) {
      if (isCancellation(error)) throw error
      return { type: 'tracking_gave_up', parcelId, detail: `no decisive news in ${TRACKING_DEADLINE}` }
    }
  }

  /** One timer at a time, kept until its moment changes: each new timer costs two events. */
  #setTimer(): void {
    const deadline = nextDeadline(this.state)
    if (this.#timer !== null && this.#timer.atMs === deadline?.atMs) return
    this.#timer?.scope.cancel()
    this.#timer = null
    if (!deadline || deadline.atMs === this.#announcedMs) return
    const scope = new CancellationScope()
    this.#timer = { atMs: deadline.atMs, scope }
    scope
      .run(() => sleep(Math.max(1, deadline.atMs - Date.now()), { summary: deadline.summary }))
      .then(
        () => {
          this.#timer = null
          this.#announcedMs = deadline.atMs
          this.#queue.push({ type: 'deadline_reached', atMs: deadline.atMs })
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error
        },
      )
  }

  /** What ops see in Temporal Web. At most one upsert for a change of status, attention or warehouses. */
  #show(): void {
    const { state } = this
    setCurrentDetails(describeOrder(state))
    const places = [
      ...new Set(
        (state.fulfilments.length > 0 ? state.fulfilments : state.placed.allocations).map(
          (entry) => entry.warehouseId,
        ),
      ),
    ]
    const shown = JSON.stringify([state.status, state.needsAttention, places])
    if (this.#shown === '' && state.version === 1) this.#shown = shown // set by the relay at the start
    if (shown === this.#shown) return
    this.#shown = shown
    upsertSearchAttributes([
      { key: orderStatus, value: state.status },
      { key: needsAttention, value: state.needsAttention },
      { key: warehouses, value: places },
    ])
  }

  /** Questions to the database and refunds are short and finish first; tracking is broken off and begun again. */
  #canBreakOff(): boolean {
    return this.#queue.length === 0 && [...this.#running].every((key) => key.includes('/track/'))
  }

  #mustBreakOff(): boolean {
    return workflowInfo().continueAsNewSuggested && this.#canBreakOff()
  }

  async #continueAsNew(): Promise<never> {
    for (const scope of this.#waits.values()) scope.cancel()
    this.#timer?.scope.cancel()
    await condition(() => this.#running.size === 0 && allHandlersFinished())
    await this.#applyQueue()
    return continueAsNew<typeof order>({ state: this.state })
  }
}
