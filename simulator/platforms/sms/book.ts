/** A text message that an operator has taken on. */
export type TextMessage = {
  number: string
  templateId: string
  parameters: string
  /** The sender's own reference. */
  reference: string
  serial: string
  atMs: number
}

const HOUR_MS = 3_600_000
const PER_HOUR = 5
/** Unless others are approved: whatever is not in here is refused. */
export const SMS_TEMPLATE = 'SMS_15305'
export const SIGN_NAME = '云栈商城'
/** Its owner wants no messages. */
export const UNWILLING_NUMBER = '13900000000'
/** Messages to these are taken, and never arrive: the phone is off. */
export const UNREACHED_NUMBERS = /^1391/
/** Of messages to these the operator never says anything. */
export const UNREPORTED_NUMBERS = /^1392/

export type Fate = 'delivered' | 'undelivered' | 'unreported'

/** What became of a message to a number. */
export function fateOf(number: string): Fate {
  if (UNREACHED_NUMBERS.test(number)) return 'undelivered'
  return UNREPORTED_NUMBERS.test(number) ? 'unreported' : 'delivered'
}

/** What was sent to whom through one provider, and how many one number may get. */
export class SmsBook {
  readonly #messages: TextMessage[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  isFull(number: string): boolean {
    const since = this.#now() - HOUR_MS
    return this.of(number).filter(({ atMs }) => atMs > since).length >= PER_HOUR
  }

  take(message: Omit<TextMessage, 'serial' | 'atMs'>): TextMessage {
    const atMs = this.#now()
    const taken = { ...message, atMs, serial: `${atMs}^${this.#messages.length}` }
    this.#messages.push(taken)
    return taken
  }

  /** The messages to one number, the newest first. */
  of(number: string): TextMessage[] {
    return this.#messages.filter((message) => message.number === number).reverse()
  }

  all(): readonly TextMessage[] {
    return this.#messages
  }
}
