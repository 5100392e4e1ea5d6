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

/** How deep brackets nest outside strings, looked at before anything recursive sees the text. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth -= 1
  }
  return deepest
}
