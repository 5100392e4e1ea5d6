import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CanonicalValue, canonicalJson } from '../../domain/canonical-json.ts'

const whole: fc.Arbitrary<CanonicalValue> = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value

test('what is written is read again as the same, and written again in the same bytes', () => {
  fc.assert(
    fc.property(whole, (value) => {
      const written = canonicalJson(value)
      const again: CanonicalValue = JSON.parse(written)
      expect(again).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(again)).toBe(written)
    }),
  )
})

test('the order in which names were set does not matter', () => {
  expect(canonicalJson({ b: [1, null], a: '中', B: true })).toBe('{"B":true,"a":"中","b":[1,null]}')
  expect(canonicalJson({ a: '中', B: true, b: [1, null] })).toBe('{"B":true,"a":"中","b":[1,null]}')
})

test.each([0.5, Number.NaN, 2 ** 60])('%s is refused: two writers might write it in two ways', (value) => {
  expect(() => canonicalJson({ value })).toThrow('is not a whole number')
})
