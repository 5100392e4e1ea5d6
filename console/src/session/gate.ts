/**
 * Whether the session that this page was opened with has ended meanwhile. The page then stays as it is, with whatever was typed
 * into it, under a form to sign in again.
 */
class SessionGate {
  #isExpired = false
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  isExpired = (): boolean => this.#isExpired

  expire(): void {
    this.#set(true)
  }

  reopen(): void {
    this.#set(false)
  }

  #set(isExpired: boolean): void {
    if (this.#isExpired === isExpired) return
    this.#isExpired = isExpired
    for (const listener of this.#listeners) listener()
  }
}

export const sessionGate = new SessionGate()
