import { z } from 'zod'
import { prngFor } from '../chance.ts'

const rate = z.number().min(0).max(1)

/** What goes wrong on the way, each as a share of all pushes or calls; `POST /control/platforms/{name}/mischief`. */
export const mischiefBody = z.strictObject({
  /** Pushes that never arrive, arrive again, change places with others, or come late. */
  lost: rate.optional(),
  doubled: rate.optional(),
  reordered: rate.optional(),
  late: rate.optional(),
  /** How late `late` is, and over how long `reordered` mixes. */
  delayMs: z.int().min(0).max(600_000).optional(),
  /** Calls that end in a 504, are refused for their number, take `slowMs`, return garbage, or are cut off. */
  gatewayTimeout: rate.optional(),
  rateLimited: rate.optional(),
  slow: rate.optional(),
  slowMs: z.int().min(0).max(60_000).optional(),
  garbage: rate.optional(),
  cut: rate.optional(),
  /** Calls that took effect before they were cut off. */
  cutAfterEffect: rate.optional(),
  tokenExpired: rate.optional(),
  /** Answers that show an order as it was one change ago, with its old modified time. */
  regressed: rate.optional(),
})
export type MischiefRates = z.output<typeof mischiefBody>

export type CallFate =
  | 'ok'
  | 'gatewayTimeout'
  | 'rateLimited'
  | 'slow'
  | 'garbage'
  | 'cut'
  | 'cutAfterEffect'
  | 'tokenExpired'
  | 'regressed'

const CALL_FATES = [
  'gatewayTimeout',
  'rateLimited',
  'slow',
  'garbage',
  'cut',
  'cutAfterEffect',
  'tokenExpired',
  'regressed',
] as const

/** What happens to pushes and calls of one platform: a function of the seed and of how many there were before. */
export class Mischief {
  rates: MischiefRates = {}
  readonly #seed: string
  readonly #name: string
  #pushes = 0
  #calls = 0

  constructor(seed: string, name: string) {
    this.#seed = seed
    this.#name = name
  }

  change(rates: MischiefRates): void {
    this.rates = { ...this.rates, ...rates }
  }

  /** Pushes so far, each once, and calls. */
  counts(): { pushes: number; calls: number } {
    return { pushes: this.#pushes, calls: this.#calls }
  }

  /** After how many ms each copy of the next push arrives; none: it is lost. */
  nextPush(): number[] {
    const chance = prngFor(this.#seed, this.#name, 'push', String(++this.#pushes))
    const { lost = 0, doubled = 0, reordered = 0, late = 0, delayMs = 1_000 } = this.rates
    if (chance() < lost) return []
    const delay = chance() < late ? delayMs : chance() < reordered ? chance() * delayMs : 0
    return chance() < doubled ? [delay, delay + chance() * delayMs] : [delay]
  }

  nextCall(): CallFate {
    let throwOf = prngFor(this.#seed, this.#name, 'call', String(++this.#calls))()
    for (const fate of CALL_FATES) {
      throwOf -= this.rates[fate] ?? 0
      if (throwOf < 0) return fate
    }
    return 'ok'
  }
}
