import type { DataFlowView } from '../contracts/data-flow.ts'
import { Watchers } from './watchers.ts'

export type FlowSubscriber = { isOpen: () => boolean; send: (map: DataFlowView) => void }

/** Somebody may look at an old map for so long before it is told to be one. */
const TELL_AGAIN_MS = 60_000

/**
 * The data-flow map for those who watch it: one reader a process, who asks for the number of the last round and reads
 * the map only when that has changed, or when it has not for long: then the map itself says that it is old.
 */
export class FlowFeed {
  readonly #source: { round: () => Promise<number>; read: () => Promise<DataFlowView> }
  readonly #live: Watchers<FlowSubscriber>
  #round: number | null = null
  #toldAtMs = 0

  constructor(
    source: { round: () => Promise<number>; read: () => Promise<DataFlowView> },
    onError: (error: unknown) => void,
  ) {
    this.#source = source
    this.#live = new Watchers(() => this.#poll(), onError)
  }

  /** Sends the map as it is, then again whenever it was looked at. */
  async follow(subscriber: FlowSubscriber): Promise<void> {
    const map = await this.#source.read()
    if (!subscriber.isOpen() || this.#live.closed) return
    subscriber.send(map)
    this.#live.join(subscriber)
  }

  leave(subscriber: FlowSubscriber): void {
    this.#live.leave(subscriber)
  }

  close(): void {
    this.#live.close()
  }

  async #poll(): Promise<void> {
    const round = await this.#source.round()
    if (round === this.#round && performance.now() - this.#toldAtMs < TELL_AGAIN_MS) return
    const map = await this.#source.read()
    this.#round = round
    this.#toldAtMs = performance.now()
    for (const subscriber of this.#live) if (subscriber.isOpen()) subscriber.send(map)
  }
}
