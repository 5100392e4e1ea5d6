const ROUND_MS = 500

/** Those who watch something live, and a round for all of them twice a second for as long as there are any. */
export class Watchers<Watcher> {
  readonly #live = new Set<Watcher>()
  readonly #round: () => Promise<void>
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** @param round tells everybody; a round that fails is reported, and the next one follows all the same */
  constructor(round: () => Promise<void>, onError: (error: unknown) => void) {
    this.#round = round
    this.#onError = onError
  }

  get closed(): boolean {
    return this.#closed
  }

  get count(): number {
    return this.#live.size
  }

  [Symbol.iterator](): IterableIterator<Watcher> {
    return this.#live.values()
  }

  join(watcher: Watcher): void {
    this.#live.add(watcher)
    this.#schedule()
  }

  leave(watcher: Watcher): void {
    this.#live.delete(watcher)
  }

  close(): void {
    this.#closed = true
    this.#live.clear()
    if (this.#timer) clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#timer || this.#closed || this.#live.size === 0) return
    this.#timer = setTimeout(() => {
      this.#round()
        .catch(this.#onError)
        .finally(() => {
          this.#timer = null
          this.#schedule()
        })
    }, ROUND_MS)
    this.#timer.unref()
  }
}
