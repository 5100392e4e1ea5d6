import { parse } from 'lossless-json'

/** Deeper than any platform's honest answer, and far from where a recursive reader would run out of stack. */
const MAX_DEPTH = 64

/** The text is no JSON, or JSON that nobody sends honestly. */
export class UnreadableJsonError extends Error {
  override readonly name = 'UnreadableJsonError'
}

/**
 * Reads JSON whose numbers may exceed 2^53. Every number comes as the text that it was written with: ids stay exact and
 * amounts are never floats. `{"tid": 3001234567890123456, "payment": 12.10}` → `{tid: '3001234567890123456', payment: '12.10'}`.
 *
 * @throws UnreadableJsonError
 */
export function parseLossless(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw new UnreadableJsonError(`nested deeper than ${MAX_DEPTH}`)
  try {
    return parse(text, null, { parseNumber: (digits) => digits })
  } catch (error) {
    throw new UnreadableJsonError(error instanceof Error ? error.message : String(error))
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How deep brackets nest outside strings: one pass, whatever the text, before anything recursive sees it. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (isString) {
      if (unit === BACKSLASH) at += 1
      else if (unit === QUOTE) isString = false
    } else if (unit === QUOTE) isString = true
    // [ and { are 0x5b and 0x7b, ] and } are 0x5d and 0x7d: bit 5 is all that divides them.
    else if ((unit | 0x20) === 0x7b) deepest = Math.max(deepest, ++depth)
    else if ((unit | 0x20) === 0x7d) depth -= 1
  }
  return deepest
}
