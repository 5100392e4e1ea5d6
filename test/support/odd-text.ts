import fc from 'fast-check'

const odd = ['+', '%', '&', '=', '中文', '🍵', ' ', '%2B', 'é', '\u0000', '\ud83c', "'()*~!", '"', '\\']

/** Texts that are easily broken on their way through signatures, forms and JSON. */
export const oddText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''))
