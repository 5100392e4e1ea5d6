import type { Logger } from 'pino'

/**
 * Repeats a round of work until stopped: at once while there is work, after `idleMs` when there is none or when
 * somebody wakes it, and with growing patience while it fails. A round that fails is logged, never fatal: what it
 * did not do is still in the database.
 */
export class Loop {
  readonly #name: string
  readonly #round: () => Promise<number>
  readonly #idleMs: number
  readonly #logger: Logger
  #wake: (() => void) | null = null
  #woken = false
  #stopped = false
  #finished: Promise<void> = Promise.resolve()
  /** When the last round succeeded, in ms since the epoch; readiness looks at it. */
  lastSuccessMs = 0

  constructor(name: string, options: { round: () => Promise<number>; idleMs: number; logger: Logger }) {
    this.#name = name
    this.#round = options.round
    this.#idleMs = options.idleMs
    this.#logger = options.logger
  }

  start(): void {
    this.#finished = this.#run()
  }

  wake(): void {
    this.#woken = true
    this.#wake?.()
  }

  /** Finishes the round under way and ends. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#finished
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped) {
      this.#woken = false
      try {
        const done = await this.#round()
        this.lastSuccessMs = Date.now()
        failures = 0
        if (done > 0) continue
      } catch (error) {
        failures += 1
        const reason = error instanceof Error ? error.message : String(error)
        this.#logger.warn({ loop: this.#name, failures, reason }, 'a round failed, will be repeated')
      }
      if (!this.#woken || failures > 0)
        await this.#pause(Math.min(MAX_PAUSE_MS, this.#idleMs * 2 ** Math.min(failures, 6)))
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds)
      const self = this
      function done() {
        clearTimeout(timer)
        self.#wake = null
        resolve()
      }
      this.#wake = done
      if (this.#stopped) done()
    })
  }
}

const MAX_PAUSE_MS = 15_000
