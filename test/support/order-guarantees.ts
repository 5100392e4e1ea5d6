import { isDeepStrictEqual } from 'node:util'
import { isChangeClosed } from '../../domain/change-request-state.ts'
import type { Decision, OrderEvent, OrderState } from '../../domain/order.ts'
import { eventKey } from '../../domain/order-event-key.ts'
import { keptCents, orderedLines, paidCents, refundedCents } from '../../domain/order-money.ts'
import { ORDER_TRANSITIONS, type OrderStatus } from '../../domain/order-state.ts'
import { dueSteps, nextDeadline } from '../../domain/order-steps.ts'
import { ChangeSagas } from './change-saga.ts'
import { sum, total, unitsOf } from './order-database.ts'
import { type Arrival, OrderModel } from './order-model.ts'

export const GUARANTEES = [
  'legal moves',
  'checked before picked',
  'one name per event',
  'every cent',
  'customer pays for what is kept',
  'refund within payment',
  'provider agrees',
  'once',
  'first answer',
  'every question answered',
  'end is an end',
  'paid after expiry',
  'cancelled or packed',
  'short units',
  'returns within deliveries',
  'staff and paid orders',
  'steps from state',
  'plain JSON',
  'bounded memory',
  'no deadline when closed',
  'comes to rest',
  'database agrees',
  'stock is the lines',
  'applied or nothing left',
  'ERP agrees',
] as const
export type Guarantee = (typeof GUARANTEES)[number]

/** Each as a sentence: the name of its test. */
export const MEANING: Record<Guarantee, string> = {
  'legal moves': 'an order only moves along its transition table, and every move is in its log',
  'checked before picked':
    'nothing goes to a warehouse before the rules about abnormal orders, or a person, have let the order go, and what they hold is open to be let go',
  'one name per event':
    'every event that leaves a trace has a name of its own, so that its trace is written once',
  'every cent': 'paid − refunded is what the merchant may keep, after every single event, and never negative',
  'customer pays for what is kept':
    'in the end a customer has paid for the units in hand, and nothing else but freight',
  'refund within payment': 'the refunds of a payment never exceed that payment',
  'provider agrees':
    'the provider has sent back exactly what was decided, each refund once, however often it was tried',
  once: 'a message that comes again changes nothing',
  'first answer': 'a repeated request gets its first answer',
  'every question answered': 'every caller whose request was heard gets an answer',
  'end is an end': 'nothing that comes after the end changes the status or the fulfilments of an order',
  'paid after expiry': 'an expired order that is paid is reserved again, or keeps neither money nor goods',
  'cancelled or packed': 'a cancellation and a packed parcel never both win',
  'short units': 'units that were short are sent from elsewhere or refunded, never both, never neither',
  'returns within deliveries':
    'no warehouse gets back more than it sent, no customer gives back more than arrived',
  'staff and paid orders': 'staff never cancels an order that is paid',
  'steps from state':
    'what is to be done follows from the state alone, each step under one key, none when closed',
  'plain JSON': 'the state survives JSON unchanged',
  'bounded memory': 'what an order remembers of messages and answers is bounded',
  'no deadline when closed': 'a closed order waits for no moment',
  'comes to rest': 'an order never goes in circles, and never waits for nothing before it is closed',
  'stock is the lines':
    'whatever changes, failures and compensations came: what is held is what the lines say and has not left',
  'applied or nothing left': 'a request that is not applied has left nothing with its order',
  'ERP agrees': 'the ERP has booked what requests have changed, each once',
  'database agrees':
    'holds and pick tasks always agree with the order: no pick without a hold, no hold left behind',
}

/** What became of one scenario. */
export type Outcome = {
  seed: number
  statuses: Set<OrderStatus>
  moves: Set<string>
  marks: Set<string>
  broken: { guarantee: Guarantee; message: string }[]
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['cancelled', 'completed', 'returned', 'lost'])

/**
 * Plays one scenario to its end and says which guarantees it broke.
 *
 * @param withRequests changes come as requests that are decided and applied; otherwise anybody says anything to the order
 */
export function playScenario(seed: number, moves: number, arrival: Arrival, withRequests = false): Outcome {
  const outcome: Outcome = { seed, statuses: new Set(), moves: new Set(), marks: new Set(), broken: [] }
  const fail = (guarantee: Guarantee, message: string) => {
    if (!outcome.broken.some((entry) => entry.guarantee === guarantee))
      outcome.broken.push({ guarantee, message: `seed ${seed}, ${moves} moves, ${arrival}: ${message}` })
  }
  const watch = new Watch(outcome, fail)
  const attempt = (guarantee: Guarantee, work: () => void): boolean => {
    try {
      work()
      return true
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const found = text.includes('can become')
        ? 'legal moves'
        : text.includes('hold') || text.includes('twice')
          ? 'database agrees'
          : guarantee
      fail(found, text)
      return false
    }
  }
  let sagas: ChangeSagas | null = null
  const companion = (order: OrderModel) => {
    sagas = new ChangeSagas(order)
    return sagas
  }
  const model = new OrderModel(
    seed,
    arrival,
    watch.see,
    (resting) => seeStock(resting, watch, fail),
    withRequests ? companion : null,
  )
  const rests =
    attempt('database agrees', () => model.walk(moves)) && attempt('comes to rest', () => model.finish())
  if (rests) checkRest(model, watch, outcome, fail)
  if (rests && sagas) checkRequests(model, sagas, outcome, fail)
  return outcome
}

/** Looks at every decision of one scenario. */
class Watch {
  readonly ignoredShorts: OrderEvent[] = []
  readonly found = new Map<string, number>()
  readonly staffOnPaid = new Set<string>()
  readonly #named = new Map<string, OrderEvent>()
  #seen = 0
  readonly #outcome: Outcome
  readonly #fail: (guarantee: Guarantee, message: string) => void

  constructor(outcome: Outcome, fail: (guarantee: Guarantee, message: string) => void) {
    this.#outcome = outcome
    this.#fail = fail
  }

  see = (before: OrderState, event: OrderEvent, decision: Decision): void => {
    const { state } = decision
    const writes = decision.records.flatMap((record) => record.writes)
    const fail = (guarantee: Guarantee, message: string) =>
      this.#fail(guarantee, `${event.type} in ${before.status}: ${message}`)
    this.#seeMoves(before, decision, fail)
    const mayGo = state.check?.state === 'clear' || !state.placed.isChecked
    if (writes.some(({ kind }) => kind === 'create_pick_task') && !mayGo)
      fail('checked before picked', `sent while its check is ${state.check?.state}`)
    if (writes.some(({ kind }) => kind === 'resume_picking') && state.check && !mayGo)
      fail('checked before picked', `resumed while its check is ${state.check.state}`)
    this.#remember(before, event, state)
    this.#seeKey(before, event, decision, fail)
    seeMoney(state, fail)
    seeMemory(before, event, decision, fail)
    this.#seen += 1
    // Copies are slow; every fifth decision of thousands is enough.
    if (this.#seen % 5 === 0) seeCopy(state, fail)
    seeSteps(state, fail)
    if (before.closed) {
      const revived =
        before.status !== state.status || !isDeepStrictEqual(before.fulfilments, state.fulfilments)
      if (revived) fail('end is an end', `a closed order became ${state.status}`)
    }
  }

  #seeMoves(
    before: OrderState,
    decision: Decision,
    fail: (guarantee: Guarantee, message: string) => void,
  ): void {
    let from = before.status
    this.#outcome.statuses.add(from)
    const log = decision.records.flatMap((record) => record.log)
    for (const entry of log.filter(({ field }) => field === 'status')) {
      const to = decision.state.status
      const step = ORDER_TRANSITIONS[from].find((status) => status === entry.newValue)
      this.#outcome.moves.add(`${from} → ${entry.newValue}`)
      if (!step) return fail('legal moves', `${from} → ${entry.newValue}`)
      if (FINAL.has(from)) fail('end is an end', `${from} → ${to}`)
      from = step
      this.#outcome.statuses.add(step)
    }
    if (from !== decision.state.status)
      fail('legal moves', `${from} became ${decision.state.status} unlogged`)
  }

  /** What follows from an event is written once by its key: another event of the same name would be lost. */
  #seeKey(
    before: OrderState,
    event: OrderEvent,
    decision: Decision,
    fail: (guarantee: Guarantee, message: string) => void,
  ): void {
    for (const { key } of decision.records) {
      // Those that were kept until now are told under their own names, too.
      const named = [event, ...before.early].find((each) => {
        const name = eventKey(before, each)
        return key === name || key === `${name}/early`
      })
      if (!named) return fail('one name per event', `${key} names no event`)
      const known = this.#named.get(key)
      if (known && !isDeepStrictEqual(known, named)) fail('one name per event', `${key} names two events`)
      this.#named.set(key, named)
    }
  }

  #remember(before: OrderState, event: OrderEvent, state: OrderState): void {
    const { marks } = this.#outcome
    if (
      event.type === 'fulfilment_short' &&
      !state.shortages.some(({ shortageId }) => shortageId === event.eventId)
    )
      this.ignoredShorts.push(event)
    if (event.type === 'shortage_settled') {
      marks.add(event.allocations.length > 0 ? 'short, sent from elsewhere' : 'short, nowhere to be found')
      if (before.shortages.some((entry) => entry.shortageId === event.shortageId && entry.state === 'open'))
        this.found.set(event.shortageId, total(event.allocations))
    }
    if (event.type === 'cancel_requested' && !event.mayCancelPaid && before.status === 'paid')
      if (!before.answered.some((entry) => entry.requestId === event.requestId))
        this.staffOnPaid.add(event.requestId)
    if (event.type === 'reserved_again')
      marks.add(event.allocations ? 'reserved again' : 'nothing left to reserve')
    if (event.type === 'cancellation_decided')
      marks.add(event.refusal ? 'cancellation refused' : 'cancellation granted')
    if (event.type === 'order_checked' && state.check?.state === 'held') marks.add('held by the rules')
    if (event.type === 'check_released' && before.check?.state === 'held') marks.add('let go by a person')
    if (event.type === 'check_released' && before.check?.state === 'due')
      marks.add('let go before it was heard')
    if (event.type === 'order_checked' && event.number > 1 && state.check?.state === 'clear')
      marks.add('checked again and let go')
    if (before.closed && event.type === 'payment_received') marks.add('paid after closing')
    if (event.type === 'refund_retry_requested') marks.add('refund tried again')
  }
}

function seeMoney(state: OrderState, fail: (guarantee: Guarantee, message: string) => void): void {
  const net = paidCents(state) - refundedCents(state)
  const kept = keptCents(state)
  // A change alone may make a paid order dearer than what is paid; the rest is a supplement.
  const isRaised = state.changes.some((change) => change.amountAfterCents > change.amountBeforeCents)
  if ((net !== kept && !(isRaised && net < kept)) || net < 0)
    fail('every cent', `${net} cents here, ${kept} due (${state.status})`)
  for (const payment of state.payments) {
    const back = sum(
      state.refunds
        .filter((refund) => refund.paymentId === payment.paymentId)
        .map((refund) => refund.amountCents),
    )
    if (back > payment.amountCents)
      fail('refund within payment', `${back} of ${payment.amountCents} went back`)
  }
}

function seeMemory(
  before: OrderState,
  event: OrderEvent,
  decision: Decision,
  fail: (guarantee: Guarantee, message: string) => void,
): void {
  const { state } = decision
  if ('inboxId' in event && before.seen.includes(event.inboxId)) {
    const changed = !isDeepStrictEqual(before, state) || decision.records.length > 0
    if (changed) fail('once', `message ${event.inboxId} counted again`)
  }
  const given = 'requestId' in event && before.answered.find((entry) => entry.requestId === event.requestId)
  if (given && !(isDeepStrictEqual(before, state) && isDeepStrictEqual(decision.answers, [given])))
    fail('first answer', `${given.requestId} was answered before`)
  if (state.seen.length > 1_000 || state.answered.length > 50) fail('bounded memory', 'too long')
}

function seeCopy(state: OrderState, fail: (guarantee: Guarantee, message: string) => void): void {
  const copy: OrderState = JSON.parse(JSON.stringify(state))
  if (!isDeepStrictEqual(copy, state)) fail('plain JSON', 'changes on the way')
  if (!isDeepStrictEqual(dueSteps(copy), dueSteps(state)))
    fail('steps from state', 'a copy of the state calls for other steps')
}

function seeSteps(state: OrderState, fail: (guarantee: Guarantee, message: string) => void): void {
  const steps = dueSteps(state)
  if (new Set(steps.map((step) => step.key)).size < steps.length) fail('steps from state', 'a key twice')
  if (state.closed && steps.length > 0) fail('steps from state', 'a closed order has steps')
  if (state.closed && nextDeadline(state)) fail('no deadline when closed', 'a closed order has a deadline')
}

/** At rest, what is held is what the lines say and has not left, and what a change has prepared. */
function seeStock(
  { state, db }: OrderModel,
  watch: Watch,
  fail: (guarantee: Guarantee, message: string) => void,
): void {
  const isHeld = state.reservation === 'confirmed' && !['cancelled', 'completed'].includes(state.status)
  // A short pick that an ended order ignores is a person's work.
  if (!isHeld || watch.ignoredShorts.length > 0) return
  const packed = state.fulfilments.filter((entry) => entry.state === 'packed').flatMap((entry) => entry.lines)
  const skus = new Set([...orderedLines(state.placed), ...db.liveHolds()].map((line) => line.skuId))
  for (const skuId of skus) {
    const ofSku = (lines: { skuId: string; quantity: number }[]) =>
      total(lines.filter((line) => line.skuId === skuId))
    const never = sum(
      state.placed.lines
        .filter((line) => line.skuId === skuId)
        .map((line) => state.unfillable[line.lineNumber] ?? 0),
    )
    const wanted = ofSku(state.placed.lines) - never - ofSku(packed) + ofSku(state.changeHold?.gained ?? [])
    const held = ofSku(db.liveHolds())
    if (held !== wanted)
      fail('stock is the lines', `${skuId}: ${held} held, ${wanted} wanted (${state.status})`)
  }
}

/** What a request says of itself, what the order knows of it and what the ERP has booked are one. */
function checkRequests(
  { state }: OrderModel,
  { rows, erp }: ChangeSagas,
  { marks }: Outcome,
  fail: (guarantee: Guarantee, message: string) => void,
): void {
  for (const { state: request, effect, holdsOrder } of rows) {
    const { changeId, status } = request
    marks.add(`request ${status}`)
    const made = state.changes.filter((change) => change.changeId === changeId)
    if (made.length !== (status === 'applied' ? 1 : 0))
      fail('applied or nothing left', `${changeId} is ${status} and was made ${made.length} times`)
    if (!isChangeClosed(status) || holdsOrder) fail('applied or nothing left', `${changeId} is ${status}`)
    const booked = [...erp.values()].filter(
      (entry) => entry.changeId === changeId && entry.state === 'booked',
    )
    if (booked.length > 1) fail('ERP agrees', `${changeId} is booked ${booked.length} times`)
    const differenceCents = sum(booked.map((entry) => entry.differenceCents))
    const movedCents = sum(made.map((change) => change.amountAfterCents - change.amountBeforeCents))
    if (differenceCents !== movedCents)
      fail('ERP agrees', `${effect.type}: moved by ${movedCents}, booked ${differenceCents}`)
  }
  if (state.changeHold) fail('applied or nothing left', 'a closed order is held')
}

/** The world and the order must agree once everything has come to rest. */
function checkRest(
  model: OrderModel,
  watch: Watch,
  outcome: Outcome,
  fail: (guarantee: Guarantee, message: string) => void,
): void {
  const { state, db } = model
  const { placed } = state
  const unsent = ['reserved', 'expired', 'cancelled'].includes(state.status)

  if (
    sum(model.provider.values()) !== refundedCents(state) ||
    state.refunds.some(({ state }) => state !== 'done')
  )
    fail('provider agrees', `${sum(model.provider.values())} sent back, ${refundedCents(state)} decided`)
  if (sum(db.payments.values()) !== paidCents(state)) fail('every cent', 'a payment is missing')
  if (unsent && paidCents(state) !== refundedCents(state))
    fail('every cent', `${state.status} and money kept`)
  // An order that completed before its short pick was heard of is a person's work.
  if (!(state.status === 'completed' && watch.ignoredShorts.length > 0)) {
    const goods = placed.lines.map(
      (line) => line.unitPriceCents * (model.customer.get(String(line.lineNumber)) ?? 0),
    )
    const kept = paidCents(state) - refundedCents(state)
    const forgone = sum(state.changes.map((change) => change.allowanceCents))
    const due = (cents: number) => Math.max(0, cents - forgone)
    if (kept !== due(sum(goods)) && kept !== due(sum(goods) + placed.freightCents))
      fail('customer pays for what is kept', `${kept} kept for goods of ${sum(goods)}`)
  }
  if (outcome.statuses.has('expired') && state.status === 'expired' && keptCents(state) !== 0)
    fail('paid after expiry', 'money kept')
  if (state.status === 'expired' && db.liveHolds().length > 0) fail('paid after expiry', 'goods still held')

  const packed = [...db.tasks.values()].filter((task) => task.state === 'packed')
  if (state.status === 'cancelled' && packed.length > 0) fail('cancelled or packed', 'both')
  if (state.cancellation?.state === 'granted' && state.status !== 'cancelled')
    fail('cancelled or packed', `granted, yet ${state.status}`)
  for (const requestId of watch.staffOnPaid) {
    if (model.answers.get(requestId)?.some((answer) => 'accepted' in answer && answer.accepted))
      fail('staff and paid orders', requestId)
  }
  for (const { requestId } of model.commands) {
    const answers = model.answers.get(requestId) ?? []
    const [first] = answers
    if (!first && !model.forgotten.has(requestId)) fail('every question answered', `${requestId} is not`)
    if (answers.some((answer) => !isDeepStrictEqual(answer, first))) fail('first answer', requestId)
  }

  if (!unsent && watch.ignoredShorts.length === 0) {
    for (const line of placed.lines) {
      const sent = unitsOf(
        packed.flatMap((task) => task.lines),
        line.lineNumber,
      )
      const never = state.unfillable[line.lineNumber] ?? 0
      if (sent + never !== line.quantity)
        fail('short units', `line ${line.lineNumber}: ${sent} sent + ${never} refunded of ${line.quantity}`)
    }
  }
  for (const shortage of state.shortages) {
    if (shortage.state === 'open') fail('short units', `${shortage.shortageId} is open`)
    if ((watch.found.get(shortage.shortageId) ?? 0) > total(shortage.lines))
      fail('short units', 'more than missing')
  }
  for (const [place, units] of db.back) {
    if (units > (db.shipped.get(place) ?? 0))
      fail('returns within deliveries', `${place}: ${units} came back`)
  }
  for (const [line, units] of model.customer) {
    if (units < 0) fail('returns within deliveries', `line ${line}: ${units} with the customer`)
  }

  const expected = { created: 'picking', packed: 'packed', short: 'void', withdrawn: 'withdrawn' } as const
  for (const fulfilment of state.fulfilments) {
    const task = db.tasks.get(fulfilment.fulfilmentId)
    // The report that everything is short may come after the cancellation: either way nothing is picked any more.
    const endedBoth = fulfilment.state === 'withdrawn' && task?.state === 'short'
    if (!endedBoth && (!task || expected[task.state] !== fulfilment.state))
      fail('database agrees', `${fulfilment.fulfilmentId} is ${fulfilment.state}, its task ${task?.state}`)
  }
  if ([...db.checks.values()].some(({ isHeld }) => isHeld))
    fail('checked before picked', 'a closed order is still to be let go')
  if (db.tasks.size !== state.fulfilments.length) fail('database agrees', 'a task without a fulfilment')
  if (db.liveHolds().length > 0) fail('database agrees', `${db.liveHolds().length} holds of a closed order`)
}
