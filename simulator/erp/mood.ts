import { z } from 'zod'
import { prngFor } from '../chance.ts'

/**
 * How the ERP treats a call. `down`: 503. `busy`: 429. `refuse`: a final no. `slow`: right, but late. `garbage`: it took
 * effect, and what comes back is no JSON. `timeout-after-applying`: it took effect, and the answer was lost. `late`: the
 * answer was lost, and the call takes effect only when `POST /control/erp {"arrive": true}` lets it in.
 */
const MOODS = ['ok', 'down', 'busy', 'refuse', 'slow', 'garbage', 'timeout-after-applying', 'late'] as const
export type Mood = (typeof MOODS)[number]
const mood = z.enum(MOODS)

/** The body of `POST /control/erp`; what is left out stays as it is. */
export const erpControl = z.strictObject({
  mood: mood.optional(),
  /** How the next calls are treated, one after the other. */
  next: z.array(mood).max(1_000).optional(),
  /** From now on 503 for so long; 0 ends it. */
  downSeconds: z.number().min(0).max(86_400).optional(),
  /** Of all other calls, as shares; which they are follows from the seed. */
  rates: z.partialRecord(mood, z.number().min(0).max(1)).optional(),
  slowMs: z.int().min(0).max(60_000).optional(),
  /** Lets in what is `late`. */
  arrive: z.boolean().optional(),
})
export type ErpControl = z.output<typeof erpControl>

export class ErpMood {
  slowMs = 3_000
  readonly #seed: string
  readonly #now: () => number
  #mood: Mood = 'ok'
  #next: Mood[] = []
  #rates: Partial<Record<Mood, number>> = {}
  #downUntilMs = Number.NEGATIVE_INFINITY
  #calls = 0

  constructor(seed: string, now: () => number) {
    this.#seed = seed
    this.#now = now
  }

  change({ mood: standing, next, downSeconds, rates, slowMs }: ErpControl): void {
    this.#mood = standing ?? this.#mood
    this.#next = [...(next ?? this.#next)]
    this.#rates = rates ?? this.#rates
    this.slowMs = slowMs ?? this.slowMs
    if (downSeconds !== undefined) this.#downUntilMs = this.#now() + downSeconds * 1_000
  }

  /** How the call that has just come is treated. `next` is for calls that change something; a look is never refused. */
  take(isLook: boolean): Mood {
    this.#calls += 1
    const asked = isLook ? undefined : this.#next.shift()
    if (asked) return asked
    const drawn = this.#draw()
    return isLook && drawn === 'refuse' ? 'ok' : drawn
  }

  #draw(): Mood {
    if (this.#now() < this.#downUntilMs) return 'down'
    let dice = prngFor(this.#seed, 'erp', 'call', String(this.#calls))()
    for (const [name, share] of Object.entries(this.#rates)) {
      dice -= share
      const drawn = mood.safeParse(name).data
      if (dice < 0 && drawn) return drawn
    }
    return this.#mood
  }

  describe() {
    const isDown = this.#now() < this.#downUntilMs
    return { mood: this.#mood, next: this.#next, rates: this.#rates, isDown, calls: this.#calls }
  }
}
