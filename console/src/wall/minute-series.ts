export const MINUTES_SHOWN = 60
const MINUTE_MS = 60_000

/** How many of something came in each of the last sixty minutes. As large after a day as after a minute. */
export class MinuteSeries {
  readonly #counts = new Array<number>(MINUTES_SHOWN).fill(0)
  /** The minute, counted from 1970, that each place stands for. */
  readonly #minutes = new Array<number>(MINUTES_SHOWN).fill(-1)

  /** @param atMs in ms since 1970; of more than an hour ago: nothing happens */
  add(atMs: number, count = 1): void {
    const minute = Math.floor(atMs / MINUTE_MS)
    const place = minute % MINUTES_SHOWN
    const present = this.#minutes[place] ?? -1
    // Later than what stands here now by an hour or more: its place is free again.
    if (minute < present) return
    this.#counts[place] = minute === present ? (this.#counts[place] ?? 0) + count : count
    this.#minutes[place] = minute
  }

  /** The oldest first; the last one is the minute that is still running. */
  values(nowMs: number): { minuteMs: number; count: number }[] {
    const last = Math.floor(nowMs / MINUTE_MS)
    return Array.from({ length: MINUTES_SHOWN }, (_, index) => {
      const minute = last - MINUTES_SHOWN + 1 + index
      const place = minute % MINUTES_SHOWN
      const count = this.#minutes[place] === minute ? (this.#counts[place] ?? 0) : 0
      return { minuteMs: minute * MINUTE_MS, count }
    })
  }
}
