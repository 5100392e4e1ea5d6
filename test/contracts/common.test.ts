import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cents,
  code,
  divisionCode,
  externalId,
  instant,
  LIMITS,
  quantity,
  text,
} from '../../contracts/common.ts'

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success

describe('text', () => {
  test('takes what people write, emoji and line breaks included', () => {
    for (const value of ['送到门口 🙂', 'first\nsecond\tthird', 'Ünïcödé'])
      expect(accepts(text(50), value)).toBe(true)
  })

  test('takes no control characters, no lone surrogates, nothing empty and nothing too long', () => {
    for (const value of ['a\u0000b', 'bell\u0007', '\u009b31m', 'half \ud83d', '\ude42', '', 'x'.repeat(51)])
      expect(accepts(text(50), value)).toBe(false)
  })

  test('what it takes survives UTF-8 unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (value) => {
        if (accepts(text(50), value)) expect(Buffer.from(value, 'utf8').toString('utf8')).toBe(value)
      }),
    )
  })
})

describe('numbers', () => {
  test('a quantity is a whole number from one to its limit', () => {
    for (const value of [1, LIMITS.lineQuantity]) expect(accepts(quantity, value)).toBe(true)
    for (const value of [
      0,
      -1,
      1.5,
      1e9,
      LIMITS.lineQuantity + 1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '1',
      null,
    ])
      expect(accepts(quantity, value), String(value)).toBe(false)
  })

  test('an amount is whole cents, never negative, and exact in a double', () => {
    for (const value of [0, 1, 1_000_000_000_000]) expect(accepts(cents, value)).toBe(true)
    for (const value of [-1, 0.1, 1_000_000_000_001, 2 ** 53, '100'])
      expect(accepts(cents, value)).toBe(false)
  })
})

describe('identifiers', () => {
  test('ids beyond 2^53 are text and stay exact', () => {
    expect(externalId.parse('90071992547409931234')).toBe('90071992547409931234')
    expect(accepts(externalId, 2 ** 53)).toBe(false)
  })

  test('codes have no path, no space and no control character in them', () => {
    for (const value of ['WH-1', 'a', 'SKU_1.2', '9'.repeat(64)]) expect(accepts(code, value)).toBe(true)
    for (const value of ['', '../x', 'a b', '-a', 'a\n', 'ä', '9'.repeat(65)])
      expect(accepts(code, value)).toBe(false)
    for (const value of ['a b', 'a\n', '单号', '', 'x'.repeat(129)])
      expect(accepts(externalId, value)).toBe(false)
  })

  test('a division code is six digits, a time has an offset', () => {
    expect(accepts(divisionCode, '330110')).toBe(true)
    for (const value of ['33011', '3301100', '33011x', 330_110])
      expect(accepts(divisionCode, value)).toBe(false)
    for (const value of ['2026-01-05T08:00:00Z', '2026-01-05T16:00:00.123+08:00'])
      expect(accepts(instant, value)).toBe(true)
    for (const value of ['2026-01-05T08:00:00', '2026-02-30T08:00:00Z', '2026-01-05', 1])
      expect(accepts(instant, value), String(value)).toBe(false)
  })
})
