import { setTimeout as delay } from 'node:timers/promises'
import type { HubReports } from './hub-reports.ts'
import type { PickReport } from './picking.ts'

export type WarehouseEvents = {
  /** The parcel's label for a task, once everything that goes into the parcel is picked; null: not yet. */
  labelFor: (pickTaskId: string, report: PickReport['body']) => PickReport['body'] | null
  /** Called before the hub hears of the parcel: the courier knows it first. */
  onPacking: (pickTaskId: string, waybillNumber: string, packedAtMs: number) => void
  /** The warehouse's own system hears of a step first, and of the hub's refusal. */
  onStep: (pickTaskId: string, report: PickReport['body']) => Promise<void>
  onHeard: (pickTaskId: string, report: PickReport['body'], answer: 'accepted' | 'refused') => Promise<void>
  /** The task needs no more work. */
  onOver: (pickTaskId: string) => void
}

/** Between two looks whether the other tasks of a parcel are picked. */
const LOOK_AGAIN_MS = 50

/** The people with the PDAs: each task is worked in its own time, its reports one after the other. */
export class Warehouse {
  readonly #reports: HubReports
  readonly #events: WarehouseEvents
  readonly #log: (line: string) => void
  readonly #working = new Map<string, { stop: AbortController; done: Promise<void> }>()
  #isClosed = false

  constructor(reports: HubReports, events: WarehouseEvents, log: (line: string) => void) {
    this.#reports = reports
    this.#events = events
    this.#log = log
  }

  /** Works through the reports of a task; harmless if it is being worked already. */
  begin(pickTaskId: string, reports: PickReport[]): void {
    if (this.#isClosed || this.#working.has(pickTaskId)) return
    const stop = new AbortController()
    const done = this.#work(pickTaskId, reports, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) this.#log(`pick task ${pickTaskId}: ${String(error)}`)
      })
      .finally(() => this.#working.delete(pickTaskId))
    this.#working.set(pickTaskId, { stop, done })
  }

  /** The office has taken the task back. */
  withdraw(pickTaskId: string): void {
    this.#working.get(pickTaskId)?.stop.abort()
    if (!this.#isClosed) this.#events.onOver(pickTaskId)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#working.values()]
    for (const { stop } of all) stop.abort()
    await Promise.all(all.map(({ done }) => done))
  }

  async #work(pickTaskId: string, reports: PickReport[], signal: AbortSignal): Promise<void> {
    for (const { atMs, body: planned } of reports) {
      await delay(Math.max(0, atMs - Date.now()), undefined, { signal })
      const body = planned.type === 'packed' ? await this.#label(pickTaskId, planned, signal) : planned
      if (body.waybillNumber !== undefined) {
        this.#events.onPacking(pickTaskId, body.waybillNumber, Math.max(atMs, Date.now()))
      }
      await this.#events.onStep(pickTaskId, body)
      const answer = await this.#reports.send(pickTaskId, body, signal)
      await this.#events.onHeard(pickTaskId, body, answer)
      if (answer === 'refused') break
    }
    this.#events.onOver(pickTaskId)
  }

  /** Waits for what goes into the same parcel. */
  async #label(
    pickTaskId: string,
    planned: PickReport['body'],
    signal: AbortSignal,
  ): Promise<PickReport['body']> {
    for (;;) {
      const labelled = this.#events.labelFor(pickTaskId, planned)
      if (labelled) return labelled
      await delay(LOOK_AGAIN_MS, undefined, { signal })
    }
  }
}
