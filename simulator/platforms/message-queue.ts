import type { Mischief } from './mischief.ts'

/** So many unconfirmed messages are brought again at a time. */
const AGAIN_AT_ONCE = 5_000
const MAX_UNTOLD = 1_000

export type QueuedMessage<Content> = { id: bigint; content: Content }
type Unconfirmed<Content> = QueuedMessage<Content> & { dueAtMs: number }

type QueueOptions<Content> = {
  mischief: Mischief
  redeliverAfterMs: number
  /** Brings a message to one of the app's connections; false when there is none. */
  deliver: (appKey: string, message: QueuedMessage<Content>) => boolean
}

/**
 * Messages to apps over long connections: each goes to every app that a merchant has permitted to hear them, and comes
 * again until the app confirms it. What is lost, doubled, late or out of order is up to mischief.
 */
export class MessageQueue<Content> {
  /** App → what it has not confirmed. */
  readonly #unconfirmed = new Map<string, Map<bigint, Unconfirmed<Content>>>()
  /** App → the merchants that let it hear their messages. */
  readonly #permits = new Map<string, Set<string>>()
  /**
   * Of merchants who have permitted nobody in this play. They permit an app once, long before it: whoever is the first to
   * say so here has been permitted all along.
   */
  readonly #untold = new Map<string, Content[]>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #again: NodeJS.Timeout
  readonly #options: QueueOptions<Content>
  #lastId: bigint

  constructor(firstId: bigint, options: QueueOptions<Content>) {
    this.#lastId = firstId
    this.#options = options
    this.#again = setInterval(
      () => this.sendAgain(),
      Math.min(Math.max(options.redeliverAfterMs / 4, 20), 1_000),
    )
    this.#again.unref()
  }

  permit(appKey: string, merchant: string): void {
    const merchants = this.#permits.get(appKey) ?? new Set()
    this.#permits.set(appKey, merchants.add(merchant))
    const untold = this.#untold.get(merchant) ?? []
    this.#untold.delete(merchant)
    for (const content of untold) this.#send(appKey, content)
  }

  /** One message to each app that hears this merchant's. */
  tell(merchant: string, content: Content): void {
    const apps = [...this.#permits].filter(([, merchants]) => merchants.has(merchant))
    for (const [appKey] of apps) this.#send(appKey, content)
    if (apps.length > 0) return
    this.#untold.set(merchant, [...(this.#untold.get(merchant) ?? []), content].slice(-MAX_UNTOLD))
  }

  /** False: nobody waits for that. */
  confirm(appKey: string, id: bigint, isOf: (content: Content) => boolean = () => true): boolean {
    const message = this.#unconfirmed.get(appKey)?.get(id)
    return (
      message !== undefined && isOf(message.content) && this.#unconfirmed.get(appKey)?.delete(id) === true
    )
  }

  /** How many messages apps have yet to confirm. */
  unconfirmed(): number {
    return [...this.#unconfirmed.values()].reduce((sum, messages) => sum + messages.size, 0)
  }

  /** What is due goes out again. */
  sendAgain(): void {
    const nowMs = performance.now()
    for (const [appKey, messages] of this.#unconfirmed) {
      let sent = 0
      for (const message of messages.values()) {
        if (sent >= AGAIN_AT_ONCE) break
        if (message.dueAtMs <= nowMs && this.#deliver(appKey, message)) sent += 1
      }
    }
  }

  close(): void {
    clearInterval(this.#again)
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #send(appKey: string, content: Content): void {
    this.#lastId += 1n
    const delays = this.#options.mischief.nextPush()
    if (delays.length === 0) return // lost for good, which only a pull finds out
    const dueAtMs = performance.now() + this.#options.redeliverAfterMs
    const message = { id: this.#lastId, content, dueAtMs }
    const messages = this.#unconfirmed.get(appKey) ?? new Map<bigint, Unconfirmed<Content>>()
    this.#unconfirmed.set(appKey, messages.set(message.id, message))
    for (const delayMs of delays) {
      if (delayMs === 0) {
        this.#deliver(appKey, message)
        continue
      }
      message.dueAtMs = Math.max(message.dueAtMs, dueAtMs + delayMs)
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#deliver(appKey, message)
      }, delayMs)
      this.#timers.add(timer)
    }
  }

  #deliver(appKey: string, message: Unconfirmed<Content>): boolean {
    const isSent = this.#options.deliver(appKey, message)
    message.dueAtMs = isSent ? performance.now() + this.#options.redeliverAfterMs : 0 // at once, when somebody comes
    return isSent
  }
}
