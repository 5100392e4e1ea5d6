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
 * @throws UnreadableJsonError also for a name that stands twice in one object: two readers would believe two things
 */
export function parseLossless(text: string): unknown {
  const { quoted, members } = quoteNumbers(text)
  const value = parse(quoted)
  if (membersOf(value) !== members) throw new UnreadableJsonError('a name stands twice in one object')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Node's own words would quote what was sent.
    throw new UnreadableJsonError('this is no JSON')
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

/**
 * The same text with every number as a string, and how many names stand in its objects. One pass, whatever the text,
 * before anything recursive sees it; what is no JSON before is none afterwards.
 */
function quoteNumbers(text: string): { quoted: string; members: number } {
  const state = { depth: 0, members: 0, isAfterNumber: false }
  const pieces: string[] = []
  let copied = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      at = endOfString(text, at)
      state.isAfterNumber = false
    } else if (unit === MINUS || (unit >= ZERO && unit <= NINE)) {
      const end = endOfNumber(text, at)
      pieces.push(text.slice(copied, at), text.slice(at, end))
      copied = end
      at = end - 1
      state.isAfterNumber = true
    } else note(unit, state)
  }
  pieces.push(text.slice(copied))
  return { quoted: pieces.join('"'), members: state.members }
}

function note(unit: number, state: { depth: number; members: number; isAfterNumber: boolean }): void {
  if (unit === COLON) {
    // Quoted, it would pass for one.
    if (state.isAfterNumber) throw new UnreadableJsonError('a number is no name')
    state.members += 1
  }
  // [ and { are 0x5b and 0x7b, ] and } are 0x5d and 0x7d: bit 5 is all that divides them.
  else if ((unit | 0x20) === 0x7b) {
    state.depth += 1
    if (state.depth > MAX_DEPTH) throw new UnreadableJsonError(`nested deeper than ${MAX_DEPTH}`)
  } else if ((unit | 0x20) === 0x7d) state.depth -= 1
}

/** Where the string's closing quote is; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === BACKSLASH) at += 1
    else if (unit === QUOTE) break
  }
  return at
}

function endOfNumber(text: string, start: number): number {
  NUMBER.lastIndex = start
  if (!NUMBER.test(text)) throw new UnreadableJsonError('a number is none')
  return NUMBER.lastIndex
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const isArray = Array.isArray(value)
  const parts: unknown[] = isArray ? value : Object.values(value)
  let count = isArray ? 0 : parts.length
  for (const part of parts) if (typeof part === 'object') count += membersOf(part)
  return count
}
