import { type Problem, problemOf } from '../api/problem.ts'

/** Something that a device has to tell the hub, kept until it was heard. */
export type Errand<Work> = {
  /** Made here, and the same for every try: the API takes it for one and the same thing however often it comes. */
  id: string
  /** What belongs together (a pick task, an inspection) is told in the order in which it was done. */
  lane: string
  sequence: number
  work: Work
  state: 'waiting' | 'refused'
  refusal: Refusal | null
}
export type Refusal = { title: { zh: string; en: string }; detail: string; code: string }

/** Where errands outlive the page: written before anybody is told that something counted. */
export type ErrandStore<Work> = {
  load: () => Promise<Errand<Work>[]>
  put: (errand: Errand<Work>) => Promise<void>
  remove: (id: string) => Promise<void>
}

type Deps<Work> = {
  store: ErrandStore<Work>
  send: (errand: Errand<Work>) => Promise<void>
  /** @returns what ends the wait */
  after: (ms: number, work: () => void) => () => void
  onSent: (errand: Errand<Work>) => void
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * What was done on a device between the doing and the hub, in order, through a network that comes and goes. An errand is in the store
 * before `add` returns, and leaves it only when the hub has answered; what the hub refuses stays, and holds up only its own lane, until
 * somebody has seen it. Nothing is sent twice at the same time, and whatever is sent again has the same id.
 */
export class Outbox<Work> {
  readonly #deps: Deps<Work>
  #errands: readonly Errand<Work>[] = []
  #isLoaded = false
  #isSending = false
  #isStopped = false
  #sending: Promise<void> = Promise.resolve()
  #isStuck = false
  #pauseMs = FIRST_PAUSE_MS
  #endPause: (() => void) | null = null
  readonly #listeners = new Set<() => void>()

  constructor(deps: Deps<Work>) {
    this.#deps = deps
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same array until something changes. */
  errands = (): readonly Errand<Work>[] => this.#errands

  /** Whether the last try did not get through. */
  isStuck = (): boolean => this.#isStuck

  /** Takes up what an earlier page has left, and goes on with it. */
  async start(): Promise<void> {
    const left = await this.#deps.store.load()
    const added = this.#errands
    this.#isLoaded = true
    this.#isStopped = false
    const known = new Set(added.map(({ id }) => id))
    this.#replace(
      [...left.filter(({ id }) => !known.has(id)), ...added].sort(
        (one, other) => one.sequence - other.sequence,
      ),
    )
    this.tryNow()
  }

  /** Sends no more; whatever is left is in the store. @returns when the store is not used any more */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#endPause?.()
    this.#endPause = null
    await this.#sending
  }

  /** Resolves once the errand cannot be lost any more. One that waits already waits once; one that was refused is tried anew. */
  async add(errand: Pick<Errand<Work>, 'id' | 'lane' | 'work'>): Promise<void> {
    const known = this.#errands.find(({ id }) => id === errand.id)
    if (known?.state === 'waiting') return
    const last = this.#errands.at(-1)?.sequence ?? 0
    const whole: Errand<Work> = { ...errand, sequence: last + 1, state: 'waiting', refusal: null }
    // Taken before the store has answered, so that two that are added at once have an order.
    this.#replace([...this.#errands.filter((each) => each !== known), whole])
    try {
      await this.#deps.store.put(whole)
    } catch (error) {
      this.#replace(this.#errands.filter((each) => each !== whole))
      throw error
    }
    this.tryNow()
  }

  /** Somebody has seen that it was refused, or does not want it any more. */
  async drop(id: string): Promise<void> {
    await this.#deps.store.remove(id)
    this.#replace(this.#errands.filter((errand) => errand.id !== id))
    this.tryNow()
  }

  /** The network seems to be back: at once, and soon again if that was too early. */
  tryNow = (): void => {
    this.#pauseMs = FIRST_PAUSE_MS
    this.#goOn()
  }

  #goOn = (): void => {
    this.#endPause?.()
    this.#endPause = null
    if (this.#isSending || !this.#isLoaded) return
    this.#sending = this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    try {
      for (let next = this.#next(); next !== null && !this.#isStopped; next = this.#next()) {
        if (!(await this.#sendOne(next))) break
      }
    } finally {
      this.#isSending = false
    }
  }

  /** The oldest that no refused one of its lane stands before. */
  #next(): Errand<Work> | null {
    const blocked = new Set<string>()
    for (const errand of this.#errands) {
      if (errand.state === 'refused') blocked.add(errand.lane)
      else if (!blocked.has(errand.lane)) return errand
    }
    return null
  }

  /** @returns whether it is worth trying the next one */
  async #sendOne(errand: Errand<Work>): Promise<boolean> {
    try {
      await this.#deps.send(errand)
    } catch (error) {
      return this.#settleFailure(errand, problemOf(error))
    }
    this.#heard()
    await this.#deps.store.remove(errand.id)
    this.#replace(this.#errands.filter(({ id }) => id !== errand.id))
    this.#deps.onSent(errand)
    return true
  }

  async #settleFailure(errand: Errand<Work>, problem: Problem): Promise<boolean> {
    if (problem.canBeSentAgain) {
      this.#isStuck = true
      this.#replace([...this.#errands])
      if (!this.#isStopped) this.#endPause = this.#deps.after(this.#pauseMs, this.#goOn)
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
      return false
    }
    this.#heard()
    // Dropped meanwhile: nobody wants to hear of it.
    if (!this.#errands.some(({ id }) => id === errand.id)) return true
    const { title, message: detail, code } = problem
    const refused: Errand<Work> = { ...errand, state: 'refused', refusal: { title, detail, code } }
    await this.#deps.store.put(refused)
    this.#replace(this.#errands.map((each) => (each.id === errand.id ? refused : each)))
    return true
  }

  #heard(): void {
    this.#pauseMs = FIRST_PAUSE_MS
    this.#isStuck = false
  }

  #replace(errands: readonly Errand<Work>[]): void {
    this.#errands = errands
    for (const listener of this.#listeners) listener()
  }
}
