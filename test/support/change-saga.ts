import { isDeepStrictEqual } from 'node:util'
import type { Change, ChangeEffect, ChangeProblem } from '../../domain/change.ts'
import { previewChange } from '../../domain/change-preview.ts'
import {
  type ChangeRequestEvent,
  type ChangeRequestState,
  decideChangeRequest,
} from '../../domain/change-request.ts'
import { endOfRefused } from '../../domain/change-request-outcome.ts'
import { isChangeClosed } from '../../domain/change-request-state.ts'
import { isMade } from '../../domain/order-change.ts'
import type { OrderStatus } from '../../domain/order-state.ts'
import type { Companion, OrderModel } from './order-model.ts'

/** A request as its rows stand; they survive whatever dies. */
type Row = { state: ChangeRequestState; change: Change; effect: ChangeEffect; holdsOrder: boolean }
type Booking = { changeId: string; differenceCents: number; state: 'booked' | 'reversed' | 'barred' }

const FOR_EVER_MS = Date.parse('2100-01-01T00:00:00Z')
const STEPS: ChangeRequestState['steps'] = [
  {
    levels: [
      {
        tier: 'lead',
        title: 'lead',
        approvers: [{ account: 'lead' }],
        mode: 'any',
        deadlineSeconds: 1_000_000,
        reminderSeconds: null,
      },
    ],
  },
]

/**
 * Requests for changes of one simulated order, with what their workflow does: the same steps as in
 * workflows/change-request.ts and its activities, one move at a time, against an ERP that refuses, is away, or loses its
 * answer. Its workers die at any moment; then only the rows are left.
 */
export class ChangeSagas implements Companion {
  readonly rows: Row[] = []
  /** The ERP's books, by the key that it was told. */
  readonly erp = new Map<string, Booking>()
  readonly moves: (() => boolean)[]
  readonly #order: OrderModel
  readonly #runs = new Map<string, SagaRun>()
  #seenStatus: OrderStatus

  constructor(order: OrderModel) {
    this.#order = order
    this.#seenStatus = order.db.snapshot.status
    this.moves = [
      () => this.#submit(),
      () => this.#submit(),
      () => this.#decide('approve'),
      () => this.#decide('approve'),
      () => this.#decide('approve'),
      () => order.random.oneIn(4) && this.#decide('reject'),
      () => order.random.oneIn(8) && this.#withdraw(),
      () =>
        order.random.oneIn(10) &&
        this.#some(['submitted', 'in_approval'], { type: 'expired', expiresAtMs: 0 }),
      () => this.#retry(),
      () => order.random.oneIn(4) && this.#abandon(),
      () => this.#crash(),
      () => this.#crash(),
    ]
  }

  work = (): boolean => {
    const { random, db } = this.#order
    if (db.snapshot.status !== this.#seenStatus) {
      this.#seenStatus = db.snapshot.status
      for (const row of this.rows)
        if (row.state.status === 'in_approval') this.apply(row, { type: 'order_moved' })
    }
    const waiting = this.rows.filter((row) => row.holdsOrder || !isChangeClosed(row.state.status))
    return random.shuffle(waiting).some((row) => this.#runOf(row).work())
  }

  /** What is to be decided is approved; what is stuck is tried again, and given up where that does not help. */
  due = (): boolean =>
    this.#decide('approve') ||
    this.#some(['undoing'], { type: 'retried' }) ||
    (this.#order.random.oneIn(2) && this.#some(['apply_failed'], { type: 'retried' })) ||
    this.#abandon()

  /** Records an event if it can happen, as the store does. */
  apply(row: Row, event: ChangeRequestEvent): boolean {
    const people = { lead: [{ principal: 'lead', account: 'lead' }] }
    const outcome = decideChangeRequest(row.state, event, {
      ...{ nowMs: this.#order.nowMs, people, conflicts: {} },
    })
    if (outcome.ok) row.state = outcome.state
    return outcome.ok
  }

  /** Why the change is not what was asked for any more. */
  problemOf({ change, effect }: Row): ChangeProblem | null {
    const preview = previewChange(this.#order.db.snapshot, change)
    if (!preview.ok) return preview.problem
    if (isDeepStrictEqual(preview.effect, effect)) return null
    return { reason: 'order-changed', detail: 'it would do something else now' }
  }

  #runOf(row: Row): SagaRun {
    const { changeId } = row.state
    const known = this.#runs.get(changeId) ?? new SagaRun(this, this.#order, row)
    this.#runs.set(changeId, known)
    return known
  }

  #submit(): boolean {
    const { random, db } = this.#order
    const again = this.rows.find((row) => row.state.status === 'rejected' && random.oneIn(2))
    if (this.rows.some((row) => !isChangeClosed(row.state.status))) return false
    const change = this.#order.randomChange()
    const preview = previewChange(db.snapshot, change)
    if (!preview.ok) return false
    const asked = { change, effect: preview.effect, holdsOrder: true }
    const state = newState(`X${this.rows.length + 1}`, db.snapshot.version, random.oneIn(4) ? [] : STEPS)
    if (!again) this.rows.push({ state, ...asked })
    else {
      const { changeId, changeNumber, requestVersion, version } = again.state
      Object.assign(again, asked, {
        state: { ...state, changeId, changeNumber, requestVersion: requestVersion + 1, version: version + 1 },
      })
    }
    return true
  }

  #decide(decision: 'approve' | 'reject'): boolean {
    const row = this.rows.find((entry) => entry.state.status === 'in_approval')
    if (!row) return false
    const { requestVersion, stepNumber, orderVersion } = row.state
    return this.apply(row, {
      ...{ type: 'decided', decision, account: 'lead', note: '', via: 'console' },
      ...{ requestVersion, stepNumber, orderVersion },
    })
  }

  #withdraw(): boolean {
    return this.#some(['submitted', 'in_approval'], { type: 'withdrawn', account: 'clerk', note: '' })
  }

  #retry(): boolean {
    return this.#some(['apply_failed', 'undoing'], { type: 'retried' })
  }

  #abandon(): boolean {
    return this.#some(['apply_failed', 'undoing'], { type: 'abandoned', note: '' })
  }

  #some(statuses: ChangeRequestState['status'][], event: ChangeRequestEvent): boolean {
    const row = this.rows.find((entry) => statuses.includes(entry.state.status))
    return row !== undefined && this.apply(row, event)
  }

  /** The worker dies: nobody hears what was asked, and each begins anew from its row. */
  #crash(): boolean {
    this.#runs.clear()
    return true
  }
}

/** What was asked of the order, and who goes on with the answer. */
type Asked = { requestId: string; then: (problem: ChangeProblem | null) => void }

/** One run of a request's workflow: what it knows beyond the row is lost when it dies. */
class SagaRun {
  readonly #sagas: ChangeSagas
  readonly #order: OrderModel
  readonly #row: Row
  #asked: Asked | null = null
  #isPrepared = false
  #isReleased = false
  /** Which try of which version the above is about. */
  #about = ''

  constructor(sagas: ChangeSagas, order: OrderModel, row: Row) {
    this.#sagas = sagas
    this.#order = order
    this.#row = row
  }

  work(): boolean {
    const { state, holdsOrder } = this.#row
    const about = `${state.requestVersion}/${state.applyTries}/${state.status}`
    if (about !== this.#about) this.#forget(about)
    if (this.#asked) return this.#hear(this.#asked)
    switch (state.status) {
      case 'submitted':
        return this.#acquire(state.orderVersion, (problem) => {
          if (problem) this.#happens({ type: 'hold_refused', code: problem.reason, detail: problem.detail })
          else this.#happens({ type: 'hold_granted', orderVersion: this.#order.db.snapshot.version })
        })
      case 'in_approval': {
        if (!state.orderMoved) return false
        const problem = this.#sagas.problemOf(this.#row)
        return this.#happens(
          problem
            ? { type: 'order_looked_at', problem: { code: problem.reason, detail: problem.detail } }
            : { type: 'order_looked_at', problem, atVersion: state.version },
        )
      }
      case 'approved':
        return this.#apply()
      case 'undoing':
        return !state.needsAttention && this.#undo()
      case 'apply_failed':
        return false
      default:
        if (holdsOrder) this.#ask({ type: 'change_release_requested' }, () => this.#free())
        return holdsOrder
    }
  }

  #forget(about: string): void {
    this.#about = about
    this.#asked = null
    this.#isPrepared = false
    this.#isReleased = false
  }

  #happens(event: ChangeRequestEvent): true {
    this.#sagas.apply(this.#row, event)
    return true
  }

  #refuse(code: string): true {
    return this.#happens({ type: 'apply_refused', endsAs: endOfRefused(code), code, detail: '' })
  }

  #apply(): boolean {
    const { state } = this.#row
    if (!this.#isPrepared) {
      const prepare = () =>
        this.#ask({ type: 'change_prepare_requested', until: this.#until() }, (problem) => {
          if (problem) this.#refuse(problem.reason)
          else this.#isPrepared = true
        })
      if (state.applyTries === 1) return prepare()
      return this.#acquire(state.orderVersion, (problem) => {
        if (problem) this.#refuse(problem.reason)
        else prepare()
      })
    }
    if (state.erp !== 'told') return this.#tellErp()
    const { changeNumber } = state
    const { differenceCents } = this.#row.effect
    const terms = { changeNumber, approvers: ['lead'], differenceCents }
    return this.#ask({ type: 'change_commit_requested', ...terms }, (problem) => {
      if (problem) this.#refuse(problem.reason)
      else this.#happens({ type: 'applied', orderVersion: this.#order.db.snapshot.version })
    })
  }

  #tellErp(): boolean {
    const { random } = this.#order
    const { erp } = this.#sagas
    const { state, effect } = this.#row
    if (state.erp === 'untold') return this.#happens({ type: 'erp_begun' })
    const { changeId, requestVersion, applyTries } = state
    const key = `${changeId}:apply-${applyTries}:${requestVersion}`
    const known = erp.get(key)
    const mood = random.pick(['right', 'right', 'right', 'away', 'lost', 'refuses', 'gone'])
    if (mood === 'away') return true
    if (mood === 'refuses' || (known && known.state !== 'booked')) return this.#refuse('erp-refused')
    erp.set(key, { changeId, differenceCents: effect.differenceCents, state: 'booked' })
    if (mood === 'lost') return true
    return mood === 'gone'
      ? this.#refuse('erp-unreachable')
      : this.#happens({ type: 'erp_told', reference: key })
  }

  #undo(): boolean {
    const { random } = this.#order
    const { erp } = this.#sagas
    const { changeId, requestVersion, applyTries, erp: told } = this.#row.state
    if (!this.#isReleased) {
      return this.#ask({ type: 'change_release_requested' }, () => {
        // The order says whether it was made so after all; then it stays so.
        if (isMade(this.#order.state, changeId)) {
          this.#happens({ type: 'applied', orderVersion: this.#row.state.orderVersion })
        } else this.#isReleased = true
      })
    }
    if (told !== 'untold') {
      const key = `${changeId}:apply-${applyTries}:${requestVersion}`
      const mood = random.pick(['right', 'right', 'lost', 'refuses'])
      if (mood === 'refuses') {
        return this.#happens({ type: 'undo_failed', code: 'erp-refused', detail: '' })
      }
      const state = erp.get(key)?.state === 'booked' ? ('reversed' as const) : ('barred' as const)
      const known = erp.get(key)
      erp.set(key, known && known.state !== 'booked' ? known : { changeId, differenceCents: 0, state })
      if (mood === 'lost') return true
    }
    return this.#happens({ type: 'undone', isOvertaken: false })
  }

  /** Where the order has moved on and the change would do the very same, it is asked for again. */
  #acquire(orderVersion: number, then: (problem: ChangeProblem | null) => void, times = 0): true {
    const { change, state } = this.#row
    const { requestVersion } = state
    const asked = { type: 'change_hold_requested' as const, requestVersion, orderVersion, change }
    return this.#ask({ ...asked, until: this.#until() }, (problem) => {
      const { version } = this.#order.db.snapshot
      if (problem?.reason === 'held-by-another-change' && this.#order.random.oneIn(2)) return
      const isSame = problem?.reason === 'order-changed' && times < 3 && !this.#sagas.problemOf(this.#row)
      if (isSame) this.#acquire(version, then, times + 1)
      else then(problem)
    })
  }

  #free(): void {
    if (isChangeClosed(this.#row.state.status)) this.#row.holdsOrder = false
  }

  #until(): string {
    const { random, nowMs } = this.#order
    return new Date(nowMs + (random.pick([4_000, 60_000, 900_000]) ?? 0)).toISOString()
  }

  #ask(command: Said, then: (problem: ChangeProblem | null) => void): true {
    const { changeId } = this.#row.state
    this.#asked = { requestId: this.#order.ask({ ...command, changeId }), then }
    return true
  }

  /** The answer, once it is there; who gives up waiting takes it for a refusal while applying. */
  #hear({ requestId, then }: Asked): boolean {
    const { answers, forgotten, random } = this.#order
    const [answer] = answers.get(requestId) ?? []
    if (answer) {
      this.#asked = null
      if ('problem' in answer) then(answer.problem)
      else then(answer.accepted ? null : { reason: 'order-closed', detail: answer.detail })
      return true
    }
    if (forgotten.has(requestId)) {
      this.#asked = null
      return true
    }
    if (this.#row.state.status !== 'approved' || !random.oneIn(60)) return false
    this.#asked = null
    return this.#refuse('order-unreachable')
  }
}

type Command = Parameters<OrderModel['ask']>[0]
type ChangeCommand = Extract<Command, { changeId: string }>
type WithoutId<C> = C extends ChangeCommand ? Omit<C, 'changeId'> : never
type Said = WithoutId<ChangeCommand>

function newState(
  changeId: string,
  orderVersion: number,
  steps: ChangeRequestState['steps'],
): ChangeRequestState {
  return {
    ...{ changeId, changeNumber: `CR-${changeId}`, orderId: 'O1', orderVersion, steps },
    ...{ requestVersion: 1, maximumVersions: 9, status: 'submitted', version: 1, applicant: 'clerk' },
    ...{ stepNumber: 0, levelNumber: 0, approvers: [], decisions: [], dueAtMs: null, remindAtMs: null },
    ...{ expiresAtMs: FOR_EVER_MS, shipByMs: null, minimumDeadlineSeconds: 60, separated: true },
    ...{ orderMoved: false, applyTries: 0, erp: 'untold', endsAs: null, reason: null, needsAttention: false },
  }
}
