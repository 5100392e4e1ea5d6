import { useLayoutEffect } from 'react'

/** Errors that stand on the page where they happened. What a part of a screen keeps to itself is said above the screen instead. */
class ShownFailures {
  readonly #places = new Map<unknown, number>()
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  has = (error: unknown): boolean => this.#places.has(error)

  /** @returns what takes it off the page */
  show(error: unknown): () => void {
    this.#add(error, 1)
    return () => this.#add(error, -1)
  }

  #add(error: unknown, places: number): void {
    const count = (this.#places.get(error) ?? 0) + places
    if (count > 0) this.#places.set(error, count)
    else this.#places.delete(error)
    for (const listener of this.#listeners) listener()
  }
}

export const shownFailures = new ShownFailures()

/** Says that this error is on the page for as long as whatever calls it is. Before the browser draws: nothing flashes by. */
export function useShownFailure(error: unknown): void {
  useLayoutEffect(() => shownFailures.show(error), [error])
}
