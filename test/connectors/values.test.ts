import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  centsOfFen,
  centsOfYuan,
  chinaInstant,
  chinaTimestamp,
  instantOfChina,
  instantOfSeconds,
  yuanOfCents,
} from '../../connectors/channels/values.ts'
import { parseLossless, UnreadableJsonError } from '../../connectors/lossless-json.ts'

describe('values of platforms', () => {
  it('reads and writes amounts in yuan without ever losing a cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (cents) => {
        expect(centsOfYuan(yuanOfCents(cents))).toBe(cents)
        expect(centsOfFen(String(cents))).toBe(cents)
      }),
    )
    expect(['200.07', '12.1', '5', '0.00', '3.500'].map(centsOfYuan)).toEqual([20007, 1210, 500, 0, 350])
  })

  it.each(['', '-1', '1.005', '1e3', 'NaN', '1,000', ' 1', '99999999999999'])(
    'refuses %j as an amount in yuan',
    (text) => {
      expect(() => centsOfYuan(text)).toThrow(RangeError)
    },
  )

  it('reads and writes times of Beijing, whatever the machine’s zone', () => {
    expect(instantOfChina('2026-11-11 00:00:01')).toBe('2026-11-11T00:00:01+08:00')
    expect(instantOfChina('0001-01-01 00:00:00')).toBeNull()
    expect(instantOfSeconds('1794326401')).toBe('2026-11-11T00:00:01+08:00')
    expect(instantOfSeconds('0')).toBeNull()
    expect(chinaInstant(new Date('2026-11-10T16:00:01Z'))).toBe('2026-11-11T00:00:01+08:00')
    expect(chinaTimestamp(new Date('2026-11-10T16:00:01Z'))).toBe('2026-11-11 00:00:01')
    expect(() => instantOfChina('2026-13-01 00:00:00')).toThrow(RangeError)
  })
})

describe('JSON with numbers beyond 2^53', () => {
  it('keeps every digit of ids and amounts', () => {
    expect(parseLossless('{"tid": 3001234567890123456, "payment": 12.10}')).toEqual({
      tid: '3001234567890123456',
      payment: '12.10',
    })
  })

  it.each([
    ['10,000 brackets', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['half a document', '{"a":'],
    ['nothing', ''],
    ['two of one name', '{"a":1,"a":2}'],
    ['two of one name, spelt differently', '[{"b":{"a":1,"\\u0061":2}}]'],
    ['a number for a name', '{1:2}'],
    ['a number that begins with 0', '[01]'],
    ['a number without its end', '{"a":1.}'],
    ['a sign alone', '[-]'],
    ['two values', '1 2'],
    ['a bare word', '[NaN]'],
    ['a line break in a string', '"a\nb"'],
  ])('refuses %s', (_, text) => {
    expect(() => parseLossless(text)).toThrow(UnreadableJsonError)
  })

  it('refuses a megabyte of open strings as quickly as it reads a megabyte of text', () => {
    const startedAt = performance.now()
    expect(() => parseLossless('"a\\'.repeat(350_000))).toThrow(UnreadableJsonError)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value, null, 1))
  const withTexts = (value: unknown): unknown => {
    if (typeof value === 'number') return JSON.stringify(value)
    if (Array.isArray(value)) return value.map(withTexts)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withTexts(part)]))
  }

  it('reads whatever JSON there is, with every number as it was written', () => {
    fc.assert(
      fc.property(json, (text) => isDeepStrictEqual(parseLossless(text), withTexts(JSON.parse(text)))),
    )
  })

  it('refuses whatever is no JSON, and nothing else', () => {
    const broken = fc
      .tuple(
        json,
        fc.nat(),
        fc.constantFrom('', '"', ',', ':', '1', '-', '.', 'e', '}', ']', '\\', ' '),
        fc.boolean(),
      )
      .map(([text, at, put, replaces]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + put + text.slice(place + (replaces ? 1 : 0))
      })
    const isRead = (text: string, read: (text: string) => unknown) => {
      try {
        read(text)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(broken, (text) => {
        // A name that is now there twice is refused by one of the two only.
        if (isRead(text, parseLossless) !== isRead(text, JSON.parse)) {
          expect(() => parseLossless(text)).toThrow('stands twice')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not take brackets in strings for depth', () => {
    expect(parseLossless(JSON.stringify({ a: '['.repeat(500) }))).toEqual({ a: '['.repeat(500) })
  })
})
