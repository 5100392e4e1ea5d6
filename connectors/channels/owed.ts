/** More than one connection ever has open; beyond that the platform sends again what it did not hear of. */
const MOST_OWED = 10_000

/**
 * Confirmations of messages that became durable while no connection was there to say so. They are said first on the next
 * one: a platform that sends everything again after minutes would otherwise send it into the next cut, again and again.
 */
export class OwedConfirmations<Item> {
  #owed: Item[] = []

  /** Says it now, or owes it. `say` tells whether somebody heard. */
  confirm(item: Item, say: (item: Item) => boolean): void {
    if (say(item)) return
    this.#owed = [...this.#owed, item].slice(-MOST_OWED)
  }

  /** Says everything that is owed, on a connection that has just begun. */
  settle(say: (item: Item) => boolean): void {
    const owed = this.#owed
    this.#owed = []
    for (const item of owed) this.confirm(item, say)
  }
}
