import type { ErpChange } from '../../domain/erp-change.ts'
import type { ErpPurchase } from '../../domain/erp-purchase.ts'

/** Why the ERP will not do it; asking again would get the same answer. `text` is the ERP's own, cut to a few words. */
export type ErpRefusal = { code: string; text: string }

/** `reference`: what the ERP calls its document; null where there was nothing to book. */
export type ErpAnswer = { ok: true; reference: string | null } | { ok: false; refused: ErpRefusal }

/** What the ERP has under a key. A reversed change can never be applied again under the same key. */
export type ErpRecord = { state: 'applied' | 'reversed'; reference: string | null }

/** An order as the ERP has it after its last change. `lineId`: what the ERP calls it; `changedAt`: RFC 3339. */
export type ErpOrderAmount = { lineId: string; orderId: string; amountCents: number; changedAt: string }

/** One call for the ERP, named by its key: repeated, it is the same call. */
export type ErpCall = { idempotencyKey: string }

/**
 * The merchant's ERP, as far as the hub needs it.
 *
 * Every function may be called any number of times. What may pass is thrown: `UnreachableError` (whether the call had an
 * effect is then unknown: look it up, or repeat it), `RateLimitedError`.
 */
export type Erp = {
  /**
   * What orders are worth there that were changed in a period, page by page; null where the ERP cannot say.
   *
   * @param period from its first moment to the first one after it
   */
  orderAmounts: (
    period: { from: Date; to: Date },
    cursor: string | null,
  ) => Promise<{ orders: ErpOrderAmount[]; nextCursor: string | null } | null>
  /** Books a change. */
  applyChange: (change: ErpChange, call: ErpCall) => Promise<ErpAnswer>
  /**
   * Takes a change back. One that the ERP has never heard of is barred: a call of `applyChange` that was lost on the way
   * and arrives later is refused.
   *
   * @param call of the change, not one of its own
   */
  reverseChange: (change: ErpChange, call: ErpCall) => Promise<ErpAnswer>
  /** What became of a change; null where the ERP has never heard of it. */
  findChange: (call: ErpCall) => Promise<ErpRecord | null>
  /** Orders goods from a supplier. */
  placePurchase: (purchase: ErpPurchase, call: ErpCall) => Promise<ErpAnswer>
  /** The purchase that the ERP has under a key; null where it has never heard of it, or cannot be asked. */
  findPurchase: (call: ErpCall) => Promise<{ reference: string | null } | null>
}

/** Of an ERP's words so many are kept; the rest is for its own log. */
const MOST_CHARACTERS = 300

/** A refusal in words that fit a row and a screen. */
export function refusal(code: string, text: string): { ok: false; refused: ErpRefusal } {
  const short = (words: string) =>
    words
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, MOST_CHARACTERS)
  return { ok: false, refused: { code: short(code), text: short(text) } }
}
