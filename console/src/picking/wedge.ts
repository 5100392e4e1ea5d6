/** Longer than a scanner takes between two characters, shorter than somebody who types. */
const MOST_BETWEEN_MS = 100
const LEAST_CHARACTERS = 3
const MOST_CHARACTERS = 128

/** Reads a scanner that types what it reads as a keyboard would: characters in quick succession, then Enter. */
export class Wedge {
  #code = ''
  #lastMs = Number.NEGATIVE_INFINITY
  readonly #onCode: (code: string) => void

  constructor(onCode: (code: string) => void) {
    this.#onCode = onCode
  }

  /** @returns whether the key belongs to a code that is being read, so that it must not press a button as well */
  key(key: string, atMs: number): boolean {
    if (atMs - this.#lastMs > MOST_BETWEEN_MS) this.#code = ''
    this.#lastMs = atMs
    if (key === 'Enter') {
      const code = this.#code
      this.#code = ''
      if (code.length < LEAST_CHARACTERS) return false
      this.#onCode(code)
      return true
    }
    // Shift, and whatever else is no character.
    if (key.length !== 1) return this.#code !== ''
    const isWithin = this.#code !== ''
    if (this.#code.length < MOST_CHARACTERS) this.#code += key
    return isWithin
  }
}
