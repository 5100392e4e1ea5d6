import { useSyncExternalStore } from 'react'

/**
 * The time, once a second, by one timer for the whole page however many countdowns it shows; none runs while nobody shows one,
 * or while the page is hidden.
 */
class Clock {
  #now = new Date()
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#timer ??= setInterval(this.#tick, 1_000)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  now = (): Date => {
    // Nobody has listened for a while: what was the time then is not the time now.
    if (this.#timer === undefined && Date.now() - this.#now.getTime() > 1_000) this.#now = new Date()
    return this.#now
  }

  #tick = (): void => {
    if (document.hidden) return
    this.#now = new Date()
    for (const listener of this.#listeners) listener()
  }
}

const clock = new Clock()

/**
 * What is read from the time, once a second; whoever shows it is drawn anew only when that has changed, so that a hundred countdowns in
 * hours cost nothing.
 *
 * @param read gives the same for the same time
 */
export function useNow<Read extends string | number | boolean>(read: (now: Date) => Read): Read {
  return useSyncExternalStore(clock.subscribe, () => read(clock.now()))
}
