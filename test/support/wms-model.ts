import {
  type HubFact,
  judgeSnapshot,
  type OnHandFallsAt,
  onHandRange,
  type WmsTiming,
} from '../../domain/wms-snapshot.ts'
import { createPrng, type Prng } from '../../simulator/people.ts'

type Task = {
  units: number
  createdAtMs: number
  pickedAtMs: number
  packedAtMs: number
  leftAtMs: number
  /** When the hub hears of it. */
  pickHeardAtMs: number
  packHeardAtMs: number
  leftHeardAtMs: number
  isShipped: boolean
}
type Move = {
  kind: 'order' | 'receive' | 'lose' | 'enter' | 'write-off' | 'snapshot' | 'apply' | 'wait'
  units: number
  chance: number
}
type Snapshot = { onHand: number; asOfMs: number; takenAtMs: number }

/**
 * One SKU in one warehouse, as it really is, as its WMS books it, and as the hub believes it to be: three views that
 * drift apart by reports on their way, clocks that differ, goods that only one side knows of, and snapshots that arrive
 * at any age.
 */
export class WarehouseModel {
  readonly #fallsAt: OnHandFallsAt
  readonly #timing: WmsTiming
  readonly #clockSkewMs: number
  #nowMs = 1_800_000_000_000
  readonly #tasks: Task[] = []
  /** Changes of the WMS's number that are not its own picking: when booked, and how many. */
  readonly #booked: { atMs: number; units: number }[] = []
  /** Losses that only the WMS knows of. */
  readonly #hidden: { atMs: number; units: number }[] = []
  readonly #entered: { heardAtMs: number; units: number }[] = []
  readonly #snapshots: Snapshot[] = []
  #lastAsOfMs = Number.NEGATIVE_INFINITY
  /** What came and went for good, picking left out. */
  #stock = 0
  #hubOnHand = 0
  readonly raisedTooHigh: string[] = []
  readonly neverPromised: string[] = []

  constructor(fallsAt: OnHandFallsAt, timing: WmsTiming, clockSkewMs: number) {
    this.#fallsAt = fallsAt
    this.#timing = timing
    this.#clockSkewMs = clockSkewMs
  }

  /** Units that are there and that the hub does not count as shipped. */
  get physical(): number {
    return this.#stock - this.#tasks.reduce((sum, task) => sum + (task.isShipped ? task.units : 0), 0)
  }

  play({ kind, units, chance }: Move): void {
    const prng = createPrng(chance)
    this.#passTime(prng() < 0.5 ? prng() * 4_000 : prng() * 90_000)
    switch (kind) {
      case 'order':
        return this.#order(units, prng)
      case 'receive':
        this.#stock += units
        this.#booked.push({ atMs: this.#nowMs, units })
        return
      case 'lose': {
        const gone = Math.min(units, this.#free())
        this.#stock -= gone
        this.#booked.push({ atMs: this.#nowMs, units: -gone })
        this.#hidden.push({ atMs: this.#nowMs, units: gone })
        return
      }
      case 'enter':
        // Goods that the office enters: the warehouse has booked them at some time around that.
        this.#stock += units
        this.#booked.push({ atMs: this.#nowMs + (prng() - 0.5) * 200_000, units })
        this.#entered.push({ heardAtMs: this.#nowMs, units })
        this.#hubOnHand += units
        return
      case 'write-off': {
        const gone = Math.min(units, this.#free(), this.#hubOnHand - this.#committed())
        if (gone <= 0) return
        this.#stock -= gone
        const early = prng() * this.#timing.reportDelayMs
        this.#booked.push({ atMs: this.#nowMs - early, units: -gone })
        this.#entered.push({ heardAtMs: this.#nowMs, units: -gone })
        this.#hubOnHand -= gone
        return
      }
      case 'snapshot':
        this.#snapshots.push(this.#read())
        return
      case 'apply': {
        const snapshot = this.#snapshots[Math.floor(prng() * this.#snapshots.length)]
        if (snapshot) this.#apply(snapshot)
        return
      }
      case 'wait':
        return
    }
  }

  /** Lets everything that is under way come to its end. */
  rest(): void {
    this.#passTime(1_000_000)
  }

  /** Takes a snapshot and applies it at once. Returns what the hub believes then. */
  applyFresh(): number {
    this.#apply(this.#read())
    return this.#hubOnHand
  }

  #passTime(ms: number): void {
    this.#nowMs += Math.ceil(ms) + 1
    for (const task of this.#tasks) {
      if (task.isShipped || task.packHeardAtMs > this.#nowMs) continue
      task.isShipped = true
      // Whatever leaves was there: where the books held fewer, they are put right first.
      this.#hubOnHand = Math.max(0, this.#hubOnHand - task.units)
    }
  }

  #order(units: number, prng: Prng): void {
    if (units > this.#hubOnHand - this.#committed() || units > this.#free()) return
    const delay = () => Math.ceil(prng() * 40_000)
    const late = () => Math.ceil(prng() * this.#timing.reportDelayMs)
    const pickedAtMs = this.#nowMs + delay()
    const packedAtMs = pickedAtMs + delay()
    const leftAtMs = packedAtMs + delay()
    const pickHeardAtMs = pickedAtMs + late()
    this.#tasks.push({
      units,
      createdAtMs: this.#nowMs,
      pickedAtMs,
      packedAtMs,
      leftAtMs,
      pickHeardAtMs,
      packHeardAtMs: Math.max(pickHeardAtMs + 1, packedAtMs + late()),
      leftHeardAtMs: leftAtMs + late() * 3,
      isShipped: false,
    })
  }

  #committed(): number {
    return this.#tasks.reduce((sum, task) => sum + (task.isShipped ? 0 : task.units), 0)
  }

  /** Units that nobody has been promised and that can be lost without a short pick. */
  #free(): number {
    return this.#stock - this.#tasks.reduce((sum, task) => sum + task.units, 0)
  }

  #read(): Snapshot {
    const taken = (task: Task) =>
      ({ pick: task.pickedAtMs, pack: task.packedAtMs, dispatch: task.leftAtMs })[this.#fallsAt]
    const sum = (list: { units: number }[]) => list.reduce((total, { units }) => total + units, 0)
    const onHand =
      sum(this.#booked.filter(({ atMs }) => atMs <= this.#nowMs)) -
      sum(this.#tasks.filter((task) => taken(task) <= this.#nowMs))
    return {
      onHand: Math.max(0, onHand),
      asOfMs: this.#nowMs + this.#clockSkewMs,
      takenAtMs: this.#nowMs,
    }
  }

  #facts(): HubFact[] {
    const heard = <Value>(value: Value, atMs: number) => (atMs <= this.#nowMs ? value : null)
    return [
      ...this.#entered.map((entry): HubFact => ({ kind: 'other', ...entry })),
      ...this.#tasks.map((task): HubFact => {
        const pickedAtMs = heard(task.pickHeardAtMs, task.pickHeardAtMs)
        if (task.isShipped) {
          const leftAtMs = heard(task.leftAtMs, task.leftHeardAtMs)
          return { kind: 'ship', units: task.units, heardAtMs: task.packHeardAtMs, pickedAtMs, leftAtMs }
        }
        const state = pickedAtMs === null ? 'started' : 'picked'
        return { kind: 'pick', units: task.units, state, pickedAtMs }
      }),
    ]
  }

  #apply(snapshot: Snapshot): void {
    if (snapshot.asOfMs < this.#lastAsOfMs) return
    this.#lastAsOfMs = snapshot.asOfMs
    const before = this.#hubOnHand
    const range = onHandRange(snapshot, this.#facts(), this.#fallsAt, this.#timing)
    const verdict = judgeSnapshot({ current: before, range, mayRaise: true, plausible: null })
    if (verdict.kind !== 'set') return
    this.#hubOnHand = verdict.onHand
    // Losses that only the WMS knows of cannot be in an older snapshot of it.
    const unseen = this.#hidden
      .filter(({ atMs }) => atMs > snapshot.takenAtMs)
      .reduce((sum, { units }) => sum + units, 0)
    if (verdict.onHand > before && verdict.onHand > this.physical + unseen)
      this.raisedTooHigh.push(`raised from ${before} to ${verdict.onHand}, there are ${this.physical}`)
    if (verdict.onHand < 0) this.neverPromised.push(`${verdict.onHand} on hand`)
  }
}
