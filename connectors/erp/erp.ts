import type { ErpChange } from '../../domain/erp-change.ts'

/** Why the ERP will not do it; asking again would get the same answer. `text` is the ERP's own, cut to a few words. */
export type ErpRefusal = { code: string; text: string }

/** `reference`: what the ERP calls its document; null where there was nothing to book. */
export type ErpAnswer = { ok: true; reference: string | null } | { ok: false; refused: ErpRefusal }

/** What the ERP has under a key. A reversed change can never be applied again under the same key. */
export type ErpRecord = { state: 'applied' | 'reversed'; reference: string | null }

/** One call for the ERP, named by its key: repeated, it is the same call. */
export type ErpCall = { idempotencyKey: string }

/**
 * The merchant's ERP, as far as the hub needs it.
 *
 * Every function may be called any number of times. What may pass is thrown: `UnreachableError` (whether the call had an
 * effect is then unknown: look it up, or repeat it), `RateLimitedError`.
 */
export type Erp = {
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
