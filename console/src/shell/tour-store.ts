/** Whether the tour is on the screen, and who has had it. */
class TourStore {
  #isOpen = false
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  isOpen = (): boolean => this.#isOpen

  /** Begins it, the first time or once more. */
  begin(): void {
    this.#isOpen = true
    this.#tell()
  }

  /** Ends it, or turns its offer down: it is not offered to this account again. */
  end(accountId: string, storage: Pick<Storage, 'setItem'> = localStorage): void {
    storage.setItem(storedAs(accountId), '1')
    this.#isOpen = false
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export const tourStore = new TourStore()

/**
 * Whether this account was shown the tour, or did not want it, in this browser. The API keeps nothing of the kind: to ask it at each start
 * would cost everybody a request for what concerns one visit, and who begins at another desk turns the offer down by one press.
 */
export function hasHadTour(accountId: string, storage: Pick<Storage, 'getItem'> = localStorage): boolean {
  return storage.getItem(storedAs(accountId)) === '1'
}

function storedAs(accountId: string): string {
  return `order-hub.tour.${accountId}`
}
