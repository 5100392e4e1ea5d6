import type { Pace } from './behaviour.ts'
import { prngFor } from './chance.ts'
import { type Fate, type ParcelFacts, type Scan, scansAt } from './story.ts'

/** Every parcel that the couriers know: the warehouse packed it, or the hub asked for it. */
export class Parcels {
  readonly #seed: string
  readonly #facts = new Map<string, ParcelFacts>()
  readonly #scripts = new Map<string, Scan[]>()

  constructor(seed: string) {
    this.#seed = seed
  }

  has(waybillNumber: string): boolean {
    return this.#facts.has(waybillNumber)
  }

  /** What will become of a parcel that is packed now. Its share of luck depends on the seed and its number only. */
  foresee(waybillNumber: string, packedAtMs: number, pace: Pace, wish?: Fate): ParcelFacts {
    const prng = prngFor(this.#seed, 'fate', waybillNumber)
    const luck = prng()
    const hasTrouble = prng() < pace.courierTrouble
    const drawn = luck < pace.lost ? 'lost' : luck < pace.lost + pace.returned ? 'returned' : 'delivered'
    const { deliverySeconds } = pace
    return { waybillNumber, packedAtMs, fate: wish ?? drawn, hasTrouble, deliverySeconds }
  }

  add(facts: ParcelFacts): void {
    this.#facts.set(facts.waybillNumber, facts)
  }

  /** From now on the courier shows these scans of the parcel, and nothing else. */
  script(waybillNumber: string, scans: Scan[]): void {
    this.#scripts.set(waybillNumber, scans)
  }

  /** What the courier shows at a moment; undefined for a number that nobody has seen before. */
  look(waybillNumber: string, nowMs: number): Scan[] | 'unreachable' | undefined {
    const script = this.#scripts.get(waybillNumber)
    if (script) return script
    const facts = this.#facts.get(waybillNumber)
    return facts && scansAt(this.#seed, facts, nowMs)
  }
}
