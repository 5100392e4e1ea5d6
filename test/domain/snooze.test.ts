import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONGEST_SNOOZE_DAYS, maySnoozeUntil } from '../../domain/snooze.ts'

test('a work item is put off until some moment of the next thirty days, and no other', () => {
  const longestMs = LONGEST_SNOOZE_DAYS * 86_400_000
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: -1e10, max: 1e10 }),
      (nowMs, aheadMs) => {
        expect(maySnoozeUntil(nowMs + aheadMs, nowMs)).toBe(aheadMs > 0 && aheadMs <= longestMs)
      },
    ),
  )
  expect([maySnoozeUntil(5, 5), maySnoozeUntil(longestMs, 0), maySnoozeUntil(longestMs + 1, 0)]).toEqual([
    ...[false, true, false],
  ])
})
