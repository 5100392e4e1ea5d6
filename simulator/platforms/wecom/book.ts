import { randomBytes } from 'node:crypto'

/** A card as it stands in one member's chat. */
export type SentCard = {
  taskId: string
  memberId: string
  card: Record<string, unknown>
  buttonKeys: string[]
  /** What has taken the place of its buttons; null while they can be pressed. */
  replacedBy: string | null
  /** By which way, in order. */
  updates: { by: 'reply' | 'api'; text: string }[]
  atMs: number
}

/** A message as it stands in one member's chat. */
export type SentText = { memberId: string; content: string; atMs: number }

const MINUTE_MS = 60_000
const CODE_MS = 72 * 60 * MINUTE_MS
/** What goes beyond is thrown away, and nobody is told. */
const PER_MEMBER_AND_MINUTE = 30
const PER_ROBOT_AND_MINUTE = 20

/** What WeCom has carried to people, and the codes that cards are updated with. */
export class WecomBook {
  readonly cards = new Map<string, SentCard>()
  readonly texts: SentText[] = []
  readonly said: { content: string; atMs: number }[] = []
  /** Cards beyond a member's limit. */
  dropped = 0
  readonly #codes = new Map<string, { taskId: string; endsAtMs: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  take(card: Pick<SentCard, 'taskId' | 'memberId' | 'card' | 'buttonKeys'>): string {
    const atMs = this.#now()
    const lately = [...this.cards.values()].filter(
      (other) => other.memberId === card.memberId && other.atMs > atMs - MINUTE_MS,
    )
    if (lately.length >= PER_MEMBER_AND_MINUTE) this.dropped += 1
    else this.cards.set(card.taskId, { ...card, replacedBy: null, updates: [], atMs })
    return this.giveCode(card.taskId)
  }

  /** The same text to the same member is there once, as long as it is to be remembered. */
  tell(text: Omit<SentText, 'atMs'>, rememberMs: number): void {
    const atMs = this.#now()
    const isKnown = this.texts.some(
      (other) =>
        other.memberId === text.memberId && other.content === text.content && other.atMs > atMs - rememberMs,
    )
    if (!isKnown) this.texts.push({ ...text, atMs })
  }

  /** A new code that updates the card once. */
  giveCode(taskId: string): string {
    const code = randomBytes(24).toString('base64url')
    this.#codes.set(code, { taskId, endsAtMs: this.#now() + CODE_MS })
    return code
  }

  /** The card that a code is for; the code is used up. */
  useCode(code: string): SentCard | null {
    const known = this.#codes.get(code)
    this.#codes.delete(code)
    return known && known.endsAtMs > this.#now() ? (this.cards.get(known.taskId) ?? null) : null
  }

  replace(card: SentCard, by: 'reply' | 'api', text: string): void {
    card.replacedBy = text
    card.updates.push({ by, text })
  }

  /** Whether the robot may still speak in this minute. */
  say(content: string): boolean {
    const atMs = this.#now()
    if (this.said.filter((message) => message.atMs > atMs - MINUTE_MS).length >= PER_ROBOT_AND_MINUTE)
      return false
    this.said.push({ content, atMs })
    return true
  }
}
