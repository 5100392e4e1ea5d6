import { z } from 'zod'
import type { PdaMessage } from './picking.ts'
import type { ShelvedListing } from './shelf.ts'

export const refundBody = z.strictObject({
  refundId: z.string().min(1).max(200),
  paymentId: z.string().min(1).max(200),
  amountCents: z.int().min(1),
  reason: z.string().max(200),
})
export type Refund = z.output<typeof refundBody>

/** How often something was asked for, and how often it happened. More than one effect is money or goods gone. */
type Counts = { calls: number; effects: number }
export type Effects = {
  refunds: (Refund & Counts)[]
  pdaMessages: (PdaMessage & Counts)[]
  /** What the mall shows. */
  listings: ShelvedListing[]
  /** Calls that reused an idempotency key with another body. */
  conflicts: number
}

/**
 * What the hub has made happen outside. An effect is remembered by its idempotency key, as a provider would; it is
 * counted by what it is about, so that a second key for the same refund shows as a second effect.
 */
export class EffectBook {
  readonly #bodies = new Map<string, string>()
  readonly #refunds = new Map<string, Refund & Counts>()
  readonly #messages = new Map<string, PdaMessage & Counts>()
  #conflicts = 0

  /** What a call with this key means, before anything is written. */
  judge(key: string, body: Refund | PdaMessage): 'new' | 'repeated' | 'conflict' {
    const known = this.#bodies.get(key)
    if (known === undefined) return 'new'
    return known === JSON.stringify(body) ? 'repeated' : 'conflict'
  }

  noteConflict(): void {
    this.#conflicts += 1
  }

  /** Counts a call; `isApplied` says whether it took effect. */
  noteRefund(key: string, body: Refund, isApplied: boolean): void {
    this.#note(this.#refunds, body.refundId, key, body, isApplied)
  }

  noteMessage(key: string, body: PdaMessage, isApplied: boolean): void {
    this.#note(this.#messages, `${body.pickTaskId}/${body.kind}`, key, body, isApplied)
  }

  list(): Omit<Effects, 'listings'> {
    return {
      refunds: [...this.#refunds.values()].map((refund) => ({ ...refund })),
      pdaMessages: [...this.#messages.values()].map((message) => ({ ...message })),
      conflicts: this.#conflicts,
    }
  }

  #note<Body extends Refund | PdaMessage>(
    book: Map<string, Body & Counts>,
    subject: string,
    key: string,
    body: Body,
    isApplied: boolean,
  ): void {
    const known = book.get(subject) ?? { ...body, calls: 0, effects: 0 }
    known.calls += 1
    if (isApplied) {
      known.effects += 1
      this.#bodies.set(key, JSON.stringify(body))
    }
    book.set(subject, known)
  }
}
