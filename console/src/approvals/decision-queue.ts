import { type Problem, problemOf } from '../api/problem.ts'

/** What a person decided, on what they saw: any other version of it needs another look, and is refused by the API. */
export type Decision = {
  changeId: string
  changeNumber: string
  decision: 'approve' | 'reject'
  note: string
  requestVersion: number
  stepNumber: number
  orderVersion: number
}

export type PendingDecision = Decision & {
  /** The same for every try, so that a decision whose answer was lost is not made twice. */
  idempotencyKey: string
  /** When it is sent, in ms since 1970; until then it can be taken back. */
  sendsAtMs: number
  state: 'waiting' | 'sending' | 'failed'
  problem: Problem | null
}

/** In a way that outlives the page: whoever leaves it while an answer is awaited has decided, too. */
export type DecisionSender = (decision: PendingDecision) => Promise<unknown>

type Deps = {
  send: DecisionSender
  newKey: () => string
  nowMs: () => number
  /** @returns what ends the wait */
  after: (ms: number, work: () => void) => () => void
  onSent: (decision: PendingDecision) => void
  onRefused: (decision: PendingDecision, problem: Problem) => void
}

/** Long enough to see what one has done, short enough not to be waited for. */
export const UNDO_MS = 5_000

/**
 * Decisions between the key that was pressed and the API. Each waits for a moment in which it can be undone, which needs nothing of
 * the server; then it is sent, once. One that the API refuses is told and forgotten, because it did not count; one that did not
 * get through stays, to be sent again under its own key. A page that is closed sends what it still has: it was decided.
 */
export class DecisionQueue {
  readonly #deps: Deps
  #entries: readonly PendingDecision[] = []
  readonly #stops = new Map<string, () => void>()
  readonly #listeners = new Set<() => void>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same array until something changes. */
  entries = (): readonly PendingDecision[] => this.#entries

  /** Decides. Nothing happens if this request has been decided here already. */
  add(decision: Decision): void {
    if (this.#entries.some(({ changeId }) => changeId === decision.changeId)) return
    const { newKey, nowMs, after } = this.#deps
    const { changeId } = decision
    const sendsAtMs = nowMs() + UNDO_MS
    const entry = {
      ...decision,
      idempotencyKey: newKey(),
      sendsAtMs,
      state: 'waiting',
      problem: null,
    } as const
    this.#replace([...this.#entries, entry])
    this.#stops.set(
      changeId,
      after(UNDO_MS, () => void this.#send(changeId)),
    )
  }

  /** Takes one back that has not been sent. @returns whether it was still time */
  undo(changeId: string): boolean {
    if (this.#find(changeId)?.state !== 'waiting') return false
    this.#forget(changeId)
    return true
  }

  /** Takes back the newest that still waits. @returns which */
  undoLast(): PendingDecision | null {
    const last = this.#entries.findLast(({ state }) => state === 'waiting') ?? null
    if (last) this.undo(last.changeId)
    return last
  }

  /** Tries one again that did not get through. */
  retry(changeId: string): void {
    if (this.#find(changeId)?.state === 'failed') void this.#send(changeId)
  }

  /** Gives one up that did not get through. Whether it arrived after all, the list says. */
  dismiss(changeId: string): void {
    if (this.#find(changeId)?.state === 'failed') this.#forget(changeId)
  }

  /** Sends at once whatever waits: the page is about to go. */
  flush(): void {
    for (const { changeId, state } of this.#entries) if (state === 'waiting') void this.#send(changeId)
  }

  async #send(changeId: string): Promise<void> {
    this.#stop(changeId)
    const entry = this.#change(changeId, { state: 'sending', problem: null })
    if (!entry) return
    try {
      await this.#deps.send(entry)
    } catch (error) {
      return this.#settleFailure(entry, problemOf(error))
    }
    this.#forget(changeId)
    this.#deps.onSent(entry)
  }

  #settleFailure(entry: PendingDecision, problem: Problem): void {
    if (problem.canBeSentAgain) {
      this.#change(entry.changeId, { state: 'failed', problem })
      return
    }
    this.#forget(entry.changeId)
    this.#deps.onRefused(entry, problem)
  }

  #find(changeId: string): PendingDecision | undefined {
    return this.#entries.find((entry) => entry.changeId === changeId)
  }

  #change(changeId: string, change: Partial<PendingDecision>): PendingDecision | undefined {
    this.#replace(
      this.#entries.map((entry) => (entry.changeId === changeId ? { ...entry, ...change } : entry)),
    )
    return this.#find(changeId)
  }

  #forget(changeId: string): void {
    this.#stop(changeId)
    this.#replace(this.#entries.filter((entry) => entry.changeId !== changeId))
  }

  #stop(changeId: string): void {
    this.#stops.get(changeId)?.()
    this.#stops.delete(changeId)
  }

  #replace(entries: readonly PendingDecision[]): void {
    this.#entries = entries
    for (const listener of this.#listeners) listener()
  }
}
